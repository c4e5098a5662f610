package v1alpha1_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/apiservertest"
)

func TestMain(m *testing.M) { apiservertest.Main(m, apiservertest.WithCRDs()) }

// kube is a client of the real API server, which knows our CRDs.
var kube = sync.OnceValue(func() client.Client {
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		panic(err)
	}
	made, err := client.New(apiservertest.Config(), client.Options{Scheme: scheme})
	if err != nil {
		panic(err)
	}
	return made
})

// apply asks the API server whether it would take an object with this spec.
func apply(kind, spec string) error {
	var fields map[string]any
	if err := yaml.Unmarshal([]byte(spec), &fields); err != nil {
		return fmt.Errorf("the test's own YAML: %w", err)
	}
	object := &unstructured.Unstructured{Object: map[string]any{"spec": fields}}
	object.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(kind))
	object.SetNamespace("default")
	object.SetName("sample")
	return kube().Create(context.Background(), object, client.DryRunAll)
}

// zoneSpec is a valid zone whose records are the given YAML list.
func zoneSpec(records string) string {
	return "accountRef: {name: main}\ndomainName: example.ru\nrecords: " + records
}

func TestTheAPIServerTakesEveryKindOfRecord(t *testing.T) {
	for name, spec := range map[string]string{
		"all nine types": zoneSpec(`
- {name: "@", a: [192.0.2.1, 192.0.2.2], aaaa: ["2001:db8::1"], txt: ["v=spf1 mx -all"], mx: [{priority: 10, host: mx.example.ru}, {priority: 65535, host: mx2.example.ru.}],
   caa: [{tag: issue, value: letsencrypt.org}, {flags: 128, tag: iodef, value: "mailto:a@example.ru"}, {tag: issuewild, value: ";"}],
   https: [{priority: 1, target: ".", params: "alpn=h2,h3 ipv4hint=192.0.2.1"}]}
- {name: www, cname: example.ru}
- {name: "*", a: [192.0.2.1]}
- {name: "*.apps", cname: example.ru.}
- {name: sub, ns: [ns1.example.com, ns2.example.com]}
- {name: _sip._tcp, srv: [{priority: 0, weight: 5, port: 5060, target: sip.example.ru}]}
- {name: _acme-challenge.www, txt: [a, b]}
- {name: svc, https: [{priority: 0, target: other.example.com}]}`),
		"Unicode names":            zoneSpec(`[{name: почта, a: [192.0.2.1]}, {name: www, cname: пример.рф}]`),
		"punycode names":           zoneSpec(`[{name: xn--80a1acny, a: [192.0.2.1]}]`),
		"a Unicode domain":         `{accountRef: {name: main}, domainName: пример.рф}`,
		"SOA":                      `{accountRef: {name: main}, domainName: example.ru, soa: {ttl: 1h30m, minimumTTL: 10m}}`,
		"one name in two entries":  zoneSpec(`[{name: www, a: [192.0.2.1]}, {name: www, txt: [x]}]`),
		"a null MX":                zoneSpec(`[{name: "@", mx: [{priority: 0, host: .}]}]`),
		"a null SRV":               zoneSpec(`[{name: _imap._tcp, srv: [{priority: 0, weight: 0, port: 0, target: .}]}]`),
		"texts with quotes":        zoneSpec(`[{name: www, txt: ['say "yes"', 'C:\dir', '"v=spf1 -all"', 'v=DKIM1\; p=x']}]`),
		"texts to be told about":   zoneSpec(`[{name: www, txt: [привет, "two\nlines", 'a\\\b']}]`),
		"CAA values with quotes":   zoneSpec(`[{name: "@", caa: [{tag: issue, value: '"letsencrypt.org"'}, {tag: iodef, value: '"mailto:a@example.ru"'}]}]`),
		"HTTPS with quotes":        zoneSpec(`[{name: "@", https: [{priority: 1, target: ., params: 'alpn="h2,h3"  port=443'}]}]`),
		"a plus sign in a name":    zoneSpec(`[{name: first+last, txt: [x]}]`),
		"decomposed letters":       zoneSpec(`[{name: "чай", cname: "чай.рф"}]`),
		"a decomposed domain":      `{accountRef: {name: main}, domainName: "чай.рф"}`,
		"names with the domain":    zoneSpec(`[{name: www.example.ru, a: [192.0.2.1]}, {name: www.Example.RU., txt: [x]}, {name: example.ru, txt: [x]}, {name: www.example.com., txt: [x]}]`),
		"a name of 250 characters": zoneSpec(`[{name: ` + strings.Repeat("abcd.", 47) + `example.ru, txt: [x]}]`),
		"protected names":          `{accountRef: {name: main}, domainName: example.ru, protected: ["@", "поч*", "*.internal", "db?", www.example.ru., "чай*"]}`,
		"a zone with no records":   `{accountRef: {name: main}, domainName: example.ru}`,
	} {
		t.Run(name, func(t *testing.T) {
			if err := apply("DNSZone", spec); err != nil {
				t.Errorf("refused: %v", err)
			}
		})
	}
}

