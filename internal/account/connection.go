package account

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/batch"
	"github.com/regapi-io/regapi-operator/internal/inventory"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

// Connection is the way to REG.API for one Account, as of one version of its spec and Secret. It is what internal/zone
// writes zones through.
type Connection struct {
	// Client to call with.
	Client *regapi.Client
	// Zones reads and writes zones in batches.
	Zones *batch.Zones
	// Inventory knows the domains.
	Inventory *inventory.Inventory
	// Folders knows what folders hold.
	Folders *inventory.Folders
	// Login is whose connection it is.
	Login Login
	// ID names the login in metrics.
	ID string

	// since is when the connection was made.
	since     time.Time
	budget    *budget.Budget
	crew      *batch.Crew
	formerIDs []string
	absent    locator
	parties   parties
	clock     *registrarClock
	tlds      rulebook

	mu            sync.Mutex
	secretVersion string
	// orphaned is when the Secret was first missed; zero if it is there.
	orphaned time.Time
	identity regapi.Identity
	// madeFor is what of the spec the connection was made from.
	madeFor     string
	fingerprint [sha256.Size]byte
	stopSweeps  func()
	closing     sync.Once
}

// newConnection makes a connection that nothing runs for yet.
func (d *Directory) newConnection(c *candidate, lane *sharedLane, identity regapi.Identity) (*Connection, error) {
	id := lane.login.ID()
	observer := d.settings.Observer(id)
	refusals := traffic.NewRefusalMemory()
	clock := &registrarClock{}
	made, err := d.newClient(c, append(traffic.Chain(lane.Lane, refusals, observer), clock.Middleware)...)
	if err != nil {
		return nil, err
	}
	crew := &batch.Crew{}
	batching := []batch.Option{batch.WithTurn(lane.Turn), batch.WithBacklog(func() (int, bool) { return crew.Calls(), isScarce(lane.budget.State()) })}
	if d.settings.Applied != nil {
		batching = append(batching, batch.WithApplied(d.settings.Applied))
	}
	if observer != nil {
		batching = append(batching, batch.WithObserver(observer.BatchSent))
	}
	return &Connection{
		Client: made,
		Zones:  batch.New(made, batching...),
		Inventory: inventory.New(made, d.settings.SweepInterval, func(domain string) {
			refusals.Forget(domain) // before whoever it kept from going is woken
			d.settings.Changed(c.key, domain)
		}),
		Folders: inventory.NewFolders(made, d.settings.FolderTurn, d.settings.SweepInterval, func(subject string) {
			d.settings.Changed(c.key, subject)
		}),
		Login:         lane.login,
		ID:            id,
		since:         time.Now(),
		budget:        lane.budget,
		crew:          crew,
		clock:         clock,
		formerIDs:     c.formerIDs(),
		identity:      identity,
		secretVersion: c.secretVersion,
		fingerprint:   c.fingerprint,
		madeFor:       madeFor(c.account),
		stopSweeps:    func() {},
	}, nil
}

// isScarce says whether less than a tenth of the hour's requests is left, so that a request is dearer than a wait.
func isScarce(state budget.State) bool { return 10*(state.Limit-state.Used) < state.Limit }

// Begin takes note of an object that is worked on until end is called, since calls in bulk wait for those that it may make: see
// [batch.InBulk].
func (c *Connection) Begin() (end func()) { return c.crew.Begin() }

// WasKnownAs says whether the login was named like that by an older version, or before the number of its user was known.
func (c *Connection) WasKnownAs(id string) bool { return slices.Contains(c.formerIDs, id) }

// madeFor is what of the spec a connection is made from.
func madeFor(account *v1alpha1.Account) string {
	return account.Spec.Endpoint + "\n" + account.Spec.SecretRef.Name
}

// close ends what runs for the connection. Who still holds it gets errors.
func (c *Connection) close() {
	c.closing.Do(func() {
		c.stopSweeps()
		c.Zones.Close()
		c.Client.CloseIdleConnections()
	})
}

// SecretVersion is the resourceVersion of the Secret that the connection was last compared with.
func (c *Connection) SecretVersion() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.secretVersion
}

