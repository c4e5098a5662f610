package ruling

import (
	"sync"

	"k8s.io/apimachinery/pkg/types"
)

// Memory remembers which object this process has last had rule a thing. The zero value remembers nothing yet; a Memory is safe for concurrent
// use and must not be copied.
type Memory struct {
	mu     sync.Mutex
	rulers map[Thing]types.NamespacedName
	things map[types.NamespacedName]Thing
}

// Thing is what objects of one login may contend for: a zone by its domain, or a folder by its name.
type Thing struct{ Name, Login string }

// Note remembers who rules a thing now. An object rules one at a time.
func (m *Memory) Note(thing Thing, ruler types.NamespacedName) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.rulers == nil {
		m.rulers, m.things = map[Thing]types.NamespacedName{}, map[types.NamespacedName]Thing{}
	}
	m.drop(ruler)
	delete(m.things, m.rulers[thing])
	m.rulers[thing], m.things[ruler] = ruler, thing
}

// Last gives who was noted last.
func (m *Memory) Last(thing Thing) (ruler types.NamespacedName, known bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ruler, known = m.rulers[thing]
	return ruler, known
}

// Forget ends what Note began, for an object that rules no longer.
func (m *Memory) Forget(ruler types.NamespacedName) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.drop(ruler)
}

// drop is Forget; the lock is held.
func (m *Memory) drop(ruler types.NamespacedName) {
	if thing, ruling := m.things[ruler]; ruling {
		delete(m.things, ruler)
		delete(m.rulers, thing)
	}
}
