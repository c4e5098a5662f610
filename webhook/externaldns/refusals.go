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
}

type refusalKey struct{ domain, record string }

type remembered struct {
	reason string
	// final says that REG.API refused the record itself.
	final bool
	asked time.Time
}

// holds says whether REG.API refused the record.
func (m *refusalMemory) holds(domain string, record zone.Record) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	entry := m.entries[refusalKey{domain, record.String()}]
	if entry == nil {
		return false
	}
	entry.asked = time.Now()
	return entry.final
}

// learn remembers a refusal, and says whether it is news.
func (m *refusalMemory) learn(domain string, r refusal, final bool) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	key, now := refusalKey{domain, r.Record}, time.Now()
	entry := m.entries[key]
	if entry == nil {
		m.makeRoom(now)
		entry = &remembered{}
		m.entries[key] = entry
	}
	news := entry.reason != r.Reason
	entry.reason, entry.final, entry.asked = r.Reason, final, now
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
