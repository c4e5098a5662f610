package dnszone_test

import (
	"slices"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/controller/dnszone"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// withWWW gives a zone in which an object that cleans up behind itself keeps one address.
func withWWW(t *testing.T) (*harness, *v1alpha1.DNSZone) {
	t.Helper()
	h := newHarness(t, controllertest.Options{})
	object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{DeletionPolicy: v1alpha1.DeletionDelete, Records: []v1alpha1.NameRecords{controllertest.WWW("192.0.2.1")}})
	h.WaitReady(object)
	return h, object
}

func TestAnObjectIsDeletedAfterTheAnswerToItsWriteWasLost(t *testing.T) {
	h, object := withWWW(t)
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropAnswer, Function: "zone/add_*", Count: 1})
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropRequest, Function: "zone/get_resource_records", Skip: 1, Count: 6})
	h.declare(object, controllertest.WWW("192.0.2.1"), texts("new", "ours"))
	h.waitHolds(held("www", "A", "192.0.2.1"), held("new", "TXT", "ours"))
	h.remove(object)
	h.holds()
}

func TestASpecIsPutBackAfterTheAnswerWasLost(t *testing.T) {
	first, second := v1alpha1.Text("v=spf1 mx -all"), v1alpha1.Text("v=spf1 a -all")
	for name, edits := range map[string]struct {
		spec  []v1alpha1.NameRecords
		shows []regapitest.Record
	}{
		"of an edit":     {[]v1alpha1.NameRecords{texts("@", second)}, []regapitest.Record{held("@", "TXT", string(second))}},
		"of a removal":   {[]v1alpha1.NameRecords{addresses("ftp", "192.0.2.2")}, []regapitest.Record{held("ftp", "A", "192.0.2.2")}},
		"of an addition": {[]v1alpha1.NameRecords{texts("@", first), texts("new", "ours")}, []regapitest.Record{held("@", "TXT", string(first)), held("new", "TXT", "ours")}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, controllertest.Options{})
			object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{DeletionPolicy: v1alpha1.DeletionDelete, Records: []v1alpha1.NameRecords{texts("@", first)}})
			h.WaitReady(object)
			for _, function := range []string{"zone/add_*", "zone/remove_record"} {
				h.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropAnswer, Function: function})
			}
			h.declare(object, edits.spec...)
			h.waitHolds(edits.shows...)
			h.API.ClearFaults()
			h.declare(object, texts("@", first))
			h.WaitReady(object)
			h.holds(held("@", "TXT", string(first)))
			h.remove(object)
			h.holds()
		})
	}
}

func TestARemovalWhoseAnswerWasLostIsNotTakenForUndone(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	object := h.CreateZone(controllertest.WWW("192.0.2.1"), addresses("ftp", "192.0.2.2"))
	h.WaitReady(object)
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropAnswer, Function: "zone/remove_record"})
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropRequest, Function: "zone/get_resource_records", Skip: 1})
	h.declare(object, controllertest.WWW("192.0.2.1"))
	h.waitHolds(held("www", "A", "192.0.2.1"))
	h.declare(object, controllertest.WWW("192.0.2.1"), addresses("ftp", "192.0.2.2"))
	h.Eventually("a look at the zone", func() error {
		h.refresh(object)
		return unless(!status.ReadyFor(object.Status.Conditions, object.Generation), "Ready, while the zone lacks a record")
	})
	h.API.ClearFaults()
	h.WaitReady(object)
	h.holds(held("www", "A", "192.0.2.1"), held("ftp", "A", "192.0.2.2"))
}

// stale reconciles an object as a cache that lags behind shows it.
func (h *harness) stale(older *v1alpha1.DNSZone) error {
	h.Helper()
	r := &dnszone.Reconciler{
		Writer:    status.Writer{Client: h.Manager.GetClient(), Events: h.Manager.GetEventRecorder("regapi-operator")},
		Directory: h.Parts.Directory, Editor: h.Parts.Editor, Alarm: h.Parts.Alarm,
	}
	return r.ReconcileAs(h.Context(), older.DeepCopy())
}

func TestAnObjectFromAnOlderCacheLosesNothing(t *testing.T) {
	h, object := withWWW(t)
	first := object.DeepCopy()
	h.declare(object, controllertest.WWW("192.0.2.2"), mail(10))
	declared := object.DeepCopy() // The spec is new, and the status still that of the first.
	h.WaitReady(object)
	pending := object.DeepCopy()
	pending.ResourceVersion = declared.ResourceVersion
	pending.Status.Owned.Pending, pending.Status.Owned.Confirmed = object.Status.Owned.Confirmed, first.Status.Owned.Confirmed
	unseen := object.DeepCopy()
	unseen.ResourceVersion, unseen.Status = first.ResourceVersion, v1alpha1.DNSZoneStatus{}
	ours := []regapitest.Record{held("www", "A", "192.0.2.2"), heldMX(10)}
	for name, older := range map[string]*v1alpha1.DNSZone{
		"with the spec before": first, "with the status before": declared, "with what was pending": pending, "with no status": unseen,
	} {
		h.costs(0, func() {
			if err := h.stale(older); err != nil && !apierrors.IsConflict(err) {
				t.Errorf("%s: %v", name, err)
			}
		})
		h.holds(ours...)
	}
	now := object.DeepCopy()
	h.refresh(now)
	if string(now.Status.Owned.Confirmed) != string(object.Status.Owned.Confirmed) || now.Status.Owned.Pending != nil {
		t.Errorf("owned %+v, want %+v", now.Status.Owned, object.Status.Owned)
	}
	h.remove(object)
	h.holds()
}

