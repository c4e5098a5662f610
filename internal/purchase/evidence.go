package purchase

import (
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// The times of the rules.
const (
	// Settling is longer than any effect takes to show (10).
	Settling = 24 * time.Hour
	// SettlingLate is what it shrinks to when a domain is about to be lost (10).
	SettlingLate = time.Hour
	// LastDays is how many days before the last one on which a domain can be renewed that is (10).
	LastDays = 3
	// Dwell is how long a bill's number has to be written before it is paid: longer than a restore that nobody notices reaches back (16).
	Dwell = 30 * time.Minute
	// DecisionLife is how long what was read may be acted on (8).
	DecisionLife = 30 * time.Second
	// MaxSkew is how far the registrar's clock and the API server's may differ (7).
	MaxSkew = 5 * time.Minute
	// HeartbeatEvery is how often the ledger is told that somebody watches, and MaxSilence what is a gap (9).
	HeartbeatEvery = 5 * time.Minute
	MaxSilence     = 15 * time.Minute
)

// Input is everything that a decision stands on.
type Input struct {
	Order  Order
	Record Record
	// Now is the registrar's time (7).
	Now time.Time
	// Settling is how long to wait for effects: the constant of that name, or SettlingLate.
	Settling time.Duration
	Dwell    time.Duration
	// Since is when the wait for effects begins: the order exists, its renewer is the only one, and no gap is open (10). Zero: not yet.
	Since time.Time
	// Gap says that somebody may have put the cluster back, less than Settling ago (9).
	Gap    bool
	Intent Intent
	Seen   Seen
	Funds  Funds
	Word   Word
}

// Intent is who asks, read live (17).
type Intent struct {
	// Asked: the Domain that rules the name asks for this operation and these years.
	Asked bool
	// Allowed: the Account and the namespace consent to it.
	Allowed bool
	// MaxPrice is the least of the limits for one order.
	MaxPrice Amount
	// Approval is the digest that a person has approved. NeedsApproval says that it takes one.
	Approval      string
	NeedsApproval bool
	// Lacks says what the order cannot be placed without, such as valid contacts; "" if it lacks nothing.
	Lacks Reason
}

// Word is what a person says of an order that the machine cannot tell (21).
type Word string

// The words.
const (
	NoWord  Word = ""
	SaysNot Word = "NotPaid"
	SaysYes Word = "Paid"
)

// BillStatus is what is known of our bill.
type BillStatus string

// What can be known of a bill.
const (
	BillUnknown  BillStatus = ""
	BillPaid     BillStatus = "Paid"
	BillUnpaid   BillStatus = "Unpaid"
	BillNotFound BillStatus = "NotFound"
	// BillOdd: the registrar answers, and what it says decides nothing.
	BillOdd BillStatus = "Odd"
)

// Seen is one Look (13): fresh reads, all of them. The zero value is none.
type Seen struct {
	// Complete says that every read below was made and answered, but for those that decide nothing any more: see Told.
	Complete bool
	// ServiceID, Expiry and State of the service that the order names, or that has one of its keys; no ServiceID: the login holds none.
	ServiceID regapi.ID
	Expiry    string
	State     regapi.State
	// Delegated says that the domain has the name servers that the order is for.
	Delegated bool
	// OwnBill is our bill's status, and OwnPrice what it costs, if the registrar says so.
	OwnBill  BillStatus
	OwnPrice Amount
	// KeyBill is an unpaid bill that the service under our key has (6): ours, although its number was lost.
	KeyBill Bill
	// Elsewhere says of a keyed order that the login holds the name by another service than one under its keys.
	Elsewhere bool
	// ForeignBill is an unpaid bill for the domain that is not ours.
	ForeignBill regapi.ID
	// Balance of the login.
	Balance Amount
	// ListPrice is what the price list says for all the years; 0 if it says nothing.
	ListPrice Amount
}

// Funds is what the ledger says of the order.
type Funds struct {
	// Closed says that the ledger does not know what was spent (23).
	Closed bool
	// Entry says that the order has an entry that is not final, of whatever month; Kept, that it has a final one.
	Entry, Kept bool
	// Booked says that the order has an entry of the present month and epoch, and of how much (20).
	Booked Amount
	// Free is what today's ceiling leaves beside all other entries.
	Free Amount
}

// covers says whether the entry holds a price, within today's ceiling.
func (f Funds) covers(price Amount) bool {
	return !f.Closed && f.Booked >= price && price > 0 && f.Free >= f.Booked
}
