package account

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/batch"
	"github.com/regapi-io/regapi-operator/internal/inventory"
	"github.com/regapi-io/regapi-operator/internal/journal"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

// Settings of a Directory. Only Secrets is required.
type Settings struct {
	// Secrets is where Secrets are read. It should not be a cache, so that no more of them than needed are kept in memory.
	Secrets client.Reader
	// Endpoints are the addresses that credentials may be sent to; REG.RU's by default.
	Endpoints Endpoints
	// SweepInterval of the inventories; ten minutes by default.
	SweepInterval time.Duration
	// FolderTurn is the time between two readings of folders of one Account; inventory.DefaultFolderTurn by default.
	FolderTurn time.Duration
	// Ledger gives the ledger of a budget by its name, which is a valid object name; ledgers are kept in memory by default.
	Ledger func(name string) budget.Ledger
	// Ledgers names the ledgers that there are, so that those go that nobody needs; by default none are known.
	Ledgers func(ctx context.Context) ([]string, error)
	// EgressPerHour is how many requests an hour may leave for one host from the address that this process calls from, whatever
	// their account; budget.DefaultRequestsPerHour by default.
	EgressPerHour int
	// Applied tells how far a list of changes got; see batch.WithApplied.
	Applied batch.Applied
	// Observer gives what is told of the requests of a login, by its id.
	Observer func(id string) Observer
	// Changed is told what a sweep found changed: a domain of an Account, or the Account itself where domain is empty; or a folder, which
	// inventory.FolderOf tells from a domain. It is also
	// told when somebody waits for an Account that is not proven.
	Changed func(account types.NamespacedName, domain string)
	// Subject is how kubectl names the operator where it grants something, such as --serviceaccount=regapi-system:regapi-operator.
	Subject string
	// Leads says whether this process may change something at this moment; nil where it always may. See [traffic.Fence].
	Leads func() bool
	// ReadOnly refuses every request that could change something at the registrar.
	ReadOnly bool
	// Journal notes every request; nil for none.
	Journal *journal.Journal
	// Options for every client.
	Options []regapi.Option
}

// Observer is told what happens to the requests of a login.
type Observer interface {
	traffic.Observer
	// BatchSent tells how much a request carries.
	BatchSent(batch.Batch)
}

const defaultSweepInterval = 10 * time.Minute

// Directory holds one Connection per Account object, and one lane and budget per login. It serves a whole process, and has
// to run (Start) for the inventories to be swept.
type Directory struct {
	settings Settings
	// forgetful says that ledgers do not outlive the process, so that none is missed.
	forgetful bool
	made      time.Time
	probes    probes

	mu          sync.Mutex
	connections map[types.NamespacedName]*Connection
	// reading has an element in the channel of each Account whose Secret is being read.
	reading map[types.NamespacedName]chan struct{}
	// urgency is that of who waits for an Account to be proven.
	urgency map[types.NamespacedName]traffic.Priority
	lanes   map[Login]*sharedLane
	hosts   map[string]*host
	// running is nil until Start; connections that are made before it begin to sweep then.
	running context.Context
	sweeps  sync.WaitGroup
}

// NewDirectory gives an empty Directory.
func NewDirectory(settings Settings) *Directory {
	if settings.SweepInterval == 0 {
		settings.SweepInterval = defaultSweepInterval
	}
	if settings.FolderTurn == 0 {
		settings.FolderTurn = inventory.DefaultFolderTurn
	}
	forgetful := settings.Ledger == nil
	if forgetful {
		settings.Ledger = func(string) budget.Ledger { return &budget.MemoryLedger{} }
	}
	if settings.Ledgers == nil {
		settings.Ledgers = func(context.Context) ([]string, error) { return nil, nil }
	}
	if settings.EgressPerHour == 0 {
		settings.EgressPerHour = budget.DefaultRequestsPerHour
	}
	if settings.Changed == nil {
		settings.Changed = func(types.NamespacedName, string) {}
	}
	if settings.Observer == nil {
		settings.Observer = func(string) Observer { return nil }
	}
	return &Directory{
		settings:    settings,
		forgetful:   forgetful,
		made:        time.Now(),
		connections: map[types.NamespacedName]*Connection{},
		reading:     map[types.NamespacedName]chan struct{}{},
		urgency:     map[types.NamespacedName]traffic.Priority{},
		lanes:       map[Login]*sharedLane{},
		hosts:       map[string]*host{},
	}
}

