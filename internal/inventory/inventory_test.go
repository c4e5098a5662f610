package inventory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

const (
	testLogin, testPassword = "customer", "s3cret-value"

	sweepInterval = 10 * time.Minute
	everything    = Records | Delegation | Signing
)

// inventoryWorld is an inventory that runs against a simulator, in a bubble of simulated time.
type inventoryWorld struct {
	*testing.T
	*Inventory
	api *regapitest.Server

	mu    sync.Mutex
	woken []string
}

// inBubble runs a test with an account of so many domains, named domain-0.ru and so on.
func inBubble(t *testing.T, domains int, test func(w *inventoryWorld)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &inventoryWorld{T: t, api: regapitest.New(regapitest.WithLatency(300 * time.Millisecond))}
		w.api.AddAccount(regapitest.Account{Login: testLogin, Password: testPassword, Balance: regapitest.Balance{Prepay: "1000.50"}})
		for n := range domains {
			w.api.AddDomain(testLogin, regapitest.Domain{Name: domainName(n), Records: []regapitest.Record{{Name: "www", Type: "A", Content: "192.0.2.1"}}})
		}
		client, err := regapi.NewClient(
			regapi.WithEndpoint("http://127.0.0.1/api/regru2/"), regapi.WithTransport(w.api.Transport()),
			regapi.WithCredentials(regapi.Password{Username: testLogin, Password: testPassword}),
		)
		if err != nil {
			t.Fatal(err)
		}
		w.Inventory = New(client, sweepInterval, func(domain string) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.woken = append(w.woken, domain)
		})
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { w.Inventory.Run(ctx) })
		test(w)
		stop()
		running.Wait()
		w.api.Close()
	})
}

func domainName(n int) string { return fmt.Sprintf("domain-%d.ru", n) }

// wakes gives who was woken since the last call.
func (w *inventoryWorld) wakes() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	woken := w.woken
	w.woken = nil
	slices.Sort(woken)
	return woken
}

// followAll follows every domain and waits for its facts, all at once, as reconcilers do after a start.
func (w *inventoryWorld) followAll(domains int) {
	w.Helper()
	var wait sync.WaitGroup
	for n := range domains {
		wait.Go(func() {
			w.Follow(domainName(n), domainName(n), everything)
			facts, err := w.Facts(w.Context(), domainName(n), everything)
			if err != nil || facts.Service == nil || len(facts.Zone.Records) != 3 || len(facts.Delegation.NSS) != 2 || facts.Signing.Status != regapi.DNSSECDisabled {
				w.Errorf("%s: %+v, %v", domainName(n), facts, err)
			}
		})
	}
	wait.Wait()
}

// passSweep lets one whole sweep pass, or the time that it would take to begin if it fails.
func (w *inventoryWorld) passSweep() {
	before := w.Summary().SweptAt
	for end := time.Now().Add(sweepInterval + sweepInterval/10 + time.Minute); time.Now().Before(end) && w.Summary().SweptAt.Equal(before); {
		time.Sleep(10 * time.Second)
		synctest.Wait()
	}
}

func TestEverythingOfAThousandDomainsIsReadAtOnce(t *testing.T) {
	inBubble(t, 1000, func(w *inventoryWorld) {
		w.followAll(1000)
		if calls := len(w.api.Journal()); calls != 5 {
			t.Errorf("%d requests for the facts of all domains, want 5", calls)
		}
		w.api.ResetJournal()
		w.passSweep()
		if calls := len(w.api.Journal()); calls != 5 {
			t.Errorf("%d requests for a whole sweep, want 5 (list, records, name servers, DNSSEC, balance)", calls)
		}
		if summary := w.Summary(); summary.SweptAt.IsZero() || summary.Domains != 1000 || summary.Zones != 1000 || summary.Balance.Prepay != "1000.50" || summary.Err != nil {
			t.Errorf("summary %+v", summary)
		}
	})
}

func TestASweepOfTenThousandDomainsFitsIntoFortyOneRequests(t *testing.T) {
	inBubble(t, 10_000, func(w *inventoryWorld) {
		for n := range 10_000 {
			w.Follow(domainName(n), domainName(n), everything)
		}
		time.Sleep(time.Minute) // What was never read is read first.
		w.api.ResetJournal()
		w.passSweep()
		if calls := len(w.api.Journal()); calls > 41 {
			t.Errorf("%d requests, want at most 41", calls)
		}
	})
}

