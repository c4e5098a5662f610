package regapitest

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
)

func TestClientsResolversAndTheControlEndpointMayAskAtOnce(t *testing.T) {
	w := newWorld(t, WithHourlyLimit(0))
	w.rich("owner", "100000", true)
	w.AddAccount(Account{Login: "other", Password: "x", Partner: true, Balance: Balance{Prepay: "100000"}})
	for n := range 20 {
		w.AddDomain("owner", Domain{Name: fmt.Sprintf("d%d.ru", n), Expires: dayOf(epoch.AddDate(0, 0, n)), Autorenew: n%2 == 0})
	}
	handler := w.ControlHandler(Seed{})
	order := orderOf(t, map[string]any{"domain_name": "wanted.ru"})
	var all sync.WaitGroup
	each := func(do func(n int)) {
		all.Go(func() {
			for n := range 60 {
				do(n)
			}
		})
	}
	for _, login := range []string{"owner", "other"} {
		each(func(int) { w.call(login, "x", "domain/create", "input_format", "json", "input_data", order) })
		each(func(n int) { w.as(login, "service/renew", "dname", fmt.Sprintf("d%d.ru", n%20), "period", "1") })
		each(func(int) { w.as(login, "bill/get_not_payed") })
	}
	each(func(n int) { w.dig(fmt.Sprintf("d%d.ru", n%20), dns.TypeSOA) })
	each(func(int) { w.clock.Advance(13 * time.Hour) })
	each(func(int) { control(handler, http.MethodGet, "/journal", "") })
	each(func(int) { control(handler, http.MethodPost, "/accounts/owner/top-up", `{"amount":"1"}`) })
	each(func(int) {
		if _, err := w.Save(); err != nil {
			t.Error(err)
		}
	})
	all.Wait()
	holders := 0
	for _, login := range []string{"owner", "other"} {
		w.wantBooks(login)
		if w.stateOf(login, "dname", "wanted.ru") == "A" {
			holders++
		}
	}
	if holders != 1 {
		t.Errorf("wanted.ru has %d holders", holders)
	}
}
