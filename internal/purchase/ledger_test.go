package purchase

import (
	"fmt"
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

func TestAnOrderHasANameAndAKeyOfItsOwn(t *testing.T) {
	for _, order := range []Order{{Domain: "example.ru", Ordinal: 1}, {Domain: "xn--e1afmkfd.xn--p1ai", Ordinal: 12}} {
		domain, ordinal, err := ParseName(order.Name())
		if err != nil || domain != order.Domain || ordinal != order.Ordinal {
			t.Errorf("%s is read as %s and %d: %v", order.Name(), domain, ordinal, err)
		}
	}
	for _, name := range []string{"", "example.ru", "example.ru.0", "example.ru.01", ".1", "example.ru.-1"} {
		if _, _, err := ParseName(name); err == nil {
			t.Errorf("%q is taken for the name of an order", name)
		}
	}
	keys := map[string]Order{}
	for _, order := range []Order{
		{UserID: "1", Domain: "2a.ru", Operation: Register, Ordinal: 1}, {UserID: "12", Domain: "a.ru", Operation: Register, Ordinal: 1},
		{UserID: "1", Domain: "2a.ru", Operation: Transfer, Ordinal: 1}, {UserID: "1", Domain: "2a.ru", Operation: Register, Ordinal: 11},
	} {
		key := order.Key()
		if other, taken := keys[key]; taken || len(key) != 32 {
			t.Errorf("%v has the key %s of %v", order, key, other)
		}
		keys[key] = order
	}
}

func TestAnApprovalIsForOnePurchaseAtOnePrice(t *testing.T) {
	order := Order{Domain: "example.ru", Ordinal: 1, Operation: Renew, ServiceID: 5, Base: firstDay, Years: 1}
	approved := order.Digest(price)
	if order.Digest(price+1) == approved {
		t.Error("the price does not count")
	}
	for what, change := range map[string]func(*Order){
		"another domain":   func(o *Order) { o.Domain = "example.su" },
		"the next order":   func(o *Order) { o.Ordinal = 2 },
		"a restoration":    func(o *Order) { o.Operation = Restore },
		"another service":  func(o *Order) { o.ServiceID = regapi.ID(6) },
		"another last day": func(o *Order) { o.Base = "2027-06-01" },
		"more years":       func(o *Order) { o.Years = 2 },
		"paid in one call": func(o *Order) { o.Direct = true },
	} {
		changed := order
		if change(&changed); changed.Digest(price) == approved {
			t.Errorf("%s is approved with %v", what, order)
		}
	}
	here := Order{Domain: "example.ru", Ordinal: 1, Operation: ChangeNameServers, ServiceID: 5, Direct: true, Servers: "ns1.example.net"}
	there := here
	if there.Servers = "ns1.example.com"; there.Digest(price) == here.Digest(price) {
		t.Error("other name servers are approved")
	}
}

func TestAYearIsReachedAndADayIsNot(t *testing.T) {
	order := Order{Base: "2028-02-29", Years: 1}
	for day, want := range map[string]bool{
		"2028-02-29": false, "2028-03-01": false, "2028-12-31": false, "2029-02-28": true, "2029-03-01": true, "": false, "soon": false,
	} {
		if order.Reached(day) != want {
			t.Errorf("%q: reached %t", day, !want)
		}
	}
	if order.Moved("2028-03-01") || !order.Moved("2028-03-05") || !order.Moved("") {
		t.Error("a day's difference counts, or a move does not")
	}
}

func TestAmountsAreExactAndRoundedUp(t *testing.T) {
	for text, want := range map[regapi.Money]Amount{"199": 199_00, "199.5": 199_50, "0.001": 1, "1999.999": 2000_00} {
		if amount, ok := AmountOf(text); !ok || amount != want {
			t.Errorf("%s is %s, %t", text, amount, ok)
		}
	}
	for _, text := range []regapi.Money{"", regapi.MoneyUnknown, "-1"} {
		if _, ok := AmountOf(text); ok {
			t.Errorf("%q is taken for a price", text)
		}
	}
	if _, err := ParseAmount("199,50"); err == nil {
		t.Error("a comma is taken for a point")
	}
}

func TestTheMonthIsMoscowsAndNeverGoesBack(t *testing.T) {
	l := &Ledger{}
	lastMinute := time.Date(2026, 4, 30, 20, 59, 0, 0, time.UTC)
	l.Watch(lastMinute, false, true)
	if l.Month != "2026-04" {
		t.Errorf("the month is %s", l.Month)
	}
	l.Watch(lastMinute.Add(10*time.Minute), false, true)
	if l.Month != "2026-05" {
		t.Errorf("after midnight in Moscow it is %s", l.Month)
	}
	l.Watch(lastMinute.AddDate(0, 0, -2), false, true)
	if l.Month != "2026-05" || !l.Gap(lastMinute.AddDate(0, 0, -2)) {
		t.Errorf("two days back it is %s, and nothing is odd about it", l.Month)
	}
}

func TestALedgerThatBeginsIsClosedUntilAPersonTells(t *testing.T) {
	l := &Ledger{}
	l.Watch(start, false, true)
	if err := l.Book("u", "a.ru.1", price, 1000_00); err == nil {
		t.Error("it books before anybody knows what was spent")
	}
	l.Open(900_00)
	if err := l.Book("u", "a.ru.1", price, 1000_00); err == nil {
		t.Error("what was spent before does not count")
	}
	if err := l.Book("u", "a.ru.1", 50_00, 1000_00); err != nil {
		t.Errorf("it stays closed: %v", err)
	}
	l.Watch(start.AddDate(0, 1, 0), false, true)
	if l.Closed() || l.Sum("") != 50_00 {
		t.Errorf("a month later: closed %t, %s booked", l.Closed(), l.Sum(""))
	}
}

func TestAtRestNothingIsWrittenAndSilenceIsNoGap(t *testing.T) {
	l := &Ledger{}
	l.Watch(start, false, false)
	if l.Watch(start.AddDate(0, 0, 3), false, false) {
		t.Error("it is written at rest")
	}
	if l.Watch(start.AddDate(0, 0, 3), false, true); l.Gap(start.AddDate(0, 0, 3)) {
		t.Error("the first order after a rest finds a gap")
	}
	if l.Watch(start.AddDate(0, 0, 3).Add(16*time.Minute), false, true); !l.Gap(start.AddDate(0, 0, 3).Add(17 * time.Minute)) {
		t.Error("sixteen minutes of silence over an open order are no gap")
	}
}

func TestWhatMayHaveBeenSpentStaysBooked(t *testing.T) {
	l := &Ledger{Began: start.AddDate(0, -1, 0), Month: MonthOf(start)}
	order := Order{Domain: "a.ru", Ordinal: 1, Operation: Renew, ServiceID: 1, Base: firstDay, Years: 1}
	for what, c := range map[string]struct {
		record Record
		want   Act
	}{
		"unclear":                  {Record{State: Unclear}, Nothing},
		"paid without any effect":  {Record{State: Paid, PaidAt: start.Add(-2 * Settling)}, Nothing},
		"paid":                     {Record{State: Settled, Reason: Effect, Cost: price}, Keep},
		"bought, nobody knows how": {Record{State: Settled, Reason: PayerUnknown}, Keep},
		"not asked for any more":   {Record{State: Withdrawn, Reason: NoLongerAsked}, Release},
		"refused by the registrar": {Record{State: Refused, Reason: RefusedByRegistrar}, Release},
	} {
		_ = l.Book("u", "a.ru.1", price, 1000_00)
		c.record.Price = price
		seen := Seen{Complete: true, ServiceID: 1, Expiry: firstDay}
		step := Decide(Input{Order: order, Record: c.record, Now: start, Settling: Settling, Seen: seen, Funds: l.Funds("u", 1000_00)})
		if step.Do != c.want || (step.Do == Keep && step.Amount != price) {
			t.Errorf("%s: %q of %s, want %q", what, step.Do, step.Amount, c.want)
		}
	}
	if l.KeepLost(func(string, Entry) bool { return true }); l.Sum("other") != price {
		t.Error("an order whose object is gone is not booked any more")
	}
}

func TestTheOpenOrdersOfALoginBelongToOneDeployment(t *testing.T) {
	l := &Ledger{}
	for _, c := range []struct {
		by      string
		after   time.Duration
		open    bool
		changed bool
		held    bool
	}{
		{"a", 0, true, true, true},                          // The first one.
		{"a", time.Minute, true, false, true},               // It goes on.
		{"b", time.Minute, true, false, false},              // Another one keeps off its open orders,
		{"b", 2 * time.Minute, false, true, true},           // and may begin once there are none.
		{"a", 2 * time.Minute, true, false, false},          // Then the first one keeps off.
		{"a", Settling + 3*time.Minute, true, true, true},   // But nobody has watched b's for a day: it is gone.
		{"b", Settling + 3*time.Minute, true, false, false}, // And if it comes back, it is late.
		{"", Settling + 3*time.Minute, true, false, false},  // So is one without a name.
		{"", 2*Settling + 4*time.Minute, false, true, true},
		{"", 2*Settling + 4*time.Minute, false, false, true},
	} {
		now := start.Add(c.after)
		changed, held := l.Claim(c.by, now, c.open)
		if changed != c.changed || held != c.held {
			t.Errorf("%q after %s, with open orders %t: changed %t, held %t", c.by, c.after, c.open, changed, held)
		}
		if held {
			l.Heartbeat = now
		}
	}
}

func TestOnlyAClockThatIsWrongMakesAHeartbeatComeFromTheFuture(t *testing.T) {
	for earlier, gap := range map[time.Duration]bool{0: false, time.Second: false, DecisionLife: false, DecisionLife + time.Second: true, time.Hour: true} {
		for _, open := range []bool{true, false} {
			l := &Ledger{Began: start.AddDate(0, -2, 0), Heartbeat: start, Watching: !open}
			l.Watch(start.Add(-earlier), false, open)
			if l.GapUntil.IsZero() == gap || l.Watching != open {
				t.Errorf("watched %s before the last heartbeat, an order open: %t: a gap until %s", earlier, open, l.GapUntil)
			}
			if l.Watch(start, start.After(l.Heartbeat) && !gap, open); l.Gap(start) != gap {
				t.Errorf("whoever has seen the heartbeat takes one that was %s older for a gap", earlier)
			}
		}
	}
}

func TestWhatIsDoneToACloneOfALedgerIsNotDoneToTheLedger(t *testing.T) {
	l := &Ledger{Began: start.AddDate(0, -1, 0), Month: MonthOf(start)}
	l.Announce(Order{Domain: "a.ru", Ordinal: 1})
	l.Note("b.ru", price)
	if err := l.Book("u", "a.ru.1", price, 1000_00); err != nil {
		t.Fatal(err)
	}
	before, _ := l.Encode()
	clone := l.Clone()
	if same, _ := clone.Encode(); same != before {
		t.Errorf("the clone is %s, not %s", same, before)
	}
	clone.Announce(Order{Domain: "c.ru", Ordinal: 1})
	clone.Note("d.ru", price)
	clone.Release("u")
	clone.Watch(start, true, true)
	if after, _ := l.Encode(); after != before {
		t.Errorf("the ledger is %s, and was %s", after, before)
	}
}

// A ConfigMap holds a mebibyte.
func TestTheLedgerHoldsTenThousandDomains(t *testing.T) {
	const domains, room = 10_000, 1 << 20
	l := &Ledger{Began: start, Opened: MonthOf(start), Month: MonthOf(start)}
	for year := range 2 {
		for n := range domains {
			now := start.AddDate(year, 12*n/domains, 0)
			order := Order{Domain: fmt.Sprintf("a-name-of-some-length-%d.ru", n), Ordinal: 1 + year, UserID: userID, Operation: Renew, ServiceID: regapi.ID(1000 + n), Base: firstDay, Years: 1}
			uid := fmt.Sprintf("5a4e2bd5-0d52-4b8e-bd5f-%012d", domains*year+n)
			l.Watch(now, false, true)
			l.Announce(order)
			if err := l.Book(uid, order.Name(), 590_00, dearest*domains); err != nil {
				t.Fatal(err)
			}
			l.Keep(uid, order.Name(), 590_00)
		}
	}
	text, err := l.Encode()
	if err != nil || len(text) > room*9/10 {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	if want := Amount(domains/12) * 590_00; l.Sum("") < want {
		t.Errorf("%s of the present month are known, of some %s", l.Sum(""), want)
	}
	t.Logf("%d domains take %d bytes", domains, len(text))
}