// Start sweeps the inventories until the context ends, then closes every connection and gives unspent budget back.
func (d *Directory) Start(ctx context.Context) error {
	d.mu.Lock()
	d.running = ctx
	for _, connection := range d.connections {
		d.sweep(connection)
	}
	d.mu.Unlock()
	d.tidyUp(ctx)

	d.mu.Lock()
	d.running = nil
	connections := slices.Collect(maps.Values(d.connections))
	clear(d.connections)
	d.mu.Unlock()
	for _, connection := range connections {
		connection.close()
	}
	d.sweeps.Wait()
	return d.returnBudgets()
}

// sweep runs the inventory of a connection. The lock is held, and the Directory is running.
func (d *Directory) sweep(connection *Connection) {
	ctx, stop := context.WithCancel(d.running)
	connection.stopSweeps = stop
	d.sweeps.Go(func() { connection.Inventory.Run(ctx) })
	d.sweeps.Go(func() { connection.Folders.Run(ctx) })
}

// Get gives the connection of an Account. The Secret is read only if there is none yet, or the spec has changed; Refresh
// notices changes inside the Secret. The error is an *Unavailable where the Secret is at fault.
func (d *Directory) Get(ctx context.Context, account *v1alpha1.Account) (*Connection, error) {
	if connection := d.open(account); connection != nil {
		return connection, nil
	}
	return d.Refresh(ctx, account)
}

// open gives the connection of an Account that was made for its present spec; nil if there is none.
func (d *Directory) open(account *v1alpha1.Account) *Connection {
	d.mu.Lock()
	defer d.mu.Unlock()
	connection := d.connections[client.ObjectKeyFromObject(account)]
	if connection == nil || !connection.isMadeFor(account) {
		return nil
	}
	return connection
}

// Refresh reads the Secret of an Account and gives a connection made from it: the present one if nothing has changed, or if the
// Secret has only just vanished (see [Connection.Orphaned]). Credentials that REG.API has not accepted yet are tried first, which
// costs a request and may have to wait; a failure is the error.
func (d *Directory) Refresh(ctx context.Context, account *v1alpha1.Account) (*Connection, error) {
	return d.alone(ctx, account, func(at endpoint) (*Connection, error) { return d.refresh(ctx, account, at, d.prove) })
}

// known is Get without a request: what REG.API has not accepted is not usable yet.
func (d *Directory) known(ctx context.Context, account *v1alpha1.Account) (*Connection, error) {
	if connection := d.open(account); connection != nil {
		return connection, nil
	}
	key := client.ObjectKeyFromObject(account)
	notProven := func() error {
		d.want(key, traffic.PriorityOf(ctx))
		return &Unavailable{
			Reason: v1alpha1.ReasonAccountNotReady, Passing: true,
			Message: fmt.Sprintf("Account %s: REG.API has not accepted the present credentials yet", account.Name),
		}
	}
	return d.alone(ctx, account, func(at endpoint) (*Connection, error) {
		if connection := d.open(account); connection != nil {
			return connection, nil
		}
		if d.isWanted(key) { // Somebody has looked, and the Account's own controller will.
			return nil, notProven()
		}
		return d.refresh(ctx, account, at, func(context.Context, *candidate) (regapi.Identity, error) { return regapi.Identity{}, notProven() })
	})
}

// alone does something with the endpoint of an Account while nobody else does: so what was read first is not put in the place of
// what was read later.
func (d *Directory) alone(ctx context.Context, account *v1alpha1.Account, do func(at endpoint) (*Connection, error)) (*Connection, error) {
	key := client.ObjectKeyFromObject(account)
	at, err := d.settings.Endpoints.find(account)
	if err != nil {
		d.Forget(key)
		return nil, err
	}
	leave, err := d.enter(ctx, key)
	if err != nil {
		return nil, err
	}
	defer leave()
	return do(at)
}

// refresh is Refresh with a way to prove credentials that were not proven before.
func (d *Directory) refresh(
	ctx context.Context, account *v1alpha1.Account, at endpoint, prove func(context.Context, *candidate) (regapi.Identity, error),
) (*Connection, error) {
	secret, err := d.readSecret(ctx, account)
	if err != nil {
		return d.withoutSecret(ctx, account, err)
	}
	c, err := newCandidate(account, at, secret)
	if err != nil {
		d.Forget(client.ObjectKeyFromObject(account))
		return nil, err
	}
	if connection := d.unchanged(c); connection != nil {
		return connection, nil
	}
	identity, proven := c.provenBefore()
	if !proven {
		d.disconnect(c.key)
		if identity, err = prove(ctx, c); err != nil {
			return nil, err
		}
	}
	return d.connect(c, identity)
}

