package externaldns

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

func TestHostileBodiesChangeNothing(t *testing.T) {
	h := newHarness(t, Settings{MaxBody: 1 << 20}, optedIn("example.ru"))
	valid := `{"create":[{"dnsName":"www.example.ru","recordType":"A","targets":["192.0.2.1"]}]}`
	for name, c := range map[string]struct {
		body string
		want int
	}{
		"empty":          {"", http.StatusBadRequest},
		"half of it":     {valid[:40], http.StatusBadRequest},
		"two values":     {valid + valid, http.StatusBadRequest},
		"another shape":  {`[1,2,3]`, http.StatusBadRequest},
		"not UTF-8":      {strings.Replace(valid, "www", "w\xffw", 1), http.StatusBadRequest},
		"deeply nested":  {strings.Repeat(`{"create":[`, 50_000), http.StatusBadRequest},
		"larger than 1M": {strings.Replace(valid, "www", strings.Repeat("w", 2<<20), 1), http.StatusRequestEntityTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(h.API.Journal())
			if got := h.ask("POST", "/records", []byte(c.body)).status; got != c.want {
				t.Errorf("status %d, want %d", got, c.want)
			}
			if asked := len(h.API.Journal()) - before; asked != 0 {
				t.Errorf("%d requests to REG.API, want none", asked)
			}
		})
	}
}

// unread is a body that nobody should read.
type unread struct{ *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.Error("the body was read")
	return 0, io.EOF
}

// post gives a request to the handler itself, and its answer's status.
func (h *harness) post(body io.Reader, length int64) int {
	request := httptest.NewRequest(http.MethodPost, "/records", body)
	request.ContentLength = length
	answer := httptest.NewRecorder()
	(&Server{Provider: h.provider}).Handler().ServeHTTP(answer, request)
	return answer.Code
}

func TestABodyThatSaysItIsTooLargeIsNotRead(t *testing.T) {
	h := newHarness(t, Settings{MaxBody: 1 << 20}, optedIn("example.ru"))
	if got := h.post(unread{t}, 100<<20); got != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", got)
	}
}

func TestNoMoreThanTwoBodiesAreReadAtATime(t *testing.T) {
	h := newHarness(t, Settings{AnswerWithin: time.Second}, optedIn("example.ru"))
	var sending sync.WaitGroup
	var ends []*io.PipeWriter
	for range maxReading {
		body, end := io.Pipe()
		sending.Go(func() {
			if got := h.post(body, -1); got != http.StatusBadRequest {
				t.Errorf("half a body: status %d", got)
			}
		})
		if _, err := io.WriteString(end, "{"); err != nil { // Returns when it is being read.
			t.Fatal(err)
		}
		ends = append(ends, end)
	}
	if got := h.post(unread{t}, -1); got != http.StatusServiceUnavailable {
		t.Errorf("one more body: status %d", got)
	}
	for _, end := range ends {
		end.Close()
	}
	sending.Wait()
	if got := h.post(strings.NewReader("{}"), -1); got != http.StatusNoContent {
		t.Errorf("after that: status %d", got)
	}
}

func TestWhatOnlyABadRecordExplainsIsNoClientError(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.apply(changes{Create: []endpoint{
		{}, rrset("www.example.ru", "NAPTR", "x"), rrset("a b.example.ru", "A", "192.0.2.1"), rrset("mx.example.ru", "MX", "mail.example.com"),
		rrset("srv.example.ru", "SRV", "1 2 99999 sip.example.com."), rrset("four.example.ru", "AAAA", "192.0.2.1"), rrset("empty.example.ru", "TXT", ""),
		rrset("caa.example.ru", "CAA", "300 issue x"), rrset("no.example.ru", "CNAME", ""), rrset("ns.example.ru", "NS", "a..b"),
	}})
	if h.Writes() != 0 {
		t.Errorf("%d writes, want none", h.Writes())
	}
}

