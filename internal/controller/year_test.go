package controller_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

var (
	yearDomains = flag.Int("year-domains", 12, "how many domains live for a year")
	waveDomains = flag.Int("wave-domains", 30, "how many domains are renewed at once")
)

// mayRenew allows for renewals without asking anybody.
func mayRenew() *v1alpha1.Spending {
	return &v1alpha1.Spending{
		Operations: []v1alpha1.OrderOperation{v1alpha1.OperationRenew}, PerOrder: "1000", PerMonth: "1000000", Approval: v1alpha1.ApprovalWithinLimits,
	}
}

// byOperator has the operator renew a domain.
func byOperator() *v1alpha1.Renewal {
	return &v1alpha1.Renewal{Mode: v1alpha1.RenewalOperator, MaxPrice: "1000", Years: 1, BeforeDays: 30}
}

// renewalPrice of the simulator, in hundredths of a rouble.
const renewalPrice = 590_00

func (w *world) domain(name string) *v1alpha1.Domain {
	w.Helper()
	var object v1alpha1.Domain
	if err := w.kube.Get(w.Context(), client.ObjectKey{Namespace: worldNamespace, Name: name}, &object); err != nil {
		w.Fatal(err)
	}
	return &object
}

// refused counts the requests that REG.API refused for their number in the hour.
func (w *world) refused() (count int) {
	for _, entry := range w.api.Journal() {
		if entry.ErrorCode == "IP_EXCEEDED_ALLOWED_CONNECTION_RATE" || entry.ErrorCode == "ACCOUNT_EXCEEDED_ALLOWED_CONNECTION_RATE" {
			count++
		}
	}
	return count
}

// asked says how often each function was called, the most frequent first.
func (w *world) asked() string {
	counts, text := map[string]int{}, ""
	for _, entry := range w.api.Journal() {
		counts[entry.Function]++
	}
	functions := slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) })
	for _, function := range functions {
		text += fmt.Sprintf(", %d %s", counts[function], function)
	}
	return strings.TrimPrefix(text, ", ")
}

// In a year a third of the domains is renewed by the operator, a third by the registrar, and a third by nobody.
func TestAYearOfDomainsWithAllThreeRenewers(t *testing.T) {
	inWorld(t, mayRenew(), func(w *world) {
		begin := time.Now()
		renewers := []*v1alpha1.Renewal{byOperator(), {Mode: v1alpha1.RenewalRegistrar}, {Mode: v1alpha1.RenewalNone}}
		for n := range *yearDomains {
			w.add(yearName(n), int64(1000+n), begin.AddDate(0, 0, expiresOn(n)), renewers[n%len(renewers)])
		}
		time.Sleep(365 * 24 * time.Hour)
		renewed, ordered := 0, 0
		for n := range *yearDomains {
			object, mode := w.domain(yearName(n)), renewers[n%len(renewers)].Mode
			want, state := begin.AddDate(0, 0, expiresOn(n)), v1alpha1.DomainDeleted
			if mode != v1alpha1.RenewalNone {
				want, state = want.AddDate(1, 0, 0), v1alpha1.DomainActive
				renewed++
			}
			ordered += len(object.Status.Orders)
			if got := object.Status; got.ExpirationDate != want.Format(time.DateOnly) || got.State != state || len(got.Orders) > 0 != (mode == v1alpha1.RenewalOperator) {
				t.Errorf("%s (%s) is %s until %s, not until %s: %+v", object.Name, mode, got.State, got.ExpirationDate, want.Format(time.DateOnly), got.Conditions)
			}
		}
		books := w.api.Books(worldLogin)
		if spent := books.Out - books.Back; spent != int64(renewed)*renewalPrice || w.opens() > 0 || w.refused() > 0 {
			t.Errorf("%d spent for %d renewals, %d orders open, %d requests refused for their number", spent, renewed, w.opens(), w.refused())
		}
		const sweepsAndRules, each = 17 * 365, 20 // Four requests twice a day, a zone's rules, and what is asked of domains that are gone.
		if asked := len(w.api.Journal()); asked > sweepsAndRules+each**yearDomains {
			t.Errorf("%d requests for %d domains", asked, *yearDomains)
		}
		t.Logf("%d domains, %d renewed, %d of them by Orders: %d requests in a year: %s", *yearDomains, renewed, ordered, len(w.api.Journal()), w.asked())
	})
}

