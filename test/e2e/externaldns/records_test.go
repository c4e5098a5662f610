package externaldns

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func keyOf(object client.Object) client.ObjectKey { return client.ObjectKeyFromObject(object) }

func (s *site) remove(t *testing.T, object client.Object) {
	t.Helper()
	if err := s.plane.Delete(t.Context(), object); err != nil {
		t.Fatal(err)
	}
}

// holdsOnlyForeign checks that the zone is as it began: no record of external-dns is left, its ownership texts included.
func (s *site) holdsOnlyForeign(t *testing.T) {
	t.Helper()
	if diff := cmp.Diff([]regapitest.Record{foreign}, s.api.Records(s.domain)); diff != "" {
		t.Errorf("the zone (-want +got):\n%s", diff)
	}
}

func TestRecordsFollowWhatExternalDNSFinds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, test := range map[string]func(*testing.T, *world){
		"Ingress":      followIngress,
		"Service":      followService,
		"other types":  followOtherTypes,
		"alias":        followAlias,
		"upsert-only":  keepWithUpsertOnly,
		"a stranger":   leaveAStranger,
		"any alphabet": followAnyAlphabet,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, w)
		})
	}
}

// followIngress has several addresses of both kinds at a name, at a wildcard, and at the zone itself.
func followIngress(t *testing.T, w *world) {
	s := w.newSite(t, "ingress.ru")
	ingress := s.addIngress(t, "web", []string{"192.0.2.1", "192.0.2.2", "2001:db8::1"}, "www", "", "*.apps")
	for _, name := range []string{"www", "", "shop.apps"} {
		s.resolves(t, name, "A", "192.0.2.1", "192.0.2.2")
		s.resolves(t, name, "AAAA", "2001:db8::1")
	}
	s.settles(t)

	s.moveIngress(t, ingress, "192.0.2.2", "192.0.2.3", "2001:db8::2", "2001:db8::3")
	for _, name := range []string{"www", "", "shop.apps"} {
		s.resolves(t, name, "A", "192.0.2.2", "192.0.2.3")
		s.resolves(t, name, "AAAA", "2001:db8::2", "2001:db8::3")
	}
	ingress.Spec.Rules[0].Host = s.name("new")
	if err := s.plane.Update(t.Context(), ingress); err != nil {
		t.Fatal(err)
	}
	s.resolves(t, "new", "A", "192.0.2.2", "192.0.2.3")
	s.resolves(t, "www", "A")
	s.settles(t)

	s.remove(t, ingress)
	for _, name := range []string{"new", "", "shop.apps"} {
		s.resolves(t, name, "A")
		s.resolves(t, name, "AAAA")
	}
	s.settles(t)
	s.holdsOnlyForeign(t)
}

func followService(t *testing.T, w *world) {
	s := w.newSite(t, "service.ru")
	service := s.addService(t, "mail", s.name("mail")+","+s.name("imap"), "192.0.2.10", "2001:db8::10")
	for _, name := range []string{"mail", "imap"} {
		s.resolves(t, name, "A", "192.0.2.10")
		s.resolves(t, name, "AAAA", "2001:db8::10")
	}
	s.settles(t)
	s.remove(t, service)
	s.resolves(t, "mail", "A")
	s.resolves(t, "imap", "AAAA")
	s.settles(t)
	s.holdsOnlyForeign(t)
}

// followOtherTypes has what only DNSEndpoints can ask for.
func followOtherTypes(t *testing.T, w *world) {
	s := w.newSite(t, "types.ru")
	s.addEndpoints(t, "types",
		s.record("", "MX", "10 mx1.types.ru", "5 mx2.types.ru"),
		s.record("", "TXT", "v=spf1 mx -all", "second text"),
		s.record("_sip._tcp", "SRV", "10 60 5060 sip.types.ru."),
		s.record("team", "NS", "ns1.example.com", "ns2.example.com"),
		s.record("note", "TXT", `with "quotes" and \ a stroke`),
	)
	s.resolves(t, "", "MX", "10 mx1.types.ru.", "5 mx2.types.ru.")
	s.resolves(t, "", "TXT", `"v=spf1 mx -all"`, `"second text"`)
	s.resolves(t, "_sip._tcp", "SRV", "10 60 5060 sip.types.ru.")
	s.resolves(t, "team", "NS", "ns1.example.com.", "ns2.example.com.")
	s.resolves(t, "note", "TXT", `"with \"quotes\" and \\ a stroke"`)
	s.settles(t)

	s.changeEndpoints(t, "types",
		s.record("", "MX", "10 mx1.types.ru", "7 mx2.types.ru"),
		s.record("", "TXT", "v=spf1 mx ~all"),
		s.record("_sip._tcp", "SRV", "10 60 5061 sip.types.ru.", "20 0 5060 sip2.types.ru."),
		s.record("team", "NS", "ns2.example.com", "ns3.example.com"),
	)
	s.resolves(t, "", "MX", "10 mx1.types.ru.", "7 mx2.types.ru.")
	s.resolves(t, "", "TXT", `"v=spf1 mx ~all"`)
	s.resolves(t, "_sip._tcp", "SRV", "10 60 5061 sip.types.ru.", "20 0 5060 sip2.types.ru.")
	s.resolves(t, "team", "NS", "ns2.example.com.", "ns3.example.com.")
	s.resolves(t, "note", "TXT")
	s.settles(t)

	s.changeEndpoints(t, "types")
	s.resolves(t, "", "MX")
	s.resolves(t, "_sip._tcp", "SRV")
	s.resolves(t, "team", "NS")
	s.settles(t)
	s.holdsOnlyForeign(t)
}

