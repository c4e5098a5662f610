package regapitest

import (
	"strings"
	"testing"
)

// lots returns the names that shop/get_lot_list lists.
func (w *world) lots(pairs ...string) string {
	w.t.Helper()
	names := []string{}
	for _, item := range w.alice("shop/get_lot_list", pairs...).Answer["lots"].([]any) {
		names = append(names, item.(map[string]any)["dname"].(string))
	}
	return strings.Join(names, " ")
}

func TestALotIsOfferedChangedAndWithdrawn(t *testing.T) {
	w := newWorld(t)
	offer := `{"dname":["example.ru"],"price":"3000","lot_price_type":"offer","keywords":["k1","k2"],"category_ids":["4","6"],"sold_with":"site, tm","description":"desc"}`
	if got := w.aliceJSON("shop/update_lot", offer); got.Result != "success" {
		t.Fatalf("%+v", got)
	}
	first := w.alice("shop/nop", "dname", "example.ru").Answer["lot_id"]
	info := w.send("shop/get_info", formOf("dname", "example.ru")).decode(t).Answer
	if info["start_price"] != "3000.00" || info["price_type"] != "offer" || info["site"] != "1" || info["tm"] != "1" || info["lot_hits"] != "1" {
		t.Errorf("shop/get_info %v", info)
	}
	w.aliceJSON("shop/update_lot", `{"dname":"example.ru","price":"2000"}`)
	if id := w.alice("shop/nop", "dname", "example.ru").Answer["lot_id"]; id != first {
		t.Errorf("number %v became %v", first, id)
	}
	if got := w.lots("price_to", "2000", "show_my_lots", "1"); got != "example.ru" {
		t.Errorf("shop/get_lot_list %s", got)
	}
	w.alice("shop/delete_lot", "dname", "example.ru")
	if got := w.lots(); got != "" {
		t.Errorf("left: %s", got)
	}
}

func TestLotsAreSelectedSortedAndPaged(t *testing.T) {
	w := newWorld(t)
	w.AddLot(Lot{Name: "example.ru", Price: "100", Keywords: []string{"a"}, Listed: "2026-01-01 10:00:00"})
	w.AddLot(Lot{Name: "partner.ru", Price: "300", Keywords: []string{"b"}, Listed: "2026-02-01 10:00:00"})
	w.AddLot(Lot{Name: "пример.рф", Price: "200", Listed: "2026-03-01 10:00:00"})
	for query, want := range map[string]string{
		"": "example.ru partner.ru пример.рф", "sortcol=start_price sortorder=DESC": "partner.ru пример.рф example.ru",
		"sortcol=lot_date sortorder=DESC": "пример.рф partner.ru example.ru", "keywords=b": "partner.ru", "show_my_lots=1": "example.ru пример.рф",
		"price_from=150": "partner.ru пример.рф", "lot_date_from=2026-02-01 lot_date_to=2026-02-01": "partner.ru", "dname_length_to=9": "пример.рф",
		"pg=1": "",
	} {
		pairs := []string{}
		for field := range strings.FieldsSeq(query) {
			name, value, _ := strings.Cut(field, "=")
			pairs = append(pairs, name, value)
		}
		if got := w.lots(pairs...); got != want {
			t.Errorf("%q: %s, want %s", query, got, want)
		}
	}
	if tags := marshalled(t, w.alice("shop/get_suggested_tags", "limit", "50").Answer["tags"]); !strings.Contains(tags, `"a","b"`) {
		t.Errorf("tags %s", tags)
	}
}

