package dnszone_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestSixtyAdditionsAndTheirRemovalComeThroughFaultsInSeconds(t *testing.T) {
	for name, fault := range map[string]regapitest.Fault{
		"lost requests":   {Kind: regapitest.FaultDropRequest, Function: "zone/*", Probability: 0.2},
		"lost answers":    {Kind: regapitest.FaultDropAnswer, Function: "zone/*", Probability: 0.2},
		"failed elements": {Kind: regapitest.FaultElementError, Function: "zone/*", Probability: 0.2},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, controllertest.Options{})
			h.API.SetRecords("example.ru", strangers)
			h.API.Inject(fault)
			entries, records := hosts(60)
			began := time.Now()
			object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{DeletionPolicy: v1alpha1.DeletionDelete, Records: entries})
			h.WaitReady(object)
			h.holds(slices.Concat(strangers, records)...)
			made := time.Since(began)
			h.remove(object)
			h.holds(strangers...)
			if made > 40*time.Second || time.Since(began)-made > 40*time.Second {
				t.Errorf("made after %s, removed after another %s", made, time.Since(began)-made)
			}
			t.Logf("made after %s, removed after another %s", made, time.Since(began)-made)
		})
	}
}

func TestLifetimesThatAreNeverSetStallAfterThreeTries(t *testing.T) {
	h := newHarness(t, controllertest.Options{Simulator: []regapitest.Option{regapitest.WithBehaviour(regapitest.Behaviour{IgnoreUpdateSOA: true})}})
	declare := func(ttl time.Duration) *v1alpha1.SOA { return &v1alpha1.SOA{TTL: &metav1.Duration{Duration: ttl}} }
	object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{SOA: declare(time.Hour), Records: []v1alpha1.NameRecords{controllertest.WWW("192.0.2.1")}})
	ready := h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRecordsRefused)
	if !strings.Contains(ready.Message, "@ SOA") || strings.Contains(ready.Message, "www") {
		t.Errorf("message %q", ready.Message)
	}
	if tries := h.API.Calls("zone/update_soa"); tries != 3 {
		t.Errorf("%d tries, want 3", tries)
	}
	h.costs(0, func() {
		h.touch(object)
		h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRecordsRefused)
	})
	h.holds(held("www", "A", "192.0.2.1"))
	h.API.SetBehaviour(regapitest.Behaviour{})
	change(h, object, func(z *v1alpha1.DNSZone) { z.Spec.SOA = declare(2 * time.Hour) })
	h.WaitReady(object)
	if soa := h.API.SOA("example.ru"); soa.TTL != 7200 {
		t.Errorf("SOA %+v", soa)
	}
}

func TestAnAdditionThatIsRefusedBecauseTheRecordIsThereIsNoFailure(t *testing.T) {
	for name, partner := range map[string]bool{"ordinary": false, "partner": true} {
		t.Run(name, func(t *testing.T) {
			behind := make(chan func(), 1)
			// Somebody adds the record between the reading and the addition.
			hook := func(stage regapitest.Stage, request *regapitest.Entry) {
				if stage == regapitest.StageReceived && (strings.HasPrefix(request.Function, "zone/add_") || request.Function == "zone/update_records") {
					select {
					case add := <-behind:
						add()
					default:
					}
				}
			}
			h := newHarness(t, controllertest.Options{Simulator: []regapitest.Option{
				regapitest.WithHook(hook), regapitest.WithBehaviour(regapitest.Behaviour{DuplicateAdd: regapitest.DuplicateRefuse}),
			}})
			h.API.SetPartner(controllertest.Login, partner)
			behind <- func() { h.API.AddRecord("example.ru", held("www", "A", "192.0.2.1")) }
			object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{DeletionPolicy: v1alpha1.DeletionDelete, Records: []v1alpha1.NameRecords{controllertest.WWW("192.0.2.1")}})
			h.WaitReady(object)
			if len(behind) > 0 || object.Status.Refused != nil {
				t.Errorf("refused %+v", object.Status.Refused)
			}
			h.remove(object)
			h.holds()
		})
	}
}

func TestABlockedAliasSaysWhoseRecordIsInItsWay(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{Protected: []string{"www"}, Records: []v1alpha1.NameRecords{texts("www", "ours")}})
	h.WaitReady(object)
	h.declare(object, wwwAlias)
	ready := h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRecordsRefused)
	if !strings.Contains(ready.Message, "which this object created and has to keep") || strings.Contains(ready.Message, "did not create") {
		t.Errorf("message %q", ready.Message)
	}
	h.holds(held("www", "TXT", "ours"))
}

func TestPruningAllLeavesARefusedRecordThatSomebodyMadeByHand(t *testing.T) {
	h := newHarness(t, controllertest.Options{Sweeps: controllertest.Soon})
	h.refuse("zone/add_txt", "TEXT_TOOLONG", 0)
	object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{Prune: v1alpha1.PruneAll, Records: []v1alpha1.NameRecords{controllertest.WWW("192.0.2.1"), texts("@", "verification=1")}})
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRecordsRefused)
	byHand := held("@", "TXT", "verification=1")
	h.costs(0, func() {
		h.API.AddRecord("example.ru", byHand)
		h.WaitReady(object)
		h.resyncs(2)
	})
	h.holds(byHand, held("www", "A", "192.0.2.1"))
	if object.Status.Refused != nil {
		t.Errorf("refused %+v", object.Status.Refused)
	}
}
