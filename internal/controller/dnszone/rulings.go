package dnszone

import (
	"sync"

	"k8s.io/apimachinery/pkg/types"
)

// rulings remember which object this process has last had rule a zone. They bridge the moment until the cache shows the object's claim, and
// nothing else: whoever begins anew reads the claims. The zero value remembers nothing yet; it is safe for concurrent use.
type rulings struct {
	mu     sync.Mutex
	rulers map[ruled]types.NamespacedName
	zones  map[types.NamespacedName]ruled
}

// ruled is a domain of a login.
type ruled struct{ domain, login string }

func (r *rulings) note(zone ruled, ruler types.NamespacedName) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.rulers == nil {
		r.rulers, r.zones = map[ruled]types.NamespacedName{}, map[types.NamespacedName]ruled{}
	}
	r.drop(ruler)
	delete(r.zones, r.rulers[zone])
	r.rulers[zone], r.zones[ruler] = ruler, zone
}

func (r *rulings) last(zone ruled) (ruler types.NamespacedName, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ruler, known = r.rulers[zone]
	return ruler, known
}

// forget ends what note began, for an object that rules no longer.
func (r *rulings) forget(ruler types.NamespacedName) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.drop(ruler)
}

// drop is forget; the lock is held.
func (r *rulings) drop(ruler types.NamespacedName) {
	if zone, ruling := r.zones[ruler]; ruling {
		delete(r.zones, ruler)
		delete(r.rulers, zone)
	}
}
