package waking

import (
	"context"
	"sync"

	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"
)

// Shares keep one namespace from taking all workers of a controller: with ten thousand objects at an endpoint that hangs, say. A namespace may
// have as many of its objects worked on as there are workers free. So one that is alone gets half of them, and with n that want more
// than they get an equal part each; whoever comes then finds as many free. An object that has to wait takes no worker meanwhile.
//
// Shares belong to one controller, which has to be given all of Source, Options and Among. They are safe for concurrent use.
type Shares struct {
	workers int

	mu    sync.Mutex
	queue workqueue.TypedRateLimitingInterface[reconcile.Request]
	// busy workers, and those of each namespace.
	busy   int
	busyIn map[string]int
	// waiting are the objects of each namespace that came in vain, in their order; isWaiting has each of them.
	waiting   map[string][]reconcile.Request
	isWaiting map[reconcile.Request]bool
}

// NewShares divides so many workers.
func NewShares(workers int) *Shares {
	return &Shares{
		workers: workers,
		busyIn:  map[string]int{}, waiting: map[string][]reconcile.Request{}, isWaiting: map[reconcile.Request]bool{},
	}
}

// Source lets the shares queue who has waited.
func (s *Shares) Source() source.Source {
	return source.Func(func(_ context.Context, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.queue = queue
		return nil
	})
}

// Options are those of a controller with these workers.
func (s *Shares) Options() controller.Options {
	options := Options(s.workers)
	options.RateLimiter = patient{options.RateLimiter, s}
	return options
}

// Among gives a reconciler that works on an object as soon as its namespace has a worker left.
func (s *Shares) Among(inner reconcile.Reconciler) reconcile.Reconciler {
	return reconcile.Func(func(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
		if !s.enter(request) {
			return ctrl.Result{}, nil
		}
		defer s.leave(request.Namespace)
		return inner.Reconcile(ctx, request)
	})
}

// enter takes a worker for an object, or has it wait.
func (s *Shares) enter(request reconcile.Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.hasRoom(request.Namespace) {
		if !s.isWaiting[request] {
			s.isWaiting[request] = true
			s.waiting[request.Namespace] = append(s.waiting[request.Namespace], request)
		}
		return false
	}
	s.busy++
	s.busyIn[request.Namespace]++
	return true
}

func (s *Shares) hasRoom(namespace string) bool {
	return s.busyIn[namespace] < max(1, s.workers-s.busy)
}

// leave gives a worker back, and queues an object of the namespace that has the fewest.
func (s *Shares) leave(namespace string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy--
	if s.busyIn[namespace]--; s.busyIn[namespace] == 0 {
		delete(s.busyIn, namespace)
	}
	next, found := "", false
	for candidate := range s.waiting {
		if s.hasRoom(candidate) && (!found || s.busyIn[candidate] < s.busyIn[next]) {
			next, found = candidate, true
		}
	}
	if !found {
		return
	}
	request := s.waiting[next][0]
	delete(s.isWaiting, request)
	if s.waiting[next] = s.waiting[next][1:]; len(s.waiting[next]) == 0 {
		delete(s.waiting, next)
	}
	s.queue.Add(request)
}

func (s *Shares) waits(request reconcile.Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.isWaiting[request]
}

// patient is a rate limiter that does not take waiting for success, after which failures would count from the beginning.
type patient struct {
	workqueue.TypedRateLimiter[reconcile.Request]
	shares *Shares
}

// Forget forgets the failures of an object that has been worked on.
func (p patient) Forget(request reconcile.Request) {
	if !p.shares.waits(request) {
		p.TypedRateLimiter.Forget(request)
	}
}
