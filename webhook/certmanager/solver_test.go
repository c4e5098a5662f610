package certmanager

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	acme "github.com/cert-manager/cert-manager/pkg/acme/webhook/apis/acme/v1alpha1"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/webhook/webhooktest"
)

const apexName = "_acme-challenge.example.ru."

func TestTwoValuesAtOneNameThatArriveTogetherShareRequests(t *testing.T) {
	for name, c := range map[string]struct {
		settings []setting
		writes   []string
	}{
		"ordinary account": {nil, []string{"zone/add_txt", "zone/add_txt", "zone/remove_record", "zone/remove_record"}},
		"Partner account":  {[]setting{asPartner}, []string{"zone/update_records", "zone/update_records"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t, c.settings...)
				h.learnKind()
				apex, wildcard := h.challenge(apexName, "apex"), h.challenge(apexName, "wildcard")
				h.present(apex, wildcard)
				h.wantTexts("_acme-challenge apex", "_acme-challenge wildcard")
				h.cleanUp(apex, wildcard)
				h.wantTexts()
				if got := h.functions(regapitest.Writes()); !slices.Equal(got, c.writes) {
					t.Errorf("writes %v, want %v", got, c.writes)
				}
			})
		})
	}
}

func TestChallengesOfOneZoneCostAPartnerAConstantNumberOfRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t, asPartner)
		h.learnKind()
		var requests []*acme.ChallengeRequest
		for _, key := range keys(100) {
			requests = append(requests, h.challenge(apexName, key))
		}
		h.present(requests...)
		got := h.functions(regapitest.OfFunction("zone/*"))
		write := slices.Index(got, "zone/update_records")
		// Before the write the zone is looked for, by at most two requests, and read; after it, read back.
		if write < 2 || write > 3 || len(got) != write+2 {
			t.Errorf("requests %v, want two or three reads, a write and a read", got)
		}
	})
}

func TestPresentAndCleanUpMayBeRepeatedAndWriteOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		request := h.challenge(apexName, "key")
		for range 3 {
			h.present(request)
		}
		h.wantTexts("_acme-challenge key")
		for range 3 {
			h.cleanUp(request)
		}
		h.wantTexts()
		if writes := h.Writes(); writes != 2 {
			t.Errorf("%d writes, want 2", writes)
		}
	})
}

func TestCleaningUpWhatIsNotThereWritesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.cleanUp(h.challenge(apexName, "never presented"))
		if writes := h.Writes(); writes != 0 {
			t.Errorf("%d writes, want none", writes)
		}
	})
}

func TestOtherValuesOfTheNameStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.API.SetRecords("example.ru", []regapitest.Record{
			{Name: "_acme-challenge", Type: "TXT", Content: "of another program"}, {Name: "_acme-challenge.www", Type: "TXT", Content: "key"},
		})
		h.present(h.challenge(apexName, "key"))
		h.wantTexts("_acme-challenge key", "_acme-challenge of another program", "_acme-challenge.www key")
		h.cleanUp(h.challenge(apexName, "key"))
		h.wantTexts("_acme-challenge of another program", "_acme-challenge.www key")
	})
}

func TestEveryCopyOfAValueIsRemovedAndNoOtherValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t, simulated(regapitest.WithBehaviour(regapitest.Behaviour{DuplicateAdd: regapitest.DuplicateKeep, TXT: regapitest.TXTQuoted})))
		h.API.SetRecords("example.ru", []regapitest.Record{
			{Name: "_acme-challenge", Type: "TXT", Content: "key"}, {Name: "_acme-challenge", Type: "TXT", Content: "key"},
			{Name: "_acme-challenge", Type: "TXT", Content: "key2"},
		})
		h.cleanUp(h.challenge(apexName, "key"))
		h.wantTexts("_acme-challenge key2")
	})
}

func TestPresentAndCleanUpOfOneValueAtOnceKeepTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		request := h.challenge(apexName, "key")
		done := make(chan struct{})
		go func() {
			defer close(done)
			h.present(request)
		}()
		synctest.Wait() // The first waits for company.
		h.cleanUp(request)
		<-done
		h.wantTexts()
		if writes := h.Writes(); writes != 2 {
			t.Errorf("%d writes, want 2: the record is presented before it is cleaned up", writes)
		}
	})
}

func TestAValueThatRegAPIRefusesFailsAlone(t *testing.T) {
	for name, settings := range map[string][]setting{"ordinary account": nil, "Partner account": {asPartner}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t, append(settings, simulated(regapitest.WithBehaviour(regapitest.Behaviour{TXTLimit: 50})))...)
				h.learnKind()
				refused := make(chan error)
				go func() { refused <- h.solver.Present(h.challenge(apexName, strings.Repeat("x", 51))) }()
				h.present(h.challenge(apexName, "one"), h.challenge(apexName, "two"))
				if err := <-refused; err == nil || !strings.Contains(err.Error(), "Shorten the text") {
					t.Errorf("error %v, want the remedy", err)
				}
				h.wantTexts("_acme-challenge one", "_acme-challenge two")
			})
		})
	}
}

