package account

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

const (
	ledgerPrefix = "regapi-budget-"
	ledgerKey    = "ledger"
	managedBy    = "app.kubernetes.io/managed-by"
)

// ConfigMapLedger keeps the ledger of a budget in a ConfigMap, so that restarts, crashes and changes of leader never
// overspend. Its version is the object's resourceVersion.
type ConfigMapLedger struct {
	kube client.Client
	key  types.NamespacedName
}

// NewConfigMapLedger gives the ledger of the budget of a name. The client must not read from a cache.
func NewConfigMapLedger(kube client.Client, namespace, name string) *ConfigMapLedger {
	return &ConfigMapLedger{kube: kube, key: types.NamespacedName{Namespace: namespace, Name: ledgerPrefix + name}}
}

// Load reads the ConfigMap. A ledger that was never written has no data and no version.
func (l *ConfigMapLedger) Load(ctx context.Context) (data []byte, version string, err error) {
	var found corev1.ConfigMap
	if err := l.kube.Get(ctx, l.key, &found); err != nil {
		if apierrors.IsNotFound(err) {
			return nil, "", nil
		}
		return nil, "", fmt.Errorf("read ConfigMap %s: %w", l.key, err)
	}
	return []byte(found.Data[ledgerKey]), found.ResourceVersion, nil
}

// Save writes the ConfigMap if it still has the version.
func (l *ConfigMapLedger) Save(ctx context.Context, data []byte, version string) (newVersion string, err error) {
	object := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: l.key.Namespace, Name: l.key.Name, ResourceVersion: version,
			Labels: map[string]string{managedBy: "regapi-operator"},
		},
		Data: map[string]string{ledgerKey: string(data)},
	}
	write := l.kube.Update
	if version == "" {
		write = func(ctx context.Context, object client.Object, _ ...client.UpdateOption) error {
			return l.kube.Create(ctx, object)
		}
	}
	err = write(ctx, object)
	switch {
	case err == nil:
		return object.ResourceVersion, nil
	case apierrors.IsConflict(err), apierrors.IsAlreadyExists(err), apierrors.IsNotFound(err):
		return "", budget.ErrConflict
	default:
		return "", fmt.Errorf("write ConfigMap %s: %w", l.key, err)
	}
}
