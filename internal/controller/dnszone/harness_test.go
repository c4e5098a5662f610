package dnszone_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestMain(m *testing.M) {
	controllertest.Main(m, func(ctx context.Context, mgr ctrl.Manager, d controllertest.Dependencies) error {
		return controller.SetupWithManager(ctx, mgr, controller.Dependencies(d))
	})
}

// harness adds what only the tests of zones do.
type harness struct{ *controllertest.Harness }

func newHarness(t *testing.T, options controllertest.Options) *harness {
	t.Helper()
	return &harness{controllertest.New(t, options)}
}

// change updates an object until it does not collide with the controllers' own writes.
func change[O client.Object](h *harness, object O, mutate func(O)) {
	h.Helper()
	controllertest.Change(h.Harness, object, mutate)
}

// resyncs waits until the controllers have read the zone some more times.
func (h *harness) resyncs(count int) {
	h.Helper()
	reads := h.API.Calls("zone/get_resource_records")
	h.Eventually("the zone to be read again", func() error {
		if now := h.API.Calls("zone/get_resource_records"); now < reads+count {
			return fmt.Errorf("%d reads", now-reads)
		}
		return nil
	})
}

// resolve asks the simulator's name server, by TCP since answers may be long, and gives the data of the answers.
func (h *harness) resolve(name string, kind uint16) []string {
	h.Helper()
	query := new(dns.Msg)
	query.SetQuestion(dns.Fqdn(name), kind)
	resolver := dns.Client{Net: "tcp", Timeout: 5 * time.Second}
	answer, _, err := resolver.ExchangeContext(h.Context(), query, h.API.DNSAddr())
	if err != nil {
		h.Fatal(err)
	}
	var data []string
	for _, rr := range slices.Concat(answer.Answer, answer.Ns) { // A delegation is answered by referral.
		if rr.Header().Rrtype == kind {
			data = append(data, strings.TrimPrefix(rr.String(), rr.Header().String()))
		}
	}
	return data
}

func (h *harness) checkAnswers(answers map[string][]string) {
	h.Helper()
	for question, want := range answers {
		name, kind, _ := strings.Cut(question, " ")
		got := h.resolve(name, dns.StringToType[kind])
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			h.Errorf("%s (-want +got):\n%s", question, diff)
		}
	}
}

// waitCondition waits until a condition has a status and a reason.
func (h *harness) waitCondition(obj status.Object, kind string, holds metav1.ConditionStatus, reason string) *metav1.Condition {
	h.Helper()
	var found *metav1.Condition
	h.Eventually(fmt.Sprintf("%s=%s (%s)", kind, holds, reason), func() error {
		if err := h.Get(h.Context(), client.ObjectKeyFromObject(obj), obj); err != nil {
			return err
		}
		found = meta.FindStatusCondition(*obj.GetConditions(), kind)
		if found == nil || found.Status != holds || found.Reason != reason {
			return fmt.Errorf("conditions %+v", *obj.GetConditions())
		}
		return nil
	})
	return found
}

func (h *harness) annotate(object *v1alpha1.DNSZone, key, value string) {
	h.Helper()
	change(h, object, func(z *v1alpha1.DNSZone) {
		if z.Annotations == nil {
			z.Annotations = map[string]string{}
		}
		z.Annotations[key] = value
	})
}

// hosts are so many addresses at names of their own, as a spec and as the zone holds them.
func hosts(count int) (entries []v1alpha1.NameRecords, records []regapitest.Record) {
	for n := range count {
		name, address := fmt.Sprintf("host-%03d", n), fmt.Sprintf("192.0.2.%d", n%250)
		entries = append(entries, v1alpha1.NameRecords{Name: name, A: []v1alpha1.IPv4Address{v1alpha1.IPv4Address(address)}})
		records = append(records, regapitest.Record{Name: name, Type: "A", Content: address})
	}
	return entries, records
}

