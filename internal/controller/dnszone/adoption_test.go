package dnszone_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

var (
	// strangers are records that no spec of these tests declares.
	strangers = []regapitest.Record{
		held("@", "NS", "ns1.reg.ru."), held("@", "NS", "ns2.reg.ru."), held("@", "TXT", "site-verification=theirs"), held("legacy", "A", "192.0.2.200"),
	}
	// liveRecords are a zone as it was kept by hand, beside strangers.
	liveRecords  = []regapitest.Record{held("www", "A", "192.0.2.5"), held("@", "TXT", "v=spf1 mx -all"), held("old", "A", "192.0.2.7"), held("ftp", "CNAME", "example.com.")}
	liveDeclared = []v1alpha1.NameRecords{addresses("www", "192.0.2.5"), texts("@", "v=spf1 mx -all"), addresses("old", "192.0.2.7"), {Name: "ftp", CNAME: "example.com"}}
	// editedRecords are what one change in Git makes of it: an address, the SPF, a removal.
	editedRecords  = []regapitest.Record{held("www", "A", "192.0.2.99"), held("@", "TXT", "v=spf1 a mx -all"), held("ftp", "CNAME", "example.com.")}
	editedDeclared = []v1alpha1.NameRecords{addresses("www", "192.0.2.99"), texts("@", "v=spf1 a mx -all"), {Name: "ftp", CNAME: "example.com"}}
)

// withLive gives a harness whose zone is alive.
func withLive(t *testing.T) *harness {
	t.Helper()
	h := newHarness(t, controllertest.Options{})
	h.API.SetRecords("example.ru", slices.Concat(strangers, liveRecords))
	return h
}

// editOnce makes the change in Git, which has to replace and not to add.
func (h *harness) editOnce(object *v1alpha1.DNSZone) {
	h.Helper()
	h.costs(5, func() {
		h.declare(object, editedDeclared...)
		h.WaitReady(object)
	})
	h.holds(slices.Concat(strangers, editedRecords)...)
	if object.Status.Unmanaged == nil || object.Status.Unmanaged.Count != 2 {
		h.Errorf("unmanaged: %+v, want two: the registrar's own count as nobody's", object.Status.Unmanaged)
	}
}

func TestALiveZoneIsImportedAndItsFirstChangeInGitReplaces(t *testing.T) {
	h := withLive(t)
	var object *v1alpha1.DNSZone
	h.costs(0, func() {
		object = h.CreateZoneWith(v1alpha1.DNSZoneSpec{ManagementPolicy: v1alpha1.PolicyObserve, Records: liveDeclared})
		h.WaitReady(object)
		if owned := object.Status.Owned; owned.Adopted != nil || owned.Confirmed != nil {
			t.Errorf("who only looks owns %+v", owned)
		}
		change(h, object, func(z *v1alpha1.DNSZone) { z.Spec.ManagementPolicy = v1alpha1.PolicyManage })
		h.WaitReady(object)
	})
	h.editOnce(object)
}

func TestAnObjectIsRenamedAndTheNextChangeReplaces(t *testing.T) {
	for _, policy := range []v1alpha1.DeletionPolicy{v1alpha1.DeletionRetain, v1alpha1.DeletionDelete} {
		t.Run(string(policy), func(t *testing.T) {
			h := withLive(t)
			older := h.CreateZoneWith(v1alpha1.DNSZoneSpec{DeletionPolicy: policy, Records: liveDeclared})
			h.WaitReady(older)
			h.afterSecondOf(older)
			renamed := h.CreateZoneWith(v1alpha1.DNSZoneSpec{DeletionPolicy: policy, Records: liveDeclared})
			h.WaitFor(renamed, metav1.ConditionFalse, v1alpha1.ReasonConflict)
			h.costs(0, func() {
				h.remove(older)
				h.WaitReady(renamed)
			})
			h.holds(slices.Concat(strangers, liveRecords)...)
			h.editOnce(renamed)
			if policy == v1alpha1.DeletionDelete {
				h.remove(renamed)
				h.holds(strangers...)
			}
		})
	}
}