func TestAnObjectThatMovesToAnotherLoginLeavesWhatItNeverMade(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	h.API.AddDomain(controllertest.Login, regapitest.Domain{Name: "shared.ru", ServiceID: 1})
	h.API.AddAccount(regapitest.Account{Login: "production", Password: "another", UserID: 4712})
	h.CreateAccount("production", "production", "another")
	object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{
		DomainName: "shared.ru", DeletionPolicy: v1alpha1.DeletionDelete, Records: []v1alpha1.NameRecords{controllertest.WWW("192.0.2.1"), addresses("old", "192.0.2.7")},
	})
	h.WaitReady(object)
	h.API.RemoveDomain("shared.ru")
	h.API.AddDomain("production", regapitest.Domain{Name: "shared.ru", ServiceID: 2})
	theirs := []regapitest.Record{held("old", "A", "192.0.2.7"), held("www", "A", "192.0.2.1")}
	h.API.SetRecords("shared.ru", theirs)
	change(h, object, func(z *v1alpha1.DNSZone) {
		z.Spec.AccountRef.Name = "production"
		z.Spec.Records = []v1alpha1.NameRecords{addresses("new", "192.0.2.2")}
	})
	h.WaitReady(object)
	check := func(want ...regapitest.Record) {
		t.Helper()
		for _, record := range want {
			if !slices.Contains(h.API.Records("shared.ru"), record) {
				t.Errorf("%v is gone: %v", record, h.API.Records("shared.ru"))
			}
		}
	}
	check(append(theirs, held("new", "A", "192.0.2.2"))...)
	h.remove(object)
	check(theirs...)
	if got := h.API.Records("shared.ru"); len(got) != 2 {
		t.Errorf("records %v", got)
	}
}

func TestAnObjectThatMovesAndIsDeletedAtOnceRemovesNothingOfTheOtherLogin(t *testing.T) {
	h, object := withWWW(t)
	h.API.AddAccount(regapitest.Account{Login: "production", Password: "another", UserID: 4712})
	h.CreateAccount("production", "production", "another")
	h.API.RemoveDomain("example.ru")
	h.API.AddDomain("production", regapitest.Domain{Name: "example.ru", ServiceID: 2})
	h.API.AddRecord("example.ru", held("www", "A", "192.0.2.1"))
	h.patchAccount(object, "production")
	h.holds(held("www", "A", "192.0.2.1"))
}

// patchAccount changes the account while the object is paused, deletes it, and then lets it go. It may be gone before: once it has been looked at, it
// owns nothing at the other login that the deletion would wait for.
func (h *harness) patchAccount(object *v1alpha1.DNSZone, name string) {
	h.Helper()
	change(h, object, func(z *v1alpha1.DNSZone) {
		z.Annotations = map[string]string{v1alpha1.AnnotationPaused: "true"}
		z.Spec.AccountRef.Name = name
	})
	if err := h.Delete(h.Context(), object); err != nil {
		h.Fatal(err)
	}
	h.Eventually("the object to go", func() error {
		err := h.Get(h.Context(), client.ObjectKeyFromObject(object), object)
		if err == nil && object.Annotations[v1alpha1.AnnotationPaused] == "true" {
			object.Annotations[v1alpha1.AnnotationPaused] = "false"
			err = h.Update(h.Context(), object)
		}
		return unless(apierrors.IsNotFound(err), "%v %+v", err, object.Status.Conditions)
	})
}

func TestARecordThatIsHandedOverStays(t *testing.T) {
	h, object := withWWW(t)
	h.declare(object, controllertest.WWW("192.0.2.1"), addresses("old", "192.0.2.7"), texts("@", "v=spf1 -all"))
	h.WaitReady(object)
	change(h, object, func(z *v1alpha1.DNSZone) { z.Spec.Prune = v1alpha1.PruneNone })
	h.WaitReady(object)
	h.costs(0, func() {
		h.declare(object, controllertest.WWW("192.0.2.1"))
		h.WaitReady(object)
		change(h, object, func(z *v1alpha1.DNSZone) { z.Spec.Prune = v1alpha1.PruneOwned })
		h.WaitReady(object)
	})
	over := []regapitest.Record{held("old", "A", "192.0.2.7"), held("@", "TXT", "v=spf1 -all")}
	h.holds(append(over, held("www", "A", "192.0.2.1"))...)
	h.remove(object)
	h.holds(over...)
}
