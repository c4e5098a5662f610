package regapitest

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
)

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

// shown is a lot as the list shows it, with lists as text (13.4).
func (l *lot) shown() map[string]any {
	return map[string]any{
		"bids_cnt": textNumeral(0), "category_ids": "[ " + strings.Join(l.Categories, ", ") + " ]", "creation_date": l.domain.Created,
		"dname": dnszone.UnicodeName(l.domain.Name), "dname_puny": l.domain.Name, "first_create_domain": l.domain.Created, "google_pr": textNumeral(0),
		"is_online": textNumeral(1), "keywords": strings.Join(l.Keywords, ", "), "lot_date": l.Listed, "lot_hits": textNumeral(l.hits),
		"lot_mtime": l.edited, "price_type": l.PriceType, "site": textNumeral(digit(l.Site)), "start_price": kopecks(l.price),
		"tm": textNumeral(digit(l.TradeMark)), "yandex_tic": textNumeral(0),
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
