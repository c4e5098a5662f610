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

func newShop(t *testing.T, alone, spare int) *shop {
	t.Helper()
	s := &shop{T: t, shares: waking.NewShares(alone, spare), letGo: make(chan struct{}), changed: make(chan struct{}, 1)}
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
	s := newShop(t, workers/2, workers/2)
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

func TestANamespaceThatIsAloneLeavesFewWorkersToSpareAndTheOthersDoNotWait(t *testing.T) {
	const alone, spare = 100, 8
	s := newShop(t, alone, spare)
	s.add("flood", 1000)
	s.await("the flood to take its share", func() bool { return s.hanging == alone })
	for n := range 20 {
		s.add(fmt.Sprintf("tenant-%02d", n), 20)
	}
	s.await("all others", func() bool { return len(s.done) == 20*20 })
	s.mu.Lock()
	if s.hanging > alone {
		t.Errorf("%d of the flood hang, want %d", s.hanging, alone)
	}
	s.mu.Unlock()
	close(s.letGo)
	s.await("the flood itself", func() bool { return len(s.done) == 1000+20*20 })
}

// byHand are workers of shares whose objects a test hands out.
type byHand struct {
	*testing.T
	shares *waking.Shares
	queue  workqueue.TypedRateLimitingInterface[reconcile.Request]
	// begins tells of each object that gets a worker, which it holds until the channel that until gives for it is closed.
	begins  chan struct{}
	until   func(reconcile.Request) <-chan struct{}
	working sync.WaitGroup
}

func newByHand(t *testing.T, alone, spare int, until func(reconcile.Request) <-chan struct{}) *byHand {
	t.Helper()
	w := &byHand{T: t, shares: waking.NewShares(alone, spare), begins: make(chan struct{}), until: until}
	options := w.shares.Options()
	w.queue = options.NewQueue("by hand", options.RateLimiter)
	t.Cleanup(w.queue.ShutDown)
	if err := w.shares.Source().Start(t.Context(), w.queue); err != nil {
		t.Fatal(err)
	}
	return w
}

// work hands an object out, and says whether it got a worker. It says in left, which may be nil, when that has been given back.
func (w *byHand) work(request reconcile.Request, left chan<- struct{}) bool {
	begun := false
	worked := w.shares.Among(reconcile.Func(func(context.Context, ctrl.Request) (ctrl.Result, error) {
		begun = true
		w.begins <- struct{}{}
		<-w.until(request)
		return ctrl.Result{}, nil
	}))
	returned := make(chan struct{})
	w.working.Go(func() {
		_, _ = worked.Reconcile(w.Context(), request)
		close(returned)
		if begun && left != nil {
			left <- struct{}{}
		}
	})
	select {
	case <-w.begins:
		return true
	case <-returned:
		return false
	}
}

func TestNamespacesThatHangOneAfterTheOtherLeaveWorkersToThoseThatComeThen(t *testing.T) {
	const alone, spare, floods = 100, 32, 3
	letGo := make(chan struct{})
	w := newByHand(t, alone, spare, func(reconcile.Request) <-chan struct{} { return letGo })
	busy := 0
	for n := range floods * 2 * alone {
		if w.work(reconcile.Request{NamespacedName: types.NamespacedName{Namespace: fmt.Sprint("flood-", n/(2*alone)), Name: fmt.Sprint(n)}}, nil) {
			busy++
		}
	}
	close(letGo)
	w.working.Wait()
	if left := alone + spare - busy; left < spare/4-1 {
		t.Errorf("%d floods leave %d of %d workers", floods, left, alone+spare)
	}
}

func TestEditsGoOnBesideObjectsThatHangHoweverManyHaveOnlyWoken(t *testing.T) {
	const alone, spare, woken, edited = 64, 16, 500, 400
	letGo, end := make(chan struct{}), make(chan struct{})
	w := newByHand(t, alone, spare, func(request reconcile.Request) <-chan struct{} {
		if request.Name < "hangs-" {
			return letGo
		}
		return end
	})
	request := func(kind string, n int) reconcile.Request {
		return reconcile.Request{NamespacedName: types.NamespacedName{Namespace: "team", Name: fmt.Sprint(kind, n)}}
	}
	for n := range woken {
		w.work(request("hangs-", n), nil)
	}
	left, begun := make(chan struct{}, edited), 0
	for n := range edited {
		change(w.shares, request("edit-", n))
		if w.work(request("edit-", n), left) {
			begun++
		}
	}
	close(letGo)
	for ended := 0; ended < begun; ended++ {
		<-left // The next one is queued by then.
		for w.queue.Len() > 0 {
			next, _ := w.queue.Get()
			w.queue.Done(next)
			if w.work(next, left) {
				begun++
			}
		}
	}
	if begun != edited {
		t.Errorf("%d of %d edits were carried out", begun, edited)
	}
	close(end)
	w.working.Wait()
}

func TestWhoGetsAWorkerByItselfIsNotQueuedInAnothersPlace(t *testing.T) {
	ends := map[string]chan struct{}{}
	w := newByHand(t, 8, 8, func(request reconcile.Request) <-chan struct{} { return ends[request.Name] })
	named := func(name string) reconcile.Request {
		return reconcile.Request{NamespacedName: types.NamespacedName{Namespace: "team", Name: name}}
	}
	left := make(chan struct{}, 1)
	edit := func(name string) bool {
		change(w.shares, named(name))
		return w.work(named(name), left)
	}
	for _, name := range []string{"0", "1", "2", "3", "4", "5", "6", "7", "first", "second", "slow", "quick"} {
		ends[name] = make(chan struct{})
	}
	for n := range 8 {
		w.work(named(fmt.Sprint(n)), nil)
	}
	if !edit("first") || !edit("second") || edit("slow") || edit("quick") {
		t.Fatal("two workers are kept for what somebody changes")
	}
	close(ends["first"])
	<-left
	queued, _ := w.queue.Get()
	w.queue.Done(queued)
	if queued != named("slow") || !edit("quick") || w.work(queued, left) {
		t.Fatalf("queued is %v, and the other got no worker by being edited once more", queued)
	}
	close(ends["quick"])
	<-left
	if w.queue.Len() != 1 {
		t.Fatalf("%d are queued when a worker is free again", w.queue.Len())
	}
	if queued, _ = w.queue.Get(); queued != named("slow") {
		t.Errorf("queued is %v, which has had its worker", queued)
	}
	for name, end := range ends {
		if name != "first" && name != "quick" {
			close(end)
		}
	}
	w.working.Wait()
}

func TestWhoWaitsForAWorkerGetsOneInTheEnd(t *testing.T) {
	s := newShop(t, 2, 2)
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
	shares := waking.NewShares(1, 1)
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
