package dnszone_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/holdings"
	"github.com/regapi-io/regapi-operator/internal/plugin/manifest"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// imported reads what the account holds, as the plugin does, and makes the objects.
func (e *estate) imported() []*v1alpha1.DNSZone {
	e.Helper()
	requests := 0
	counting := func(next regapi.Handler) regapi.Handler {
		return regapi.HandlerFunc(func(ctx context.Context, request *regapi.Request) (*regapi.Answer, error) {
			requests++
			return next.Do(ctx, request)
		})
	}
	caller, err := regapi.NewClient(regapi.WithEndpoint("http://127.0.0.1:1/api/regru2/"), regapi.WithTransport(e.API.Transport()),
		regapi.WithCredentials(regapi.Password{Username: controllertest.Login, Password: controllertest.Password}), regapi.WithMiddleware(counting))
	if err != nil {
		e.Fatal(err)
	}
	held, err := holdings.Read(e.Context(), caller)
	if err != nil {
		e.Fatal(err)
	}
	if requests > 3 {
		e.Errorf("%d requests for the import", requests)
	}
	settings := manifest.Settings{Namespace: e.Namespace, Account: v1alpha1.AccountReference{Name: "main"}, Policy: v1alpha1.PolicyManage}
	var objects []*v1alpha1.DNSZone
	names := manifest.Names{}
	for _, domain := range held.Domains {
		if !strings.Contains(domain.Name, "hostile-") && !strings.Contains(domain.Name, "xn--") {
			continue
		}
		var records []zone.Record
		for _, record := range domain.Records {
			records = append(records, zone.FromAPI(record.API()))
		}
		object, left := settings.Zone(domain.Name, records, names.Of(domain.Name))
		if unsaid := slices.ContainsFunc(left, func(l manifest.LeftOut) bool { return !l.Expected }); unsaid {
			e.Errorf("%s: left out %v", domain.Name, left)
		}
		objects = append(objects, &object)
	}
	return objects
}

func TestThreeHundredZonesOfHostileShapesAreImportedAndChangeNothing(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	h.API.SetPartner(controllertest.Login, true)
	const before, after = "v=spf1 mx -all", "v=spf1 mx include:example.com -all"
	for n := range estateSize {
		h.API.AddDomain(controllertest.Login, regapitest.Domain{Name: regapitest.HostileName(n), Records: regapitest.HostileZone(n, before)})
	}
	e := &estate{harness: h}
	e.objects = e.imported()
	if len(e.objects) != estateSize {
		t.Fatalf("%d objects", len(e.objects))
	}
	e.each(e.objects, func(object *v1alpha1.DNSZone) { h.MustCreate(object) })
	for _, object := range e.objects {
		h.WaitReady(object)
		if status := object.Status; status.Plan != nil || len(status.Refused) > 0 || status.Unmanaged != nil {
			t.Errorf("%s: plan %v, refused %v, unmanaged %v", object.Spec.DomainName, status.Plan, status.Refused, status.Unmanaged)
		}
	}
	if writes := h.Writes(); writes != 0 {
		t.Errorf("%d writes for what is as it was", writes)
	}
	e.specify(e.objects, func(z *v1alpha1.DNSZone) {
		for i, entry := range z.Spec.Records {
			if at := slices.Index(entry.TXT, before); at >= 0 {
				z.Spec.Records[i].TXT[at] = after
			}
		}
	})
	for n := range estateSize {
		object := &v1alpha1.DNSZone{Spec: v1alpha1.DNSZoneSpec{DomainName: v1alpha1.DomainName(regapitest.HostileName(n))}}
		e.holds([]*v1alpha1.DNSZone{object}, regapitest.HostileZone(n, after))
	}
}
