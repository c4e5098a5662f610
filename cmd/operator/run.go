package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/buildinfo"
	"github.com/regapi-io/regapi-operator/internal/controller"
	"github.com/regapi-io/regapi-operator/internal/controller/waking"
	wire "github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/journal"
	"github.com/regapi-io/regapi-operator/internal/memory"
	"github.com/regapi-io/regapi-operator/internal/provenance"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// minResync keeps a slip of the hand from spending the hourly allowance of requests.
const minResync = time.Second

func run(ctx context.Context, o options) (err error) {
	if err := o.setUpLogging(); err != nil {
		return err
	}
	defer func() { err = logEnd(err) }()
	if err := o.check(); err != nil {
		return err
	}
	build := buildinfo.Read()
	ctrl.Log.Info("The operator starts", "version", build.Version, "commit", build.Commit, "go", build.Go)
	if err := metrics.Registry.Register(build.Collector()); err != nil {
		return err
	}
	mgr, err := o.newManager()
	if err != nil {
		return err
	}
	alarm := &waking.Alarm{}
	// Ledgers and memories are compared and swapped, for which a cache would be too old.
	direct, err := client.New(mgr.GetConfig(), client.Options{Scheme: mgr.GetScheme()})
	if err != nil {
		return fmt.Errorf("connect to the API server: %w", err)
	}
	made := provenance.New(direct, o.namespace)
	kept, err := o.door.newJournal()
	if err != nil {
		return err
	}
	directory, err := o.newDirectory(ctx, mgr, direct, alarm, kept)
	if err != nil {
		return err
	}
	dependencies := controller.Dependencies{
		Directory: directory, Editor: zone.NewEditor(), Alarm: alarm, Publication: zone.Publication{Servers: o.authoritative}, Provenance: made,
		Metrics: metrics.Registry, OrdersNamespace: cmp.Or(o.ordersNamespace, o.namespace), Holder: o.namespace, OrdersSettleWithin: o.settleWithin,
	}
	if err := controller.SetupWithManager(ctx, mgr, dependencies); err != nil {
		return fmt.Errorf("set up the controllers: %w", err)
	}
	if err := o.leader.add(mgr, o.namespace); err != nil {
		return err
	}
	certificates, err := o.certificates(mgr)
	if err != nil {
		return err
	}
	if err := o.externalDNS.add(mgr, dependencies, made, certificates); err != nil {
		return err
	}
	beside, err := o.door.beside(mgr, dependencies, kept)
	if err != nil {
		return err
	}
	if err := o.certManager.add(mgr, dependencies, direct, o.namespace, certificates, beside); err != nil {
		return err
	}
	if o.start != nil {
		return o.start(ctx, mgr)
	}
	return mgr.Start(ctx)
}

// check refuses flags that cannot be meant.
func (o *options) check() error {
	switch {
	case o.resync < minResync:
		return fmt.Errorf("--resync-interval %s is too short: give at least %s", o.resync, minResync)
	case o.settleWithin != 0 && slices.ContainsFunc(o.endpoints, func(e string) bool { return !strings.HasPrefix(e, "http://127.0.0.1:") }):
		return errors.New("--orders-settle-within is for simulators, since it would pay twice at a registrar: give their addresses at 127.0.0.1 in --endpoints, and no other")
	case o.door.serve && o.certManager.address == "":
		return errNoDoor
	}
	return nil
}

// certificates makes the serving certificate, for metrics at once and for the rest if asked for it.
func (o *options) certificates(mgr ctrl.Manager) (*certificateSource, error) {
	source := o.serving.source(mgr, o.namespace, o.apiServices())
	if !o.metrics.serves() {
		return source, nil
	}
	_, err := source.get()
	return source, err
}

// apiServices are the names of the APIServices whose requests come here.
func (o *options) apiServices() []string {
	var names []string
	if solver := o.certManager.apiService(); solver != "" {
		names = append(names, solver)
	}
	if o.door.serve {
		names = append(names, wire.APIServiceName)
	}
	return names
}

