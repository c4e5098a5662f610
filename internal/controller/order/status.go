package order

import (
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/purchase"
)

// outcome turns what the phases found into conditions, and says when to look again. The state of the order counts more than a read that failed.
func (s *scope) outcome(err error) outcome.Outcome {
	if err != nil {
		return outcome.Of(err)
	}
	s.showWait()
	r := s.record
	o := outcome.Outcome{Reason: reasonOf(r), Message: s.message(r), After: s.after()}
	switch r.State {
	case purchase.Settled:
		o.Ready = metav1.ConditionTrue
	case purchase.Withdrawn:
		o.Ready = metav1.ConditionTrue // Nothing is asked for, and nothing was bought.
	case purchase.Refused, purchase.Unclear, purchase.Blocked, purchase.AwaitingApproval:
		o.Ready, o.Stalled = metav1.ConditionFalse, true
	default:
		o.Ready, o.Reconciling = metav1.ConditionUnknown, true
	}
	if r.State.Closed() && s.next.Do == purchase.Nothing && r == s.in.Record {
		o.After = 0
	}
	if s.in.Gap && !r.State.Closed() {
		o.Ready, o.Stalled, o.Reconciling = metav1.ConditionUnknown, false, true
		o.Reason = v1alpha1.ReasonLedgerGap
		o.Message = "nobody has watched the open orders for a while, and the cluster may have been put back since: no order takes a step for a day"
	}
	return o
}

// after is when the order is looked at again. Where it rests somebody else keeps the heartbeat: see Beat.
func (s *scope) after() time.Duration {
	switch {
	case s.failed:
		return s.waits.Again
	case s.idle:
		return s.waits.Patience
	case s.next.Do != purchase.Nothing || s.record != s.in.Record:
		return time.Second // There is a next step.
	case s.rests:
		return min(s.next.After, s.waits.Resting)
	default:
		return min(s.next.After, s.waits.Again)
	}
}

// showWait says whether the order waits for less than it would like to (10).
func (s *scope) showWait() {
	conditions := &s.object.Status.Conditions
	if s.record.State.Closed() || s.in.Settling != s.waits.SettlingLate {
		meta.RemoveStatusCondition(conditions, v1alpha1.ConditionWaitShortened)
		return
	}
	meta.SetStatusCondition(conditions, metav1.Condition{
		Type: v1alpha1.ConditionWaitShortened, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonLastDays, ObservedGeneration: s.object.Generation,
		Message: "the domain can be renewed for three more days at most: what others may have bought is waited for an hour instead of a day",
	})
}

// reasonOf is the reason of a condition: that of the state, or the state itself.
func reasonOf(r purchase.Record) string {
	if r.Reason != "" && r.State != purchase.Settled {
		return string(r.Reason)
	}
	return string(r.State)
}

// message says what stands in the way, and what to do about it.
func (s *scope) message(r purchase.Record) string {
	if r.Reason == purchase.ContactsInvalid && s.lacks != "" {
		return "the domain cannot be ordered: " + s.lacks
	}
	done, effect := "renewed", "the new last day has to show"
	switch s.order.Operation {
	case purchase.Register:
		done, effect = "registered", "the registry works at it"
	case purchase.Transfer:
		done, effect = "transferred", "the former registrar and the registry work at it, for days"
	case purchase.Restore:
		done = "restored and renewed"
	case purchase.ChangeNameServers:
		done, effect = "delegated to other name servers", "they have to show"
	}
	if remedy, known := remedies[r.Reason]; known && r.State != purchase.Settled {
		text := remedy
		if r.ErrorCode != "" && (r.State == purchase.Refused || r.State == purchase.Unclear) {
			text += fmt.Sprintf(" (REG.API: %s)", r.ErrorCode)
		}
		return text
	}
	switch r.State {
	case purchase.Settled:
		if r.Reason == purchase.PayerUnknown {
			return "the domain is " + done + ", and no payment of this order is known: somebody else, or the registrar, has paid"
		}
		if s.order.Years == 0 {
			return fmt.Sprintf("%s at %s roubles", done, r.Cost)
		}
		return fmt.Sprintf("%s for %d years at %s roubles", done, s.order.Years, r.Cost)
	case purchase.AwaitingApproval:
		return fmt.Sprintf("%s roubles wait for approval: add %s to the annotation %s of the %s", max(r.Price, r.Bill.Price), r.Digest, v1alpha1.AnnotationApproveQuote, s.approver)
	case purchase.Reserved:
		return "the money is reserved; a day has to pass in which nobody else's renewal shows"
	case purchase.Placing:
		return "the order was about to be sent, and no answer is known: a day has to pass in which its effect would show"
	case purchase.Placed:
		return fmt.Sprintf("bill %s waits to be paid", r.Bill.ID)
	case purchase.Paying:
		return fmt.Sprintf("bill %s is being paid", r.Bill.ID)
	case purchase.Paid:
		if r.Bill.ID == 0 {
			return "it is paid; " + effect
		}
		return fmt.Sprintf("bill %s is paid; %s", r.Bill.ID, effect)
	default:
		return "the order has been quoted"
	}
}

