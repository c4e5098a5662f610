package fairness

import (
	"context"
	"fmt"
	"sync"
)

// turns let so many of each namespace do something at a time.
type turns struct {
	inFlight int

	mu sync.Mutex
	of map[string]*queue
}

// queue is that of a namespace. It exists as long as somebody uses it.
type queue struct {
	turns chan struct{}
	users int
}

// take does something as soon as its namespace has a turn left. The error is that of the context if it ends before.
func (t *turns) take(ctx context.Context, namespace string, do func() error) error {
	q := t.enter(namespace)
	defer t.leave(namespace, q)
	select {
	case q.turns <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("wait for other writes of namespace %s: %w", namespace, ctx.Err())
	}
	defer func() { <-q.turns }()
	return do()
}

func (t *turns) enter(namespace string) *queue {
	t.mu.Lock()
	defer t.mu.Unlock()
	q, ok := t.of[namespace]
	if !ok {
		q = &queue{turns: make(chan struct{}, t.inFlight)}
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
