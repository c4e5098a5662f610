package events

import (
	"cmp"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// queue has the events that wait, by namespace. The namespaces take turns, and of one only so many events are under way that others find a sender: where
// a policy of one namespace hangs, say, those of all others are not held up by it.
type queue struct {
	of map[string]*line
	// ready are the namespaces of which an event can be taken now, in their turn.
	ready   []string
	waiting int
	// pausing counts the events that come back when they have waited for their next try.
	pausing int
}

// line has the events of a namespace.
type line struct {
	events            []seen
	underWay, pausing int
	ready             bool
}

// namespace is where an event is recorded: those about what is in no namespace are in the one that is always there.
func (s *seen) namespace() string { return cmp.Or(s.regarding.Namespace, metav1.NamespaceDefault) }

// add puts an event at the end of its namespace's line.
func (q *queue) add(event seen) {
	namespace := event.namespace()
	of := q.lineOf(namespace)
	of.events = append(of.events, event)
	q.waiting++
	q.call(namespace, of)
}

func (q *queue) lineOf(namespace string) *line {
	if q.of == nil {
		q.of = map[string]*line{}
	}
	of := q.of[namespace]
	if of == nil {
		of = &line{}
		q.of[namespace] = of
	}
	return of
}

// pause counts an event that comes back, by resume.
func (q *queue) pause(namespace string) {
	q.pausing++
	q.lineOf(namespace).pausing++
}

// resume puts an event that has paused at the end of its namespace's line.
func (q *queue) resume(event seen) {
	q.pausing--
	q.lineOf(event.namespace()).pausing--
	q.add(event)
}

// take gives the next event, of which done has to be told when it was sent; none where all that wait are of
// namespaces with as many under way as they may have.
func (q *queue) take() (event seen, found bool) {
	if len(q.ready) == 0 {
		return seen{}, false
	}
	namespace := q.ready[0]
	q.ready = q.ready[1:]
	of := q.of[namespace]
	event = of.events[0]
	of.events[0], of.events = seen{}, of.events[1:]
	of.underWay++
	of.ready = false
	q.waiting--
	q.call(namespace, of)
	return event, true
}

// waitingOf counts the events of a namespace that wait, or pause.
func (q *queue) waitingOf(namespace string) int {
	if of := q.of[namespace]; of != nil {
		return len(of.events) + of.pausing
	}
	return 0
}

// done lets another event of a namespace follow.
func (q *queue) done(namespace string) {
	of := q.of[namespace]
	of.underWay--
	q.call(namespace, of)
	if of.underWay+of.pausing+len(of.events) == 0 {
		delete(q.of, namespace)
	}
}

// call gives a namespace a turn, unless it has one, or none is due.
func (q *queue) call(namespace string, of *line) {
	if of.ready || len(of.events) == 0 || of.underWay >= maxOfNamespace {
		return
	}
	of.ready = true
	q.ready = append(q.ready, namespace)
}
