package serving

import (
	"context"
	"errors"

	"k8s.io/apimachinery/pkg/types"
)

// +kubebuilder:rbac:groups="",namespace=system,resources=secrets,verbs=create
// +kubebuilder:rbac:groups="",namespace=system,resources=secrets,resourceNames=regapi-operator-tls,verbs=get;update

// SelfManaged is a certificate that the operator makes itself, with a certificate authority of its own. Both live in a
// Secret, so that they outlive the process, and whoever leads next goes on with them. The authority is published in a
// ConfigMap, and in an APIService that asks for it.
type SelfManaged struct {
	*current
	publisher
	names []string
}

// NewSelfManaged gives a certificate for the names that a Service has inside a cluster, and for localhost.
func NewSelfManaged(settings Settings) *SelfManaged {
	inCluster := settings.Service + "." + settings.Namespace
	return &SelfManaged{
		current: newCurrent(), publisher: newPublisher(settings),
		names: []string{inCluster + ".svc", inCluster + ".svc.cluster.local", inCluster, "localhost"},
	}
}

// SecretName is where the keys of a Service's certificate live.
func SecretName(service string) string { return service + "-tls" }

func (s *SelfManaged) secretKey() types.NamespacedName {
	return types.NamespacedName{Namespace: s.settings.Namespace, Name: SecretName(s.settings.ObjectName)}
}

// Start keeps the certificate until the context ends.
func (s *SelfManaged) Start(ctx context.Context) error {
	s.keepUp(ctx, s.keep, newTouches())
	return nil
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
		s.tell(ctx, bundle),
		s.set(encodeCertificates(ring.serving.certificate), key),
	)
}
