package regapitest

import (
	"fmt"
	"math"
	"strconv"
)

// money is a balance in hundredths of a rouble.
type money struct{ prepay, blocked, credit int64 }

func parseMoney(b Balance) (money, error) {
	var m money
	for text, into := range map[*string]*int64{&b.Prepay: &m.prepay, &b.Blocked: &m.blocked, &b.Credit: &m.credit} {
		if *text == "" {
			continue
		}
		roubles, err := strconv.ParseFloat(*text, 64)
		if err != nil || math.IsNaN(roubles) || math.Abs(roubles) > 1e12 {
			return money{}, fmt.Errorf("%q is not an amount", *text)
		}
		*into = int64(math.Round(roubles * 100))
	}
	return m, nil
}

// Books are the sums of everything that moved on an account's balance, in hundredths of a rouble: Prepaid is always In plus Back minus Out.
type Books struct {
	// In came from outside: what the account began with, and what was put on it.
	In int64 `json:"in"`
	// Out was paid for bills; Back is what of it was returned.
	Out  int64 `json:"out"`
	Back int64 `json:"back"`
	// Prepaid is the balance.
	Prepaid int64 `json:"prepaid"`
}

// Every change of a balance goes through these three.

func (a *account) deposit(sum int64) {
	a.balance.prepay += sum
	a.books.In += sum
}

func (a *account) spend(sum int64) {
	a.balance.prepay -= sum
	a.books.Out += sum
}

func (a *account) receiveBack(sum int64) {
	a.balance.prepay += sum
	a.books.Back += sum
}

// funds is what an account can spend: what lies on it and is not blocked and, for a Partner, the credit (5.4).
func (a *account) funds() int64 {
	funds := a.balance.prepay - a.balance.blocked
	if a.Partner {
		funds += a.balance.credit
	}
	return funds
}