// isMadeFor says whether the connection was made from what an Account has in its spec.
func (c *Connection) isMadeFor(account *v1alpha1.Account) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.madeFor == madeFor(account)
}

// confirm notes that an Account as it is now gives the same connection, and that its Secret was there, in a version that holds the same.
func (c *Connection) confirm(account *v1alpha1.Account, version string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.madeFor, c.secretVersion, c.orphaned = madeFor(account), version, time.Time{}
}

// Identify tells who we are. It asks REG.API again only after a sweep was denied.
func (c *Connection) Identify(ctx context.Context) (regapi.Identity, error) {
	if !regapi.IsDenied(c.Inventory.Summary().Err) {
		return c.whoIs(), nil
	}
	found, err := c.Client.Common.Nop(ctx)
	if err != nil {
		return regapi.Identity{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.identity = found
	return found, nil
}

// whoIs is who REG.API said that we are.
func (c *Connection) whoIs() regapi.Identity {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.identity
}

// Budget tells what is left of the login's requests.
func (c *Connection) Budget() budget.State { return c.budget.State() }

// Owner names the login, as its requests are counted.
func (c *Connection) Owner() string { return c.ID }

// KnownZone gives a zone as it was last seen, without a request.
func (c *Connection) KnownZone(domain string) (regapi.ZoneRecords, bool) {
	return c.Inventory.Zone(domain)
}

// RecentZone gives a zone as it was read within so long, without a request, if nothing was written since.
func (c *Connection) RecentZone(domain string, within time.Duration) (regapi.ZoneRecords, bool) {
	return c.Inventory.RecentZone(domain, within)
}

// ReadZone reads a zone. What nobody has read yet comes from the sweep that is about to read everything, if there is one, and for those who
// are content with it, from the last one.
func (c *Connection) ReadZone(ctx context.Context, domain string) (regapi.ZoneRecords, error) {
	if inventory.TakesSwept(ctx) {
		if zone, ok := c.Inventory.RecentZone(domain, inventory.SweptWithin); ok && zone.Err == nil {
			return zone, nil
		}
	}
	if batch.IsInBulk(ctx) {
		c.Inventory.ExpectZone(domain)
	}
	if zone, ok := c.Inventory.FirstZone(ctx, domain); ok {
		return zone, zone.Err
	}
	asked := time.Now()
	zone, err := c.Zones.Read(ctx, domain)
	if err == nil {
		c.Inventory.LearnZone(domain, zone, asked)
	}
	return zone, err
}

// WriteZone makes changes in a zone; see [batch.Zones.Write] about what they need.
func (c *Connection) WriteZone(ctx context.Context, domain string, actions []regapi.Action, needs [][]int) ([]error, error) {
	defer c.Inventory.NoteWrite(domain)
	return c.Zones.Write(ctx, domain, actions, needs...)
}

// WriteWeb sets a zone up for a web service of the registrar, or clears that away (9.14 to 9.17).
func (c *Connection) WriteWeb(ctx context.Context, domain, function string) error {
	calls := map[string]func(context.Context, ...regapi.DomainRef) ([]regapi.DomainResult, error){
		"zone/tune_forwarding":  c.Client.Zone.TuneForwarding,
		"zone/clear_forwarding": c.Client.Zone.ClearForwarding,
		"zone/tune_parking":     c.Client.Zone.TuneParking,
		"zone/clear_parking":    c.Client.Zone.ClearParking,
	}
	call, ok := calls[function]
	if !ok {
		return fmt.Errorf("%s is no function of a web service", function)
	}
	defer c.Inventory.NoteWrite(domain)
	results, err := call(ctx, regapi.ByName(domain))
	if err != nil {
		return err
	}
	return results[0].Err
}

// WriteSOA sets the lifetimes of a zone.
func (c *Connection) WriteSOA(ctx context.Context, domain string, soa regapi.SOA) error {
	defer c.Inventory.NoteWrite(domain)
	return c.Zones.UpdateSOA(ctx, domain, soa)
}