func TestErrorsOfTheDomainShop(t *testing.T) {
	cases := []struct{ function, inputData, code string }{
		{"shop/nop", `{"dname":"example.ru"}`, "DOMAIN_NOT_FOUND"},
		{"shop/nop", `{}`, "NO_DOMAIN"},
		{"shop/get_info", `{"dname":"example.ru"}`, "DOMAIN_NOT_FOUND"},
		{"shop/get_info", `{}`, "NO_DOMAIN"},
		{"shop/delete_lot", `{"dname":["example.ru"]}`, "DOMAIN_NOT_FOUND"},
		{"shop/delete_lot", `{"dname":"partner.ru"}`, "DOMAIN_NOT_FOUND"},
		{"shop/delete_lot", `{}`, "NO_DOMAIN"},
		{"shop/update_lot", `{"dname":"example.ru","lot_price_type":"x"}`, "PARAMETER_INCORRECT"},
		{"shop/update_lot", `{"dname":"example.ru","category_ids":["4","6","10","32"]}`, "PARAMETER_INCORRECT"},
		{"shop/update_lot", `{"dname":"example.ru","category_ids":["1"]}`, "PARAMETER_INCORRECT"},
		{"shop/update_lot", `{"dname":"example.ru","sold_with":"house"}`, "PARAMETER_INCORRECT"},
		{"shop/update_lot", `{"dname":"example.ru","price":"much"}`, "PARAMETER_INCORRECT"},
		{"shop/get_lot_list", `{"itemsonpage":"7"}`, "PARAMETER_INCORRECT"},
		{"shop/get_lot_list", `{"pg":"x"}`, "PARAMETER_INCORRECT"},
		{"shop/get_lot_list", `{"sortcol":"x"}`, "PARAMETER_INCORRECT"},
		{"shop/get_lot_list", `{"sortorder":"x"}`, "PARAMETER_INCORRECT"},
		{"shop/get_suggested_tags", `{"limit":"51"}`, "PARAMETER_INCORRECT"},
		{"hosting/set_jelastic_refill_url", `{}`, "PARAMETER_MISSING"},
		{"hosting/set_jelastic_refill_url", `{"url":"nowhere"}`, "PARAMETER_INCORRECT"},
		{"hosting/get_parallelswpb_constructor_url", `{}`, "PARAMETER_MISSING"},
		{"hosting/get_parallelswpb_constructor_url", `{"service_id":"1"}`, "SERVICE_ID_NOT_FOUND"},
		{"hosting/get_rs_themes", `{"servtype":"x"}`, "PARAMETER_INCORRECT"},
		{"hosting/get_rs_themes", `{"servtype":"srv_rs_joomla","subtype":"x"}`, "PARAMETER_INCORRECT"},
	}
	for _, c := range cases {
		t.Run(c.function+" "+c.inputData, func(t *testing.T) {
			w := newWorld(t)
			w.SetPartner("alice", true)
			if got := w.aliceJSON(c.function, c.inputData); got.ErrorCode != c.code {
				t.Errorf("%+v, want %s", got, c.code)
			}
		})
	}
	if got := newWorld(t).send("shop/get_lot_list", formOf("show_my_lots", "1")).decode(t); got.ErrorCode != "NO_USERNAME" {
		t.Errorf("my lots of nobody: %+v", got)
	}
}

func TestTheAddressOfJelasticsUsersIsKept(t *testing.T) {
	w := newWorld(t)
	w.bob("hosting/set_jelastic_refill_url", "url", "https://example.net/<service_id>")
	if got := w.bob("hosting/get_jelastic_refill_url").Answer["url"]; got != "https://example.net/<service_id>" {
		t.Errorf("%v", got)
	}
	if got := w.alice("hosting/get_parallelswpb_constructor_url", "service_id", "501").Answer["url"]; got != "https://wpb.example.net/?service_id=501" {
		t.Errorf("%v", got)
	}
}

func TestThemesAreThoseOfTheirPlan(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		servtype, plan string
		want           int
	}{{"", "", 3}, {"srv_rs_joomla", "eCommerce-0617", 0}, {"srv_rs_wordpress", "", 0}} {
		got := w.send("hosting/get_rs_themes", formOf("servtype", c.servtype, "subtype", c.plan)).decode(t)
		if got.Result != "success" || len(got.Answer) != c.want {
			t.Errorf("%+v: %d themes", c, len(got.Answer))
		}
	}
}
