package account

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestThoseWhoAskForTheSameMeetInOneRequestAndEachHasItsOwnAnswer(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		const domains = 1200
		for n := range domains {
			b.api.AddDomain(testLogin, regapitest.Domain{Name: fmt.Sprintf("domain-%d.ru", n)})
		}
		connection := b.mustProve(b.account("owner", "main", testLogin, testPassword))
		b.api.ResetJournal()
		hide := func(ctx context.Context, refs ...regapi.DomainRef) ([]regapi.DomainResult, error) {
			return connection.Client.Domain.UpdatePrivatePersonFlag(ctx, true, refs...)
		}
		var asking sync.WaitGroup
		for n := range domains + 1 { // The last one is not held.
			asking.Go(func() {
				err := connection.Together(b.Context(), "hide", fmt.Sprintf("domain-%d.ru", n), hide)
				if held := n < domains; held != (err == nil) || (!held && !regapi.IsNotFound(err)) {
					b.Errorf("domain-%d.ru: %v", n, err)
				}
			})
		}
		asking.Wait()
		if calls := b.api.Calls("domain/update_private_person_flag"); calls != 2 {
			b.Errorf("%d requests", calls)
		}
	})
}

func TestWhereARequestForManyFailsEachMakesItsOwn(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		connection := b.mustProve(b.account("owner", "main", testLogin, testPassword))
		refused := errors.New("refused")
		var mu sync.Mutex
		calls := 0
		call := func(_ context.Context, refs ...regapi.DomainRef) ([]regapi.DomainResult, error) {
			mu.Lock()
			defer mu.Unlock()
			calls++
			switch {
			case len(refs) > 1:
				return nil, &regapi.Error{Function: "domain/update_nss", Code: regapi.CodeInvalidDomainNameFormat}
			case refs[0].Name == "bad.ru":
				return nil, refused
			default:
				return []regapi.DomainResult{{Ref: refs[0]}}, nil
			}
		}
		var asking sync.WaitGroup
		for _, name := range []string{"good.ru", "bad.ru", "fine.ru"} {
			asking.Go(func() {
				if err := connection.Together(b.Context(), "same", name, call); errors.Is(err, refused) != (name == "bad.ru") || (name != "bad.ru" && err != nil) {
					b.Errorf("%s: %v", name, err)
				}
			})
		}
		asking.Wait()
		if calls != 4 {
			b.Errorf("%d calls", calls)
		}
	})
}

func TestWhoLeadsOthersAndGoesLeavesThemToOneAnother(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		connection := b.mustProve(b.account("owner", "main", testLogin, testPassword))
		led, leave := context.WithCancel(b.Context())
		call := func(_ context.Context, refs ...regapi.DomainRef) ([]regapi.DomainResult, error) {
			return make([]regapi.DomainResult, len(refs)), nil
		}
		var asking sync.WaitGroup
		asking.Go(func() {
			if err := connection.Together(led, "same", "first.ru", call); !errors.Is(err, context.Canceled) {
				b.Errorf("the first: %v", err)
			}
		})
		time.Sleep(locateLinger / 2)
		asking.Go(func() {
			if err := connection.Together(b.Context(), "same", "second.ru", call); err != nil {
				b.Errorf("the second: %v", err)
			}
		})
		time.Sleep(locateLinger / 4)
		leave()
		asking.Wait()
	})
}
