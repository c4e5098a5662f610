package main

import (
	"net/http"

	"github.com/spf13/pflag"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/regapi-io/regapi-operator/internal/controller"
	"github.com/regapi-io/regapi-operator/internal/events"
	"github.com/regapi-io/regapi-operator/webhook/certmanager"
)

type certManagerOptions struct {
	address string
	group   string
}

func (o *certManagerOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.address, "cert-manager-bind-address", "", "address to serve the DNS01 solver of cert-manager on, such as :8443; empty for none. It serves TLS, and only to whom the API server of Kubernetes allows it")
	flags.StringVar(&o.group, "cert-manager-group-name", certmanager.DefaultGroup, "API group of the solver, which Issuers name as groupName")
}

// apiService is the name of the APIService of the solver; empty if there is no solver.
func (o *certManagerOptions) apiService() string {
	if o.address == "" {
		return ""
	}
	return certmanager.APIServiceName(o.group)
}

// add serves the solver, with the same connections and locks that the controllers use.
func (o *certManagerOptions) add(mgr ctrl.Manager, d controller.Dependencies, direct client.Client, namespace string, certificates *certificateSource, beside map[string]http.Handler) error {
	if o.address == "" {
		return nil
	}
	certificate, err := certificates.get()
	if err != nil {
		return err
	}
	recorder, err := events.New(mgr, "regapi-cert-manager")
	if err != nil {
		return err
	}
	solver := certmanager.NewSolver(certmanager.Settings{
		Reader: mgr.GetClient(), Directory: d.Directory, Editor: d.Editor, Publication: d.Publication,
		Events: recorder, Metrics: metrics.Registry, Kube: direct, Namespace: namespace,
		Endpoints: d.Directory.Endpoints(),
	})
	return mgr.Add(&certmanager.Server{
		Solver: solver, Group: o.group, Address: o.address, Certificate: certificate, Config: mgr.GetConfig(), Beside: beside,
	})
}
