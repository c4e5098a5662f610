package regapitest

import (
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// The answers of the test mode that no function can work out, as the examples of section 8 have them.

var exampleSuggestions = []any{
	map[string]any{"name": "дом", "avail_in": []any{"рф", "su"}},
	map[string]any{"name": "dom", "avail_in": []any{"ru", "su"}},
	map[string]any{"name": "новый", "avail_in": []any{"рф", "su"}},
	map[string]any{"name": "novii", "avail_in": []any{"ru", "su", "org"}},
}

var examplePremiumPrices = []any{
	map[string]any{
		"domain_name": "007.academy", "register_period": "1", "register_price": "238.16", "renew_period": "1", "renew_price": "238.16",
	},
	map[string]any{
		"domain_name": "ua.ae.org", "register_period": "1", "register_price": "280.51", "renew_period": "0", "renew_price": "0.000",
	},
}

var exampleDeleted = []any{
	deletedExample("apmatypa.ru", "2006-05-18", 2), deletedExample("hudojnick.ru", "2004-10-19", 1), deletedExample("dpr-ryazan.ru", "2007-07-23", 1),
}

func deletedExample(name, created string, rank int64) map[string]any {
	return map[string]any{
		"domain_name": name, "registered": "NOT REGISTERED", "yandex_tic": numeral{digits: "0", number: true}, "first_create_date": created,
		"google_pr": textNumeral(rank), "date_delete": "2013-09-26",
	}
}

// exampleRegistry knows what the examples know of the names in them.
func exampleRegistry(now time.Time) *state {
	registry := newState(&config{})
	for _, name := range []RegistryName{
		{Name: "ya.ru"},
		{Name: "rr.ru.com", Status: namePremium, Price: "60000", RenewPrice: "600"},
	} {
		if err := registry.addRegistryName(name, now); err != nil {
			panic(err) // the names above are right
		}
	}
	return registry
}

// exampleRegistrationPrice is what each domain of the examples of 8.7 costs, whatever the prices of 8.2 say.
const exampleRegistrationPrice = 600_00

// exampleExtraPrice is what the third example of 8.7 takes for web forwarding.
const exampleExtraPrice = 100_00

// exampleTransferStatus is the state of a transfer in the example of 8.9.
func exampleTransferStatus(name string) string {
	if name == "qwerty.ooo" {
		return transferNotAvailable
	}
	return transferPending
}

// exampleForeign is a name of the examples that is somebody else's (8.6, 8.9).
const exampleForeign = "ya.ru"

// exampleExpiring is the answer of domain/get_rereg_data (8.11).
var exampleExpiring = []any{
	map[string]any{
		"dname": "test.ru", "tld": "ru", "yandex_tic": "1000", "tic_mirrors": "null", "uni_avg_attendance": "100", "search_query_list": "слово дело",
		"start_price": "2500.00", "bid": "2500.00", "avg_viewings": "2", "google_pr": "9", "price": "2500.00", "blitz_price": "2500.00",
		"first_create_date": "2001-01-01", "delete_date": "2020-01-01", "is_recommended": "1", "all_avg_traffic": "3", "registrar": "REGRU-RU",
	},
	map[string]any{
		"dname": "test.su", "tld": "su", "yandex_tic": "0", "tic_mirrors": "www.test.su", "uni_avg_attendance": "0", "search_query_list": nil,
		"start_price": "600.00", "bid": "600.00", "avg_viewings": "0", "google_pr": "0", "price": "600.00", "blitz_price": "2500.00",
		"first_create_date": "1991-08-21", "delete_date": "2020-01-01", "is_recommended": "0", "all_avg_traffic": "0", "registrar": "REGRU-RU",
	},
}

func exampleNumber(digits string) numeral { return numeral{digits: digits, number: true} }

// exampleBids is the answer of domain/get_user_rereg_bids (8.13).
var exampleBids = []any{
	map[string]any{
		"dname": "test.ru", "tld": "ru", "delete_date": "2099-12-31", "first_create_date": "2000-01-01", "registrar": "REGRU", "yandex_tic": nil,
		"max_bid": exampleNumber("225.00"), "next_price": exampleNumber("590.00"), "blitz_price": exampleNumber("8000.00"),
		"user_bid": exampleNumber("225.00"), "is_active": exampleNumber("1"), "is_recommended": exampleNumber("1"), "google_pr": nil,
		"uni_avg_attendance": nil, "search_query_list": nil, "avg_viewings": nil, "all_avg_traffic": nil,
	},
	map[string]any{
		"dname": "test.su", "tld": "su", "delete_date": "2099-01-01", "first_create_date": "2001-01-01", "registrar": "REGRU",
		"yandex_tic": exampleNumber("2000"), "max_bid": exampleNumber("5000.00"), "next_price": nil, "blitz_price": exampleNumber("5000.00"),
		"user_bid": exampleNumber("5000.00"), "is_active": exampleNumber("0"), "is_recommended": exampleNumber("1"), "google_pr": exampleNumber("9"),
		"uni_avg_attendance": nil, "search_query_list": nil, "avg_viewings": nil, "all_avg_traffic": nil,
	},
}

// exampleOffers are the messages of domain/look_at_entering_list (8.24).
func exampleOffers() []*offer {
	named := func(names ...string) []*domain {
		domains := []*domain{}
		for _, name := range names {
			domains = append(domains, &domain{service: &service{Name: name}})
		}
		return domains
	}
	return []*offer{
		{id: 123456, to: testLogin, domains: named("test.ru")}, {id: 123457, to: testLogin, domains: named("test.su", "test.com")},
	}
}

// exampleRequests is what becomes of the names in the example of domain/request_to_transfer, which stands in the older edition alone (8.26).
var exampleRequests = map[string]string{
	"test0.ru": "BELONGS_TO_ANOTHER_REGISTRAR", "test1.ru": "CHECK_DOMAIN_ERROR", "test2.ru": "FREE_DOMAIN",
	"test3.ru": "INCORRECT_DOMAIN_OWNER_SERVICE_PLAN",
}

func exampleRequest(name string) (map[string]any, *refusal.Error) {
	if code, ok := exampleRequests[name]; ok {
		return nil, refusal.New(code, "domain_name", name)
	}
	return map[string]any{"dname": name, "result": "success", "service_id": textNumeral(123)}, nil
}

// exampleLot is the lot of the examples of section 13.
func exampleLot(name string) *lot {
	return &lot{
		Lot: Lot{
			ID: 123, PriceType: priceFixed, Description: "desc", Keywords: []string{"k1", "k2", "k3"}, Categories: []string{"1", "2", "3"},
			Site: true, TradeMark: true,
		},
		domain: &domain{service: &service{Name: name}}, price: 200_00,
	}
}

// exampleListedLot is the lot of the example of shop/get_lot_list, which differs from the others (13.4).
func exampleListedLot() map[string]any {
	listed := &lot{
		Lot: Lot{
			PriceType: priceFixed, Keywords: []string{"test", "shop", "api"}, Categories: []string{"1", "2", "3"}, Listed: "2011-12-21 17:40:36",
		},
		domain: &domain{service: &service{Name: "test-shop-api-1.ru", Service: Service{Created: "2010-11-12"}}},
		price:  3000_00, edited: "2016-04-08 13:55:02",
	}
	shown := listed.shown()
	shown["lot_hits"] = "null"
	return shown
}
