package dnszone_test

import (
	"encoding/json"
	"fmt"
	"syscall"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/controller/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

func TestAZoneOfTenThousandRecordsCostsLittleAtRest(t *testing.T) {
	h := &harness{controllertest.New(t, controllertest.Options{})} // Alone: it measures the CPU of the process.
	h.API.SetPartner(controllertest.Login, true)
	var entries []v1alpha1.NameRecords
	for n := range 10_000 {
		address := v1alpha1.IPv4Address(fmt.Sprintf("192.0.%d.%d", n/250, n%250))
		entries = append(entries, v1alpha1.NameRecords{Name: fmt.Sprintf("host-%05d", n), A: []v1alpha1.IPv4Address{address}})
	}
	object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{Records: entries})
	h.WaitReady(object)
	if object.Status.Records != 10_000 || len(h.API.Records("example.ru")) != 10_000 {
		t.Errorf("%d records in the status, %d in the zone", object.Status.Records, len(h.API.Records("example.ru")))
	}
	if updates := h.API.Calls("zone/update_records"); updates > 15 {
		t.Errorf("%d write requests for 10,000 records of a Partner account", updates)
	}
	stored, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	if len(stored) > 1<<20 {
		t.Errorf("the object has %d bytes, more than a mebibyte", len(stored))
	}
	calls, version := h.API.Calls("zone/*"), object.ResourceVersion
	spent := time.Hour
	for range 3 { // The least of three: the rest of the process works, too.
		s := dnszone.NewScope(object.DeepCopy(), "example.ru")
		spent = min(spent, cpuTime(t, func() { h.compareWithSpec(s) }))
	}
	if spent > 300*time.Millisecond*slowdown {
		t.Errorf("%s of CPU for a reconciliation without a change, want less than 300 ms", spent)
	}
	t.Logf("%d bytes, %s of CPU without a change", len(stored), spent)

	// A wake-up without a change: no request, no write of the status.
	h.annotate(object, "example.ru/touched", "yes")
	h.Eventually("the zone to be looked at", func() error {
		if err := h.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil || object.ResourceVersion == version {
			return fmt.Errorf("not touched yet: %w", err)
		}
		return nil
	})
	touched := object.ResourceVersion
	h.API.AddDomain(controllertest.Login, regapitest.Domain{Name: "later.ru"})
	h.WaitReady(h.CreateZoneWith(v1alpha1.DNSZoneSpec{DomainName: "later.ru"})) // It comes after the touch.
	if err := h.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil || object.ResourceVersion != touched {
		t.Errorf("the status was written without need: %v", err)
	}
	if now := h.API.Calls("zone/*"); now > calls+1 {
		t.Errorf("%d requests for zones, want one for the later zone", now-calls)
	}
}

// compareWithSpec does what a reconciliation does that finds nothing to change.
func (h *harness) compareWithSpec(s *dnszone.Scope) {
	h.Helper()
	if err := s.Compare(h.Context(), h.snapshot()); err != nil {
		h.Error(err)
	}
}

// snapshot reads the zone as the inventory holds it.
func (h *harness) snapshot() zone.Snapshot {
	held := h.API.Records("example.ru")
	records := make([]regapi.ResourceRecord, len(held))
	for n, record := range held {
		records[n] = regapi.ResourceRecord{Subname: record.Name, Rectype: record.Type, Content: record.Content, Prio: record.Priority}
	}
	return zone.NewSnapshot(regapi.ZoneRecords{Records: records})
}

// cpuTime measures the CPU that the process spends on something.
func cpuTime(t *testing.T, work func()) time.Duration {
	t.Helper()
	var before, after syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &before); err != nil {
		t.Fatal(err)
	}
	work()
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &after); err != nil {
		t.Fatal(err)
	}
	spent := func(r syscall.Rusage) time.Duration { return time.Duration(r.Utime.Nano() + r.Stime.Nano()) }
	return spent(after) - spent(before)
}
