package order

import (
	"context"

	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

const (
	// page is how many bills one request lists (6.2), and maxPages how many pages are read: more unpaid bills than that are no Look.
	page     = 1000
	maxPages = 20
)

// lookAtBills reads all unpaid bills (6.2): ours, of which the price counts, and others for the domain.
func (r *Reconciler) lookAtBills(ctx context.Context, s *scope, seen *purchase.Seen) error {
	service, keyed := s.order.ServiceID, s.order.Operation.Keyed()
	if keyed {
		service = seen.ServiceID
	}
	for offset := 0; ; offset += page {
		bills, err := s.connection.Client.Bill.GetNotPayed(ctx, regapi.Page{Limit: page, Offset: offset})
		if err != nil {
			return err
		}
		for _, bill := range bills {
			switch {
			case bill.BillID == 0:
			case bill.BillID == s.record.Bill.ID:
				seen.OwnPrice = priceOf(bill, service)
				seen.KeyBill = purchase.Bill{ID: bill.BillID, Price: seen.OwnPrice}
			case keyed && s.record.Bill.ID == 0 && concerns(bill, service, "") && priceOf(bill, service) > 0:
				seen.KeyBill = purchase.Bill{ID: bill.BillID, Price: priceOf(bill, service)}
			case concerns(bill, service, s.order.Domain):
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
func concerns(bill regapi.Bill, service regapi.ID, domain string) bool {
	for _, item := range bill.Items {
		if service != 0 && item.ServiceID == service {
			return true
		}
		if domain != "" && item.ServType == regapi.ServTypeDomain && regapi.CanonicalName(item.Domain) == domain {
			return true
		}
	}
	return false
}

// priceOf is what our bill costs; 0 where it does not say so, or is for something else as well.
func priceOf(bill regapi.Bill, service regapi.ID) purchase.Amount {
	for _, item := range bill.Items {
		if item.ServiceID != service {
			return 0
		}
	}
	price, known := purchase.AmountOf(bill.Payment)
	if !known || len(bill.Items) == 0 || service == 0 {
		return 0
	}
	return price
}