func yearName(n int) string { return fmt.Sprintf("domain-%d.ru", n) }

// expiresOn is the day of the year on which a domain expires.
func expiresOn(n int) int { return 40 + n*280 / *yearDomains }

// Many domains have to be renewed on the same day, and the nearer its end is the sooner each is: whoever ran out of requests would lose the first of them.
func TestAWaveOfRenewalsIsDoneWithinTheBudgetInTheOrderOfTheirExpiry(t *testing.T) {
	inWorld(t, mayRenew(), func(w *world) {
		begin := time.Now()
		for n := range *waveDomains { // Their names say nothing about when they expire.
			w.add(yearName(n), int64(1000+n), begin.AddDate(0, 0, 6+n*7%20), byOperator())
		}
		for days := 0; days < 10 && (days == 0 || w.opens() > 0); days++ {
			time.Sleep(24 * time.Hour)
		}
		orders, asked := w.paid(), len(w.api.Journal())
		first, last := orders[0].Status.PaidAt, orders[len(orders)-1].Status.PaidAt
		busiest := w.busiestHour()
		t.Logf("%d renewals: %d requests, %d in the busiest hour, paid from %s to %s after they became due: %s", *waveDomains, asked, busiest,
			first.Sub(begin).Round(time.Minute), last.Sub(begin).Round(time.Minute), w.asked())
		const each, sweeps = 17, 50
		if asked > each**waveDomains+sweeps || busiest > budget.DefaultRequestsPerHour || w.refused() > 0 {
			t.Errorf("%d requests, %d in the busiest hour, %d refused for their number", asked, busiest, w.refused())
		}
		w.checkOrder(orders, 0)
		w.checkReads()
		time.Sleep(24 * time.Hour) // Sweeps tell of the new days.
		w.checkOnce(orders)
	})
}

// paid lists the Orders as they were paid, which all of them have to be.
func (w *world) paid() []v1alpha1.Order {
	w.Helper()
	var list v1alpha1.OrderList
	if err := w.kube.List(w.Context(), &list); err != nil {
		w.Fatal(err)
	}
	for i := range list.Items {
		o := &list.Items[i]
		if o.Status.State != "Settled" || o.Status.PaidAt == nil {
			w.Fatalf("%s is %s (%s)", o.Name, o.Status.State, o.Status.Reason)
		}
		if last := o.Spec.BaseExpiry; o.Status.PaidAt.Format(time.DateOnly) >= last {
			w.Errorf("%s was paid at %s, and the last day was %s", o.Name, o.Status.PaidAt, last)
		}
	}
	slices.SortFunc(list.Items, func(a, b v1alpha1.Order) int {
		return cmp.Or(a.Status.PaidAt.Compare(b.Status.PaidAt.Time), cmp.Compare(a.Name, b.Name))
	})
	return list.Items
}

// busiestHour is how many requests there were in any sixty minutes at most.
func (w *world) busiestHour() (most int) {
	journal, from := w.api.Journal(), 0
	for to, entry := range journal {
		for entry.Time.Sub(journal[from].Time) >= time.Hour {
			from++
		}
		most = max(most, to-from+1)
	}
	return most
}

// checkOrder says which domain was renewed before one that expires sooner by more than so many days.
func (w *world) checkOrder(orders []v1alpha1.Order, days int) {
	w.Helper()
	latest := func(o *v1alpha1.Order) string {
		last, err := time.Parse(time.DateOnly, o.Spec.BaseExpiry)
		if err != nil {
			w.Fatal(err)
		}
		return last.AddDate(0, 0, days).Format(time.DateOnly)
	}
	const atOnce, apart = 10, 15 * time.Minute // The first ones go before anybody knows of the others.
	for n := atOnce; n < len(orders); n++ {
		for _, earlier := range orders[atOnce:n] {
			if o := &orders[n]; o.Status.PaidAt.Sub(earlier.Status.PaidAt.Time) > apart && latest(o) < earlier.Spec.BaseExpiry {
				w.Errorf("%s expires on %s and was renewed after %s, which expires on %s", o.Name, o.Spec.BaseExpiry, earlier.Name, earlier.Spec.BaseExpiry)
			}
		}
	}
}

