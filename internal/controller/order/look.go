package order

import (
	"context"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/idna"

	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

const (
	// page is how many bills one request lists (6.2), and maxPages how many pages are read: more unpaid bills than that are no Look.
	page     = 1000
	maxPages = 20
	// listedFor is how long a price list serves.
	listedFor = 10 * time.Minute
)

// look reads everything that the registrar shows of the order, afresh (13), unless the order only waits.
func (r *Reconciler) look(ctx context.Context, s *scope) (err error) {
	if _, waits := purchase.Rest(s.in); waits {
		return nil
	}
	if s.idle = r.looks.recent(string(s.object.UID), s.in); s.idle {
		return nil
	}
	ctx = traffic.WithAskers(traffic.WithPriority(ctx, traffic.Change), traffic.ByObject)
	s.begun = time.Now()
	seen := purchase.Seen{}
	reads := []func(context.Context, *scope, *purchase.Seen) error{r.lookAtService, r.lookAtBills, r.lookAtBill, r.lookAtBalance, r.lookAtPrice}
	switch s.record.State {
	case purchase.Paid, purchase.Unclear:
		reads = reads[:1] // Only the effect is waited for.
	case purchase.New:
		reads = []func(context.Context, *scope, *purchase.Seen) error{r.lookAtService, r.lookAtPrice} // A quote needs no more.
	}
	for _, read := range reads {
		if err := read(ctx, s, &seen); err != nil {
			return err
		}
	}
	if now, known := r.Desk.Clock.Registrar(s.connection); known {
		s.in.Now = now
	}
	seen.Complete = true
	r.looks.note(string(s.object.UID), s.in)
	s.in.Seen = seen
	return nil
}

// looks are when each order was looked at last, and what was known of it in the cluster then.
type looks struct {
	mu   sync.Mutex
	last map[string]purchase.Input
}

// patience is how old a Look may be on which an order rests that is in the hands of others. An order whose own turn it is looks each time.
const patience = 30 * time.Minute

// recent says whether an order that waits for others was looked at lately, and nothing in the cluster has changed since.
func (l *looks) recent(uid string, in purchase.Input) bool {
	switch in.Record.State {
	case purchase.Blocked, purchase.AwaitingApproval, purchase.Paid, purchase.Unclear:
	default:
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	last, known := l.last[uid]
	age := in.Now.Sub(last.Now)
	last.Now = in.Now
	return known && age >= 0 && age < patience && last == in
}

func (l *looks) note(uid string, in purchase.Input) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last == nil {
		l.last = map[string]purchase.Input{}
	}
	in.Seen = purchase.Seen{}
	l.last[uid] = in
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

// lookAtBills reads all unpaid bills (6.2): ours, of which the price counts, and others for the domain.
func (r *Reconciler) lookAtBills(ctx context.Context, s *scope, seen *purchase.Seen) error {
	for offset := 0; ; offset += page {
		bills, err := s.connection.Client.Bill.GetNotPayed(ctx, regapi.Page{Limit: page, Offset: offset})
		if err != nil {
			return err
		}
		for _, bill := range bills {
			switch {
			case bill.BillID == s.record.Bill.ID && bill.BillID != 0:
				seen.OwnPrice = s.priceOf(bill)
			case bill.BillID != 0 && s.concerns(bill):
				seen.ForeignBill = bill.BillID
			}
		}
		if len(bills) < page {
			return nil
		}
		if offset >= page*maxPages {
			return &tooMuch{}
		}
	}
}

// tooMuch says that there are more unpaid bills than anybody can look through.
type tooMuch struct{}

func (*tooMuch) Error() string {
	return "the account has more than 20,000 unpaid bills, so that those for the domain cannot be told: delete old ones"
}

// Class says that a person has to do something.
func (*tooMuch) Class() regapi.Class { return regapi.ClassBlocked }

// concerns says whether a bill is for the domain: by its number or, for another service of that type, by its name.
func (s *scope) concerns(bill regapi.Bill) bool {
	for _, item := range bill.Items {
		if item.ServiceID == s.order.ServiceID || (item.ServType == regapi.ServTypeDomain && regapi.CanonicalName(item.Domain) == s.order.Domain) {
			return true
		}
	}
	return false
}

// priceOf is what our bill costs; 0 where it does not say so, or is for something else as well.
func (s *scope) priceOf(bill regapi.Bill) purchase.Amount {
	for _, item := range bill.Items {
		if item.ServiceID != s.order.ServiceID {
			return 0
		}
	}
	price, known := purchase.AmountOf(bill.Payment)
	if !known || len(bill.Items) == 0 {
		return 0
	}
	return price
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

// prices are the price lists of the logins.
type prices struct {
	mu    sync.Mutex
	lists map[string]priceList
}

type priceList struct {
	readAt time.Time
	zones  map[string]regapi.DomainPrice
}

// lookAtPrice takes the price from the list (8.2), which says what a year costs.
func (r *Reconciler) lookAtPrice(ctx context.Context, s *scope, seen *purchase.Seen) error {
	if s.record.Bill.ID != 0 {
		seen.ListPrice = s.record.Price // The bill's own price counts.
		return nil
	}
	zones, err := r.prices.of(ctx, s.login, s.connection)
	if err != nil {
		return err
	}
	for _, zone := range zonesOf(s.order.Domain) {
		listed, known := zones[zone]
		if !known {
			continue
		}
		if year, known := purchase.AmountOf(listed.RenewPrice); known {
			seen.ListPrice = year * purchase.Amount(s.order.Years)
		}
		return nil
	}
	return nil
}

func (p *prices) of(ctx context.Context, login string, connection *account.Connection) (map[string]regapi.DomainPrice, error) {
	p.mu.Lock()
	list, known := p.lists[login]
	p.mu.Unlock()
	if known && time.Since(list.readAt) < listedFor {
		return list.zones, nil
	}
	listed, err := connection.Client.Domain.GetPrices(ctx, regapi.DomainPriceQuery{Currency: purchase.Currency, ShowRenewData: true})
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lists == nil {
		p.lists = map[string]priceList{}
	}
	p.lists[login] = priceList{time.Now(), listed.Prices}
	return listed.Prices, nil
}

// zonesOf gives the zones that a domain may be listed under, the longest first: names in other alphabets may have a price of their own (8.2).
func zonesOf(domain string) (zones []string) {
	labels := strings.Split(domain, ".")
	for i := 1; i < len(labels); i++ {
		zone := strings.Join(labels[i:], ".")
		spellings := []string{zone}
		if unicode, err := idna.ToUnicode(zone); err == nil && unicode != zone {
			spellings = append(spellings, unicode)
		}
		for _, spelling := range spellings {
			if strings.HasPrefix(labels[i-1], "xn--") {
				zones = append(zones, "__idn."+spelling)
			}
			zones = append(zones, spelling)
		}
	}
	return zones
}
