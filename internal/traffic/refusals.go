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
	// refusalWindow is how long a refusal of what is wrong in itself is remembered.
	refusalWindow = time.Hour
	// maxRefusals is how often a request may be refused within the window before it rests. Reads
	// may be refused more often: one that is polled every quarter of an hour has to go on.
	maxRefusals     = 3
	maxReadRefusals = 8
	// maxRefusedTries is how often one request is refused within the window at most, however its rests turn out: some ten
	// are said to block an account.
	maxRefusedTries = 8
	// minRest and maxRest bound the rest of what may be mended.
	minRest, maxRest = 2 * time.Minute, 20 * time.Minute
	// maxRemembered bounds the requests that are remembered.
	maxRemembered = 10_000
)

// RefusalMemory keeps a request from being refused again and again, for which the vendor may block the account.
//
// What is wrong in itself ([regapi.ClassInvalid]) and was refused three times within an hour fails at once with that same
// refusal until an hour after the first of them. What money, time, a person or another record can mend
// ([regapi.ClassBlocked], [regapi.ClassNotFound], [regapi.ClassConflict]) is tried again at growing distances: a refusal is
// believed about as long again as it has lasted, for 20 minutes at most. It is forgotten when its zone is written, and when
// [RefusalMemory.Forget] tells that its cause may have changed. Reads may be refused eight times. What a payment mends, such as
// NOT_ENOUGH_MONEY, is not remembered: nothing here sees it, and whoever orders looks at the balance before.
//
// A list call with a single element counts as refused when that element is. New credentials need a new memory.
type RefusalMemory struct {
	mu       sync.Mutex
	entries  map[regapi.RequestKey]*list.Element
	byAge    list.List // of *refusedRequest, the one that was refused last at the back
	byDomain map[string]map[*list.Element]bool
}

// refusedRequest is a request that was refused lately.
type refusedRequest struct {
	key     regapi.RequestKey
	domains []string
	times   []time.Time // of the last refusals, oldest first
	first   time.Time   // of the refusals in a row
	refusal *regapi.Error
}

// NewRefusalMemory makes an empty memory.
func NewRefusalMemory() *RefusalMemory {
	return &RefusalMemory{entries: map[regapi.RequestKey]*list.Element{}, byDomain: map[string]map[*list.Element]bool{}}
}

// Middleware guards the requests that pass it.
func (m *RefusalMemory) Middleware() regapi.Middleware {
	return func(next regapi.Handler) regapi.Handler {
		return regapi.HandlerFunc(func(ctx context.Context, request *regapi.Request) (*regapi.Answer, error) {
			subject, err := regapi.SubjectOf(request)
			if err != nil {
				return next.Do(ctx, request) // the wire refuses it
			}
			asked := &asking{Subject: subject, limit: maxRefusals, reads: catalog.Repeatable(request.Function)}
			asked.domains, asked.listed = subject.Domains()
			if asked.reads {
				asked.limit = maxReadRefusals
			}
			if refusal := m.recall(asked); refusal != nil {
				return nil, heldBack{refusal}
			}
			answer, err := next.Do(ctx, request)
			m.learn(asked, err)
			if answer != nil && asked.awaitsVerdict() {
				var once sync.Once // several callers may share the answer
				answer.OnVerdict(func(verdict error) { once.Do(func() { m.learnVerdict(asked, verdict) }) })
			}
			return answer, err
		})
	}
}

// asking is a request, as far as it decides what its outcome means.
type asking struct {
	regapi.Subject
	domains       []string
	listed, reads bool
	limit         int
}

// awaitsVerdict says whether the only element of a list tells how the request fared.
func (a *asking) awaitsVerdict() bool { return len(a.domains) <= 1 }

// Forget drops what may have been mended, since something about a domain has changed.
func (m *RefusalMemory) Forget(domain string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forgetDomains([]string{regapi.CanonicalName(domain)}, nil)
}

// forgetDomains drops what may have been mended by a change of domains, but for the request that made it. m.mu is held.
func (m *RefusalMemory) forgetDomains(domains []string, but *asking) {
	for _, domain := range domains {
		for element := range m.byDomain[domain] {
			entry := element.Value.(*refusedRequest)
			if mendable(entry.refusal) && (but == nil || entry.key != but.Key) {
				m.drop(element)
			}
		}
	}
}

