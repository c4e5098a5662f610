package externaldns

import (
	"maps"
	"sync"
	"time"

	"github.com/regapi-io/regapi-operator/internal/zone"
)

const (
	// refusalLife is how long a refusal is remembered that nobody asks about. external-dns asks with every sync.
	refusalLife = time.Hour
	// maxRefusals bounds the memory. Beyond it everything is forgotten, and tried and told once more.
	maxRefusals = 10_000
)

// refusalMemory knows what was refused, so that nothing is tried again or told again as long as it stays the same.
type refusalMemory struct {
	mu      sync.Mutex
	entries map[refusalKey]*remembered
	// tries are what people have changed last to have things tried again, by domain.
	tries map[string]string
}

type refusalKey struct{ domain, record string }

type remembered struct {
	refusal
	asked time.Time
}

// holds says whether REG.API refused the record, and how.
func (m *refusalMemory) holds(domain string, record zone.Record) (refusal, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	entry := m.entries[refusalKey{domain, record.String()}]
	if entry == nil || !entry.final {
		return refusal{}, false
	}
	entry.asked = time.Now()
	return entry.refusal, true
}

// retry forgets what REG.API refused in a zone if somebody has changed what has it tried again.
func (m *refusalMemory) retry(domain, attempt string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.tries == nil {
		m.tries = map[string]string{}
	}
	if before, known := m.tries[domain]; known && before != attempt {
		for key, entry := range m.entries {
			entry.final = entry.final && key.domain != domain
		}
	}
	m.tries[domain] = attempt
}

// learn remembers refusals, and gives those that are news.
func (m *refusalMemory) learn(domain string, refusals []refusal) (news []refusal) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	for _, r := range refusals {
		key := refusalKey{domain, r.Record}
		entry := m.entries[key]
		if entry == nil {
			m.makeRoom(now)
			entry = &remembered{}
			m.entries[key] = entry
		}
		if entry.Reason != r.Reason {
			news = append(news, r)
		}
		entry.refusal, entry.asked = r, now
	}
	return news
}

func (m *refusalMemory) makeRoom(now time.Time) {
	if m.entries == nil {
		m.entries = map[refusalKey]*remembered{}
	}
	maps.DeleteFunc(m.entries, func(_ refusalKey, entry *remembered) bool { return now.Sub(entry.asked) > refusalLife })
	if len(m.entries) >= maxRefusals {
		clear(m.entries)
	}
}