// followAlias turns an alias into addresses and back.
func followAlias(t *testing.T, w *world) {
	s := w.newSite(t, "alias.ru")
	s.addEndpoints(t, "www", s.record("www", "CNAME", "old.example.com"))
	s.resolves(t, "www", "CNAME", "old.example.com.")
	s.settles(t)
	s.changeEndpoints(t, "www", s.record("www", "A", "192.0.2.1", "192.0.2.2"))
	s.resolves(t, "www", "A", "192.0.2.1", "192.0.2.2")
	s.resolves(t, "www", "CNAME")
	s.settles(t)
	s.changeEndpoints(t, "www", s.record("www", "CNAME", "new.example.com"))
	s.resolves(t, "www", "CNAME", "new.example.com.")
	s.settles(t)
	s.changeEndpoints(t, "www")
	s.resolves(t, "www", "CNAME")
	s.settles(t)
	s.holdsOnlyForeign(t)
}

// keepWithUpsertOnly lets changes through, and no removal.
func keepWithUpsertOnly(t *testing.T, w *world) {
	s := w.newSite(t, "upsert.ru", "--policy=upsert-only")
	ingress := s.addIngress(t, "web", []string{"192.0.2.1"}, "www")
	s.resolves(t, "www", "A", "192.0.2.1")
	s.moveIngress(t, ingress, "192.0.2.2")
	s.resolves(t, "www", "A", "192.0.2.2")
	s.remove(t, ingress)
	s.settles(t)
	s.resolves(t, "www", "A", "192.0.2.2")
}

// leaveAStranger makes a record by hand, which the operator has not read yet, where an Ingress then wants one.
func leaveAStranger(t *testing.T, w *world) {
	s := w.newSite(t, "stranger.ru", "--policy=upsert-only")
	s.settles(t)
	byHand := regapitest.Record{Name: "www", Type: "A", Content: "192.0.2.9"}
	s.api.SetRecords(s.domain, []regapitest.Record{foreign, byHand})
	s.addIngress(t, "web", []string{"192.0.2.1"}, "www", "other")
	s.resolves(t, "other", "A", "192.0.2.1")
	s.resolves(t, "www", "A", "192.0.2.9")
	s.settles(t)
	s.resolves(t, "www", "A", "192.0.2.9")
}

// followAnyAlphabet has a domain and hosts that are not of ASCII: an Ingress names them in punycode, as its API demands, and a
// DNSEndpoint as they are.
func followAnyAlphabet(t *testing.T, w *world) {
	s := w.newSite(t, "пример.рф")
	ingress := s.addIngress(t, "web", []string{"192.0.2.1"}, "магазин", "*.магазин")
	s.addEndpoints(t, "mail", s.record("почта", "A", "192.0.2.2"), s.record("сайт", "CNAME", s.name("магазин")))
	s.resolves(t, "магазин", "A", "192.0.2.1")
	s.resolves(t, "вход.магазин", "A", "192.0.2.1")
	s.resolves(t, "почта", "A", "192.0.2.2")
	s.resolves(t, "сайт", "CNAME", "xn--80aairftm.xn--e1afmkfd.xn--p1ai.")
	s.settles(t)
	s.remove(t, ingress)
	s.changeEndpoints(t, "mail")
	s.resolves(t, "магазин", "A")
	s.resolves(t, "почта", "A")
	s.settles(t)
	s.holdsOnlyForeign(t)
}
