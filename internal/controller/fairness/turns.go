package fairness

import (
	"context"
	"fmt"
	"sync"
)

// turns let so many of each namespace, and so many in all, do something at a time. Make them with newTurns.
type turns struct {
	perNamespace int
	// all has an element for each turn that is taken.
	all chan struct{}

	mu sync.Mutex
	of map[string]*queue
}

func newTurns(perNamespace, inAll int) turns {
	return turns{perNamespace: perNamespace, all: make(chan struct{}, inAll), of: map[string]*queue{}}
}

// queue is that of a namespace. It exists as long as somebody uses it.
type queue struct {
	turns chan struct{}
	users int
}

// take does something as soon as its namespace has a turn left, and then everybody together. The error is that of the context if it ends before.
func (t *turns) take(ctx context.Context, namespace string, do func() error) error {
	q := t.enter(namespace)
	defer t.leave(namespace, q)
	for _, turn := range []chan struct{}{q.turns, t.all} {
		select {
		case turn <- struct{}{}:
			defer func() { <-turn }()
		case <-ctx.Done():
			return fmt.Errorf("wait for other writes of namespace %s: %w", namespace, ctx.Err())
		}
	}
	return do()
}

func (t *turns) enter(namespace string) *queue {
	t.mu.Lock()
	defer t.mu.Unlock()
	q, ok := t.of[namespace]
	if !ok {
		q = &queue{turns: make(chan struct{}, t.perNamespace)}
		t.of[namespace] = q
	}
	q.users++
	return q
}

func (t *turns) leave(namespace string, q *queue) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if q.users--; q.users == 0 {
		delete(t.of, namespace)
	}
}
