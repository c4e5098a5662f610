package regapi

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"
)

// saysSuccess decides by another way than the client whether a body is an object whose last member
// named result is the word success, without an error beside it.
func saysSuccess(body []byte) bool {
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	if !json.Valid(body) {
		return false
	}
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return false
	}
	said := map[string]any{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return false
		}
		var value any
		if err := decoder.Decode(&value); err != nil {
			return false
		}
		said[name.(string)] = value
	}
	return said["result"] == "success" && !speaks(said["error_code"]) && !speaks(said["error_text"])
}

// speaks reports whether a member is a number or a string that is not empty.
func speaks(value any) bool {
	switch value := value.(type) {
	case string:
		return value != ""
	case float64:
		return true
	}
	return false
}

// bodyHandler answers with a body, as the wire would.
func bodyHandler(body []byte) Handler {
	return HandlerFunc(func(_ context.Context, request *Request) (*Answer, error) {
		r := newReading(request, bytes.NewReader(body), boundOf(request, nil, DefaultMaxAnswerSize))
		r.answer = &Answer{Status: 200, redactor: newRedactor(testPassword.secrets(), nil)}
		return r.open()
	})
}

func FuzzEnvelope(f *testing.F) {
	for _, seed := range []string{
		``, `null`, `[]`, `{}`, `{"result":"success"}`, `{"result":"error"}`, `{"Result":"success"}`,
		`{"result":"error","result":"success"}`, `{"result":"success","error_code":"X"}`, `{"result":"success","error_text":7}`,
		`{"result":"success","answer":{"domains":[{"dname":"a.ru","result":"success"},{"result":"x"},7,null]}}`,
		`{"result":"error","error_code":"NO_DOMAIN","error_text":"\ud800","error_params":{"a":[1]}}`,
		`{"result":"success"}{"result":"error"}`, "\xef\xbb\xbf{}", `<html></html>`,
		`{"result":"success","answer":{"domains":[{"result":"success","rrs":[{"prio":{}}],"soa":[],"action_list":[1]}]}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		client := &Client{handler: bodyHandler(body).Do}
		zone, domain := &ZoneService{client}, &DomainService{client}
		ctx := context.Background()
		if err := client.Call(ctx, "user/nop", nil, nil); (err == nil) != saysSuccess(body) {
			t.Fatalf("the client says %v", err)
		}
		refs := []DomainRef{ByName("a.ru"), ByServiceID(7), {UserServID: "ff"}}
		if zones, err := zone.GetResourceRecords(ctx, refs...); err == nil && len(zones) != len(refs) {
			t.Fatalf("%d zones for %d references", len(zones), len(refs))
		}
		if delegations, err := domain.GetNSS(ctx, refs...); err == nil && len(delegations) != len(refs) {
			t.Fatalf("%d delegations for %d references", len(delegations), len(refs))
		}
		updates := []ZoneUpdate{{Ref: refs[0], Actions: []Action{AddTXT{"@", "x"}}}}
		if results, err := zone.UpdateRecords(ctx, updates); err == nil && (len(results) != 1 || len(results[0].Actions) != 1) {
			t.Fatalf("results %+v", results)
		}
	})
}

func FuzzParseTTL(f *testing.F) {
	for _, seed := range []string{"600", "1d", "12h", "10m", "1w", "", "m", "-1", "9999999999999999999w", "1.5h"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ttl, err := ParseTTL(text)
		if err != nil {
			return
		}
		if ttl < 0 || ttl%time.Second != 0 || ttl > math.MaxInt32*time.Second {
			t.Fatalf("%q is %s", text, ttl)
		}
		seconds := strconv.FormatInt(int64(ttl/time.Second), 10)
		if again, err := ParseTTL(seconds); err != nil || again != ttl {
			t.Fatalf("%q is %s, but %s seconds are %s, %v", text, ttl, seconds, again, err)
		}
	})
}

func FuzzID(f *testing.F) {
	for _, seed := range []string{`1`, `"1"`, `null`, `""`, `"22bug22"`, `-1`, `1e3`, `[]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var id ID
		if err := id.UnmarshalJSON(raw); err != nil || id < 0 {
			t.Fatalf("%q is %d, %v", raw, id, err)
		}
		var again ID
		if err := json.Unmarshal([]byte(`"`+id.String()+`"`), &again); err != nil || again != id {
			t.Fatalf("%d reads back as %d, %v", id, again, err)
		}
	})
}

func FuzzRedactor(f *testing.F) {
	for _, seed := range []string{"plain", "sesame-7", "x%73esame-7", `s\u0065same-7`, "&#115;esame-7", "SESAME-7", "ses\name-7"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		const secret = "sesame-7"
		cleaned := strings.ToLower(newRedactor([]string{secret}, nil).clean(text + secret + text))
		if strings.Contains(cleaned, secret) || strings.Contains(unescapePercent(cleaned), secret) {
			t.Fatalf("%q becomes %q", text, cleaned)
		}
	})
}
