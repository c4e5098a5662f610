package purchase

import (
	"errors"
	"slices"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Answer is what came of an act.
type Answer struct {
	// Bill that the answer to Place names, and what it costs; 0 where it names none.
	Bill  regapi.ID
	Price Amount
	// Err of the call; nil where the registrar said that it did what it was asked to.
	Err error
}

// Answered takes down what came of the act of a step. The record is that which was written before; what it gives has to be written too.
func Answered(order Order, r Record, act Act, a Answer, now time.Time) Record {
	switch {
	case regapi.NeverSent(a.Err):
		return takenBack(r, act)
	case act == Place:
		return placed(order, r, a, now)
	case act == Pay && regapi.HasCode(a.Err, regapi.CodeNotEnoughMoney):
		// A bill that was left as prepay would pay itself when money comes: it goes first (16).
		r.Bill.Removing, r.ErrorCode = true, regapi.CodeNotEnoughMoney
	case act == Remove:
		return removed(r, a, now)
	}
	return r
}

// takenBack undoes the record of a call that provably never left.
func takenBack(r Record, act Act) Record {
	switch act {
	case Place:
		r.Calls--
		r.State, r.PlacingAt, r.PayingAt = Reserved, time.Time{}, time.Time{}
	case Pay:
		r.State = Placed
	}
	return r
}

func placed(order Order, r Record, a Answer, now time.Time) Record {
	switch {
	case a.Bill != 0:
		// Whether it was charged for, the bill itself says.
		r.Bill = Bill{ID: a.Bill, Price: a.Price, KnownAt: now}
		if !order.Direct {
			r.State = Placed
		}
	case a.Err != nil && r.Calls == 1 && (Definite(a.Err) || (order.Direct && regapi.HasCode(a.Err, regapi.CodeNotEnoughMoney))):
		r.State, r.Reason, r.ErrorCode = Refused, RefusedByRegistrar, codeOf(a.Err)
	case a.Err != nil:
		r.ErrorCode = codeOf(a.Err)
	}
	return r
}

func removed(r Record, a Answer, now time.Time) Record {
	switch {
	case a.Err == nil, regapi.HasCode(a.Err, regapi.CodeBillIDNotFound):
		r.Bill.Removed = true
	case regapi.HasCode(a.Err, regapi.CodeBillCanNotRemoved):
		r.State, r.Reason, r.PaidAt, r.Cost = Paid, "", now, r.Bill.Price
	}
	return r
}

// definite are the refusals that say of an order that nothing came of it, and that nothing will (14).
var definite = []regapi.ErrorCode{
	regapi.CodeProlongError, regapi.CodeIncorrectState, regapi.CodeInvalidPeriod,
	regapi.CodeDomainNotFound, regapi.CodeServiceNotFound, regapi.CodeServiceIDNotFound, regapi.CodeInvalidServiceID,
	regapi.CodeInvalidDomainNameFormat, regapi.CodeDomainBadName, regapi.CodeDomainBadNameOnlyDigits, regapi.CodeHaveMixedCodetables,
	regapi.CodeDomainBadTLD, regapi.CodeTLDDisabled, regapi.CodeUnavailableDomainZone, regapi.CodeDomainNameMustBeEng, regapi.CodeDomainNameMustBeRus,
	regapi.CodeDomainInvalidLength, regapi.CodeDomainStopList, regapi.CodeDomainStopPattern,
	regapi.CodeContactsNotFound, regapi.CodeInvalidContacts, regapi.CodeUnknownContype, regapi.CodeFieldValueTooShort,
	regapi.CodeParameterMissing, regapi.CodeParameterIncorrect, regapi.CodeInvalidNSS, regapi.CodeInvalidAuthInfo,
	regapi.CodeDomainProtection, regapi.CodeNotAllowedOrderByAPI, regapi.CodeCantObtainExpDate,
	regapi.CodeDomainClientTransferProhibited, regapi.CodeDomainTransferProhibitedUnknown, regapi.CodeDomainTooYoung,
}

// Definite says whether a refusal of a first call to order closes the order. All else may be an effect whose answer went wrong.
func Definite(err error) bool { return slices.Contains(definite, codeOf(err)) }

// codeOf gives the code of a refusal; none where the answer was lost.
func codeOf(err error) regapi.ErrorCode {
	if refusal, ok := errors.AsType[*regapi.Error](err); ok {
		return refusal.Code
	}
	return ""
}
