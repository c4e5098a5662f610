package serving

import (
	"context"
	"errors"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

// +kubebuilder:rbac:groups="",namespace=system,resources=secrets,verbs=create
// +kubebuilder:rbac:groups="",namespace=system,resources=secrets,resourceNames=regapi-operator-tls,verbs=get;update
// +kubebuilder:rbac:groups="",namespace=system,resources=configmaps,verbs=get;create;update

const (
	// checkInterval is how often everything is looked at: whether something is due, and whether somebody has changed it.
	checkInterval = time.Minute
	// retryFirst and retryMax bound the pauses after errors.
	retryFirst = time.Second
	retryMax   = time.Minute
	// calm is waited after a change of the APIService, so that a quarrel with somebody else who writes it stays slow.
	calm = time.Second
)

// Settings of a SelfManaged certificate.
type Settings struct {
	// Kube must not read from a cache: the Secret is compared and swapped.
	Kube client.Client
	// Dynamic is needed for an APIService only.
	Dynamic dynamic.Interface
	// Namespace of the operator: of its Service, the Secret <service>-tls and the ConfigMap <service>-ca.
	Namespace string
	// Service is the name under which clients reach the operator.
	Service string
	// APIService is told the authority if it asks to be (see InjectAnnotation). Empty for none.
	APIService string
	// Clock is that of the machine if nil.
	Clock clock.Clock
}

// SelfManaged is a certificate that the operator makes itself, with a certificate authority of its own. Both live in a
// Secret, so that they outlive the process, and whoever leads next goes on with them. The authority is published in a
// ConfigMap, and in an APIService that asks for it.
type SelfManaged struct {
	*current
	settings Settings
	names    []string
}

// NewSelfManaged gives a certificate for the names that a Service has inside a cluster, and for localhost.
func NewSelfManaged(settings Settings) *SelfManaged {
	if settings.Clock == nil {
		settings.Clock = clock.RealClock{}
	}
	inCluster := settings.Service + "." + settings.Namespace
	return &SelfManaged{
		current: newCurrent(), settings: settings,
		names: []string{inCluster + ".svc", inCluster + ".svc.cluster.local", inCluster, "localhost"},
	}
}

// SecretName is where the keys of a Service's certificate live.
func SecretName(service string) string { return service + "-tls" }

// ConfigMapName is where the authority of a Service's certificate is published, under the key ca.crt.
func ConfigMapName(service string) string { return service + "-ca" }

func (s *SelfManaged) secretKey() types.NamespacedName {
	return types.NamespacedName{Namespace: s.settings.Namespace, Name: SecretName(s.settings.Service)}
}

func (s *SelfManaged) configMapKey() types.NamespacedName {
	return types.NamespacedName{Namespace: s.settings.Namespace, Name: ConfigMapName(s.settings.Service)}
}

// Start keeps the certificate until the context ends. An error is logged and tried again, for ever: most need a human, and
// the rest of the process has work to do meanwhile.
func (s *SelfManaged) Start(ctx context.Context) error {
	var watching sync.WaitGroup
	defer watching.Wait()
	touched := make(chan struct{}, 1)
	if s.settings.APIService != "" {
		watching.Go(func() { s.watchAPIService(ctx, touched) })
	}
	backoff := newBackoff()
	for ctx.Err() == nil {
		pause := checkInterval
		if err := s.keep(ctx); err == nil {
			backoff = newBackoff()
		} else if ctx.Err() == nil {
			log.FromContext(ctx).Error(err, "The serving certificate is not in order")
			pause = backoff.Step()
		}
		s.pause(ctx, pause, touched)
	}
	return nil
}

func newBackoff() wait.Backoff {
	return wait.Backoff{Duration: retryFirst, Factor: 2, Jitter: 0.1, Steps: 10, Cap: retryMax}
}

// pause waits until it is time, or a while after the APIService was touched.
func (s *SelfManaged) pause(ctx context.Context, pause time.Duration, touched <-chan struct{}) {
	timer := s.settings.Clock.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C():
	case <-touched:
		s.pause(ctx, calm, nil)
	}
}

// keep brings the Secret up to date, serves what it holds, and publishes its authorities. One that cannot be published
// does not keep the others back.
func (s *SelfManaged) keep(ctx context.Context) error {
	ring, err := s.keepSecret(ctx)
	if err != nil {
		return err
	}
	bundle := encodeCertificates(ring.bundle...)
	key, err := encodeKey(ring.serving.key)
	if err != nil {
		return err
	}
	return errors.Join(
		s.publish(ctx, bundle),
		s.inject(ctx, bundle),
		s.set(encodeCertificates(ring.serving.certificate), key),
	)
}
