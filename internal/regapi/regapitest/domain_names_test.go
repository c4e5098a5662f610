package regapitest

import (
	"strings"
	"testing"
)

func TestPricesDependOnZoneLettersAndCurrency(t *testing.T) {
	w := newWorld(t)
	price := func(answer answer, zone, field string) any {
		prices := answer.Answer["prices"].(map[string]any)
		return prices[zone].(map[string]any)[field]
	}
	everybody := w.send("domain/get_prices", formOf()).decode(t)
	partner := w.bob("domain/get_prices", "show_renew_data", "1", "show_update_data", "1", "currency", "USD")
	got := []any{
		everybody.Answer["price_group"], price(everybody, "ru", "reg_price"), price(everybody, "__idn.com", "reg_price"), price(everybody, "ru", "renew_price"),
		partner.Answer["price_group"], price(partner, "рф", "reg_price"), price(partner, "com", "retail_renew_price"), price(partner, "md", "update_price"),
	}
	if text := marshalled(t, got); text != `["Retail","590","960",null,"Partner","15","5.62","60"]` {
		t.Errorf("prices %s", text)
	}
	if code := w.alice("domain/get_prices", "currency", "XXX").ErrorCode; code != "UNSUPPORTED_CURRENCY" {
		t.Errorf("code %q", code)
	}
}

func TestSuggestionsAreFreeWhereTheySaySo(t *testing.T) {
	w := newWorld(t)
	w.AddRegistryName(RegistryName{Name: "dom.ru"})
	got := w.bob("domain/get_suggest", "word", "дом", "additional_word", "новый", "use_hyphen", "1", "tlds", "ru", "tlds", "рф", "tlds", "com")
	want := `[{"avail_in":["рф","com"],"name":"дом"},{"avail_in":["рф","com"],"name":"новый"},{"avail_in":["рф","com"],"name":"дом-новый"},` +
		`{"avail_in":["рф","com"],"name":"новый-дом"},{"avail_in":["com"],"name":"dom"},{"avail_in":["ru","com"],"name":"novii"},` +
		`{"avail_in":["ru","com"],"name":"dom-novii"},{"avail_in":["ru","com"],"name":"novii-dom"}]`
	if text := marshalled(t, got.Answer["suggestions"]); text != want {
		t.Errorf("suggestions %s", text)
	}
}

func TestPremiumNamesHaveTheirOwnPrices(t *testing.T) {
	w := newWorld(t)
	w.AddRegistryName(RegistryName{Name: "007.academy", Status: namePremium, Price: "16000", RenewPrice: "8000"})
	got := w.bobJSON("domain/get_premium_prices", `{"domains":["007.academy","new.ru"],"currency":"USD"}`)
	want := `[{"domain_name":"007.academy","register_period":"1","register_price":"200","renew_period":"1","renew_price":"100"}]`
	if text := marshalled(t, got.Answer["domains"]); text != want {
		t.Errorf("%s", text)
	}
	checked := w.bob("domain/check", "dname", "007.academy", "currency", "USD").element(t, 0)
	if checked["result"] != "Available" || checked["price"] != "200" || checked["is_premium"] != "1" {
		t.Errorf("domain/check %v", checked)
	}
	taken := w.bob("domain/check", "dname", "007.academy", "premium_as_taken", "1").element(t, 0)
	if taken["error_code"] != "DOMAIN_ALREADY_EXISTS" || taken["is_premium"] != "1" || taken["price"] != nil {
		t.Errorf("domain/check with premium_as_taken %v", taken)
	}
}

