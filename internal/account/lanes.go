package account

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/traffic"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

const (
	// unprovenPerHour is how many checks of credentials may fail in an hour at one host, whoever they claim to be of. They come on top
	// of what accepted accounts may use, so that nobody takes anything from those.
	unprovenPerHour = 60
	// idleLane is how long a lane without Accounts stays: until nothing counts any more that went through it.
	idleLane = time.Hour + 10*time.Minute
	// tidyInterval is the time between two looks for lanes and ledgers that nobody needs.
	tidyInterval = 10 * time.Minute
	// tidyTimeout bounds one look.
	tidyTimeout = time.Minute
	// budgetGrace bounds the last writes of the ledgers, for which the context of Start is over.
	budgetGrace = 5 * time.Second
)

// names of ledgers that belong to no login. formerEgress is that of the time when all hosts had one.
const (
	egressPrefix   = "egress-"
	unprovenPrefix = "unproven-"
	formerEgress   = "egress"
)

// sharedLane is what all Accounts of a login go through.
type sharedLane struct {
	*traffic.Lane
	login  Login
	budget *budget.Budget
	// probing is the lane of checks of credentials that claim to be this login's.
	probing *traffic.Lane
	// limits that the Accounts of the login ask for; the smallest holds.
	limits map[types.NamespacedName]int
	// idleSince is when the last of them left, or the last check ended.
	idleSince time.Time
	// counted are the ledgers and budgets of other names whose requests are counted here.
	counted map[string]bool
}

// host is what all logins at a host share.
type host struct {
	egress, unproven *budget.Budget
	ledgers          []string
}

// hostAt gives what is shared at a host. expected says that there was an egress budget before. The lock is held.
func (d *Directory) hostAt(name string, expected bool) *host {
	if h, ok := d.hosts[name]; ok {
		return h
	}
	short := digest("%q", name)[:idLength]
	h := &host{
		egress:   d.newBudget(d.settings.EgressPerHour, egressPrefix+short, digest("egress %q", name), expected),
		unproven: d.newBudget(unprovenPerHour, unprovenPrefix+short, digest("unproven %q", name), false),
		ledgers:  []string{egressPrefix + short, unprovenPrefix + short},
	}
	h.egress.AddFormer(budget.Former{Name: formerEgress, Ledger: d.settings.Ledger(formerEgress)})
	d.hosts[name] = h
	return h
}

func (d *Directory) newBudget(perHour int, ledger, owner string, expected bool) *budget.Budget {
	options := []budget.Option{budget.WithLedger(d.settings.Ledger(ledger)), budget.WithOwner(owner)}
	if expected && !d.forgetful {
		options = append(options, budget.WithExpectedLedger())
	}
	return budget.New(perHour, options...)
}

// lane gives the lane of a login. The lock is held.
func (d *Directory) lane(l Login, at endpoint, expected bool) *sharedLane {
	if lane, ok := d.lanes[l]; ok {
		return lane
	}
	h := d.hostAt(at.egress, expected)
	own := d.newBudget(budget.DefaultRequestsPerHour, l.ID(), l.hash(), expected)
	lane := &sharedLane{
		Lane:      traffic.NewLane(traffic.WithBudgets(own, h.egress), traffic.WithObserver(d.settings.Observer(l.ID()))),
		probing:   traffic.NewLane(traffic.WithProbePurse(own, h.unproven, h.egress)),
		login:     l,
		budget:    own,
		limits:    map[types.NamespacedName]int{},
		idleSince: time.Now(),
		counted:   map[string]bool{},
	}
	d.lanes[l] = lane
	return lane
}

// join makes an Account one of those that share a lane, and of no other. The lock is held.
func (d *Directory) join(lane *sharedLane, account types.NamespacedName, requestsPerHour int) {
	d.leave(account, lane)
	lane.limits[account] = requestsPerHour
	lane.adjust()
}

// leave takes an Account out of every lane but one. The lock is held.
func (d *Directory) leave(account types.NamespacedName, except *sharedLane) {
	for _, lane := range d.lanes {
		if _, member := lane.limits[account]; !member || lane == except {
			continue
		}
		delete(lane.limits, account)
		lane.idleSince = time.Now()
		lane.adjust()
	}
}

