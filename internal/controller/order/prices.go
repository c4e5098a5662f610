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
)

// listedFor is how long a price list serves.
const listedFor = 10 * time.Minute

// prices are the price lists of the logins.
type prices struct {
	mu    sync.Mutex
	lists map[string]priceList
}

type priceList struct {
	readAt time.Time
	zones  map[string]regapi.DomainPrice
}

// lookAtPrice takes the price from the list (8.2), which says what a year costs, and a change of name servers.
func (r *Reconciler) lookAtPrice(ctx context.Context, s *scope, seen *purchase.Seen) error {
	if s.record.Bill.ID != 0 {
		seen.ListPrice = s.record.Price // The bill's own price counts.
		return nil
	}
	if s.order.Operation == purchase.Restore && s.order.Direct {
		return nil // No list has its price, and its bill would come too late.
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
		price, times := listed.RenewPrice, s.order.Years
		switch s.order.Operation {
		case purchase.Register:
			price = listed.RegPrice
		case purchase.ChangeNameServers:
			price, times = listed.UpdatePrice, 1
		}
		if once, known := purchase.AmountOf(price); known {
			seen.ListPrice = once * purchase.Amount(times)
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
	listed, err := connection.Client.Domain.GetPrices(ctx, regapi.DomainPriceQuery{Currency: purchase.Currency, ShowRenewData: true, ShowUpdateData: true})
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
