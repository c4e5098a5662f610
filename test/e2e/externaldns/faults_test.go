package externaldns

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/test/e2e/harness"
)

// slowTimeout is how long a change may take while REG.API is slow or has just come back.
const slowTimeout = 5 * time.Minute

// softError waits until a sync of external-dns has failed once more, and external-dns lives on.
func (s *site) softError(t *testing.T) {
	t.Helper()
	before := s.failures(t)
	harness.Eventually(t, slowTimeout, "a sync fails", func() error {
		s.program.RequireAlive(t)
		if s.failures(t) == before {
			return fmt.Errorf("%g requests have failed so far", before)
		}
		return nil
	})
}

// failures counts the requests that the provider did not serve.
func (s *site) failures(t *testing.T) (sum float64) {
	t.Helper()
	for _, request := range []string{"records", "adjustendpoints", "applychanges"} {
		sum += s.metric(t, "external_dns_webhook_provider_"+request+"_errors_total")
	}
	return sum
}

// arrives waits longer than resolves for a name with one address.
func (s *site) arrives(t *testing.T, within, address string) {
	t.Helper()
	harness.Eventually(t, slowTimeout, within+" arrives", func() error {
		s.program.RequireAlive(t)
		found, err := harness.Lookup(t.Context(), s.api.DNSAddr(), s.name(within), "A")
		if err == nil && !cmp.Equal(found, []string{address}) {
			err = fmt.Errorf("found %q", found)
		}
		return err
	})
}

func TestExternalDNSOutlivesAnAPIThatIsDown(t *testing.T) {
	t.Parallel()
	s := newWorld(t).newSite(t, "down.ru")
	s.addEndpoints(t, "before", s.record("before", "A", "192.0.2.1"))
	s.resolves(t, "before", "A", "192.0.2.1")

	s.gate.Shut()
	s.addEndpoints(t, "refused", s.record("refused", "A", "192.0.2.2"))
	s.softError(t)
	s.gate.Open(t)
	s.arrives(t, "refused", "192.0.2.2")

	s.api.Inject(regapitest.Fault{Kind: regapitest.FaultStatus})
	s.addEndpoints(t, "unavailable", s.record("unavailable", "A", "192.0.2.3"))
	s.softError(t)
	s.api.ClearFaults()
	s.arrives(t, "unavailable", "192.0.2.3")
	s.resolves(t, "before", "A", "192.0.2.1")
	s.settles(t)
}

// Each of the first calls takes longer than external-dns would wait for an answer.
func TestExternalDNSOutlivesAnAPIThatIsSlow(t *testing.T) {
	t.Parallel()
	s := newWorld(t).newSite(t, "slow.ru")
	s.idleSyncs(t, 1)
	s.api.Inject(regapitest.Fault{Kind: regapitest.FaultLatency, Function: "zone/*", Latency: 20 * time.Second, Count: 4})
	s.addEndpoints(t, "www", s.record("www", "A", "192.0.2.1"))
	s.softError(t)
	s.arrives(t, "www", "192.0.2.1")
	s.settles(t)
}

func TestOneRefusedRecordOfAHundredStopsNoOther(t *testing.T) {
	t.Parallel()
	const limit = 300 // bytes of a text, enough for any ownership text
	w := newWorld(t, regapitest.WithBehaviour(regapitest.Behaviour{TXTLimit: limit}))
	s := w.newSite(t, "refused.ru")
	s.addEndpoints(t, "hundred", append(s.hosts(99), s.record("bad", "TXT", strings.Repeat("x", limit+1)))...)
	s.haveArrived(t, 99)
	s.resolves(t, "bad", "TXT")

	harness.Eventually(t, syncTimeout, "the operator's metrics tell of the refusal", func() error {
		if s.operator.Metric(t, "regapi_externaldns_refused_total") == 0 {
			return errors.New("they tell of none")
		}
		return nil
	})

	// external-dns asks for the record with every sync. Once the sync that was under way is over, it is not tried again.
	s.syncs(t, 3)
	attempts := len(s.writes())
	s.syncs(t, 5)
	if again := s.writes()[attempts:]; len(again) != 0 {
		t.Errorf("five syncs wrote %q", functions(again))
	}
}

// syncs waits for so many further syncs, whatever they find.
func (s *site) syncs(t *testing.T, count float64) {
	t.Helper()
	before := s.metric(t, listings)
	harness.Eventually(t, syncTimeout, fmt.Sprintf("%g further syncs", count), func() error {
		s.program.RequireAlive(t)
		if done := s.metric(t, listings) - before; done < count {
			return fmt.Errorf("there were %g", done)
		}
		return nil
	})
}

// nthWrite holds the answer to a write that has been made, so that something else can happen in between.
type nthWrite struct {
	mu   sync.Mutex
	left int
	// made is closed by the write, released by the test.
	made, released chan struct{}
}

func newNthWrite(n int) *nthWrite {
	return &nthWrite{left: n, made: make(chan struct{}), released: make(chan struct{})}
}

func (n *nthWrite) hook(t *testing.T) regapitest.Option {
	return regapitest.WithHook(func(stage regapitest.Stage, request *regapitest.Entry) {
		if stage != regapitest.StageApplied || !request.Write || !n.isNext() {
			return
		}
		close(n.made)
		select {
		case <-n.released:
		case <-t.Context().Done():
		}
	})
}

func (n *nthWrite) isNext() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.left--
	return n.left == 0
}

func TestExternalDNSOutlivesAnAPIThatRestartsInTheMiddle(t *testing.T) {
	t.Parallel()
	twentieth := newNthWrite(20)
	keepDuplicates := regapitest.WithBehaviour(regapitest.Behaviour{DuplicateAdd: regapitest.DuplicateKeep})
	s := newWorld(t, twentieth.hook(t), keepDuplicates).newSite(t, "restart.ru")
	s.addEndpoints(t, "many", s.hosts(30)...)
	<-twentieth.made
	s.gate.Shut()
	close(twentieth.released)
	s.softError(t)
	s.gate.Open(t)
	s.haveArrived(t, 30)
	s.settles(t)
	if found := len(s.api.Records(s.domain)); found != 61 {
		t.Errorf("the zone holds %d records, not 30 addresses, 30 texts and the foreign one", found)
	}
}

// haveArrived waits for the first so many hosts.
func (s *site) haveArrived(t *testing.T, count int) {
	t.Helper()
	for i := range count {
		s.arrives(t, hostName(i), hostAddress(i))
	}
}
