package regapitest

import (
	"maps"
	"strings"
	"testing"
)

// cityContacts are those of a person in the zones of cities, for each prefix.
func cityContacts(prefixes ...string) map[string]any {
	contacts := map[string]any{}
	for _, prefix := range prefixes {
		for name, value := range map[string]string{
			"first_name": "Ivan", "first_name_ru": "Иван", "last_name": "Sidorov", "last_name_ru": "Сидоров", "city": "Moscow", "city_ru": "г. Москва",
			"addr": "Koshkina str, 15-4", "addr_ru": "ул. Кошкина, д.15, кв.4", "state": "Moscow", "state_ru": "Московская обл.",
			"phone": "+7 495 1234567", "email": "adm@example.net", "postcode": "123456", "country_code": "RU", "code": "1234567890",
			"birth_date": "08.05.1965", "passport_date": "30.01.1992", "passport_number": "12 34 567890", "passport_place": "123 отделением милиции",
		} {
			contacts[prefix+name] = value
		}
	}
	return contacts
}

// and returns contacts with more of them, given as name=value.
func and(contacts map[string]any, more ...string) map[string]any {
	contacts = maps.Clone(contacts)
	for _, pair := range more {
		name, value, _ := strings.Cut(pair, "=")
		contacts[name] = value
	}
	return contacts
}

func spanishContacts() map[string]any {
	contacts := and(gtldContacts(), "o_es_form_juridica=612")
	for _, prefix := range []string{"o_", "a_", "t_", "b_"} {
		contacts[prefix+"es_tipo_identificacion"], contacts[prefix+"es_identificacion"] = "1", "X1234567"
		if prefix != "o_" {
			contacts[prefix+"es_form_juridica"] = "1"
		}
	}
	return contacts
}

func TestContactsAreCheckedAsTheZoneWantsThem(t *testing.T) {
	nexus := []string{"RselnexusAppPurpose=P1", "RselnexusCategory=C21"}
	baltic := []string{"idnumber=40003", "vatid=LV40003", "registrant_type=organization"}
	kazakh := []string{"srvloc_state=KAR", "srvloc_city=Karaganda", "srvloc_street=Chizhevskogo, 17", "reg_purpose=Private domain"}
	for _, c := range []struct {
		name, domain string
		contacts     map[string]any
		refused      string
	}{
		{"a Latin name in Russian letters", "new.ru", and(ruContacts(), "person=Иван Иванов"), "person"},
		{"a date that does not exist", "new.ru", and(ruContacts(), "birth_date=30.02.1977"), "birth_date"},
		{"a phone with hyphens", "new.ru", and(ruContacts(), "phone=+7 (495) 810-22-33"), "phone"},
		{"a phone without a country", "new.ru", and(ruContacts(), "phone=8 495 8102233"), "phone"},
		{"a mail address that is none", "new.ru", and(ruContacts(), "e_mail=Ivan <ivan@example.net>"), "e_mail"},
		{"a country that does not exist", "new.ru", and(ruContacts(), "country=XX"), "country"},
		{"an owner from nowhere", "new.com", and(gtldContacts(), "o_country_code=ZZ"), "o_country_code"},
		{"a .com in Russian letters", "new.com", and(gtldContacts(), "o_city=Москва"), "o_city"},
		{"a .com phone with spaces", "new.com", and(gtldContacts(), "o_phone=+7 495 2171179"), "o_phone"},
		{"a .us without its nexus", "new.us", gtldContacts(), "RselnexusAppPurpose"},
		{"a .us with an unknown nexus", "new.us", and(gtldContacts(), "RselnexusAppPurpose=P9", "RselnexusCategory=C11"), "RselnexusAppPurpose"},
		{"a .us", "new.us", and(gtldContacts(), nexus...), ""},
		{"an .eu from elsewhere", "new.eu", gtldContacts(), "o_country_code"},
		{"an .eu", "new.eu", and(gtldContacts(), "o_country_code=DE"), ""},
		{"an .es without papers", "new.es", gtldContacts(), "o_es_form_juridica"},
		{"an .es", "new.es", spanishContacts(), ""},
		{"a .pro without a profession", "new.pro", gtldContacts(), "pro_profession"},
		{"a .pro of wizards", "new.pro", and(gtldContacts(), "pro_profession=Wizards"), "pro_profession"},
		{"a .pro", "new.pro", and(gtldContacts(), "pro_profession=Health Care"), ""},
		{"an .lv without its numbers", "new.lv", gtldContacts(), "idnumber"},
		{"an .lv", "new.lv", and(gtldContacts(), baltic...), ""},
		{"a .kz without a server", "new.kz", gtldContacts(), "srvloc_state"},
		{"a .kz", "new.kz", and(gtldContacts(), kazakh...), ""},
		{"a .moscow in Latin letters alone", "new.moscow", and(cityContacts("o_", "a_", "t_"), "o_city_ru=Moscow"), "o_city_ru"},
		{"a .moscow without an administrator", "new.moscow", cityContacts("o_"), "a_first_name"},
		{"a .moscow", "new.moscow", cityContacts("o_", "a_", "t_"), ""},
		{"a .msk.ru with its owner alone", "new.msk.ru", cityContacts("o_"), ""},
		{"a .ru.net with its owner alone", "new.ru.net", cityContacts("o_"), ""},
		{"an .abkhazia.su without its owner", "new.abkhazia.su", nil, "UNKNOWN_CONTYPE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.rich("owner", "9000", false)
			got := w.call("owner", "x", "domain/create", "input_format", "json", "input_data", orderOf(t, map[string]any{"domain_name": c.domain, "contacts": c.contacts}))
			element := got.element(t, 0)
			params, _ := element["error_params"].(map[string]any)
			if refused := params["param"]; c.refused != "" && refused != c.refused && element["error_code"] != c.refused {
				t.Errorf("%v, want %s refused", element, c.refused)
			}
			if c.refused == "" {
				w.must(got)
			}
		})
	}
}