func TestTheAPIServerRefusesRecordsThatCannotExist(t *testing.T) {
	for name, test := range map[string]struct{ records, want string }{
		"an A with a host name":            {`[{name: www, a: [example.ru]}]`, `spec.records[0].a[0]: Invalid value: "example.ru": an a record holds an IPv4 address, such as 192.0.2.1`},
		"an A with an IPv6 address":        {`[{name: www, a: ["2001:db8::1"]}]`, "for IPv6 use aaaa"},
		"an A with leading zeros":          {`[{name: www, a: [192.0.2.01]}]`, `spec.records[0].a[0]: Invalid value: "192.0.2.01": an a record holds an IPv4 address, such as 192.0.2.1, without leading zeros`},
		"an AAAA with an IPv4 address":     {`[{name: www, aaaa: [192.0.2.1]}]`, "for IPv4 use a"},
		"a CNAME with other records":       {`[{name: www, a: [192.0.2.1], cname: example.ru}]`, "a cname stands alone at its name"},
		"a CNAME at the apex":              {`[{name: "@", cname: example.com}]`, "cannot be a cname"},
		"a CNAME to an address":            {`[{name: www, cname: 192.0.2.1}]`, "a host name is wanted here, not an address"},
		"a CNAME to a relative name":       {`[{name: www, cname: web}]`, "write the complete host name"},
		"an MX priority that is too large": {`[{name: "@", mx: [{priority: 65536, host: mx.example.ru}]}]`, "spec.records[0].mx[0].priority: Invalid value: 65536"},
		"a negative MX priority":           {`[{name: "@", mx: [{priority: -1, host: mx.example.ru}]}]`, "greater than or equal to 0"},
		"an MX with an address":            {`[{name: "@", mx: [{priority: 10, host: 192.0.2.1}]}]`, `spec.records[0].mx[0].host: Invalid value: "192.0.2.1": a host name is wanted here`},
		"an MX without a host":             {`[{name: "@", mx: [{priority: 10}]}]`, "host: Required value"},
		"an SRV port of zero":              {`[{name: _sip._tcp, srv: [{priority: 0, port: 0, target: sip.example.ru}]}]`, "port 0 is no port: write 1 to 65535"},
		"an SRV at an ordinary name":       {`[{name: sip, srv: [{priority: 0, port: 5060, target: sip.example.ru}]}]`, "starts with its service and protocol"},
		"a TXT that is too long":           {`[{name: www, txt: [` + strings.Repeat("x", 2049) + `]}]`, "may not be more than 2048"},
		"an empty TXT":                     {`[{name: www, txt: [""]}]`, "spec.records[0].txt[0]"},
		"a CAA with an unknown tag":        {`[{name: "@", caa: [{tag: issues, value: letsencrypt.org}]}]`, `Unsupported value: "issues"`},
		"a CAA with odd flags":             {`[{name: "@", caa: [{flags: 1, tag: issue, value: letsencrypt.org}]}]`, "flags: Unsupported value: 1"},
		"a CAA report to nowhere":          {`[{name: "@", caa: [{tag: iodef, value: example.ru}]}]`, "write mailto:somebody@example.ru or a URL"},
		"an HTTPS alias with parameters":   {`[{name: www, https: [{priority: 0, target: a.example.ru, params: alpn=h2}]}]`, "takes no params"},
		"an HTTPS alias of itself":         {`[{name: www, https: [{priority: 0, target: "."}]}]`, "name the other host in target"},
		"NS at the apex":                   {`[{name: "@", ns: [ns1.example.com]}]`, "are its delegation at the registrar"},
		"a name that is a URL":             {`[{name: "http://www", a: [192.0.2.1]}]`, `spec.records[0].name: Invalid value: "http://www": not a name in a zone`},
		"two names in one":                 {`[{name: "www,mail", a: [192.0.2.1]}]`, "not a name in a zone"},
		"a name with a space":              {`[{name: "w w", a: [192.0.2.1]}]`, `spec.records[0].name: Invalid value: "w w": not a name in a zone`},
		"a name with an empty label":       {`[{name: a..b, a: [192.0.2.1]}]`, "remove the extra dot"},
		"a name that starts with a dot":    {`[{name: .b, a: [192.0.2.1]}]`, "remove the extra dot"},
		"a star inside a name":             {`[{name: a.*, a: [192.0.2.1]}]`, "write * or *.apps"},
		"a star inside a label":            {`[{name: "a*", a: [192.0.2.1]}]`, "write * or *.apps"},
		"a null MX beside another":         {`[{name: "@", mx: [{priority: 0, host: .}, {priority: 10, host: mx.example.ru}]}]`, "takes no mail, and others contradict it"},
		"a label of two alphabets":         {`[{name: "wwwпочта", a: [192.0.2.1]}]`, "mixes Latin and Cyrillic letters"},
		"a name without records":           {`[{name: www}]`, "the name has no records"},
		"an empty list":                    {`[{name: www, a: []}]`, "should have at least 1 items"},
		"the same address twice":           {`[{name: www, a: [192.0.2.1, 192.0.2.1]}]`, "Duplicate value"},
	} {
		t.Run(name, func(t *testing.T) {
			assertRefused(t, apply("DNSZone", zoneSpec(test.records)), test.want)
		})
	}
}

