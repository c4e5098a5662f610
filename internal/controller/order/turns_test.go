package order

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

func orderOf(name, base string) *v1alpha1.Order {
	return &v1alpha1.Order{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: v1alpha1.OrderSpec{BaseExpiry: base}}
}

func TestOfManyOrdersTheDomainThatExpiresFirstHasItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const orders = 500
		var all turns
		taken := make(chan string, orders)
		holder := orderOf("holder.ru.1", "2027-12-31")
		if all.enter("login", holder) != 0 {
			t.Fatal("nobody was there, and it had to wait")
		}
		for n := range orders { // The later it comes, the sooner its domain expires.
			go func() {
				time.Sleep(time.Duration(n) * time.Millisecond)
				o := orderOf(fmt.Sprintf("domain-%d.ru.1", n), fmt.Sprintf("2027-%02d-%02d", 12-n/45, 1+n%28))
				for {
					comesAgain := all.enter("login", o)
					if comesAgain == 0 {
						break
					}
					time.Sleep(comesAgain)
				}
				taken <- o.Spec.BaseExpiry
				time.Sleep(300 * time.Millisecond)
				all.leave("login", o, 0)
			}()
		}
		time.Sleep(10 * time.Second)
		all.leave("login", holder, 0)
		var sequence []string
		for range orders {
			sequence = append(sequence, <-taken)
		}
		time.Sleep(time.Second) // The last one leaves.
		if !slices.IsSorted(sequence) {
			t.Errorf("not in the order of the last days: %q", sequence)
		}
		if all.enter("other", orderOf("else.ru.1", "2028-01-01")) != 0 {
			t.Error("another login waits")
		}
	})
}

func TestWhoDoesNotComeAgainIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all turns
		holder := orderOf("holder.ru.1", "2027-01-01")
		all.enter("login", holder)
		if all.enter("login", orderOf("gone.ru.1", "2027-01-02")) == 0 {
			t.Fatal("two have their turn")
		}
		all.leave("login", holder, 0)
		if all.enter("login", orderOf("later.ru.1", "2027-01-03")) == 0 {
			t.Fatal("the first that waits was passed over")
		}
		time.Sleep(waitsFor + 2*time.Second)
		if again := all.enter("login", orderOf("later.ru.1", "2027-01-03")); again != 0 {
			t.Errorf("who is gone is waited for: %s", again)
		}
	})
}

func TestWhoWaitsForTheNextHourIsNotOvertakenByADomainThatExpiresLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all turns
		first, sooner, later := orderOf("first.ru.1", "2027-01-02"), orderOf("sooner.ru.1", "2027-01-01"), orderOf("later.ru.1", "2027-01-03")
		const wait = 90 * time.Second
		all.enter("login", first)
		all.leave("login", first, wait)
		if again := all.enter("login", later); again < wait || again > wait+lastTurn {
			t.Errorf("the later one comes in %s", again)
		}
		if all.enter("login", sooner) != 0 {
			t.Error("what expires sooner waits for what expires later")
		}
		all.leave("login", sooner, 0)
		time.Sleep(wait + time.Minute)
		if all.enter("login", later) != 0 {
			t.Error("who does not come again is waited for")
		}
	})
}

func TestNobodySleepsOnWhenWhoWasRefusedForADayIsDoneOrGone(t *testing.T) {
	for _, gone := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			var all turns
			first, second, third := orderOf("first.ru.1", "2027-01-01"), orderOf("second.ru.1", "2027-01-02"), orderOf("third.ru.1", "2027-01-03")
			all.enter("login", first)
			all.leave("login", first, 24*time.Hour)
			all.enter("login", second)
			time.Sleep(lastHold + 30*time.Second)
			if !gone {
				if all.enter("login", first) != 0 { // A watch wakes it.
					t.Fatal("the first waits")
				}
				all.leave("login", first, 0)
			}
			if again := all.enter("login", third); again > lastTurn {
				t.Errorf("gone: %t, and the third is told to come in %s", gone, again)
			}
		})
	}
}
