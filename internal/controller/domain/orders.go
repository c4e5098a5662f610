package domain

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/internal/text"
)

// maxOrders bounds the list in the status.
const maxOrders = 10

// stateChanged lets through Orders of which a Domain would show something else.
var stateChanged = predicate.Funcs{
	UpdateFunc: func(e event.UpdateEvent) bool {
		return summary(e.ObjectOld.(*v1alpha1.Order)) != summary(e.ObjectNew.(*v1alpha1.Order))
	},
}

// askers finds the Domains that an Order is for.
func (r *Reconciler) askers(ctx context.Context, object client.Object) []ctrl.Request {
	return r.named(ctx, object.(*v1alpha1.Order).Spec.DomainName)
}

// named finds the Domains for a name in canonical form.
func (r *Reconciler) named(ctx context.Context, name string) (requests []ctrl.Request) {
	var domains v1alpha1.DomainList
	if err := r.List(ctx, &domains, tenancy.OfDomain(name), client.UnsafeDisableDeepCopy); err != nil {
		return nil
	}
	for i := range domains.Items {
		requests = append(requests, ctrl.Request{NamespacedName: client.ObjectKeyFromObject(&domains.Items[i])})
	}
	return requests
}

// showOrders tells of the orders for the domain, which lie in a namespace that its owner may not read. They are those of the cache: what is
// decided stands on live ones.
func (r *Reconciler) showOrders(ctx context.Context, s *scope) error {
	if r.Desk == nil || s.login == "" {
		return nil
	}
	var list v1alpha1.OrderList
	if err := r.List(ctx, &list, append(r.Desk.Of(s.login, s.name), client.UnsafeDisableDeepCopy)...); err != nil {
		return fmt.Errorf("list the Orders for the domain: %w", err)
	}
	orders := list.Items
	slices.SortFunc(orders, func(a, b v1alpha1.Order) int { return cmp.Compare(ordinalOf(&b), ordinalOf(&a)) })
	s.domain.Status.Orders = nil
	for i := range orders[:min(len(orders), maxOrders)] {
		s.domain.Status.Orders = append(s.domain.Status.Orders, summary(&orders[i]))
	}
	_, open := ordering.Last(orders, s.name)
	s.orders, s.looked = orders, true
	s.showNeed(open)
	s.open = open
	if open != nil && isAcquisition(open) {
		s.ordered = open
	}
	return nil
}

func summary(o *v1alpha1.Order) v1alpha1.OrderSummary {
	short := v1alpha1.OrderSummary{
		Name: o.Name, Operation: o.Spec.Operation, State: o.Status.State, Reason: o.Status.Reason, Price: o.Status.Price, Cost: o.Status.Cost,
		Digest: o.Status.Digest,
	}
	if o.Status.Bill != nil {
		short.Bill = o.Status.Bill.ID
	}
	return short
}

// showNeed says whether an open order waits for a person; nil is none.
func (s *scope) showNeed(open *v1alpha1.Order) {
	needed, unclear, reason, message := false, false, "", ""
	if open != nil {
		state := purchase.State(open.Status.State)
		unclear = state == purchase.Unclear
		needed = waitsForAPerson(open)
		reason = cmp.Or(open.Status.Reason, string(open.Status.State))
		message = "Order " + open.Name
		if ready := meta.FindStatusCondition(open.Status.Conditions, v1alpha1.ConditionReady); ready != nil {
			message += ": " + ready.Message
		}
	}
	if needed {
		s.require(actionFor(open), reason, message)
	}
	s.while(v1alpha1.ConditionOrderUnclear, unclear, reason, message)
}

// waitsForAPerson says whether an order does not go on by itself.
func waitsForAPerson(o *v1alpha1.Order) bool {
	switch purchase.State(o.Status.State) {
	case purchase.Unclear, purchase.AwaitingApproval:
		return true
	case purchase.Blocked:
		return purchase.Reason(o.Status.Reason) != purchase.OtherRenewer
	default:
		return false
	}
}

// while has a condition in the status as long as it holds.
func (s *scope) while(kind string, holds bool, reason, message string) {
	if !holds {
		meta.RemoveStatusCondition(&s.domain.Status.Conditions, kind)
		return
	}
	s.show(kind, metav1.ConditionTrue, reason, message)
}

// delegating says in the condition Delegated why the domain is not delegated as the spec asks.
func (s *scope) delegating(reason, message string) {
	s.show(v1alpha1.ConditionDelegated, metav1.ConditionFalse, reason, message)
}

// show sets a condition.
func (s *scope) show(kind string, holds metav1.ConditionStatus, reason, message string) {
	meta.SetStatusCondition(&s.domain.Status.Conditions, metav1.Condition{
		Type: kind, Status: holds, Reason: reason, Message: text.Shorten(message, status.MaxMessage), ObservedGeneration: s.domain.Generation,
	})
}

func ordinalOf(o *v1alpha1.Order) int {
	_, ordinal, err := purchase.ParseName(o.Name)
	if err != nil {
		return 0
	}
	return ordinal
}

func ordinalAfter(last *v1alpha1.Order) int {
	if last == nil {
		return 1
	}
	return ordinalOf(last) + 1
}
