package dnszone_test

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

var (
	wwwAlias     = v1alpha1.NameRecords{Name: "www", CNAME: "example.com"}
	heldAlias    = held("www", "CNAME", "example.com.")
	wwwAddresses = addresses("www", "192.0.2.1", "192.0.2.2")
	heldBoth     = []regapitest.Record{held("www", "A", "192.0.2.1"), held("www", "A", "192.0.2.2")}
)

// withAddresses gives a zone that an object keeps, with two addresses at www.
func withAddresses(t *testing.T, options controllertest.Options) (*harness, *v1alpha1.DNSZone) {
	t.Helper()
	h := newHarness(t, options)
	object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{DeletionPolicy: v1alpha1.DeletionDelete, Records: []v1alpha1.NameRecords{wwwAddresses}})
	h.WaitReady(object)
	return h, object
}

func TestAnAliasThatIsRefusedForGoodPutsTheAddressesBack(t *testing.T) {
	h, object := withAddresses(t, controllertest.Options{})
	h.refuse("zone/add_cname", "CNAME_INVALID", 0)
	h.costs(5, func() { // Two removals, the alias, two addresses.
		h.declare(object, wwwAlias)
		h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRecordsRefused)
	})
	h.holds(heldBoth...)
	h.costs(0, func() {
		h.touch(object)
		h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRecordsRefused)
	})
	h.remove(object)
	h.holds() // What was put back is still the object's own.
}

func TestWhereOneOfTheOldAddressesComesBackTheOtherFollows(t *testing.T) {
	h, object := withAddresses(t, controllertest.Options{})
	h.refuse("zone/add_cname", "CNAME_INVALID", 0)
	h.refuse("zone/add_alias", "INTERNAL_ERROR", 1) // The other one is put back at once.
	h.declare(object, wwwAlias)
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRecordsRefused)
	h.waitHolds(heldBoth...)
	h.remove(object)
	h.holds()
}

func TestWhereOneOfTheOldAddressesCannotBeRemovedTheOtherComesBack(t *testing.T) {
	h, object := withAddresses(t, controllertest.Options{})
	h.API.Inject(regapitest.Fault{
		Kind: regapitest.FaultElementError, Function: "zone/remove_record", Code: "INTERNAL_ERROR", Skip: 1,
	})
	h.declare(object, wwwAlias)
	h.Eventually("both to be tried", func() error { return unless(h.API.Calls("zone/remove_record") > 1, "not yet") })
	h.waitHolds(heldBoth...)
	h.API.ClearFaults()
	h.touch(object)
	h.WaitReady(object)
	h.holds(heldAlias)
}

func TestAnAddressThatIsRefusedForGoodPutsTheAliasBack(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	object := h.CreateZone(wwwAlias)
	h.WaitReady(object)
	h.refuse("zone/add_alias", "IP_INVALID", 0)
	h.costs(3, func() {
		h.declare(object, addresses("www", "192.0.2.1"))
		h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRecordsRefused)
	})
	h.holds(heldAlias)
}

func TestAnAliasIsChangedAndTheNewOneRefused(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	object := h.CreateZone(wwwAlias)
	h.WaitReady(object)
	h.refuse("zone/add_cname", "CNAME_INVALID", 1)
	h.declare(object, v1alpha1.NameRecords{Name: "www", CNAME: "example.org"})
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRecordsRefused)
	h.holds(heldAlias)
}

func TestASwapComesThroughWhateverIsLost(t *testing.T) {
	for name, fault := range map[string]regapitest.Fault{
		"the answer to the alias":    {Kind: regapitest.FaultDropAnswer, Function: "zone/add_cname", Count: 1},
		"the request for the alias":  {Kind: regapitest.FaultDropRequest, Function: "zone/add_cname", Count: 4},
		"the answer to the removal":  {Kind: regapitest.FaultDropAnswer, Function: "zone/remove_record", Count: 1},
		"the request of the removal": {Kind: regapitest.FaultDropRequest, Function: "zone/remove_record", Count: 4},
		"the alias, for a while":     {Kind: regapitest.FaultElementError, Function: "zone/add_cname", Count: 3},
		"a removal, for a while":     {Kind: regapitest.FaultElementError, Function: "zone/remove_record", Count: 3},
		"an answer that is garbage":  {Kind: regapitest.FaultGarbage, Function: "zone/add_cname", Count: 1},
	} {
		t.Run(name, func(t *testing.T) {
			h, object := withAddresses(t, controllertest.Options{})
			h.API.Inject(fault)
			h.declare(object, wwwAlias)
			h.WaitReady(object)
			h.holds(heldAlias)
			if object.Status.Taken != nil {
				t.Errorf("taken %+v", object.Status.Taken)
			}
			h.remove(object)
			h.holds()
		})
	}
}

