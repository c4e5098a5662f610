package main

import (
	"github.com/spf13/pflag"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/regapi-io/regapi-operator/internal/controller"
	"github.com/regapi-io/regapi-operator/webhook/externaldns"
)

type externalDNSOptions struct {
	address string
	dryRun  bool
}

func (o *externalDNSOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.address, "external-dns-bind-address", "", "address to serve the webhook provider of external-dns on, such as 127.0.0.1:8888; empty for none. It asks nobody who they are: let nobody else reach it")
	flags.BoolVar(&o.dryRun, "external-dns-dry-run", false, "log what external-dns asks for, and write nothing of it")
}

// add serves the webhook provider, with the same connections and locks that the controllers use.
func (o *externalDNSOptions) add(mgr ctrl.Manager, d controller.Dependencies) error {
	if o.address == "" {
		return nil
	}
	provider := externaldns.NewProvider(externaldns.Settings{
		Reader: mgr.GetClient(), Directory: d.Directory, Editor: d.Editor,
		Events: mgr.GetEventRecorder("regapi-external-dns"), Metrics: metrics.Registry, DryRun: o.dryRun,
	})
	return mgr.Add(&externaldns.Server{Provider: provider, Address: o.address})
}