func TestOnlyWhatChangedIsWoken(t *testing.T) {
	inBubble(t, 3, func(w *inventoryWorld) {
		w.followAll(3)
		w.passSweep()
		w.wakes()
		w.passSweep()
		if woken := w.wakes(); len(woken) != 0 {
			t.Errorf("woken without a change: %v", woken)
		}
		w.api.AddRecord(domainName(0), regapitest.Record{Name: "new", Type: "A", Content: "192.0.2.2"})
		w.api.SetDelegation(domainName(1), "ns1.example.com", "ns2.example.com")
		w.api.RemoveDomain(domainName(2))
		w.passSweep()
		// One domain is gone, so that the account holds another number of them.
		if woken := w.wakes(); !slices.Equal(woken, []string{"", domainName(0), domainName(1), domainName(2)}) {
			t.Errorf("woken %q", woken)
		}
		if facts, err := w.Facts(w.Context(), domainName(2), Records); err != nil || facts.Service != nil || !regapi.IsNotFound(facts.Zone.Err) {
			t.Errorf("a domain that is gone: %+v, %v", facts, err)
		}
	})
}

func TestAWriteIsKnownBeforeTheNextSweep(t *testing.T) {
	inBubble(t, 1, func(w *inventoryWorld) {
		w.followAll(1)
		w.LearnZone(domainName(0), regapi.ZoneRecords{Records: []regapi.ResourceRecord{{Subname: "learned"}}}, time.Now())
		if zone, ok := w.Zone(domainName(0)); !ok || zone.Records[0].Subname != "learned" {
			t.Errorf("zone %+v, %v", zone, ok)
		}
		w.Unfollow(domainName(0))
		if _, ok := w.Zone(domainName(0)); ok {
			t.Error("a domain that nobody follows is remembered")
		}
		w.LearnZone(domainName(0), regapi.ZoneRecords{}, time.Now())
		if _, ok := w.Zone(domainName(0)); ok {
			t.Error("a domain that nobody follows is learned")
		}
	})
}

func TestAFailedSweepTellsWhoWaitsAndKeepsWhatIsKnown(t *testing.T) {
	inBubble(t, 2, func(w *inventoryWorld) {
		w.followAll(1)
		w.wakes()
		w.api.Inject(regapitest.Fault{Kind: regapitest.FaultStatus})
		w.Follow("second", domainName(1), Records)
		if _, err := w.Facts(w.Context(), domainName(1), Records); !regapi.IsTransient(err) {
			t.Errorf("error %v", err)
		}
		if facts, err := w.Facts(w.Context(), domainName(0), Records); err != nil || facts.Zone == nil {
			t.Errorf("what was known is lost: %v", err)
		}
		if woken := w.wakes(); !slices.Equal(woken, []string{""}) {
			t.Errorf("woken %q, want the account alone", woken)
		}
		w.api.ClearFaults()
		w.passSweep()
		if summary := w.Summary(); summary.Err != nil || time.Since(summary.SweptAt) > 2*sweepInterval {
			t.Errorf("summary %+v", summary)
		}
	})
}

func TestWaitingForFactsEndsWithTheContext(t *testing.T) {
	inBubble(t, 1, func(w *inventoryWorld) {
		ctx, cancel := context.WithTimeout(w.Context(), 100*time.Millisecond)
		defer cancel()
		w.Follow("f", domainName(0), Records)
		if _, err := w.Facts(ctx, domainName(0), Records); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	})
}

func TestWhoWaitsIsSentAwayWhenTheConnectionIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inventory := New(nil, sweepInterval, func(string) {})
		inventory.Follow("f", domainName(0), Records)
		failed := make(chan error, 1)
		go func() {
			_, err := inventory.Facts(t.Context(), domainName(0), Records)
			failed <- err
		}()
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		inventory.Run(ctx)
		if err := <-failed; !errors.Is(err, errStopped) {
			t.Errorf("error %v", err)
		}
		if _, err := inventory.Facts(t.Context(), "nobody-follows.ru", Records); !errors.Is(err, errNotFollowed) {
			t.Errorf("error %v", err)
		}
	})
}