// checkReads says whether Orders were read that have nothing to do with what was decided: a login has as many as it ever bought.
func (w *world) checkReads() {
	w.Helper()
	const each = 80
	read := w.kube.brought(&v1alpha1.Order{})
	w.Logf("the API server brought %d Orders in lists, %d for each domain", read, read / *waveDomains)
	if read > each**waveDomains {
		w.Errorf("%d Orders were listed for %d domains", read, *waveDomains)
	}
}

// checkOnce says which domain was not renewed for exactly one year by one call and one payment.
func (w *world) checkOnce(orders []v1alpha1.Order) {
	w.Helper()
	books := w.api.Books(worldLogin)
	if spent := books.Out - books.Back; spent != int64(*waveDomains)*renewalPrice || len(orders) != *waveDomains {
		w.Errorf("%d spent by %d orders for %d domains", spent, len(orders), *waveDomains)
	}
	for _, function := range []string{"service/renew", "bill/change_pay_type"} {
		if calls := w.api.Calls(function); calls != *waveDomains {
			w.Errorf("%d calls of %s for %d domains", calls, function, *waveDomains)
		}
	}
	for i := range orders {
		base, err := time.Parse(time.DateOnly, orders[i].Spec.BaseExpiry)
		if err != nil {
			w.Fatal(err)
		}
		name := orders[i].Spec.DomainName
		if got, want := w.domain(name).Status.ExpirationDate, base.AddDate(1, 0, 0).Format(time.DateOnly); got != want {
			w.Errorf("%s is paid until %s, not until %s", name, got, want)
		}
	}
}

// A cache may know nothing of what this very process has made, also when somebody changes what is asked for: the next order is made from a live list (1).
func TestACacheThatIsLateMakesNoSecondOrder(t *testing.T) {
	inWorld(t, mayRenew(), func(w *world) {
		const domains = 3
		for n := range domains {
			w.add(yearName(n), int64(1000+n), time.Now().AddDate(0, 0, 20), byOperator())
		}
		time.Sleep(12 * time.Hour) // The orders are made by now, and not paid yet.
		for n := range domains {
			object := w.domain(yearName(n))
			object.Spec.Renewal.MaxPrice = "999"
			if err := w.kube.Update(t.Context(), object); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(5 * 24 * time.Hour)
		if orders := w.paid(); len(orders) != domains || w.api.Books(worldLogin).Out != domains*renewalPrice {
			t.Errorf("%d orders for %d domains, %d spent", len(orders), domains, w.api.Books(worldLogin).Out)
		}
	}, func(w *world) { w.late = true })
}

// registrant are the contacts of a person, as .ru wants them.
var registrant = map[string]string{
	"person": "Ivan I Ivanov", "person_r_surname": "Иванов", "person_r_name": "Иван", "passport_number": "12 34 567890", "passport_place": "48 о/м г.Москвы",
	"passport_date": "26.12.1992", "birth_date": "07.11.1977", "p_addr_zip": "101765", "p_addr_city": "г. Москва", "p_addr_addr": "ул. Пупкина, 1",
	"p_addr_recipient": "И. Иванов", "phone": "+7 495 8102233", "e_mail": "ivan@registrant.example", "country": "RU",
}

// A list that was read while the registry worked at a domain says that it is not there, for half a day.
func TestADomainThatWasBoughtIsReadyBeforeTheNextSweep(t *testing.T) {
	spending := mayRenew()
	spending.Operations = []v1alpha1.OrderOperation{v1alpha1.OperationRegister}
	inWorld(t, spending, func(w *world) {
		slow := 13 * time.Hour // Sweeps come each twelve hours.
		w.api.SetDelays(regapitest.Delays{Order: &slow})
		contacts := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: worldNamespace, Name: "owner"}, Type: "regapi.io/contacts", Data: map[string][]byte{}}
		for field, value := range registrant {
			contacts.Data[field] = []byte(value)
		}
		wanted := &v1alpha1.Domain{ObjectMeta: metav1.ObjectMeta{Namespace: worldNamespace, Name: "fresh.ru"}, Spec: v1alpha1.DomainSpec{
			AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: "fresh.ru", Acquisition: &v1alpha1.Acquisition{
				Mode: v1alpha1.AcquisitionRegister, MaxPrice: "1000", Years: 1, Approval: v1alpha1.AcquisitionWithinMaxPrice,
				ContactsRef: &v1alpha1.SecretReference{Name: "owner"},
			},
		}}
		for _, object := range []client.Object{contacts, wanted} {
			if err := w.kube.Create(w.Context(), object); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(12*time.Hour + 30*time.Minute)
		if ready := meta.FindStatusCondition(w.domain("fresh.ru").Status.Conditions, v1alpha1.ConditionReady); ready == nil || ready.Reason != v1alpha1.ReasonAcquiring {
			t.Errorf("while the registry works at it: %+v", ready)
		}
		time.Sleep(time.Hour + 15*time.Minute)
		if shown := w.domain("fresh.ru").Status; shown.State != v1alpha1.DomainActive || !meta.IsStatusConditionTrue(shown.Conditions, v1alpha1.ConditionReady) {
			t.Errorf("an hour later: %s, %+v", shown.State, shown.Conditions)
		}
	})
}

