package dnszone_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// Records as the zone holds them.

func held(name, kind, content string) regapitest.Record {
	return regapitest.Record{Name: name, Type: kind, Content: content}
}

func heldMX(priority int) regapitest.Record {
	return regapitest.Record{Name: "@", Type: "MX", Content: "mx.example.com.", Priority: priority}
}

// Records as a spec declares them.

func addresses(name string, values ...v1alpha1.IPv4Address) v1alpha1.NameRecords {
	return v1alpha1.NameRecords{Name: name, A: values}
}

func texts(name string, values ...v1alpha1.Text) v1alpha1.NameRecords {
	return v1alpha1.NameRecords{Name: name, TXT: values}
}

func mail(priority int32) v1alpha1.NameRecords {
	return v1alpha1.NameRecords{Name: "@", MX: []v1alpha1.MX{{Priority: priority, Host: "mx.example.com"}}}
}

// declare puts records in the place of those of the spec.
func (h *harness) declare(object *v1alpha1.DNSZone, records ...v1alpha1.NameRecords) {
	h.Helper()
	change(h, object, func(z *v1alpha1.DNSZone) {
		z.Spec.Records = (&v1alpha1.DNSZoneSpec{Records: records}).DeepCopy().Records
	})
}

// differs compares the zone with what it should hold; "" if it holds exactly that.
func (h *harness) differs(want []regapitest.Record) string {
	order := func(records []regapitest.Record) []regapitest.Record {
		return slices.SortedFunc(slices.Values(records), func(a, b regapitest.Record) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	}
	return cmp.Diff(order(want), order(h.API.Records("example.ru")))
}

// holds checks what the zone holds.
func (h *harness) holds(want ...regapitest.Record) {
	h.Helper()
	if diff := h.differs(want); diff != "" {
		h.Errorf("records (-want +got):\n%s", diff)
	}
}

// waitHolds waits until the zone holds something.
func (h *harness) waitHolds(want ...regapitest.Record) {
	h.Helper()
	h.Eventually("the zone to hold what it should", func() error {
		if diff := h.differs(want); diff != "" {
			return fmt.Errorf("records (-want +got):\n%s", diff)
		}
		return nil
	})
}

// costs checks how many write requests something takes.
func (h *harness) costs(writes int, of func()) {
	h.Helper()
	before := h.Writes()
	of()
	if took := h.Writes() - before; took != writes {
		h.Errorf("%d write requests, want %d", took, writes)
	}
}

// remove deletes an object and waits until it is gone.
func (h *harness) remove(object *v1alpha1.DNSZone) {
	h.Helper()
	if err := h.Delete(h.Context(), object); err != nil {
		h.Fatal(err)
	}
	h.Eventually("the object to go", func() error {
		if err := h.Get(h.Context(), client.ObjectKeyFromObject(object), object); !apierrors.IsNotFound(err) {
			return fmt.Errorf("still there: %w, %+v", err, object.Status.Conditions)
		}
		return nil
	})
}

// patchStatus does what kubectl patch --subresource=status does.
func (h *harness) patchStatus(object *v1alpha1.DNSZone, mutate func(*v1alpha1.DNSZoneStatus)) {
	h.Helper()
	h.Eventually("patch the status", func() error {
		if err := h.Get(h.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		mutate(&object.Status)
		return h.Status().Update(h.Context(), object)
	})
}

// wipe loses the status, as a restore from Git or a backup without it does.
func (h *harness) wipe(object *v1alpha1.DNSZone) {
	h.Helper()
	h.patchStatus(object, func(s *v1alpha1.DNSZoneStatus) { *s = v1alpha1.DNSZoneStatus{} })
}

// touch wakes the controllers.
func (h *harness) touch(object *v1alpha1.DNSZone) {
	h.Helper()
	h.annotate(object, "example.ru/touched", fmt.Sprint(time.Now().UnixNano()))
}

// waitEvent waits for an event whose note has all of some parts.
func (h *harness) waitEvent(reason string, parts ...string) {
	h.Helper()
	h.Eventually("the event "+reason, func() error {
		var recorded eventsv1.EventList
		if err := h.List(h.Context(), &recorded, client.InNamespace(h.Namespace)); err != nil {
			return err
		}
		for _, event := range recorded.Items {
			lacks := func(part string) bool { return !strings.Contains(event.Note, part) }
			if event.Reason == reason && !slices.ContainsFunc(parts, lacks) {
				return nil
			}
		}
		return fmt.Errorf("%d events, none of them", len(recorded.Items))
	})
}

// refuse makes REG.API refuse additions of a type, so many times; 0 is always.
func (h *harness) refuse(function, code string, count int) {
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultElementError, Function: function, Code: code, Count: count})
}

// partner makes the account one that may write zones in one request.
func (h *harness) partner() *harness {
	h.API.SetPartner(controllertest.Login, true)
	return h
}

// unless gives an error if something does not hold.
func unless(holds bool, format string, args ...any) error {
	if holds {
		return nil
	}
	return fmt.Errorf(format, args...)
}

// afterSecondOf waits until the next object will be younger than this one, since the API server counts creation in seconds.
func (h *harness) afterSecondOf(object *v1alpha1.DNSZone) {
	time.Sleep(time.Until(object.CreationTimestamp.Add(time.Second)))
}

// refresh reads an object as it is now.
func (h *harness) refresh(object *v1alpha1.DNSZone) {
	h.Helper()
	if err := h.Get(h.Context(), client.ObjectKeyFromObject(object), object); err != nil {
		h.Fatal(err)
	}
}
