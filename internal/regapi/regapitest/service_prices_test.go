package regapitest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPricesCanBeHadInOtherCurrenciesAndWithThoseOfRenewals(t *testing.T) {
	w := newWorld(t)
	answered := w.send("service/get_prices", formOf("currency", "usd", "show_renew_data", "1")).decode(t).Answer
	for _, item := range answered["prices"].([]any) {
		price := item.(map[string]any)
		if price["servortld"] == "srv_webfwd" && (price["price"] != "1.50" || price["renew_price"] != "1.50") {
			t.Errorf("price %v", price)
		}
	}
	if answered["currency"] != "USD" || answered["show_renew_data"] != "1" {
		t.Errorf("answer %v %v", answered["currency"], answered["show_renew_data"])
	}
}

func TestTheDetailsOfTypesFollowWhatIsAskedFor(t *testing.T) {
	for _, c := range []struct {
		name   string
		fields []string
		want   int
	}{
		{"one plan", []string{"servtype", "srv_hosting_plesk", "subtype", "Host-1-0420"}, 1},
		{"two types, where the plan does not count", []string{"servtype", "srv_webfwd,srv_parking", "subtype", "free"}, 3},
		{"two fields", []string{"servtype", "srv_webfwd", "servtype", "srv_kvm"}, 2},
		{"with archived plans", []string{"servtype", "srv_hosting_plesk", "show_hidden", "1"}, 21},
		{"without archived plans", []string{"servtype", "srv_hosting_plesk"}, 14},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			if got := w.send("service/get_servtype_details", formOf(c.fields...)).decode(t).List; len(got) != c.want {
				t.Errorf("%d plans, want %d", len(got), c.want)
			}
		})
	}
}

func TestUnrolledPricesAreOnePerNumberOfPeriods(t *testing.T) {
	w := newWorld(t)
	plan := w.send("service/get_servtype_details", formOf("servtype", "srv_webfwd", "unroll_prices", "1")).decode(t).List[0].(map[string]any)
	prices := plan["prices_new"].([]any)
	if last := prices[len(prices)-1]; len(prices) != 10 || !cmp.Equal(last, any(map[string]any{"period": "10", "price": "1200.00"})) {
		t.Errorf("%d prices, the last %v", len(prices), last)
	}
}

func TestThePeriodThatIsLeft(t *testing.T) {
	w := withHosting(t)
	w.SetExpiry("example.ru", "2027-11-22")
	for fields, want := range map[[2]string]string{{"service_id", "801"}: "12.15", {"dname", "example.ru"}: "0.99"} {
		if got := w.alice("service/get_depreciated_period", fields[0], fields[1]).Answer["depreciated_period"]; got != want {
			t.Errorf("%v: %v, want %s", fields, got, want)
		}
	}
}
