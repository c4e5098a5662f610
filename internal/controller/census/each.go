package census

import (
	"context"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// each visits the objects of a kind, which are only looked at. A cache of all namespaces shows its own: a list of thousands would copy each of
// them at every question.
func each(ctx context.Context, reader client.Reader, kind string, empty client.ObjectList, visit func(runtime.Object)) error {
	if informers, ok := reader.(cache.Informers); ok {
		informer, err := informers.GetInformerForKind(ctx, v1alpha1.GroupVersion.WithKind(kind))
		if err != nil {
			return err
		}
		if shared, ok := informer.(toolscache.SharedInformer); ok {
			for _, object := range shared.GetStore().List() {
				visit(object.(runtime.Object))
			}
			return nil
		}
	}
	if err := reader.List(ctx, empty, client.UnsafeDisableDeepCopy); err != nil {
		return err
	}
	return meta.EachListItem(empty, func(object runtime.Object) error {
		visit(object)
		return nil
	})
}
