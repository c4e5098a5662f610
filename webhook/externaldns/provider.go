package externaldns

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/semaphore"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/provenance"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/internal/traffic"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// Settings of a Provider. Reader, Directory, Editor and Events are required.
//
// What the provider makes is in Memory before it is made; without one it is lost with the process.
type Settings struct {
	// Reader of DNSZones, Accounts and Namespaces; a cache.
	Reader client.Reader
	// Directory and Editor are those of the whole process.
	Directory *account.Directory
	Editor    *zone.Editor
	Events    events.EventRecorder
	// Memory of what was made; that of the whole process.
	Memory *provenance.Memory
	// Status is how statuses of DNSZones are written; nil for not at all.
	Status client.StatusClient
	// Metrics is where the metrics are registered; nil for nowhere.
	Metrics prometheus.Registerer

	// Endpoints of REG.API, the most trusted first: where domains of several are claimed, or one lies below another. REG.RU's by default.
	Endpoints tenancy.Trust
	// SettleWithin is how long after the first request the lists of Accounts are waited for; 2 min by default. After that one that is not known
	// is left out until it is.
	SettleWithin time.Duration

	// Domains that are served, with all below them, as far as they opt in; every one by default. They are in canonical form.
	Domains []string
	// DryRun plans and logs what external-dns asks for, and writes nothing.
	DryRun bool
	// ReadOnly does not even plan.
	ReadOnly bool
	// MaxChanges that a sync may make in a zone, but for a single name that needs more; 0 for any number.
	MaxChanges int
	// MaxBody of a request in bytes; 32 MiB by default, which is about a hundred thousand endpoints.
	MaxBody int64
	// AnswerWithin bounds every answer; 8 s by default. external-dns gives up after 15 s.
	AnswerWithin time.Duration
	// WorkWithin bounds the work for one zone that a sync began; 1 h by default. What is left comes with a later sync.
	WorkWithin time.Duration
	// QuietAfter is how long after a listing an order has to come, or else external-dns wants nothing more; 15 s by default.
	QuietAfter time.Duration
}

func (s *Settings) setDefaults() {
	if s.MaxBody == 0 {
		s.MaxBody = 32 << 20
	}
	if s.AnswerWithin == 0 {
		s.AnswerWithin = 8 * time.Second
	}
	if s.WorkWithin == 0 {
		s.WorkWithin = time.Hour
	}
	if len(s.Endpoints) == 0 {
		s.Endpoints = tenancy.Trust{v1alpha1.DefaultEndpoint}
	}
	if s.SettleWithin == 0 {
		s.SettleWithin = 2 * time.Minute
	}
	if s.QuietAfter == 0 {
		s.QuietAfter = 15 * time.Second
	}
	if s.Memory == nil {
		s.Memory = provenance.New(nil, "")
	}
}

// maxReading bodies are in memory at a time, of up to MaxBody each. One external-dns sends one.
const maxReading = 2

// Provider reads and changes the zones that opt in. Make it with NewProvider, and Close it.
type Provider struct {
	settings Settings
	metrics  *metrics
	refusals refusalMemory
	// reading bounds how many bodies are in memory.
	reading *semaphore.Weighted

	// base ends with the Provider; the end of a request does not end the work that it began.
	base   context.Context
	cancel context.CancelFunc

	mu sync.Mutex
	// began is when the zones were asked for first.
	began time.Time
	jobs  map[string]*job
	// syncs and negotiations are what is known of each external-dns.
	syncs        map[string]*syncState
	negotiations map[string]*negotiation
	// shown are the statuses as they were written last.
	shown map[types.UID]string
	// followed are the domains that inventories read for this Provider.
	followed map[string]*account.Connection
	closed   bool
	running  sync.WaitGroup
}

// NewProvider gives a Provider.
func NewProvider(settings Settings) *Provider {
	settings.setDefaults()
	base, cancel := context.WithCancel(context.Background())
	return &Provider{
		settings: settings, metrics: newMetrics(settings.Metrics), base: base, cancel: cancel,
		jobs: map[string]*job{}, syncs: map[string]*syncState{}, negotiations: map[string]*negotiation{}, shown: map[types.UID]string{},
		reading: semaphore.NewWeighted(maxReading),
	}
}

// Close ends the work in the background and waits for it.
func (p *Provider) Close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.cancel()
	p.running.Wait()
}