// enter waits until nobody else reads the Secret of an Account.
func (d *Directory) enter(ctx context.Context, account types.NamespacedName) (leave func(), err error) {
	d.mu.Lock()
	reading := d.reading[account]
	if reading == nil {
		reading = make(chan struct{}, 1)
		d.reading[account] = reading
	}
	d.mu.Unlock()
	select {
	case reading <- struct{}{}:
		return func() { <-reading }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the credentials: %w", ctx.Err())
	}
}

// readSecret reads the Secret that an Account names.
func (d *Directory) readSecret(ctx context.Context, account *v1alpha1.Account) (*corev1.Secret, error) {
	key := types.NamespacedName{Namespace: account.Namespace, Name: account.Spec.SecretRef.Name}
	var secret corev1.Secret
	switch err := d.settings.Secrets.Get(ctx, key, &secret); {
	case apierrors.IsForbidden(err):
		return nil, secretForbidden(account, d.settings.Subject)
	case err != nil:
		return nil, fmt.Errorf("read Secret %s: %w", key.Name, err)
	}
	return &secret, nil
}

// unchanged gives the connection of a candidate that was made from the same, nil if there is none. One that belongs to a login
// whose number has become known since is to be made anew.
func (d *Directory) unchanged(c *candidate) *Connection {
	d.mu.Lock()
	defer d.mu.Unlock()
	connection := d.connections[c.key]
	if connection == nil || connection.fingerprint != c.fingerprint || connection.Login != c.login(connection.whoIs()) {
		return nil
	}
	connection.confirm(c.account, c.secretVersion)
	d.join(d.lanes[connection.Login], c.key, c.account.Spec.RequestsPerHour())
	return connection
}

// connect makes the connection of a candidate whose identity is proven.
func (d *Directory) connect(c *candidate, identity regapi.Identity) (*Connection, error) {
	d.disconnect(c.key) // What it has begun comes to its end before anything goes through another lane.
	d.mu.Lock()
	defer d.mu.Unlock()
	lane := d.lane(c.login(identity), c.at, c.expectsLedger(identity))
	d.countFormers(lane, c)
	if _, before := c.provenBefore(); !before {
		lane.budget.Add(1) // The check.
	}
	made, err := d.newConnection(c, lane, identity)
	if err != nil {
		return nil, err
	}
	d.join(lane, c.key, c.account.Spec.RequestsPerHour())
	delete(d.urgency, c.key)
	d.connections[c.key] = made
	if d.running != nil {
		d.sweep(made)
	}
	return made, nil
}

// Follow makes a connection's inventory follow a domain on somebody's behalf, and no other inventory.
func (d *Directory) Follow(connection *Connection, name, domain string, aspects inventory.Aspect) {
	d.unfollow(name, connection)
	connection.Inventory.Follow(name, domain, aspects)
}

// FollowFolder makes a connection's folders follow one on somebody's behalf, and those of no other connection.
func (d *Directory) FollowFolder(connection *Connection, name string, id regapi.ID) {
	d.unfollow(name, connection)
	connection.Folders.Follow(name, id)
}

// Unfollow ends what Follow or FollowFolder began.
func (d *Directory) Unfollow(name string) { d.unfollow(name, nil) }

func (d *Directory) unfollow(name string, except *Connection) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, connection := range d.connections {
		if connection != except {
			connection.Inventory.Unfollow(name)
			connection.Folders.Unfollow(name)
		}
	}
}

// Forget closes the connection of an Account that is gone or unusable.
func (d *Directory) Forget(account types.NamespacedName) {
	d.disconnect(account)
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.urgency, account)
	if reading := d.reading[account]; reading != nil && len(reading) == 0 {
		delete(d.reading, account)
	}
}

// disconnect closes the connection of an Account, which then takes part in no lane.
func (d *Directory) disconnect(account types.NamespacedName) {
	d.mu.Lock()
	connection := d.connections[account]
	delete(d.connections, account)
	d.leave(account, nil)
	d.mu.Unlock()
	if connection != nil {
		connection.close()
	}
}
