package certmanager

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	acme "github.com/cert-manager/cert-manager/pkg/acme/webhook/apis/acme/v1alpha1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/zone"
	"github.com/regapi-io/regapi-operator/webhook/webhooktest"
)

func TestMain(m *testing.M) { webhooktest.Main(m) }

const login1, password = webhooktest.Login, webhooktest.Password

// latency of the simulator, so that requests meet.
const latency = 100 * time.Millisecond

// harness is a simulator with the domain example.ru, an Account main for it in the namespace default, and a solver.
type harness struct {
	*testing.T
	*webhooktest.World
	solver *Solver
}

// setting changes what a harness is made of.
type setting func(*blueprint)

type blueprint struct {
	Settings
	partner   bool
	simulator []regapitest.Option
	objects   []client.Object
}

func asPartner(b *blueprint) { b.partner = true }

func with(objects ...client.Object) setting {
	return func(b *blueprint) { b.objects = append(b.objects, objects...) }
}

func simulated(options ...regapitest.Option) setting {
	return func(b *blueprint) { b.simulator = append(b.simulator, options...) }
}

// newHarness makes one that needs no network, so that it may live in a bubble of testing/synctest.
func newHarness(t *testing.T, settings ...setting) *harness {
	t.Helper()
	b := newBlueprint(settings)
	api := regapitest.New(b.simulator...)
	t.Cleanup(api.Close)
	api.AddAccount(regapitest.Account{Login: login1, Password: password, Partner: b.partner})
	api.AddDomain(login1, regapitest.Domain{Name: "example.ru", Records: foreign})
	return newHarnessOn(t, api, settings...)
}

// newHarnessOn makes one for a simulator that is there already.
func newHarnessOn(t *testing.T, api *regapitest.Server, settings ...setting) *harness {
	t.Helper()
	b := newBlueprint(settings)
	h := &harness{T: t, World: webhooktest.NewWorld(t, api, b.objects...)}
	h.start(b.Settings)
	return h
}

func newBlueprint(settings []setting) blueprint {
	b := blueprint{
		simulator: []regapitest.Option{regapitest.WithLatency(latency)},
		objects:   []client.Object{webhooktest.Secret("default", "login", login1), webhooktest.Account("default", "main", "login")},
	}
	for _, apply := range settings {
		apply(&b)
	}
	return b
}

// foreign is what stands in the zone and is nobody's business here.
var foreign = []regapitest.Record{{Name: "www", Type: "A", Content: "192.0.2.1"}}

func (h *harness) start(settings Settings) {
	h.StartDirectory(regapi.WithTransport(h.API.Transport()))
	settings.Reader, settings.Directory, settings.Editor, settings.Events = h.Kube, h.Directory, zone.NewEditor(), h.Events
	h.solver = NewSolver(settings)
	h.Cleanup(h.solver.Close)
}

// challenge gives a request of cert-manager for an Issuer in the namespace default that names the Account main.
func (h *harness) challenge(fqdn, key string, change ...func(*acme.ChallengeRequest)) *acme.ChallengeRequest {
	h.Helper()
	request := &acme.ChallengeRequest{
		Type: "dns-01", DNSName: "example.ru", Key: key, ResourceNamespace: "default", ResolvedFQDN: fqdn,
		ResolvedZone: "wrong.example.", // What cert-manager guesses is of no use.
		Config:       h.config(Config{AccountRef: &v1alpha1.AccountReference{Name: "main"}}),
	}
	for _, apply := range change {
		apply(request)
	}
	return request
}

func (h *harness) config(config any) *apiextensionsv1.JSON {
	h.Helper()
	raw, err := json.Marshal(config)
	if err != nil {
		h.Fatal(err)
	}
	return &apiextensionsv1.JSON{Raw: raw}
}

func (h *harness) present(requests ...*acme.ChallengeRequest) {
	h.Helper()
	h.together(h.solver.Present, requests)
}

func (h *harness) cleanUp(requests ...*acme.ChallengeRequest) {
	h.Helper()
	h.together(h.solver.CleanUp, requests)
}

// together makes requests at the same time, all of which have to succeed.
func (h *harness) together(ask func(*acme.ChallengeRequest) error, requests []*acme.ChallengeRequest) {
	h.Helper()
	var asking sync.WaitGroup
	for _, request := range requests {
		asking.Go(func() {
			if err := ask(request); err != nil {
				h.Errorf("%s %q: %v", request.ResolvedFQDN, request.Key, err)
			}
		})
	}
	asking.Wait()
}

// wantTexts holds the TXT records of example.ru against "name text".
func (h *harness) wantTexts(want ...string) {
	h.Helper()
	h.wantTextsOf("example.ru", want...)
}

func (h *harness) wantTextsOf(domain string, want ...string) {
	h.Helper()
	got := []string{}
	for _, r := range h.API.Records(domain) {
		if r.Type == "TXT" {
			got = append(got, r.Name+" "+r.Content)
		}
	}
	h.WantLines(domain, got, want)
}

// learnKind makes the account's kind known, as its controller does. What it costs does not count.
func (h *harness) learnKind() {
	h.Helper()
	if _, err := h.Connection().Zones.Probe(h.Context()); err != nil {
		h.Fatal(err)
	}
	h.API.ResetJournal()
}

// functions gives the requests so far.
func (h *harness) functions(filters ...regapitest.Filter) []string {
	functions := []string{}
	for _, entry := range h.API.Journal(filters...) {
		functions = append(functions, entry.Function)
	}
	return functions
}

func (h *harness) update(object client.Object) {
	h.Helper()
	if err := h.Kube.Update(h.Context(), object); err != nil {
		h.Fatal(err)
	}
}

// keys gives so many keys.
func keys(n int) []string {
	made := make([]string, n)
	for i := range made {
		made[i] = fmt.Sprintf("key-%03d", i)
	}
	return made
}
