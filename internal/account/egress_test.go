package account

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/traffic"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

func TestWhatAHostRefusesConcernsThatHostAlone(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		here := b.mustProve(b.account("owner", "here", testLogin, testPassword))
		elsewhere := b.account("owner", "elsewhere", testLogin, testPassword)
		elsewhere.Spec.Endpoint = "http://127.0.0.1:8080/api/regru2/"
		there := b.mustProve(elsewhere)
		b.api.Inject(regapitest.Fault{Kind: regapitest.FaultError, Function: "nop", Code: "IP_EXCEEDED_ALLOWED_CONNECTION_RATE", Count: 1})
		if _, err := there.Client.Common.Nop(b.Context()); !regapi.IsThrottled(err) {
			b.Fatal(err)
		}
		if sent := b.spend(there); sent != 0 {
			b.Errorf("%d requests to a host that has refused them", sent)
		}
		if sent := b.spend(here); sent != 1080-1 {
			b.Errorf("%d requests to another host", sent)
		}
	})
}

func TestHostsThatAreGivenAsOneShareABudget(t *testing.T) {
	endpoints, err := ParseEndpoints([]string{"https://a.example.ru/api", "https://b.example.ru/api/", "B.example.ru=a.example.ru"}, false)
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{"https://a.example.ru/api/": "a.example.ru", "https://B.example.ru:443/api": "a.example.ru"} {
		if at, err := endpoints.find(newAccount("a", "s", address)); err != nil || at.egress != want {
			t.Errorf("%s: %v, %v", address, at, err)
		}
	}
	for _, refused := range []string{"", "http://127.0.0.1/", "https://c.example.ru/"} {
		if at, err := endpoints.find(newAccount("a", "s", refused)); err == nil {
			t.Errorf("%q is allowed as %v", refused, at)
		}
	}
	for _, wrong := range []string{"api.example.ru", "http://api.example.ru/", "a=", "=b", "a/x=b", "https://a/?b=c"} {
		if _, err := ParseEndpoints([]string{wrong}, true); err == nil {
			t.Errorf("--endpoints=%s is accepted", wrong)
		}
	}
}

// flood keeps so many requests of a connection waiting at a time. Who is sent away comes back when he was told to, or after pace if
// that is sooner.
func flood(ctx context.Context, connection *Connection, priority traffic.Priority, callers int, pace time.Duration, group *sync.WaitGroup) {
	for n := range callers {
		group.Go(func() {
			for ctx.Err() == nil {
				err := connection.Client.Call(traffic.WithPriority(ctx, priority), "nop", map[string]any{"caller": n}, nil) // Each for itself.
				if wait, ok := traffic.RetryAfter(err); ok {
					pause.For(ctx, min(pause.Jittered(wait), pace))
				} else if err != nil {
					pause.For(ctx, pace)
				}
			}
		})
	}
}

func TestNoAccountSpendsMoreThanItsShareWhileOthersWait(t *testing.T) {
	const perHour = 240
	for name, priority := range map[string]traffic.Priority{"changes": traffic.Change, "challenges": traffic.Interactive} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(s *Settings) { s.EgressPerHour = perHour }, func(b *bubble) {
				b.api.AddAccount(regapitest.Account{Login: "quiet", Password: testPassword, UserID: 8})
				noisy, quiet := b.mustProve(b.account("a", "noisy", testLogin, testPassword)), b.mustProve(b.account("b", "quiet", "quiet", testPassword))
				ctx, stop := context.WithTimeout(b.Context(), 4*time.Hour)
				defer stop()
				for range perHour { // So that what comes back trickles, and whoever is there takes it.
					_, _ = noisy.Client.Common.Nop(traffic.WithPriority(b.Context(), priority))
					time.Sleep(time.Hour / perHour)
				}
				var flooding sync.WaitGroup
				flood(ctx, noisy, priority, 8, 5*time.Second, &flooding)
				flood(ctx, quiet, traffic.Change, 8, time.Hour, &flooding)
				flooding.Wait()
				// It is not always there, and what it leaves is not lost: of its half it took between 100 and 360.
				if sent := len(b.api.Journal(regapitest.OfAccount("quiet"))); sent < 3*perHour/12 {
					b.Errorf("%d changes of the quiet one in three hours, of %d requests in all", sent, 3*perHour)
				}
			})
		})
	}
}

func TestAFewChallengesOvertakeTheChangesOfAnotherAccount(t *testing.T) {
	const perHour = 240
	inBubble(t, func(s *Settings) { s.EgressPerHour = perHour }, func(b *bubble) {
		b.api.AddAccount(regapitest.Account{Login: "busy", Password: testPassword, UserID: 8})
		calm, busy := b.mustProve(b.account("a", "calm", testLogin, testPassword)), b.mustProve(b.account("b", "busy", "busy", testPassword))
		ctx, stop := context.WithTimeout(b.Context(), 2*time.Hour)
		defer stop()
		var flooding sync.WaitGroup
		flood(ctx, busy, traffic.Change, 8, time.Minute, &flooding)
		time.Sleep(time.Hour)
		for range perHour / 20 {
			asked := time.Now()
			if _, err := calm.Client.Common.Nop(traffic.WithPriority(b.Context(), traffic.Interactive)); err != nil || time.Since(asked) > 2*time.Second {
				b.Errorf("a challenge after %s: %v", time.Since(asked), err)
			}
		}
		flooding.Wait()
	})
}

// brokenLedger can be read, and not written.
type brokenLedger struct{ budget.MemoryLedger }

var errBroken = errors.New("the disk is full")

func (*brokenLedger) Save(context.Context, []byte, string) (budget.Stamp, error) {
	return budget.Stamp{}, errBroken
}

func TestABrokenLedgerKeepsNoOtherFromBeingGivenBack(t *testing.T) {
	broken, ledgers := &brokenLedger{}, map[string]*budget.MemoryLedger{}
	breakLater := false
	inBubble(t, func(s *Settings) {
		s.Ledger = func(name string) budget.Ledger {
			if breakLater && name == LoginID(bubbleEndpoint, 7) {
				return broken
			}
			return keep(ledgers)(name)
		}
	}, func(b *bubble) {
		breakLater = true
		b.api.AddAccount(regapitest.Account{Login: "another", Password: testPassword, UserID: 8})
		b.mustProve(b.account("a", "broken", testLogin, testPassword))
		sound := b.mustProve(b.account("b", "sound", "another", testPassword))
		if _, err := sound.Client.Common.Nop(b.Context()); err != nil {
			b.Fatal(err)
		}
		if err := b.returnBudgets(); !errors.Is(err, errBroken) {
			b.Errorf("nobody tells of the broken one: %v", err)
		}
		next := budget.New(1080, budget.WithLedger(keep(ledgers)(sound.ID)))
		lane := traffic.NewLane(traffic.WithBudgets(next, nil))
		if _, release, err := lane.Turn(b.Context()); err != nil {
			b.Fatal(err)
		} else {
			defer release()
		}
		if used := next.State().Used; used != 2+1 {
			b.Errorf("%d requests count in the next process: the check, a request, and its own", used)
		}
	})
}
