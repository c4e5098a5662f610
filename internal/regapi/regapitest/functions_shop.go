package regapitest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

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

// Lot is a domain for sale in the domain shop (section 13).
type Lot struct {
	// Name is that of a domain of an account.
	Name string `json:"name"`
	// ID is made up when 0.
	ID int64 `json:"id,omitempty"`
	// Price is in roubles; PriceType is fixed (the default) or offer.
	Price       string   `json:"price,omitempty"`
	PriceType   string   `json:"priceType,omitempty"`
	Description string   `json:"description,omitempty"`
	Keywords    []string `json:"keywords,omitempty"`
	// Categories are numbers of shop/get_category_list.
	Categories []string `json:"categories,omitempty"`
	// Site and TradeMark tell what is sold along.
	Site      bool `json:"site,omitempty"`
	TradeMark bool `json:"tradeMark,omitempty"`
	// Listed is when it was put up for sale, YYYY-MM-DD hh:mm:ss.
	Listed string `json:"listed,omitempty"`
}

// lot is a Lot in use.
type lot struct {
	Lot
	domain *domain
	price  int64
	edited string
	hits   int64
}

const (
	priceFixed = "fixed"
	priceOffer = "offer"
)

func (s *state) addLot(seed Lot) error {
	name, apiErr := dnszone.CanonicalDomain(seed.Name)
	if apiErr != nil {
		return fmt.Errorf("lot %q: %w", seed.Name, apiErr)
	}
	sold := s.domains[name]
	if sold == nil {
		return fmt.Errorf("lot %q: no account has such a domain", seed.Name)
	}
	if seed.PriceType == "" {
		seed.PriceType = priceFixed
	}
	if seed.ID == 0 {
		seed.ID = s.freshID()
	}
	if seed.Listed == "" {
		seed.Listed = sold.Created + " 00:00:00"
	}
	money, err := parseMoney(Balance{Prepay: seed.Price})
	if err != nil {
		return fmt.Errorf("lot %q: %w", seed.Name, err)
	}
	s.lots[name] = &lot{Lot: seed, domain: sold, price: money.prepay, edited: seed.Listed}
	return nil
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
		"site": textNumeral(flag(found.Site)), "tm": textNumeral(flag(found.TradeMark)), "description": found.Description,
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

// shown is a lot as the list shows it, with lists as text (13.4).
func (l *lot) shown() map[string]any {
	return map[string]any{
		"bids_cnt": textNumeral(0), "category_ids": "[ " + strings.Join(l.Categories, ", ") + " ]", "creation_date": l.domain.Created,
		"dname": dnszone.UnicodeName(l.domain.Name), "dname_puny": l.domain.Name, "first_create_domain": l.domain.Created, "google_pr": textNumeral(0),
		"is_online": textNumeral(1), "keywords": strings.Join(l.Keywords, ", "), "lot_date": l.Listed, "lot_hits": textNumeral(l.hits),
		"lot_mtime": l.edited, "price_type": l.PriceType, "site": textNumeral(flag(l.Site)), "start_price": kopecks(l.price),
		"tm": textNumeral(flag(l.TradeMark)), "yandex_tic": textNumeral(0),
	}
}

// lotColumns are what lots are sorted and selected by (13.4): numbers, or dates and words.
var (
	lotNumbers = map[string]func(*lot) int64{
		"dname_length": func(l *lot) int64 { return int64(utf8.RuneCountInString(dnszone.UnicodeName(l.domain.Name))) },
		"google_pr":    func(*lot) int64 { return 0 },
		"yandex_tic":   func(*lot) int64 { return 0 },
		"is_online":    func(*lot) int64 { return 1 },
		"lot_hits":     func(l *lot) int64 { return l.hits },
		"start_price":  func(l *lot) int64 { return l.price },
		"bids_cnt":     func(*lot) int64 { return 0 },
	}
	lotWords = map[string]func(*lot) string{
		"dname":               func(l *lot) string { return dnszone.UnicodeName(l.domain.Name) },
		"creation_date":       func(l *lot) string { return l.domain.Created },
		"lot_date":            func(l *lot) string { return l.Listed },
		"lot_mtime":           func(l *lot) string { return l.edited },
		"first_create_domain": func(l *lot) string { return l.domain.Created },
		"keywords":            func(l *lot) string { return strings.Join(l.Keywords, ", ") },
	}
)

// lotPages are the sizes that a page of lots can have (13.4).
var lotPages = []int{25, 50, 100, 200, 500}

// listLots lists what is for sale (13.4).
func listLots(c *call) (map[string]any, *refusal.Error) {
	limits, err := c.numbers(map[string]int{"pg": 0, "itemsonpage": lotPages[0]})
	if err != nil {
		return nil, err
	}
	if !slices.Contains(lotPages, limits["itemsonpage"]) {
		return nil, refusal.Incorrect("itemsonpage")
	}
	if c.flag("show_my_lots") && c.account == nil {
		return nil, refusal.New("NO_USERNAME")
	}
	order, err := c.lotOrder()
	if err != nil {
		return nil, err
	}
	lots := slices.Collect(maps.Values(c.srv.state.lots))
	if c.test {
		return map[string]any{"lots": []any{exampleListedLot()}, "lots_cnt": textNumeral(1)}, nil
	}
	slices.SortFunc(lots, func(a, b *lot) int { return cmp.Compare(a.domain.Name, b.domain.Name) })
	slices.SortStableFunc(lots, order)
	lots = slices.DeleteFunc(lots, func(l *lot) bool { return !c.wantsLot(l) })
	from := min(limits["pg"]*limits["itemsonpage"], len(lots))
	shown := []any{}
	for _, l := range lots[from:min(from+limits["itemsonpage"], len(lots))] {
		shown = append(shown, l.shown())
	}
	return map[string]any{"lots": shown, "lots_cnt": textNumeral(int64(len(lots)))}, nil
}

func (c *call) lotOrder() (func(a, b *lot) int, *refusal.Error) {
	column, sign := c.params.Text("sortcol"), 1
	switch c.params.Text("sortorder") {
	case "", "ASC":
	case "DESC":
		sign = -1
	default:
		return nil, refusal.Incorrect("sortorder")
	}
	if column == "" {
		column = "dname"
	}
	if number, ok := lotNumbers[column]; ok {
		return func(a, b *lot) int { return sign * cmp.Compare(number(a), number(b)) }, nil
	}
	if word, ok := lotWords[column]; ok {
		return func(a, b *lot) int { return sign * cmp.Compare(word(a), word(b)) }, nil
	}
	return nil, refusal.Incorrect("sortcol")
}

// wantsLot compares a lot with the ranges of a request; the one of prices is called price there.
func (c *call) wantsLot(l *lot) bool {
	if c.flag("show_my_lots") && l.domain.owner != c.account.Login {
		return false
	}
	if word := c.params.Text("keywords"); word != "" && !slices.Contains(l.Keywords, word) {
		return false
	}
	for column, number := range lotNumbers {
		scale, value := int64(1), number(l)
		if column == "start_price" {
			column, scale = "price", 100
		}
		from, fromErr := strconv.ParseInt(c.params.Text(column+"_from"), 10, 64)
		to, toErr := strconv.ParseInt(c.params.Text(column+"_to"), 10, 64)
		if (fromErr == nil && value < from*scale) || (toErr == nil && value > to*scale) {
			return false
		}
	}
	for column, word := range lotWords {
		from, to := c.params.Text(column+"_from"), c.params.Text(column+"_to")
		if value := word(l); value < from || (to != "" && value > to && !strings.HasPrefix(value, to)) {
			return false
		}
	}
	return true
}

// category is a category of lots; its own number is not shown, only those of its subcategories (13.5).
type category struct {
	name, nameEN  string
	subcategories []subcategory
}

type subcategory struct{ id, name, nameEN string }

// categories are those of the example (13.5).
var categories = []category{
	{"Культура и искусство", "Culture and Art", []subcategory{
		{"4", "Видео", "Video"}, {"6", "Изобразительное искусство", "Fine art"}, {"10", "Кино", "Cinema"},
	}},
	{"Бизнес", "Business", []subcategory{
		{"32", "Бухгалтерское дело", "Accounting profession"}, {"34", "Горное дело и бурение", "Mining & Engineering"},
		{"40", "Издательство и полиграфия", "Printing and publishing services"},
	}},
	{"Компьютеры", "Computers", []subcategory{
		{"76", "Безопасность, вирусы, антивирусы", "Security, viruses, antivirus programs"}, {"77", "Бытовая автоматизация", "Home automation"},
		{"79", "Графика", "Graphics"},
	}},
}

func unknownCategory(id string) bool {
	return !slices.ContainsFunc(categories, func(c category) bool {
		return slices.ContainsFunc(c.subcategories, func(s subcategory) bool { return s.id == id })
	})
}

// listCategories lists the categories of lots (13.5).
func listCategories(*call) (map[string]any, *refusal.Error) {
	shown := []any{}
	for _, c := range categories {
		subcategories := []any{}
		for _, s := range c.subcategories {
			subcategories = append(subcategories, map[string]any{"id": s.id, "category_name": s.name, "category_name_en": s.nameEN})
		}
		shown = append(shown, map[string]any{"category_name": c.name, "category_name_en": c.nameEN, "subcategories": subcategories})
	}
	return map[string]any{"category_list": shown}, nil
}

// popularTags are those of the example (13.6).
var popularTags = []string{"бизнес", "интернет", "авто", "бренд", "туризм"}

// listTags lists keywords (13.6).
func listTags(c *call) (map[string]any, *refusal.Error) {
	const most = 50
	limits, err := c.numbers(map[string]int{"limit": 10})
	if err != nil {
		return nil, err
	}
	if limits["limit"] > most {
		return nil, refusal.Incorrect("limit")
	}
	tags := slices.Clone(popularTags)
	if !c.test {
		used := []string{}
		for _, l := range c.srv.state.lots {
			used = append(used, l.Keywords...)
		}
		slices.Sort(used)
		for _, tag := range slices.Compact(used) {
			if !slices.Contains(tags, tag) {
				tags = append(tags, tag)
			}
		}
	}
	return map[string]any{"tags": anyList(tags[:min(limits["limit"], len(tags))])}, nil
}
