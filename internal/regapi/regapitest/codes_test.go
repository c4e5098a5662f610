package regapitest

import "testing"

func TestCodesWhoseTextTellsWhenComeByThemselves(t *testing.T) {
	w := newWorld(t)
	w.AddRegistryName(RegistryName{Name: "direct.com", Created: "2020-01-01", Registrar: "DirectI"})
	for code, got := range map[string]answer{
		"NO_DOMAINS_CHECKED":            w.aliceJSON("domain/create", orderOf(t, map[string]any{"domains": []any{}})),
		"DOMAIN_BAD_NAME_ONLYDIGITS":    w.bob("domain/check", "dname", "2026.рф"),
		"DOMAIN_REGISTERED_VIA_DIRECTI": w.alice("domain/transfer", "dname", "direct.com", "authinfo", "secret-key", "period", "1"),
		"UNSUPPORTED_UNICODE_SYMBOL":    w.alice("zone/add_alias", "dname", "example.ru", "subdomain", "a\u2028b", "ipaddr", "192.0.2.1"),
	} {
		if got.code(t) != code {
			t.Errorf("%+v, want %s", got, code)
		}
	}
	w.must(w.alice("zone/add_alias", "dname", "example.ru", "subdomain", "магазин", "ipaddr", "192.0.2.1"))
	if got := w.bob("domain/check", "dname", "рим-2026.рф").code(t); got != "" {
		t.Errorf("digits beside letters: %s", got)
	}
}
