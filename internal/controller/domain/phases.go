package domain

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/inventory"
	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// aspects are what every Domain shows.
const aspects = inventory.Delegation | inventory.Signing

// scope is what the phases of a Domain find out.
type scope struct {
	before, domain *v1alpha1.Domain

	name       string // in canonical form
	connection *account.Connection
	login      string // of the account, once it is proven
	service    *service
	facts      inventory.Facts
	// wake is when the renewal wants to be looked at again; 0 is when something changes.
	wake time.Duration
	// orders for the domain as the cache has them, which nobody may change.
	orders []v1alpha1.Order
	// ordered is an order under way that is to bring the domain; nil if there is none.
	ordered *v1alpha1.Order
	// open is an order under way for the domain; nil if there is none.
	open *v1alpha1.Order
	// stage is what a person has to do for a transfer under way; "" is nothing.
	stage string
	// actions are what a person has to do, the most urgent first, for actionReason.
	actions      []v1alpha1.RequiredAction
	actionReason string
	// unverified says that REG.API refused something since the registrant's address is not verified.
	unverified bool
	// looked says that the orders for the domain were looked at.
	looked bool
	// would is what managementPolicy: Observe keeps from being done.
	would []string
	// aims is what is to become of the keys of the domain.
	aims signing
	// ruler is the UID of the Domain that rules the name, once somebody has asked.
	ruler string
	// leftBehind is why a deletion leaves the registrar's own renewal as it is; nil if it does not.
	leftBehind error
	// userID and endpoint of the login that pays for orders, and direct says that the next order pays with the call that orders.
	userID, endpoint string
	direct           bool
	// spread is by how much of a day a renewal comes later than it is due.
	spread time.Duration
	// preview gathers what would be done where nothing is; nil where it is done.
	preview *preview
}

// service is the domain as a service of the account.
type service struct {
	id               regapi.ID
	state            regapi.State
	created, expires regapi.Date
}

// newScope begins with an object that may be a cache's own: it is never changed.
func newScope(found *v1alpha1.Domain) *scope {
	return &scope{before: found, domain: found.DeepCopy()}
}

// follower names a Domain among the followers of an inventory.
func follower(key types.NamespacedName) string { return "Domain " + key.String() }

// connect finds the connection of the account, and makes its inventory follow the domain.
func (r *Reconciler) connect(ctx context.Context, s *scope) error {
	if _, err := r.find(ctx, s); err != nil {
		return err
	}
	r.Directory.Follow(s.connection, follower(client.ObjectKeyFromObject(s.domain)), s.name, s.aspects())
	return nil
}

// find finds the Account and its connection.
func (r *Reconciler) find(ctx context.Context, s *scope) (*v1alpha1.Account, error) {
	name, err := zone.CanonicalDomain(string(s.domain.Spec.DomainName))
	if err != nil {
		return nil, outcome.Stalled(v1alpha1.ReasonInvalidSpec, "spec.domainName: "+err.Error()).Err()
	}
	s.name = name
	s.connection, err = r.Directory.ResolveFor(ctx, r.Client, s.domain.Namespace, s.domain.Spec.AccountRef, name)
	if err != nil {
		return nil, err
	}
	var of v1alpha1.Account
	if err := r.Get(ctx, s.domain.Spec.AccountRef.KeyFrom(s.domain.Namespace), &of); err != nil {
		return nil, fmt.Errorf("read the Account: %w", err)
	}
	s.login = s.connection.ProvenLogin(&of)
	s.payer(&of)
	return &of, nil
}

// observe takes what the inventory knows of the domain. What it is yet to read wakes the object; no worker waits for that.
func (r *Reconciler) observe(ctx context.Context, s *scope) (err error) {
	coming, err := s.connection.Inventory.Expect(s.name, s.aspects())
	if err != nil {
		return err
	}
	if coming {
		return outcome.Coming().Err()
	}
	s.facts, err = s.connection.Inventory.Facts(ctx, s.name, s.aspects())
	if err != nil || s.facts.Service == nil {
		return err
	}
	listed := s.facts.Service
	if listed.State == regapi.Inactive && s.isBought() {
		return nil // The list was read before the domain came: it is asked for.
	}
	s.domain.Status.MissingSince = nil
	s.service = &service{listed.ServiceID, listed.State, listed.CreationDate, listed.ExpirationDate}
	return nil
}

// delegated says what keeps the delegation from being shown. It comes last: a domain is renewed all the same.
func (r *Reconciler) delegated(_ context.Context, s *scope) error {
	if s.facts.Service == nil || s.service.state != regapi.Active {
		return nil // Its state says more than what else cannot be read of it.
	}
	return s.facts.Delegation.Err
}

// locate asks for a domain that is not in the account's list: it may be deleted or have moved away, which the list does
// not tell (7.7, 7.8), or it was never there. It does so together with all others.
func (r *Reconciler) locate(ctx context.Context, s *scope) error {
	if s.service != nil {
		return nil
	}
	locate := s.connection.Locate
	if is := s.before.Status.State; s.open == nil && (is == v1alpha1.DomainDeleted || is == v1alpha1.DomainTransferred) {
		locate = s.connection.LocateGone
	}
	info, err := locate(ctx, s.name)
	if err != nil {
		return err
	}
	if regapi.IsNotFound(info.Err) {
		return r.miss(ctx, s, info.Err)
	}
	if info.Err != nil {
		return info.Err
	}
	s.service = &service{info.ServiceID, info.State, info.CreationDate, info.ExpirationDate}
	return nil
}

// goneAfter is how long after an account was seen without a domain for the first time it is seen so again before the domain counts as gone.
const goneAfter = 15 * time.Minute

// miss deals with a domain that the account does not hold. One that it did hold is looked for twice, since whoever takes it for gone may be wrong: a list
// may lack what is there.
func (r *Reconciler) miss(ctx context.Context, s *scope, missing error) error {
	status := &s.domain.Status
	if status.HeldBy == "" || s.ordered != nil {
		return r.acquire(ctx, s, missing)
	}
	now, known := r.now(s)
	if known && status.MissingSince == nil {
		status.MissingSince = &metav1.Time{Time: now}
	}
	if !known || now.Sub(status.MissingSince.Time) < goneAfter {
		return outcome.Outcome{
			Ready: metav1.ConditionUnknown, KeepReady: true, Reconciling: true, Reason: v1alpha1.ReasonMissing, After: pause.Jittered(goneAfter),
			Message: "REG.API does not know the domain any more: it counts as gone when that is seen once more",
		}.Err()
	}
	info, err := s.connection.LocateAgain(ctx, s.name)
	if err == nil && !regapi.IsNotFound(info.Err) {
		status.MissingSince = nil
		err = info.Err
		if err == nil {
			err = waits(v1alpha1.ReasonMissing, "the domain is there again, and is read anew").Err()
		}
	}
	if err != nil {
		return err
	}
	status.HeldBy = ""
	return r.acquire(ctx, s, missing)
}
