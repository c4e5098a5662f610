package dnszone_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestAZoneOfFiftyRecordsIsServedAndThenLeftAlone(t *testing.T) {
	for name, behaviour := range map[string]regapitest.Behaviour{
		"as the simulator chooses": {DuplicateAdd: regapitest.DuplicateKeep},
		"spelled as oddly as the field has seen it": {
			DuplicateAdd: regapitest.DuplicateKeep, Types: regapitest.TypesAlternate, Priority: regapitest.PriorityAlternate, TXT: regapitest.TXTQuoted, IPv6: regapitest.IPv6Expanded,
			ErrorParams: regapitest.ErrorParamsNull, ElementErrors: regapitest.ElementErrorText, ResultInNSS: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, controllertest.Options{Sweeps: controllertest.Soon, Simulator: []regapitest.Option{regapitest.WithBehaviour(behaviour)}})
			entries, answers := fiftyRecords()
			object := h.CreateZone(entries...)
			h.WaitReady(object)
			if object.Status.Records != 50 {
				t.Errorf("status shows %d records, want 50", object.Status.Records)
			}
			h.checkAnswers(answers)
			if held := len(h.API.Records("example.ru")); held != 50 {
				t.Errorf("the zone holds %d records, want 50: %v", held, h.API.Records("example.ru"))
			}
			if writes := h.Writes(); writes != 50 {
				t.Errorf("%d write requests, want 50", writes)
			}
			version := object.ResourceVersion
			h.resyncs(3)
			if writes := h.Writes(); writes != 50 {
				t.Errorf("%d write requests after more reconciliations, want still 50", writes)
			}
			if err := h.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil || object.ResourceVersion != version {
				t.Errorf("the object was written without need: %v", err)
			}
			if most := h.API.MaxInFlight(controllertest.Login); most != 1 {
				t.Errorf("%d requests in flight at once, want 1", most)
			}
		})
	}
}

func TestDriftIsPutRightAndForeignRecordsStay(t *testing.T) {
	h := newHarness(t, controllertest.Options{Sweeps: controllertest.Soon})
	foreign := regapitest.Record{Name: "legacy", Type: "A", Content: "192.0.2.99"}
	beside := regapitest.Record{Name: "www", Type: "TXT", Content: "somebody else's"}
	h.API.AddRecord("example.ru", foreign)
	object := h.CreateZone(controllertest.WWW("192.0.2.1"), v1alpha1.NameRecords{Name: "ftp", CNAME: "example.com"})
	h.WaitReady(object)
	h.API.AddRecord("example.ru", beside)

	// An edit in the registrar's panel takes one record away and puts another in its place.
	h.API.RemoveRecord("example.ru", regapitest.Record{Name: "www", Type: "A", Content: "192.0.2.1"})
	h.API.AddRecord("example.ru", regapitest.Record{Name: "www", Type: "A", Content: "192.0.2.66"})
	h.API.RemoveRecord("example.ru", regapitest.Record{Name: "ftp", Type: "CNAME", Content: "example.com."})

	want := []regapitest.Record{
		{Name: "ftp", Type: "CNAME", Content: "example.com."}, foreign,
		{Name: "www", Type: "A", Content: "192.0.2.1"}, beside,
	}
	h.Eventually("the zone to be put right", func() error {
		if diff := cmp.Diff(want, h.API.Records("example.ru")); diff != "" {
			return fmt.Errorf("records (-want +got):\n%s", diff)
		}
		return nil
	})
	h.resyncs(2)
	if diff := cmp.Diff(want, h.API.Records("example.ru")); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func TestRecordsThatLeaveTheSpecLeaveTheZone(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	adopted := regapitest.Record{Name: "ftp", Type: "A", Content: "192.0.2.5"}
	h.API.AddRecord("example.ru", adopted)
	object := h.CreateZone(controllertest.WWW("192.0.2.1", "192.0.2.2"), v1alpha1.NameRecords{Name: "ftp", A: []v1alpha1.IPv4Address{"192.0.2.5"}})
	h.WaitReady(object)
	if writes := h.Writes(); writes != 2 {
		t.Errorf("%d write requests, want 2: an identical record is adopted without one", writes)
	}
	change(h, object, func(z *v1alpha1.DNSZone) { z.Spec.Records = []v1alpha1.NameRecords{controllertest.WWW("192.0.2.2")} })
	h.WaitReady(object)
	want := []regapitest.Record{{Name: "www", Type: "A", Content: "192.0.2.2"}}
	if diff := cmp.Diff(want, h.API.Records("example.ru")); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func TestACNAMEAndAnAddressChangePlaces(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	object := h.CreateZone(controllertest.WWW("192.0.2.1"))
	h.WaitReady(object)
	for _, step := range []struct {
		records v1alpha1.NameRecords
		want    regapitest.Record
	}{
		{v1alpha1.NameRecords{Name: "www", CNAME: "example.com"}, regapitest.Record{Name: "www", Type: "CNAME", Content: "example.com."}},
		{v1alpha1.NameRecords{Name: "www", CNAME: "example.org"}, regapitest.Record{Name: "www", Type: "CNAME", Content: "example.org."}},
		{controllertest.WWW("192.0.2.1"), regapitest.Record{Name: "www", Type: "A", Content: "192.0.2.1"}},
	} {
		change(h, object, func(z *v1alpha1.DNSZone) { z.Spec.Records = []v1alpha1.NameRecords{step.records} })
		h.WaitReady(object)
		if diff := cmp.Diff([]regapitest.Record{step.want}, h.API.Records("example.ru")); diff != "" {
			t.Errorf("records (-want +got):\n%s", diff)
		}
	}
}

func TestLifetimesOfTheZoneAreSetAndKept(t *testing.T) {
	h := newHarness(t, controllertest.Options{Sweeps: controllertest.Soon})
	object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{SOA: &v1alpha1.SOA{TTL: &metav1.Duration{Duration: 90 * time.Minute}}})
	h.WaitReady(object)
	soa := h.API.SOA("example.ru")
	if soa.TTL != 5400 || soa.MinimumTTL != 12*3600 {
		t.Errorf("SOA %+v, want a TTL of 5400 and the negative one untouched", soa)
	}
	h.resyncs(2)
	if writes := h.Writes(); writes != 1 {
		t.Errorf("%d write requests, want 1", writes)
	}
}
