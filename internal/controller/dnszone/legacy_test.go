package dnszone_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// fromOlderVersion makes an object with the status that the version before wrote: what it had created, and no word of a rule.
func fromOlderVersion(t *testing.T, spec v1alpha1.DNSZoneSpec, confirmed ...zone.Record) (*harness, *v1alpha1.DNSZone) {
	t.Helper()
	h := newHarness(t, controllertest.Options{WithoutAccount: true})
	h.API.SetRecords("example.ru", slices.Concat(strangers, liveRecords))
	object := h.CreateZoneWith(spec)
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAccountNotFound)
	h.patchStatus(object, func(s *v1alpha1.DNSZoneStatus) {
		s.Owned = v1alpha1.OwnedRecords{Confirmed: zone.SetOf(confirmed...).Bytes()}
		s.Conditions = []metav1.Condition{{
			Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonSucceeded, ObservedGeneration: object.Generation, LastTransitionTime: metav1.Now(),
		}}
	})
	h.CreateAccount("main", controllertest.Login, controllertest.Password)
	return h, object
}

func TestAnUpgradeOwnsWhatStandsAsDeclaredAndTheNextChangeReplaces(t *testing.T) {
	h, object := fromOlderVersion(t, v1alpha1.DNSZoneSpec{Records: liveDeclared})
	h.costs(0, func() {
		h.Eventually("the present rule", func() error {
			h.refresh(object)
			return unless(object.Status.Owned.Rule == v1alpha1.OwnershipDeclared, "%+v", object.Status.Owned)
		})
		h.WaitReady(object)
	})
	h.editOnce(object)
}

func TestAnUpgradeReplacesNoForeignValueWithoutApproval(t *testing.T) {
	// The version before served both: its own .99, which the spec declares, and somebody's .5 beside it.
	own := zone.Record{Name: "www", Type: zone.A, Content: "192.0.2.99"}
	h, object := fromOlderVersion(t, v1alpha1.DNSZoneSpec{Records: editedDeclared}, own)
	h.API.AddRecord("example.ru", held("www", "A", "192.0.2.99"))
	h.costs(0, func() { h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAdoptionNeedsApproval) })
	if want := []string{`@ TXT "v=spf1 mx -all"`, "www A 192.0.2.5"}; !slices.Equal(object.Status.Adoption.Units, want) {
		t.Errorf("units %q, want %q", object.Status.Adoption.Units, want)
	}
	if object.Status.Owned.Rule != "" {
		t.Error("the present rule holds before it was approved")
	}
	h.costs(3, func() { // The SPF, and what goes for it and for the address.
		h.annotate(object, v1alpha1.AnnotationApproveAdoption, object.Status.Adoption.Hash)
		h.WaitReady(object)
	})
	h.holds(slices.Concat(strangers, editedRecords, []regapitest.Record{held("old", "A", "192.0.2.7")})...)
	if object.Status.Owned.Rule != v1alpha1.OwnershipDeclared {
		t.Errorf("rule %q", object.Status.Owned.Rule)
	}
}

func TestAnUpgradeUnderDeleteOwnsWhatItFoundOnlyWithApproval(t *testing.T) {
	old := zone.Record{Name: "old", Type: zone.A, Content: "192.0.2.7"}
	under := v1alpha1.DNSZoneSpec{DeletionPolicy: v1alpha1.DeletionDelete, Records: liveDeclared}
	t.Run("deleted before", func(t *testing.T) {
		h, object := fromOlderVersion(t, under, old)
		h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAdoptionNeedsApproval)
		if object.Status.Adoption.Count != 3 {
			t.Errorf("adoption %+v, want the three that it has not made", object.Status.Adoption)
		}
		h.costs(1, func() { h.remove(object) })
		h.holds(slices.Concat(strangers, liveRecords[:2], liveRecords[3:])...)
	})
	t.Run("deleted with approval", func(t *testing.T) {
		h, object := fromOlderVersion(t, under, old)
		h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAdoptionNeedsApproval)
		h.costs(0, func() {
			h.annotate(object, v1alpha1.AnnotationApproveAdoption, object.Status.Adoption.Hash)
			h.WaitReady(object)
		})
		h.remove(object)
		h.holds(strangers...)
	})
}

func TestARollbackFindsWhatTheOlderRuleWouldHaveKnown(t *testing.T) {
	h := withLive(t)
	object := h.CreateZone(append(liveDeclared, addresses("new", "192.0.2.1"))...)
	h.WaitReady(object)
	made := zone.Record{Name: "new", Type: zone.A, Content: "192.0.2.1"}
	if got := object.Status.Owned.Confirmed; string(got) != string(zone.SetOf(made).Bytes()) {
		t.Errorf("confirmed %x, want what this object has made alone", got)
	}
	if object.Status.Owned.Pending != nil {
		t.Errorf("pending %x", object.Status.Owned.Pending)
	}
	// What is made while an answer is lost stands in pending, as it did.
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropAnswer, Function: "zone/add_*"})
	h.declare(object, append(liveDeclared, addresses("new", "192.0.2.2"))...)
	h.Eventually("the record to be pending", func() error {
		h.refresh(object)
		want := zone.SetOf(zone.Record{Name: "new", Type: zone.A, Content: "192.0.2.2"}).Bytes()
		return unless(string(object.Status.Owned.Pending) == string(want), "%x", object.Status.Owned.Pending)
	})
}

func TestAnUpgradeFindsItsOwnershipUnderTheNewNameOfTheLogin(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	object := h.CreateZone(addresses("www", "192.0.2.1"), addresses("gone", "192.0.2.2"))
	h.WaitReady(object)
	// What the version before wrote: a login after the spelling of its endpoint and of its name.
	spelled := sha256.Sum256(fmt.Appendf(nil, "%q %q", h.API.URL(), controllertest.Login))
	h.patchStatus(object, func(s *v1alpha1.DNSZoneStatus) { s.Owned.Of = hex.EncodeToString(spelled[:4]) + "/12345" })
	controllertest.Change(h.Harness, object, func(z *v1alpha1.DNSZone) { z.Spec.Records = z.Spec.Records[:1] })
	h.Eventually("the new name", func() error {
		h.refresh(object)
		return unless(object.Status.ObservedGeneration == object.Generation && len(object.Status.Owned.Of) > 32, "%+v", object.Status.Owned)
	})
	h.WaitReady(object)
	h.holds(held("www", "A", "192.0.2.1")) // What it owned before is gone with its entry.
}