// mendable says whether a refusal may pass without another request: by money, time, a person or another record.
func mendable(refusal *regapi.Error) bool { return refusal.Class() != regapi.ClassInvalid }

// recall returns the refusal of a request that has to rest, nil if it may go.
func (m *RefusalMemory) recall(asked *asking) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	element, ok := m.entries[asked.Key]
	if !ok {
		return nil
	}
	if entry := element.Value.(*refusedRequest); entry.rests(asked.limit, time.Now()) {
		return entry.refusal
	}
	return nil
}

// rests says whether a request has been refused too often to go now.
func (e *refusedRequest) rests(limit int, now time.Time) bool {
	refused := len(e.times)
	if refused < limit {
		return false
	}
	if !mendable(e.refusal) {
		return now.Sub(e.times[refused-limit]) < refusalWindow
	}
	if refused >= maxRefusedTries && now.Sub(e.times[refused-maxRefusedTries]) < refusalWindow {
		return true
	}
	last := e.times[refused-1]
	return limit < maxReadRefusals && now.Sub(last) < min(max(last.Sub(e.first), minRest), maxRest)
}

// learn notes a refusal by the server of the whole request, and a change that was made or may have been.
func (m *RefusalMemory) learn(asked *asking, err error) {
	if err == nil {
		if !asked.listed || !asked.awaitsVerdict() {
			m.noteChange(asked)
		}
		return
	}
	if !m.remember(asked, err) && !regapi.NeverSent(err) && regapi.IsTransient(err) {
		m.noteChange(asked)
	}
}

// learnVerdict does the same for the only element of a list. Of several actions some may have been taken.
func (m *RefusalMemory) learnVerdict(asked *asking, verdict error) {
	m.remember(asked, verdict)
	if verdict == nil || regapi.IsTransient(verdict) {
		m.noteChange(asked)
	}
}

// noteChange forgets what a change may have mended. A request that only reads changes nothing.
func (m *RefusalMemory) noteChange(asked *asking) {
	if asked.reads {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forgetDomains(asked.domains, asked)
}

// remember notes a refusal, and reports whether there is one.
func (m *RefusalMemory) remember(asked *asking, err error) bool {
	refusal, ok := errors.AsType[*regapi.Error](err)
	if !ok || regapi.NeverSent(err) {
		return false
	}
	if refusal.Code == regapi.CodeNotEnoughMoney || refusal.Code == regapi.CodeDoubleOrder {
		return true
	}
	switch refusal.Class() {
	case regapi.ClassInvalid, regapi.ClassNotFound, regapi.ClassBlocked, regapi.ClassConflict:
	default:
		return false
	}
	if len(asked.domains) > 1 && regapi.Divisible(err) {
		return true // the list goes again in parts, and what spoils it is remembered when it is alone
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	element, known := m.entries[asked.Key]
	if !known {
		element = m.byAge.PushBack(&refusedRequest{key: asked.Key, domains: asked.domains, first: now})
		m.entries[asked.Key] = element
		for _, domain := range asked.domains {
			if m.byDomain[domain] == nil {
				m.byDomain[domain] = map[*list.Element]bool{}
			}
			m.byDomain[domain][element] = true
		}
	}
	m.byAge.MoveToBack(element)
	entry := element.Value.(*refusedRequest)
	entry.refusal = refusal
	entry.times = append(entry.times, now)
	entry.times = entry.times[max(0, len(entry.times)-maxRefusedTries):]
	m.forgetOld(now)
	return true
}

// forgetOld drops what lies back longer than the window, and the oldest if there are too many. m.mu is held.
func (m *RefusalMemory) forgetOld(now time.Time) {
	for oldest := m.byAge.Front(); oldest != nil; oldest = m.byAge.Front() {
		entry := oldest.Value.(*refusedRequest)
		last := entry.times[len(entry.times)-1]
		if m.byAge.Len() <= maxRemembered && now.Sub(last) < refusalWindow {
			return
		}
		m.drop(oldest)
	}
}

// drop forgets one request. m.mu is held.
func (m *RefusalMemory) drop(element *list.Element) {
	entry := element.Value.(*refusedRequest)
	m.byAge.Remove(element)
	delete(m.entries, entry.key)
	for _, domain := range entry.domains {
		delete(m.byDomain[domain], element)
		if len(m.byDomain[domain]) == 0 {
			delete(m.byDomain, domain)
		}
	}
}