// fiftyRecords are records of all nine types, with what DNS has to answer for each name and type.
func fiftyRecords() (entries []v1alpha1.NameRecords, answers map[string][]string) {
	longText := v1alpha1.Text("v=DKIM1; k=rsa; p=" + strings.Repeat("MIIBIjANBgkqhkiG9w0B", 25))
	entries = []v1alpha1.NameRecords{
		{
			Name: "@", A: []v1alpha1.IPv4Address{"192.0.2.1", "192.0.2.2"}, AAAA: []v1alpha1.IPv6Address{"2001:DB8:0:0::1"},
			MX:    []v1alpha1.MX{{Priority: 10, Host: "mx.example.ru"}, {Priority: 5, Host: "mx2.example.com."}},
			TXT:   []v1alpha1.Text{"v=spf1 mx -all", "site-verification=AbC_123"},
			CAA:   []v1alpha1.CAA{{Tag: "issue", Value: "letsencrypt.org"}, {Flags: 128, Tag: "issuewild", Value: ";"}, {Tag: "iodef", Value: "mailto:ca@example.ru"}},
			HTTPS: []v1alpha1.HTTPS{{Priority: 1, Target: ".", Params: "alpn=h3,h2 ipv4hint=192.0.2.1,192.0.2.2"}},
		},
		{Name: "WWW", CNAME: "Example.RU"},
		{Name: "*.apps", A: []v1alpha1.IPv4Address{"192.0.2.7"}},
		{Name: "почта", CNAME: "пример.рф"},
		{Name: "lab", NS: []v1alpha1.Host{"ns1.example.com", "ns2.example.com"}},
		{Name: "_sip._tcp", SRV: []v1alpha1.SRV{{Priority: 1, Weight: 5, Port: 5060, Target: "sip.example.ru"}, {Priority: 2, Port: 5061, Target: "sip.example.com"}}},
		{Name: "mail._domainkey", TXT: []v1alpha1.Text{longText}},
		{Name: "alias", HTTPS: []v1alpha1.HTTPS{{Priority: 0, Target: "other.example.com"}}},
	}
	answers = map[string][]string{
		"example.ru. A":                   {"192.0.2.1", "192.0.2.2"},
		"example.ru. AAAA":                {"2001:db8::1"},
		"example.ru. MX":                  {"10 mx.example.ru.", "5 mx2.example.com."},
		"example.ru. TXT":                 {`"site-verification=AbC_123"`, `"v=spf1 mx -all"`},
		"example.ru. CAA":                 {`0 iodef "mailto:ca@example.ru"`, `0 issue "letsencrypt.org"`, `128 issuewild ";"`},
		"example.ru. HTTPS":               {`1 . alpn="h3,h2" ipv4hint="192.0.2.1,192.0.2.2"`},
		"www.example.ru. CNAME":           {"example.ru."},
		"any.apps.example.ru. A":          {"192.0.2.7"},
		"xn--80a1acny.example.ru. CNAME":  {"xn--e1afmkfd.xn--p1ai."},
		"lab.example.ru. NS":              {"ns1.example.com.", "ns2.example.com."},
		"_sip._tcp.example.ru. SRV":       {"1 5 5060 sip.example.ru.", "2 0 5061 sip.example.com."},
		"mail._domainkey.example.ru. TXT": {fmt.Sprintf("%q %q %q", longText[:255], longText[255:510], longText[510:])},
		"alias.example.ru. HTTPS":         {"0 other.example.com."},
	}
	for i := range 30 {
		address := fmt.Sprintf("192.0.2.%d", 100+i)
		entries = append(entries, v1alpha1.NameRecords{Name: fmt.Sprintf("host-%02d", i), A: []v1alpha1.IPv4Address{v1alpha1.IPv4Address(address)}})
		answers[fmt.Sprintf("host-%02d.example.ru. A", i)] = []string{address}
	}
	return entries, answers
}
