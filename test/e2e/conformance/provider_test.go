package conformance

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/idna"
	"sigs.k8s.io/external-dns/endpoint"
	"sigs.k8s.io/external-dns/pkg/apis/externaldns"
	"sigs.k8s.io/external-dns/plan"
	"sigs.k8s.io/external-dns/provider"
	"sigs.k8s.io/external-dns/provider/webhook"
	"sigs.k8s.io/external-dns/registry"
	"sigs.k8s.io/external-dns/registry/noop"
	"sigs.k8s.io/external-dns/registry/txt"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/test/e2e/harness"
)

// recordTypes are those that both external-dns and REG.RU know.
var recordTypes = []string{"A", "AAAA", "CNAME", "TXT", "MX", "SRV", "NS"}

// foreign is a record of somebody else's, which every zone begins with.
var foreign = regapitest.Record{Name: "somebody-elses", Type: "A", Content: "192.0.2.200"}

// served is an operator with an account, whose webhook provider listens at a URL.
type served struct {
	plane     *harness.ControlPlane
	api       *regapitest.Server
	operator  *harness.Operator
	namespace string
	url       string
}

func serve(t *testing.T) *served {
	t.Helper()
	address := harness.FreeAddress(t)
	s := &served{plane: harness.StartControlPlane(t), api: harness.StartSimulator(t), url: "http://" + address}
	s.operator = s.plane.StartOperator(t, s.api.DNSAddr(), "--external-dns-bind-address="+address)
	s.operator.Serves(t, s.url)
	s.namespace = s.plane.NewNamespace(t, "conformance")
	s.plane.AddAccount(t, s.api, s.api.URL(), s.namespace)
	return s
}

func (s *served) addZone(t *testing.T, domain string) {
	t.Helper()
	s.plane.AddZone(t, s.api, s.namespace, domain, func(zone *v1alpha1.DNSZone) { zone.Spec.ExternalDNS = v1alpha1.ExternalDNSEnabled }, foreign)
	// The provider hears of it by a cache, which may be behind; external-dns would see it with the next sync.
	caller := s.connect(t)
	harness.Eventually(t, 30*time.Second, domain+" is served", func() error {
		ascii, err := idna.ToASCII(domain)
		if err != nil {
			return err
		}
		records, err := caller.Records(t.Context())
		for _, record := range records {
			if name, err := idna.ToASCII(record.DNSName); err == nil && name == foreign.Name+"."+ascii {
				return nil
			}
		}
		return errors.Join(err, fmt.Errorf("it is not among %d record sets", len(records)))
	})
}

// connect negotiates as external-dns does when it starts.
func (s *served) connect(t *testing.T) provider.Provider {
	t.Helper()
	config := externaldns.NewConfig()
	config.WebhookProviderURL, config.WebhookProviderReadTimeout, config.WebhookProviderWriteTimeout = s.url, 5*time.Second, 10*time.Second
	connected, err := webhook.New(t.Context(), config, nil)
	if err != nil {
		t.Fatal(err)
	}
	return connected
}

func TestTheNegotiationNamesTheZonesThatOptIn(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.addZone(t, "example.ru")
	s.addZone(t, "пример.рф")
	s.plane.AddZone(t, s.api, s.namespace, "other.ru", func(*v1alpha1.DNSZone) {})
	filter := s.connect(t).GetDomainFilter()
	for name, want := range map[string]bool{
		"example.ru": true, "www.example.ru": true, "*.example.ru": true, "почта.пример.рф": true, "xn--80a1acny.xn--e1afmkfd.xn--p1ai": true,
		"other.ru": false, "example.org": false, "notexample.ru": false,
	} {
		if filter.Match(name) != want {
			t.Errorf("%s matches the filter: %t", name, !want)
		}
	}
}

// ownership is a way in which external-dns notes what it owns.
type ownership struct {
	domain, prefix, suffix, key string
	none                        bool
	// apexOutside says that the text of the zone's own records has a name outside of the zone.
	apexOutside bool
}

func (o ownership) registry(t *testing.T, p provider.Provider) registry.Registry {
	t.Helper()
	config := externaldns.NewConfig()
	config.TXTOwnerID, config.TXTPrefix, config.TXTSuffix, config.TXTWildcardReplacement = "conformance", o.prefix, o.suffix, "any"
	config.TXTEncryptEnabled, config.TXTEncryptAESKey = o.key != "", o.key
	config.ManagedDNSRecordTypes = recordTypes
	build := txt.New
	if o.none {
		build = noop.New
	}
	made, err := build(config, p)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestThePlanOverWhatWasAppliedIsEmpty(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for name, ownership := range map[string]ownership{
		"no registry":       {domain: "none.ru", none: true},
		"texts, plain":      {domain: "plain.ru", apexOutside: true},
		"prefix":            {domain: "prefix.ru", prefix: "edns-", apexOutside: true},
		"prefix with a dot": {domain: "dot.ru", prefix: "_edns.", apexOutside: true},
		"prefix by type":    {domain: "type.ru", prefix: "_edns-%{record_type}."},
		"suffix":            {domain: "suffix.ru", suffix: "-edns", apexOutside: true},
		"suffix by type":    {domain: "suffix-type.ru", suffix: "-%{record_type}-edns", apexOutside: true},
		"encrypted texts":   {domain: "secret.ru", prefix: "_edns-%{record_type}.", key: "0123456789abcdef0123456789abcdef"},
		"any alphabet":      {domain: "реестр.рф", prefix: "_edns-%{record_type}."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.addZone(t, ownership.domain)
			c := &controller{domain: ownership.domain, registry: ownership.registry(t, s.connect(t))}
			for _, desired := range c.stages(ownership) {
				if c.sync(t, desired) == nil {
					t.Fatal("there is nothing to do in a stage")
				}
				if left := c.sync(t, desired); left != nil {
					t.Errorf("the second plan is not empty (-want +got):\n%s", cmp.Diff(&plan.Changes{}, left))
				}
			}
			if diff := cmp.Diff([]regapitest.Record{foreign}, s.api.Records(ownership.domain)); diff != "" {
				t.Errorf("the zone in the end (-want +got):\n%s", diff)
			}
		})
	}
}

