package account

import (
	"bytes"
	"context"
	"fmt"
	"strings"

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
	manager      = "regapi-operator"
)

// ConfigMapLedger keeps the ledger of a budget in a ConfigMap, so that restarts, crashes and changes of leader never
// overspend. Its version is the object's resourceVersion, and its time that of the API server.
type ConfigMapLedger struct {
	kube client.Client
	key  types.NamespacedName
}

// NewConfigMapLedger gives the ledger of the budget of a name. The client must not read from a cache.
func NewConfigMapLedger(kube client.Client, namespace, name string) *ConfigMapLedger {
	return &ConfigMapLedger{kube: kube, key: types.NamespacedName{Namespace: namespace, Name: ledgerPrefix + name}}
}

// ConfigMapLedgers names the ledgers in a namespace.
func ConfigMapLedgers(ctx context.Context, kube client.Client, namespace string) ([]string, error) {
	// Their names are all that is asked for.
	list := &metav1.PartialObjectMetadataList{}
	list.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("ConfigMapList"))
	if err := kube.List(ctx, list, client.InNamespace(namespace), client.MatchingLabels{managedBy: manager}); err != nil {
		return nil, err
	}
	var names []string
	for i := range list.Items {
		if name, ok := strings.CutPrefix(list.Items[i].Name, ledgerPrefix); ok {
			names = append(names, name)
		}
	}
	return names, nil
}

// Load reads the ConfigMap. A ledger that was never written has no data and no version.
func (l *ConfigMapLedger) Load(ctx context.Context) (data []byte, stamp budget.Stamp, err error) {
	var found corev1.ConfigMap
	if err := l.kube.Get(ctx, l.key, &found); err != nil {
		if apierrors.IsNotFound(err) {
			return nil, budget.Stamp{}, nil
		}
		return nil, budget.Stamp{}, fmt.Errorf("read ConfigMap %s: %w", l.key, err)
	}
	return []byte(found.Data[ledgerKey]), stampOf(&found), nil
}

// stampOf tells which save an object is of, and when the API server stored it. Whoever labels the object does not count.
func stampOf(object *corev1.ConfigMap) budget.Stamp {
	at := object.CreationTimestamp.Time
	for _, entry := range object.ManagedFields {
		if entry.Time != nil && entry.FieldsV1 != nil && bytes.Contains(entry.FieldsV1.GetRawBytes(), []byte(`"f:`+ledgerKey+`"`)) && entry.Time.After(at) {
			at = entry.Time.Time
		}
	}
	return budget.Stamp{Version: object.ResourceVersion, Time: at}
}

// Save writes the ConfigMap if it still has the version.
func (l *ConfigMapLedger) Save(ctx context.Context, data []byte, version string) (budget.Stamp, error) {
	object := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: l.key.Namespace, Name: l.key.Name, ResourceVersion: version,
			Labels: map[string]string{managedBy: manager},
		},
		Data: map[string]string{ledgerKey: string(data)},
	}
	write := l.kube.Update
	if version == "" {
		write = func(ctx context.Context, object client.Object, _ ...client.UpdateOption) error {
			return l.kube.Create(ctx, object)
		}
	}
	if err := write(ctx, object); err != nil {
		return budget.Stamp{}, l.failure("write", err)
	}
	return stampOf(object), nil
}

// Delete removes the ConfigMap if it still has the version.
func (l *ConfigMapLedger) Delete(ctx context.Context, version string) error {
	object := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: l.key.Namespace, Name: l.key.Name}}
	if err := l.kube.Delete(ctx, object, client.Preconditions{ResourceVersion: &version}); err != nil {
		return l.failure("delete", err)
	}
	return nil
}

// failure tells a conflict with others from what is really wrong.
func (l *ConfigMapLedger) failure(attempt string, err error) error {
	if apierrors.IsConflict(err) || apierrors.IsAlreadyExists(err) || apierrors.IsNotFound(err) {
		return budget.ErrConflict
	}
	return fmt.Errorf("%s ConfigMap %s: %w", attempt, l.key, err)
}