func (o *options) newDirectory(ctx context.Context, mgr ctrl.Manager, direct client.Client, alarm *waking.Alarm, kept *journal.Journal) (*account.Directory, error) {
	endpoints, err := account.ParseEndpoints(o.endpoints, o.loopback)
	if err != nil {
		return nil, fmt.Errorf("--endpoints: %w", err)
	}
	directory := account.NewDirectory(account.Settings{
		Secrets:       mgr.GetAPIReader(),
		Endpoints:     endpoints,
		SweepInterval: o.resync,
		Ledger: func(name string) budget.Ledger {
			return account.NewConfigMapLedger(direct, o.namespace, name)
		},
		Ledgers: func(ctx context.Context) ([]string, error) {
			return account.ConfigMapLedgers(ctx, direct, o.namespace)
		},
		EgressPerHour: o.egressPerHour,
		Applied:       zone.Applied,
		Observer:      account.NewMetrics(metrics.Registry).Observer,
		Changed:       alarm.Ring,
		Journal:       kept,
		Leads:         o.leader.leads(),
		ReadOnly:      o.readOnly,
		Subject:       ownSubject(ctx, direct),
	})
	return directory, errors.Join(metrics.Registry.Register(directory), mgr.Add(directory), mgr.Add(kept))
}

func (o *options) newManager() (ctrl.Manager, error) {
	config, err := o.restConfig()
	if err != nil {
		return nil, err
	}
	served, certificate, err := o.metrics.settings(config, o.namespace, o.serving)
	if err != nil {
		return nil, err
	}
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		return nil, err
	}
	settings := ctrl.Options{
		Scheme:                 scheme,
		Metrics:                served,
		PprofBindAddress:       o.pprofAddress,
		Cache:                  cache.Options{DefaultTransform: memory.Compact},
		HealthProbeBindAddress: o.healthAddress,
	}
	if orders := cmp.Or(o.ordersNamespace, o.namespace); orders != "" { // They lie there and nowhere else; a plain cache asks for them there alone.
		there := fields.OneTermEqualSelector("metadata.namespace", orders)
		settings.Cache.ByObject = map[client.Object]cache.ByObject{&v1alpha1.Order{}: {Field: there}}
	}
	if err := o.leader.setUp(&settings, config, o.namespace); err != nil {
		return nil, err
	}
	mgr, err := ctrl.NewManager(config, settings)
	if err != nil {
		return nil, fmt.Errorf("connect to the API server: %w", err)
	}
	if certificate != nil {
		err = mgr.Add(certificate)
	}
	return mgr, errors.Join(err, mgr.Add(memory.Keeper{}), mgr.AddHealthzCheck("ping", healthz.Ping), mgr.AddReadyzCheck("ping", healthz.Ping))
}

func (o *options) restConfig() (*rest.Config, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = o.kubeconfig
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, nil).ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("find the API server: %w", err)
	}
	// Batches of a thousand objects write as many statuses, and what waits for these keeps the batch waiting; the API server itself
	// bounds what it takes.
	config.QPS, config.Burst = 200, 400
	return config, nil
}

func (o *options) setUpLogging() error {
	var level slog.Level
	// Below debug, which "debug-4" would ask for, the client of Kubernetes writes down all bodies: Secrets with their passwords and contacts.
	if err := level.UnmarshalText([]byte(o.logLevel)); err != nil || level < slog.LevelDebug {
		return fmt.Errorf("--log-level %q: give debug, info, warn or error", o.logLevel)
	}
	var handler slog.Handler
	switch o.logFormat {
	case "text":
		handler = slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})
	case "json":
		handler = slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level})
	default:
		return fmt.Errorf("--log-format %q: give text or json", o.logFormat)
	}
	// The standard library's log goes there as well, in which HTTP servers complain.
	slog.SetDefault(slog.New(tempered{Handler: handler}))
	logger := logr.FromSlogHandler(tempered{Handler: handler})
	ctrl.SetLogger(logger)
	klog.SetLogger(logger)
	return nil
}
