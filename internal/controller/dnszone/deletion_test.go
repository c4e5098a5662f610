package dnszone_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// foreign is a record that somebody else made, and that has to survive every deletion.
var foreign = regapitest.Record{Name: "legacy", Type: "A", Content: "192.0.2.99"}

// file is what README has people write: a Secret, an Account, and a DNSZone with deletionPolicy Delete.
type file struct {
	secret  *corev1.Secret
	account *v1alpha1.Account
	zone    *v1alpha1.DNSZone
}

// applyFile makes the objects of a file, and waits until they are ready.
func (h *harness) applyFile(policy v1alpha1.DeletionPolicy) file {
	h.Helper()
	h.API.AddRecord("example.ru", foreign)
	f := file{
		account: h.CreateAccount("main", controllertest.Login, controllertest.Password),
		secret:  &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: "main"}},
		zone:    h.CreateZoneWith(v1alpha1.DNSZoneSpec{DeletionPolicy: policy, Records: []v1alpha1.NameRecords{controllertest.WWW("192.0.2.1")}}),
	}
	h.WaitReady(f.zone)
	h.WaitReady(f.account)
	return f
}

// deleteAll deletes objects as kubectl does, one after the other, and then waits until all are gone.
func (h *harness) deleteAll(objects ...client.Object) {
	h.Helper()
	for _, object := range objects {
		if err := h.Delete(h.Context(), object); err != nil {
			h.Fatal(err)
		}
	}
	for _, object := range objects {
		h.waitGone(object)
	}
}

func (h *harness) waitGone(object client.Object) {
	h.Helper()
	h.Eventually(fmt.Sprintf("%T %s to go", object, object.GetName()), func() error {
		err := h.Get(h.Context(), client.ObjectKeyFromObject(object), object)
		if err == nil {
			return fmt.Errorf("it is there, with finalizers %v", object.GetFinalizers())
		}
		return client.IgnoreNotFound(err)
	})
}

// checkRecords holds what the zone has, and what DNS answers for www, against what should be left.
func (h *harness) checkRecords(want ...regapitest.Record) {
	h.Helper()
	if diff := cmp.Diff(want, h.API.Records("example.ru")); diff != "" {
		h.Errorf("records (-want +got):\n%s", diff)
	}
	var addresses []string
	for _, record := range want {
		if record.Name == "www" {
			addresses = append(addresses, record.Content)
		}
	}
	if diff := cmp.Diff(addresses, h.resolve("www.example.ru", dns.TypeA)); diff != "" {
		h.Errorf("www.example.ru (-want +got):\n%s", diff)
	}
}

func TestKubectlDeleteOfOneFileRemovesItsRecordsInAnyOrder(t *testing.T) {
	for _, order := range []string{
		"secret account zone", "secret zone account", "account secret zone", "account zone secret", "zone secret account", "zone account secret",
	} {
		t.Run(order, func(t *testing.T) {
			h := newHarness(t, controllertest.Options{WithoutAccount: true, Simulator: []regapitest.Option{regapitest.WithLatency(50 * time.Millisecond)}})
			f := h.applyFile(v1alpha1.DeletionDelete)
			named := map[string]client.Object{"secret": f.secret, "account": f.account, "zone": f.zone}
			var objects []client.Object
			for name := range strings.FieldsSeq(order) {
				objects = append(objects, named[name])
			}
			h.deleteAll(objects...)
			h.checkRecords(foreign)
		})
	}
}

func TestAnAccountThatIsDeletedFirstWaitsForTheDeletionOfItsZones(t *testing.T) {
	h := newHarness(t, controllertest.Options{WithoutAccount: true})
	f := h.applyFile(v1alpha1.DeletionDelete)
	if err := h.Delete(t.Context(), f.account); err != nil {
		t.Fatal(err)
	}
	h.WaitFor(f.account, metav1.ConditionFalse, v1alpha1.ReasonDeleting)
	h.WaitFor(f.zone, metav1.ConditionFalse, v1alpha1.ReasonAccountNotReady) // For anything but its deletion.
	h.deleteAll(f.secret, f.zone)
	h.waitGone(f.account)
	h.checkRecords(foreign)
}

