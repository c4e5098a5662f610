// Package tenants attacks the operator as a user who may create our objects in one namespace and nothing else, with the roles that
// config/rbac ships for him and for the operator: the controllers, the provider of external-dns and the solver of cert-manager run as in
// the operator's process, against a real API server.
package tenants

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
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
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/apiservertest"
	"github.com/regapi-io/regapi-operator/internal/controller"
	"github.com/regapi-io/regapi-operator/internal/controller/waking"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/internal/zone"
	"github.com/regapi-io/regapi-operator/webhook/certmanager"
	"github.com/regapi-io/regapi-operator/webhook/externaldns"
)

func TestMain(m *testing.M) { apiservertest.Main(m, apiservertest.WithCRDs()) }

// operators is the operator's namespace, as config/rbac has it.
const operators = "system"

// world is a cluster with the operator, REG.API with the owner's domains, and a server of the tenant's.
type world struct {
	*testing.T
	// The namespaces: of who has the domains, of the attacker, and of a ClusterIssuer.
	owners, tenants, issuers string

	admin, tenant client.Client
	api, theirs   *regapitest.Server
	provider      *httptest.Server
	solver        *certmanager.Solver
	logs          *logs
	// server is the API server. The operator looks at all namespaces of one that is this world's alone, and else at its own.
	server *rest.Config
	alone  bool
	// strict has credentials sent to the server with the owner's domains alone, as --endpoints would; else to this whole machine.
	strict bool
	// secrets are the requests that the operator has made for Secrets.
	secrets *requests
	// stop ends the operator.
	stop func()
}

type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// requests remembers what is asked of the API server about Secrets.
type requests struct {
	mu    sync.Mutex
	lines []string
}

// watch gives a transport that takes note of them.
func (r *requests) watch(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		if strings.Contains(request.URL.Path, "/secrets") {
			r.mu.Lock()
			r.lines = append(r.lines, request.Method+" "+request.URL.RequestURI())
			r.mu.Unlock()
		}
		return next.RoundTrip(request)
	})
}

func (r *requests) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.lines)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (r roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return r(request) }

func scheme(t *testing.T) *runtime.Scheme {
	t.Helper()
	made := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(made), v1alpha1.AddToScheme(made)); err != nil {
		t.Fatal(err)
	}
	return made
}

// newWorld starts everything, in namespaces of its own.
func newWorld(t *testing.T) *world {
	t.Helper()
	return (&world{T: t, server: apiservertest.Config()}).begin()
}

// newStrictWorld is one whose operator is given its endpoints.
func newStrictWorld(t *testing.T) *world {
	t.Helper()
	return (&world{T: t, server: apiservertest.Config(), strict: true}).begin()
}

// newWorldApart is one with an API server of its own.
func newWorldApart(t *testing.T) *world {
	t.Helper()
	return (&world{T: t, server: apiservertest.Start(t, apiservertest.WithCRDs()).Config, alone: true}).begin()
}

func (w *world) begin() *world {
	t := w.T
	t.Helper()
	w.logs, w.secrets, w.api, w.theirs = &logs{}, &requests{}, simulator(t), simulator(t)
	w.admin = w.clientAs(rest.ImpersonationConfig{})
	for name, made := range map[string]*string{"owner-": &w.owners, "tenant-": &w.tenants, "cert-manager-": &w.issuers} {
		namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: name}}
		w.must(w.admin.Create(t.Context(), namespace))
		*made = namespace.Name
	}
	w.must(client.IgnoreAlreadyExists(w.admin.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: operators}})))
	for _, file := range []string{
		"rbac/service_account", "rbac/role", "rbac/secrets_role", "rbac/role_binding", "rbac/user_roles",
		"components/secrets-cluster-wide/access/secrets_cluster_role_binding", // The most that it is ever given.
	} {
		w.apply("../../config/" + file + ".yaml")
	}
	w.tenant = w.attacker()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("log of the operator:\n%s", w.logs.text.String())
		}
	})
	w.startOperator()
	return w
}