// controller does what external-dns' own does, without sources.
type controller struct {
	domain   string
	registry registry.Registry
}

// stages are what is wanted in turn: everything, everything else, aliases for addresses and back, and nothing.
func (c *controller) stages(o ownership) [][]*endpoint.Endpoint {
	first := []*endpoint.Endpoint{
		c.wanted("a.", "A", "192.0.2.1"), c.wanted("many.", "A", "192.0.2.3", "192.0.2.1", "192.0.2.2"),
		c.wanted("many.", "AAAA", "2001:DB8::1", "2001:db8:0:0::2"), c.wanted("*.wild.", "A", "192.0.2.1"),
		c.wanted("alias.", "CNAME", "Target.Example.com."), c.wanted("text.", "TXT", "one", "two", `with "quotes" \ and a stroke`),
		c.wanted("mail.", "MX", "10 mx1.example.com", "5 mx2.example.com."), c.wanted("_sip._tcp.", "SRV", "10 60 5060 sip.example.com."),
		c.wanted("team.", "NS", "ns1.example.com", "ns2.example.com."),
	}
	second := []*endpoint.Endpoint{
		c.wanted("a.", "A", "192.0.2.2"), c.wanted("many.", "A", "192.0.2.2", "192.0.2.4"), c.wanted("many.", "AAAA", "2001:db8::2"),
		c.wanted("*.wild.", "CNAME", "other.example.com"), c.wanted("alias.", "A", "192.0.2.1"), c.wanted("text.", "TXT", "two", "three"),
		c.wanted("mail.", "MX", "7 mx1.example.com"), c.wanted("_sip._tcp.", "SRV", "10 60 5061 sip.example.com.", "20 0 5060 sip2.example.com."),
		c.wanted("team.", "NS", "ns2.example.com", "ns3.example.com"),
	}
	if !o.apexOutside {
		first = append(first, c.wanted("", "A", "192.0.2.1"), c.wanted("", "MX", "10 mx.example.com"), c.wanted("", "TXT", "v=spf1 -all"))
		second = append(second, c.wanted("", "A", "192.0.2.2"), c.wanted("", "TXT", "v=spf1 ~all"))
	}
	back := []*endpoint.Endpoint{c.wanted("alias.", "CNAME", "target.example.com"), c.wanted("a.", "A", "192.0.2.2")}
	if o.none { // Without a registry everything in the zone is external-dns' own.
		for _, desired := range []*[]*endpoint.Endpoint{&first, &second, &back} {
			*desired = append(*desired, c.wanted(foreign.Name+".", foreign.Type, foreign.Content))
		}
		return [][]*endpoint.Endpoint{first, second, back, {c.wanted(foreign.Name+".", foreign.Type, foreign.Content)}}
	}
	return [][]*endpoint.Endpoint{first, second, back, nil}
}

// wanted is an endpoint as a source would find it: with a TTL, a set identifier and a property, none of which REG.RU has.
func (c *controller) wanted(within, recordType string, targets ...string) *endpoint.Endpoint {
	made := endpoint.NewEndpointWithTTL(within+c.domain, recordType, 300, targets...)
	return made.WithProviderSpecific("webhook/some-property", "value")
}

// late is how long the provider takes at least for an answer that says that it is late.
const late = 8 * time.Second

// sync has external-dns' controller come to an end. It returns the changes that it planned first; nil for none. Where the provider was late, since the
// machine stood still, the round begins anew, as external-dns has it.
func (c *controller) sync(t *testing.T, desired []*endpoint.Endpoint) (first *plan.Changes) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; {
		begun := time.Now()
		planned, err := c.round(t, desired)
		if first == nil {
			first = planned
		}
		switch {
		case err == nil:
			return first
		case !errors.Is(err, provider.SoftError) || time.Since(begun) < late || time.Now().After(deadline):
			t.Fatal(err)
		}
	}
}

// round is one of external-dns' controller, with the changes that it planned; nil for none.
func (c *controller) round(t *testing.T, desired []*endpoint.Endpoint) (*plan.Changes, error) {
	t.Helper()
	current, err := c.registry.Records(t.Context())
	if err != nil {
		return nil, err
	}
	copies := make([]*endpoint.Endpoint, len(desired))
	for i, one := range desired {
		copies[i] = one.DeepCopy()
	}
	adjusted, err := c.registry.AdjustEndpoints(copies)
	if err != nil {
		return nil, err
	}
	calculated := (&plan.Plan{
		Policies: []plan.Policy{plan.Policies["sync"]}, Current: current, Desired: adjusted,
		DomainFilter:   endpoint.MatchAllDomainFilters{endpoint.NewDomainFilter([]string{c.domain}), c.registry.GetDomainFilter()},
		ManagedRecords: recordTypes, OwnerID: c.registry.OwnerID(),
	}).Calculate()
	if !calculated.Changes.HasChanges() {
		return nil, nil
	}
	return calculated.Changes, c.registry.ApplyChanges(t.Context(), calculated.Changes)
}