func TestTheZoneIsTheLongestDomainThatTheAccountHolds(t *testing.T) {
	for name, c := range map[string]struct{ fqdn, domain, text string }{
		"the domain itself":           {"_acme-challenge.example.ru.", "example.ru", "_acme-challenge key"},
		"a host of it":                {"_acme-challenge.a.b.c.example.ru.", "example.ru", "_acme-challenge.a.b.c key"},
		"a domain below another one":  {"_acme-challenge.www.shop.example.ru.", "shop.example.ru", "_acme-challenge.www key"},
		"a delegated challenge":       {"tenant-7.Challenges.example.ru", "example.ru", "tenant-7.challenges key"},
		"a domain as the target":      {"shop.example.ru.", "shop.example.ru", "@ key"},
		"an internationalised domain": {"_acme-challenge.сайт.пример.рф.", "xn--e1afmkfd.xn--p1ai", "_acme-challenge.xn--80aswg key"},
		"the same in punycode":        {"_acme-challenge.xn--80aswg.xn--e1afmkfd.xn--p1ai.", "xn--e1afmkfd.xn--p1ai", "_acme-challenge.xn--80aswg key"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				for _, domain := range []string{"shop.example.ru", "xn--e1afmkfd.xn--p1ai"} {
					h.API.AddDomain(login1, regapitest.Domain{Name: domain, Records: foreign})
				}
				request := h.challenge(c.fqdn, "key")
				h.present(request)
				h.wantTextsOf(c.domain, c.text)
				h.cleanUp(request)
				h.wantTextsOf(c.domain)
			})
		})
	}
}

func TestTheZoneIsLookedForOnceInAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		// cost is what a challenge costs that needs no write: a read by the edit, and the search before it.
		cost := func(key string) int {
			h.API.ResetJournal()
			h.cleanUp(h.challenge("_acme-challenge.a.b.www.example.ru.", key))
			return len(h.functions(regapitest.OfFunction("zone/*")))
		}
		// The search asks about a.b.www.example.ru, b.www.example.ru and so on: the first may leave before the others come.
		if first := cost("first"); first > 3 {
			t.Errorf("%d requests, want 2 or 3", first)
		}
		for _, key := range keys(5) {
			if next := cost(key); next != 1 {
				t.Errorf("%d requests, want 1", next)
			}
		}
		time.Sleep(heldFor)
		if later := cost("later"); later < 2 {
			t.Errorf("%d requests, want another search", later)
		}
	})
}

func TestAConfigThatCannotBeUsedIsRefusedWithFieldAndRemedy(t *testing.T) {
	for config, want := range map[string]string{
		`{"acountRef": {"name": "main"}}`:             `unknown field "acountRef": the fields are accountRef`,
		`{"accountref": {"name": "main"}}`:            `unknown field "accountref"`,
		`{"accountRef": {"name": "main", "ns": "x"}}`: `unknown field "accountRef.ns"`,
		`{"accountRef": {}}`:                          "accountRef.name is empty: name an Account",
		`{"waitForPublication": "yes"}`:               `waitForPublication is "yes": give Disabled or Enabled`,
		`{"waitForPublication": true}`:                "the fields are",
		`[]`:                                          "the fields are",
		`{`:                                           "the fields are",
	} {
		_, err := parseConfig(&apiextensionsv1.JSON{Raw: []byte(config)})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q in it", config, err, want)
		}
	}
}

func TestAnEmptyConfigIsAsGoodAsNone(t *testing.T) {
	for _, raw := range []*apiextensionsv1.JSON{nil, {}, {Raw: []byte("null")}, {Raw: []byte("{}")}} {
		if config, err := parseConfig(raw); err != nil || config != (Config{}) {
			t.Errorf("%v: %+v, %v", raw, config, err)
		}
	}
}

// zoneOf gives a DNSZone for example.ru in the namespace default, with the Account main.
func zoneOf(change ...func(*v1alpha1.DNSZone)) *v1alpha1.DNSZone {
	made := &v1alpha1.DNSZone{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "zone", UID: "zone"},
		Spec:       v1alpha1.DNSZoneSpec{AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: "example.ru"},
	}
	for _, apply := range change {
		apply(made)
	}
	return made
}

func paused(value string) func(*v1alpha1.DNSZone) {
	return func(z *v1alpha1.DNSZone) { z.Annotations = map[string]string{v1alpha1.AnnotationPaused: value} }
}

