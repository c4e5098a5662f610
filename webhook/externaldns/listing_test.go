package externaldns

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// knowing gives a harness whose zone holds so many records and is known.
func knowing(tb testing.TB, count int) *harness {
	h := newHarness(tb, Settings{}, optedIn("example.ru"))
	records := make([]regapitest.Record, count)
	for i := range records {
		records[i] = regapitest.Record{Name: fmt.Sprintf("host-%d", i), Type: "A", Content: fmt.Sprintf("10.0.%d.%d", i/250, i%250)}
	}
	h.API.SetRecords("example.ru", records)
	h.follow("example.ru")
	return h
}

// How long it takes is for BenchmarkListingTwentyThousandRecords to say: a busy machine would make a test of it fail.
func TestListingTwentyThousandRecordsCostsNoRequestAndLittleWork(t *testing.T) {
	const count = 20_000
	h := knowing(t, count)
	h.API.ResetJournal()
	if got := len(h.list()); got != count {
		t.Fatalf("%d endpoints", got)
	}
	if calls := h.calls(); len(calls) > 0 {
		t.Errorf("requests %v, want none", calls)
	}
	known, _ := h.Connection().KnownZone("example.ru")
	if perRecord := testing.AllocsPerRun(1, func() { endpointsOf("example.ru", known.Records) }) / count; perRecord > 8 {
		t.Errorf("%.1f allocations per record", perRecord)
	}
}

func BenchmarkListingTwentyThousandRecords(b *testing.B) {
	h := knowing(b, 20_000)
	handler := (&Server{Provider: h.provider}).Handler()
	for b.Loop() {
		answered := httptest.NewRecorder()
		handler.ServeHTTP(answered, httptest.NewRequest(http.MethodGet, "/records", nil))
		if answered.Code != http.StatusOK {
			b.Fatal(answered.Code)
		}
	}
}
