package traffic

import (
	"container/heap"
	"container/list"
	"context"
	"math"
	"time"
)

// waiter is a request that waits for its turn in a [Lane].
type waiter struct {
	function string
	priority Priority
	arrived  time.Time
	number   int64 // of its arrival: several may arrive at one moment
	// giveUp is when its turn would come too late: the end of the lane's longest wait, or the deadline of its context if that
	// is earlier.
	giveUp  time.Time
	patient bool // has a deadline of its own, until which it waits for those before it

	wake      chan struct{} // holds an element once the waiter has to look again
	err       error         // why it must leave; it is in no queue any more
	place     *list.Element
	heapIndex int // in the heap by giveUp
}

func newWaiter(ctx context.Context, function string, maxWait time.Duration) *waiter {
	w := &waiter{function: function, priority: PriorityOf(ctx), arrived: time.Now(), wake: make(chan struct{}, 1)}
	w.giveUp = w.arrived.Add(maxWait)
	deadline, patient := ctx.Deadline()
	if w.patient = patient; patient && deadline.Before(w.giveUp) {
		w.giveUp = deadline
	}
	return w
}

// look makes the waiter look again at what it waits for.
func (w *waiter) look() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// sleep returns when the waiter should look again: when it was woken, when the time has come, when
// a budget has changed, or when its context or its patience ends.
func (w *waiter) sleep(ctx context.Context, until watch) {
	wait := time.Duration(math.MaxInt64)
	if !w.patient { // otherwise the context tells
		wait = time.Until(w.giveUp)
	}
	if until.time {
		wait = min(wait, until.wait)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-w.wake:
	case <-ctx.Done():
	case <-timer.C:
	case <-until.changed[0]:
	case <-until.changed[1]:
	case <-until.changed[2]:
	}
}

// watch is what the first waiter of a queue watches while nothing can be paid.
type watch struct {
	time bool
	wait time.Duration
	// changed are the budgets' signals; nil where there is none.
	changed [3]<-chan struct{}
}

// queue holds the waiters of one priority, first come, first served.
type queue struct {
	order    list.List
	byGiveUp giveUpHeap
}

func (q *queue) len() int { return q.order.Len() }

// head is the waiter that came first, nil if there is none.
func (q *queue) head() *waiter {
	if front := q.order.Front(); front != nil {
		return front.Value.(*waiter)
	}
	return nil
}

func (q *queue) push(w *waiter) {
	w.place = q.order.PushBack(w)
	heap.Push(&q.byGiveUp, w)
}

// remove takes a waiter out, wherever it stands.
func (q *queue) remove(w *waiter) {
	q.order.Remove(w.place)
	heap.Remove(&q.byGiveUp, w.heapIndex)
}

// impatient returns a waiter that gives up before the moment, nil if there is none.
func (q *queue) impatient(moment time.Time) *waiter {
	if len(q.byGiveUp) == 0 || !q.byGiveUp[0].giveUp.Before(moment) {
		return nil
	}
	return q.byGiveUp[0]
}

// giveUpHeap is a heap of waiters, the first to give up on top.
type giveUpHeap []*waiter

func (h giveUpHeap) Len() int           { return len(h) }
func (h giveUpHeap) Less(i, j int) bool { return h[i].giveUp.Before(h[j].giveUp) }

func (h giveUpHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].heapIndex, h[j].heapIndex = i, j
}

// Push and Pop are for container/heap alone.
func (h *giveUpHeap) Push(x any) {
	w := x.(*waiter)
	w.heapIndex = len(*h)
	*h = append(*h, w)
}

func (h *giveUpHeap) Pop() any {
	last := len(*h) - 1
	w := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return w
}
