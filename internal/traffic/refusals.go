package traffic

import (
	"container/list"
	"context"
	"errors"
	"sync"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
)

const (
	// refusalWindow is how long a refusal is remembered.
	refusalWindow = time.Hour
	// maxRefusals is how often a request may be refused within the window before it rests. Reads
	// may be refused more often: one that is polled every quarter of an hour has to go on.
	maxRefusals     = 3
	maxReadRefusals = 8
	// maxRemembered bounds the requests that are remembered.
	maxRemembered = 10_000
)

// RefusalMemory keeps a request from being refused again and again, for which the vendor may block
// the account. One that was refused three times within an hour, as [regapi.ClassInvalid], [regapi.ClassNotFound]
// or [regapi.ClassBlocked], fails at once with that same refusal until an hour after the first of them;
// reads may be refused eight times. A list call with a single element counts as refused when that
// element is. New credentials need a new memory.
type RefusalMemory struct {
	mu      sync.Mutex
	entries map[regapi.RequestKey]*list.Element
	byAge   list.List // of *refusedRequest, the one that was refused last at the back
}

// refusedRequest is a request that was refused lately.
type refusedRequest struct {
	key     regapi.RequestKey
	times   []time.Time // of the last refusals, oldest first
	refusal error
}

// NewRefusalMemory makes an empty memory.
func NewRefusalMemory() *RefusalMemory {
	return &RefusalMemory{entries: map[regapi.RequestKey]*list.Element{}}
}

// Middleware guards the requests that pass it.
func (m *RefusalMemory) Middleware() regapi.Middleware {
	return func(next regapi.Handler) regapi.Handler {
		return regapi.HandlerFunc(func(ctx context.Context, request *regapi.Request) (*regapi.Answer, error) {
			key, err := regapi.KeyOf(request)
			if err != nil {
				return next.Do(ctx, request) // the wire refuses it
			}
			limit := maxRefusals
			if catalog.Repeatable(request.Function) {
				limit = maxReadRefusals
			}
			if refusal := m.recall(key, limit); refusal != nil {
				return nil, heldBack{refusal}
			}
			answer, err := next.Do(ctx, request)
			m.learn(key, limit, err)
			if answer != nil {
				var once sync.Once // several callers may share the answer
				answer.OnVerdict(func(verdict error) { once.Do(func() { m.learn(key, limit, verdict) }) })
			}
			return answer, err
		})
	}
}

// recall returns the refusal of a request that has to rest, nil if it may go.
func (m *RefusalMemory) recall(key regapi.RequestKey, limit int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	element, ok := m.entries[key]
	if !ok {
		return nil
	}
	entry := element.Value.(*refusedRequest)
	if len(entry.times) < limit || time.Since(entry.times[0]) >= refusalWindow {
		return nil
	}
	return entry.refusal
}

// learn notes a refusal by the server; any other outcome tells nothing.
func (m *RefusalMemory) learn(key regapi.RequestKey, limit int, err error) {
	refusal, ok := errors.AsType[*regapi.Error](err)
	if !ok || regapi.NeverSent(err) {
		return
	}
	if class := refusal.Class(); class != regapi.ClassInvalid && class != regapi.ClassNotFound && class != regapi.ClassBlocked {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	element, known := m.entries[key]
	if !known {
		element = m.byAge.PushBack(&refusedRequest{key: key})
		m.entries[key] = element
	}
	m.byAge.MoveToBack(element)
	entry := element.Value.(*refusedRequest)
	entry.refusal = refusal
	entry.times = append(entry.times, time.Now())
	entry.times = entry.times[max(0, len(entry.times)-limit):]
	m.forget()
}

// forget drops what lies back longer than the window, and the oldest if there are too many.
func (m *RefusalMemory) forget() {
	for oldest := m.byAge.Front(); oldest != nil; oldest = m.byAge.Front() {
		entry := oldest.Value.(*refusedRequest)
		last := entry.times[len(entry.times)-1]
		if m.byAge.Len() <= maxRemembered && time.Since(last) < refusalWindow {
			return
		}
		m.byAge.Remove(oldest)
		delete(m.entries, entry.key)
	}
}