var remedies = map[purchase.Reason]string{
	purchase.SpendingNotAllowed: "the Account does not allow this order: add its operation to spec.spending.operations, and look at spec.spending.namespaces and the Domain's annotation regapi.io/paused",
	purchase.PriceAboveLimit:    "the price is above a limit: raise the limit of the Domain (maxPrice or restoreMaxPrice in spec.renewal, maxPrice in spec.acquisition) or spec.spending.perOrder of the Account, or buy by hand",
	purchase.PriceUnknown:       "REG.API names no price that can be read: buy by hand in the registrar's panel",
	purchase.CeilingReached:     "spec.spending.perMonth of the Account leaves too little in this month: raise it, or wait for the next month",
	purchase.LedgerClosed:       "the spending ledger began in this month, so that nobody knows what was spent before: say it in the Account's annotation regapi.io/spent-before, such as 2026-05=0, or wait for the next month",
	purchase.ContactsInvalid:    "the contacts of the registrant are not as the zone wants them: the Domain says which fields",
	purchase.DirectForPartners:  "spec.spending.payment of the Account is Direct, in which only Partners register and transfer: set TwoStep",
	purchase.Signed:             "the parent zone has keys of the domain (DS), so that with other name servers it would vanish: the Domain says what to do",
	purchase.AcquiredBefore:     "the account has held this domain once, and it is gone: it is not bought again by itself",
	purchase.NotEnoughMoney:     "the balance does not cover the price: top it up; the order goes on by itself",
	purchase.ForeignBill:        "an unpaid bill for the domain stands at the registrar that this order did not write: pay or delete it there; the order goes on a day later",
	purchase.BillGone:           "the bill of this order is not there any more: annotate the Order with regapi.io/settle: NotPaid if nobody paid it, or Paid",
	purchase.OtherRenewer:       "the registrar's own renewal is not known to be off: the Domain says what keeps it from being switched off",
	purchase.NoLongerAsked:      "no Domain asks for this any more",
	purchase.BaseChanged:        "the domain is another one, or has another last day, than the order was made for",
	purchase.RefusedByRegistrar: "the registrar refused the order; the Domain makes a new one when its spec changes",
	purchase.NoEffect:           "the bill is paid, and after a day no effect shows: ask the registrar, then annotate the Order with regapi.io/settle: Paid or NotPaid",
	purchase.StatusUnclear:      "nothing tells whether this was paid: look into the registrar's panel, then annotate the Order with regapi.io/settle: Paid or NotPaid",
	purchase.PersonSaid:         "a person has said that this was not paid",
	v1alpha1.ReasonNotMadeHere:  "the spending ledger does not know the Order: only the operator makes Orders",
}

// untouched is the outcome of an Order while nothing is written: it is neither placed, nor paid, nor given up, and not even looked at.
func untouched() outcome.Outcome {
	o := outcome.Stalled(v1alpha1.ReasonReadOnly, "the operator runs with --read-only: the order goes on when it is started without")
	o.After = outcome.Poll()
	return o
}