func simulator(t *testing.T) *regapitest.Server {
	t.Helper()
	made, err := regapitest.Start(regapitest.WithHourlyLimit(0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(made.Close)
	made.AddAccount(regapitest.Account{Login: "owner", Password: "owner", UserID: 4711})
	made.AddAccount(regapitest.Account{Login: "mallory", Password: "mallory", UserID: 666})
	return made
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) configAs(who rest.ImpersonationConfig) *rest.Config {
	made := rest.CopyConfig(w.server)
	made.Impersonate, made.QPS = who, -1 // Only the operator bounds itself.
	return made
}

func (w *world) clientAs(who rest.ImpersonationConfig) client.Client {
	w.Helper()
	made, err := client.New(w.configAs(who), client.Options{Scheme: scheme(w.T)})
	w.must(err)
	return made
}

// apply creates what a manifest holds, in the operator's namespace.
func (w *world) apply(file string) {
	w.Helper()
	text, err := os.Open(file)
	w.must(err)
	defer text.Close()
	for documents := yaml.NewYAMLOrJSONDecoder(text, 4096); ; {
		object := &unstructured.Unstructured{}
		if err := documents.Decode(&object.Object); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			w.Fatal(err)
		}
		if len(object.Object) > 0 {
			w.must(client.IgnoreAlreadyExists(w.admin.Create(w.Context(), object)))
		}
	}
}

// attacker is a user with the rights of an administrator of one namespace: of our objects those that config/rbac adds, and what such
// a user has of everybody's.
func (w *world) attacker() client.Client {
	w.Helper()
	for _, role := range []string{"viewer", "editor", "administrator", "system:aggregate-to-edit", "system:aggregate-to-view"} {
		w.must(w.admin.Create(w.Context(), &rbacv1.RoleBinding{
			ObjectMeta: metav1.ObjectMeta{Namespace: w.tenants, GenerateName: "mallory-"},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role},
			Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: "User", Name: "mallory"}},
		}))
	}
	return w.clientAs(rest.ImpersonationConfig{UserName: "mallory", Groups: []string{"system:authenticated"}})
}

// startOperator runs what the operator's process runs, with its rights and no others.
func (w *world) startOperator() {
	w.Helper()
	as := w.configAs(rest.ImpersonationConfig{
		UserName: "system:serviceaccount:" + operators + ":operator", Groups: []string{"system:serviceaccounts", "system:authenticated"},
	})
	as.QPS, as.Burst = 200, 400 // Those of cmd/operator.
	as.Wrap(w.secrets.watch)
	level := slog.LevelInfo
	if w.alone { // It has thousands of objects, each of which would be told of.
		level = slog.LevelError
	}
	logger := logr.FromSlogHandler(slog.NewTextHandler(w.logs, &slog.HandlerOptions{Level: level}))
	skip := true
	options := ctrl.Options{
		Scheme: scheme(w.T), Logger: logger, Metrics: server.Options{BindAddress: "0"}, Controller: config.Controller{SkipNameValidation: &skip},
	}
	if !w.alone {
		options.Cache = cache.Options{DefaultNamespaces: map[string]cache.Config{w.owners: {}, w.tenants: {}, w.issuers: {}}}
	}
	mgr, err := ctrl.NewManager(as, options)
	w.must(err)
	alarm := &waking.Alarm{}
	var listed []string
	if w.strict {
		listed = []string{w.api.URL()}
	}
	endpoints, err := account.ParseEndpoints(listed, !w.strict)
	w.must(err)
	directory := account.NewDirectory(account.Settings{Secrets: mgr.GetAPIReader(), Endpoints: endpoints, SweepInterval: time.Hour, Applied: zone.Applied, Changed: alarm.Ring, EgressPerHour: 1_000_000})
	editor := zone.NewEditor()
	ctx, stop := context.WithCancel(context.Background())
	w.must(mgr.Add(directory))
	w.must(controller.SetupWithManager(ctx, mgr, controller.Dependencies{Directory: directory, Editor: editor, Alarm: alarm}))
	endWebhooks := w.serve(mgr, directory, editor)
	ended := make(chan error, 1)
	go func() { ended <- mgr.Start(ctx) }()
	w.stop = sync.OnceFunc(func() {
		endWebhooks()
		stop()
		if err := <-ended; err != nil {
			w.Errorf("the operator: %v", err)
		}
	})
	w.Cleanup(w.stop)
	if !mgr.GetCache().WaitForCacheSync(ctx) {
		w.Fatal("the caches do not fill")
	}
}

// serve runs both webhooks, of which the server of REG.API that has the owner's domains is the one that is trusted.
func (w *world) serve(mgr ctrl.Manager, directory *account.Directory, editor *zone.Editor) (end func()) {
	trust := tenancy.Trust{w.api.URL()}
	provider := externaldns.NewProvider(externaldns.Settings{
		Reader: mgr.GetClient(), Directory: directory, Editor: editor, Events: mgr.GetEventRecorder("external-dns"), Endpoints: trust,
	})
	w.provider = httptest.NewServer((&externaldns.Server{Provider: provider}).Handler())
	w.solver = certmanager.NewSolver(certmanager.Settings{
		Reader: mgr.GetClient(), Directory: directory, Editor: editor, Events: mgr.GetEventRecorder("cert-manager"), Endpoints: trust,
	})
	return func() {
		w.provider.Close()
		provider.Close()
		w.solver.Close()
	}
}
