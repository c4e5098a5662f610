package inventory

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

func TestOneSweepServesAStart(t *testing.T) {
	const domains = 2000
	inBubble(t, domains, func(w *inventoryWorld) {
		var wait sync.WaitGroup
		for n := range domains { // they appear over a second and a half, as the caches of a start fill
			wait.Go(func() {
				time.Sleep(time.Duration(n) * 750 * time.Microsecond)
				w.Follow("zone "+domainName(n), domainName(n), Records)
				zone, ok := w.FirstZone(w.Context(), domainName(n))
				if !ok || zone.Err != nil || len(zone.Records) == 0 {
					t.Errorf("%s: %+v, %t", domainName(n), zone, ok)
				}
			})
			wait.Go(func() {
				time.Sleep(time.Duration(n) * 750 * time.Microsecond)
				w.Follow("domain "+domainName(n), domainName(n), Delegation|Signing)
				if _, err := w.Facts(w.Context(), domainName(n), Delegation|Signing); err != nil {
					t.Errorf("%s: %v", domainName(n), err)
				}
			})
		}
		wait.Wait()
		if requests := w.api.Calls("*"); requests != 8 {
			t.Errorf("%d requests, want 8: the list, the balance, and two of each aspect", requests)
		}
	})
}

func TestWhoComesWhileASweepIsUnderWayIsServedByTheNextTogether(t *testing.T) {
	inBubble(t, 600, func(w *inventoryWorld) {
		var wait sync.WaitGroup
		for n := range 600 {
			wait.Go(func() {
				if n >= 100 {
					time.Sleep(600*time.Millisecond + time.Duration(n)*time.Millisecond)
				}
				w.Follow(domainName(n), domainName(n), everything)
				if _, err := w.Facts(w.Context(), domainName(n), everything); err != nil {
					t.Errorf("%s: %v", domainName(n), err)
				}
			})
		}
		wait.Wait()
		// Three aspects and the list, and the balance; then three aspects for all that came meanwhile, whom the list told of.
		if requests := w.api.Calls("*"); requests > 5+3 {
			t.Errorf("%d requests", requests)
		}
	})
}

func TestAZoneIsReadByItselfWhereNoSweepWillReadIt(t *testing.T) {
	inBubble(t, 3, func(w *inventoryWorld) {
		w.followAll(2)
		if _, ok := w.FirstZone(w.Context(), domainName(0)); ok {
			t.Error("a zone that was read before passes for a new reading")
		}
		w.Follow("new", domainName(2), Records)
		start := time.Now()
		if _, ok := w.FirstZone(w.Context(), domainName(2)); ok || time.Since(start) != 0 {
			t.Errorf("waited for %s although no sweep was due", time.Since(start))
		}
		if _, ok := w.FirstZone(w.Context(), "nobody-follows.ru"); ok {
			t.Error("a zone that nobody follows is known")
		}
	})
}

func TestNobodyWaitsForASweepInVain(t *testing.T) {
	for name, test := range map[string]struct {
		ctx   func(ctx context.Context) context.Context
		spoil func(w *inventoryWorld)
		waits bool
	}{
		"an ACME challenge":        {func(ctx context.Context) context.Context { return traffic.WithPriority(ctx, traffic.Interactive) }, func(*inventoryWorld) {}, false},
		"a zone that was written":  {func(ctx context.Context) context.Context { return ctx }, func(w *inventoryWorld) { w.NoteWrite(domainName(0)) }, false},
		"a sweep that cannot read": {func(ctx context.Context) context.Context { return ctx }, func(w *inventoryWorld) { w.api.Inject(regapitest.Fault{Kind: regapitest.FaultRateLimit}) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, 1, func(w *inventoryWorld) {
				w.Follow("f", domainName(0), Records)
				test.spoil(w)
				start := time.Now()
				if zone, ok := w.FirstZone(test.ctx(w.Context()), domainName(0)); ok || (time.Since(start) > 0) != test.waits || time.Since(start) > 10*time.Second {
					t.Errorf("%+v, %t after %s", zone, ok, time.Since(start))
				}
			})
		})
	}
}

func TestASweepTellsWhatItReadOfAZoneThatFails(t *testing.T) {
	inBubble(t, 1, func(w *inventoryWorld) {
		w.api.SetDelegation(domainName(0), "ns.example.com", "ns.example.net")
		w.Follow("f", domainName(0), Records)
		if zone, ok := w.FirstZone(w.Context(), domainName(0)); !ok || !regapi.IsBlocked(zone.Err) {
			t.Errorf("%+v, %t", zone, ok)
		}
	})
}

func TestHandfulsOfNewZonesCostTwoReadingsHoweverSlowlyTheyCome(t *testing.T) {
	const domains, handful = 300, 10
	inBubble(t, domains, func(w *inventoryWorld) {
		for first := 0; first < domains; first += handful {
			var wait sync.WaitGroup
			for n := first; n < first+handful; n++ {
				wait.Go(func() {
					w.Follow(domainName(n), domainName(n), Records)
					if _, known := w.Zone(domainName(n)); known {
						return
					}
					w.ExpectZone(domainName(n))
					if _, ok := w.FirstZone(w.Context(), domainName(n)); !ok {
						t.Errorf("%s was not read", domainName(n))
					}
				})
			}
			wait.Wait()
			time.Sleep(5 * time.Second)
		}
		if readings := w.api.Calls("zone/get_resource_records"); readings != 2 {
			t.Errorf("%d readings", readings)
		}
		for n := range domains {
			w.Unfollow(domainName(n))
		}
		w.passSweep()
		w.Inventory.mu.Lock()
		defer w.Inventory.mu.Unlock()
		if len(w.entries) != 0 {
			t.Errorf("%d domains are remembered that nobody follows", len(w.entries))
		}
	})
}

func TestTwoZonesThatAreNewALongTimeApartAreReadAlone(t *testing.T) {
	inBubble(t, 100, func(w *inventoryWorld) {
		for n := range 2 {
			w.Follow(domainName(n), domainName(n), Records)
			w.ExpectZone(domainName(n))
			if _, ok := w.FirstZone(w.Context(), domainName(n)); !ok {
				t.Errorf("%s was not read", domainName(n))
			}
			time.Sleep(2 * aheadWithin)
		}
		w.Inventory.mu.Lock()
		defer w.Inventory.mu.Unlock()
		if len(w.entries) != 2 {
			t.Errorf("%d zones were read, want the two", len(w.entries))
		}
	})
}
