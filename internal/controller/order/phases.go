package order

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// scope is what the phases of an order find out.
type scope struct {
	before, object *v1alpha1.Order
	login          string
	order          purchase.Order
	record         purchase.Record
	orders         []v1alpha1.Order // for the domain
	ruling         *ordering.Ruling
	owner          *v1alpha1.Account // whose connection is used
	connection     *account.Connection
	ledger         *purchase.Ledger
	limit          purchase.Amount // of the month
	in             purchase.Input
	// registrant is who a domain is registered to, and lacks what is wrong with that. approver is whose owner approves quotes.
	registrant ordering.Registrant
	servers    []regapi.NameServer
	lacks      string
	// open says that the zone takes such an order at this time: what was asked for as a renewal must not be bought as a restoration.
	open     bool
	approver string
	waits    purchase.Waits
	// begun is when the first reading began, by this machine's clocks (8).
	begun time.Time
	next  purchase.Step
	// failed says that the call of the step was refused, or not answered. It is not made again at once.
	failed bool
	// idle says that nothing has changed since the last Look, which is not old yet; rests, that nothing needs to be looked at for some time.
	idle, rests bool
}

func newScope(object *v1alpha1.Order, login string, waits purchase.Waits) *scope {
	return &scope{waits: waits, before: object.DeepCopy(), object: object, login: login, begun: time.Now(), approver: "Domain"}
}

// understand reads what the order buys, and what is recorded of it.
func (r *Reconciler) understand(_ context.Context, s *scope) (err error) {
	if s.order, err = ordering.OrderOf(s.object); err == nil {
		s.record, err = recordOf(s.object.Status)
	}
	if err != nil {
		return outcome.Stalled(v1alpha1.ReasonInvalidSpec, fmt.Sprintf("the Order cannot be read, and takes no step: %v", err)).Err()
	}
	return nil
}

// recall lists the orders for the domain. Of several open ones of a domain the lowest acts (1).
func (r *Reconciler) recall(ctx context.Context, s *scope) (err error) {
	if s.orders, err = r.Desk.Orders(ctx, s.login, s.order.Domain); err != nil {
		return err
	}
	_, open := ordering.Last(s.orders, s.order.Domain)
	if open != nil && open.Name != s.object.Name && !s.record.State.Closed() {
		return outcome.Stalled(v1alpha1.ReasonConflict, fmt.Sprintf("Order %s for the same domain is open and acts first", open.Name)).Err()
	}
	return nil
}

// connect finds who asks for the order, and a connection of the login that pays.
func (r *Reconciler) connect(ctx context.Context, s *scope) (err error) {
	if s.ruling, err = r.Desk.Ruler(ctx, s.login, s.order.Domain); err != nil {
		return err
	}
	if s.ruling != nil {
		s.owner = s.ruling.Account
	} else if s.owner, err = r.anyAccount(ctx, s.login); err != nil {
		return err
	}
	ref := v1alpha1.AccountReference{Name: s.owner.Name}
	if s.connection, err = r.Directory.Resolve(ctx, r.Cache, s.owner.Namespace, ref); err != nil {
		return err
	}
	if s.connection.ProvenLogin(s.owner) != s.login {
		// Its Secret may hold another login's credentials by now: nobody pays with those.
		o := outcome.Progress(errNotProven)
		o.After = turn
		return o.Err()
	}
	return nil
}

var errNotProven = errors.New("the Account is not proven to be of the login that pays; it is being checked")

// anyAccount finds an Account of a login, for an order that nobody asks for any more.
func (r *Reconciler) anyAccount(ctx context.Context, login string) (*v1alpha1.Account, error) {
	var accounts v1alpha1.AccountList
	if err := r.Cache.List(ctx, &accounts); err != nil {
		return nil, fmt.Errorf("list the Accounts: %w", err)
	}
	for i := range accounts.Items {
		found := &accounts.Items[i]
		if tenancy.Login(found) == login && meta.IsStatusConditionTrue(found.Status.Conditions, v1alpha1.ConditionReady) {
			return found, nil
		}
	}
	o := outcome.Stalled(v1alpha1.ReasonAccountNotFound, "no Account of this login is ready: what has become of the order cannot be seen. Apply one with its credentials")
	o.After = outcome.Poll()
	return nil, o.Err()
}

