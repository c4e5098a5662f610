package account

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestDomainsThatTheAccountLacksCostNoRequestEach(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		b.api.AddDomain(testLogin, regapitest.Domain{Name: "there.ru", ServiceID: 5})
		connection := b.mustProve(b.account("owner", "main", testLogin, testPassword))
		b.api.ResetJournal()
		const objects, hours = 300, 3
		var asking sync.WaitGroup
		for n := range objects { // As many objects, each of which looks four times an hour, at moments of its own.
			asking.Go(func() {
				for range 4 * hours {
					info, err := connection.Locate(b.Context(), fmt.Sprintf("nowhere-%d.ru", n))
					if err != nil || !regapi.IsNotFound(info.Err) {
						b.Errorf("%+v, %v", info, err)
					}
					time.Sleep(15*time.Minute + time.Duration(n)*time.Second/4)
				}
			})
		}
		if info, err := connection.Locate(b.Context(), "there.ru"); err != nil || info.ServiceID != 5 {
			b.Errorf("a domain that is there: %+v, %v", info, err)
		}
		asking.Wait()
		if calls := b.api.Calls("service/get_info"); calls > 7*hours {
			b.Errorf("%d requests in %d hours for %d domains", calls, hours, objects)
		}
	})
}

func TestDomainsThatAreGoneCostAFewRequestsADay(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		const objects, days = 300, 4
		connection := b.mustProve(b.account("owner", "main", testLogin, testPassword))
		b.api.ResetJournal()
		var asking sync.WaitGroup
		for n := range objects { // Each looks four times a day, at moments of its own.
			asking.Go(func() {
				time.Sleep(time.Duration(n) * time.Minute)
				for range 4 * days {
					if _, err := connection.LocateGone(b.Context(), fmt.Sprintf("gone-%d.ru", n)); err != nil {
						b.Error(err)
					}
					time.Sleep(6*time.Hour + time.Duration(n)*time.Second)
				}
			})
		}
		asking.Wait()
		const first = 300 // Nobody knows of a domain before its object has looked.
		if calls := b.api.Calls("service/get_info"); calls > first+9*days {
			b.Errorf("%d requests in %d days for %d domains", calls, days, objects)
		}
	})
}

func TestARefusalThatPassesIsNoAnswerForHours(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		b.api.AddDomain(testLogin, regapitest.Domain{Name: "back.ru", ServiceID: 5})
		connection := b.mustProve(b.account("owner", "main", testLogin, testPassword))
		b.api.Inject(regapitest.Fault{Kind: regapitest.FaultElementError, Function: "service/get_info", Code: "SERVICE_UNAVAILABLE", Count: 1})
		if info, err := connection.LocateGone(b.Context(), "back.ru"); err != nil || info.Err == nil {
			b.Fatalf("not refused: %+v, %v", info, err)
		}
		time.Sleep(locatedFor + time.Minute)
		if info, err := connection.LocateGone(b.Context(), "back.ru"); err != nil || info.Err != nil || info.ServiceID != 5 {
			b.Errorf("minutes later it is still refused: %+v, %v", info, err)
		}
	})
}

func TestAFailureToAskForDomainsIsEverybodysAtOnce(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		connection := b.mustProve(b.account("owner", "main", testLogin, testPassword))
		b.api.Inject(regapitest.Fault{Kind: regapitest.FaultError, Function: "service/get_info", Code: "BILLING_LOCK", Count: 3})
		b.api.ResetJournal()
		var asking sync.WaitGroup
		for n := range 50 {
			asking.Go(func() {
				if _, err := connection.Locate(b.Context(), fmt.Sprintf("nowhere-%d.ru", n)); err == nil {
					b.Error("no error")
				}
			})
		}
		asking.Wait()
		if calls := b.api.Calls("service/get_info"); calls > 3 {
			b.Errorf("%d requests for one failure", calls)
		}
		if info, err := connection.Locate(b.Context(), "nowhere-1.ru"); err != nil || !regapi.IsNotFound(info.Err) {
			b.Errorf("%+v, %v", info, err)
		}
	})
}
