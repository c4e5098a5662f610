package account

import (
	"crypto/sha256"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

const (
	// probeAgain is how long refused credentials rest: a change of the allow-list takes up to half an hour anyway.
	probeAgain = 15 * time.Minute
	// probeWindow is what the bounds below are about.
	probeWindow = time.Hour
	// runningProbe is how long to wait where a check that is under way decides.
	runningProbe = 2 * time.Second
	// turnGrace is how long a namespace has its turn kept for it.
	turnGrace = time.Minute
)

// How many checks may fail within the window. What one namespace may not use is left for others: whoever fails on purpose takes
// nobody's turn.
var (
	loginBound = probeBound{all: 4, namespace: 3}
	hostBound  = probeBound{all: unprovenPerHour, namespace: unprovenPerHour / 2}
)

type probeBound struct{ all, namespace int }

// probe is a check of credentials that nobody has proven yet.
type probe struct {
	claimed     Login
	host        string
	namespace   string
	credentials [sha256.Size]byte
}

// probes decides which unproven credentials may be tried. Knowing a login must be enough neither to have its user blocked for
// wrong passwords, nor to keep him from trying the right one. The zero value is ready to use.
type probes struct {
	mu     sync.Mutex
	denied map[[sha256.Size]byte]denial
	// running are the credentials that are being tried.
	running map[[sha256.Size]byte]bool
	logins  map[Login]*probeRecord
	hosts   map[string]*probeRecord
}

// denial is what REG.API said to credentials.
type denial struct {
	err     error
	retryAt time.Time
}

// probeRecord is what happened to checks that share a bound.
type probeRecord struct {
	failures []failedProbe // oldest first
	running  map[string]int
	// waiting has the namespaces that wait for a turn, and until when it is kept for them.
	waiting map[string]time.Time
}

type failedProbe struct {
	namespace string
	at        time.Time
}

// admit lets a check begin, or says why not yet: the refusal that these credentials have met, or how long it has to wait.
func (p *probes) admit(c probe) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	p.prune(now)
	if refused, ok := p.denied[c.credentials]; ok && now.Before(refused.retryAt) {
		return traffic.HeldBack(refused.err)
	}
	if p.running[c.credentials] {
		return waitForProbe(runningProbe)
	}
	login, host := recordOf(&p.logins, c.claimed), recordOf(&p.hosts, c.host)
	if wait := max(login.wait(c.namespace, loginBound, now), host.wait(c.namespace, hostBound, now)); wait > 0 {
		return waitForProbe(wait)
	}
	if p.running == nil {
		p.running = map[[sha256.Size]byte]bool{}
	}
	p.running[c.credentials] = true
	login.begin(c.namespace)
	host.begin(c.namespace)
	return nil
}

func waitForProbe(wait time.Duration) error {
	return traffic.NewThrottledError("nop", "credentials that REG.API has not accepted yet are tried rarely", wait)
}

// settle notes how a check has ended.
func (p *probes) settle(c probe, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	delete(p.running, c.credentials)
	failed := regapi.IsDenied(err)
	recordOf(&p.logins, c.claimed).end(c.namespace, failed, now)
	recordOf(&p.hosts, c.host).end(c.namespace, failed, now)
	switch {
	case failed:
		if p.denied == nil {
			p.denied = map[[sha256.Size]byte]denial{}
		}
		p.denied[c.credentials] = denial{err, now.Add(probeAgain)}
	case err == nil:
		delete(p.denied, c.credentials)
	}
}

// prune forgets what lies back longer than the window.
func (p *probes) prune(now time.Time) {
	maps.DeleteFunc(p.denied, func(_ [sha256.Size]byte, d denial) bool { return !now.Before(d.retryAt) })
	maps.DeleteFunc(p.logins, func(_ Login, r *probeRecord) bool { return r.prune(now) })
	maps.DeleteFunc(p.hosts, func(_ string, r *probeRecord) bool { return r.prune(now) })
}

func recordOf[K comparable](records *map[K]*probeRecord, key K) *probeRecord {
	if *records == nil {
		*records = map[K]*probeRecord{}
	}
	if (*records)[key] == nil {
		(*records)[key] = &probeRecord{running: map[string]int{}, waiting: map[string]time.Time{}}
	}
	return (*records)[key]
}

// prune says whether nothing is left.
func (r *probeRecord) prune(now time.Time) bool {
	r.failures = slices.DeleteFunc(r.failures, func(f failedProbe) bool { return now.Sub(f.at) >= probeWindow })
	maps.DeleteFunc(r.waiting, func(_ string, until time.Time) bool { return !now.Before(until) })
	return len(r.failures)+len(r.running)+len(r.waiting) == 0
}

// wait is how long a namespace has to wait for its turn; 0 if that is now.
func (r *probeRecord) wait(namespace string, bound probeBound, now time.Time) time.Duration {
	own := func(f failedProbe) bool { return f.namespace == namespace }
	ownFailures := slices.DeleteFunc(slices.Clone(r.failures), func(f failedProbe) bool { return !own(f) })
	if len(ownFailures)+r.running[namespace] >= bound.namespace {
		return untilForgotten(ownFailures, now)
	}
	running := 0
	for _, n := range r.running {
		running += n
	}
	if len(r.failures)+running >= bound.all {
		wait := untilForgotten(r.failures, now)
		r.waiting[namespace] = now.Add(wait + turnGrace)
		return wait
	}
	for other, until := range r.waiting {
		if other != namespace && r.lastOf(other).Before(r.lastOf(namespace)) {
			return min(until.Sub(now), turnGrace)
		}
	}
	delete(r.waiting, namespace)
	return 0
}

// untilForgotten is the time until the first failure counts no more, or until checks that are under way have ended.
func untilForgotten(failures []failedProbe, now time.Time) time.Duration {
	if len(failures) == 0 {
		return runningProbe
	}
	return failures[0].at.Add(probeWindow).Sub(now)
}

// lastOf is when a namespace has failed last; zero if it has not.
func (r *probeRecord) lastOf(namespace string) time.Time {
	for _, f := range slices.Backward(r.failures) {
		if f.namespace == namespace {
			return f.at
		}
	}
	return time.Time{}
}

func (r *probeRecord) begin(namespace string) { r.running[namespace]++ }

func (r *probeRecord) end(namespace string, failed bool, now time.Time) {
	if r.running[namespace]--; r.running[namespace] <= 0 {
		delete(r.running, namespace)
	}
	if failed {
		r.failures = append(r.failures, failedProbe{namespace, now})
	}
}
