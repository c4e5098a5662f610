package account

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// watchedAPI is an API server of which nothing is asked but to watch.
type watchedAPI struct {
	client.WithWatch

	mu      sync.Mutex
	streams map[string]*watch.FakeWatcher
	begun   int
}

func (a *watchedAPI) Watch(_ context.Context, _ client.ObjectList, options ...client.ListOption) (watch.Interface, error) {
	var list client.ListOptions
	list.ApplyOptions(options)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.begun++
	stream := watch.NewFake()
	a.streams[list.Namespace+" "+list.FieldSelector.String()] = stream
	return stream, nil
}

func TestOnlySecretsThatAreNamedAreWatchedAndByName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := &watchedAPI{streams: map[string]*watch.FakeWatcher{}}
		w := newSecretWatch(api)
		w.queue = workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[reconcile.Request]())
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		one, two := types.NamespacedName{Namespace: "a", Name: "one"}, types.NamespacedName{Namespace: "a", Name: "two"}
		w.follow(one, "shared") // Before it runs.
		running.Go(func() { _ = w.Start(ctx) })
		synctest.Wait()
		w.follow(two, "shared")
		w.follow(two, "shared")
		synctest.Wait()
		stream := api.streams["a metadata.name=shared"]
		if api.begun != 1 || stream == nil {
			t.Fatalf("%d watches: %v", api.begun, api.streams)
		}
		stream.Modify(&metav1.PartialObjectMetadata{})
		synctest.Wait()
		if w.queue.Len() != 2 {
			t.Errorf("%d Accounts are woken", w.queue.Len())
		}
		drain(w.queue)

		w.follow(two, "own")
		w.unfollow(one)
		synctest.Wait()
		if !stream.IsStopped() || api.streams["a metadata.name=own"] == nil {
			t.Errorf("a Secret that nobody names is watched: %v", api.streams)
		}
		api.streams["a metadata.name=own"].Stop() // As the API server does from time to time.
		time.Sleep(2 * rewatch)
		synctest.Wait()
		if api.begun != 3 || w.queue.Len() != 1 {
			t.Errorf("%d watches, %d Accounts woken", api.begun, w.queue.Len())
		}
		stop()
		running.Wait()
		w.queue.ShutDown()
	})
}

func drain(queue workqueue.TypedRateLimitingInterface[reconcile.Request]) {
	for queue.Len() > 0 {
		item, _ := queue.Get()
		queue.Done(item)
	}
}