// killBetween ends an attempt between the removals and the alias: nothing that could mend it gets through either.
func (h *harness) killBetween(object *v1alpha1.DNSZone, records ...v1alpha1.NameRecords) {
	h.Helper()
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropRequest, Function: "zone/add_*"})
	h.declare(object, records...)
	h.waitHolds()
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropRequest, Function: "zone/get_resource_records"})
	h.Eventually("what is taken to be written down", func() error {
		h.refresh(object)
		return unless(len(object.Status.Taken) > 0, "taken %+v", object.Status.Taken)
	})
}

func TestAProcessThatDiesInASwapRestoresBeforeItPlans(t *testing.T) {
	t.Run("and the alias comes", func(t *testing.T) {
		h, object := withAddresses(t, controllertest.Options{})
		h.killBetween(object, wwwAlias)
		h.API.ClearFaults()
		h.WaitReady(object)
		h.holds(heldAlias)
	})
	t.Run("and the alias is refused", func(t *testing.T) {
		h, object := withAddresses(t, controllertest.Options{})
		h.killBetween(object, wwwAlias)
		h.API.ClearFaults()
		h.refuse("zone/add_cname", "CNAME_INVALID", 0)
		h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRecordsRefused)
		h.holds(heldBoth...)
	})
	t.Run("and the name has left the spec", func(t *testing.T) {
		h, object := withAddresses(t, controllertest.Options{})
		h.killBetween(object, wwwAlias)
		h.declare(object, addresses("ftp", "192.0.2.3"))
		h.API.ClearFaults()
		h.WaitReady(object)
		h.holds(held("ftp", "A", "192.0.2.3"))
	})
}

func TestWhatWasTakenFromOneLoginIsNotPutIntoTheZoneOfAnother(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	h.API.AddAccount(regapitest.Account{Login: "production", Password: "another", UserID: 4712})
	h.CreateAccount("production", "production", "another")
	h.API.AddRecord("example.ru", held("www", "A", "192.0.2.66"))
	object := h.CreateZone()
	h.WaitReady(object)
	h.killBetween(object, wwwAlias)
	h.API.RemoveDomain("example.ru")
	h.API.AddDomain("production", regapitest.Domain{Name: "example.ru", ServiceID: 2})
	change(h, object, func(z *v1alpha1.DNSZone) {
		z.Spec.AccountRef.Name = "production"
		z.Spec.Records = []v1alpha1.NameRecords{addresses("ftp", "192.0.2.3")}
	})
	h.API.ClearFaults()
	h.costs(1, func() { h.WaitReady(object) })
	h.holds(held("ftp", "A", "192.0.2.3"))
}

func TestANameThatCannotBeFilledIsToldUntilItIs(t *testing.T) {
	h, object := withAddresses(t, controllertest.Options{})
	h.refuse("zone/add_cname", "CNAME_INVALID", 0)
	h.refuse("zone/add_alias", "INTERNAL_ERROR", 0)
	h.declare(object, wwwAlias)
	ready := h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonNameEmpty)
	if !strings.Contains(ready.Message, "www A 192.0.2.1") {
		t.Errorf("message %q does not say what was lost", ready.Message)
	}
	h.waitEvent(v1alpha1.ReasonNameEmpty, "www A 192.0.2.1")
	// Who looks again, and fails again, still tells.
	calls := h.API.Calls("zone/add_alias")
	h.touch(object)
	h.Eventually("another try", func() error { return unless(h.API.Calls("zone/add_alias") > calls, "none yet") })
	calls = h.API.Calls("zone/add_alias")
	h.touch(object)
	h.Eventually("yet another", func() error { return unless(h.API.Calls("zone/add_alias") > calls, "none yet") })
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonNameEmpty)
	h.API.ClearFaults()
	h.refuse("zone/add_cname", "CNAME_INVALID", 0)
	h.touch(object)
	h.waitHolds(heldBoth...)
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRecordsRefused)
	h.remove(object)
	h.holds() // What was put back is still the object's own.
}