func TestAnObjectIsRenamedAndDeclaresAnotherValueAtOnce(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	old := h.CreateZoneWith(v1alpha1.DNSZoneSpec{DeletionPolicy: v1alpha1.DeletionDelete, Records: []v1alpha1.NameRecords{controllertest.WWW("192.0.2.1"), addresses("ftp", "192.0.2.9")}})
	h.WaitReady(old)
	h.afterSecondOf(old)
	renamed := h.CreateZoneWith(v1alpha1.DNSZoneSpec{DeletionPolicy: v1alpha1.DeletionDelete, Records: []v1alpha1.NameRecords{controllertest.WWW("192.0.2.2")}})
	h.WaitFor(renamed, metav1.ConditionFalse, v1alpha1.ReasonConflict)
	if err := h.Delete(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	h.WaitReady(renamed)
	h.waitHolds(held("www", "A", "192.0.2.2"))
	var order []string
	for _, entry := range h.API.Journal(regapitest.Writes()) {
		order = append(order, entry.Function)
	}
	want := []string{"zone/add_alias", "zone/add_alias", "zone/remove_record", "zone/add_alias", "zone/remove_record"}
	if diff := cmp.Diff(want, order); diff != "" {
		t.Errorf("www was without an address between its two objects (-want +got):\n%s", diff)
	}
}

func TestAnObjectIsDeletedAndAppliedAgain(t *testing.T) {
	h := withLive(t)
	object := h.CreateZone(liveDeclared...)
	h.WaitReady(object)
	h.remove(object)
	h.costs(0, func() {
		object = h.CreateZone(liveDeclared...)
		h.WaitReady(object)
	})
	h.editOnce(object)
}

func TestAnObjectIsAppliedAgainWithAnotherValue(t *testing.T) {
	h := withLive(t)
	object := h.CreateZone(liveDeclared...)
	h.WaitReady(object)
	h.remove(object)
	h.costs(4, func() {
		object = h.CreateZone(editedDeclared...)
		h.WaitReady(object)
	})
	h.holds(slices.Concat(strangers, editedRecords, []regapitest.Record{held("old", "A", "192.0.2.7")})...)
}

func TestAStatusIsLostAndTheNextChangeReplaces(t *testing.T) {
	h := withLive(t)
	object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{DeletionPolicy: v1alpha1.DeletionDelete, Records: liveDeclared})
	h.WaitReady(object)
	h.costs(0, func() {
		h.wipe(object)
		h.touch(object)
		h.WaitReady(object)
	})
	h.editOnce(object)
	h.remove(object)
	h.holds(strangers...)
}

func TestAStatusIsLostInTheMiddleOfAChange(t *testing.T) {
	h := withLive(t)
	object := h.CreateZone(liveDeclared...)
	h.WaitReady(object)
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropAnswer, Function: "zone/add_*"})
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropRequest, Function: "zone/remove_record"})
	h.declare(object, editedDeclared...)
	h.Eventually("a change to have been tried", func() error {
		return unless(h.API.Calls("zone/add_*") > 0, "nothing was added yet")
	})
	h.wipe(object)
	h.API.ClearFaults()
	h.wipe(object)
	h.WaitReady(object)
	for _, question := range []string{"www.example.ru. A", "example.ru. TXT"} {
		want := map[string][]string{
			"www.example.ru. A": {"192.0.2.99"}, "example.ru. TXT": {`"site-verification=theirs"`, `"v=spf1 a mx -all"`},
		}
		h.checkAnswers(map[string][]string{question: want[question]})
	}
}

func TestAFreshZoneAnswersWithWhatIsDeclaredAndKeepsItsParkingAddressesInTheStatus(t *testing.T) {
	h := newHarness(t, controllertest.Options{Sweeps: controllertest.Soon})
	registrar := strangers[:2:2]
	parking := []regapitest.Record{
		held("@", "A", "194.58.112.165"), held("@", "A", "194.58.112.166"), held("@", "A", "194.58.112.167"), held("@", "A", "194.58.112.168"),
		held("www", "A", "194.58.112.165"), held("www", "AAAA", "2001:db8::165"),
	}
	h.API.SetRecords("example.ru", slices.Concat(registrar, parking))
	declared := []v1alpha1.NameRecords{addresses("@", "192.0.2.1"), {Name: "www", CNAME: "example.ru"}}
	object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{ManagementPolicy: v1alpha1.PolicyObserve, Records: declared})
	h.WaitFor(object, metav1.ConditionTrue, v1alpha1.ReasonObserved)
	if object.Status.Plan.Add != 2 || object.Status.Plan.Remove != 6 {
		t.Errorf("plan %+v, want what is replaced to be seen beforehand", object.Status.Plan)
	}
	h.costs(8, func() {
		change(h, object, func(z *v1alpha1.DNSZone) { z.Spec.ManagementPolicy = v1alpha1.PolicyManage })
		h.WaitReady(object)
	})
	h.holds(slices.Concat(registrar, []regapitest.Record{held("@", "A", "192.0.2.1"), held("www", "CNAME", "example.ru.")})...)
	var kept []string
	for _, entry := range object.Status.Replaced {
		kept = append(kept, entry.Record)
	}
	want := []string{"@ A 194.58.112.165", "@ A 194.58.112.166", "@ A 194.58.112.167", "@ A 194.58.112.168", "www A 194.58.112.165", "www AAAA 2001:db8::165"}
	if diff := cmp.Diff(want, kept); diff != "" {
		t.Errorf("replaced (-want +got):\n%s", diff)
	}
	h.waitEvent("RecordsChanged", "6 values of somebody else replaced", "- @ A 194.58.112.165")

	// Somebody who changes it once is put right: first contact was no contest, however many values it replaced.
	h.API.AddRecord("example.ru", held("@", "A", "192.0.2.66"))
	h.waitHolds(slices.Concat(registrar, []regapitest.Record{held("@", "A", "192.0.2.1"), held("www", "CNAME", "example.ru.")})...)
}

