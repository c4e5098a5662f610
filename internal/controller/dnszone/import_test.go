package dnszone_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// estate is an account with many live zones, and the objects by which they are taken over.
type estate struct {
	*harness
	objects []*v1alpha1.DNSZone
}

const estateSize = 300

func estateName(n int) string { return fmt.Sprintf("estate-%03d.ru", n) }

// live are the records that every zone holds, the last two of which no spec names.
func live(spf string) []regapitest.Record {
	return []regapitest.Record{
		{Name: "@", Type: "A", Content: "192.0.2.10"}, {Name: "@", Type: "MX", Content: "mail.example.com.", Priority: 10},
		{Name: "@", Type: "TXT", Content: spf}, {Name: "mail._domainkey", Type: "TXT", Content: "v=DKIM1; k=rsa; p=MIIB"},
		{Name: "www", Type: "CNAME", Content: "example.com."},
		{Name: "@", Type: "TXT", Content: "site-verification=somebody's"}, {Name: "legacy", Type: "A", Content: "192.0.2.99"},
	}
}

func spec(domain, spf string) v1alpha1.DNSZoneSpec {
	return v1alpha1.DNSZoneSpec{
		DomainName: v1alpha1.DomainName(domain), DeletionPolicy: v1alpha1.DeletionDelete, ManagementPolicy: v1alpha1.PolicyObserve,
		Records: []v1alpha1.NameRecords{
			{Name: "@", A: []v1alpha1.IPv4Address{"192.0.2.10"}, MX: []v1alpha1.MX{{Priority: 10, Host: "mail.example.com"}}, TXT: []v1alpha1.Text{v1alpha1.Text(spf)}},
			{Name: "mail._domainkey", TXT: []v1alpha1.Text{"v=DKIM1; k=rsa; p=MIIB"}},
			{Name: "www", CNAME: "example.com"},
		},
	}
}

// each does something to a part of the objects, side by side.
func (e *estate) each(objects []*v1alpha1.DNSZone, work func(object *v1alpha1.DNSZone)) {
	e.Helper()
	var wait sync.WaitGroup
	slots := make(chan struct{}, 16)
	for _, object := range objects {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			work(object)
		})
	}
	wait.Wait()
}

// holds waits until every zone of the objects holds exactly these records.
func (e *estate) holds(objects []*v1alpha1.DNSZone, want []regapitest.Record) {
	e.Helper()
	sort := func(records []regapitest.Record) []regapitest.Record {
		return slices.SortedFunc(slices.Values(records), func(a, b regapitest.Record) int {
			return strings.Compare(a.Name+a.Type+a.Content, b.Name+b.Type+b.Content)
		})
	}
	for _, object := range objects {
		e.Eventually("the zone to hold what Git says", func() error {
			if diff := cmp.Diff(sort(want), sort(e.API.Records(string(object.Spec.DomainName)))); diff != "" {
				return fmt.Errorf("%s (-want +got):\n%s", object.Spec.DomainName, diff)
			}
			return nil
		})
	}
}

func (e *estate) specify(objects []*v1alpha1.DNSZone, mutate func(*v1alpha1.DNSZone)) {
	e.Helper()
	e.each(objects, func(object *v1alpha1.DNSZone) { change(e.harness, object, mutate) })
}

func TestThreeHundredLiveZonesAreImportedAndThenEdited(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	h.API.SetPartner(controllertest.Login, true)
	const before, after, later = "v=spf1 mx -all", "v=spf1 mx include:example.com -all", "v=spf1 -all"
	e := &estate{harness: h}
	for n := range estateSize {
		h.API.AddDomain(controllertest.Login, regapitest.Domain{Name: estateName(n), Records: live(before)})
	}
	for n := range estateSize {
		e.objects = append(e.objects, &v1alpha1.DNSZone{Spec: spec(estateName(n), before)})
	}
	e.each(e.objects, func(object *v1alpha1.DNSZone) { *object = *h.CreateZoneWith(object.Spec) })
	for _, object := range e.objects {
		h.WaitFor(object, metav1.ConditionTrue, v1alpha1.ReasonSucceeded)
	}
	if reads := h.API.Calls("zone/get_resource_records"); reads > 3 {
		t.Errorf("%d reading requests for %d objects that come one after the other", reads, estateSize)
	}
	e.specify(e.objects, func(z *v1alpha1.DNSZone) { z.Spec.ManagementPolicy = v1alpha1.PolicyManage })
	for _, object := range e.objects {
		h.WaitReady(object)
		if unmanaged := object.Status.Unmanaged; unmanaged == nil || unmanaged.Count != 2 {
			t.Fatalf("unmanaged: %+v", unmanaged)
		}
	}
	if writes := h.Writes(); writes != 0 {
		t.Errorf("%d writes for what is as Git says", writes)
	}

	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultElementError, Function: "zone/update_records", Probability: 0.2})
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropAnswer, Function: "zone/update_records", Probability: 0.2})
	newSPF := func(text v1alpha1.Text) func(*v1alpha1.DNSZone) {
		return func(z *v1alpha1.DNSZone) { z.Spec.Records[0].TXT = []v1alpha1.Text{text} }
	}
	e.specify(e.objects, newSPF(after))
	e.holds(e.objects, live(after))

	// A part of the objects is renamed, of another the status is lost, and both are edited at once.
	e.each(e.objects[:30], e.rename)
	e.each(e.objects[30:60], e.loseStatus)
	e.specify(e.objects[:60], newSPF(later))
	e.holds(e.objects[:60], live(later))
	e.holds(e.objects[60:], live(after))

	// A part of them leaves Git.
	gone := e.objects[50:70]
	e.each(gone, func(object *v1alpha1.DNSZone) {
		if err := h.Delete(t.Context(), object); err != nil {
			t.Error(err)
		}
	})
	e.holds(gone, live("")[5:])
	e.holds(e.objects[:50], live(later))
	e.holds(e.objects[70:], live(after))
}

// rename applies an object under another name and then takes the old one away, as a change in Git does.
func (e *estate) rename(object *v1alpha1.DNSZone) {
	renamed := &v1alpha1.DNSZone{ObjectMeta: metav1.ObjectMeta{Namespace: object.Namespace, Name: object.Name + "-renamed"}, Spec: *object.Spec.DeepCopy()}
	if err := e.Create(e.Context(), renamed); err != nil {
		e.Error(err)
		return
	}
	if err := e.Delete(e.Context(), object.DeepCopy()); err != nil {
		e.Error(err)
	}
	e.Eventually("the old object to go", func() error {
		if err := e.Get(e.Context(), client.ObjectKeyFromObject(object), &v1alpha1.DNSZone{}); !apierrors.IsNotFound(err) {
			return fmt.Errorf("it is still there: %w", err)
		}
		return nil
	})
	*object = *renamed
}

// loseStatus makes an object what a backup without statuses, or a new cluster, has of it.
func (e *estate) loseStatus(object *v1alpha1.DNSZone) {
	e.Eventually("the status to be lost", func() error {
		if err := e.Get(e.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		object.Status = v1alpha1.DNSZoneStatus{}
		return e.Status().Update(e.Context(), object)
	})
}
