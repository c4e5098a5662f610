package certmanager

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/cert-manager/cert-manager/pkg/acme/webhook"
	acme "github.com/cert-manager/cert-manager/pkg/acme/webhook/apis/acme/v1alpha1"
	"github.com/prometheus/client_golang/prometheus"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/internal/traffic"
	"github.com/regapi-io/regapi-operator/internal/zone"
	"github.com/regapi-io/regapi-operator/webhook/certmanager/internal/presented"
)

// Name is what an Issuer calls the solver: spec.acme.solvers[].dns01.webhook.solverName.
const Name = "regapi"

// Settings of a Solver. Reader, Directory, Editor and Events are required.
type Settings struct {
	// Reader of DNSZones, Domains, Accounts and Namespaces; a cache.
	Reader client.Reader
	// Directory and Editor are those of the whole process.
	Directory *account.Directory
	Editor    *zone.Editor
	Events    events.EventRecorder
	// Endpoints of REG.API, the most trusted first, for Issuers that name no Account. REG.RU's by default.
	Endpoints tenancy.Trust
	// Kube and Namespace are where it is remembered what was presented; the client must not read from a cache. Without one it is
	// remembered as long as the process lasts.
	Kube      client.Client
	Namespace string
	// CleanUpGrace is how long CleanUp fails for what does not pass by itself, before it lets go of a challenge; 5 min by default.
	CleanUpGrace time.Duration
	// Publication asks the authoritative name servers, for Issuers that wait for them.
	Publication zone.Publication
	// Metrics is where the metrics are registered; nil for nowhere.
	Metrics prometheus.Registerer

	// AnswerWithin bounds every answer; 30 s by default. The API server of Kubernetes gives up after 34 s.
	AnswerWithin time.Duration
	// WorkWithin bounds an edit of a zone, which may go on after its callers have left; 2 min by default.
	WorkWithin time.Duration
	// Linger is how long the first wish for a zone waits for others; 250 ms by default.
	Linger time.Duration
}

func (s *Settings) setDefaults() {
	if s.AnswerWithin == 0 {
		s.AnswerWithin = 30 * time.Second
	}
	if s.WorkWithin == 0 {
		s.WorkWithin = 2 * time.Minute
	}
	if len(s.Endpoints) == 0 {
		s.Endpoints = tenancy.Trust{v1alpha1.DefaultEndpoint}
	}
	if s.CleanUpGrace == 0 {
		s.CleanUpGrace = account.ReleaseGrace
	}
	if s.Linger == 0 {
		s.Linger = 250 * time.Millisecond
	}
}

// Solver presents and cleans up the challenges of cert-manager. Make it with NewSolver, and Close it.
type Solver struct {
	settings Settings
	metrics  *metrics
	zones    zoneMemory
	backoffs backoffs
	memory   *presented.Memory
	graces   graces
	gatherer *gatherer
	requests atomic.Uint64

	// base ends with the Solver.
	base   context.Context
	cancel context.CancelFunc
}

var _ webhook.Solver = (*Solver)(nil)

// NewSolver gives a Solver.
func NewSolver(settings Settings) *Solver {
	settings.setDefaults()
	base, cancel := context.WithCancel(context.Background())
	s := &Solver{settings: settings, metrics: newMetrics(settings.Metrics), base: base, cancel: cancel}
	s.memory, s.graces.lasting = presented.New(settings.Kube, settings.Namespace), settings.CleanUpGrace
	s.gatherer = newGatherer(base, settings, &s.backoffs)
	return s
}

// Close ends the work and waits for its end.
func (s *Solver) Close() {
	s.cancel()
	s.gatherer.wait()
	s.memory.Wait()
}

// Name tells cert-manager's server what to call the solver.
func (s *Solver) Name() string { return Name }

// Initialize has nothing to do: whoever makes a Solver gives it everything that it needs.
func (s *Solver) Initialize(*rest.Config, <-chan struct{}) error { return nil }

// Present makes the zone hold the TXT record of a challenge, and leaves all others alone. It is confirmed by reading the zone back.
func (s *Solver) Present(request *acme.ChallengeRequest) error {
	return s.serve(request, zone.Add, s.present)
}

// CleanUp makes the zone hold the TXT record of a challenge no longer, and leaves all others alone. Where that cannot be had it succeeds
// after a while all the same, and tells what may be left.
func (s *Solver) CleanUp(request *acme.ChallengeRequest) error {
	return s.serve(request, zone.Remove, s.cleanUp)
}

// asked is a request, and its number in the order in which cert-manager asked.
type asked struct {
	*acme.ChallengeRequest
	number uint64
}

