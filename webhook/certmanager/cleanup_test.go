package certmanager

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	acme "github.com/cert-manager/cert-manager/pkg/acme/webhook/apis/acme/v1alpha1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/webhook/webhooktest"
)

// misspelt is a config that Present refuses.
var misspelt = &apiextensionsv1.JSON{Raw: []byte(`{"acountRef": {"name": "main"}}`)}

func TestAChallengeThatWasNeverPresentedIsCleanedUpAtOnceWhateverItsConfig(t *testing.T) {
	for name, spoil := range map[string]func(*harness, *acme.ChallengeRequest){
		"a misspelt config": func(_ *harness, r *acme.ChallengeRequest) { r.Config = misspelt },
		"a wrong waitForPublication": func(h *harness, r *acme.ChallengeRequest) {
			r.Config = h.config(map[string]string{"waitForPublication": "yes"})
		},
		"an unknown Account": func(h *harness, r *acme.ChallengeRequest) {
			r.Config = h.config(Config{AccountRef: &v1alpha1.AccountReference{Name: "none"}})
		},
		"a namespace that may not": func(h *harness, r *acme.ChallengeRequest) {
			r.ResourceNamespace, r.Config = "neighbour", h.config(Config{AccountRef: &v1alpha1.AccountReference{Namespace: "default", Name: "main"}})
		},
		"no object that names a holder": func(_ *harness, r *acme.ChallengeRequest) { r.Config = nil },
		"a domain of somebody else":     func(_ *harness, r *acme.ChallengeRequest) { r.ResolvedFQDN = "_acme-challenge.example.com." },
		"no name at all":                func(_ *harness, r *acme.ChallengeRequest) { r.ResolvedFQDN = "" },
		"no key":                        func(_ *harness, r *acme.ChallengeRequest) { r.Key = "" },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				request := h.challenge(apexName, "key")
				spoil(h, request)
				if err := h.solver.Present(request); err == nil {
					t.Error("presented")
				}
				h.cleanUp(request)
				if h.Writes() != 0 {
					t.Errorf("%d writes", h.Writes())
				}
				if events := h.EventLines(); len(events) > 0 {
					t.Errorf("events %v", events)
				}
			})
		})
	}
}

func TestWhatWasPresentedIsRemovedWhateverHasBecomeOfTheObjects(t *testing.T) {
	for name, spoil := range map[string]func(*harness, *acme.ChallengeRequest){
		"the config was misspelt later": func(_ *harness, r *acme.ChallengeRequest) { r.Config = misspelt },
		"another Account is named": func(h *harness, r *acme.ChallengeRequest) {
			r.Config = h.config(Config{AccountRef: &v1alpha1.AccountReference{Name: "none"}})
		},
		"the DNSZone is gone": func(h *harness, _ *acme.ChallengeRequest) { h.remove(zoneOf()) },
		"the operator was started anew": func(h *harness, _ *acme.ChallengeRequest) {
			h.solver.Close()
			h.start(Settings{Kube: h.Kube, Namespace: "system"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t, with(zoneOf()), func(b *blueprint) { b.Namespace = "system" })
				h.solver.Close()
				h.start(Settings{Kube: h.Kube, Namespace: "system"})
				request := h.challenge(apexName, "key", func(r *acme.ChallengeRequest) { r.Config = nil })
				h.present(request)
				spoil(h, request)
				h.cleanUp(request)
				h.wantTexts()
			})
		})
	}
}

func TestCleanUpLetsGoAfterTheGraceAndTellsWhatMayBeLeft(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*harness)
		waits bool
		left  bool
	}{
		"the Account is gone":        {func(h *harness) { h.remove(webhooktest.Account("default", "main", "login")) }, true, true},
		"REG.API is out of reach":    {func(h *harness) { h.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropRequest}) }, true, true},
		"the DNSZone is paused":      {func(h *harness) { h.pauseZone() }, true, true},
		"the domain was transferred": {func(h *harness) { h.API.RemoveDomain("example.ru") }, false, false},
		"the domain was delegated away": {func(h *harness) {
			h.API.Inject(regapitest.Fault{Kind: regapitest.FaultElementError, Function: "zone/*", Code: "DOMAIN_IS_NOT_USE_REGRU_NSS"})
		}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t, with(zoneOf()))
				request := h.challenge(apexName, "key")
				h.present(request)
				h.EventLines() // Of the presentation.
				c.spoil(h)
				begun := time.Now()
				err := h.solver.CleanUp(request)
				for err != nil && time.Since(begun) < time.Hour {
					time.Sleep(time.Minute) // As cert-manager comes again.
					err = h.solver.CleanUp(request)
				}
				if took := time.Since(begun); err != nil || (took > time.Minute) != c.waits || took > 8*time.Minute {
					t.Errorf("cleaned up after %s: %v", took, err)
				}
				events := h.EventLines()
				tells := slices.ContainsFunc(events, func(line string) bool {
					return strings.Contains(line, "ChallengeLeftBehind") && strings.Contains(line, "example.ru")
				})
				if tells != c.left {
					t.Errorf("events %v", events)
				}
			})
		})
	}
}

func (h *harness) remove(object client.Object) {
	h.Helper()
	if err := h.Kube.Delete(h.Context(), object); err != nil {
		h.Fatal(err)
	}
}

func (h *harness) pauseZone() {
	h.Helper()
	object := zoneOf()
	if err := h.Kube.Get(h.Context(), client.ObjectKeyFromObject(object), object); err != nil {
		h.Fatal(err)
	}
	object.Annotations = map[string]string{v1alpha1.AnnotationPaused: "true"}
	h.update(object)
}
