package domain_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// A person starts the operator with --read-only, beside another one, say, or in a copy of the cluster: every kind is read and planned, and the
// registrar sees no request that could change something, whoever makes it.
func TestAnOperatorThatOnlyReadsShowsWhatItWouldDoAndDoesNothing(t *testing.T) {
	s := newShop(t, allowed, func(o *controllertest.Options) { o.ReadOnly = true })
	zone := s.CreateZoneWith(v1alpha1.DNSZoneSpec{DeletionPolicy: v1alpha1.DeletionDelete, Records: []v1alpha1.NameRecords{controllertest.WWW("192.0.2.1")}})
	folder := s.CreateFolder("shop", v1alpha1.FolderSpec{})
	servers := s.delegated("example.ru", servers("ns1.example.net", "ns2.example.net"))
	due := s.due("due", &v1alpha1.Renewal{Mode: v1alpha1.RenewalOperator, MaxPrice: "1000"})
	order := &v1alpha1.Order{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.Namespace, Name: "due.ru.1", Labels: ordering.Labels(tenancy.LoginAt(s.API.URL(), "user 4711"), "due.ru")},
		Spec: v1alpha1.OrderSpec{
			DomainName: "due.ru", Operation: v1alpha1.OperationRenew, Endpoint: s.API.URL(), UserID: "4711", ServiceID: "555", BaseExpiry: s.expiry, Years: 1,
		},
	}
	s.MustCreate(order)

	ready := s.WaitFor(zone, metav1.ConditionFalse, v1alpha1.ReasonReadOnly)
	if diff := cmp.Diff([]string{"+ www A 192.0.2.1"}, zone.Status.Plan.Changes); diff != "" || !strings.Contains(ready.Message, "--read-only") {
		t.Errorf("%s; plan (-want +got):\n%s", ready.Message, diff)
	}
	s.WaitFor(folder, metav1.ConditionFalse, v1alpha1.ReasonReadOnly)
	if plan := folder.Status.Plan; plan == nil || !plan.Create {
		t.Errorf("the folder's plan %+v", plan)
	}
	s.shows(servers, v1alpha1.ConditionDelegated, v1alpha1.ReasonReadOnly)
	s.Eventually("the renewal to say why it waits", func() error { return s.says(due, "--read-only") })
	s.WaitFor(order, metav1.ConditionFalse, v1alpha1.ReasonReadOnly)

	connection, err := s.Parts.Directory.Resolve(t.Context(), s.Client, s.Namespace, v1alpha1.AccountReference{Name: "main"})
	if err != nil {
		t.Fatal(err)
	}
	later := connection.Client.Call(t.Context(), "zone/add_alias", map[string]any{"domain_name": "example.ru"}, nil)
	if _, refused := errors.AsType[*traffic.ReadOnlyError](later); !refused {
		t.Errorf("code that does not ask first: %v", later)
	}
	if writes := s.Writes(); writes != 0 || s.out() != 0 {
		t.Errorf("%d spent, writes: %v", s.out(), s.API.Journal(regapitest.Writes()))
	}
	if s.API.Calls("zone/get_resource_records") == 0 {
		t.Error("nothing was read")
	}
}
