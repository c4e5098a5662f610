package externaldns

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestAnAnswerIsGivenInTheFormThatTheCallerAccepts(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	for accept, want := range map[string]int{
		"": http.StatusOK, mediaType: http.StatusOK, "*/*": http.StatusOK, "text/html, application/*;q=0.5": http.StatusOK,
		"application/external.dns.webhook+json":           http.StatusOK,
		"application/external.dns.webhook+json;version=2": http.StatusNotAcceptable, "text/html": http.StatusNotAcceptable, "*/*;q=0": http.StatusNotAcceptable,
	} {
		request := httptest.NewRequest(http.MethodGet, "/", nil)
		if accept != "" {
			request.Header.Set("Accept", accept)
		}
		answered := httptest.NewRecorder()
		(&Server{Provider: h.provider}).Handler().ServeHTTP(answered, request)
		if answered.Code != want {
			t.Errorf("Accept %q: status %d, want %d", accept, answered.Code, want)
		}
		if want != http.StatusOK && !strings.Contains(answered.Body.String(), mediaType) {
			t.Errorf("Accept %q: %q does not say what there is", accept, answered.Body)
		}
	}
}

func TestARefusalSaysWhy(t *testing.T) {
	h := newHarness(t, Settings{MaxBody: 1 << 20}, optedIn("example.ru"))
	for name, c := range map[string]struct {
		body   string
		status int
		why    string
	}{
		"not of external-dns": {`[1]`, http.StatusBadRequest, "not what external-dns sends"},
		"too large":           {`{"create":"` + strings.Repeat("w", 2<<20), http.StatusRequestEntityTooLarge, "--external-dns-max-body"},
	} {
		got := h.ask("POST", "/records", []byte(c.body))
		if got.status != c.status || !strings.Contains(string(got.body), c.why) || !strings.HasPrefix(got.contentType, "text/plain") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestAdjustedEndpointsKeepTheKeysByWhichExternalDNSFindsTheirObjects(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	asked := []endpoint{rrset("www.example.ru", "A", "192.0.2.1"), rrset("*.example.ru", "CNAME", "example.com"), rrset("other.example.com", "A", "192.0.2.2")}
	for i, e := range h.adjust(asked...) {
		if e.DNSName != asked[i].DNSName || e.RecordType != asked[i].RecordType || e.SetIdentifier != asked[i].SetIdentifier {
			t.Errorf("%+v has become %+v", asked[i], e)
		}
	}
}

func TestListsAreWrittenAndReadPieceByPieceAsTheWholeWouldBe(t *testing.T) {
	for _, endpoints := range [][]endpoint{nil, {rrset("www.example.ru", "A", "192.0.2.1")}, {rrset("a.example.ru", "A", "192.0.2.1", "192.0.2.2"), rrset("<&>.example.ru", "TXT", `"x"`)}} {
		var written bytes.Buffer
		if err := writeEndpoints(&written, endpoints); err != nil {
			t.Fatal(err)
		}
		var whole []endpoint
		if err := json.Unmarshal(written.Bytes(), &whole); err != nil || whole == nil {
			t.Errorf("%s: %v", written.Bytes(), err)
		}
		read, err := readEndpoints(&written)
		if err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(endpoints, read); diff != "" {
			t.Errorf("(-written +read):\n%s", diff)
		}
	}
}

func TestTheMetricsTellWhoWasServedAndWhat(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", nil)
	h.apply(changes{Create: []endpoint{rrset("www.example.ru", "A", "192.0.2.1", "192.0.2.2")}})
	h.list()
	if got := testutil.ToFloat64(h.provider.metrics.served.WithLabelValues("default", "example.ru")); got != 2 {
		t.Errorf("%v records are served", got)
	}
	last := testutil.ToFloat64(h.provider.metrics.success.WithLabelValues("", "GET /records"))
	if ago := time.Since(time.Unix(int64(last), 0)); ago > time.Minute {
		t.Errorf("served %s ago", ago)
	}
	if testutil.CollectAndCount(h.provider.metrics.latency) == 0 {
		t.Error("no latencies")
	}
}
