package tenants

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// attacks are what the tenant's objects for the owner's domain stand on.
var attacks = map[string]v1alpha1.AccountReference{
	"no-account":   {Name: "missing"},
	"foreign":      {Name: "main"}, // of the owner's namespace
	"not-working":  {Name: "denied"},
	"not-holding":  {Name: "other"},
	"own-endpoint": {Name: "own"},
}

// reference is what an attack stands on.
func (w *world) reference(attack string) v1alpha1.AccountReference {
	ref := attacks[attack]
	if attack == "foreign" {
		ref.Namespace = w.owners
	}
	return ref
}

// scene is a domain of the owner's, and how old the tenant's objects for it are beside the owner's.
type scene struct{ when, attack, domain string }

// TestTheOwnerIsNeverHindered is the product of the tenant's object being older, younger or of the same second, of what it stands on, and of the
// controller, external-dns and cert-manager.
func TestTheOwnerIsNeverHindered(t *testing.T) {
	w := newWorld(t)
	w.ownersAccount()
	w.account(w.tenant, w.tenants, "denied", "mallory", "wrong", w.api.URL(), hostile)
	w.account(w.tenant, w.tenants, "other", "mallory", "mallory", w.api.URL(), hostile)
	w.account(w.tenant, w.tenants, "own", "owner", "owner", w.theirs.URL(), hostile) // His server knows him by the owner's number.
	scenes := w.scenes()
	owners := map[scene]*v1alpha1.DNSZone{}
	w.stage(scenes, "older", func(s scene) { w.attack(s) })
	w.nextSecond()
	for _, s := range scenes {
		if s.when == "same-second" {
			owners[s] = w.together(s)
		} else {
			owners[s] = w.ownersZone(s.domain)
			w.must(w.admin.Create(t.Context(), owners[s]))
		}
	}
	for _, object := range owners {
		w.ready(object)
	}
	w.nextSecond()
	w.stage(scenes, "younger", func(s scene) { w.attack(s) })

	served := w.served()
	for _, s := range scenes {
		t.Run(s.when+"/"+s.attack, func(t *testing.T) {
			w := *w
			w.T = t
			w.checkOwner(s, owners[s], served)
		})
	}
	for _, entry := range w.api.Journal(regapitest.Writes()) {
		if entry.Login != "owner" {
			t.Errorf("%s was sent to the owner's server as %s", entry.Function, entry.Login)
		}
	}
}

func (w *world) scenes() []scene {
	w.api.AddDomain("mallory", regapitest.Domain{Name: "mallory.ru"})
	var scenes []scene
	for _, when := range []string{"older", "younger", "same-second"} {
		for _, attack := range slices.Sorted(maps.Keys(attacks)) {
			s := scene{when, attack, when + "-" + attack + ".ru"}
			scenes = append(scenes, s)
			w.api.AddDomain("owner", regapitest.Domain{Name: s.domain})
			w.theirs.AddDomain("owner", regapitest.Domain{Name: s.domain})
			w.theirs.AddDomain("owner", regapitest.Domain{Name: "api." + s.domain})
		}
	}
	return scenes
}

// stage has something done for the scenes of one age, and waits until the operator has come to a conclusion.
func (w *world) stage(scenes []scene, when string, act func(scene)) {
	w.Helper()
	for _, s := range scenes {
		if s.when == when {
			act(s)
		}
	}
	var zones v1alpha1.DNSZoneList
	w.must(w.tenant.List(w.Context(), &zones, client.InNamespace(w.tenants)))
	for i := range zones.Items {
		w.settled(&zones.Items[i])
	}
}

// attack makes the tenant's objects for a domain and a name below it: paused, so that whatever asks them is refused.
func (w *world) attack(s scene) *v1alpha1.DNSZone {
	w.Helper()
	var first *v1alpha1.DNSZone
	for _, domain := range []string{s.domain, "api." + s.domain} {
		object := zoneFor(w.tenants, domain, hostil, w.reference(s.attack))
		object.Annotations = map[string]string{v1alpha1.AnnotationPaused: "true"}
		w.must(w.tenant.Create(w.Context(), object))
		held := &v1alpha1.Domain{Spec: v1alpha1.DomainSpec{AccountRef: w.reference(s.attack), DomainName: v1alpha1.DomainName(domain)}}
		held.Namespace, held.GenerateName = w.tenants, "domain-"
		w.must(w.tenant.Create(w.Context(), held))
		if first == nil {
			first = object
		}
	}
	return first
}

// together makes the tenant's objects and the owner's in one second.
func (w *world) together(s scene) *v1alpha1.DNSZone {
	w.Helper()
	for {
		theirs, mine := w.attack(s), w.ownersZone(s.domain)
		w.must(w.admin.Create(w.Context(), mine))
		if theirs.CreationTimestamp.Equal(&mine.CreationTimestamp) {
			return mine
		}
		w.must(w.admin.Delete(w.Context(), mine))
		w.must(w.tenant.DeleteAllOf(w.Context(), &v1alpha1.DNSZone{}, client.InNamespace(w.tenants), client.MatchingFields{"metadata.name": theirs.Name}))
	}
}

// nextSecond waits until the next object will be younger than all that are there: the API server counts creation in seconds.
func (w *world) nextSecond() {
	time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second)))
}

// checkOwner makes sure that the owner has what he asks for: from the controller, external-dns and cert-manager.
func (w *world) checkOwner(s scene, object *v1alpha1.DNSZone, served []string) {
	w.Helper()
	w.ready(object)
	if !holds(w.api, s.domain, "www", "A", ours) {
		w.Errorf("the controller: the zone holds %v", w.api.Records(s.domain))
	}

	if !slices.Contains(served, s.domain) || slices.Contains(served, "api."+s.domain) {
		w.Errorf("external-dns: served are %v", served)
	}
	w.order("app."+s.domain, ours)
	w.order("v1.api."+s.domain, ours)
	if !holds(w.api, s.domain, "app", "A", ours) || !holds(w.api, s.domain, "v1.api", "A", ours) {
		w.Errorf("external-dns: the zone holds %v", w.api.Records(s.domain))
	}

	w.challenge(fmt.Sprintf("_acme-challenge.%s.", s.domain))
	w.challenge(fmt.Sprintf("_acme-challenge.v1.api.%s.", s.domain))
	if !holds(w.api, s.domain, "_acme-challenge", "TXT", "key") || !holds(w.api, s.domain, "_acme-challenge.v1.api", "TXT", "key") {
		w.Errorf("cert-manager: the zone holds %v", w.api.Records(s.domain))
	}
	for _, domain := range []string{s.domain, "api." + s.domain} {
		if records := w.theirs.Records(domain); len(records) > 0 {
			w.Errorf("the tenant's server has got %v", records)
		}
	}
}