func TestDeletedNamesAreListedByTheirDates(t *testing.T) {
	w := newWorld(t)
	for _, name := range []RegistryName{
		{Name: "late.ru", Status: nameDeleted, Expires: "2026-11-20", Created: "2010-01-01", PageRank: 2},
		{Name: "early.ru", Status: nameDeleted, Expires: "2026-11-01", Created: "2005-01-01"},
		{Name: "late.su", Status: nameDeleted, Expires: "2026-11-20", Created: "2015-01-01", TIC: 10},
	} {
		w.AddRegistryName(name)
	}
	for _, c := range []struct{ query, want string }{
		{"", "late.ru late.su"}, {"tlds=su", "late.su"}, {"deleted_from=2026-11-01", "early.ru late.ru late.su"}, {"min_pr=1", "late.ru"}, {"min_cy=10", "late.su"},
		{"created_from=2011-01-01", "late.su"}, {"created_to=2011-01-01", "late.ru"}, {"deleted_from=2026-10-01 deleted_to=2026-11-10", "early.ru"},
	} {
		pairs := []string{}
		for field := range strings.FieldsSeq(c.query) {
			name, value, _ := strings.Cut(field, "=")
			pairs = append(pairs, name, value)
		}
		names := []string{}
		for _, item := range w.bob("domain/get_deleted", pairs...).Answer["domains"].([]any) {
			names = append(names, item.(map[string]any)["domain_name"].(string))
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%q: %s, want %s", c.query, got, c.want)
		}
	}
	if got := w.bob("domain/check", "dname", "late.ru").element(t, 0); got["result"] != "Available" {
		t.Errorf("domain/check %v", got)
	}
}

func TestTheRulesOfAZone(t *testing.T) {
	w := newWorld(t)
	for _, pairs := range [][]string{{"tld", "com"}, {"dname", "example.com"}} {
		info := w.alice("domain/get_tld_info", pairs...).Answer["tld_info"].(map[string]any)
		if info["tld"] != "com" || info["regperiods"] != "1,2,3,4,5,6,7,8,9,10" || info["email_verification"] != "1" || info["idn_allowed"] != "1" {
			t.Errorf("%v: %v", pairs, info)
		}
	}
}

func TestErrorsOfQuestionsAboutNames(t *testing.T) {
	cases := []struct{ function, inputData, code string }{
		{"domain/get_suggest", `{}`, "PARAMETER_MISSING"},
		{"domain/get_suggest", `{"word":"a","tlds":["aero"]}`, "PARAMETER_INCORRECT"},
		{"domain/get_suggest", `{"word":"a","category":"x"}`, "PARAMETER_INCORRECT"},
		{"domain/get_premium_prices", `{}`, "NO_DOMAIN"},
		{"domain/get_premium_prices", `{"domains":["a.ru"],"currency":"XXX"}`, "UNSUPPORTED_CURRENCY"},
		{"domain/get_premium_prices", `{"domains":["` + strings.Repeat(`a.ru","`, 100) + `b.ru"]}`, "TOO_MANY_OBJECTS_IN_ONE_REQUEST"},
		{"domain/get_deleted", `{"tlds":"com"}`, "PARAMETER_INCORRECT"},
		{"domain/get_deleted", `{"deleted_from":"yesterday"}`, "PARAMETER_INCORRECT"},
		{"domain/get_deleted", `{"deleted_from":"2026-01-01","deleted_to":"2026-03-02"}`, "PARAMETER_INCORRECT"},
		{"domain/get_deleted", `{"min_pr":"much"}`, "PARAMETER_INCORRECT"},
		{"domain/get_tld_info", `{}`, "NO_TLD"},
		{"domain/get_tld_info", `{"tld":"nowhere"}`, "UNAVAILABLE_DOMAIN_ZONE"},
		{"domain/check", `{"dname":"new.ru","currency":"XXX"}`, "UNSUPPORTED_CURRENCY"},
		{"domain/check", `{}`, "NO_DOMAIN"},
		{"domain/check", `{"domains":[{"service_id":"1"}]}`, "NO_DOMAIN"},
	}
	for _, c := range cases {
		t.Run(c.function+" "+c.inputData, func(t *testing.T) {
			if got := newWorld(t).bobJSON(c.function, c.inputData); got.code(t) != c.code {
				t.Errorf("%+v, want %s", got, c.code)
			}
		})
	}
}
