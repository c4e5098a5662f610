package purchase

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Currency is the one that orders are made in: the registrar bills in roubles, and ceilings in anything else would move with the rate.
const Currency = "RUR"

// Amount is money in hundredths of a rouble.
type Amount int64

var amountShape = regexp.MustCompile(`^[0-9]{1,9}(\.[0-9]{1,2})?$`)

// ParseAmount reads a decimal such as "199" or "199.50".
func ParseAmount(text string) (Amount, error) {
	if !amountShape.MatchString(text) {
		return 0, fmt.Errorf("%q is no amount: write up to nine digits and at most two decimals, such as 199.50", text)
	}
	whole, cents, _ := strings.Cut(text, ".")
	number, err := strconv.ParseInt(whole+(cents + "00")[:2], 10, 64)
	return Amount(number), err
}

// AmountOf gives what the registrar asks for, rounded up; ok is false for what is no amount or less than nothing.
func AmountOf(money regapi.Money) (amount Amount, ok bool) {
	if !money.Known() || money == "" {
		return 0, false
	}
	exact := new(big.Rat).Mul(money.Rat(), big.NewRat(100, 1))
	quotient, rest := new(big.Int).QuoRem(exact.Num(), exact.Denom(), new(big.Int))
	if rest.Sign() > 0 {
		quotient.Add(quotient, big.NewInt(1))
	}
	if exact.Sign() < 0 || !quotient.IsInt64() {
		return 0, false
	}
	return Amount(quotient.Int64()), true
}

// String gives two decimals, such as "199.50".
func (a Amount) String() string { return fmt.Sprintf("%d.%02d", a/100, a%100) }

// MarshalText writes what String gives.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what ParseAmount does.
func (a *Amount) UnmarshalText(text []byte) (err error) {
	*a, err = ParseAmount(string(text))
	return err
}
