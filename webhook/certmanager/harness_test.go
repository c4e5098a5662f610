package certmanager

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	acme "github.com/cert-manager/cert-manager/pkg/acme/webhook/apis/acme/v1alpha1"
	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/events"
	"k8s.io/klog/v2"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

func TestMain(m *testing.M) {
	log.SetLogger(logr.Discard())
	klog.SetLogger(logr.Discard())
	os.Exit(m.Run())
}

const login1, password = "customer", "s3cret"

// latency of the simulator, so that requests meet.
const latency = 100 * time.Millisecond

func newScheme(t *testing.T) *runtime.Scheme {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := corev1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	return scheme
}

// harness is a simulator with the domain example.ru, an Account main for it in the namespace default, and a solver.
type harness struct {
	*testing.T
	api    *regapitest.Server
	kube   client.Client
	events *events.FakeRecorder
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
	h := &harness{T: t, api: api, events: events.NewFakeRecorder(10_000)}
	h.kube = fake.NewClientBuilder().WithScheme(newScheme(t)).WithObjects(b.objects...).Build()
	h.start(b.Settings)
	return h
}

func newBlueprint(settings []setting) blueprint {
	b := blueprint{
		simulator: []regapitest.Option{regapitest.WithLatency(latency)},
		objects:   []client.Object{secretOf("default", "login", login1), accountOf("default", "main", "login")},
	}
	for _, apply := range settings {
		apply(&b)
	}
	return b
}

// foreign is what stands in the zone and is nobody's business here.
var foreign = []regapitest.Record{{Name: "www", Type: "A", Content: "192.0.2.1"}}

func (h *harness) start(settings Settings) {
	directory := account.NewDirectory(account.Settings{
		Secrets: h.kube, SweepInterval: time.Hour, Applied: zone.Applied,
		Options: []regapi.Option{regapi.WithTransport(h.api.Transport())},
	})
	settings.Reader, settings.Directory, settings.Editor, settings.Events = h.kube, directory, zone.NewEditor(), h.events
	h.solver = NewSolver(settings)
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := directory.Start(ctx); err != nil {
			h.Error(err)
		}
	})
	h.Cleanup(func() {
		h.solver.Close()
		stop()
		running.Wait()
	})
}

func secretOf(namespace, name, login string) *corev1.Secret {
	return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, Data: map[string][]byte{
		v1alpha1.SecretKeyUsername: []byte(login), v1alpha1.SecretKeyPassword: []byte(password),
	}}
}

// accountOf gives an Account that is Ready.
func accountOf(namespace, name, secret string, change ...func(*v1alpha1.Account)) *v1alpha1.Account {
	made := &v1alpha1.Account{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec:       v1alpha1.AccountSpec{SecretRef: v1alpha1.SecretReference{Name: secret}, Endpoint: "http://127.0.0.1/api/regru2/"},
		Status:     v1alpha1.AccountStatus{Conditions: []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: "True"}}},
	}
	for _, apply := range change {
		apply(made)
	}
	return made
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

func (h *harness) writes() int { return len(h.api.Journal(regapitest.Writes())) }

// wantTexts holds the TXT records of example.ru against "name text".
func (h *harness) wantTexts(want ...string) {
	h.Helper()
	h.wantTextsOf("example.ru", want...)
}

func (h *harness) wantTextsOf(domain string, want ...string) {
	h.Helper()
	got := []string{}
	for _, r := range h.api.Records(domain) {
		if r.Type == "TXT" {
			got = append(got, r.Name+" "+r.Content)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		h.Errorf("zone %s holds the texts\n%s\nwant\n%s", domain, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// learnKind makes the account's kind known, as its controller does. What it costs does not count.
func (h *harness) learnKind() {
	h.Helper()
	if _, err := h.connection().Zones.Probe(h.Context()); err != nil {
		h.Fatal(err)
	}
	h.api.ResetJournal()
}

func (h *harness) connection() *account.Connection {
	h.Helper()
	connection, err := h.solver.settings.Directory.Resolve(h.Context(), h.kube, "default", v1alpha1.AccountReference{Name: "main"})
	if err != nil {
		h.Fatal(err)
	}
	return connection
}

// functions gives the requests so far.
func (h *harness) functions(filters ...regapitest.Filter) []string {
	functions := []string{}
	for _, entry := range h.api.Journal(filters...) {
		functions = append(functions, entry.Function)
	}
	return functions
}

func (h *harness) update(object client.Object) {
	h.Helper()
	if err := h.kube.Update(h.Context(), object); err != nil {
		h.Fatal(err)
	}
}

// eventLines gives the events so far, sorted.
func (h *harness) eventLines() []string {
	lines := []string{}
	for len(h.events.Events) > 0 {
		lines = append(lines, <-h.events.Events)
	}
	slices.Sort(lines)
	return lines
}

// keys gives so many keys.
func keys(n int) []string {
	made := make([]string, n)
	for i := range made {
		made[i] = fmt.Sprintf("key-%03d", i)
	}
	return made
}