func TestAProfileMustBeOfTheKindOfTheZone(t *testing.T) {
	for domain, right := range map[string]string{"new.ru": "RU.PP", "new.com": "GTLD", "new.moscow": "NEWTCI.PP"} {
		for _, kind := range []string{"RU.PP", "GTLD", "NEWTCI.PP"} {
			w := newWorld(t)
			w.AddAccount(Account{Login: "owner", Password: "x", Balance: Balance{Prepay: "9000"}, Profiles: []Profile{
				{Type: "RU.PP", Name: "home"}, {Type: "GTLD", Name: "home"}, {Type: "NEWTCI.PP", Name: "home"},
			}})
			want := "PARAMETER_INCORRECT"
			if kind == right {
				want = ""
			}
			got := w.call("owner", "x", "domain/create", "input_format", "json", "input_data", orderOf(t, map[string]any{
				"domain_name": domain, "contacts": nil, "profile_type": kind, "profile_name": "home",
			}))
			if code := got.code(t); code != want {
				t.Errorf("%s with a profile of %s: %q, want %q", domain, kind, code, want)
			}
		}
	}
}

func TestThePrivacyFlagOfARegistrationIsThatFlagAndNoContact(t *testing.T) {
	w := newWorld(t)
	w.must(w.aliceJSON("domain/create", orderOf(t, map[string]any{"domain_name": "new.ru", "contacts": and(ruContacts(), "private_person_flag=1")})))
	details := w.alice("service/get_details", "dname", "new.ru").element(t, 0)["details"].(map[string]any)
	if details["private_person_flag"] != "1" {
		t.Errorf("details %v", details)
	}
	contacts := w.alice("service/get_details", "dname", "new.ru", "show_contacts_only", "1").element(t, 0)["contacts"].(map[string]any)
	if _, isContact := contacts["private_person_flag"]; isContact {
		t.Errorf("contacts %v", contacts)
	}
	got := w.aliceJSON("domain/create", orderOf(t, map[string]any{"domain_name": "new.moscow", "contacts": and(cityContacts("o_", "a_", "t_"), "private_person_flag=1")}))
	if code := got.code(t); code != "PARAMETER_INCORRECT" {
		t.Errorf("where there is no privacy: %q", code)
	}
}