// serve answers a request in time, and counts it.
func (s *Solver) serve(request *acme.ChallengeRequest, operation zone.Operation, do func(context.Context, asked) error) error {
	number := s.requests.Add(1)
	ctx, cancel := context.WithTimeout(s.base, s.settings.AnswerWithin)
	defer cancel()
	logger := log.FromContext(ctx).WithName("certmanager").WithValues(
		"operation", verbs[operation], "name", request.ResolvedFQDN, "namespace", request.ResourceNamespace)
	ctx = traffic.WithAskers(traffic.WithPriority(log.IntoContext(ctx, logger), traffic.Interactive), traffic.ByChallenge)
	err := do(ctx, asked{request, number})
	if err != nil {
		logger.V(1).Info("The challenge failed", "cause", err.Error())
	}
	err = explain(err)
	if err != nil && s.base.Err() != nil {
		err = errClosed
	}
	s.metrics.count(operation, err)
	if err != nil {
		logger.V(1).Info("The challenge failed; cert-manager comes again", "reason", err.Error())
	}
	return err
}

// verbs are cert-manager's words for what a change of a zone is to a challenge.
var verbs = map[zone.Operation]string{zone.Add: "present", zone.Remove: "cleanup"}

// present adds the record of a challenge, after it has been written down where.
func (s *Solver) present(ctx context.Context, request asked) error {
	config, err := parseConfig(request.Config)
	if err != nil {
		return err
	}
	fqdn, err := zone.CanonicalDomain(request.ResolvedFQDN)
	if err != nil {
		return fmt.Errorf("name of the challenge's record: %w", err)
	}
	if request.Key == "" {
		return errors.New("the challenge has no key")
	}
	found, err := s.locate(ctx, request.ResourceNamespace, config.AccountRef, fqdn)
	if err != nil {
		return err
	}
	c := presented.Challenge{Namespace: request.ResourceNamespace, FQDN: fqdn, Key: request.Key}
	if err := s.memory.Add(ctx, c, found.account, found.domain); err != nil {
		return err
	}
	record := zone.Record{Name: zone.Relative(fqdn, found.domain), Type: zone.TXT, Content: request.Key}
	if err := s.carryOut(ctx, request.number, found, zone.Change{Operation: zone.Add, Record: record}); err != nil {
		return err
	}
	if config.WaitForPublication == WaitEnabled {
		return s.awaitPublication(ctx, found.domain, record)
	}
	return nil
}

// carryOut changes a zone, if the DNSZone that rules it has nothing against that.
func (s *Solver) carryOut(ctx context.Context, number uint64, found place, wanted zone.Change) error {
	object, err := s.consent(ctx, found, wanted)
	if err != nil {
		return err
	}
	report := func() { s.report(ctx, object, found.domain, wanted) }
	return s.gatherer.do(ctx, target{found.connection, found.domain}, newWish(number, wanted, report))
}

// report makes a change of the outside world known.
func (s *Solver) report(ctx context.Context, object *v1alpha1.DNSZone, domain string, made zone.Change) {
	reason, what := "ChallengePresented", "added"
	if made.Operation == zone.Remove {
		reason, what = "ChallengeCleanedUp", "removed"
	}
	log.FromContext(ctx).Info("Changed the zone for cert-manager", "domain", domain, "record", made.Record.Name+" TXT", "what", what)
	log.FromContext(ctx).V(1).Info("Changed the zone for cert-manager", "domain", domain, "change", made.String())
	if object != nil {
		s.settings.Events.Eventf(object, nil, corev1.EventTypeNormal, reason, "Solve", "TXT record of %s %s for cert-manager", made.Record.Name, what)
	}
}

// publicationInterval is how often the authoritative name servers are asked.
const publicationInterval = 2 * time.Second

// awaitPublication waits until every authoritative name server answers with a record.
func (s *Solver) awaitPublication(ctx context.Context, domain string, record zone.Record) error {
	unreachable := false
	for {
		missing, err := s.settings.Publication.Missing(ctx, domain, []zone.Record{record})
		if err == nil && len(missing) == 0 {
			return nil
		}
		if ctx.Err() == nil { // Else it tells of the end of our time only.
			unreachable = err != nil
		}
		if !pause.For(ctx, publicationInterval) {
			return notPublished(domain, unreachable)
		}
	}
}

func notPublished(domain string, unreachable bool) error {
	if unreachable {
		return fmt.Errorf("the TXT record stands in zone %s, but the authoritative name servers cannot be asked from here: "+
			"let the operator reach their port 53 by TCP, or set waitForPublication: %s", domain, WaitDisabled)
	}
	return fmt.Errorf("the TXT record stands in zone %s, but the authoritative name servers do not answer with it yet: cert-manager tries again", domain)
}

// explain makes an error one for a person: with the remedy, and the same at every attempt.
func explain(err error) error {
	switch remedy := regapi.Remedy(err); {
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return errors.New("REG.API has not been reached in time, since other requests come first or it is slow: cert-manager tries again")
	case remedy != "":
		return fmt.Errorf("%w. %s", discreet{err}, remedy)
	default:
		return discreet{err}
	}
}

// discreet is an error in the words for those who see a Challenge.
type discreet struct{ error }

func (d discreet) Error() string { return regapi.Discreet(d.error) }

func (d discreet) Unwrap() error { return d.error }
