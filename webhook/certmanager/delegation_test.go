package certmanager

import (
	"strings"
	"sync"
	"testing"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestAChallengeBelowADelegationIsRefusedWithTheWayOut(t *testing.T) {
	h := newHarness(t)
	h.API.AddRecord("example.ru", regapitest.Record{Name: "lab", Type: "NS", Content: "ns1.example.com."})
	below, beside := h.challenge("_acme-challenge.www.lab.example.ru.", "below"), h.challenge("_acme-challenge.example.ru.", "beside")
	var failure error
	var presenting sync.WaitGroup
	presenting.Go(func() { failure = h.solver.Present(below) })
	presenting.Go(func() { h.present(beside) })
	presenting.Wait()
	for _, part := range []string{"delegates lab ", "_acme-challenge.www.lab", "CNAME"} {
		if failure == nil || !strings.Contains(failure.Error(), part) {
			t.Errorf("error %v lacks %q", failure, part)
		}
	}
	h.wantTexts("_acme-challenge beside")
	h.cleanUp(below, beside)
	h.wantTexts()
}