func TestAnIdleHourOfAThousandZonesCostsLittle(t *testing.T) {
	inBubble(t, 1000, func(w *inventoryWorld) {
		w.followAll(1000)
		w.api.ResetJournal()
		time.Sleep(time.Hour)
		if calls := len(w.api.Journal()); calls > 108 {
			t.Errorf("%d requests, want at most a tenth of 1080", calls)
		}
	})
}

func TestAZoneIsRecentUntilItIsWrittenOrOld(t *testing.T) {
	inBubble(t, 1, func(w *inventoryWorld) {
		recent := func() bool {
			_, ok := w.RecentZone(domainName(0), time.Hour)
			return ok
		}
		w.Follow("a", domainName(0), Records)
		if recent() {
			w.Error("never read, and recent")
		}
		if _, err := w.Facts(w.Context(), domainName(0), Records); err != nil {
			w.Fatal(err)
		}
		if !recent() {
			w.Error("read, and not recent")
		}
		asked := time.Now()
		w.NoteWrite(domainName(0))
		w.LearnZone(domainName(0), regapi.ZoneRecords{}, asked)
		if recent() {
			w.Error("what was asked for before a write counts as recent after it")
		}
		time.Sleep(time.Second)
		w.NoteWrite(domainName(0))
		if _, known := w.Zone(domainName(0)); known {
			w.Error("what was seen before a write is still known after it")
		}
		time.Sleep(time.Second)
		w.LearnZone(domainName(0), regapi.ZoneRecords{}, time.Now())
		if !recent() {
			w.Error("read back, and not recent")
		}
		time.Sleep(2 * time.Second)
		if _, ok := w.RecentZone(domainName(0), time.Second); ok {
			w.Error("older than asked for, and recent")
		}
	})
}

func TestTheDomainsOfTheAccountAreKnownFromItsList(t *testing.T) {
	inBubble(t, 2, func(w *inventoryWorld) {
		for range 2 { // The second time without a request.
			domains, err := w.Domains(w.Context())
			if want := []string{domainName(0), domainName(1)}; err != nil || !slices.Equal(domains, want) {
				w.Errorf("domains %v, %v; want %v", domains, err, want)
			}
		}
		if got := w.api.Calls("service/get_list"); got != 1 {
			w.Errorf("%d lists, want one", got)
		}
	})
}

func TestDomainsFailAsTheFirstListDoes(t *testing.T) {
	inBubble(t, 1, func(w *inventoryWorld) {
		w.api.Inject(regapitest.Fault{Kind: regapitest.FaultError, Function: "service/get_list", Code: "ACCESS_DENIED"})
		if _, err := w.Domains(w.Context()); !regapi.IsDenied(err) {
			w.Errorf("error %v, want that of the list", err)
		}
	})
}

func TestRegistrantsAreReadOnlyForWhoFollowsThem(t *testing.T) {
	inBubble(t, 3, func(w *inventoryWorld) {
		w.followAll(3)
		w.Follow("one", domainName(1), Registrant)
		if _, err := w.Facts(w.Context(), domainName(1), Registrant); err != nil {
			t.Fatal(err)
		}
		w.wakes()
		w.api.ResetJournal()
		w.api.EditContacts(domainName(1), map[string]string{"e_mail": "ivan@example.net", "private_person_flag": "1"})
		w.api.EditContacts(domainName(2), map[string]string{"e_mail": "petr@example.net"})
		w.passSweep()
		facts, err := w.Facts(w.Context(), domainName(1), Registrant)
		if err != nil || facts.Registrant.Contacts["e_mail"] != "ivan@example.net" || facts.Registrant.Hidden == nil || !*facts.Registrant.Hidden {
			t.Errorf("%+v, %v", facts.Registrant, err)
		}
		if woken := w.wakes(); !slices.Equal(woken, []string{domainName(1)}) {
			t.Errorf("woken: %q", woken)
		}
		if asked := w.api.Journal(regapitest.OfFunction("service/get_details")); len(asked) != 1 {
			t.Errorf("%d requests", len(asked))
		}
		w.Unfollow("one")
		w.passSweep()
		w.api.ResetJournal()
		w.passSweep()
		if w.api.Calls("service/get_details") != 0 {
			t.Error("registrants are read that nobody follows")
		}
	})
}
