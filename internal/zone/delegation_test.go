package zone

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func ns(name, host string) Record { return Record{Name: name, Type: NS, Content: host} }

func aaaa(name, ip string) Record { return Record{Name: name, Type: AAAA, Content: ip} }

var delegatedLab, ownLab = ns("lab", "ns1.example.com."), ns("lab", "ns1.lab.example.ru.")

// delegatedZones are zones, with what a delegation hides in each.
var delegatedZones = map[string]struct {
	zone []Record
	// hidden is what is occluded, by delegation; unasked what need not be answered either.
	hidden, unasked []string
}{
	"a zone without delegations hides nothing": {
		zone: []Record{addr("@", "192.0.2.1"), addr("www.lab", "192.0.2.1")},
	},
	"the name servers of the domain itself hide nothing": {
		zone: []Record{ns("@", "ns1.reg.ru."), addr("@", "192.0.2.1"), addr("www", "192.0.2.1")},
	},
	"a site in a delegated subdomain": {
		zone:   []Record{delegatedLab, addr("www.lab", "192.0.2.1"), addr("a.b.lab", "192.0.2.1"), addr("collab", "192.0.2.1"), addr("www", "192.0.2.1")},
		hidden: []string{"lab: a.b.lab A 192.0.2.1; www.lab A 192.0.2.1"},
	},
	"records beside the NS at the delegated name": {
		zone:   []Record{delegatedLab, addr("lab", "192.0.2.1"), text("lab", "v=spf1 -all"), {Name: "lab", Type: MX, Content: "."}, {Name: "lab", Type: ds, Content: "1 13 2 00"}},
		hidden: []string{`lab: lab A 192.0.2.1; lab MX 0 .; lab TXT "v=spf1 -all"`},
	},
	"glue": {
		zone: []Record{ownLab, addr("ns1.lab", "192.0.2.53"), aaaa("ns1.lab", "2001:db8::53")},
	},
	"glue at the delegated name itself": {
		zone: []Record{ns("lab", "lab.example.ru."), addr("lab", "192.0.2.53")},
	},
	"other records of a name server": {
		zone:   []Record{ownLab, addr("ns1.lab", "192.0.2.53"), text("ns1.lab", "x"), addr("ns2.lab", "192.0.2.53")},
		hidden: []string{`lab: ns1.lab TXT "x"; ns2.lab A 192.0.2.53`},
	},
	"the name server of a neighbour": {
		zone:    []Record{delegatedLab, ns("dev", "ns1.lab.example.ru."), addr("ns1.lab", "192.0.2.53")},
		unasked: []string{"ns1.lab A 192.0.2.53"},
	},
	"an address that an NS of another domain only seems to name": {
		zone:   []Record{ns("lab", "ns1.lab."), addr("ns1.lab", "192.0.2.53")},
		hidden: []string{"lab: ns1.lab A 192.0.2.53"},
	},
	"wildcards": {
		zone:   []Record{delegatedLab, addr("*", "192.0.2.1"), addr("*.lab", "192.0.2.1"), text("_acme-challenge.*.lab", "x")},
		hidden: []string{`lab: *.lab A 192.0.2.1; _acme-challenge.*.lab TXT "x"`},
	},
	"a wildcard with NS": {
		zone: []Record{ns("*", "ns1.example.com."), addr("*", "192.0.2.1"), addr("www", "192.0.2.1"), addr("a.www", "192.0.2.1")},
	},
	"a delegation below a delegation": {
		zone:   []Record{delegatedLab, ns("deep.lab", "ns.deep.lab.example.ru."), addr("ns.deep.lab", "192.0.2.53")},
		hidden: []string{"lab: deep.lab NS ns.deep.lab.example.ru.; ns.deep.lab A 192.0.2.53"},
	},
	"a name that is there for a delegation below it alone": {
		zone:   []Record{ns("lab.office", "ns1.example.com."), addr("office", "192.0.2.1"), addr("www.office", "192.0.2.1"), addr("x.lab.office", "192.0.2.1")},
		hidden: []string{"lab.office: x.lab.office A 192.0.2.1"},
	},
	"two delegations": {
		zone:   []Record{ns("b", "ns1.example.com."), ns("a", "ns1.example.com."), addr("x.b", "192.0.2.1"), addr("x.a", "192.0.2.1")},
		hidden: []string{"a: x.a A 192.0.2.1", "b: x.b A 192.0.2.1"},
	},
}

