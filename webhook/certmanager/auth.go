package certmanager

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	apiserverconfig "k8s.io/apiserver/pkg/apis/apiserver"
	"k8s.io/apiserver/pkg/authentication/authenticatorfactory"
	"k8s.io/apiserver/pkg/authentication/request/headerrequest"
	"k8s.io/apiserver/pkg/authorization/authorizerfactory"
	"k8s.io/apiserver/pkg/authorization/path"
	"k8s.io/apiserver/pkg/authorization/union"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/apiserver/pkg/server/dynamiccertificates"
	"k8s.io/apiserver/pkg/server/options"
	"k8s.io/client-go/kubernetes"
)

const (
	// authenticationConfig is where kube-apiserver says how to know its front proxy and the clients of the cluster.
	authenticationConfig = "extension-apiserver-authentication"
	// reviewTimeout bounds a question to the API server of Kubernetes, and reviewsFresh is how long its answer holds.
	reviewTimeout = 10 * time.Second
	reviewsFresh  = 10 * time.Second
)

// healthPaths may be asked for by everybody who is somebody.
var healthPaths = []string{"/healthz", "/livez", "/readyz"}

// delegateAuthentication lets the API server of Kubernetes say who a caller is: as its front proxy, by headers; of a
// caller that comes by another way, by the CA of client certificates, or by TokenReview. There is no anonymous caller.
//
// The options of the library do the same, but find the API server by a kubeconfig file only.
func delegateAuthentication(ctx context.Context, kube kubernetes.Interface, config *genericapiserver.Config) error {
	clients, err := dynamiccertificates.NewDynamicCAFromConfigMapController("client-ca", metav1.NamespaceSystem, authenticationConfig, "client-ca-file", kube)
	if err != nil {
		return err
	}
	proxies, err := dynamiccertificates.NewDynamicCAFromConfigMapController("front-proxy-ca", metav1.NamespaceSystem, authenticationConfig, "requestheader-client-ca-file", kube)
	if err != nil {
		return err
	}
	headers := headerrequest.NewRequestHeaderAuthRequestController(
		authenticationConfig, metav1.NamespaceSystem, kube, "requestheader-username-headers", "requestheader-uid-headers",
		"requestheader-group-headers", "requestheader-extra-headers-prefix", "requestheader-allowed-names",
	)
	for _, once := range []func(context.Context) error{proxies.RunOnce, headers.RunOnce} {
		if err := once(ctx); err != nil {
			return fmt.Errorf("read ConfigMap %s of namespace %s, which the ClusterRole regapi-operator-authentication-reader of config/cert-manager allows: %w",
				authenticationConfig, metav1.NamespaceSystem, err)
		}
	}
	config.AddPostStartHookOrDie("front-proxy-headers", func(hook genericapiserver.PostStartHookContext) error {
		go headers.Run(hook, 1)
		return nil
	})
	delegating := authenticatorfactory.DelegatingAuthenticatorConfig{
		Anonymous:               &apiserverconfig.AnonymousAuthConfig{Enabled: false},
		TokenAccessReviewClient: kube.AuthenticationV1(), TokenAccessReviewTimeout: reviewTimeout,
		WebhookRetryBackoff: options.DefaultAuthWebhookRetryBackoff(), CacheTTL: reviewsFresh,
		ClientCertificateCAContentProvider: clients,
		RequestHeaderConfig: &authenticatorfactory.RequestHeaderConfig{
			CAContentProvider: proxies, UsernameHeaders: provider(headers.UsernameHeaders), UIDHeaders: provider(headers.UIDHeaders),
			GroupHeaders: provider(headers.GroupHeaders), ExtraHeaderPrefixes: provider(headers.ExtraHeaderPrefixes),
			AllowedClientNames: provider(headers.AllowedClientNames),
		},
	}
	// Their serving makes the CAs follow the ConfigMap.
	for _, ca := range []dynamiccertificates.CAContentProvider{clients, proxies} {
		if err := config.Authentication.ApplyClientCert(ca, config.SecureServing); err != nil {
			return err
		}
	}
	config.Authentication.RequestHeaderConfig = delegating.RequestHeaderConfig
	config.Authentication.Authenticator, _, err = delegating.New()
	return err
}

func provider(list func() []string) headerrequest.StringSliceProvider {
	return headerrequest.StringSliceProviderFunc(list)
}

// delegateAuthorization lets the API server of Kubernetes say what a caller may do, by SubjectAccessReview.
func delegateAuthorization(kube kubernetes.Interface, config *genericapiserver.Config) error {
	health, err := path.NewAuthorizer(healthPaths)
	if err != nil {
		return err
	}
	delegated, err := authorizerfactory.DelegatingAuthorizerConfig{
		SubjectAccessReviewClient: kube.AuthorizationV1(), AllowCacheTTL: reviewsFresh, DenyCacheTTL: reviewsFresh,
		WebhookRetryBackoff: options.DefaultAuthWebhookRetryBackoff(),
	}.New()
	if err != nil {
		return err
	}
	config.Authorization.Authorizer = union.New(health, delegated)
	return nil
}
