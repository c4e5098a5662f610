package bench

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/inventory"
	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// process is one run of the product, from its start until it ends or is killed. All that leaves it passes its RoundTrip
// or one of its ledgers, so that nothing can be heard of it once it is dead.
type process struct {
	*operator
	day         *day
	connections map[string]*account.Connection
	wake        map[string]chan struct{}

	life    context.Context // ends when it is killed
	die     context.CancelFunc
	editing context.Context // ends when it makes no changes any more
	calm    context.CancelFunc
	editors sync.WaitGroup
	askers  sync.WaitGroup

	mu       sync.Mutex
	inFlight map[string]int
	requests chan struct{} // holds an element once a request has set out
}

// errKilled ends what a dead process had begun.
var errKilled = errors.New("the process was killed")

// launch starts a process that looks after every zone.
func (d *day) launch() *process {
	p := &process{
		day: d, connections: map[string]*account.Connection{}, wake: map[string]chan struct{}{},
		inFlight: map[string]int{}, requests: make(chan struct{}, 1),
	}
	p.life, p.die = context.WithCancel(context.Background())
	p.editing, p.calm = context.WithCancel(traffic.WithPriority(p.life, traffic.Change))
	for _, w := range d.wishes {
		p.wake[w.domain] = make(chan struct{}, 1)
	}
	p.operator = startOperator(account.Settings{
		SweepInterval: defaultSweep,
		Ledger:        func(name string) budget.Ledger { return &distantLedger{p, d.ledger(name)} },
		Changed:       func(_ types.NamespacedName, domain string) { p.nudge(domain) },
		Options:       []regapi.Option{regapi.WithTransport(p)},
	}, dayLogins...)
	for _, login := range dayLogins {
		p.connections[login] = p.connect(d.T, d.api, login)
	}
	for _, w := range d.wishes {
		p.Follow(p.connections[w.login], w.domain, w.domain, inventory.Records)
		p.editors.Go(func() { p.lookAfter(w) })
		p.nudge(w.domain)
	}
	return p
}

// nudge makes the process look after a zone.
func (p *process) nudge(domain string) {
	select {
	case p.wake[domain] <- struct{}{}:
	default: // It will anyway; or the account as a whole has changed, for which there is no channel.
	}
}

// lookAfter brings a zone to what is wished for whenever somebody says that it may differ.
func (p *process) lookAfter(w *wish) {
	for failures := 0; ; {
		select {
		case <-p.wake[w.domain]:
		case <-p.editing.Done():
			return
		}
		result, err := p.Edit(p.editing, zone.Target{Domain: w.domain, Store: p.connections[w.login]}, zone.Edit{Plan: w.plan})
		if p.editing.Err() != nil {
			return
		}
		for _, failure := range result.Failures {
			p.day.Errorf("%s: %v", w.domain, failure)
		}
		if err == nil {
			failures = 0
			continue
		}
		if !pause.For(p.editing, backoff(err, failures)) {
			return
		}
		failures++
		p.nudge(w.domain)
	}
}

// ask asks something about zones, as somebody does who needs to know by a deadline and then gives up.
func (p *process) ask(login string, priority traffic.Priority, patience time.Duration, refs ...regapi.DomainRef) {
	p.askers.Go(func() {
		ctx, cancel := context.WithTimeout(traffic.WithPriority(p.life, priority), patience)
		defer cancel()
		_, _ = p.connections[login].Client.Zone.Nop(ctx, refs...) // The budget may refuse it, or a fault strike.
	})
}

// stopEditing makes the process change nothing more, as one does that is not the leader any longer. What it has sent by
// then comes to its end.
func (p *process) stopEditing() {
	p.calm()
	p.editors.Wait()
	time.Sleep(roundTrip)
}

// quit ends the process as it ends when it is asked to.
func (p *process) quit() {
	p.stopEditing()
	p.stop()
	p.die() // For askers in the middle of something.
	p.askers.Wait()
}

// kill ends it as SIGKILL does: nothing is sent or written from now on. What had arrived by then is done by those at whom
// it arrived.
func (p *process) kill() {
	p.die()
	p.editors.Wait()
	p.askers.Wait()
	p.stop()
	p.calm()
}

// killAtNextRequest kills it somewhere between the start of a request and the arrival of its answer.
func (p *process) killAtNextRequest() {
	select {
	case <-p.requests: // An old one.
	default:
	}
	select {
	case <-p.requests:
		time.Sleep(p.day.dice.upTo(roundTrip))
	case <-time.After(defaultSweep):
	}
	p.kill()
}

// The way to REG.API and back takes up to oneWay each, and REG.API itself latency.
const (
	oneWay    = 40 * time.Millisecond
	roundTrip = latency + 2*oneWay
)

// RoundTrip takes a request to REG.API, unless the process dies before it gets there, and the answer back, unless it dies
// before that arrives.
func (p *process) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	login := form.Get("username")
	p.setOut(login)
	defer p.comeBack(login)
	ctx, cancel := context.WithCancel(request.Context())
	defer cancel()
	defer context.AfterFunc(p.life, cancel)()
	if !pause.For(ctx, p.day.dice.upTo(oneWay)) {
		return nil, p.endOf(ctx)
	}
	arriving := request.Clone(ctx)
	arriving.Body = io.NopCloser(bytes.NewReader(body))
	response, err := p.day.transport.RoundTrip(arriving)
	if err != nil {
		return nil, err
	}
	if !pause.For(ctx, p.day.dice.upTo(oneWay)) {
		return nil, p.endOf(ctx)
	}
	return response, nil
}

func (p *process) setOut(login string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inFlight[login]++
	if now := p.inFlight[login]; now > 1 {
		p.day.Errorf("%d requests of %s in flight at once", now, login)
	}
	select {
	case p.requests <- struct{}{}:
	default:
	}
}

func (p *process) comeBack(login string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inFlight[login]--
}

// endOf says what has ended a wait.
func (p *process) endOf(ctx context.Context) error {
	if p.life.Err() != nil {
		return errKilled
	}
	return ctx.Err()
}

// distantLedger is a ledger that all processes share, as one of them reaches it: on a way on which it may die.
type distantLedger struct {
	p      *process
	shared *budget.MemoryLedger
}

// ledgerWay is the longest way to the ledger.
const ledgerWay = 20 * time.Millisecond

func (l *distantLedger) Load(ctx context.Context) (data []byte, stamp budget.Stamp, err error) {
	if err := l.travel(ctx); err != nil {
		return nil, budget.Stamp{}, err
	}
	if data, stamp, err = l.shared.Load(ctx); err != nil {
		return nil, budget.Stamp{}, err
	}
	return data, stamp, l.travel(ctx)
}

func (l *distantLedger) Save(ctx context.Context, data []byte, version string) (stamp budget.Stamp, err error) {
	if err := l.travel(ctx); err != nil {
		return budget.Stamp{}, err
	}
	if stamp, err = l.shared.Save(ctx, data, version); err != nil {
		return budget.Stamp{}, err
	}
	return stamp, l.travel(ctx)
}

func (l *distantLedger) Delete(ctx context.Context, version string) error {
	if err := l.travel(ctx); err != nil {
		return err
	}
	if err := l.shared.Delete(ctx, version); err != nil {
		return err
	}
	return l.travel(ctx)
}

func (l *distantLedger) travel(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(l.p.life, cancel)()
	if !pause.For(ctx, l.p.day.dice.upTo(ledgerWay)) {
		return l.p.endOf(ctx)
	}
	return nil
}
