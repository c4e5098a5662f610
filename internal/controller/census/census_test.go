package census_test

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/census"
)

const leader = `
# HELP regapi_leader 1 in the process that leads, 0 in one that waits.
# TYPE regapi_leader gauge
`

func zoneIn(namespace, name string, ready metav1.ConditionStatus, reason string) *v1alpha1.DNSZone {
	made := &v1alpha1.DNSZone{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	if ready != "" {
		made.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: ready, Reason: reason}}
	}
	return made
}

func TestWhoeverAsksSeesHowManyObjectsAreReadyAndWhyOthersAreNot(t *testing.T) {
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	reader := fake.NewClientBuilder().WithScheme(scheme).WithObjects(
		zoneIn("shop", "a", "True", "Ready"), zoneIn("shop", "b", "True", "Ready"), zoneIn("shop", "c", "False", "Conflict"),
		zoneIn("mail", "a", "True", "Ready"), zoneIn("mail", "new", "", ""),
	).Build()
	elected := make(chan struct{})
	counter := census.New(reader, elected, map[string]client.ObjectList{
		"Account": &v1alpha1.AccountList{}, "Domain": &v1alpha1.DomainList{}, "DNSZone": &v1alpha1.DNSZoneList{},
	})
	if err := testutil.CollectAndCompare(counter, strings.NewReader(leader+"regapi_leader 0\n")); err != nil {
		t.Errorf("a process that does not lead says more than that: %v", err)
	}
	close(elected)
	const want = leader + `regapi_leader 1
# HELP regapi_objects Objects by kind, namespace, and status and reason of their condition Ready; Unknown where nobody has looked at them yet.
# TYPE regapi_objects gauge
regapi_objects{kind="DNSZone",namespace="mail",ready="True",reason="Ready"} 1
regapi_objects{kind="DNSZone",namespace="mail",ready="Unknown",reason=""} 1
regapi_objects{kind="DNSZone",namespace="shop",ready="False",reason="Conflict"} 1
regapi_objects{kind="DNSZone",namespace="shop",ready="True",reason="Ready"} 2
`
	if err := testutil.CollectAndCompare(counter, strings.NewReader(want)); err != nil {
		t.Error(err)
	}
}
