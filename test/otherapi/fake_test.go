package otherapi

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// ask calls a function of an instance and gives the answer, or nil if the connection was closed or the answer was a page.
func ask(t *testing.T, s *Server, function, input string) map[string]any {
	t.Helper()
	server := httptest.NewServer(s)
	defer server.Close()
	response, err := server.Client().PostForm(server.URL+"/api/regru2/"+function, url.Values{
		"username": {"login"}, "password": {"secret"}, "input_format": {"json"}, "input_data": {input},
	})
	if err != nil {
		return nil
	}
	defer response.Body.Close()
	var answer map[string]any
	if json.NewDecoder(response.Body).Decode(&answer) != nil {
		return nil
	}
	return answer
}

// first gives the first element of an answer's list.
func first(t *testing.T, answer map[string]any) map[string]any {
	t.Helper()
	body, _ := answer["answer"].(map[string]any)
	list, _ := body["domains"].([]any)
	if len(list) == 0 {
		t.Fatalf("no element: %v", answer)
	}
	return list[0].(map[string]any)
}

func newServer(partner bool, habits Habits) *Server {
	s := New(Account{Login: "login", Password: "secret", UserID: 7, Partner: partner}, habits)
	s.AddDomain("пример.рф", Record{Name: "legacy", Type: "A", Content: "192.0.2.200"})
	return s
}

const domains = `"domains":[{"dname":"пример.рф"}]`

func TestWhatIsAddedIsListedAsTheHabitsSpellIt(t *testing.T) {
	additions := []struct{ function, input, want string }{
		{"add_aaaa", `"subdomain":"почта","ipaddr":"2001:db8::1"`, "ПОЧТА AAAA 0 2001:0db8:0000:0000:0000:0000:0000:0001"},
		{"add_srv", `"service":"_sip._tcp","priority":10,"weight":"5","port":5060,"target":"sip.example.com."`, "_SIP._TCP SRV 0 10 5 5060 SIP.EXAMPLE.COM."},
		{"add_caa", `"subdomain":"@","flags":0,"tag":"issue","value":"ca.example.com"`, `@ CAA 0 0 issue "ca.example.com"`},
		{"add_https", `"subdomain":"@","priority":1,"target":".","value":"alpn=h3"`, "@ HTTPS 0 1 . alpn=h3"},
		{"add_txt", `"subdomain":"@","text":"` + strings.Repeat("a", 300) + `"`, `@ TXT 0 "` + strings.Repeat("a", 255) + `" "` + strings.Repeat("a", 45) + `"`},
		{"add_mx", `"subdomain":"@","priority":"5","mail_server":"mail"`, "@ MX 5 MAIL.ПРИМЕР.РФ."},
	}
	s := newServer(false, Habits{LongIPv6: true, PriorityIn: true, CAAQuoted: true, Text: TextStrings, FinalDots: true, Names: NamesUpper, ExactRemoval: true})
	for _, addition := range additions {
		if out := first(t, ask(t, s, "zone/"+addition.function, "{"+domains+","+addition.input+"}")); out["result"] != "success" {
			t.Fatalf("%s: %v", addition.function, out)
		}
	}
	listed := map[string]map[string]any{}
	for _, item := range first(t, ask(t, s, "zone/get_resource_records", "{"+domains+"}"))["rrs"].([]any) {
		rr := item.(map[string]any)
		listed[strings.Join([]string{rr["subname"].(string), rr["rectype"].(string), rr["prio"].(string), rr["content"].(string)}, " ")] = rr
	}
	for _, addition := range additions {
		rr, ok := listed[addition.want]
		if !ok {
			t.Errorf("%q is not among %v", addition.want, listed)
			continue
		}
		remove, _ := json.Marshal(map[string]any{
			"dname": "xn--e1afmkfd.xn--p1ai", "subdomain": rr["subname"], "record_type": rr["rectype"], "priority": rr["prio"], "content": rr["content"],
		})
		ask(t, s, "zone/remove_record", string(remove))
	}
	if got, want := s.Records("пример.рф"), []string{"@ NS ns1.reg.ru", "@ NS ns2.reg.ru", "legacy A 192.0.2.200"}; !slices.Equal(got, want) {
		t.Errorf("after removing all as listed the zone holds %q, want %q", got, want)
	}
}

func TestAPartnersListEndsAtTheFirstRefusal(t *testing.T) {
	const list = `,"action_list":[{"action":"add_txt","subdomain":"a","text":"1"},{"action":"add_alias","subdomain":"a","ipaddr":"no"},
		{"action":"add_txt","subdomain":"a","text":"2"}]`
	for _, form := range []Errors{ErrorsCoded, ErrorsSentence, ErrorsBare} {
		s := newServer(true, Habits{Errors: form})
		out := first(t, ask(t, s, "zone/update_records", "{"+domains+list+"}"))
		if out["error_code"] != "IP_INVALID" || out["result"] == "success" {
			t.Errorf("%q: %v", form, out)
		}
		if got := s.Records("пример.рф"); !slices.Contains(got, "a TXT 1") || slices.Contains(got, "a TXT 2") {
			t.Errorf("%q: the zone holds %q", form, got)
		}
	}
	if answer := ask(t, newServer(false, Habits{}), "zone/update_records", "{"+domains+list+"}"); answer["error_code"] != "RESELLER_AUTH_FAILED" {
		t.Errorf("an ordinary account is answered %v", answer)
	}
}

func TestFaultsEndAndLeaveWhatTheySay(t *testing.T) {
	for fault, effect := range map[Fault]bool{
		FaultLostBefore: false, FaultLostAfter: true, FaultPage500: false, FaultPage502: true, FaultUnavailable: false, FaultRate: false,
		FaultInternal: false, FaultLie: false,
	} {
		s := newServer(false, Habits{Duplicate: DuplicateKept})
		s.Arm(1, map[Fault]int{fault: 2})
		const requests = 60
		successes := 0
		for range requests {
			answer := ask(t, s, "zone/add_txt", "{"+domains+`,"subdomain":"a","text":"1"}`)
			if answer != nil && answer["result"] == "success" && first(t, answer)["result"] == "success" {
				successes++
			}
		}
		want := map[bool]int{true: requests, false: requests - 2}[effect]
		if held := len(s.Records("пример.рф")) - 3; held != want {
			t.Errorf("%s: %d of %d additions had an effect, want %d", fault, held, requests, want)
		}
		if said := map[bool]int{true: requests, false: requests - 2}[fault == FaultLie]; successes != said {
			t.Errorf("%s: %d of %d additions said success, want %d", fault, successes, requests, said)
		}
	}
}

func TestAnAdditionShowsLate(t *testing.T) {
	s := newServer(false, Habits{})
	s.ReadLate(time.Hour)
	ask(t, s, "zone/add_txt", "{"+domains+`,"subdomain":"a","text":"1"}`)
	out := first(t, ask(t, s, "zone/get_resource_records", "{"+domains+"}"))
	if shown := len(out["rrs"].([]any)); shown != 3 || !slices.Contains(s.Records("пример.рф"), "a TXT 1") {
		t.Errorf("%d records are shown, and %q are there", shown, s.Records("пример.рф"))
	}
}
