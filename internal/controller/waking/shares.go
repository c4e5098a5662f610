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
// have so many times as many of its objects worked on as there are workers free that one that is alone gets the most that any may have. With n that
// want more than they get, each gets an equal part, and the last of them are for namespaces that have none yet. An object that has to wait takes no worker meanwhile. What
// somebody has changed goes before what has only woken, and a part of the workers is kept for it.
//
// Shares belong to one controller, which has to be given all of Source, Options and Among. They are safe for concurrent use.
type Shares struct {
	// workers are all of them, and spare those that a namespace that is alone leaves to others.
	workers, spare int
	hurried        *hurried

	mu    sync.Mutex
	queue workqueue.TypedRateLimitingInterface[reconcile.Request]
	// busy workers, and those of each namespace.
	busy   int
	busyIn map[string]int
	// hurryingIn are the workers that a namespace has beyond its share, for what somebody has changed.
	hurryingIn map[string]int
	// waiting are the objects of each namespace that came in vain.
	waiting map[string]*turns
}

// keptPart is which part of the workers a namespace may have beyond its share for what somebody has changed, and which part is left then.
const keptPart = 8

// lastPart is which part of the workers to spare only namespaces take that have none.
const lastPart = 4

// NewShares divides workers: so many for a namespace that is alone, and some, at least one, to spare for those that come.
func NewShares(alone, spare int) *Shares {
	return &Shares{
		workers: alone + spare, spare: spare, hurried: &hurried{objects: map[reconcile.Request]bool{}},
		busyIn: map[string]int{}, hurryingIn: map[string]int{}, waiting: map[string]*turns{},
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
	options.RateLimiter, options.NewQueue = patient{options.RateLimiter, s}, s.hurried.newQueue
	return options
}

// Among gives a reconciler that works on an object as soon as its namespace has a worker left.
func (s *Shares) Among(inner reconcile.Reconciler) reconcile.Reconciler {
	return reconcile.Func(func(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
		leave, entered := s.enter(request)
		if !entered {
			return ctrl.Result{}, nil
		}
		defer leave()
		return inner.Reconcile(ctx, request)
	})
}

// enter takes a worker for an object, or has it wait.
func (s *Shares) enter(request reconcile.Request) (leave func(), entered bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	counted := s.busyIn
	switch {
	case s.hasRoom(request.Namespace):
	case s.hurried.has(request) && s.hasKept(request.Namespace):
		counted = s.hurryingIn
	default:
		if s.waiting[request.Namespace] == nil {
			s.waiting[request.Namespace] = newTurns(s.hurried)
		}
		s.waiting[request.Namespace].add(request)
		return nil, false
	}
	s.hurried.forget(request)
	s.waitNoMore(request)
	s.busy++
	counted[request.Namespace]++
	return func() { s.leave(request.Namespace, counted) }, true
}

// waitNoMore takes an object that has got a worker by itself from among those that wait: it would be queued in another's place.
func (s *Shares) waitNoMore(request reconcile.Request) {
	waiting := s.waiting[request.Namespace]
	if waiting == nil {
		return
	}
	if waiting.remove(request); waiting.Len() == 0 {
		delete(s.waiting, request.Namespace)
	}
}

func (s *Shares) hasRoom(namespace string) bool {
	alone, free := s.workers-s.spare, s.workers-s.busy
	if s.busyIn[namespace] == 0 {
		return true
	}
	return free > s.spare/lastPart && s.busyIn[namespace] < free*alone/s.spare
}

// hasKept says whether a namespace may have another worker beyond its share.
func (s *Shares) hasKept(namespace string) bool {
	kept := s.workers / keptPart
	return s.hurryingIn[namespace] < kept && s.busy < s.workers-kept
}

// leave gives a worker back, and queues an object of the namespace that has the fewest.
func (s *Shares) leave(namespace string, counted map[string]int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy--
	if counted[namespace]--; counted[namespace] == 0 {
		delete(counted, namespace)
	}
	next, found := "", false
	for candidate, waiting := range s.waiting {
		room := s.hasRoom(candidate) || (waiting.changed.Len() > 0 && s.hasKept(candidate))
		if room && (!found || s.busyIn[candidate] < s.busyIn[next]) {
			next, found = candidate, true
		}
	}
	if !found {
		return
	}
	// Beyond its share, a namespace has workers for what somebody has changed alone.
	request := s.waiting[next].next(!s.hasRoom(next))
	s.waitNoMore(request)
	s.queue.Add(request)
}

func (s *Shares) waits(request reconcile.Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	waiting := s.waiting[request.Namespace]
	return waiting != nil && waiting.has(request)
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