// tell finds out what time it is by the registrar's clock (7).
func (r *Reconciler) tell(ctx context.Context, s *scope) error {
	now, known := r.Desk.Clock.Registrar(s.connection)
	if !known {
		if _, err := s.connection.Client.Common.Nop(traffic.WithAskers(traffic.WithPriority(ctx, traffic.Change), traffic.ByObject)); err != nil {
			return err
		}
		if now, known = r.Desk.Clock.Registrar(s.connection); !known {
			return outcome.Stalled(v1alpha1.ReasonBlocked, "REG.API answers without a date, so that nobody can tell when money moves").Err()
		}
	}
	s.in.Now = now
	return nil
}

// tellAgain moves the order's time on after requests, which take some.
func (r *Reconciler) tellAgain(s *scope) {
	if now, known := r.Desk.Clock.Registrar(s.connection); known {
		s.in.Now = now
	}
}

// watch keeps the ledger's heartbeat, and refuses an order that the operator has not made.
func (r *Reconciler) watch(ctx context.Context, s *scope) (err error) {
	if s.ledger, err = r.Desk.Watch(ctx, s.login, r.Desk.TimeOf(s.connection), s.object, s.owner); err != nil {
		return err
	}
	if !s.record.State.Closed() && s.record.State == purchase.New && !s.ledger.IsAnnounced(s.order) {
		s.record.State, s.record.Reason = purchase.Refused, v1alpha1.ReasonNotMadeHere
		writeRecord(&s.object.Status, s.record)
		return outcome.Stalled(v1alpha1.ReasonNotMadeHere, "the spending ledger does not know the Order: only the operator makes Orders. Ask for a renewal in a Domain").Err()
	}
	return nil
}

// hurry finds out whether the zone takes the order at this time, and how long effects are waited for: near the last day an hour has to do (10).
func (r *Reconciler) hurry(ctx context.Context, s *scope) error {
	s.in.Settling, s.open = s.waits.Settling, true
	base, renews := baseOf(s.order)
	if !renews || s.record.State.Closed() {
		return nil // Nothing is renewed, or not any more.
	}
	zone, err := s.connection.TLD(traffic.WithPriority(ctx, traffic.Change), s.order.Domain)
	if err != nil {
		return fmt.Errorf("read until when the zone lets domains be renewed: %w", err)
	}
	window := ordering.WindowOf(base, zone)
	until := window.Renewal
	s.open = window.Renews(s.in.Now)
	if s.order.Operation == purchase.Restore {
		until, s.open = window.Restoration, window.Restores(s.in.Now)
	}
	s.in.Settling = s.waits.SettlingFor(s.in.Now, until)
	return nil
}

// baseOf is the last paid day that an order stands on; none where it stands on no day.
func baseOf(order purchase.Order) (time.Time, bool) {
	base, err := time.Parse(time.DateOnly, order.Base)
	return base, err == nil
}

// gapUntil is when the last gap is over, for this order.
func (s *scope) gapUntil() time.Time {
	if s.ledger.GapUntil.IsZero() {
		return time.Time{}
	}
	return s.ledger.GapUntil.Add(s.in.Settling - purchase.Settling)
}

func latest(times ...time.Time) (last time.Time) {
	for _, t := range times {
		if t.After(last) {
			last = t
		}
	}
	return last
}

// release lets a closed order go: nothing needs its finalizer any more.
func (r *Reconciler) release(ctx context.Context, s *scope) error {
	if s.record.State.Closed() {
		r.looks.forget(string(s.object.UID))
	}
	if !s.record.State.Closed() || !slices.Contains(s.object.Finalizers, v1alpha1.OrderFinalizer) {
		return nil
	}
	if s.next.Do != purchase.Nothing || s.record != s.in.Record {
		return nil // The ledger comes first, and it learns of an order that was closed before (19).
	}
	before := s.object.DeepCopy()
	s.object.Finalizers = slices.DeleteFunc(s.object.Finalizers, func(f string) bool { return f == v1alpha1.OrderFinalizer })
	patch := client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{})
	return client.IgnoreNotFound(r.Patch(ctx, s.object, patch))
}
