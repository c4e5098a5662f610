package controllertest

import (
	"context"
	"fmt"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/door"
)

// Plan asks for a plan, and holds against it that the registrar was asked for nothing that changes something and that no object was written. What the
// controllers write beside it now and then, such as an Account that was swept, does not come every time.
func (h *Harness) Plan(plan func(context.Context, client.Object) (door.PlanAnswer, error), object client.Object) (door.PlanAnswer, error) {
	h.Helper()
	diff := ""
	for range 3 {
		writes, before := h.Writes(), h.versions()
		answer, err := plan(h.Context(), object)
		if now := h.Writes(); now != writes {
			h.Errorf("a plan has sent %d requests that change something", now-writes)
		}
		if diff = cmp.Diff(before, h.versions()); diff == "" {
			return answer, err
		}
	}
	h.Fatalf("every plan writes objects (-before +after):\n%s", diff)
	return door.PlanAnswer{}, nil
}

// versions are those of all objects that a controller writes.
func (h *Harness) versions() map[string]string {
	h.Helper()
	versions := map[string]string{}
	for _, list := range []client.ObjectList{
		&v1alpha1.AccountList{}, &v1alpha1.DomainList{}, &v1alpha1.DNSZoneList{}, &v1alpha1.FolderList{}, &v1alpha1.OrderList{},
		&corev1.ConfigMapList{}, &corev1.SecretList{}, &corev1.EventList{},
	} {
		if err := h.List(h.Context(), list, client.InNamespace(h.Namespace)); err != nil {
			h.Fatal(err)
		}
		err := meta.EachListItem(list, func(item runtime.Object) error {
			object := item.(client.Object)
			versions[fmt.Sprintf("%T %s", object, object.GetName())] = object.GetResourceVersion()
			return nil
		})
		if err != nil {
			h.Fatal(err)
		}
	}
	return versions
}