func TestTheAPIServerRefusesOtherFieldsThatCannotWork(t *testing.T) {
	for name, test := range map[string]struct{ kind, spec, want string }{
		"a domain with a final dot":                {"Domain", `{accountRef: {name: main}, domainName: example.ru.}`, "without a final dot"},
		"a domain without a dot":                   {"Domain", `{accountRef: {name: main}, domainName: example}`, `spec.domainName: Invalid value: "example": not a domain name`},
		"a domain of two alphabets":                {"Domain", `{accountRef: {name: main}, domainName: exаmple.ru}`, "mixes Latin and Cyrillic letters"},
		"contacts to keep without any":             {"Domain", `{accountRef: {name: main}, domainName: example.ru, contactsPolicy: Update}`, "needs acquisition.contactsRef"},
		"contacts to keep in a profile alone":      {"Domain", `{accountRef: {name: main}, domainName: example.ru, contactsPolicy: Update, acquisition: {contactProfile: {type: RU.PP, name: home}}}`, "needs acquisition.contactsRef"},
		"an unknown privacy":                       {"Domain", `{accountRef: {name: main}, domainName: example.ru, privacy: Total}`, `supported values: "Enabled", "Disabled"`},
		"a paid change of servers without a limit": {"Domain", `{accountRef: {name: main}, domainName: example.ru, paidNameServerChange: Allow}`, "paidNameServerChangeMaxPrice is missing"},
		"a zone without an account":                {"DNSZone", `{domainName: example.ru}`, "spec.accountRef: Required value"},
		"a TTL in days":                            {"DNSZone", `{accountRef: {name: main}, domainName: example.ru, soa: {ttl: 1d}}`, "a day is 24h"},
		"a TTL that is too short":                  {"DNSZone", `{accountRef: {name: main}, domainName: example.ru, soa: {minimumTTL: 1s}}`, "from 1m to 720h"},
		"a protected name with a space":            {"DNSZone", `{accountRef: {name: main}, domainName: example.ru, protected: [www, "a b"]}`, `spec.protected[1]: Invalid value: "a b": not a pattern of names in a zone`},
		"a protected empty label":                  {"DNSZone", `{accountRef: {name: main}, domainName: example.ru, protected: [a..b]}`, "remove the extra dot"},
		"an unknown deletion policy":               {"DNSZone", `{accountRef: {name: main}, domainName: example.ru, deletionPolicy: Burn}`, `supported values: "Retain", "Delete"`},
		"an account without a Secret":              {"Account", `{}`, "spec.secretRef: Required value"},
		"an endpoint without encryption":           {"Account", `{secretRef: {name: s}, endpoint: "http://api.example.ru/"}`, "use https"},
		"an endpoint with credentials":             {"Account", `{secretRef: {name: s}, endpoint: "https://u:p@api.example.ru/"}`, "the address holds no credentials"},
		"an endpoint with a query":                 {"Account", `{secretRef: {name: s}, endpoint: "https://api.example.ru/?a=b"}`, "without a query"},
		"domains for the Account's own namespace":  {"Account", `{secretRef: {name: s}, allowedNamespaces: {from: Same, domains: [example.ru]}}`, "goes with from: All or from: Selector"},
		"no domains at all for others":             {"Account", `{secretRef: {name: s}, allowedNamespaces: {from: All, domains: []}}`, "should have at least 1 items"},
		"a star among the domains":                 {"Account", `{secretRef: {name: s}, allowedNamespaces: {from: All, domains: ["*.example.ru"]}}`, `domains[0]: Invalid value: "*.example.ru": not a domain name`},
		"a final dot among the domains":            {"Account", `{secretRef: {name: s}, allowedNamespaces: {from: All, domains: [example.ru, example.ru.]}}`, "without a final dot"},
		"a balance that is shown somehow":          {"Account", `{secretRef: {name: s}, balance: Roughly}`, `supported values: "Hidden", "Shown"`},
		"an endpoint that is not a URL":            {"Account", `{secretRef: {name: s}, endpoint: "api.example.ru"}`, `spec.endpoint: Invalid value: "api.example.ru": not a usable address`},
	} {
		t.Run(name, func(t *testing.T) {
			assertRefused(t, apply(test.kind, test.spec), test.want)
		})
	}
}