func TestAnAccountGoesWhoseZonesAreNotDeleted(t *testing.T) {
	h := newHarness(t, controllertest.Options{WithoutAccount: true, ReleaseGrace: time.Second})
	f := h.applyFile(v1alpha1.DeletionDelete)
	h.deleteAll(f.account)
	h.WaitFor(f.zone, metav1.ConditionFalse, v1alpha1.ReasonAccountNotFound)
	h.checkRecords(foreign, regapitest.Record{Name: "www", Type: "A", Content: "192.0.2.1"})
}

func TestAZoneThatIsDeletedAfterItsSecretIsRemovedAllTheSame(t *testing.T) {
	h := newHarness(t, controllertest.Options{WithoutAccount: true})
	f := h.applyFile(v1alpha1.DeletionDelete)
	h.deleteAll(f.secret)
	h.waitCondition(f.account, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonSecretNotFound)
	h.deleteAll(f.zone)
	h.checkRecords(foreign)
}

func TestASecretThatIsReplacedDisturbsNobody(t *testing.T) {
	h := newHarness(t, controllertest.Options{WithoutAccount: true})
	f := h.applyFile(v1alpha1.DeletionDelete)
	h.deleteAll(f.secret)
	h.waitCondition(f.account, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonSecretNotFound)
	h.WaitReady(f.account)
	change(h, f.zone, func(z *v1alpha1.DNSZone) { z.Spec.Records = []v1alpha1.NameRecords{controllertest.WWW("192.0.2.2")} })
	h.WaitReady(f.zone)
	h.CreateSecret("main", controllertest.Login, controllertest.Password)
	h.Eventually("the account to have seen it", func() error {
		if err := h.Get(t.Context(), client.ObjectKeyFromObject(f.account), f.account); err != nil {
			return err
		}
		if len(f.account.Status.Conditions) != 2 { // Ready and InventoryFresh.
			return fmt.Errorf("conditions %+v", f.account.Status.Conditions)
		}
		return nil
	})
	if checks := h.API.Calls("nop"); checks != 1 {
		t.Errorf("the credentials were checked %d times, want once", checks)
	}
	h.checkRecords(foreign, regapitest.Record{Name: "www", Type: "A", Content: "192.0.2.2"})
}

func TestWhatKeepsItsRecordsNeedsNoFinalizer(t *testing.T) {
	h := newHarness(t, controllertest.Options{WithoutAccount: true})
	f := h.applyFile(v1alpha1.DeletionRetain)
	other := h.CreateZoneWith(v1alpha1.DNSZoneSpec{DomainName: "second.ru", DeletionPolicy: v1alpha1.DeletionDelete})
	h.waitHeld(other, true)
	h.waitHeld(f.account, true)
	h.deleteAll(other)
	h.waitHeld(f.account, false)
	h.waitHeld(f.zone, false)
	for _, policy := range []v1alpha1.DeletionPolicy{v1alpha1.DeletionDelete, v1alpha1.DeletionRetain} {
		change(h, f.zone, func(z *v1alpha1.DNSZone) { z.Spec.DeletionPolicy = policy })
		h.waitHeld(f.zone, policy == v1alpha1.DeletionDelete)
		h.waitHeld(f.account, policy == v1alpha1.DeletionDelete)
	}
	h.deleteAll(f.secret, f.account, f.zone)
	h.checkRecords(foreign, regapitest.Record{Name: "www", Type: "A", Content: "192.0.2.1"})
}

