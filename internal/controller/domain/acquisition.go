package domain

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

const (
	// acquiringPoll is how often a domain is looked for that an order is to bring.
	acquiringPoll = 5 * time.Minute
	// arrival is how long a domain that was bought may take to show in the account's list.
	arrival = time.Hour
)

// acquire has a domain bought that the account does not hold, if the spec asks for that; else it gives back what REG.API said of it. A domain that
// was held once is never bought again by itself.
func (r *Reconciler) acquire(ctx context.Context, s *scope, missing error) error {
	acquisition := s.domain.Spec.Acquisition
	if acquisition == nil || acquisition.Mode == v1alpha1.AcquisitionAdopt {
		return missing
	}
	if s.ordered != nil {
		return s.acquiring().Err()
	}
	now, err := r.mayAcquire(ctx, s)
	if err != nil {
		return err
	}
	orders, err := r.Desk.Orders(ctx, s.login, s.name)
	if err != nil {
		return err
	}
	last, open := ordering.Last(orders, s.name)
	if open != nil {
		return comes("an Order for the domain is under way")
	}
	if err := s.heldBefore(now, orders); err != nil {
		return err
	}
	if last != nil && purchase.State(last.Status.State) == purchase.Refused && last.Annotations[v1alpha1.AnnotationAskedBy] == ordering.AskedBy(s.domain) {
		return stalled(v1alpha1.ReasonOrderRefused, fmt.Sprintf("REG.API refused Order %s (%s): change spec.acquisition to have it ordered again", last.Name, last.Status.ErrorCode))
	}
	return r.orderAcquisition(ctx, s, last)
}

// mayAcquire says what keeps the domain from being bought, and else what time it is.
func (r *Reconciler) mayAcquire(ctx context.Context, s *scope) (now time.Time, err error) {
	switch {
	case r.Desk == nil:
		return now, stalled(v1alpha1.ReasonBlocked, "this operator makes no Orders: it does not know its namespace")
	case s.preview == nil && s.domain.Spec.ManagementPolicy == v1alpha1.PolicyObserve:
		return now, stalled(v1alpha1.ReasonObserved, "the account does not hold the domain: "+observed("order what spec.acquisition asks for"))
	case s.login == "" || s.userID == "":
		return now, comes("the login of the Account is not proven yet")
	}
	if halt := r.Directory.Halt(s.domain); halt != nil && s.preview == nil {
		return now, stalled(halt.Reason, halt.Cause+" keeps the domain from being bought")
	}
	ruling, err := r.ruling(ctx, s)
	switch {
	case err != nil:
		return now, err
	case ruling == nil:
		return now, stalled(v1alpha1.ReasonAccountNotAllowed, "the Account does not allow this Domain")
	case ruling.Domain.UID != s.domain.UID:
		return now, stalled(v1alpha1.ReasonConflict, "another Domain rules this name: "+ruling.Domain.Namespace+"/"+ruling.Domain.Name)
	}
	if !ruling.Consents(v1alpha1.OrderOperation(s.domain.Spec.Acquisition.Mode)) {
		return now, stalled(v1alpha1.ReasonSpendingNotAllowed, "the Account does not allow this operation for this namespace: its owner can say so in spec.spending.operations and spec.spending.namespaces")
	}
	operation := purchase.Operation(s.domain.Spec.Acquisition.Mode)
	if s.direct = ruling.PaysDirectly(operation); s.direct && ruling.LacksPartner(operation) {
		return now, stalled(v1alpha1.ReasonSpendingNotAllowed, "spec.spending.payment of the Account is Direct, in which only Partners register and transfer: its owner can set TwoStep")
	}
	now, known := r.Desk.Clock.Registrar(s.connection)
	if !known {
		return now, comes("REG.API has not said yet what time it is")
	}
	return now, nil
}

// heldBefore stops what the account has held once, as the status or the orders know.
func (s *scope) heldBefore(now time.Time, orders []v1alpha1.Order) error {
	status := s.before.Status
	held := status.ServiceID != "" && status.State != v1alpha1.DomainInactive
	for i := range orders {
		o := &orders[i]
		if o.Status.State == "Settled" && o.Status.PaidAt != nil && now.Sub(o.Status.PaidAt.Time) < arrival {
			return comes("Order " + o.Name + " has bought the domain: it is still to show in the account's list")
		}
		held = held || o.Status.State == "Settled" || purchase.Reason(o.Status.Reason) == purchase.AcquiredBefore
	}
	if !held {
		return nil
	}
	return stalled(v1alpha1.ReasonAcquiredBefore, "the account has held this domain, and it is gone: it is not bought again by itself. "+
		"Buy it in the registrar's panel, and this object adopts it")
}

