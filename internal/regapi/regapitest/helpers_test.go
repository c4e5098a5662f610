package regapitest

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
)

const day = 24 * time.Hour

var epoch = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// world is a simulator without listeners whose clock stands, with the ordinary account alice (example.ru, which ends in a month, пример.рф) and the
// Partner bob (partner.ru).
type world struct {
	*Server
	t     *testing.T
	clock *ManualClock
}

func newWorld(t *testing.T, options ...Option) *world {
	t.Helper()
	clock := NewManualClock(epoch)
	w := &world{Server: New(append([]Option{WithClock(clock)}, options...)...), t: t, clock: clock}
	t.Cleanup(w.Close)
	w.AddAccount(Account{Login: "alice", Password: "secret", UserID: 7, Balance: Balance{Prepay: "1000.50", Credit: "10"}})
	w.AddAccount(Account{Login: "bob", Password: "hidden", UserID: 8, Partner: true, Balance: Balance{Prepay: "160", Blocked: "80", Credit: "8"}})
	w.AddDomain("alice", Domain{Name: "example.ru", ServiceID: 501, UserServID: "abc123", Created: "2025-12-22", Expires: "2026-12-22"})
	w.AddDomain("alice", Domain{Name: "пример.рф", ServiceID: 502})
	w.AddDomain("bob", Domain{Name: "partner.ru", ServiceID: 601})
	return w
}

// answer is a decoded answer of the API.
type answer struct {
	Result      string         `json:"result"`
	ErrorCode   string         `json:"error_code"`
	ErrorText   string         `json:"error_text"`
	ErrorParams any            `json:"error_params"`
	Answer      map[string]any `json:"-"`
	List        []any          `json:"-"`
}

// UnmarshalJSON keeps an answer that is no object, as that of service/get_servtype_details (7.3), in List.
func (a *answer) UnmarshalJSON(text []byte) error {
	type plain answer
	whole := struct {
		*plain
		Answer json.RawMessage `json:"answer"`
	}{plain: (*plain)(a)}
	if err := json.Unmarshal(text, &whole); err != nil || whole.Answer == nil {
		return err
	}
	if whole.Answer[0] == '[' {
		return json.Unmarshal(whole.Answer, &a.List)
	}
	return json.Unmarshal(whole.Answer, &a.Answer)
}

// element returns one element of the answer's list.
func (a answer) element(t *testing.T, index int) map[string]any {
	t.Helper()
	for _, list := range []string{domainsList, servicesList} {
		if items, ok := a.Answer[list].([]any); ok && index < len(items) {
			return items[index].(map[string]any)
		}
	}
	t.Fatalf("the answer has no element %d: %+v", index, a)
	return nil
}

// code returns the error code of the only element, or of the whole answer.
func (a answer) code(t *testing.T) string {
	t.Helper()
	if a.Result == "error" {
		return a.ErrorCode
	}
	code, _ := a.element(t, 0)["error_code"].(string)
	return code
}

// received is what came over the wire.
type received struct {
	status      int
	contentType string
	filename    string
	body        []byte
}

// send posts a form.
func (w *world) send(function string, form url.Values) received {
	w.t.Helper()
	client := http.Client{Transport: w.Transport()}
	response, err := client.PostForm(w.URL()+function, form)
	if err != nil {
		w.t.Fatalf("%s: %v", function, err)
	}
	return receive(w.t, response)
}

func receive(t *testing.T, response *http.Response) received {
	t.Helper()
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	_, disposition, err := mime.ParseMediaType(response.Header.Get("Content-Disposition"))
	if err != nil {
		disposition = map[string]string{}
	}
	return received{
		status: response.StatusCode, contentType: response.Header.Get("Content-Type"), filename: disposition["filename"], body: body,
	}
}

// compact is JSON without the spaces that the service indents it with.
func compact(t *testing.T, text []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := json.Compact(&out, text); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return out.Bytes()
}

// rrs returns the records of a zone answer behind the registrar's own, which come first.
func (w *world) rrs(domain string) []any {
	w.t.Helper()
	all := w.alice("zone/get_resource_records", "dname", domain).element(w.t, 0)["rrs"].([]any)
	return all[2:]
}

func (r received) decode(t *testing.T) answer {
	t.Helper()
	var decoded answer
	if err := json.Unmarshal(r.body, &decoded); err != nil {
		t.Fatalf("%v in %s", err, r.body)
	}
	return decoded
}

// formOf makes a form of name, value pairs.
func formOf(pairs ...string) url.Values {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return values
}

// call calls a function with credentials and the given fields.
func (w *world) call(login, password, function string, pairs ...string) answer {
	w.t.Helper()
	return w.send(function, formOf(append([]string{"username", login, "password", password}, pairs...)...)).decode(w.t)
}

func (w *world) alice(function string, pairs ...string) answer {
	w.t.Helper()
	return w.call("alice", "secret", function, pairs...)
}

func (w *world) bob(function string, pairs ...string) answer {
	w.t.Helper()
	return w.call("bob", "hidden", function, pairs...)
}

// bobJSON calls a function as bob with input_data.
func (w *world) bobJSON(function, inputData string) answer {
	w.t.Helper()
	return w.bob(function, "input_format", "json", "input_data", inputData)
}

func (w *world) aliceJSON(function, inputData string) answer {
	w.t.Helper()
	return w.alice(function, "input_format", "json", "input_data", inputData)
}

// newestBill is the number of the bill that was made last.
func (w *world) newestBill() int64 {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	newest := int64(0)
	for id := range w.state.bills {
		newest = max(newest, id)
	}
	return newest
}

// must fails the test unless the answer and its first element are a success.
func (w *world) must(a answer) {
	w.t.Helper()
	if a.code(w.t) != "" || a.Result != "success" {
		w.t.Fatalf("not a success: %+v", a)
	}
}

func (w *world) wantRecords(domain string, want ...Record) {
	w.t.Helper()
	if diff := cmp.Diff(append([]Record{}, want...), w.Records(domain)); diff != "" {
		w.t.Errorf("records of %s (-want +got):\n%s", domain, diff)
	}
}

// dig asks the name server and returns the response code with the answer section in presentation format, without TTL and class.
func (w *world) dig(name string, recordType uint16) (string, []string) {
	w.t.Helper()
	query := new(dns.Msg).SetQuestion(dns.Fqdn(name), recordType)
	response := w.AnswerDNS(query)
	return dns.RcodeToString[response.Rcode], sections(response.Answer)
}

func sections(records []dns.RR) []string {
	texts := []string{}
	for _, rr := range records {
		fields := strings.SplitN(rr.String(), "\t", 5)
		texts = append(texts, fields[0]+" "+fields[3]+" "+fields[4])
	}
	return texts
}

func (w *world) wantDNS(name string, recordType uint16, rcode string, want ...string) {
	w.t.Helper()
	gotCode, got := w.dig(name, recordType)
	if gotCode != rcode {
		w.t.Errorf("%s %s: %s, want %s", name, dns.TypeToString[recordType], gotCode, rcode)
	}
	if diff := cmp.Diff(append([]string{}, want...), got); diff != "" {
		w.t.Errorf("%s %s (-want +got):\n%s", name, dns.TypeToString[recordType], diff)
	}
}