// waitHeld waits until an object has a finalizer, or has none.
func (h *harness) waitHeld(object client.Object, held bool) {
	h.Helper()
	h.Eventually(fmt.Sprintf("%T %s to be held: %v", object, object.GetName(), held), func() error {
		if err := h.Get(h.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		if has := len(object.GetFinalizers()) > 0; has != held {
			return fmt.Errorf("finalizers %v", object.GetFinalizers())
		}
		return nil
	})
}

func TestADeletedObjectThatStaysPausedGoesAfterTheGrace(t *testing.T) {
	h := newHarness(t, controllertest.Options{WithoutAccount: true, ReleaseGrace: 2 * time.Second})
	f := h.applyFile(v1alpha1.DeletionDelete)
	h.annotate(f.zone, v1alpha1.AnnotationPaused, "true")
	writes := h.Writes()
	h.deleteAll(f.zone)
	h.checkRecords(foreign, regapitest.Record{Name: "www", Type: "A", Content: "192.0.2.1"})
	if h.Writes() != writes {
		t.Errorf("%d writes while paused", h.Writes()-writes)
	}
	h.checkLeftBehind(f.zone, 1, v1alpha1.AnnotationPaused)
	h.waitHeld(f.account, false)
}

func TestADeletedObjectGoesAfterTheGraceWhileREGAPIIsUnreachable(t *testing.T) {
	for _, fault := range []regapitest.Fault{
		{Kind: regapitest.FaultDropRequest}, {Kind: regapitest.FaultError, Code: "SERVICE_UNAVAILABLE"}, {Kind: regapitest.FaultHTML},
		{Kind: regapitest.FaultError, Code: "ACCESS_DENIED_FROM_IP"},
	} {
		t.Run(string(fault.Kind)+fault.Code, func(t *testing.T) {
			h := newHarness(t, controllertest.Options{WithoutAccount: true, ReleaseGrace: 2 * time.Second})
			f := h.applyFile(v1alpha1.DeletionDelete)
			h.API.Inject(fault)
			h.deleteAll(f.zone)
			h.checkRecords(foreign, regapitest.Record{Name: "www", Type: "A", Content: "192.0.2.1"})
			h.checkLeftBehind(f.zone, 1, "remove them by hand")
		})
	}
}

func TestADeletionGoesOnWhenREGAPIIsBackWithinTheGrace(t *testing.T) {
	h := newHarness(t, controllertest.Options{WithoutAccount: true})
	f := h.applyFile(v1alpha1.DeletionDelete)
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropRequest})
	if err := h.Delete(t.Context(), f.zone); err != nil {
		t.Fatal(err)
	}
	h.waitCondition(f.zone, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonRetrying)
	h.API.ClearFaults()
	h.waitGone(f.zone)
	h.checkRecords(foreign)
}

// checkLeftBehind looks for what tells of records that stay: an event where no namespace is deleted, the log, the metric.
func (h *harness) checkLeftBehind(zone *v1alpha1.DNSZone, count int, why string) {
	h.Helper()
	h.Eventually("the event that says what stays", func() error {
		for _, event := range h.events(metav1.NamespaceDefault) {
			if event.Regarding.UID != zone.UID {
				continue
			}
			if event.Reason != "RecordsLeftBehind" || event.Type != corev1.EventTypeWarning || event.Regarding.Name != zone.Name || event.Related.Namespace != h.Namespace {
				h.Errorf("event %+v", event)
			}
			for _, want := range []string{h.Namespace + "/" + zone.Name, "example.ru", why} {
				if !strings.Contains(event.Note, want) {
					h.Errorf("note %q lacks %q", event.Note, want)
				}
			}
			return nil
		}
		return fmt.Errorf("there is none regarding %s", zone.Name)
	})
	if !slices.ContainsFunc(strings.Split(h.Logs.String(), "\n"), func(line string) bool {
		return strings.Contains(line, "level=ERROR") && strings.Contains(line, "stay in the zone") && strings.Contains(line, zone.Name)
	}) {
		h.Error("the log does not tell")
	}
	if got := h.leftBehind(); got != float64(count) {
		h.Errorf("regapi_records_left_behind_total is %v, want %d", got, count)
	}
}

func (h *harness) leftBehind() float64 {
	h.Helper()
	families, err := h.Metrics.Gather()
	if err != nil {
		h.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() == "regapi_records_left_behind_total" {
			return family.GetMetric()[0].GetCounter().GetValue()
		}
	}
	h.Fatal("there is no regapi_records_left_behind_total")
	return 0
}
