package census_test

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/census"
)

func TestWhoeverAsksSeesWhatWaitsWhatIsRefusedWhatIsDelegatedAndWhoseLoginItIs(t *testing.T) {
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	known := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "main"}}
	known.Status.ID = "f00d"
	beside := known.DeepCopy()
	beside.Namespace = "mail"
	fresh := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "new"}}
	stopped := zoneIn("shop", "stopped", "False", v1alpha1.ReasonPlanNeedsApproval)
	stopped.Spec.DomainName, stopped.Status.Plan = "stopped.ru", &v1alpha1.ZonePlan{Remove: 9}
	moved := zoneIn("shop", "moved", "False", v1alpha1.ReasonNotDelegated)
	moved.Spec.DomainName = "moved.ru"
	moved.Status.Conditions = append(moved.Status.Conditions, metav1.Condition{Type: v1alpha1.ConditionDelegated, Status: "False"})
	moved.Status.Refused = []v1alpha1.RefusedRecord{{Reason: "CONFLICT_CNAME"}, {Reason: "CONFLICT_CNAME"}, {Reason: "INVALID"}}
	here := &v1alpha1.Domain{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "here"}, Spec: v1alpha1.DomainSpec{DomainName: "here.ru"}}
	here.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionDelegated, Status: "True"}}
	seen := &v1alpha1.Folder{ObjectMeta: metav1.ObjectMeta{Namespace: "mail", Name: "seen"}}
	seen.Status.Plan = &v1alpha1.FolderPlan{}
	seen.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: "True", Reason: v1alpha1.ReasonObserved}}
	reader := fake.NewClientBuilder().WithScheme(scheme).WithObjects(known, beside, fresh, stopped, moved, here, seen).Build()

	elected := make(chan struct{})
	registry := census.NewRegistry(reader, elected)
	if n := testutil.CollectAndCount(registry); n != 0 {
		t.Errorf("a process that does not lead says %d things", n)
	}
	close(elected)
	const want = `
# HELP regapi_account_info 1 for each Account, with the id by which other metrics call its login; several Accounts may share one.
# TYPE regapi_account_info gauge
regapi_account_info{account="f00d",name="main",namespace="mail"} 1
regapi_account_info{account="f00d",name="main",namespace="shop"} 1
# HELP regapi_delegated 1 where the condition Delegated of a DNSZone or Domain holds, 0 where it does not.
# TYPE regapi_delegated gauge
regapi_delegated{domain="here.ru",kind="Domain",name="here",namespace="shop"} 1
regapi_delegated{domain="moved.ru",kind="DNSZone",name="moved",namespace="shop"} 0
# HELP regapi_dnszone_refused_records Records of a DNSZone that cannot be created, by reason.
# TYPE regapi_dnszone_refused_records gauge
regapi_dnszone_refused_records{domain="moved.ru",name="moved",namespace="shop",reason="CONFLICT_CNAME"} 2
regapi_dnszone_refused_records{domain="moved.ru",name="moved",namespace="shop",reason="INVALID"} 1
# HELP regapi_waiting_plans Objects whose status has a plan that is not carried out, by the reason of their condition Ready.
# TYPE regapi_waiting_plans gauge
regapi_waiting_plans{kind="DNSZone",namespace="shop",reason="PlanNeedsApproval"} 1
regapi_waiting_plans{kind="Folder",namespace="mail",reason="Observed"} 1
`
	if err := testutil.CollectAndCompare(registry, strings.NewReader(want)); err != nil {
		t.Error(err)
	}
}
