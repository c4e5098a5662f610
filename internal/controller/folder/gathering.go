package folder

import (
	"context"
	"maps"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

const (
	// linger lets Domains that change together make one request: a Folder is looked at when none has changed for so long.
	linger = 2 * time.Second
	// gatherAtMost is how long it waits for more at most.
	gatherAtMost = time.Minute
)

// gathering notes when Domains that a Folder selects have changed. The zero value is ready to use; it is safe for concurrent use.
type gathering struct {
	mu    sync.Mutex
	waits map[types.NamespacedName]*wait
}

// wait is that of a Folder, since its first change that it was not looked at for.
type wait struct{ first, last time.Time }

// note takes note of a change, and gives how long its Folder waits for more.
func (g *gathering) note(key types.NamespacedName) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.waits == nil {
		g.waits = map[types.NamespacedName]*wait{}
	}
	now := time.Now()
	if g.waits[key] == nil {
		g.waits[key] = &wait{first: now}
	}
	g.waits[key].last = now
	return linger
}

// left is how long a Folder still waits; 0 ends the wait.
func (g *gathering) left(key types.NamespacedName) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	w := g.waits[key]
	if w == nil {
		return 0
	}
	left := min(linger-time.Since(w.last), gatherAtMost-time.Since(w.first))
	if left <= 0 {
		delete(g.waits, key)
		return 0
	}
	return left
}

func (g *gathering) forget(key types.NamespacedName) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.waits, key)
}

type queue = workqueue.TypedRateLimitingInterface[reconcile.Request]

// selected wakes the Folders that select a Domain, or did until now, or name it.
func (r *Reconciler) selected() handler.EventHandler {
	return handler.Funcs{
		CreateFunc: func(ctx context.Context, e event.CreateEvent, q queue) { r.wake(ctx, q, e.Object.(*v1alpha1.Domain)) },
		DeleteFunc: func(ctx context.Context, e event.DeleteEvent, q queue) { r.wake(ctx, q, e.Object.(*v1alpha1.Domain)) },
		UpdateFunc: func(ctx context.Context, e event.UpdateEvent, q queue) {
			before, after := e.ObjectOld.(*v1alpha1.Domain), e.ObjectNew.(*v1alpha1.Domain)
			if membershipOf(before).differs(membershipOf(after)) {
				r.wake(ctx, q, before, after)
			}
		},
	}
}

// membership is what of a Domain decides about the folders that it belongs into.
type membership struct {
	labels    map[string]string
	account   types.NamespacedName
	deleting  bool
	serviceID string
}

func membershipOf(d *v1alpha1.Domain) membership {
	return membership{d.Labels, d.Spec.AccountRef.KeyFrom(d.Namespace), !d.DeletionTimestamp.IsZero(), d.Status.ServiceID}
}

func (m membership) differs(other membership) bool {
	return !maps.Equal(m.labels, other.labels) || m.account != other.account || m.deleting != other.deleting || m.serviceID != other.serviceID
}

// wake has the Folders looked at that select one of these states of a Domain.
func (r *Reconciler) wake(ctx context.Context, q queue, states ...*v1alpha1.Domain) {
	var folders v1alpha1.FolderList
	if err := r.List(ctx, &folders, client.UnsafeDisableDeepCopy); err != nil {
		log.FromContext(ctx).Error(err, "Listing the Folders that may select a Domain failed")
		return
	}
	for i := range folders.Items {
		for _, domain := range states {
			if f := &folders.Items[i]; selects(f, domain) {
				key := client.ObjectKeyFromObject(f)
				q.AddAfter(ctrl.Request{NamespacedName: key}, r.gathering.note(key))
				break
			}
		}
	}
}

// selects says whether the selector of a Folder is for a Domain, whatever Account that names.
func selects(f *v1alpha1.Folder, domain *v1alpha1.Domain) bool {
	if f.Spec.Selector == nil {
		return false
	}
	if domain.Namespace != f.Namespace && f.Spec.SelectFrom != v1alpha1.SelectFromAllowed {
		return false
	}
	selector, err := metav1.LabelSelectorAsSelector(f.Spec.Selector)
	return err == nil && selector.Matches(labels.Set(domain.Labels))
}
