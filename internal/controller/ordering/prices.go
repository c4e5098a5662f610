package ordering

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

// Prices are the price lists of the logins. The zero value is ready to use; it is safe for concurrent use.
type Prices struct {
	mu    sync.Mutex
	lists map[string]priceList
}

type priceList struct {
	readAt time.Time
	zones  map[string]regapi.DomainPrice
}

// Of gives the price of what an order buys from the list of its login (8.2), which says what a year costs, and a change of name servers. It is not known for
// what no list has.
func (p *Prices) Of(ctx context.Context, login string, connection *account.Connection, order purchase.Order) (price purchase.Amount, known bool, err error) {
	if order.Operation == purchase.Restore && order.Direct {
		return 0, false, nil // No list has its price, and its bill would come too late.
	}
	zones, err := p.list(ctx, login, connection)
	if err != nil {
		return 0, false, err
	}
	for _, zone := range zonesOf(order.Domain) {
		listed, known := zones[zone]
		if !known {
			continue
		}
		price, times := listed.RenewPrice, order.Years
		switch order.Operation {
		case purchase.Register:
			price = listed.RegPrice
		case purchase.ChangeNameServers:
			price, times = listed.UpdatePrice, 1
		}
		once, known := purchase.AmountOf(price)
		return once * purchase.Amount(times), known, nil
	}
	return 0, false, nil
}

func (p *Prices) list(ctx context.Context, login string, connection *account.Connection) (map[string]regapi.DomainPrice, error) {
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
