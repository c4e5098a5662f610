package budget

import (
	"testing"
	"testing/synctest"
	"time"
)

// full gives a budget whose hour is used up.
func full(t *testing.T, requests int) *Budget {
	t.Helper()
	b := New(requests)
	purse := NewPurse(b, nil)
	for range requests {
		if payNow(t, purse, Interactive) == nil {
			t.Fatal("a fresh budget does not pay")
		}
	}
	return b
}

// payNow pays, with the ledgers used as they ask for it; nil if the requests of the hour are used up.
func payNow(t *testing.T, purse *Purse, priority Priority) Receipt {
	t.Helper()
	for range 4 {
		o := purse.Offer(priority, 1)
		switch {
		case !o.Due():
			return nil
		case o.NeedsLedger():
			o.UseLedger(t.Context())
		default:
			return purse.Pay(priority)
		}
	}
	t.Fatal("the ledgers are asked for without end")
	return nil
}

func TestARequestIsPaidFromAllBudgetsOrFromNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account, egress := New(10), full(t, 5)
		purse := NewPurse(account, egress)
		if payNow(t, purse, Interactive) != nil {
			t.Fatal("paid, although the address has nothing left")
		}
		if used := account.State().Used; used != 0 {
			t.Errorf("%d requests of the account are gone for nothing", used)
		}
		time.Sleep(budgetWindow + slotLength)
		if payNow(t, purse, Interactive) == nil || account.State().Used != 1 || egress.State().Used != 1 {
			t.Errorf("an hour later: %+v, %+v", account.State(), egress.State())
		}
	})
}

func TestWhatWasNotSentIsGivenBackToAllBudgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account, egress := New(10), New(10)
		purse := NewPurse(account, egress)
		purse.Settle(payNow(t, purse, Change), Outcome{Unsent: true})
		if account.State().Used+egress.State().Used != 0 {
			t.Errorf("%+v, %+v", account.State(), egress.State())
		}
	})
}

func TestARefusalForTheRateFreezesTheBudgetThatItSpeaksOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account, neighbour, egress := New(10), New(10), New(10)
		purse, beside := NewPurse(account, egress), NewPurse(neighbour, egress)
		purse.Settle(payNow(t, purse, Change), Outcome{Answered: true, AccountRate: true})
		if !purse.Offer(Change, 1).Frozen || beside.Offer(Change, 1).Frozen {
			t.Error("a refusal for the account's rate froze another, or not the account")
		}
		beside.Settle(payNow(t, beside, Change), Outcome{Answered: true, EgressRate: true})
		if !beside.Offer(Change, 1).Frozen || egress.State().FrozenUntil.IsZero() {
			t.Error("a refusal for the address's rate froze nobody")
		}
	})
}

func TestAPurseWithoutBudgetsAlwaysPays(t *testing.T) {
	purse := NewPurse(nil, nil)
	for range 5000 {
		if payNow(t, purse, Background) == nil {
			t.Fatal("a purse without budgets did not pay")
		}
	}
}
