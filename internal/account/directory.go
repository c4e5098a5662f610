package account

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
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
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

// Settings of a Directory. Only Secrets is required.
type Settings struct {
	// Secrets is where Secrets are read. It should not be a cache, so that no more of them than needed are kept in memory.
	Secrets client.Reader
	// SweepInterval of the inventories; ten minutes by default.
	SweepInterval time.Duration
	// Ledger gives the ledger of a budget by its name, which is a valid object name; ledgers are kept in memory by default.
	Ledger func(name string) budget.Ledger
	// EgressPerHour is how many requests an hour may leave from the address that this process calls from, whatever their
	// account; budget.DefaultRequestsPerHour by default.
	EgressPerHour int
	// Applied tells how far a list of changes got; see batch.WithApplied.
	Applied batch.Applied
	// Observer gives what is told of the requests of a login, by its id.
	Observer func(id string) Observer
	// Changed is told what a sweep found changed: a domain of an Account, or the Account itself where domain is empty.
	Changed func(account types.NamespacedName, domain string)
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
	egress   *budget.Budget

	mu          sync.Mutex
	connections map[types.NamespacedName]*Connection
	lanes       map[login]*sharedLane
	// running is nil until Start; connections that are made before it begin to sweep then.
	running context.Context
	sweeps  sync.WaitGroup
}

// login is what REG.API counts requests by. Two Account objects may share one.
type login struct{ endpoint, username string }

// id names a login without telling anything about it.
func (l login) id() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q", l.endpoint, l.username))
	return hex.EncodeToString(sum[:4])
}

// sharedLane is what all Accounts of a login go through.
type sharedLane struct {
	*traffic.Lane
	budget *budget.Budget
	// limits that the Accounts of the login ask for; the smallest holds.
	limits map[types.NamespacedName]int
}

// NewDirectory gives an empty Directory.
func NewDirectory(settings Settings) *Directory {
	if settings.SweepInterval == 0 {
		settings.SweepInterval = defaultSweepInterval
	}
	if settings.Ledger == nil {
		settings.Ledger = func(string) budget.Ledger { return &budget.MemoryLedger{} }
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
		egress:      budget.New(settings.EgressPerHour, budget.WithLedger(settings.Ledger("egress"))),
		connections: map[types.NamespacedName]*Connection{},
		lanes:       map[login]*sharedLane{},
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
	<-ctx.Done()

	d.mu.Lock()
	d.running = nil
	connections := slices.Collect(maps.Values(d.connections))
	clear(d.connections)
	lanes := slices.Collect(maps.Values(d.lanes))
	d.mu.Unlock()
	for _, connection := range connections {
		connection.close()
	}
	d.sweeps.Wait()
	return d.returnBudgets(lanes)
}

// budgetGrace bounds the last writes of the ledgers, for which the context of Start is over.
const budgetGrace = 5 * time.Second

func (d *Directory) returnBudgets(lanes []*sharedLane) error {
	ctx, cancel := context.WithTimeout(context.Background(), budgetGrace)
	defer cancel()
	for _, lane := range lanes {
		if err := lane.budget.Close(ctx); err != nil {
			return fmt.Errorf("give unspent requests back: %w", err)
		}
	}
	return d.egress.Close(ctx)
}

// sweep runs the inventory of a connection. The lock is held, and the Directory is running.
func (d *Directory) sweep(connection *Connection) {
	ctx, stop := context.WithCancel(d.running)
	connection.stopSweeps = stop
	d.sweeps.Go(func() { connection.Inventory.Run(ctx) })
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
	if connection == nil || connection.madeFor != madeFor(account) {
		return nil
	}
	return connection
}

// Refresh reads the Secret of an Account and gives a connection made from it: the present one if nothing has changed, or if the
// Secret has only just vanished (see [Connection.Orphaned]).
func (d *Directory) Refresh(ctx context.Context, account *v1alpha1.Account) (*Connection, error) {
	key := types.NamespacedName{Namespace: account.Namespace, Name: account.Spec.SecretRef.Name}
	var secret corev1.Secret
	if err := d.settings.Secrets.Get(ctx, key, &secret); err != nil {
		if !apierrors.IsNotFound(err) {
			return nil, fmt.Errorf("read Secret %s: %w", key.Name, err)
		}
		return d.withoutSecret(ctx, account)
	}
	credentials, err := parseSecret(&secret)
	if err != nil {
		d.Forget(client.ObjectKeyFromObject(account))
		return nil, err
	}
	return d.connect(account, &secret, credentials)
}

// Follow makes a connection's inventory follow a domain on somebody's behalf, and no other inventory.
func (d *Directory) Follow(connection *Connection, name, domain string, aspects inventory.Aspect) {
	d.unfollow(name, connection)
	connection.Inventory.Follow(name, domain, aspects)
}

// Unfollow ends what Follow began.
func (d *Directory) Unfollow(name string) { d.unfollow(name, nil) }

func (d *Directory) unfollow(name string, except *Connection) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, connection := range d.connections {
		if connection != except {
			connection.Inventory.Unfollow(name)
		}
	}
}

