package dnszone_test

import (
	"strings"
	"testing"

	"github.com/miekg/dns"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestAMailServerThatIsRefusedLeavesTheOldOne(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	object := h.CreateZone(mail(10))
	h.WaitReady(object)
	h.refuse("zone/add_mx", "PRIORITY_INVALID", 0)
	h.costs(1, func() {
		h.declare(object, mail(20))
		ready := h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRecordsRefused)
		if !strings.Contains(ready.Message, "the old mail servers stay") {
			t.Errorf("message %q", ready.Message)
		}
	})
	h.holds(heldMX(10))

	// Nothing is tried again, and a spec that can be had is.
	h.costs(0, func() {
		h.touch(object)
		h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRecordsRefused)
	})
	h.API.ClearFaults()
	h.costs(2, func() {
		h.declare(object, mail(5))
		h.WaitReady(object)
	})
	h.holds(heldMX(5))
}

func TestAnSPFThatIsRefusedLeavesTheOldOneForEitherKindOfAccount(t *testing.T) {
	for name, partner := range map[string]bool{"ordinary": false, "partner": true} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, controllertest.Options{Simulator: []regapitest.Option{regapitest.WithBehaviour(regapitest.Behaviour{TXTLimit: 20})}})
			h.API.SetPartner(controllertest.Login, partner)
			object := h.CreateZone(texts("@", "v=spf1 mx -all"), addresses("www", "192.0.2.1"))
			h.WaitReady(object)
			h.declare(object, texts("@", "v=spf1 include:_spf.example.com mx -all"), addresses("www", "192.0.2.2"))
			h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRecordsRefused)
			h.holds(held("@", "TXT", "v=spf1 mx -all"), held("www", "A", "192.0.2.2"))
			h.costs(0, func() {
				h.touch(object)
				h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRecordsRefused)
			})
		})
	}
}

func TestAnAliasBesideSomebodysTextLeavesTheAddress(t *testing.T) {
	h := newHarness(t, controllertest.Options{Sweeps: controllertest.Soon})
	object := h.CreateZone(addresses("www", "192.0.2.1"))
	h.WaitReady(object)
	theirs := held("www", "TXT", "somebody's")
	h.API.AddRecord("example.ru", theirs)
	h.costs(0, func() {
		h.declare(object, v1alpha1.NameRecords{Name: "www", CNAME: "example.com"})
		ready := h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRecordsRefused)
		if !strings.Contains(ready.Message, `www TXT \"somebody's\"`) || !strings.Contains(ready.Message, "which this object did not create") {
			t.Errorf("message %q", ready.Message)
		}
	})
	h.holds(held("www", "A", "192.0.2.1"), theirs)
	h.API.RemoveRecord("example.ru", theirs)
	h.WaitReady(object)
	h.holds(held("www", "CNAME", "example.com."))
}

func TestAnEntryThatIsInvalidLeavesWhatItsUnitHolds(t *testing.T) {
	long := v1alpha1.Host(strings.Repeat("очень-длинное-имя", 3) + ".example.com")
	for name, edit := range map[string]struct {
		before, after []v1alpha1.NameRecords
		stays         regapitest.Record
	}{
		"a host that is too long in punycode": {
			[]v1alpha1.NameRecords{mail(10)}, []v1alpha1.NameRecords{{Name: "@", MX: []v1alpha1.MX{{Priority: 10, Host: long}}}}, heldMX(10),
		},
		"an alias to such a host": {
			[]v1alpha1.NameRecords{addresses("shop", "192.0.2.1")}, []v1alpha1.NameRecords{{Name: "shop", CNAME: long}}, held("shop", "A", "192.0.2.1"),
		},
		"shop beside SHOP": {
			[]v1alpha1.NameRecords{{Name: "shop", CNAME: "example.com"}},
			[]v1alpha1.NameRecords{{Name: "shop", CNAME: "example.org"}, texts("SHOP", "x")}, held("shop", "CNAME", "example.com."),
		},
		"two texts of one kind in two entries": {
			[]v1alpha1.NameRecords{texts("mail", "v=spf1 mx -all")},
			[]v1alpha1.NameRecords{texts("mail", "v=spf1 a -all"), texts("MAIL", "v=spf1 -all")}, held("mail", "TXT", "v=spf1 mx -all"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, controllertest.Options{})
			object := h.CreateZone(edit.before...)
			h.WaitReady(object)
			h.costs(0, func() {
				h.declare(object, edit.after...)
				h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRecordsRefused)
			})
			h.holds(edit.stays)
		})
	}
}

func TestAnAdditionThatFailsForAWhileKeepsTheOldUntilItStands(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	object := h.CreateZone(addresses("www", "192.0.2.1"))
	h.WaitReady(object)
	h.refuse("zone/add_alias", "INTERNAL_ERROR", 3)
	h.declare(object, addresses("www", "192.0.2.2"))
	h.Eventually("the new address", func() error {
		got := h.resolve("www.example.ru", dns.TypeA)
		if len(got) == 0 {
			t.Fatal("www answers with nothing")
		}
		return unless(got[0] == "192.0.2.2" && len(got) == 1, "%v", got)
	})
	h.WaitReady(object)
	h.holds(held("www", "A", "192.0.2.2"))
	if removals := h.API.Calls("zone/remove_record"); removals != 1 {
		t.Errorf("%d removals, want one", removals)
	}
}

func TestAUnitIsLeftToWhoChangesItThreeTimes(t *testing.T) {
	h := newHarness(t, controllertest.Options{Sweeps: controllertest.Soon})
	object := h.CreateZone(addresses("www", "192.0.2.1", "192.0.2.2"), addresses("ftp", "192.0.2.3"))
	h.WaitReady(object)
	ours := []regapitest.Record{held("www", "A", "192.0.2.1"), held("www", "A", "192.0.2.2"), held("ftp", "A", "192.0.2.3")}
	theirs := []regapitest.Record{held("www", "A", "192.0.2.66"), held("www", "A", "192.0.2.67")}
	insist := func() {
		for _, record := range ours[:2] {
			h.API.RemoveRecord("example.ru", record)
		}
		for _, record := range theirs {
			h.API.AddRecord("example.ru", record)
		}
	}
	for range 3 {
		insist()
		h.waitHolds(ours...)
		h.WaitReady(object)
	}
	h.costs(0, func() {
		insist()
		ready := h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonContested)
		if !strings.Contains(ready.Message, "192.0.2.66") {
			t.Errorf("message %q does not name the other value", ready.Message)
		}
		h.resyncs(3)
	})
	h.holds(append(theirs, ours[2])...)
	h.declare(object, addresses("www", "192.0.2.9"), addresses("ftp", "192.0.2.3"))
	h.WaitReady(object)
	h.holds(held("www", "A", "192.0.2.9"), ours[2])
}

func TestRequestsThatAreLostAreNoContest(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	h.API.SetRecords("example.ru", []regapitest.Record{held("www", "A", "192.0.2.66"), held("www", "AAAA", "2001:db8::66")})
	h.refuse("zone/add_alias", "INTERNAL_ERROR", 4)
	object := h.CreateZone(v1alpha1.NameRecords{Name: "www", A: []v1alpha1.IPv4Address{"192.0.2.1"}, AAAA: []v1alpha1.IPv6Address{"2001:db8::1"}})
	h.WaitReady(object)
	h.holds(held("www", "A", "192.0.2.1"), held("www", "AAAA", "2001:db8::1"))
	if replaced := object.Status.Replaced; len(replaced) != 2 {
		t.Errorf("replaced %+v, want each value once", replaced)
	}
}
