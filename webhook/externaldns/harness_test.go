package externaldns

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/inventory"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/internal/zone"
	"github.com/regapi-io/regapi-operator/webhook/webhooktest"
)

func TestMain(m *testing.M) { webhooktest.Main(m) }

const login, password = webhooktest.Login, webhooktest.Password

// harness is a simulator with the domain example.ru, and a provider for it behind HTTP.
type harness struct {
	testing.TB
	*webhooktest.World
	provider *Provider
	web      *httptest.Server
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
	main := webhooktest.Account("default", "main", "login", func(a *v1alpha1.Account) { a.Spec.Endpoint = api.URL() })
	objects := []client.Object{webhooktest.Secret("default", "login", login), main}
	webhooktest.Prove(objects...)
	for _, z := range zones {
		objects = append(objects, z)
		if z.Status.Claim == nil { // As its controller has it once it has read the zone.
			z.Status.Claim = &v1alpha1.ZoneClaim{Login: tenancy.Login(main), Rules: true}
		}
		domain, err := zone.CanonicalDomain(string(z.Spec.DomainName))
		if err != nil {
			t.Fatal(err)
		}
		api.AddDomain(login, regapitest.Domain{Name: domain})
	}
	h := &harness{TB: t, World: webhooktest.NewWorld(t, api, objects...)}
	h.serve(settings)
	return h
}

func (h *harness) serve(settings Settings) {
	h.StartDirectory()
	settings.Endpoints = tenancy.Trust{h.API.URL()}
	settings.Reader, settings.Directory, settings.Editor, settings.Events = h.Kube, h.Directory, zone.NewEditor(), h.Events
	h.provider = NewProvider(settings)
	h.web = httptest.NewServer((&Server{Provider: h.provider}).Handler())
	h.Cleanup(func() {
		h.web.Close()
		h.provider.Close()
	})
}

// follow makes the inventory know a zone, as the controller of DNSZones does.
func (h *harness) follow(domain string) {
	h.Helper()
	connection := h.Connection()
	h.Directory.Follow(connection, "test "+domain, domain, inventory.Records)
	if _, err := connection.Inventory.Facts(h.Context(), domain, inventory.Records); err != nil {
		h.Fatal(err)
	}
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

func (h *harness) wantRecords(domain string, want ...string) {
	h.Helper()
	got := []string{}
	for _, r := range h.API.Records(domain) {
		got = append(got, strings.Join([]string{r.Name, r.Type, r.Content}, " "))
	}
	h.WantLines(domain, got, want)
}

// eventText gives the events so far.
func (h *harness) eventText() string { return strings.Join(h.EventLines(), "\n") }
