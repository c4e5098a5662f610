package plugin

import (
	"strings"
	"testing"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func operatorPod(name string, leads bool, ready corev1.ConditionStatus) *corev1.Pod {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "regapi-system", Name: name, Labels: map[string]string{"app.kubernetes.io/name": "regapi-operator"}}}
	if leads {
		pod.Labels["regapi.io/leader"] = "true"
	}
	pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: ready}}
	return pod
}

func lease(age time.Duration) *coordinationv1.Lease {
	renewed := metav1.NewMicroTime(today.Add(-age))
	return &coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Namespace: "regapi-system", Name: "regapi-operator"}, Spec: coordinationv1.LeaseSpec{RenewTime: &renewed}}
}

func apiServiceOf(status string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": map[string]any{"name": "v1alpha1.door.regapi.io"},
		"status": map[string]any{"conditions": []any{map[string]any{"type": "Available", "status": status, "message": "no endpoints"}}},
	}}
}

// clinic is a cluster whose API server knows these kinds.
func clinic(t *testing.T, known []string, objects ...client.Object) *desk {
	t.Helper()
	d := newDesk(t)
	scheme, err := newScheme()
	if err != nil {
		t.Fatal(err)
	}
	mapper := meta.NewDefaultRESTMapper(nil)
	for _, kind := range known {
		mapper.Add(v1alpha1.GroupVersion.WithKind(kind), meta.RESTScopeNamespace)
	}
	d.kube = fake.NewClientBuilder().WithScheme(scheme).WithRESTMapper(mapper).WithObjects(objects...).Build()
	return d
}

var ourKinds = []string{"Account", "Domain", "DNSZone", "Folder", "Order"}

func TestAnInstallationInOrderIsFine(t *testing.T) {
	d := clinic(t, ourKinds, account(), operatorPod("one", true, corev1.ConditionTrue), operatorPod("two", false, corev1.ConditionTrue), lease(2*time.Second), apiServiceOf("True"))
	golden(t, "doctor-fine.txt", d.run(exit.Fine, "doctor"))
}

func TestWhatIsWrongWithAnInstallationIsSaidWithItsRemedy(t *testing.T) {
	denied := account()
	denied.Status.Conditions = stalled(v1alpha1.ReasonAccessDenied, "REG.API: ACCESS_DENIED_FROM_IP")
	denied.Status.Budget.Left = 50
	d := clinic(t, ourKinds[:3], denied, operatorPod("one", false, corev1.ConditionFalse), lease(10*time.Minute), apiServiceOf("False"))
	golden(t, "doctor.txt", d.run(exit.Findings, "doctor"))
	golden(t, "doctor-nothing.txt", clinic(t, nil).run(exit.Findings, "doctor"))
}

func TestTheBudgetTellsWhenRequestsComeBack(t *testing.T) {
	ledger := func(name, text string) *corev1.ConfigMap {
		return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "regapi-system", Name: name}, Data: map[string]string{"ledger": text}}
	}
	const slots = `{"format":1,"from":29640200,"spent":[30,0,12]`
	d := newDesk(t, account(), ledger("regapi-budget-abc", slots+"}"), ledger("regapi-budget-egress-api.reg.ru", slots+"}"), ledger("regapi-operator-ca", ""))
	golden(t, "budget.txt", d.run(exit.Fine, "budget"))
	frozen := newDesk(t, ledger("regapi-budget-abc", slots+`,"frozenUntil":1778415000,"pauseSeconds":300}`))
	if told := frozen.run(exit.Findings, "budget"); !strings.Contains(told, "2026-05-10T12:10:00Z") {
		t.Error(told)
	}
	newDesk(t, ledger("regapi-budget-abc", "broken")).run(exit.Cluster, "budget")
}

func TestATraceSaysWhoseEachAnswerIs(t *testing.T) {
	api, err := regapitest.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer api.Close()
	api.AddAccount(regapitest.Account{Login: "alice", Password: "x"})
	api.AddDomain("alice", regapitest.Domain{Name: "example.ru", Records: []regapitest.Record{
		{Name: "www", Type: "A", Content: "192.0.2.1"}, {Name: "www", Type: "A", Content: "192.0.2.9"}, {Name: "www", Type: "TXT", Content: "heritage=external-dns,external-dns/owner=x"},
	}})
	zone := zoneOf("example-ru", ready())
	zone.Spec.Records = []v1alpha1.NameRecords{{Name: "www", A: []v1alpha1.IPv4Address{"192.0.2.1", "192.0.2.2"}}}
	domain := &v1alpha1.Domain{ObjectMeta: named("example-ru"), Spec: v1alpha1.DomainSpec{AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: "example.ru"}}
	domain.Status = v1alpha1.DomainStatus{Conditions: ready(), NameServers: []string{"ns1.reg.ru", "ns2.reg.ru"}}
	d := newDesk(t, zone, domain, account(), zoneOf("other-ru", ready()))
	told := d.run(exit.Findings, "trace", "WWW.example.ru.", "--name-server", api.DNSAddr())
	golden(t, "trace.txt", strings.ReplaceAll(told, api.DNSAddr(), "ns1.reg.ru:53"))
	golden(t, "trace-silent.txt", d.run(exit.Findings, "trace", "www.example.ru", "--name-server", "127.0.0.1:1"))
	d.run(exit.Usage, "trace", "not a name")
}
