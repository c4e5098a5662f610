package account

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// What an Account writes touches what others share only after REG.API has accepted its credentials. Until then it is a candidate.

// candidate is an Account with the credentials of its Secret, as of one reading.
type candidate struct {
	*secretCredentials

	account *v1alpha1.Account
	key     types.NamespacedName
	at      endpoint
	// secretVersion and fingerprint tell the Secret and what it holds.
	secretVersion string
	fingerprint   [sha256.Size]byte
}

func newCandidate(account *v1alpha1.Account, at endpoint, secret *corev1.Secret) (*candidate, error) {
	credentials, err := parseSecret(secret)
	if err != nil {
		return nil, err
	}
	return &candidate{
		secretCredentials: credentials, account: account, key: client.ObjectKeyFromObject(account), at: at,
		secretVersion: secret.ResourceVersion, fingerprint: fingerprintOf(at.address, secret),
	}, nil
}

func fingerprintOf(address string, secret *corev1.Secret) [sha256.Size]byte {
	digest := sha256.New()
	fmt.Fprintf(digest, "%q", address)
	for _, key := range slices.Sorted(maps.Keys(secret.Data)) {
		fmt.Fprintf(digest, "%q%q", key, secret.Data[key])
	}
	return [sha256.Size]byte(digest.Sum(nil))
}

// claimed is the login that the credentials claim to be of.
func (c *candidate) claimed() Login { return loginOf(c.at.address, 0, c.username) }

// formerIDs are the names that the login may have had, also by an endpoint that was spelled in another way.
func (c *candidate) formerIDs() []string {
	ids := []string{c.claimed().ID()}
	for _, spelled := range []string{c.account.Spec.Endpoint, c.at.address, strings.TrimSuffix(c.at.address, "/")} {
		ids = append(ids, formerID(spelled, c.username))
	}
	return ids
}

// login is that of an identity that REG.API has confirmed.
func (c *candidate) login(identity regapi.Identity) Login {
	return loginOf(c.at.address, identity.UserID, c.username)
}

// provenBefore gives what an earlier check has found, if it was one of this endpoint and of this version of the Secret: then there
// is nothing to ask after a restart.
func (c *candidate) provenBefore() (regapi.Identity, bool) {
	found, ok := c.remembered()
	return found, ok && c.account.Status.SecretVersion == c.secretVersion
}

// remembered gives who the status says that the Account is, if that was found at the present endpoint.
func (c *candidate) remembered() (regapi.Identity, bool) {
	status := &c.account.Status
	var user regapi.ID
	if err := user.UnmarshalJSON([]byte(`"` + status.UserID + `"`)); err != nil || user == 0 {
		return regapi.Identity{}, false
	}
	known := status.ID == loginOf(c.at.address, user, "").ID()
	// A version before this one named logins after their spelling.
	known = known || (status.ID == formerID(c.account.Spec.Endpoint, c.username) && status.ObservedGeneration == c.account.Generation)
	return regapi.Identity{Login: c.username, UserID: user}, known
}

// expectsLedger says whether there was a ledger of this login before.
func (c *candidate) expectsLedger(identity regapi.Identity) bool {
	known, ok := c.remembered()
	return ok && known.UserID == identity.UserID
}

// prove asks REG.API whether it accepts the credentials, with the cheapest function that tells (2.5, 4.1).
func (d *Directory) prove(ctx context.Context, c *candidate) (regapi.Identity, error) {
	attempt := probe{claimed: c.claimed(), host: c.at.egress, namespace: c.key.Namespace, credentials: c.fingerprint}
	if err := d.probes.admit(attempt); err != nil {
		return regapi.Identity{}, err
	}
	identity, err := d.ask(ctx, c)
	d.probes.settle(attempt, err)
	return identity, err
}

// unprovenID stands for logins in the metrics of checks, since anybody may claim any.
const unprovenID = "unproven"

func (d *Directory) ask(ctx context.Context, c *candidate) (regapi.Identity, error) {
	d.mu.Lock()
	lane := d.lane(c.claimed(), c.at, false)
	lane.idleSince = time.Now()
	priority := max(traffic.Change, traffic.PriorityOf(ctx), d.urgency[c.key])
	d.mu.Unlock()
	caller, err := d.newClient(c, lane.probing.Middleware(), traffic.Observe(d.settings.Observer(unprovenID)))
	if err != nil {
		return regapi.Identity{}, err
	}
	defer caller.CloseIdleConnections()
	return caller.Common.Nop(traffic.WithPriority(ctx, priority))
}

// newClient makes a client that calls with the credentials of a candidate.
func (d *Directory) newClient(c *candidate, middlewares ...regapi.Middleware) (*regapi.Client, error) {
	options := slices.Concat(d.settings.Options, c.options, []regapi.Option{
		regapi.WithEndpoint(c.at.address), regapi.WithMiddleware(d.guarded(middlewares)...), regapi.WithMiddleware(d.settings.Journal.Middleware(c.key.String())),
		regapi.WithMiddleware(d.fence()...),
	})
	made, err := regapi.NewClient(options...)
	if err != nil {
		return nil, &Unavailable{Reason: v1alpha1.ReasonInvalidSpec, Message: err.Error()}
	}
	return made, nil
}

// want notes that somebody waits for the proof of an Account, and has it tried again for one who is in a greater hurry.
func (d *Directory) want(account types.NamespacedName, priority traffic.Priority) {
	d.mu.Lock()
	before, known := d.urgency[account]
	d.urgency[account] = max(before, priority)
	d.mu.Unlock()
	if priority > before || !known {
		d.settings.Changed(account, "")
	}
}

// isWanted says whether somebody waits for the proof of an Account.
func (d *Directory) isWanted(account types.NamespacedName) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, wanted := d.urgency[account]
	return wanted
}
