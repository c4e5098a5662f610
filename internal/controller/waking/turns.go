package waking

import (
	"container/list"
	"sync"

	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// hurried are the objects that somebody has changed, and that no worker has taken up since. It is safe for concurrent use, and holds
// no other lock.
type hurried struct {
	mu      sync.Mutex
	objects map[reconcile.Request]bool
}

func (h *hurried) note(request reconcile.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.objects[request] = true
}

func (h *hurried) has(request reconcile.Request) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.objects[request]
}

func (h *hurried) forget(request reconcile.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.objects, request)
}

// maxOvertaking is how many changed objects in a row go before one that has only woken.
const maxOvertaking = 20

// turns is an order of objects: those that somebody has changed go before those that have only woken, or are listed for the first time,
// and otherwise who came first. It is not safe for concurrent use.
type turns struct {
	hurried *hurried
	// changed and woken hold requests; places says where each stands.
	changed, woken list.List
	places         map[reconcile.Request]place
	overtaken      int
}

type place struct {
	of      *list.List
	element *list.Element
}

func newTurns(h *hurried) *turns { return &turns{hurried: h, places: map[reconcile.Request]place{}} }

// Push adds an object that is not there yet.
func (t *turns) Push(request reconcile.Request) {
	of := &t.woken
	if t.hurried.has(request) {
		of = &t.changed
	}
	t.places[request] = place{of, of.PushBack(request)}
}

// Touch notices that an object that is there was added again.
func (t *turns) Touch(request reconcile.Request) {
	if stands, ok := t.places[request]; ok && stands.of == &t.woken && t.hurried.has(request) {
		t.woken.Remove(stands.element)
		t.Push(request)
	}
}

// add adds an object, whether it is there or not.
func (t *turns) add(request reconcile.Request) {
	if t.has(request) {
		t.Touch(request)
		return
	}
	t.Push(request)
}

func (t *turns) has(request reconcile.Request) bool {
	_, there := t.places[request]
	return there
}

// Len is how many there are.
func (t *turns) Len() int { return t.changed.Len() + t.woken.Len() }

// Pop takes the next one out; there has to be one.
func (t *turns) Pop() reconcile.Request {
	request := t.next(false)
	t.remove(request)
	return request
}

// next gives a turn to an object, or to one of those alone that somebody has changed; there has to be one, which its caller removes.
func (t *turns) next(changedAlone bool) reconcile.Request {
	of := &t.changed
	if t.changed.Len() == 0 || (!changedAlone && t.woken.Len() > 0 && t.overtaken >= maxOvertaking) {
		of = &t.woken
	}
	if t.overtaken++; of == &t.woken {
		t.overtaken = 0
	}
	return of.Front().Value.(reconcile.Request)
}

// remove takes an object out, if it is there.
func (t *turns) remove(request reconcile.Request) {
	if stands, ok := t.places[request]; ok {
		stands.of.Remove(stands.element)
		delete(t.places, request)
	}
}

// newQueue is the plain queue of client-go, but for its order.
func (h *hurried) newQueue(name string, limiter workqueue.TypedRateLimiter[reconcile.Request]) workqueue.TypedRateLimitingInterface[reconcile.Request] {
	plain := workqueue.NewTypedWithConfig(workqueue.TypedQueueConfig[reconcile.Request]{Name: name, Queue: newTurns(h)})
	delaying := workqueue.NewTypedDelayingQueueWithConfig(workqueue.TypedDelayingQueueConfig[reconcile.Request]{Name: name, Queue: plain})
	return workqueue.NewTypedRateLimitingQueueWithConfig(limiter, workqueue.TypedRateLimitingQueueConfig[reconcile.Request]{Name: name, DelayingQueue: delaying})
}

// ChangedFirst lets every change through, and has the object that somebody has changed go before others. It comes behind the
// predicates that let through what somebody changes alone.
func (s *Shares) ChangedFirst() predicate.Predicate {
	return predicate.Funcs{UpdateFunc: func(e event.UpdateEvent) bool {
		if e.ObjectOld.GetResourceVersion() != e.ObjectNew.GetResourceVersion() {
			s.hurried.note(reconcile.Request{NamespacedName: client.ObjectKeyFromObject(e.ObjectNew)})
		}
		return true
	}}
}
