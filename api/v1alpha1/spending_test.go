package v1alpha1_test

import (
	"strings"
	"testing"
)

func TestTheAPIServerChecksWhatMayBeSpent(t *testing.T) {
	const account = "{secretRef: {name: regru}, spending: "
	const domain = "{accountRef: {name: main}, domainName: example.ru, renewal: "
	const bought = "{accountRef: {name: main}, domainName: example.ru, acquisition: "
	const order = "{domainName: example.ru, operation: Renew, endpoint: 'https://api.reg.ru/', userID: '1', serviceID: '2', baseExpiry: '2027-01-01', years: 1}"
	for name, c := range map[string]struct{ kind, spec, want string }{
		"spending":                     {"Account", account + `{operations: [Renew], perOrder: "500", perMonth: "5000.50"}}`, ""},
		"a ceiling with a comma":       {"Account", account + `{operations: [Renew], perOrder: "500", perMonth: "5000,50"}}`, "such as 199.50"},
		"a negative ceiling":           {"Account", account + `{operations: [Renew], perOrder: "-1", perMonth: "5"}}`, "such as 199.50"},
		"no ceiling":                   {"Account", account + `{operations: [Renew], perOrder: "500"}}`, "perMonth: Required value"},
		"nothing to be bought":         {"Account", account + `{operations: [], perOrder: "500", perMonth: "500"}}`, "operations"},
		"what cannot be bought":        {"Account", account + `{operations: [Donate], perOrder: "500", perMonth: "500"}}`, "Unsupported value"},
		"one step":                     {"Account", account + `{operations: [ChangeNameServers], perOrder: "500", perMonth: "500", payment: Direct, pointOfSale: shop.example}}`, ""},
		"three steps":                  {"Account", account + `{operations: [Renew], perOrder: "500", perMonth: "500", payment: ThreeStep}}`, "Unsupported value"},
		"other servers at any price":   {"Domain", "{accountRef: {name: main}, domainName: example.md, paidNameServerChange: Allow}", "paidNameServerChangeMaxPrice is missing"},
		"other servers at a price":     {"Domain", `{accountRef: {name: main}, domainName: example.md, paidNameServerChange: Allow, paidNameServerChangeMaxPrice: "5000"}`, ""},
		"a renewal to other servers":   {"Order", strings.Replace(order, "years: 1", "years: 1, nameServers: [ns1.example.net]", 1), "nameServers go with ChangeNameServers"},
		"a change that is paid later":  {"Order", "{domainName: example.ru, operation: ChangeNameServers, endpoint: 'https://api.reg.ru/', userID: '1', serviceID: '2', years: 0, nameServers: [ns1.example.net]}", "payment of ChangeNameServers is Direct"},
		"an address that is none":      {"Account", account + `{operations: [Register], perOrder: "500", perMonth: "500", enduserIP: "here"}}`, "enduserIP"},
		"a renewal":                    {"Domain", domain + `{mode: Operator, maxPrice: "500"}}`, ""},
		"a renewal that is ignored":    {"Domain", domain + `{mode: Ignore}}`, ""},
		"a renewal without a limit":    {"Domain", domain + `{mode: Operator}}`, "renewal.maxPrice is missing"},
		"a restoration":                {"Domain", domain + `{mode: Operator, maxPrice: "500", restore: Allow, restoreMaxPrice: "6000"}}`, ""},
		"a restoration for any money":  {"Domain", domain + `{mode: Operator, maxPrice: "500", restore: Allow}}`, "renewal.restoreMaxPrice is missing"},
		"a renewal at the last day":    {"Domain", domain + `{mode: Operator, maxPrice: "500", beforeDays: 1}}`, "beforeDays"},
		"a domain to be registered":    {"Domain", bought + `{mode: Register, maxPrice: "500", contactsRef: {name: me}}}`, ""},
		"a registration for any money": {"Domain", bought + `{mode: Register, contactsRef: {name: me}}}`, "acquisition.maxPrice is missing"},
		"a registration for nobody":    {"Domain", bought + `{mode: Register, maxPrice: "500"}}`, "needs the registrant"},
		"one for two registrants":      {"Domain", bought + `{mode: Register, maxPrice: "5", contactsRef: {name: me}, contactProfile: {type: GTLD, name: me}}}`, "but not both"},
		"a transfer without its key":   {"Domain", bought + `{mode: Transfer, maxPrice: "500"}}`, "authInfoRef is missing"},
		"a transfer":                   {"Domain", bought + `{mode: Transfer, maxPrice: "500", authInfoRef: {name: key}}}`, ""},
		"an adoption":                  {"Domain", bought + `{mode: Adopt}}`, ""},
		"a registration with a base":   {"Order", strings.Replace(order, "Renew", "Register", 1), "go with Renew and Restore"},
		"a renewal of nothing":         {"Order", strings.Replace(order, "serviceID: '2', ", "", 1), "go with Renew and Restore"},
		"an Order of another's name":   {"Order", order, "named after its domain"},
		"an Order that buys no years":  {"Order", strings.Replace(order, "years: 1", "years: 0", 1), "years"},
	} {
		t.Run(name, func(t *testing.T) {
			err := apply(c.kind, c.spec)
			switch {
			case c.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("want %q, got %v", c.want, err)
			}
		})
	}
}
