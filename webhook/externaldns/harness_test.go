package externaldns

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/inventory"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

func TestMain(m *testing.M) {
	log.SetLogger(logr.Discard())
	os.Exit(m.Run())
}

const login, password = "customer", "s3cret"

// harness is a simulator with the domain example.ru, and a provider for it behind HTTP.
type harness struct {
	testing.TB
	api      *regapitest.Server
	kube     client.Client
	provider *Provider
	web      *httptest.Server
	events   *events.FakeRecorder
}

// optedIn gives a DNSZone that external-dns may use.
func optedIn(domain string, change ...func(*v1alpha1.DNSZone)) *v1alpha1.DNSZone {
	made := &v1alpha1.DNSZone{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "z" + fmt.Sprintf("%x", domain)},
		Spec: v1alpha1.DNSZoneSpec{
			AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: v1alpha1.DomainName(domain), ExternalDNS: v1alpha1.ExternalDNSEnabled,
		},
	}
	for _, apply := range change {
		apply(made)
	}
	return made
}

func newHarness(t testing.TB, settings Settings, zones ...*v1alpha1.DNSZone) *harness {
	t.Helper()
	api, err := regapitest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	api.AddAccount(regapitest.Account{Login: login, Password: password})
	scheme := runtime.NewScheme()
	if err := corev1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	objects := []client.Object{
		&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "login"}, Data: map[string][]byte{
			v1alpha1.SecretKeyUsername: []byte(login), v1alpha1.SecretKeyPassword: []byte(password),
		}},
		&v1alpha1.Account{
			ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "main"},
			Spec:       v1alpha1.AccountSpec{SecretRef: v1alpha1.SecretReference{Name: "login"}, Endpoint: api.URL()},
			Status:     v1alpha1.AccountStatus{Conditions: []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: "True"}}},
		},
	}
	for _, z := range zones {
		objects = append(objects, z)
		domain, err := zone.CanonicalDomain(string(z.Spec.DomainName))
		if err != nil {
			t.Fatal(err)
		}
		api.AddDomain(login, regapitest.Domain{Name: domain})
	}
	h := &harness{TB: t, api: api, events: events.NewFakeRecorder(1000), kube: fake.NewClientBuilder().WithScheme(scheme).WithObjects(objects...).Build()}
	h.serve(settings)
	return h
}

func (h *harness) serve(settings Settings) {
	directory := account.NewDirectory(account.Settings{Secrets: h.kube, SweepInterval: time.Hour, Applied: zone.Applied})
	settings.Reader, settings.Directory, settings.Editor, settings.Events = h.kube, directory, zone.NewEditor(), h.events
	h.provider = NewProvider(settings)
	h.web = httptest.NewServer((&Server{Provider: h.provider}).Handler())
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := directory.Start(ctx); err != nil {
			h.Error(err)
		}
	})
	h.Cleanup(func() {
		h.web.Close()
		h.provider.Close()
		stop()
		running.Wait()
	})
}

// follow makes the inventory know a zone, as the controller of DNSZones does.
func (h *harness) follow(domain string) {
	h.Helper()
	connection := h.connection()
	h.provider.settings.Directory.Follow(connection, "test "+domain, domain, inventory.Records)
	if _, err := connection.Inventory.Facts(h.Context(), domain, inventory.Records); err != nil {
		h.Fatal(err)
	}
}

func (h *harness) connection() *account.Connection {
	h.Helper()
	connection, err := h.provider.settings.Directory.Resolve(h.Context(), h.kube, "default", v1alpha1.AccountReference{Name: "main"})
	if err != nil {
		h.Fatal(err)
	}
	return connection
}

// reply is what a request got.
type reply struct {
	status      int
	contentType string
	body        []byte
}

// ask makes a request, with a body as it is or as JSON.
func (h *harness) ask(method, path string, body any) reply {
	h.Helper()
	data, isRaw := body.([]byte)
	if !isRaw && body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			h.Fatal(err)
		}
	}
	request, err := http.NewRequestWithContext(h.Context(), method, h.web.URL+path, bytes.NewReader(data))
	if err != nil {
		h.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		h.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		h.Fatal(err)
	}
	return reply{response.StatusCode, response.Header.Get("Content-Type"), text}
}

func (h *harness) wantStatus(want int, method, path string, body any) []byte {
	h.Helper()
	got := h.ask(method, path, body)
	if got.status != want {
		h.Fatalf("%s %s: %d, want %d", method, path, got.status, want)
	}
	return got.body
}

func (h *harness) apply(asked changes) {
	h.Helper()
	h.wantStatus(http.StatusNoContent, "POST", "/records", asked)
}

func (h *harness) list() []endpoint { return h.endpoints("GET", "/records", nil) }

func (h *harness) adjust(endpoints ...endpoint) []endpoint {
	return h.endpoints("POST", "/adjustendpoints", endpoints)
}

func (h *harness) endpoints(method, path string, body any) []endpoint {
	h.Helper()
	var found []endpoint
	if err := json.Unmarshal(h.wantStatus(http.StatusOK, method, path, body), &found); err != nil {
		h.Fatal(err)
	}
	return found
}

// sync does what external-dns does for the endpoints of its sources, with the policy sync and without a registry: what is
// listed at one of the names is its own. It says what it asked for.
func (h *harness) sync(names []string, desired ...endpoint) changes {
	h.Helper()
	listed := h.list()
	wanted := h.adjust(desired...)
	find := func(in []endpoint, e endpoint) (endpoint, bool) {
		i := slices.IndexFunc(in, func(o endpoint) bool { return o.DNSName == e.DNSName && o.RecordType == e.RecordType })
		if i < 0 {
			return endpoint{}, false
		}
		return in[i], true
	}
	var asked changes
	for _, e := range wanted {
		if old, ok := find(listed, e); !ok {
			asked.Create = append(asked.Create, e)
		} else if !slices.Equal(old.Targets, e.Targets) || e.RecordTTL > 0 || len(e.ProviderSpecific) > 0 {
			asked.UpdateOld, asked.UpdateNew = append(asked.UpdateOld, old), append(asked.UpdateNew, e)
		}
	}
	for _, e := range listed {
		if _, ok := find(wanted, e); !ok && slices.Contains(names, e.DNSName) {
			asked.Delete = append(asked.Delete, e)
		}
	}
	if asked.empty() {
		return asked
	}
	h.apply(asked)
	return asked
}

func (c changes) empty() bool {
	return len(c.Create)+len(c.UpdateOld)+len(c.UpdateNew)+len(c.Delete) == 0
}

func (h *harness) writes() int { return len(h.api.Journal(regapitest.Writes())) }

func (h *harness) wantRecords(domain string, want ...string) {
	h.Helper()
	got := []string{}
	for _, r := range h.api.Records(domain) {
		got = append(got, strings.Join([]string{r.Name, r.Type, r.Content}, " "))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		h.Errorf("zone %s holds\n%s\nwant\n%s", domain, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// eventText gives the events so far.
func (h *harness) eventText() string {
	var text strings.Builder
	for {
		select {
		case event := <-h.events.Events:
			text.WriteString(event + "\n")
		default:
			return text.String()
		}
	}
}

// inBackground runs something until the end of the test.
func (h *harness) inBackground(run func(context.Context) error) {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	h.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			h.Error(err)
		}
	})
}
