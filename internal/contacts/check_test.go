package contacts_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/regapi-io/regapi-operator/internal/contacts"
)

var person = map[string]string{
	"person": "Ivan I Ivanov", "person_r_surname": "Иванов", "person_r_name": "Иван", "passport_number": "12 34 567890",
	"passport_place": "48 о/м г.Москвы", "passport_date": "26.12.1992", "birth_date": "07.11.1977", "p_addr_zip": "101000",
	"p_addr_city": "г. Москва", "p_addr_addr": "ул. Пупкина, 1", "p_addr_recipient": "И. Иванов", "phone": "+7 495 8102233",
	"e_mail": "ivan@example.net", "country": "RU",
}

func everybody() map[string]string {
	all := map[string]string{}
	for _, prefix := range []string{"o_", "a_", "t_", "b_"} {
		for name, value := range map[string]string{
			"company": "Private Person", "first_name": "Ivan", "last_name": "Ivanov", "email": "ivan@example.net", "phone": "+7.4952171179",
			"addr": "Bolshaya 33", "city": "Moscow", "state": "Moscow", "postcode": "101000", "country_code": "RU",
		} {
			all[prefix+name] = value
		}
	}
	return all
}

func with(contacts map[string]string, pairs ...string) map[string]string {
	changed := maps.Clone(contacts)
	for i := 0; i < len(pairs); i += 2 {
		changed[pairs[i]] = pairs[i+1]
	}
	return changed
}

func TestContactsThatTheRegistryTakesPass(t *testing.T) {
	organization := map[string]string{
		"org": "Horns and Hooves, Ltd.", "org_r": "ООО Рога и копыта", "code": "7701107259", "kpp": "632946014", "country": "RU",
		"address_r": "101000, Москва, ул. Пупкина, 1", "p_addr": "101000, Москва, ул. Пупкина, 1", "phone": "+7 495 8102233\n+7 3432 811221", "e_mail": "a@example.net",
	}
	for name, c := range map[string]struct {
		domain   string
		contacts map[string]string
	}{
		"a person": {"new.ru", person}, "in business": {"xn--e1afmkfd.xn--p1ai", with(person, "code", "789012345678")},
		"an organization": {"new.su", organization}, "the world": {"new.com", everybody()},
	} {
		if wrong := contacts.Check(c.domain, c.contacts); len(wrong) > 0 {
			t.Errorf("%s: %q", name, wrong)
		}
	}
}

func TestAWrongFieldIsNamedAndItsValueIsNot(t *testing.T) {
	for field, value := range map[string]string{
		"phone": "84958102233", "e_mail": "ivan at example", "birth_date": "1977-11-07", "country": "Russia", "person": "Иван Иванов Secret",
		"passport_place": "", "p_addr_city": strings.Repeat("ж", 26), "passport_number": "12\x0034567", "favourite_colour": "vermilion",
	} {
		wrong := contacts.Check("new.ru", with(person, field, value))
		if len(wrong) != 1 || !strings.Contains(wrong[0], field) || (value != "" && strings.Contains(wrong[0], value)) {
			t.Errorf("%s: %q", field, wrong)
		}
	}
	if wrong := contacts.Check("new.ru", with(person, "kpp", "632946014")); len(wrong) == 0 {
		t.Error("a person with the fields of an organization passes")
	}
	if !contacts.Optional("moved.ru") || contacts.Optional("moved.com") {
		t.Error("a transfer of .ru needs no contacts, and one of .com does")
	}
	for _, domain := range []string{"new.kz", "new.com.ru", "ru"} {
		if contacts.Knows(domain) || len(contacts.Check(domain, person)) == 0 {
			t.Errorf("%s is known", domain)
		}
	}
}
