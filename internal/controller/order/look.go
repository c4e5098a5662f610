package order

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// look reads everything that the registrar shows of the order, afresh (13), unless the order only waits.
func (r *Reconciler) look(ctx context.Context, s *scope) error {
	if _, s.rests = purchase.Rest(s.in); s.rests {
		return nil
	}
	swept, _ := purchase.AmountOf(s.connection.Inventory.Summary().Balance.Prepay)
	patience, err := r.patience(ctx, s)
	if err != nil {
		return err
	}
	if s.idle = r.looks.recent(string(s.object.UID), s.in, swept, patience); s.idle {
		return nil
	}
	ctx = traffic.WithAskers(traffic.WithPriority(ctx, traffic.Change), traffic.ByObject)
	s.begun = time.Now()
	seen := purchase.Seen{}
	service := r.lookAtService
	switch {
	case s.order.Operation.Keyed():
		service = r.lookAtKeys
	case s.order.Operation == purchase.ChangeNameServers:
		service = r.lookAtServers
	}
	reads := []func(context.Context, *scope, *purchase.Seen) error{service, r.lookAtBills, r.lookAtBill, r.lookAtBalance, r.lookAtPrice}
	switch {
	case s.record.State == purchase.Paid, s.record.State == purchase.Unclear:
		reads = reads[:1] // Only the effect is waited for.
	case s.record.State == purchase.Paying && !s.order.Operation.Keyed():
		reads = slices.Insert(reads, 0, r.lookAtBill) // What came of the payment our bill tells, or nothing does and the whole Look is made.
	}
	for _, read := range reads {
		if err := read(ctx, s, &seen); err != nil {
			return err
		}
		if s.in.Seen = seen; purchase.Told(s.in) {
			break
		}
	}
	r.tellAgain(s)
	seen.Complete = true
	r.looks.note(string(s.object.UID), s.in, swept)
	s.in.Seen = seen
	return nil
}

// crowd is how many orders of a login may wait for people, each looked at as often as the rules say; of more each is looked at less often, since all
// together may cost no more than some sixty requests an hour.
const crowd = 8

// patience is how old a Look may be on which the order rests.
func (r *Reconciler) patience(ctx context.Context, s *scope) (time.Duration, error) {
	if state := s.record.State; state != purchase.Blocked && state != purchase.AwaitingApproval {
		return s.waits.Patience, nil
	}
	open, err := r.Desk.Open(ctx, s.login)
	return s.waits.Patience * time.Duration(max(1, len(open)/crowd)), err
}

// looks are when each order was looked at last, and what was known of it in the cluster then.
type looks struct {
	mu   sync.Mutex
	last map[string]lastLook
}

// lastLook is what was known of an order when it was looked at, and the balance that the last sweep had shown by then.
type lastLook struct {
	purchase.Input
	swept purchase.Amount
}

// recent says whether an order that waits for others was looked at lately, and nothing in the cluster has changed since.
func (l *looks) recent(uid string, in purchase.Input, swept purchase.Amount, patience time.Duration) bool {
	switch in.Record.State {
	case purchase.Blocked, purchase.AwaitingApproval, purchase.Paid, purchase.Unclear:
	case purchase.Placing:
		if !in.Order.Direct {
			return false
		}
	default:
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	last, known := l.last[uid]
	age := in.Now.Sub(last.Now)
	last.Now = in.Now
	toppedUp := in.Record.Reason == purchase.NotEnoughMoney && swept > last.swept
	return known && age >= 0 && age < patience && last.Input == in && !toppedUp
}

func (l *looks) note(uid string, in purchase.Input, swept purchase.Amount) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last == nil {
		l.last = map[string]lastLook{}
	}
	in.Seen = purchase.Seen{}
	l.last[uid] = lastLook{in, swept}
}

func (l *looks) forget(uid string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.last, uid)
}

// lookAtService reads the domain by its number (7.7). One that the login does not hold is seen as none.
func (r *Reconciler) lookAtService(ctx context.Context, s *scope, seen *purchase.Seen) error {
	infos, err := s.connection.Client.Service.GetInfo(ctx, regapi.ByServiceID(s.order.ServiceID))
	switch {
	case err != nil:
		return err
	case regapi.IsNotFound(infos[0].Err):
		return nil
	case infos[0].Err != nil:
		return infos[0].Err
	}
	seen.ServiceID, seen.State, seen.Expiry = infos[0].ServiceID, infos[0].State, infos[0].ExpirationDate.String()
	if seen.ServiceID == 0 {
		seen.ServiceID = s.order.ServiceID // The answer is about what was asked for.
	}
	return nil
}

// lookAtServers reads the domain, and whether it has the name servers that the order is for (8.19).
func (r *Reconciler) lookAtServers(ctx context.Context, s *scope, seen *purchase.Seen) error {
	if err := r.lookAtService(ctx, s, seen); err != nil || seen.ServiceID == 0 {
		return err
	}
	held, err := s.connection.Client.Domain.GetNSS(ctx, regapi.ByServiceID(s.order.ServiceID))
	if err == nil {
		err = held[0].Err
	}
	if err != nil {
		return fmt.Errorf("read the name servers: %w", err)
	}
	seen.Delegated = ordering.SameServers(held[0].NSS, ordering.ServersOf(s.object.Spec.NameServers))
	return nil
}

// lookAtBill asks how our bill stands (6.1).
func (r *Reconciler) lookAtBill(ctx context.Context, s *scope, seen *purchase.Seen) error {
	if s.record.Bill.ID == 0 {
		return nil
	}
	bills, err := s.connection.Client.Bill.Nop(ctx, s.record.Bill.ID)
	if err != nil {
		return err
	}
	switch {
	case regapi.HasCode(bills[0].Err, regapi.CodeBillIDNotFound):
		seen.OwnBill = purchase.BillNotFound
	case bills[0].Err != nil:
		return bills[0].Err
	case bills[0].PayStatus == regapi.BillPayed:
		seen.OwnBill = purchase.BillPaid
	case bills[0].PayStatus == regapi.BillNotPayed:
		seen.OwnBill = purchase.BillUnpaid
	default:
		seen.OwnBill = purchase.BillOdd
	}
	return nil
}

// lookAtBalance reads what can be spent (5.4); what is blocked cannot.
func (r *Reconciler) lookAtBalance(ctx context.Context, s *scope, seen *purchase.Seen) error {
	balance, err := s.connection.Client.User.GetBalance(ctx, purchase.Currency)
	if err != nil {
		return err
	}
	prepay, known := purchase.AmountOf(balance.Prepay)
	blocked, _ := purchase.AmountOf(balance.Blocked)
	if known && balance.Blocked.Known() {
		seen.Balance = max(prepay-blocked, 0)
	}
	return nil
}

// lookAtPrice takes the price from the list, unless there is a bill: then that counts.
func (r *Reconciler) lookAtPrice(ctx context.Context, s *scope, seen *purchase.Seen) error {
	if s.record.Bill.ID != 0 {
		seen.ListPrice = s.record.Price
		return nil
	}
	price, known, err := r.prices.Of(ctx, s.login, s.connection, s.order)
	if known {
		seen.ListPrice = price
	}
	return err
}
