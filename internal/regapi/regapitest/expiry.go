package regapitest

import (
	"maps"
	"slices"
	"time"
)

// passDays does what the days bring that went by since the last request: a service whose paid period ended among them is renewed when its flag
// says so and the money is there, else it is suspended. A domain loses its delegation then, too.
//
// What had ended before the simulator started stays as it was set up.
func (s *state) passDays(now time.Time) {
	today := now.Format(time.DateOnly)
	since := s.day
	s.day = today
	if since == "" || since == today {
		return
	}
	// In order of their numbers, so that it is certain whose renewal the money suffices for.
	for _, id := range slices.Sorted(maps.Keys(s.byID)) {
		due := s.byID[id]
		if due.State != stateActive || due.Expires < since {
			continue
		}
		for due.Expires < today && due.State == stateActive {
			if !s.renewByItself(due, now) {
				due.lapsed = true
				due.suspend()
			}
		}
	}
}

// renewByItself renews a service for one period from its owner's balance, if it may; it tells whether it did.
func (s *state) renewByItself(due *service, now time.Time) bool {
	t, payer := renewalTariff(due), s.accounts[due.owner]
	if !due.Autorenew || t.once || payer == nil || payer.PurchasesDisabled || payer.funds() < t.renewPrice {
		return false
	}
	made := &bill{
		id: s.freshID(), owner: due.owner, created: now.Format(time.DateOnly), payType: payPrepay, currency: roubles, amount: t.renewPrice,
		orders: []order{{service: due, action: actionRenew, amount: t.renewPrice, fulfil: func(time.Time) { due.prolong(t, 1) }}},
	}
	s.bills = append(s.bills, made)
	payer.balance.prepay -= made.amount
	made.settle(now)
	return true
}