// adjust makes the smallest limit hold. A lane without Accounts keeps the last one.
func (l *sharedLane) adjust() {
	if len(l.limits) > 0 {
		l.budget.SetLimit(slices.Min(slices.Collect(maps.Values(l.limits))))
	}
}

// countFormers makes a lane pay for what was spent under the names that its login had before it was known by its number. The lock
// is held.
func (d *Directory) countFormers(lane *sharedLane, c *candidate) {
	byName := c.claimed()
	for _, name := range []string{formerID(c.account.Spec.Endpoint, c.username), byName.ID()} {
		if lane.login == byName && name == byName.ID() || lane.counted[name] {
			continue
		}
		lane.counted[name] = true
		if claimed := d.lanes[byName]; claimed != nil && name == byName.ID() && claimed.budget.State().Loaded {
			lane.budget.Absorb(claimed.budget, name)
			continue
		}
		lane.budget.AddFormer(budget.Former{Name: name, Ledger: d.settings.Ledger(name)})
	}
}

// tidyUp looks for lanes and ledgers that nobody needs, until the context ends.
func (d *Directory) tidyUp(ctx context.Context) {
	for pause.For(ctx, pause.Jittered(tidyInterval)) {
		bounded, cancel := context.WithTimeout(ctx, tidyTimeout)
		if err := d.tidy(bounded); err != nil {
			log.FromContext(ctx).Error(err, "Ledgers that nobody needs stay for now")
		}
		cancel()
	}
}

// tidy drops lanes that have long had no Account, and the ledgers that tell nothing any more and belong to no lane.
func (d *Directory) tidy(ctx context.Context) error {
	failures := []error{}
	for _, lane := range d.dropIdleLanes() {
		failures = append(failures, lane.budget.Close(ctx))
	}
	names, err := d.settings.Ledgers(ctx)
	if err != nil {
		return fmt.Errorf("list the ledgers: %w", err)
	}
	used, now, known := d.ledgersInUse()
	if !known {
		return errors.Join(failures...)
	}
	for _, name := range names {
		if !used[name] {
			_, err := budget.Discard(ctx, d.settings.Ledger(name), now)
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}

func (d *Directory) dropIdleLanes() []*sharedLane {
	d.mu.Lock()
	defer d.mu.Unlock()
	var idle []*sharedLane
	for l, lane := range d.lanes {
		if len(lane.limits) == 0 && time.Since(lane.idleSince) >= idleLane {
			idle = append(idle, lane)
			delete(d.lanes, l)
		}
	}
	return idle
}

// ledgersInUse names the ledgers that budgets use, and gives a time that has come for sure by the clock of their keeper.
func (d *Directory) ledgersInUse() (used map[string]bool, certain time.Time, known bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	used = map[string]bool{}
	for l := range d.lanes {
		used[l.ID()] = true
	}
	for _, h := range d.hosts {
		for _, name := range h.ledgers {
			used[name] = true
		}
		if at, ok := h.egress.CertainTime(); ok && at.After(certain) {
			certain, known = at, true
		}
	}
	return used, certain, known
}

// returnBudgets gives back what is unspent, to every ledger, whatever the others do.
func (d *Directory) returnBudgets() error {
	ctx, cancel := context.WithTimeout(context.Background(), budgetGrace)
	defer cancel()
	d.mu.Lock()
	var budgets []*budget.Budget
	for _, lane := range d.lanes {
		budgets = append(budgets, lane.budget)
	}
	for _, h := range d.hosts {
		budgets = append(budgets, h.egress, h.unproven)
	}
	d.mu.Unlock()
	failures := make([]error, len(budgets))
	var closing sync.WaitGroup
	for i, b := range budgets {
		closing.Go(func() { failures[i] = b.Close(ctx) })
	}
	closing.Wait()
	if err := errors.Join(failures...); err != nil {
		return fmt.Errorf("give unspent requests back: %w", err)
	}
	return nil
}
