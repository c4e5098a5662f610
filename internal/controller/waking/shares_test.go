package waking_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/regapi-io/regapi-operator/internal/controller/waking"
)

// shop is a controller whose objects of the namespace "flood" hang until they are let go.
type shop struct {
	*testing.T
	shares  *waking.Shares
	queue   workqueue.TypedRateLimitingInterface[reconcile.Request]
	letGo   chan struct{}
	mu      sync.Mutex
	hanging int
	begun   []reconcile.Request
	done    []reconcile.Request
	changed chan struct{}
}

func newShop(t *testing.T, workers int) *shop {
	t.Helper()
	s := &shop{T: t, shares: waking.NewShares(workers), letGo: make(chan struct{}), changed: make(chan struct{}, 1)}
	options := s.shares.Options()
	skip := true
	options.SkipNameValidation, options.Reconciler, options.LogConstructor = &skip, s.shares.Among(s), func(*reconcile.Request) logr.Logger { return logr.Discard() }
	made, err := controller.NewUnmanaged("shop", options)
	if err != nil {
		t.Fatal(err)
	}
	opened := make(chan struct{})
	opening := source.Func(func(_ context.Context, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) error {
		s.queue = queue
		close(opened)
		return nil
	})
	for _, from := range []source.Source{s.shares.Source(), opening} {
		if err := made.Watch(from); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := made.Start(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		stop()
		running.Wait()
	})
	<-opened
	return s
}

func (s *shop) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	if request.Namespace == "flood" {
		s.note(func() { s.begun, s.hanging = append(s.begun, request), s.hanging+1 })
		select {
		case <-s.letGo:
		case <-ctx.Done():
		}
		s.note(func() { s.hanging-- })
	}
	s.note(func() { s.done = append(s.done, request) })
	return ctrl.Result{}, nil
}

func (s *shop) note(what func()) {
	s.mu.Lock()
	what()
	s.mu.Unlock()
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// await waits until something holds of the shop.
func (s *shop) await(what string, holds func() bool) {
	s.Helper()
	timeout := time.After(time.Minute)
	for {
		s.mu.Lock()
		held := holds()
		s.mu.Unlock()
		if held {
			return
		}
		select {
		case <-s.changed:
		case <-timeout:
			s.Fatalf("waited in vain for %s: %d hang, %d are done", what, s.hanging, len(s.done))
		}
	}
}

func (s *shop) add(namespace string, objects int) {
	for n := range objects {
		s.queue.Add(reconcile.Request{NamespacedName: types.NamespacedName{Namespace: namespace, Name: fmt.Sprint(n)}})
	}
}

func TestANamespaceThatFloodsTheQueueLeavesWorkersToTheOthers(t *testing.T) {
	const workers, flood, others, each = 128, 10_000, 49, 20
	s := newShop(t, workers)
	s.add("flood", flood)
	s.await("the flood to take its share", func() bool { return s.hanging == workers/2 })
	for n := range others {
		s.add(fmt.Sprintf("tenant-%02d", n), each)
	}
	s.await("all others", func() bool { return len(s.done) == others*each })
	s.mu.Lock()
	if s.hanging != workers/2 {
		t.Errorf("%d of the flood hang, want %d", s.hanging, workers/2)
	}
	s.mu.Unlock()
	close(s.letGo)
	s.await("the flood itself", func() bool { return len(s.done) == flood+others*each })
}

func TestWhoWaitsForAWorkerGetsOneInTheEnd(t *testing.T) {
	s := newShop(t, 4)
	s.add("flood", 10)
	s.await("the share to be taken", func() bool { return s.hanging == 2 })
	s.add("flood", 10) // Once more while they wait.
	close(s.letGo)
	s.await("all of them", func() bool {
		different := map[reconcile.Request]bool{}
		for _, request := range s.done {
			different[request] = true
		}
		return len(different) == 10 && s.hanging == 0
	})
}

func TestWaitingForAWorkerForgetsNoFailure(t *testing.T) {
	shares := waking.NewShares(2)
	limiter := shares.Options().RateLimiter
	queue := workqueue.NewTypedRateLimitingQueue(limiter)
	defer queue.ShutDown()
	if err := shares.Source().Start(t.Context(), queue); err != nil {
		t.Fatal(err)
	}
	began, letGo := make(chan struct{}), make(chan struct{})
	worked := shares.Among(reconcile.Func(func(context.Context, ctrl.Request) (ctrl.Result, error) {
		close(began)
		<-letGo
		return ctrl.Result{}, nil
	}))
	request := func(name string) reconcile.Request {
		return reconcile.Request{NamespacedName: types.NamespacedName{Namespace: "flood", Name: name}}
	}
	var working sync.WaitGroup
	working.Go(func() { _, _ = worked.Reconcile(t.Context(), request("hangs")) })
	<-began
	if _, err := worked.Reconcile(t.Context(), request("waits")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{"waits": 1, "succeeded": 0} {
		limiter.When(request(name)) // It has failed before.
		limiter.Forget(request(name))
		if got := limiter.NumRequeues(request(name)); got != want {
			t.Errorf("%s: %d failures are remembered, want %d", name, got, want)
		}
	}
	close(letGo)
	working.Wait()
	if next, _ := queue.Get(); next != request("waits") {
		t.Errorf("queued is %v", next)
	}
}
