package fresh_test

import (
	"context"
	"errors"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/fresh"
)

// lagging is an API server, and a cache of it that learns of writes only when it is told.
type lagging struct {
	*testing.T
	*fresh.Client
	server client.WithWatch
	shown  *v1alpha1.Domain
	// reads of the server itself.
	reads int
	// lost makes the answer to the next write get lost.
	lost bool
}

var key = client.ObjectKey{Namespace: "team", Name: "example"}

func newLagging(t *testing.T) *lagging {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	object := &v1alpha1.Domain{ObjectMeta: metav1.ObjectMeta{Namespace: key.Namespace, Name: key.Name}}
	l := &lagging{T: t, server: fake.NewClientBuilder().WithScheme(scheme).WithStatusSubresource(object).WithObjects(object).Build()}
	cached := interceptor.NewClient(l.server, interceptor.Funcs{
		Get: func(_ context.Context, _ client.WithWatch, _ client.ObjectKey, into client.Object, _ ...client.GetOption) error {
			l.shown.DeepCopyInto(into.(*v1alpha1.Domain))
			return nil
		},
		SubResourcePatch: func(ctx context.Context, c client.Client, sub string, object client.Object, patch client.Patch, options ...client.SubResourcePatchOption) error {
			err := c.SubResource(sub).Patch(ctx, object, patch, options...)
			if l.lost {
				l.lost = false
				return errors.New("the answer got lost")
			}
			return err
		},
	})
	live := interceptor.NewClient(l.server, interceptor.Funcs{
		Get: func(ctx context.Context, c client.WithWatch, k client.ObjectKey, into client.Object, options ...client.GetOption) error {
			l.reads++
			return c.Get(ctx, k, into, options...)
		},
	})
	l.Client = fresh.New(cached, live)
	l.catchUp()
	return l
}

// catchUp lets the cache learn of all writes so far.
func (l *lagging) catchUp() {
	l.Helper()
	now := &v1alpha1.Domain{}
	if err := l.server.Get(l.Context(), key, now); err != nil {
		l.Fatal(err)
	}
	l.shown = now
}

// reconcile shows a service in the status, from the object as the client shows it.
func (l *lagging) reconcile(service string) error {
	l.Helper()
	var object v1alpha1.Domain
	if err := l.Get(l.Context(), key, &object); err != nil {
		return err
	}
	before := object.DeepCopy()
	object.Status.ServiceID = service
	return l.Status().Patch(l.Context(), &object, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{}))
}

func TestASecondLookBeforeTheCacheHasCaughtUpSeesTheOwnWrite(t *testing.T) {
	l := newLagging(t)
	for _, service := range []string{"1", "2", "3"} {
		if err := l.reconcile(service); err != nil {
			t.Errorf("%s: %v", service, err)
		}
	}
	if l.reads != 2 {
		t.Errorf("%d reads of the API server, want one for each look at what the cache does not show yet", l.reads)
	}
	l.catchUp()
	if err := l.reconcile("4"); err != nil || l.reads != 2 {
		t.Errorf("when the cache has caught up: %v, %d reads", err, l.reads)
	}
}

func TestAfterALostAnswerTheAPIServerIsAskedAndNotTheCache(t *testing.T) {
	l := newLagging(t)
	l.lost = true
	if err := l.reconcile("1"); err == nil {
		t.Fatal("the answer was not lost")
	}
	if err := l.reconcile("2"); err != nil || l.reads != 1 {
		t.Errorf("the next attempt: %v, %d reads", err, l.reads)
	}
}

func TestAConflictWithSomebodyElseHappensOnce(t *testing.T) {
	l := newLagging(t)
	other := l.shown.DeepCopy()
	other.Labels = map[string]string{"team": "b"}
	if err := l.server.Update(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if err := l.reconcile("1"); err == nil {
		t.Fatal("the write from an older state came through")
	}
	if err := l.reconcile("1"); err != nil {
		t.Errorf("the next attempt, which the cache does not help: %v", err)
	}
}

func TestAnObjectThatNobodyHasWrittenComesFromTheCache(t *testing.T) {
	l := newLagging(t)
	var object v1alpha1.Domain
	if err := l.Get(t.Context(), key, &object); err != nil || l.reads != 0 {
		t.Errorf("%v, %d reads", err, l.reads)
	}
}
