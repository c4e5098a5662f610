package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/pflag"
	"k8s.io/client-go/dynamic"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/internal/serving"
)

type servingOptions struct {
	folder string
	// service is what the Secret and the ConfigMap are called after, and host the Service that the certificate is for.
	service, host string
}

func (o *servingOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.folder, "tls-cert-dir", "", "folder with tls.crt and tls.key to serve TLS with, and ca.crt to publish, as cert-manager mounts them; empty for a certificate that the operator makes itself")
	flags.StringVar(&o.service, "service-name", defaultService, "name of the operator's Service: of the certificate that it makes itself, which it keeps in the Secret <name>-tls, and whose authority it publishes in the ConfigMap <name>-ca; where it is not given, $SERVICE_NAME outranks it as the name of the certificate")
}

// defaultService is what the manifests call the Service, unless they are given another prefix.
const defaultService = "regapi-operator"

// complete finds out which Service the certificate is for.
func (o *servingOptions) complete() {
	o.host = o.service
	if named := os.Getenv("SERVICE_NAME"); named != "" && o.service == defaultService {
		o.host = named
	}
}

// certificateSource makes the serving certificate for the parts that ask for it. If none does, nothing is made.
type certificateSource struct {
	servingOptions
	mgr         ctrl.Manager
	namespace   string
	apiServices []string
	made        serving.Certificate
}

// source prepares the certificate; apiServices are the names of the APIServices that may ask for its authority.
func (o *servingOptions) source(mgr ctrl.Manager, namespace string, apiServices []string) *certificateSource {
	o.complete()
	return &certificateSource{servingOptions: *o, mgr: mgr, namespace: namespace, apiServices: apiServices}
}

// get gives everybody the same certificate. It is there soon after the manager has started.
func (c *certificateSource) get() (serving.Certificate, error) {
	if c.made != nil {
		return c.made, nil
	}
	source, err := c.make()
	if err != nil {
		return nil, fmt.Errorf("prepare the serving certificate: %w", err)
	}
	c.made = source
	return source, c.mgr.Add(source)
}

func (c *certificateSource) make() (serving.Source, error) {
	direct, directErr := client.New(c.mgr.GetConfig(), client.Options{Scheme: c.mgr.GetScheme()})
	untyped, untypedErr := dynamic.NewForConfig(c.mgr.GetConfig())
	settings := serving.Settings{Kube: direct, Dynamic: untyped, Namespace: c.namespace, Service: c.host, ObjectName: c.service, APIServices: c.apiServices}
	if c.folder != "" {
		return serving.NewFiles(c.folder, settings), errors.Join(directErr, untypedErr)
	}
	return serving.NewSelfManaged(settings), errors.Join(directErr, untypedErr)
}