func TestWhatNeverResolvesBelowADelegationIsFound(t *testing.T) {
	for name, test := range delegatedZones {
		t.Run(name, func(t *testing.T) {
			d := NewDelegations("example.ru", test.zone)
			var hidden, unasked []string
			rest := membership(test.zone)
			for _, occlusion := range d.Occluded(test.zone) {
				hidden = append(hidden, occlusion.Delegation+": "+join(occlusion.Records))
				for _, record := range occlusion.Records {
					delete(rest, record)
				}
			}
			for _, record := range d.Answered(test.zone) {
				if !rest[record] {
					t.Errorf("%s is answered and occluded", record)
				}
				delete(rest, record)
			}
			for record := range rest {
				unasked = append(unasked, record.String())
			}
			if diff := cmp.Diff(test.hidden, hidden); diff != "" {
				t.Errorf("hidden (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.unasked, unasked); diff != "" {
				t.Errorf("neither answered nor hidden (-want +got):\n%s", diff)
			}
		})
	}
}

func join(records []Record) string {
	lines := make([]string, len(records))
	for i, record := range records {
		lines[i] = record.String()
	}
	return strings.Join(lines, "; ")
}

func TestADelegationThatNobodyDeclaredHidesWhatIsDeclared(t *testing.T) {
	declared := []Record{addr("www.lab", "192.0.2.1"), addr("ns1.lab", "192.0.2.53")}
	d := NewDelegations("example.ru", append([]Record{ns("lab", "ns1.lab.example.ru.")}, declared...))
	if occluded := d.Occluded(declared); len(occluded) != 1 || join(occluded[0].Records) != "www.lab A 192.0.2.1" {
		t.Errorf("occluded: %v", occluded)
	}
	if visible := d.Answered(declared); join(visible) != "ns1.lab A 192.0.2.53" {
		t.Errorf("answered: %v", visible)
	}
}

func TestAnOcclusionSaysWhatToDo(t *testing.T) {
	zone := []Record{ns("lab", "ns1.example.com.")}
	for _, name := range []string{"d.lab", "c.lab", "b.lab", "a.lab", "lab"} {
		zone = append(zone, addr(name, "192.0.2.1"))
	}
	const want = "never answered, since the NS records of lab delegate that name and all below it to other name servers: " +
		"a.lab A 192.0.2.1; b.lab A 192.0.2.1; c.lab A 192.0.2.1; and 2 more: move them to the zone there, or remove the NS records of lab"
	occluded := NewDelegations("example.ru", zone).Occluded(zone)
	if len(occluded) != 1 {
		t.Fatalf("%v", occluded)
	}
	if diff := cmp.Diff(want, occluded[0].String()); diff != "" {
		t.Error(diff)
	}
}

// FuzzDelegations checks against the simulator's name server, which knows nothing of Delegations, that what counts as answered
// is answered, and that what counts as occluded is not, wherever a zone delegates.
func FuzzDelegations(f *testing.F) {
	for seed := range uint64(200) {
		f.Add(seed)
	}
	server, err := regapitest.Start()
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(server.Close)
	server.AddAccount(regapitest.Account{Login: "customer", Password: "secret"})
	server.AddDomain("customer", regapitest.Domain{Name: "example.ru"})
	f.Fuzz(func(t *testing.T, seed uint64) {
		records := randomZone(rand.New(rand.NewPCG(seed, 0)))
		server.SetRecords("example.ru", listed(records))
		has := func(record Record) bool {
			set := rrset{record.Name, record.Type}
			return readAnswer(server.AnswerDNS(queryFor("example.ru", set)), "example.ru", set)[record]
		}
		d := NewDelegations("example.ru", records)
		for _, record := range d.Answered(records) {
			if !has(record) {
				t.Errorf("%s is not answered in %v", record, records)
			}
		}
		for _, occlusion := range d.Occluded(records) {
			for _, record := range occlusion.Records {
				if has(record) {
					t.Errorf("%s is answered in %v", record, records)
				}
			}
		}
	})
}

// randomZone makes a zone of few names, so that they lie above and below each other.
func randomZone(random *rand.Rand) []Record {
	labels := []string{"a", "b", "*"}
	name := func() string {
		if random.IntN(8) == 0 {
			return apex
		}
		parts := []string{labels[random.IntN(len(labels))]}
		for range random.IntN(3) {
			parts = append(parts, labels[random.IntN(2)])
		}
		return strings.Join(parts, ".")
	}
	records := map[Record]bool{}
	for range random.IntN(12) {
		record := Record{Name: name(), Type: []Type{A, AAAA, NS, NS, TXT}[random.IntN(5)]}
		switch record.Type {
		case A:
			record.Content = []string{"192.0.2.1", "192.0.2.2"}[random.IntN(2)]
		case AAAA:
			record.Content = "2001:db8::1"
		case TXT:
			record.Content = "text"
		case NS:
			host := strings.ReplaceAll(name(), "*", "a")
			record.Content = []string{fullName(host, "example.ru"), "ns.example.com."}[random.IntN(2)]
		}
		if !record.Registrar() {
			records[record] = true
		}
	}
	return sorted(slices.Collect(maps.Keys(records)))
}

// listed gives records as the simulator takes them.
func listed(records []Record) []regapitest.Record {
	zone := make([]regapitest.Record, len(records))
	for i, r := range records {
		zone[i] = regapitest.Record{Name: r.Name, Type: string(r.Type), Priority: int(r.Priority), Content: r.Content}
	}
	return zone
}