func TestOtherPathsAndMethodsAreNotServed(t *testing.T) {
	h := newHarness(t, Settings{})
	h.wantStatus(http.StatusNotFound, "GET", "/healthz", nil)
	h.wantStatus(http.StatusMethodNotAllowed, "DELETE", "/records", nil)
}

func TestTheServerStopsWithItsContextAndTakesNoMoreWork(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &Server{Provider: h.provider, Address: listener.Addr().String()}
	listener.Close()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.Start(ctx) }()
	stop()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
	h.wantStatus(http.StatusServiceUnavailable, "POST", "/records", changes{Create: []endpoint{rrset("www.example.ru", "A", "192.0.2.1")}})
	if !server.NeedLeaderElection() {
		t.Error("only the leader may serve")
	}
}

func FuzzAPlanReachesWhatItWantsAndNamesNothingElse(f *testing.F) {
	f.Add([]byte(`{"create":[{"dnsName":"www.example.ru","recordType":"A","targets":["192.0.2.1"]}]}`))
	f.Add([]byte(`{"updateOld":[{"dnsName":"example.ru","recordType":"TXT","targets":["\"a\""]}],"updateNew":[{"dnsName":"example.ru","recordType":"TXT","targets":["b"]}]}`))
	f.Add([]byte(`{"delete":[{"dnsName":"old.example.ru","recordType":"CNAME","targets":["example.com"]}],"create":[{"dnsName":"old.example.ru","recordType":"A","targets":["::1","192.0.2.1"]},null]}`))
	f.Add([]byte(`{"create":[{"dnsName":"a-www.example.ru","recordType":"TXT","targets":["\"\\\"\""],"labels":{"ownedRecord":"www.example.ru"}}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		asked, err := readChanges(bytes.NewReader(body))
		if err != nil {
			return
		}
		object := optedIn("example.ru")
		bounds := newRules(object, "example.ru")
		bounds.refused = func(zone.Record) (refusal, bool) { return refusal{}, false }
		bounds.made = func(zone.Record) bool { return false }
		listed := []regapi.ResourceRecord{{Subname: "old", Rectype: "CNAME", Content: "example.com."}, {Subname: "@", Rectype: "TXT", Content: "a"}}
		for _, o := range sortOut(asked, servedZones{"example.ru": {zone: object}}) {
			checkPasses(t, o, bounds, listed)
		}
		checkAdjusted(t, asked.Create)
	})
}

// checkPasses carries an order out, pass by pass, where nothing is refused.
func checkPasses(t *testing.T, o *order, bounds rules, listed []regapi.ResourceRecord) {
	t.Helper()
	named := map[zone.Record]bool{}
	for _, w := range append(o.add, o.remove...) {
		named[w.record] = true
	}
	done := progress{added: map[zone.Record]bool{}, unmarked: map[zone.Record]bool{}}
	for range maxPasses {
		made := o.plan(snapshotOf(listed), bounds, done)
		checkEdits(t, made.edits, named)
		for _, record := range made.unmarked {
			done.unmarked[record] = true
		}
		for _, record := range made.edits.Added() {
			done.added[record] = true
		}
		listed = applyTo(t, listed, made.edits.Changes)
	}
	if again := o.plan(snapshotOf(listed), bounds, done); len(again.edits.Changes) > 0 {
		t.Errorf("after %d passes there is still something to do: %v", maxPasses, again.edits.Changes)
	}
}

// checkEdits checks that edits touch nothing that nobody names or that is the registrar's, and need nothing that comes later.
func checkEdits(t *testing.T, edits zone.Edits, named map[zone.Record]bool) {
	t.Helper()
	added, seen := map[zone.Record]bool{}, map[zone.Record]bool{}
	for _, change := range edits.Changes {
		if !named[change.Record] || change.Record.Registrar() || seen[change.Record] {
			t.Errorf("%v is named by nobody, the registrar's, or changed twice", change)
		}
		seen[change.Record] = true
		for _, needed := range edits.Needs[change.Record] {
			if !added[needed] {
				t.Errorf("%v needs %v, which is not added before", change, needed)
			}
		}
		added[change.Record] = change.Operation == zone.Add
	}
}

// checkAdjusted checks that what has been adjusted needs no adjusting.
func checkAdjusted(t *testing.T, endpoints []endpoint) {
	zones := servedZones{"example.ru": {zone: optedIn("example.ru")}}
	for _, e := range endpoints {
		_, name, ok := zones.find(e.DNSName)
		if !ok {
			continue
		}
		once, _ := adjusted(e, name, "example.ru")
		twice, _ := adjusted(once, name, "example.ru")
		if strings.Join(once.Targets, "\n") != strings.Join(twice.Targets, "\n") || once.DNSName != twice.DNSName {
			t.Errorf("%q becomes %q, and then %q", e.Targets, once.Targets, twice.Targets)
		}
	}
}

func snapshotOf(listed []regapi.ResourceRecord) zone.Snapshot {
	return zone.NewSnapshot(regapi.ZoneRecords{Records: listed})
}

// applyTo gives the zone after changes, as REG.API would list it.
func applyTo(t *testing.T, listed []regapi.ResourceRecord, changed []zone.Change) []regapi.ResourceRecord {
	t.Helper()
	var after []regapi.ResourceRecord
	gone := map[zone.Record]bool{}
	for _, change := range changed {
		if change.Operation == zone.Remove {
			gone[change.Record] = true
			continue
		}
		after = append(after, regapi.ResourceRecord{
			Subname: change.Record.Name, Rectype: string(change.Record.Type), Content: change.Record.Content, Prio: int(change.Record.Priority),
		})
	}
	for _, rr := range listed {
		if !gone[zone.FromAPI(rr)] {
			after = append(after, rr)
		}
	}
	return after
}

// FuzzRequest sends any bytes to both of the requests that have a body. Nothing is ever written, so that 503 has no cause.
func FuzzRequest(f *testing.F) {
	for _, body := range []string{
		`{"create":[{"dnsName":"www.example.ru","recordType":"A","targets":["192.0.2.1"],"recordTTL":300,"labels":{"owner":"x"}}]}`,
		`[{"dnsName":"Сайт.example.ru.","recordType":"TXT","targets":["\"a\" \"b\"",""],"providerSpecific":[{"name":"alias","value":"true"}]}]`,
		`{"delete":[null,{"targets":[null]}],"updateOld":{}}`, `{"create":[{"labels":{"ownedRecord":"..."},"recordType":"TXT","dnsName":"*.example.ru"}]}`,
		`[]`, `null`, `0`, `{"create":`, `{}{}`, "\xff", `{"dnsName":"\ud800"}`, `[{"dnsName":"example.ru","recordType":"NAPTR","targets":["1 2 \"s\" \"\" \"\" ."]}]`,
		`{"create":[{"recordTTL":99999999999999999999}]}`, strings.Repeat("[", 20_000),
	} {
		f.Add([]byte(body))
	}
	h := newHarness(f, Settings{DryRun: true}, optedIn("example.ru"))
	h.follow("example.ru")
	handler := (&Server{Provider: h.provider}).Handler()
	ask := func(t *testing.T, path string, body []byte, readable bool, good int) {
		answered := httptest.NewRecorder()
		handler.ServeHTTP(answered, httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, bytes.NewReader(body)))
		want := http.StatusBadRequest
		if readable {
			want = good
		}
		if answered.Code != want {
			t.Errorf("%s: status %d, want %d", path, answered.Code, want)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		_, changesErr := readChanges(bytes.NewReader(body))
		_, endpointsErr := readEndpoints(bytes.NewReader(body))
		ask(t, "/records", body, changesErr == nil, http.StatusNoContent)
		ask(t, "/adjustendpoints", body, endpointsErr == nil, http.StatusOK)
		if h.Writes() != 0 {
			t.Errorf("%d writes", h.Writes())
		}
	})
}
