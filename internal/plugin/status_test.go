package plugin

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/purchase"
)

func troubled(t *testing.T) *desk {
	paused := zoneOf("paused-ru", stalled(v1alpha1.ReasonPaused, "the changes of status.plan wait: take the annotation regapi.io/paused off"))
	observed := zoneOf("seen-ru", ready())
	observed.Status.Plan = &v1alpha1.ZonePlan{Hash: "1", Add: 1, Changes: []string{"+ www A 192.0.2.1"}}
	observed.Status.Conditions[0].Reason, observed.Status.Conditions[0].Message = v1alpha1.ReasonObserved, "nothing is written; status.plan says what managementPolicy: Manage would change"
	edited := zoneOf("edited-ru", ready())
	edited.Generation = 2
	elsewhere := zoneOf("other-ru", stalled(v1alpha1.ReasonNotFound, "REG.API does not know the domain"))
	elsewhere.Namespace = "other"
	event := &corev1.Event{
		ObjectMeta: metav1.ObjectMeta{Namespace: "team", Name: "e"}, InvolvedObject: corev1.ObjectReference{UID: "uid-shop-ru"},
		Type: corev1.EventTypeNormal, Reason: "RecordsChanged", Message: "+ a A 192.0.2.1", LastTimestamp: metav1.NewTime(today),
	}
	return newDesk(t, account(), zoneOf("fine-ru", ready()), guarded(), paused, observed, edited, elsewhere, zoneOf("new-ru", nil), event)
}

func TestStatusShowsTheAccountsAndWhatIsNotFineWithItsRemedy(t *testing.T) {
	d := troubled(t)
	golden(t, "status.txt", d.run(exit.Findings, "status"))
	golden(t, "status-all.txt", d.run(exit.Findings, "status", "-A", "-o", "wide"))
	golden(t, "status.json", d.run(exit.Findings, "status", "dnszones", "-o", "json"))
	golden(t, "status.name", d.run(exit.Findings, "status", "zone", "-o", "name"))
	d.width = 100
	golden(t, "status-narrow.txt", d.run(exit.Findings, "status"))
}

func TestStatusEndsWithZeroWhereAllIsFine(t *testing.T) {
	golden(t, "status-fine.txt", newDesk(t, account(), zoneOf("fine-ru", ready())).run(exit.Fine, "status"))
	golden(t, "status-fine-zones.txt", newDesk(t, account(), zoneOf("fine-ru", ready())).run(exit.Fine, "status", "dnszone"))
	golden(t, "status-empty.txt", newDesk(t).run(exit.Fine, "status"))
}

func TestStatusOfOneObjectIsItsWholeStory(t *testing.T) {
	d := troubled(t)
	golden(t, "story.txt", d.run(exit.Findings, "status", "dnszone", "shop-ru"))
	golden(t, "story.yaml", d.run(exit.Findings, "status", "dnszone/shop-ru", "-o", "yaml"))
	d.run(exit.Fine, "status", "dnszone", "fine-ru")
	golden(t, "story-unknown.txt", d.run(exit.Usage, "status", "dnszone", "nobody"))
	golden(t, "kind-unknown.txt", d.run(exit.Usage, "status", "ingress", "a"))
}

func TestASlipOfTheHandIsAUsageError(t *testing.T) {
	d := newDesk(t)
	for _, args := range [][]string{{"statu"}, {"status", "--nothing"}, {"status", "-o", "xml"}, {"expiring", "--within", "soon"}, {"settle"}, {"pause", "account", "main"}} {
		d.run(exit.Usage, args...)
	}
}

func TestWhatADomainSaysOfItsOrderIsRemediedAtTheOrder(t *testing.T) {
	for state, want := range map[purchase.State]string{
		purchase.AwaitingApproval: "kubectl regapi approve order shop.ru.2", purchase.Unclear: "kubectl regapi orders settle shop.ru.2 --as paid|not-placed",
	} {
		domain := &v1alpha1.Domain{ObjectMeta: named("shop-ru"), Status: v1alpha1.DomainStatus{
			Conditions: stalled(string(state), "Order shop.ru.2 waits"),
			Orders:     []v1alpha1.OrderSummary{{Name: "shop.ru.2", State: v1alpha1.OrderState(state)}, {Name: "shop.ru.1", State: v1alpha1.OrderState(purchase.Settled)}},
		}}
		if told := newDesk(t, domain).run(exit.Findings, "status"); !strings.Contains(told, want) {
			t.Errorf("%s: %s", state, told)
		}
	}
}
