package regapitest

import (
	"slices"
	"strings"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/form"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

func shopHandlers() map[string]handler {
	return map[string]handler{
		"shop/nop":                {each: answerLotID, identify: identifyLot, flat: true},
		"shop/update_lot":         {call: updateLots},
		"shop/delete_lot":         {call: deleteLots},
		"shop/get_info":           {call: answerLot},
		"shop/get_lot_list":       {call: listLots},
		"shop/get_category_list":  {call: listCategories},
		"shop/get_suggested_tags": {call: listTags},
	}
}

// findLot returns the lot of a domain.
func (c *call) findLot(given string) (*lot, *refusal.Error) {
	name, err := dnszone.CanonicalDomain(given)
	if err != nil {
		return nil, err
	}
	if c.test {
		return exampleLot(name), nil
	}
	if found := c.srv.state.lots[name]; found != nil {
		return found, nil
	}
	return nil, refusal.New("DOMAIN_NOT_FOUND", "domain_name", given)
}

func identifyLot(c *call, e *element) *refusal.Error {
	found, err := c.findLot(e.givenName())
	if err != nil {
		return err
	}
	e.lot = found
	return nil
}

// answerLotID tells the number of a lot (13.1).
func answerLotID(_ *call, e *element) (map[string]any, *refusal.Error) {
	answer := map[string]any{"lot_id": textNumeral(e.lot.ID)}
	if !e.single {
		answer["dname"], answer["result"] = e.givenName(), "success"
	}
	return answer, nil
}

// answerLot tells about one lot (13.3).
func answerLot(c *call) (map[string]any, *refusal.Error) {
	found, err := c.findLot((&element{own: c.params}).givenName())
	if err != nil {
		return nil, err
	}
	found.hits++
	shown := map[string]any{
		"dname": dnszone.UnicodeName(found.domain.Name), "dname_puny": found.domain.Name, "price_type": found.PriceType, "start_price": kopecks(found.price),
		"site": textNumeral(digit(found.Site)), "tm": textNumeral(digit(found.TradeMark)), "description": found.Description,
		"keywords": anyList(found.Keywords), "category_ids": anyList(found.Categories),
	}
	if !c.test {
		listed := found.shown()
		for _, name := range []string{"lot_hits", "bids_cnt", "first_create_domain", "creation_date", "lot_date", "yandex_tic", "google_pr"} {
			shown[name] = listed[name]
		}
	}
	return shown, nil
}

// ownLots returns the domains that dname names, one or a list: they must be the caller's.
func (c *call) ownDomains() ([]*domain, *refusal.Error) {
	if c.account == nil {
		return nil, refusal.New("NO_USERNAME")
	}
	names := texts(c.params.Value("dname"))
	if len(names) == 0 {
		return nil, refusal.New("NO_DOMAIN")
	}
	owned := []*domain{}
	for index, given := range names {
		e := &element{own: form.Params{"dname": given}, common: form.Params{}, index: index}
		if err := c.identify(e); err != nil {
			return nil, err
		}
		owned = append(owned, e.domain)
	}
	return owned, nil
}

// deleteLots withdraws offers; all of them or, if one is not there, none (13.2).
func deleteLots(c *call) (map[string]any, *refusal.Error) {
	owned, err := c.ownDomains()
	if err != nil || c.test {
		return nil, err
	}
	for _, d := range owned {
		if c.srv.state.lots[d.Name] == nil {
			return nil, refusal.New("DOMAIN_NOT_FOUND", "domain_name", dnszone.UnicodeName(d.Name))
		}
	}
	for _, d := range owned {
		delete(c.srv.state.lots, d.Name)
	}
	c.touch()
	return nil, nil
}

// updateLots puts domains up for sale, or changes how they are (13.2 of the older edition).
func updateLots(c *call) (map[string]any, *refusal.Error) {
	const maxCategories = 3
	owned, err := c.ownDomains()
	if err != nil {
		return nil, err
	}
	wanted := Lot{
		Price: c.params.Text("price"), PriceType: c.params.Text("lot_price_type"), Description: c.params.Text("description"),
		Keywords: texts(c.params.Value("keywords")), Categories: texts(c.params.Value("category_ids")),
	}
	if !slices.Contains([]string{"", priceFixed, priceOffer}, wanted.PriceType) {
		return nil, refusal.Incorrect("lot_price_type")
	}
	if len(wanted.Categories) > maxCategories || slices.ContainsFunc(wanted.Categories, unknownCategory) {
		return nil, refusal.Incorrect("category_ids")
	}
	sold := strings.FieldsFunc(c.params.Text("sold_with"), func(letter rune) bool { return letter == ',' || letter == ' ' })
	if slices.ContainsFunc(sold, func(word string) bool { return word != "site" && word != "tm" }) {
		return nil, refusal.Incorrect("sold_with")
	}
	wanted.Site, wanted.TradeMark = slices.Contains(sold, "site"), slices.Contains(sold, "tm")
	if _, err := parseMoney(Balance{Prepay: wanted.Price}); err != nil {
		return nil, refusal.Incorrect("price")
	}
	if c.test {
		return nil, nil
	}
	for _, d := range owned {
		c.offerForSale(d, wanted)
	}
	c.touch()
	return nil, nil
}

// offerForSale keeps the number, the day and the visitors of a lot that is there already.
func (c *call) offerForSale(d *domain, wanted Lot) {
	now := c.now.Format(time.DateTime)
	wanted.Name, wanted.Listed = d.Name, now
	before := c.srv.state.lots[d.Name]
	if before != nil {
		wanted.ID, wanted.Listed = before.ID, before.Listed
	}
	// Its parts have been checked.
	if err := c.srv.state.addLot(wanted); err != nil {
		return
	}
	added := c.srv.state.lots[d.Name]
	added.edited = now
	if before != nil {
		added.hits = before.hits
	}
}
