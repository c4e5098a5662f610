package domain

import (
	"cmp"
	"context"
	"errors"
	"fmt"
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

// orderServers has a change of name servers ordered that the zone takes money for, where the spec agrees to that.
func (r *Reconciler) orderServers(ctx context.Context, s *scope, wanted []regapi.NameServer, now time.Time) error {
	switch {
	case s.domain.Spec.PaidNameServerChange != v1alpha1.PaidChangeAllow:
		return s.undelegated(polled(v1alpha1.ReasonRequestRefused, "REG.API misses something of the change, as it does where the zone takes money for it: "+
			"agree to that in spec.paidNameServerChange, or change the name servers in the registrar's panel"))
	case s.userID == "":
		return s.undelegated(polled(v1alpha1.ReasonBlocked, "the login of the Account is not proven yet"))
	}
	orders, err := r.Desk.Orders(ctx, s.login, s.name)
	if err != nil {
		return err
	}
	last, open := ordering.Last(orders, s.name)
	if open != nil {
		return s.undelegated(changing(open))
	}
	next := purchase.Order{
		Domain: s.name, Ordinal: ordinalAfter(last), UserID: s.userID, Operation: purchase.ChangeNameServers, ServiceID: s.service.id,
		Servers: ordering.Servers(wanted), Direct: true,
	}
	if before := ordering.LastOf(orders, s.name, purchase.ChangeNameServers); before != nil {
		if stop := s.after(before, next, now); stop != nil {
			return s.undelegated(*stop)
		}
	}
	if _, err := r.Desk.Watch(ctx, s.login, r.Desk.TimeOf(s.connection), nil, nil); err != nil {
		return err
	}
	err = r.Desk.Make(ctx, r.Desk.TimeOf(s.connection), s.login, s.endpoint, ordering.AskedBy(s.domain), next)
	if err != nil && !errors.Is(err, ordering.ErrFaster) {
		return err
	}
	return s.undelegated(delegating("the zone takes money for a change of name servers: Order " + next.Name() + " is made"))
}

// after says why no change is ordered after a closed one (5): what was refused needs another cause, and what was paid and changed back is not paid
// again by itself.
func (s *scope) after(before *v1alpha1.Order, next purchase.Order, now time.Time) *outcome.Outcome {
	done, err := ordering.OrderOf(before)
	paid, o := before.Status.PaidAt, outcome.Outcome{}
	switch {
	case err != nil || done.ServiceID != next.ServiceID || done.Servers != next.Servers:
		return nil
	case before.Status.State == "Settled" && paid != nil && now.Sub(paid.Time) < showsWithin:
		o = delegating("Order " + before.Name + " has changed the name servers: that is still to show")
	case before.Status.State == "Settled":
		o = polled(v1alpha1.ReasonContested, "Order "+before.Name+" has paid for these name servers, and somebody has changed them back: "+
			"find out who, then change them in the registrar's panel, or write them in another order")
	case before.Status.State == "Refused" && before.Status.ErrorCode != string(regapi.CodeNotEnoughMoney) && before.Annotations[v1alpha1.AnnotationAskedBy] == ordering.AskedBy(s.domain):
		o = polled(v1alpha1.ReasonOrderRefused, fmt.Sprintf("REG.API refused Order %s (%s): change the spec to have it ordered again", before.Name, before.Status.ErrorCode))
	default:
		return nil
	}
	return &o
}

// delegating is the outcome of what is on its way.
func delegating(message string) outcome.Outcome {
	return outcome.Outcome{
		Ready: metav1.ConditionFalse, Reconciling: true, Reason: v1alpha1.ReasonDelegating, Message: message, After: pause.Jittered(acquiringPoll),
	}
}

// openChange is an order under way that changes the name servers; nil if there is none.
func (s *scope) openChange() *v1alpha1.Order {
	if s.open != nil && s.open.Spec.Operation == v1alpha1.OperationChangeNameServers {
		return s.open
	}
	return nil
}

// changing is the outcome while the name servers wait for an order: what its condition says.
func changing(open *v1alpha1.Order) outcome.Outcome {
	o := delegating("Order " + open.Name + " is under way")
	o.After = pause.Jittered(renewalPoll)
	if ready := meta.FindStatusCondition(open.Status.Conditions, v1alpha1.ConditionReady); ready != nil {
		o.Message = "Order " + open.Name + ": " + ready.Message
	}
	if waitsForAPerson(open) {
		o.Reconciling, o.Stalled = false, true
		o.Reason = cmp.Or(open.Status.Reason, string(open.Status.State))
	}
	return o
}