func TestLoopbackEndpointsMayBeUnencrypted(t *testing.T) {
	for _, endpoint := range []string{"http://127.0.0.1:8088/api/regru2/", "http://localhost/", "http://[::1]:8088/", "https://api.reg.ru/api/regru2/"} {
		if err := apply("Account", fmt.Sprintf("{secretRef: {name: s}, endpoint: %q}", endpoint)); err != nil {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
}

func TestAnAccountMayAllowOthersSingleDomains(t *testing.T) {
	for _, allowed := range []string{"{from: All, domains: [example.ru, пример.рф, xn--e1afmkfd.xn--p1ai]}", "{from: Selector, selector: {matchLabels: {team: web}}, domains: [a.co.ru]}", "{from: All}"} {
		if err := apply("Account", "{secretRef: {name: s}, allowedNamespaces: "+allowed+"}"); err != nil {
			t.Errorf("%s: %v", allowed, err)
		}
	}
}

func TestTheDomainNameCannotChange(t *testing.T) {
	zone := &v1alpha1.DNSZone{Spec: v1alpha1.DNSZoneSpec{AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: "example.ru"}}
	zone.Namespace, zone.Name = "default", "immutable"
	if err := kube().Create(t.Context(), zone); err != nil {
		t.Fatal(err)
	}
	zone.Spec.DomainName = "example.com"
	assertRefused(t, kube().Update(t.Context(), zone), "the name cannot change: create another object")
}

func TestAZoneOfTenThousandNamesIsAccepted(t *testing.T) {
	var records strings.Builder
	records.WriteString("\n")
	for i := range 10_000 {
		fmt.Fprintf(&records, "- {name: host-%05d, a: [192.0.2.1]}\n", i)
	}
	if err := apply("DNSZone", zoneSpec(records.String())); err != nil {
		t.Error(err)
	}
}

func TestAnEntryWithTooManyTextsSaysWhereTheOthersGo(t *testing.T) {
	texts := make([]string, 33)
	for i := range texts {
		texts[i] = fmt.Sprintf("text %d", i)
	}
	list := func(texts []string) string { return "{name: www, txt: [" + strings.Join(texts, ", ") + "]}" }
	assertRefused(t, apply("DNSZone", zoneSpec("["+list(texts)+"]")),
		"spec.records[0].txt: Invalid value: an entry takes at most 32 texts: write the others into a further entry of the same name")
	if err := apply("DNSZone", zoneSpec("["+list(texts[:32])+", "+list(texts[32:])+"]")); err != nil {
		t.Error(err)
	}
}

func TestAnObjectThatNobodyHasLookedAtIsInProgress(t *testing.T) {
	reference := v1alpha1.AccountReference{Name: "main"}
	for _, object := range []client.Object{
		&v1alpha1.Account{Spec: v1alpha1.AccountSpec{SecretRef: v1alpha1.SecretReference{Name: "s"}}},
		&v1alpha1.Domain{Spec: v1alpha1.DomainSpec{AccountRef: reference, DomainName: "example.ru"}},
		&v1alpha1.DNSZone{Spec: v1alpha1.DNSZoneSpec{AccountRef: reference, DomainName: "example.ru"}},
	} {
		object.SetNamespace("default")
		object.SetName("fresh")
		kind := fmt.Sprintf("%T", object)
		if err := kube().Create(t.Context(), object); err != nil {
			t.Fatal(err)
		}
		if err := kube().Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			t.Fatal(err)
		}
		fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
		if err != nil {
			t.Fatal(err)
		}
		observed, found, err := unstructured.NestedInt64(fields, "status", "observedGeneration")
		if err != nil || !found || observed != -1 || object.GetGeneration() != 1 {
			t.Errorf("%s: generation %d, observed %d (%v, %v)", kind, object.GetGeneration(), observed, found, err)
		}
	}
}

func assertRefused(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil {
		t.Fatalf("accepted; want an error with %q", want)
	}
	if !strings.Contains(err.Error(), want) {
		t.Errorf("error %q\nlacks %q", err, want)
	}
}