// lasting tells errors that somebody has to act upon, so that a zone is better left out than waited for.
func lasting(err error) bool {
	_, unavailable := errors.AsType[*account.Unavailable](err)
	return unavailable || regapi.IsDenied(err) || regapi.IsNotFound(err) || regapi.IsBlocked(err) || regapi.IsInvalid(err)
}

// isLasting is lasting, but for an Account that is only waited for.
func isLasting(err error) bool {
	unavailable, ok := errors.AsType[*account.Unavailable](err)
	return lasting(err) && (!ok || !unavailable.Passing)
}

// filter gives the domains that are served, and those that may be: external-dns asks once and keeps them.
func (p *Provider) filter(ctx context.Context) (domainFilter, error) {
	chosen, err := p.choose(ctx)
	if err != nil {
		return domainFilter{}, err
	}
	hoped, err := p.hoped(ctx, chosen)
	if err != nil {
		return domainFilter{}, err
	}
	domains := slices.Collect(maps.Keys(p.zonesOf(chosen)))
	for _, domain := range hoped {
		if p.offers(domain) {
			domains = append(domains, domain)
		}
	}
	p.negotiated(ctx, domains)
	return filterOf(domains), nil
}

// records lists the records of all zones. A zone that cannot be used is left out, since one must not stop all others; any
// other failure is an error, lest external-dns takes a part for the whole.
func (p *Provider) records(ctx context.Context) ([]endpoint, error) {
	zones, err := p.zones(ctx)
	if err != nil {
		return nil, err
	}
	domains := slices.Sorted(maps.Keys(zones))
	parts, failures := make([][]endpoint, len(domains)), make([]error, len(domains))
	var reading sync.WaitGroup // Reads that wait together leave together, up to a thousand in a request.
	for i, domain := range domains {
		reading.Go(func() { parts[i], failures[i] = p.recordsOf(ctx, zones[domain], domain) })
	}
	reading.Wait()
	for i, failure := range failures {
		if failure != nil && !lasting(failure) {
			return nil, fmt.Errorf("zone %s: %w", domains[i], failure)
		}
		if failure != nil {
			log.FromContext(ctx).V(1).Info("Left out a zone that cannot be used", "domain", domains[i], "reason", failure.Error())
		}
	}
	p.listed(ctx, zones)
	listed := map[string][]endpoint{}
	for i, domain := range domains {
		listed[domain] = parts[i]
	}
	p.metrics.listed(zones, listed)
	return slices.Concat(parts...), nil
}

func (p *Provider) recordsOf(ctx context.Context, found *served, domain string) ([]endpoint, error) {
	connection, err := p.connect(ctx, found)
	if err != nil {
		return nil, err
	}
	records, known := connection.KnownZone(domain)
	if !known || (records.Err != nil && !lasting(records.Err)) {
		if records, err = connection.ReadZone(traffic.WithAskers(traffic.WithPriority(ctx, traffic.Change), traffic.ByExternalDNS), domain); err != nil {
			return nil, err
		}
	}
	if records.Err != nil {
		return nil, records.Err
	}
	return endpointsOf(domain, records.Records), nil
}

// adjust gives the endpoints as records will list them once they exist. Those outside of every zone stay as they are.
func (p *Provider) adjust(ctx context.Context, endpoints []endpoint) ([]endpoint, error) {
	zones, err := p.zones(ctx)
	if err != nil {
		return nil, err
	}
	made := make([]endpoint, len(endpoints))
	wanted := map[string][]zone.Record{}
	for i, e := range endpoints {
		made[i] = e
		if domain, name, ok := zones.find(e.DNSName); ok {
			var records []zone.Record
			made[i], records = adjusted(e, name, domain)
			wanted[domain] = append(wanted[domain], records...)
		}
	}
	p.learnWanted(ctx, zones, wanted)
	return made, nil
}

// apply does what a sync asks for. The error is that of the context when work still goes on.
func (p *Provider) apply(ctx context.Context, asked changes) error {
	if p.settings.ReadOnly {
		log.FromContext(ctx).V(1).Info("Ignored the changes of external-dns: read-only")
		return nil
	}
	zones, err := p.zones(ctx)
	if err != nil {
		return err
	}
	orders := slices.Collect(maps.Values(sortOut(asked, zones)))
	p.ordering(ctx, orders)
	failures := make([]error, len(orders))
	var waiting sync.WaitGroup
	for i, o := range orders {
		waiting.Go(func() { failures[i] = p.await(ctx, zones[o.domain], o) })
	}
	waiting.Wait()
	return errors.Join(failures...)
}
