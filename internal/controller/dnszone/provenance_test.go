package dnszone_test

import (
	"context"
	"sync"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// madeByExternalDNS is what the provider remembers of the zone.
type madeByExternalDNS struct {
	sync.Mutex
	made     zone.Set
	complete bool
}

func (m *madeByExternalDNS) Made(context.Context, string) (zone.Set, bool, error) {
	m.Lock()
	defer m.Unlock()
	return m.made, m.complete, nil
}

// learn is the first sync of external-dns through the operator.
func (m *madeByExternalDNS) learn(made ...zone.Record) {
	m.Lock()
	defer m.Unlock()
	m.made, m.complete = zone.SetOf(made...), true
}

func TestPruneAllBesideExternalDNSWhoseMarksCannotBeReadWaitsUntilItIsKnownWhatThatMade(t *testing.T) {
	address := zone.Record{Name: "app", Type: zone.A, Content: "192.0.2.80"}
	// As external-dns writes it with --txt-encrypt-enabled: nothing in it can be read.
	mark := zone.Record{Name: "a-app", Type: zone.TXT, Content: "dGhpcyBpcyBub3QgcmVhZGFibGUgd2l0aG91dCB0aGUga2V5"}
	for name, texts := range map[string][]zone.Record{"none": nil, "encrypted": {mark}} {
		t.Run(name, func(t *testing.T) {
			memory := &madeByExternalDNS{}
			h := newHarness(t, controllertest.Options{Provenance: memory})
			before := []regapitest.Record{held("app", "A", "192.0.2.80"), held("left", "A", "192.0.2.7")}
			for _, text := range texts {
				before = append(before, held(text.Name, "TXT", text.Content))
			}
			h.API.SetRecords("example.ru", before)
			object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{
				Prune: v1alpha1.PruneAll, ExternalDNS: v1alpha1.ExternalDNSEnabled, Records: []v1alpha1.NameRecords{controllertest.WWW("192.0.2.1")},
			})
			h.costs(0, func() { h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonExternalDNSUnmarked) })
			h.holds(before...)

			memory.learn(append(texts, address)...)
			h.touch(object)
			h.WaitReady(object)
			after := []regapitest.Record{held("app", "A", "192.0.2.80"), held("www", "A", "192.0.2.1")}
			for _, text := range texts {
				after = append(after, held(text.Name, "TXT", text.Content))
			}
			h.holds(after...)
		})
	}
}