// Forget closes the connection of an Account that is gone or unusable.
func (d *Directory) Forget(account types.NamespacedName) {
	d.mu.Lock()
	connection := d.connections[account]
	delete(d.connections, account)
	for _, lane := range d.lanes {
		lane.forget(account)
	}
	d.mu.Unlock()
	if connection != nil {
		connection.close()
	}
}

func (d *Directory) connect(account *v1alpha1.Account, secret *corev1.Secret, credentials *secretCredentials) (*Connection, error) {
	key := client.ObjectKeyFromObject(account)
	fingerprint := fingerprintOf(account.Spec.Endpoint, secret)
	d.mu.Lock()
	old := d.connections[key]
	lane := d.lane(login{account.Spec.Endpoint, credentials.username}, key, account.Spec.RequestsPerHour())
	if old != nil && old.fingerprint == fingerprint {
		defer d.mu.Unlock()
		old.confirm(secret.ResourceVersion)
		return old, nil
	}
	made, err := d.newConnection(account, lane, credentials)
	if err == nil {
		made.fingerprint, made.secretVersion = fingerprint, secret.ResourceVersion
		d.connections[key] = made
		if d.running != nil {
			d.sweep(made)
		}
	}
	d.mu.Unlock()
	if err == nil && old != nil {
		old.close()
	}
	return made, err
}

// lane gives the lane of a login. Lanes are never dropped: a login that comes back must not run beside itself.
func (d *Directory) lane(l login, account types.NamespacedName, requestsPerHour int) *sharedLane {
	lane, ok := d.lanes[l]
	if !ok {
		budget := budget.New(requestsPerHour, budget.WithLedger(d.settings.Ledger(l.id())))
		lane = &sharedLane{
			Lane:   traffic.NewLane(traffic.WithBudgets(budget, d.egress), traffic.WithObserver(d.settings.Observer(l.id()))),
			budget: budget,
			limits: map[types.NamespacedName]int{},
		}
		d.lanes[l] = lane
	}
	lane.limits[account] = requestsPerHour
	lane.adjust()
	return lane
}

func (l *sharedLane) forget(account types.NamespacedName) {
	delete(l.limits, account)
	if len(l.limits) > 0 {
		l.adjust()
	}
}

func (l *sharedLane) adjust() { l.budget.SetLimit(slices.Min(slices.Collect(maps.Values(l.limits)))) }

func fingerprintOf(endpoint string, secret *corev1.Secret) [sha256.Size]byte {
	digest := sha256.New()
	fmt.Fprintf(digest, "%q", endpoint)
	for _, key := range slices.Sorted(maps.Keys(secret.Data)) {
		fmt.Fprintf(digest, "%q%q", key, secret.Data[key])
	}
	return [sha256.Size]byte(digest.Sum(nil))
}
