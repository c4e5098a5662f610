package controllertest

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/apiservertest"
	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/controller/waking"
	"github.com/regapi-io/regapi-operator/internal/journal"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// Login and Password are what the simulator accepts.
const (
	Login    = "customer"
	Password = "corr3ct-h0rse&battery=staple"
)

// Soon is a distance of sweeps by which a test need not wait for them.
const Soon = 200 * time.Millisecond

// scheme has every kind that the controllers and their tests deal with.
var scheme = func() *runtime.Scheme {
	made := runtime.NewScheme()
	utilruntime.Must(clientgoscheme.AddToScheme(made))
	utilruntime.Must(v1alpha1.AddToScheme(made))
	return made
}()

// Dependencies are those of package controller, which converts from them.
type Dependencies struct {
	Directory    *account.Directory
	Editor       *zone.Editor
	Alarm        *waking.Alarm
	ReleaseGrace time.Duration
	Metrics      prometheus.Registerer
	Publication  zone.Publication

	Holder, OrdersNamespace string
	OrdersClock             ordering.Clock
	OrdersSettleWithin      time.Duration

	Provenance zone.Provenance
}

// Setup registers the controllers with a manager.
type Setup func(context.Context, ctrl.Manager, Dependencies) error

// setup is what Main was given.
var setup Setup

// Main runs the tests of a package with an API server that knows our kinds, and with these controllers. Call it from
// TestMain.
func Main(m *testing.M, controllers Setup) {
	setup = controllers
	apiservertest.Main(m, apiservertest.WithCRDs())
}

// Harness is a simulator, a namespace of the API server, and the controllers between them.
type Harness struct {
	*testing.T
	client.Client

	API       *regapitest.Server
	Namespace string
	// Neighbour is a second namespace; empty unless Options ask for one.
	Neighbour string
	// Logs are those of the controllers.
	Logs *Buffer
	// Manager runs the controllers, which were made of Parts: for a test that calls one itself.
	Manager ctrl.Manager
	Parts   Dependencies
	// Metrics are those of the controllers.
	Metrics *prometheus.Registry
}

// Options change what New makes. Their zero value makes an Account that is swept once, when it starts.
type Options struct {
	// Sweeps is the time between two sweeps; an hour if it is 0.
	Sweeps time.Duration
	// FolderTurn is the time between two readings of folders; that of the operator if it is 0.
	FolderTurn time.Duration
	Simulator  []regapitest.Option
	// WithoutAccount leaves the Account out.
	WithoutAccount bool
	// ReleaseGrace is that of controller.Dependencies.
	ReleaseGrace time.Duration
	// Publication makes the controllers ask the simulator's name server, or NameServer if that is not "".
	Publication bool
	NameServer  string
	// Neighbour makes a second namespace, with these labels, that the controllers look at too.
	Neighbour map[string]string
	// Provenance is that of controller.Dependencies.
	Provenance zone.Provenance
	// ReadOnly is --read-only.
	ReadOnly bool
	// Journal is written each request to, as --journal says; nil for none.
	Journal io.Writer
	// OrdersClock makes Orders possible, in the namespace of the test, and is the time that money goes by.
	OrdersClock ordering.Clock
}

// New starts the controllers with an Account main that is valid, and the domain example.ru in it.
func New(t *testing.T, options Options) *Harness {
	t.Helper()
	simulator, err := regapitest.Start(options.Simulator...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(simulator.Close)
	simulator.AddAccount(regapitest.Account{Login: Login, Password: Password, UserID: 4711})
	simulator.AddDomain(Login, regapitest.Domain{Name: "example.ru", ServiceID: 12345, Created: "2020-01-02", Expires: "2030-01-02"})

	kube, err := client.New(apiservertest.Config(), client.Options{Scheme: scheme})
	if err != nil {
		t.Fatal(err)
	}
	h := &Harness{T: t, Client: kube, API: simulator, Logs: &Buffer{}, Metrics: prometheus.NewRegistry()}
	h.Namespace = h.createNamespace(nil)
	if options.Neighbour != nil {
		h.Neighbour = h.createNamespace(options.Neighbour)
	}
	if options.Sweeps == 0 {
		options.Sweeps = time.Hour
	}
	h.startControllers(options)
	if !options.WithoutAccount {
		h.CreateAccount("main", Login, Password)
	}
	return h
}

func (h *Harness) createNamespace(labels map[string]string) string {
	h.Helper()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "test-", Labels: labels}}
	h.MustCreate(namespace)
	return namespace.Name
}

func (h *Harness) startControllers(options Options) {
	h.Helper()
	namespaces := map[string]cache.Config{h.Namespace: {}}
	if h.Neighbour != "" {
		namespaces[h.Neighbour] = cache.Config{}
	}
	var publication zone.Publication
	if options.Publication {
		publication.Servers = []string{cmp.Or(options.NameServer, h.API.DNSAddr())}
	}
	logger := logr.FromSlogHandler(slog.NewTextHandler(h.Logs, &slog.HandlerOptions{Level: slog.LevelDebug})) // The most that --log-level gives.
	skip := true
	mgr, err := ctrl.NewManager(apiservertest.Config(), ctrl.Options{
		Scheme:     scheme,
		Logger:     logger,
		Metrics:    server.Options{BindAddress: "0"},
		Cache:      cache.Options{DefaultNamespaces: namespaces},
		Controller: config.Controller{SkipNameValidation: &skip},
	})
	if err != nil {
		h.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	alarm := &waking.Alarm{}
	endpoints, err := account.ParseEndpoints(nil, true)
	if err != nil {
		h.Fatal(err)
	}
	directory := account.NewDirectory(account.Settings{
		Secrets: mgr.GetAPIReader(), Endpoints: endpoints, SweepInterval: options.Sweeps, FolderTurn: options.FolderTurn, Applied: zone.Applied,
		Changed: alarm.Ring, ReadOnly: options.ReadOnly, Journal: h.journal(mgr, options.Journal),
	})
	if err := mgr.Add(directory); err != nil {
		h.Fatal(err)
	}
	h.Manager, h.Parts = mgr, Dependencies{
		Directory: directory, Editor: zone.NewEditor(), Alarm: alarm, Publication: publication, ReleaseGrace: options.ReleaseGrace,
		Metrics: h.Metrics, Provenance: options.Provenance, OrdersClock: options.OrdersClock,
	}
	if options.OrdersClock != nil {
		h.Parts.OrdersNamespace = h.Namespace
	}
	if err := setup(ctx, mgr, h.Parts); err != nil {
		h.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- mgr.Start(ctx) }()
	h.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			h.Errorf("the manager: %v", err)
		}
		if h.Failed() {
			h.Logf("logs of the controllers:\n%s", h.Logs.String())
		}
	})
}

// journal keeps one where lines are wanted.
func (h *Harness) journal(mgr ctrl.Manager, lines io.Writer) *journal.Journal {
	h.Helper()
	if lines == nil {
		return nil
	}
	kept := journal.New(journal.DefaultBytes, lines)
	if err := mgr.Add(kept); err != nil {
		h.Fatal(err)
	}
	return kept
}

// Writes counts the requests that could change something.
func (h *Harness) Writes() int { return len(h.API.Journal(regapitest.Writes())) }
