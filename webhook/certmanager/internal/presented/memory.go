package presented

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// +kubebuilder:rbac:groups="",namespace=system,resources=configmaps,verbs=get;create;update

const (
	// Life is how long a record is remembered; an order of ACME lives no longer.
	Life = 24 * time.Hour
	// MaxRecords bounds how many are remembered: two hundred bytes each have to fit into a ConfigMap. The oldest go first.
	MaxRecords = 3000

	// maxSwaps bounds how often a write is tried again that somebody else's write has passed.
	maxSwaps = 5
	// writeTimeout bounds one write with all that waits for it.
	writeTimeout = 10 * time.Second

	objectName = "regapi-challenges"
	dataKey    = "challenges.json"
)

// Challenge names what was presented.
type Challenge struct {
	// Namespace that cert-manager names in its requests: that of the Issuer.
	Namespace string
	// FQDN of the record in canonical form, and Key, which is its text.
	FQDN, Key string
}

// id tells challenges apart and reveals none.
func (c Challenge) id() string {
	sum := sha256.Sum256([]byte(c.Namespace + "\x00" + c.FQDN + "\x00" + c.Key))
	return hex.EncodeToString(sum[:16])
}

// Place is where the record of a challenge was written.
type Place struct {
	// Account through which it was written, and the domain of the zone.
	Account types.NamespacedName `json:"account"`
	Domain  string               `json:"domain"`
	// At is when.
	At time.Time `json:"at"`
}

// Memory remembers the places of challenges.
type Memory struct {
	kube      client.Client
	namespace string

	mu      sync.Mutex // is not held while the API server is asked
	places  map[string]Place
	version string
	loaded  bool
	waiting []*change
	writing bool
	writers sync.WaitGroup
}

// change waits to be written.
type change struct {
	apply func(map[string]Place)
	err   error
	done  chan struct{}
}

// New gives a Memory that keeps its ConfigMap in a namespace. The client must not read from a cache; nil for none.
func New(kube client.Client, namespace string) *Memory {
	return &Memory{kube: kube, namespace: namespace, places: map[string]Place{}, loaded: kube == nil}
}

// Add remembers a challenge, and has written it when it returns. What is known already is not written again.
func (m *Memory) Add(ctx context.Context, c Challenge, account types.NamespacedName, domain string) error {
	place, known, err := m.Find(ctx, c)
	if err != nil || (known && place.Account == account && place.Domain == domain && time.Since(place.At) < Life/2) {
		return err
	}
	return m.change(ctx, func(places map[string]Place) {
		places[c.id()] = Place{Account: account, Domain: domain, At: time.Now().UTC().Truncate(time.Second)}
	})
}

// Remove forgets a challenge.
func (m *Memory) Remove(ctx context.Context, c Challenge) error {
	if _, known, err := m.Find(ctx, c); err != nil || !known {
		return err
	}
	return m.change(ctx, func(places map[string]Place) { delete(places, c.id()) })
}

// Wait returns when nothing is being written any more. Nothing may be added meanwhile.
func (m *Memory) Wait() { m.writers.Wait() }

// Find gives the place of a challenge. Only the first call in a process costs a request.
func (m *Memory) Find(ctx context.Context, c Challenge) (place Place, known bool, err error) {
	if err := m.load(ctx); err != nil {
		return Place{}, false, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	place, known = m.places[c.id()]
	return place, known && time.Since(place.At) < Life, nil
}

// change waits until a change is written, together with all others that wait by then.
func (m *Memory) change(ctx context.Context, apply func(map[string]Place)) error {
	c := &change{apply: apply, done: make(chan struct{})}
	m.mu.Lock()
	m.waiting = append(m.waiting, c)
	begins := !m.writing
	m.writing = true
	m.mu.Unlock()
	if begins { // Whoever comes first writes for all, also when he has left meanwhile.
		m.writers.Go(func() { m.write(context.WithoutCancel(ctx)) })
	}
	select {
	case <-c.done:
		return c.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// write carries out what waits, until nothing does.
func (m *Memory) write(ctx context.Context) {
	for {
		m.mu.Lock()
		batch := m.waiting
		m.waiting = nil
		if m.writing = len(batch) > 0; !m.writing {
			m.mu.Unlock()
			return
		}
		m.mu.Unlock()
		err := m.writeBatch(ctx, batch)
		for _, c := range batch {
			c.err = err
			close(c.done)
		}
	}
}

func (m *Memory) writeBatch(ctx context.Context, batch []*change) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	for range maxSwaps {
		if err := m.load(ctx); err != nil {
			return err
		}
		m.mu.Lock()
		places, version := maps.Clone(m.places), m.version
		m.mu.Unlock()
		for _, c := range batch {
			c.apply(places)
		}
		bound(places)
		written, err := m.store(ctx, places, version)
		m.mu.Lock()
		switch {
		case err == nil:
			m.places, m.version = places, written
		case apierrors.IsConflict(err), apierrors.IsAlreadyExists(err), apierrors.IsNotFound(err):
			m.loaded = false
		}
		again := !m.loaded
		m.mu.Unlock()
		if !again {
			return wrap(err)
		}
	}
	return fmt.Errorf("write ConfigMap %s: somebody else goes on changing it", objectName)
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("write ConfigMap %s: %w", objectName, err)
}

// bound drops what is too old, and the oldest of what is too much.
func bound(places map[string]Place) {
	maps.DeleteFunc(places, func(_ string, p Place) bool { return time.Since(p.At) >= Life })
	if len(places) <= MaxRecords {
		return
	}
	oldestFirst := slices.SortedFunc(maps.Keys(places), func(a, b string) int { return places[a].At.Compare(places[b].At) })
	for _, id := range oldestFirst[:len(places)-MaxRecords] {
		delete(places, id)
	}
}

// load reads the ConfigMap if what is known of it is not what it holds.
func (m *Memory) load(ctx context.Context) error {
	m.mu.Lock()
	loaded := m.loaded
	m.mu.Unlock()
	if loaded {
		return nil
	}
	var found corev1.ConfigMap
	err := m.kube.Get(ctx, client.ObjectKey{Namespace: m.namespace, Name: objectName}, &found)
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("read ConfigMap %s: %w", objectName, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.loaded {
		return nil // Somebody else has loaded and perhaps changed it meanwhile.
	}
	m.places, m.version, m.loaded = decode(found.Data[dataKey]), found.ResourceVersion, true
	return nil
}

// decode reads the data of the ConfigMap. What cannot be read is not known: the removal then goes by the objects.
func decode(text string) map[string]Place {
	places := map[string]Place{}
	if text == "" || json.Unmarshal([]byte(text), &places) != nil || places == nil {
		return map[string]Place{}
	}
	return places
}

func (m *Memory) store(ctx context.Context, places map[string]Place, version string) (written string, err error) {
	if m.kube == nil {
		return "", nil
	}
	text, err := json.Marshal(places)
	if err != nil {
		return "", err
	}
	object := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: m.namespace, Name: objectName, ResourceVersion: version,
			Labels: map[string]string{"app.kubernetes.io/managed-by": "regapi-operator", "app.kubernetes.io/component": "challenges"},
		},
		Data: map[string]string{dataKey: string(text)},
	}
	if version == "" {
		err = m.kube.Create(ctx, object)
	} else {
		err = m.kube.Update(ctx, object)
	}
	return object.ResourceVersion, err
}
