package door_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	wire "github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/journal"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/webhook/door"
	"github.com/regapi-io/regapi-operator/webhook/webhooktest"
)

func TestMain(m *testing.M) { webhooktest.Main(m) }

// harness is a door of an Account main with the domain example.ru, and an Account that nobody has checked.
type harness struct {
	*testing.T
	*webhooktest.World
	web *httptest.Server
	// plan is what the door was asked to plan last.
	plan client.Object

	mu      sync.Mutex
	changed []string
}

func newHarness(t *testing.T, objects ...client.Object) *harness {
	t.Helper()
	api, err := regapitest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	api.AddAccount(regapitest.Account{Login: webhooktest.Login, Password: webhooktest.Password})
	api.AddDomain(webhooktest.Login, regapitest.Domain{
		Name: "example.ru", ServiceID: 11, Contacts: contacts, Records: []regapitest.Record{{Name: "www", Type: "A", Content: "192.0.2.1"}},
	})
	main := webhooktest.Account("default", "main", "login", func(a *v1alpha1.Account) { a.Spec.Endpoint = api.URL() })
	objects = append(objects, webhooktest.Secret("default", "login", webhooktest.Login), main)
	h := &harness{T: t, World: webhooktest.NewWorld(t, api, objects...)}
	h.Journal = journal.New(journal.DefaultBytes, nil)
	webhooktest.Run(t, h.Journal.Start)
	h.StartDirectory()
	server := door.New(door.Settings{
		Reader: h.Kube, Directory: h.Directory, Journal: h.Journal,
		Plan: func(_ context.Context, object client.Object) (wire.PlanAnswer, error) {
			h.plan = object
			return wire.PlanAnswer{Subject: object.GetName()}, nil
		},
		Changed: func(of types.NamespacedName, domain string) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.changed = append(h.changed, of.String()+" "+domain)
		},
	})
	h.web = httptest.NewServer(server)
	t.Cleanup(h.web.Close)
	return h
}

// contacts are those of a registrant, which nobody may see.
var contacts = map[string]string{"person": "Svyatoslav V Ryurikovich", "phone": "+7 495 1234567", "e_mail": "svyatoslav@example.com", "passport": "34 02 651241", "country": "RU"}

// ask makes a request of a verb of an object in the namespace default.
func (h *harness) ask(method, resource, name, verb, query string, body any) (int, []byte) {
	h.Helper()
	sent, isText := body.(string)
	if !isText && body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			h.Fatal(err)
		}
		sent = string(text)
	}
	return h.request(method, wire.Path("default", resource, name, verb)+query, sent)
}

func (h *harness) request(method, path, body string) (int, []byte) {
	h.Helper()
	request, err := http.NewRequestWithContext(h.Context(), method, h.web.URL+path, bytes.NewReader([]byte(body)))
	if err != nil {
		h.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		h.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		h.Fatal(err)
	}
	return answer.StatusCode, text
}

// wants asks, and reads what comes back with a code into something.
func (h *harness) wants(code int, into any, method, resource, name, verb, query string, body any) {
	h.Helper()
	got, text := h.ask(method, resource, name, verb, query, body)
	if got != code {
		h.Errorf("%s %s/%s/%s%s: %d, not %d: %s", method, resource, name, verb, query, got, code, text)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(text, into); err != nil {
		h.Errorf("%v: %s", err, text)
	}
}

// refused asks for what is refused, and gives the Status.
func (h *harness) refused(code int, method, resource, name, verb, query string, body any) metav1.Status {
	h.Helper()
	var status metav1.Status
	h.wants(code, &status, method, resource, name, verb, query, body)
	if status.Kind != "Status" || status.Message == "" || int(status.Code) != code {
		h.Errorf("no Status of its own: %+v", status)
	}
	return status
}

// sent are the functions that the registrar was asked for since.
func (h *harness) sent(since int) []string {
	var functions []string
	for _, entry := range h.API.Journal()[since:] {
		functions = append(functions, entry.Function)
	}
	return slices.Compact(functions)
}