func TestAdoptionAsksBeforeItReplacesAndServesOnce(t *testing.T) {
	h := withLive(t)
	declared := []v1alpha1.NameRecords{addresses("www", "192.0.2.99"), texts("@", "v=spf1 mx -all"), addresses("new", "192.0.2.1")}
	object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{Adoption: v1alpha1.AdoptionAsk, Records: declared})
	ready := h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAdoptionNeedsApproval)
	asked := object.Status.Adoption
	if diff := cmp.Diff(&v1alpha1.ZoneAdoption{Hash: asked.Hash, Count: 1, Units: []string{"www A 192.0.2.5"}}, asked); diff != "" {
		t.Errorf("adoption (-want +got):\n%s", diff)
	}
	if want := v1alpha1.AnnotationApproveAdoption + "=" + asked.Hash; !strings.Contains(ready.Message, want) {
		t.Errorf("message %q lacks %q", ready.Message, want)
	}
	untouched := slices.Concat(strangers, liveRecords, []regapitest.Record{held("new", "A", "192.0.2.1")})
	h.holds(untouched...) // The unit alone waits.
	h.costs(0, func() {
		h.annotate(object, v1alpha1.AnnotationApproveAdoption, "another")
		h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAdoptionNeedsApproval)
	})
	h.costs(2, func() {
		h.annotate(object, v1alpha1.AnnotationApproveAdoption, asked.Hash)
		h.WaitReady(object)
	})
	beside := slices.Concat(strangers, liveRecords[1:], []regapitest.Record{held("new", "A", "192.0.2.1")})
	h.holds(append(beside, held("www", "A", "192.0.2.99"))...)
	if object.Status.Adoption != nil {
		t.Errorf("adoption %+v", object.Status.Adoption)
	}

	// The name is given up, a stranger takes it, and it is declared again: the approval is used up.
	h.declare(object, declared[1:]...)
	h.WaitReady(object)
	h.API.AddRecord("example.ru", held("www", "A", "192.0.2.5"))
	h.declare(object, declared...)
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAdoptionNeedsApproval)
	if object.Status.Adoption.Hash == asked.Hash {
		t.Error("the same approval serves twice")
	}
	h.holds(append(beside, held("www", "A", "192.0.2.5"))...)
}

func TestAForeignCAAIsReplacedOnlyWithApproval(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	theirs := held("@", "CAA", `0 issue "theirs.example"`)
	h.API.AddRecord("example.ru", theirs)
	declared := []v1alpha1.NameRecords{{Name: "@", CAA: []v1alpha1.CAA{{Tag: "issue", Value: "letsencrypt.org"}}}, addresses("www", "192.0.2.1")}
	object := h.CreateZone(declared...)
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAdoptionNeedsApproval)
	h.holds(theirs, held("www", "A", "192.0.2.1"))
	h.annotate(object, v1alpha1.AnnotationApproveAdoption, object.Status.Adoption.Hash)
	h.WaitReady(object)
	ours := held("@", "CAA", `0 issue "letsencrypt.org"`)
	h.holds(ours, held("www", "A", "192.0.2.1"))

	// Later, too: their certificates depend on it.
	h.API.AddRecord("example.ru", theirs)
	h.declare(object, declared[0])
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAdoptionNeedsApproval)
	h.holds(theirs, ours)
}
