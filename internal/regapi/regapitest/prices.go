package regapitest

import (
	"fmt"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
)

// Prices are those of a zone, in roubles a year; what is empty stays as it is.
type Prices struct {
	Register string `json:"register,omitempty"`
	Renew    string `json:"renew,omitempty"`
	Restore  string `json:"restore,omitempty"`
	// Update is that of a change of name servers or contacts.
	Update string `json:"update,omitempty"`
}

// zonePrices are Prices in use, by the fields of a zone; nil stays.
type zonePrices struct{ register, renew, restore, update *int64 }

// setPrices changes the prices of a zone from now on; what is ordered already keeps the price of its bill.
func (s *state) setPrices(zone string, p Prices) error {
	ascii, err := dnszone.ToASCII(zone)
	if err != nil {
		return fmt.Errorf("zone %q: %w", zone, err)
	}
	if _, known := knownTLDs[ascii]; !known {
		return fmt.Errorf("zone %q is not served", zone)
	}
	changed := s.prices[ascii]
	for text, into := range map[*string]**int64{
		&p.Register: &changed.register, &p.Renew: &changed.renew, &p.Restore: &changed.restore, &p.Update: &changed.update,
	} {
		if *text == "" {
			continue
		}
		parsed, err := parseMoney(Balance{Prepay: *text})
		if err != nil || parsed.prepay < 0 {
			return fmt.Errorf("zone %q: %q is not a price", zone, *text)
		}
		*into = &parsed.prepay
	}
	s.prices[ascii] = changed
	return nil
}

// priced returns a zone with the prices of today.
func (s *state) priced(zone tld) tld {
	changed, ok := s.prices[zone.name]
	if !ok {
		return zone
	}
	for from, into := range map[*int64]*int64{
		changed.register: &zone.register, changed.renew: &zone.renew, changed.restore: &zone.restore, changed.update: &zone.update,
	} {
		if from != nil {
			*into = *from
		}
	}
	if changed.register != nil {
		zone.idnRegister = 0
	}
	return zone
}

// zoneOfName returns the zone of a domain with the prices of today.
func (s *state) zoneOfName(name string) tld { return s.priced(tldOf(name)) }

// renewalTariff is what prolonging a service costs, and in which unit. A service of a plan that is unknown here is priced as its type's default.
func (s *state) renewalTariff(of *service) tariff {
	if of.domain != nil {
		price := s.zoneOfName(of.Name).renew
		if of.domain.renewPrice != 0 {
			price = of.domain.renewPrice
		}
		return tariff{servtype: domainType, unit: unitYear, renewPrice: price}
	}
	found, err := findTariff(of.Servtype, of.Subtype)
	if err != nil {
		found, _ = findTariff(of.Servtype, defaultPlan(of.Servtype))
	}
	if found.unit == "" {
		found.unit = unitMonth
	}
	return found
}