// orderAcquisition makes the next order, once everything that can be checked before is right.
func (r *Reconciler) orderAcquisition(ctx context.Context, s *scope, last *v1alpha1.Order) error {
	years := int(s.domain.Spec.Acquisition.Years)
	zone, err := s.connection.TLD(ctx, s.name)
	if err != nil {
		return fmt.Errorf("read what years the zone registers for: %w", err)
	}
	operation := purchase.Operation(s.domain.Spec.Acquisition.Mode)
	if operation == purchase.Register && !offers(zone.RegPeriods, years) {
		return stalled(v1alpha1.ReasonInvalidSpec, fmt.Sprintf("the zone %s registers for %s years alone: spec.acquisition.years cannot be %d", zone.TLD, zone.RegPeriods, years))
	}
	if _, err := ordering.NameServers(s.domain, s.name); err != nil {
		return stalled(v1alpha1.ReasonInvalidSpec, err.Error())
	}
	next := purchase.Order{Domain: s.name, Ordinal: ordinalAfter(last), UserID: s.userID, Operation: operation, Years: years, Direct: s.direct}
	if s.preview != nil { // Before the contacts: whoever may ask for a plan may not read every Secret.
		return cmp.Or(s.previewOrder(ctx, next), errPlanned)
	}
	_, lacks, err := r.Desk.Registrant(ctx, s.domain, s.name)
	if err != nil {
		return err
	}
	if lacks != "" {
		o := outcome.Stalled(v1alpha1.ReasonContactsInvalid, lacks)
		o.Awaited, o.After = true, pause.Jittered(time.Minute)
		return o.Err()
	}
	if _, err := r.Desk.Watch(ctx, s.login, r.Desk.TimeOf(s.connection), nil, nil); err != nil {
		return err
	}
	err = r.Desk.Make(ctx, r.Desk.TimeOf(s.connection), s.login, s.endpoint, ordering.AskedBy(s.domain), next)
	if err != nil && !errors.Is(err, ordering.ErrFaster) {
		return err
	}
	return comes("Order " + next.Name() + " is made")
}

// acquiring is the outcome while an order is to bring the domain: what its condition says.
func (s *scope) acquiring() outcome.Outcome {
	o := outcome.Outcome{
		Ready: metav1.ConditionFalse, Reconciling: true, Reason: v1alpha1.ReasonAcquiring, Message: "Order " + s.ordered.Name + " is under way",
		After: pause.Jittered(acquiringPoll),
	}
	if ready := meta.FindStatusCondition(s.ordered.Status.Conditions, v1alpha1.ConditionReady); ready != nil {
		o.Message = "Order " + s.ordered.Name + ": " + ready.Message
	}
	if s.stage != "" {
		o.Reconciling, o.Stalled, o.Reason, o.Message = false, true, v1alpha1.ReasonTransferWaits, s.stage
	}
	if waitsForAPerson(s.ordered) {
		o.Reconciling, o.Stalled = false, true
		o.Reason = cmp.Or(s.ordered.Status.Reason, string(s.ordered.Status.State))
	}
	return o
}

// comes is the outcome of what comes by itself.
func comes(message string) error {
	return outcome.Outcome{
		Ready: metav1.ConditionFalse, Reconciling: true, Reason: v1alpha1.ReasonAcquiring, Message: message, After: pause.Jittered(time.Minute),
	}.Err()
}

// stalled is the outcome of what a person has to change, which may wake nobody.
func stalled(reason, message string) error { return polled(reason, message).Err() }

// isAcquisition says whether an order brings a domain.
func isAcquisition(o *v1alpha1.Order) bool { return purchase.Operation(o.Spec.Operation).Keyed() }

// isBought says whether an order has brought the domain.
func (s *scope) isBought() bool {
	return slices.ContainsFunc(s.orders, func(o v1alpha1.Order) bool {
		return isAcquisition(&o) && purchase.State(o.Status.State) == purchase.Settled
	})
}

// isOrdered says whether the domain is one that an order under way brings, and that is not there yet.
func (s *scope) isOrdered() bool {
	return s.ordered != nil && (s.service == nil || s.service.state == regapi.Inactive)
}
