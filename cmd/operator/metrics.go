package main

import (
	"crypto/tls"
	"fmt"
	"net/http"

	"github.com/spf13/pflag"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/metrics/filters"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/regapi-io/regapi-operator/internal/serving"
)

// Whoever reads metrics shows a token, which the API server is asked about.
// +kubebuilder:rbac:groups=authentication.k8s.io,resources=tokenreviews,verbs=create
// +kubebuilder:rbac:groups=authorization.k8s.io,resources=subjectaccessreviews,verbs=create

// metricsOptions are about who may read metrics, and how.
type metricsOptions struct {
	address string
	secure  bool
}

func (o *metricsOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.address, "metrics-bind-address", ":8080", "address to serve Prometheus metrics on; 0 for none")
	flags.BoolVar(&o.secure, "metrics-secure", true, "serve metrics by TLS, to whom the API server of Kubernetes lets get /metrics; with false in clear, to whoever reaches the address")
}

// serves says whether there are metrics that need a certificate.
func (o *metricsOptions) serves() bool { return o.secure && o.address != "0" }

// settings of the server, and what keeps its certificate; nil where it needs none.
func (o *metricsOptions) settings(config *rest.Config, namespace string, options servingOptions) (server.Options, *serving.Follower, error) {
	settings := server.Options{BindAddress: o.address}
	if !o.serves() {
		return settings, nil, nil
	}
	follower, err := options.follower(config, namespace)
	if err != nil {
		return settings, nil, err
	}
	settings.SecureServing, settings.FilterProvider = true, askingSlowly
	settings.TLSOpts = []func(*tls.Config){func(c *tls.Config) {
		c.MinVersion, c.NextProtos, c.GetCertificate = tls.VersionTLS12, []string{"http/1.1"}, follower.GetCertificate
	}}
	return settings, follower, nil
}

// askingSlowly has strangers who send tokens not use up what the controllers need of the API server.
func askingSlowly(config *rest.Config, client *http.Client) (server.Filter, error) {
	config = rest.CopyConfig(config)
	config.QPS, config.Burst = 10, 20
	return filters.WithAuthenticationAndAuthorization(config, client)
}

// follower gives the certificate that whoever leads makes, or that of the files.
func (o servingOptions) follower(config *rest.Config, namespace string) (*serving.Follower, error) {
	if o.folder != "" {
		return serving.NewFileFollower(o.folder), nil
	}
	direct, err := client.New(config, client.Options{})
	if err != nil {
		return nil, fmt.Errorf("connect to the API server: %w", err)
	}
	return serving.NewFollower(serving.Settings{Kube: direct, Namespace: namespace, Service: o.service}), nil
}