func TestADNSZoneMayForbidTheChange(t *testing.T) {
	const delegated = "tenant.example.ru."
	for name, c := range map[string]struct {
		change func(*v1alpha1.DNSZone)
		fqdn   string
		want   string // of Present; nothing for success
	}{
		"paused":                              {paused("true"), apexName, "take its annotation regapi.io/paused off"},
		"paused, spelled otherwise":           {paused("yes"), apexName, "take its annotation regapi.io/paused off"},
		"paused, without a word":              {paused(""), apexName, "take its annotation regapi.io/paused off"},
		"not paused":                          {paused("false"), apexName, ""},
		"observing":                           {func(z *v1alpha1.DNSZone) { z.Spec.ManagementPolicy = v1alpha1.PolicyObserve }, apexName, "set it to Manage"},
		"pruning, a challenge's own name":     {func(z *v1alpha1.DNSZone) { z.Spec.Prune = v1alpha1.PruneAll }, apexName, ""},
		"pruning, a delegated name":           {func(z *v1alpha1.DNSZone) { z.Spec.Prune = v1alpha1.PruneAll }, delegated, "add tenant to its spec.protected"},
		"pruning, a delegated protected name": {func(z *v1alpha1.DNSZone) { z.Spec.Prune, z.Spec.Protected = v1alpha1.PruneAll, []string{"t*"} }, delegated, ""},
		"pruning what it owns":                {func(z *v1alpha1.DNSZone) { z.Spec.Prune = v1alpha1.PruneOwned }, delegated, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t, with(zoneOf(c.change)))
				err := h.solver.Present(h.challenge(c.fqdn, "key"))
				if c.want == "" {
					if err != nil {
						t.Error(err)
					}
					return
				}
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("error %v, want %q in it", err, c.want)
				}
				h.wantTexts()
			})
		})
	}
}

func TestUnderReadOnlyChallengesAreRefusedWithTheReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		request := h.challenge(apexName, "key")
		h.present(request)
		writes := h.Writes()
		h.ReadOnly = true
		h.start(Settings{})
		for does, err := range map[string]error{"Present": h.solver.Present(h.challenge(apexName, "other")), "CleanUp": h.solver.CleanUp(request)} {
			if err == nil || !strings.Contains(err.Error(), "--read-only") {
				t.Errorf("%s: %v", does, err)
			}
		}
		h.wantTexts("_acme-challenge key")
		if h.Writes() != writes {
			t.Errorf("%d writes", h.Writes()-writes)
		}
	})
}

func TestAPausedDNSZoneStopsCleaningUpUntilThePauseEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		object := zoneOf()
		h := newHarness(t, with(object))
		request := h.challenge(apexName, "key")
		h.present(request)
		object.Annotations = map[string]string{v1alpha1.AnnotationPaused: "true"}
		h.update(object)
		if err := h.solver.CleanUp(request); err == nil {
			t.Error("no error")
		}
		h.wantTexts("_acme-challenge key")
		object.Annotations = nil
		h.update(object)
		h.cleanUp(request)
		h.wantTexts()
	})
}

func TestADNSZoneOfSomebodyElsesAccountForbidsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hostile := zoneOf(func(z *v1alpha1.DNSZone) {
			z.Namespace, z.Annotations = "elsewhere", map[string]string{v1alpha1.AnnotationPaused: "true"}
		})
		h := newHarness(t, with(hostile, webhooktest.Secret("elsewhere", "login", "somebody"), webhooktest.Account("elsewhere", "main", "login")))
		h.present(h.challenge(apexName, "key"))
		h.wantTexts("_acme-challenge key")
	})
}

func TestEachChangeIsOneEventOfTheDNSZone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t, with(zoneOf()))
		apex, wildcard := h.challenge(apexName, "apex"), h.challenge(apexName, "wildcard")
		h.present(apex, apex, wildcard)
		h.cleanUp(apex, wildcard, wildcard)
		want := []string{
			"Normal ChallengeCleanedUp TXT record of _acme-challenge removed for cert-manager",
			"Normal ChallengeCleanedUp TXT record of _acme-challenge removed for cert-manager",
			"Normal ChallengePresented TXT record of _acme-challenge added for cert-manager",
			"Normal ChallengePresented TXT record of _acme-challenge added for cert-manager",
		}
		if got := h.EventLines(); !slices.Equal(got, want) {
			t.Errorf("events\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}

func TestRequestsAreCountedByOutcome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		registry := prometheus.NewRegistry()
		h := newHarness(t, func(b *blueprint) { b.Metrics = registry })
		request := h.challenge(apexName, "key")
		h.present(request)
		h.cleanUp(request, request)
		if err := h.solver.Present(h.challenge(apexName, "")); err == nil {
			t.Error("a challenge without key was presented")
		}
		want := `# HELP regapi_certmanager_challenges_total Requests of cert-manager by operation and outcome.
# TYPE regapi_certmanager_challenges_total counter
regapi_certmanager_challenges_total{operation="cleanup",outcome="succeeded"} 2
regapi_certmanager_challenges_total{operation="present",outcome="failed"} 1
regapi_certmanager_challenges_total{operation="present",outcome="succeeded"} 1
`
		if err := testutil.GatherAndCompare(registry, strings.NewReader(want), "regapi_certmanager_challenges_total"); err != nil {
			t.Error(err)
		}
	})
}
