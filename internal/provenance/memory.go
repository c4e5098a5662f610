package provenance

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/internal/zone"
)

// +kubebuilder:rbac:groups="",namespace=system,resources=configmaps,verbs=get;list;create;update

// MaxRecords bounds what is remembered of a zone; eight bytes each have to fit into a ConfigMap.
const MaxRecords = 100_000

// maxSwaps bounds how often a write is tried again that somebody else's write has passed.
const maxSwaps = 5

// Entry is what is remembered of a zone.
type Entry struct {
	// Made are the records that the provider made, or was about to make.
	Made zone.Set
	// Complete says that there is nothing besides that external-dns wants or has made.
	Complete bool
	// Taken are records that were removed to make room for others at the same name, as long as it is not certain that those came.
	Taken []zone.Record
	// Of names the account that they were taken from.
	Of string
}

// Take notes all records that are taken from an account, in place of those that were.
func (e *Entry) Take(records []zone.Record, of string) {
	if e.Taken, e.Of = records, of; len(records) == 0 {
		e.Taken, e.Of = nil, ""
	}
}

// clone gives an entry that shares nothing with this one.
func (e Entry) clone() Entry {
	e.Made, e.Taken = zone.ParseSet(e.Made.Bytes()), slices.Clone(e.Taken)
	return e
}

func (e Entry) equal(other Entry) bool {
	return e.Complete == other.Complete && e.Of == other.Of && slices.Equal(e.Taken, other.Taken) && bytes.Equal(e.Made.Bytes(), other.Made.Bytes())
}

// Memory remembers by zone.
type Memory struct {
	kube      client.Client
	namespace string

	mu      sync.Mutex // is not held while the API server is asked, but by who loads
	loaded  bool
	entries map[string]*kept
}

// kept is an entry as it was written, and the version of its ConfigMap; "" for none.
type kept struct {
	writing sync.Mutex
	Entry
	version string
}

// New gives a Memory that keeps its ConfigMaps in a namespace. The client must not read from a cache. Without a client it is
// lost with the process.
func New(kube client.Client, namespace string) *Memory {
	return &Memory{kube: kube, namespace: namespace, loaded: kube == nil, entries: map[string]*kept{}}
}

// Made gives the records that the provider made in a zone, and whether that is all that is external-dns's there. The domain is
// canonical. Only the first call in a process costs a request.
func (m *Memory) Made(ctx context.Context, domain string) (made zone.Set, complete bool, err error) {
	entry, err := m.Of(ctx, domain)
	return entry.Made, entry.Complete, err
}

// Of gives what is remembered of a zone.
func (m *Memory) Of(ctx context.Context, domain string) (Entry, error) {
	known, err := m.find(ctx, domain)
	if err != nil {
		return Entry{}, err
	}
	entry, _ := m.look(known)
	return entry, nil
}

func (m *Memory) find(ctx context.Context, domain string) (*kept, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.load(ctx); err != nil {
		return nil, err
	}
	if m.entries[domain] == nil {
		m.entries[domain] = &kept{}
	}
	return m.entries[domain], nil
}

func (m *Memory) look(known *kept) (entry Entry, version string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return known.clone(), known.version
}

func (m *Memory) set(known *kept, entry Entry, version string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	known.Entry, known.version = entry, version
}

// Unsettled gives the zones from which records were taken of which it is not certain that others came.
func (m *Memory) Unsettled(ctx context.Context) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.load(ctx); err != nil {
		return nil, err
	}
	var domains []string
	for domain, known := range m.entries {
		if len(known.Taken) > 0 {
			domains = append(domains, domain)
		}
	}
	slices.Sort(domains)
	return domains, nil
}

// Change changes what is remembered of a zone, and has written it when it returns. Nothing is written if nothing changes.
func (m *Memory) Change(ctx context.Context, domain string, change func(*Entry)) error {
	known, err := m.find(ctx, domain)
	if err != nil {
		return err
	}
	known.writing.Lock()
	defer known.writing.Unlock()
	for range maxSwaps {
		before, version := m.look(known)
		wanted := before.clone()
		change(&wanted)
		if wanted.Made.Len() > MaxRecords {
			wanted.Made, wanted.Complete = before.Made, false
		}
		if wanted.equal(before) {
			return nil
		}
		version, err := m.write(ctx, domain, wanted, version)
		if err == nil {
			m.set(known, wanted, version)
			return nil
		}
		if !apierrors.IsConflict(err) && !apierrors.IsAlreadyExists(err) && !apierrors.IsNotFound(err) {
			return fmt.Errorf("write ConfigMap %s: %w", nameOf(domain), err)
		}
		if err := m.reload(ctx, domain, known); err != nil {
			return err
		}
	}
	return fmt.Errorf("write ConfigMap %s: somebody else goes on changing it", nameOf(domain))
}

// load reads all zones, once.
func (m *Memory) load(ctx context.Context) error {
	if m.loaded {
		return nil
	}
	var list corev1.ConfigMapList
	if err := m.kube.List(ctx, &list, client.InNamespace(m.namespace), client.MatchingLabels{component: componentName}); err != nil {
		return fmt.Errorf("list what the provider of external-dns made: %w", err)
	}
	for i := range list.Items {
		if domain, entry, ok := decode(&list.Items[i]); ok {
			m.entries[domain] = &kept{Entry: entry, version: list.Items[i].ResourceVersion}
		}
	}
	m.loaded = true
	return nil
}

// reload reads one zone.
func (m *Memory) reload(ctx context.Context, domain string, known *kept) error {
	var found corev1.ConfigMap
	err := m.kube.Get(ctx, client.ObjectKey{Namespace: m.namespace, Name: nameOf(domain)}, &found)
	switch {
	case apierrors.IsNotFound(err):
		m.set(known, Entry{}, "")
		return nil
	case err != nil:
		return fmt.Errorf("read ConfigMap %s: %w", nameOf(domain), err)
	}
	_, entry, _ := decode(&found)
	m.set(known, entry, found.ResourceVersion)
	return nil
}

func (m *Memory) write(ctx context.Context, domain string, entry Entry, version string) (newVersion string, err error) {
	if m.kube == nil {
		return "", nil
	}
	object, err := encode(domain, entry)
	if err != nil {
		return "", err
	}
	object.Namespace, object.ResourceVersion = m.namespace, version
	if version == "" {
		err = m.kube.Create(ctx, object)
	} else {
		err = m.kube.Update(ctx, object)
	}
	return object.ResourceVersion, err
}
