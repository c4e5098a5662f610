package inventory

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestWhoDoesNotWaitIsWokenByTheSweepThatHasReadForAll(t *testing.T) {
	const domains = 2500
	inBubble(t, domains, func(w *inventoryWorld) {
		for n := range domains {
			w.Follow("zone "+domainName(n), domainName(n), Records)
			w.Follow("domain "+domainName(n), domainName(n), Delegation|Signing)
			for _, aspects := range []Aspect{Records, Delegation | Signing} {
				if coming, err := w.Expect(domainName(n), aspects); !coming || err != nil {
					t.Fatalf("%s: %t, %v", domainName(n), coming, err)
				}
			}
		}
		time.Sleep(2 * time.Second) // The sweep is under way, and somebody looks again.
		if coming, err := w.Expect(domainName(0), Delegation); !coming || err != nil {
			t.Errorf("%t, %v", coming, err)
		}
		time.Sleep(time.Minute)
		if woken := len(w.wakes()); woken != domains+1 { // and the account, of which the number of domains is known
			t.Errorf("%d were woken, want each once", woken)
		}
		for n := range domains {
			if coming, err := w.Expect(domainName(n), everything); coming || err != nil {
				t.Fatalf("%s: %t, %v", domainName(n), coming, err)
			}
		}
		if requests := w.api.Calls("*"); requests != 11 {
			t.Errorf("%d requests, want 11: the list, the balance, and three of each aspect", requests)
		}
	})
}

func TestASweepThatFailsIsAnAnswerToThoseWhoExpectIt(t *testing.T) {
	inBubble(t, 2, func(w *inventoryWorld) {
		w.followAll(1)
		w.wakes()
		w.api.Inject(regapitest.Fault{Kind: regapitest.FaultError, Code: "PASSWORD_AUTH_FAILED"})
		w.api.ResetJournal()
		w.Follow("late", domainName(1), everything)
		if coming, err := w.Expect(domainName(1), everything); !coming || err != nil {
			t.Fatalf("%t, %v", coming, err)
		}
		time.Sleep(time.Second + 900*time.Millisecond)
		if woken := w.wakes(); len(woken) == 0 || woken[len(woken)-1] != domainName(1) {
			t.Fatalf("woken: %v", woken)
		}
		// Whom that wakes, and whoever follows the same domain, learns it without another sweep.
		for range 3 {
			if coming, err := w.Expect(domainName(1), everything); coming || !regapi.IsDenied(err) {
				t.Errorf("%t, %v", coming, err)
			}
		}
		synctest.Wait()
		if asked := len(w.api.Journal()); asked != 1 {
			t.Errorf("%d requests, want one", asked)
		}
		w.api.ClearFaults()
		time.Sleep(lastRest)
		if coming, err := w.Expect(domainName(1), everything); !coming || err != nil {
			t.Errorf("after the rest: %t, %v", coming, err)
		}
		time.Sleep(10 * time.Second)
		if coming, err := w.Expect(domainName(1), everything); coming || err != nil {
			t.Errorf("after the next sweep: %t, %v", coming, err)
		}
	})
}

func TestAConnectionThatIsReplacedWakesWhoExpectsSomethingOfIt(t *testing.T) {
	inBubble(t, 1, func(w *inventoryWorld) {
		w.followAll(1)
		w.Follow("late", "late.ru", everything)
		if coming, err := w.Expect("late.ru", everything); !coming || err != nil {
			t.Fatalf("%t, %v", coming, err)
		}
		w.wakes()
		w.stop()
		if woken := w.wakes(); len(woken) != 1 || woken[0] != "late.ru" {
			t.Errorf("woken: %v", woken)
		}
		if coming, err := w.Expect("late.ru", everything); coming || err == nil {
			t.Errorf("%t, %v", coming, err)
		}
		if _, err := w.Expect("nobody-follows.ru", everything); err == nil {
			t.Error("a domain that nobody follows is expected")
		}
	})
}
