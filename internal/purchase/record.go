package purchase

import (
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// State is how far an order has come.
type State string

// The states. Those from Settled on are closed, but for Unclear, which waits for a person.
const (
	New              State = ""
	Quoted           State = "Quoted"
	AwaitingApproval State = "AwaitingApproval"
	Blocked          State = "Blocked"
	Reserved         State = "Reserved"
	Placing          State = "Placing"
	Placed           State = "Placed"
	Paying           State = "Paying"
	Paid             State = "Paid"
	Settled          State = "Settled"
	Refused          State = "Refused"
	Withdrawn        State = "Withdrawn"
	Unclear          State = "Unclear"
)

// Closed says that nothing more will come of an order in this state.
func (s State) Closed() bool { return s == Settled || s == Refused || s == Withdrawn }

// Reason says why an order is where it is.
type Reason string

// The reasons.
const (
	// SpendingNotAllowed: the Account does not consent to such an order.
	SpendingNotAllowed Reason = "SpendingNotAllowed"
	// PriceAboveLimit: the price is above what the Domain or the Account allows.
	PriceAboveLimit Reason = "PriceAboveLimit"
	// PriceUnknown: the registrar names no price that can be read.
	PriceUnknown Reason = "PriceUnknown"
	// CeilingReached: the month's money is spent or promised.
	CeilingReached Reason = "CeilingReached"
	// LedgerClosed: nobody knows what was spent in the month before the ledger began.
	LedgerClosed Reason = "LedgerClosed"
	// ContactsInvalid: who registers cannot be said as the zone wants it.
	ContactsInvalid Reason = "ContactsInvalid"
	// DirectForPartners: the account is not known to be a Partner's, which alone registers and transfers in one step.
	DirectForPartners Reason = "DirectForPartners"
	// Signed: the parent zone has keys of the domain, which would vanish with other name servers.
	Signed Reason = "Signed"
	// NotEnoughMoney: the balance does not cover the price.
	NotEnoughMoney Reason = "NotEnoughMoney"
	// ForeignBill: a bill for the domain that is not ours waits to be paid.
	ForeignBill Reason = "ForeignBill"
	// BillGone: our bill is not there any more, and nobody says who removed it.
	BillGone Reason = "BillGone"
	// OtherRenewer: the registrar may still renew the domain by itself.
	OtherRenewer Reason = "OtherRenewer"
	// NoLongerAsked: nobody asks for it.
	NoLongerAsked Reason = "NoLongerAsked"
	// BaseChanged: the domain is another service, or has another last paid day, than the order was made for.
	BaseChanged Reason = "BaseChanged"
	// PayerUnknown: the goal was reached without a payment of ours that is known.
	PayerUnknown Reason = "PayerUnknown"
	// AcquiredBefore: the name was acquired once, and is gone.
	AcquiredBefore Reason = "AcquiredBefore"
	// RefusedByRegistrar: the registrar refused the order, for good.
	RefusedByRegistrar Reason = "RefusedByRegistrar"
	// NoEffect: it is paid, and no effect shows.
	NoEffect Reason = "NoEffect"
	// StatusUnclear: the registrar says of the bill or of the call nothing that decides.
	StatusUnclear Reason = "StatusUnclear"
	// PersonSaid: a person settled it.
	PersonSaid Reason = "PersonSaid"
	// Effect: what was bought is there.
	Effect Reason = "Effect"
)

// Record is what an order's status holds: everything that has to outlive a process.
type Record struct {
	State  State
	Reason Reason
	// Price that was quoted, from the list, and its digest; at what time it was quoted.
	Price    Amount
	Digest   string
	QuotedAt time.Time
	// LookedAt is the first of the two Looks that have to agree (13); zero if none counts.
	LookedAt time.Time
	// Calls is how many calls to order may have left, PlacingAt when the last one was written.
	Calls     int
	PlacingAt time.Time
	Bill      Bill
	// PayingAt is when the last payment was written, PaidAt when one was seen.
	PayingAt, PaidAt time.Time
	// OddSince is since when the registrar says nothing of the bill that decides.
	OddSince time.Time
	// Cost is what was paid.
	Cost Amount
	// ErrorCode of the registrar, where it refused.
	ErrorCode regapi.ErrorCode
}

// Bill is our bill: its number came in the answer to our own call, under our key, or by a person's word (15).
type Bill struct {
	ID      regapi.ID
	Price   Amount
	KnownAt time.Time
	// Removing says that it is to be deleted; Removed, that the registrar says it is.
	Removing, Removed bool
}
