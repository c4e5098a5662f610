package serving

import (
	"context"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

const (
	managedByLabel = "app.kubernetes.io/managed-by"
	managedBy      = "regapi-operator"
	// collisions is how often a write is tried again that somebody else came before.
	collisions = 5
)

var errNoLabel = errors.New("it has no label " + managedByLabel + "=" + managedBy)

// foreign is the error for an object that is not ours to write.
func foreign(reason error) error {
	return fmt.Errorf("it was not made by this operator (%w): delete it, or give the operator another --service-name", reason)
}

// object is a pointer to a T.
type object[T any] interface {
	client.Object
	*T
}

// swap reads an object and writes what change makes of it, unless somebody else has written meanwhile; then it begins
// anew. Change is told whether the object is there, and says whether it has to be written.
func swap[T any, O object[T]](ctx context.Context, kube client.Client, key types.NamespacedName, change func(each O, found bool) (write bool, err error)) error {
	var collision error
	for range collisions {
		each := O(new(T))
		err := kube.Get(ctx, key, each)
		found := err == nil
		if err != nil && !apierrors.IsNotFound(err) {
			return err
		}
		if changed, err := change(each, found); err != nil || !changed {
			return err
		}
		collision = write(ctx, kube, key, each, found)
		if !apierrors.IsConflict(collision) && !apierrors.IsAlreadyExists(collision) && !apierrors.IsNotFound(collision) {
			return collision
		}
	}
	return collision
}

func write(ctx context.Context, kube client.Client, key types.NamespacedName, each client.Object, found bool) error {
	if found {
		return kube.Update(ctx, each)
	}
	each.SetNamespace(key.Namespace)
	each.SetName(key.Name)
	each.SetLabels(map[string]string{managedByLabel: managedBy})
	return kube.Create(ctx, each)
}

// keepSecret gives the keyring as the Secret holds it in the end, whoever wrote it.
func (s *SelfManaged) keepSecret(ctx context.Context) (keyring, error) {
	key := s.secretKey()
	var ring keyring
	var made bool
	err := swap(ctx, s.settings.Kube, key, func(secret *corev1.Secret, found bool) (bool, error) {
		var err error
		if ring, made, err = s.readSecret(secret, found); err != nil || !made {
			return false, err
		}
		if !found {
			secret.Type = corev1.SecretTypeTLS
		}
		secret.Data, err = ring.encode()
		return true, err
	})
	if err != nil {
		return keyring{}, fmt.Errorf("keep the serving certificate in Secret %s: %w", key, err)
	}
	if made {
		log.FromContext(ctx).Info("Made a serving certificate", "secret", klog.KRef(key.Namespace, key.Name), "expires", ring.serving.certificate.NotAfter)
	}
	return ring, nil
}

// readSecret gives the keyring that the Secret has to hold, and whether it differs from what is there.
func (s *SelfManaged) readSecret(secret *corev1.Secret, found bool) (ring keyring, changed bool, err error) {
	if !found {
		ring, err = newKeyring(s.names, s.settings.Clock.Now())
		return ring, true, err
	}
	if secret.Labels[managedByLabel] != managedBy {
		return keyring{}, false, foreign(errNoLabel)
	}
	if ring, err = decodeKeyring(secret.Data); err != nil {
		return keyring{}, false, foreign(err)
	}
	return ring.renewed(s.names, s.settings.Clock.Now())
}

// publish keeps the authorities in a ConfigMap, from where other programs take what they have to trust.
func (p publisher) publish(ctx context.Context, bundle []byte) error {
	key := p.configMapKey()
	err := swap(ctx, p.settings.Kube, key, func(published *corev1.ConfigMap, found bool) (bool, error) {
		if found && published.Labels[managedByLabel] != managedBy {
			return false, foreign(errNoLabel)
		}
		if published.Data[authorityChainKey] == string(bundle) {
			return false, nil
		}
		published.Data = map[string]string{authorityChainKey: string(bundle)}
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("publish the certificate authority in ConfigMap %s: %w", key, err)
	}
	return nil
}