// However many orders wait for a person, what they look at leaves the hour to others.
func TestOrdersThatWaitForPeopleSpendSixtyRequestsAnHourTogether(t *testing.T) {
	const domains, hours, most = 24, 6, 80 // With what the sweeps ask.
	spending := mayRenew()
	spending.Approval = v1alpha1.ApprovalManual
	inWorld(t, spending, func(w *world) {
		for n := range domains {
			w.add(yearName(n), int64(1000+n), time.Now().AddDate(0, 0, 20), byOperator())
		}
		time.Sleep(30 * time.Hour) // All are quoted by then.
		if w.opens() != domains || w.api.Books(worldLogin).Out != 0 {
			t.Fatalf("%d orders wait, %d spent", w.opens(), w.api.Books(worldLogin).Out)
		}
		w.api.ResetJournal()
		time.Sleep(hours * time.Hour)
		asked := len(w.api.Journal())
		if asked == 0 || asked > most*hours {
			t.Errorf("%d requests in %d hours", asked, hours)
		}
		t.Logf("%d orders that wait: %d requests in %d hours", domains, asked, hours)
	})
}

// Where the registrar knows already that it renews none of them, nothing but the hour's budget spreads the orders.
func TestAWaveThatIsAskedForAtOnceIsDoneInTheOrderOfItsExpiry(t *testing.T) {
	inWorld(t, mayRenew(), func(w *world) {
		for n := range *waveDomains {
			w.add(yearName(n), int64(1000+n), time.Now().AddDate(0, 0, 45+n*7%20), byOperator())
		}
		time.Sleep(10 * 24 * time.Hour)
		begin := time.Now()
		w.api.ResetJournal()
		for n := range *waveDomains {
			object := w.domain(yearName(n))
			object.Spec.Renewal.BeforeDays = 60
			if err := w.kube.Update(t.Context(), object); err != nil {
				t.Fatal(err)
			}
		}
		for days := 0; days < 10 && (days == 0 || w.opens() > 0); days++ {
			time.Sleep(24 * time.Hour)
		}
		orders, asked, busiest := w.paid(), len(w.api.Journal()), w.busiestHour()
		first, last := orders[0].Status.PaidAt, orders[len(orders)-1].Status.PaidAt
		t.Logf("%d renewals: %d requests, %d in the busiest hour, paid from %s to %s after they became due: %s", *waveDomains, asked, busiest,
			first.Sub(begin).Round(time.Minute), last.Sub(begin).Round(time.Minute), w.asked())
		if asked > 17**waveDomains+50 || busiest > budget.DefaultRequestsPerHour || w.refused() > 0 {
			t.Errorf("%d requests, %d in the busiest hour, %d refused for their number", asked, busiest, w.refused())
		}
		w.checkOrder(orders, 0)
		time.Sleep(24 * time.Hour)
		w.checkOnce(orders)
	})
}
