package controller_test

import (
	"flag"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

var restDomains = flag.Int("rest-domains", 1000, "how many domains rest")

// functions counts the requests by function.
func (w *world) functions() map[string]int {
	counts := map[string]int{}
	for _, entry := range w.api.Journal() {
		counts[entry.Function]++
	}
	return counts
}

// Domains that are as their specs ask cost what the sweeps cost, however many they are. Of a zone whose domains somebody renews is read once a day what
// it allows.
func TestAThousandAdoptedDomainsAtRestCostTheSweepsAlone(t *testing.T) {
	const days, sweeps = 3, 7
	for name, test := range map[string]struct {
		domains  int
		renewers []*v1alpha1.Renewal
		beside   map[string]int
	}{
		"adopted": {*restDomains, []*v1alpha1.Renewal{nil, {Mode: v1alpha1.RenewalIgnore}}, nil},
		"renewed": {*restDomains / 20, []*v1alpha1.Renewal{byOperator(), {Mode: v1alpha1.RenewalRegistrar}}, map[string]int{"domain/get_tld_info": days}},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, mayRenew(), func(w *world) {
				for n := range test.domains {
					w.add(yearName(n), int64(1000+n), time.Now().AddDate(2, 0, n%300), test.renewers[n%len(test.renewers)])
				}
				time.Sleep(36 * time.Hour) // At most sixty of the registrar's own renewals an hour are switched on or off.
				for n := range test.domains {
					if object := w.domain(yearName(n)); !meta.IsStatusConditionTrue(object.Status.Conditions, v1alpha1.ConditionReady) {
						t.Fatalf("%s: %+v", object.Name, object.Status.Conditions)
					}
				}
				w.api.ResetJournal()
				time.Sleep(days * 24 * time.Hour)
				counts := w.functions()
				t.Logf("%d domains at rest: %v in %d days", test.domains, counts, days)
				pages := (test.domains + 999) / 1000
				most := map[string]int{
					"service/get_list": pages * sweeps, "domain/get_nss": pages * sweeps, "dnssec/get_status": pages * sweeps, "user/get_balance": sweeps,
				}
				for function, count := range counts {
					if count > most[function]+test.beside[function] {
						t.Errorf("%d requests %s, for %d sweeps", count, function, sweeps)
					}
				}
				if len(counts) != len(most)+len(test.beside) {
					t.Errorf("not everything was swept: %v", counts)
				}
			})
		})
	}
}
