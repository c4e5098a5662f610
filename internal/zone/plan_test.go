package zone

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func host(name, target string) Record { return Record{Name: name, Type: CNAME, Content: target} }
func addr(name, ip string) Record     { return Record{Name: name, Type: A, Content: ip} }
func text(name, s string) Record      { return Record{Name: name, Type: TXT, Content: s} }
func mail(priority uint16, h string) Record {
	return Record{Name: "@", Type: MX, Priority: priority, Content: h}
}

func TestAPlan(t *testing.T) {
	foreign := addr("ftp", "192.0.2.99")
	for name, test := range map[string]struct {
		desired, confirmed, pending, current []Record
		policy                               Policy
		want                                 []string
		blocked                              int
	}{
		"leaves what it did not create": {
			current: []Record{foreign},
		},
		"adopts an identical record without a write": {
			desired: []Record{foreign}, current: []Record{foreign},
		},
		"adds what is missing": {
			desired: []Record{addr("www", "192.0.2.1"), mail(10, "mx.example.ru.")},
			want:    []string{"+ @ MX 10 mx.example.ru.", "+ www A 192.0.2.1"},
		},
		"adds before it removes": {
			desired: []Record{addr("www", "192.0.2.2")}, confirmed: []Record{addr("www", "192.0.2.1")}, current: []Record{addr("www", "192.0.2.1")},
			want: []string{"+ www A 192.0.2.2", "- www A 192.0.2.1"},
		},
		"makes room for a CNAME first": {
			desired: []Record{host("www", "a.example.com.")}, confirmed: []Record{addr("www", "192.0.2.1")}, current: []Record{addr("www", "192.0.2.1")},
			want: []string{"- www A 192.0.2.1", "+ www CNAME a.example.com."},
		},
		"takes a CNAME away before its successors": {
			desired: []Record{addr("www", "192.0.2.1")}, confirmed: []Record{host("www", "a.example.com.")}, current: []Record{host("www", "a.example.com.")},
			want: []string{"- www CNAME a.example.com.", "+ www A 192.0.2.1"},
		},
		"swaps one CNAME for another": {
			desired: []Record{host("www", "b.example.com.")}, confirmed: []Record{host("www", "a.example.com.")}, current: []Record{host("www", "a.example.com.")},
			want: []string{"- www CNAME a.example.com.", "+ www CNAME b.example.com."},
		},
		"tells records apart by priority": {
			desired: []Record{mail(20, "mx.example.ru.")}, confirmed: []Record{mail(10, "mx.example.ru.")}, current: []Record{mail(10, "mx.example.ru.")},
			want: []string{"+ @ MX 20 mx.example.ru.", "- @ MX 10 mx.example.ru."},
		},
		"puts a record right that was changed behind its back": {
			desired: []Record{addr("www", "192.0.2.1")}, confirmed: []Record{addr("www", "192.0.2.1")}, current: []Record{addr("www", "192.0.2.66")},
			want: []string{"+ www A 192.0.2.1", "- www A 192.0.2.66"},
		},
		"puts a changed CNAME right": {
			desired: []Record{host("www", "a.example.com.")}, confirmed: []Record{host("www", "a.example.com.")}, current: []Record{host("www", "b.example.com.")},
			want: []string{"- www CNAME b.example.com.", "+ www CNAME a.example.com."},
		},
		"puts a changed policy right and leaves the other texts": {
			desired: []Record{text("@", "v=spf1 -all")}, confirmed: []Record{text("@", "v=spf1 -all")},
			current: []Record{text("@", "v=spf1 +all"), text("@", "site-verification=1")},
			want:    []string{"+ @ TXT \"v=spf1 -all\"", "- @ TXT \"v=spf1 +all\""},
		},
		"leaves a text that appeared while another vanished": {
			desired: []Record{text("@", "owned")}, confirmed: []Record{text("@", "owned")}, current: []Record{text("@", "foreign")},
			want: []string{"+ @ TXT \"owned\""},
		},
		"leaves a record that somebody added beside its own": {
			desired: []Record{addr("www", "192.0.2.1")}, confirmed: []Record{addr("www", "192.0.2.1")}, current: []Record{addr("www", "192.0.2.1"), addr("www", "192.0.2.2")},
		},
		"leaves strangers when it cannot tell the changed one": {
			desired: []Record{addr("www", "192.0.2.1")}, confirmed: []Record{addr("www", "192.0.2.1")}, current: []Record{addr("www", "192.0.2.2"), addr("www", "192.0.2.3")},
			want: []string{"+ www A 192.0.2.1"},
		},
		"leaves a stranger when its own record was never confirmed": {
			desired: []Record{addr("www", "192.0.2.1")}, pending: []Record{addr("www", "192.0.2.1")}, current: []Record{addr("www", "192.0.2.2")},
			want: []string{"+ www A 192.0.2.1"},
		},
		"removes what a crash left behind": {
			pending: []Record{addr("www", "192.0.2.1")}, current: []Record{addr("www", "192.0.2.1")},
			want: []string{"- www A 192.0.2.1"},
		},
		"prunes everything when told to": {
			desired: []Record{addr("www", "192.0.2.1")}, current: []Record{foreign, addr("www", "192.0.2.1")}, policy: Policy{Prune: PruneAll},
			want: []string{"- ftp A 192.0.2.99"},
		},
		"never prunes what ACME and external-dns need": {
			current: []Record{
				text("_acme-challenge", "token"), text("_acme-challenge.www", "token"),
				text("a-www", "heritage=external-dns,external-dns/owner=default"), addr("www", "192.0.2.1"),
				text("extdns.cname-shop", `"heritage=external-dns,external-dns/owner=default"`), host("shop", "a.example.com."),
				text("api-owner", "heritage=external-dns"), addr("api", "192.0.2.1"),
			},
			policy: Policy{Prune: PruneAll},
		},
		"keeps what web forwarding needs": {
			current: []Record{addr("@", "192.0.2.50")}, policy: Policy{Prune: PruneAll, Kept: SetOf(addr("@", "192.0.2.50"))},
		},
		"removes nothing under a policy that says so": {
			confirmed: []Record{addr("www", "192.0.2.1")}, current: []Record{addr("www", "192.0.2.1"), foreign}, policy: Policy{Prune: PruneNone},
		},
		"removes nothing at a protected name": {
			confirmed: []Record{addr("www", "192.0.2.1"), addr("a.internal", "192.0.2.1"), addr("b.a.internal", "192.0.2.1")},
			current:   []Record{addr("www", "192.0.2.1"), addr("a.internal", "192.0.2.1"), addr("b.a.internal", "192.0.2.1")},
			policy:    Policy{Protected: []string{"www", "*.internal"}},
			want:      []string{"- b.a.internal A 192.0.2.1"},
		},
		"leaves a name to external-dns": {
			desired: []Record{addr("www", "192.0.2.1"), addr("my-www", "192.0.2.1")}, current: []Record{text("a-www", "heritage=external-dns,external-dns/owner=x")},
			want: []string{"+ my-www A 192.0.2.1"}, blocked: 1,
		},
		"removes its own challenge": {
			confirmed: []Record{host("_acme-challenge", "a.example.com.")}, current: []Record{host("_acme-challenge", "a.example.com."), text("_acme-challenge.www", "token")},
			want: []string{"- _acme-challenge CNAME a.example.com."},
		},
		"is blocked by a stranger beside its CNAME": {
			desired: []Record{host("ftp", "a.example.com.")}, current: []Record{foreign}, blocked: 1,
		},
		"is blocked by a CNAME of somebody else": {
			desired: []Record{addr("www", "192.0.2.1"), addr("ok", "192.0.2.1")}, current: []Record{host("www", "a.example.com.")},
			want: []string{"+ ok A 192.0.2.1"}, blocked: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			plan := NewPlan(test.desired, Ownership{SetOf(test.confirmed...), SetOf(test.pending...)}, test.current, test.policy)
			var got []string
			for _, change := range plan.Changes {
				got = append(got, change.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			if len(plan.Blocked) != test.blocked {
				t.Errorf("blocked: %v, want %d", plan.Blocked, test.blocked)
			}
		})
	}
}

// universe is every record that the fuzz test knows: small, so that records meet.
var universe = func() (records []Record) {
	for _, name := range []string{"@", "www", "*"} {
		for i := range 3 {
			records = append(records, addr(name, fmt.Sprintf("192.0.2.%d", i)))
		}
		records = append(records,
			host(name, "a.example.com."), host(name, "b.example.com."),
			text(name, "plain"), text(name, "v=spf1 -all"), text(name, "v=spf1 +all"),
			Record{Name: name, Type: MX, Priority: 10, Content: "mx.example.ru."},
			Record{Name: name, Type: MX, Priority: 20, Content: "mx.example.ru."},
		)
	}
	return append(records, text("_acme-challenge", "token"), text("a-www", "heritage=external-dns,external-dns/owner=default"))
}()

func pick(bits uint32) []Record {
	var records []Record
	for i, record := range universe {
		if bits&(1<<i) != 0 {
			records = append(records, record)
		}
	}
	return records
}

// legal drops CNAMEs that do not stand alone, as every zone does.
func legal(records []Record) []Record {
	perName := map[string]int{}
	for _, record := range records {
		perName[record.Name]++
	}
	return slices.DeleteFunc(records, func(r Record) bool { return r.Type == CNAME && perName[r.Name] > 1 })
}

// modelZone refuses what REG.API refuses.
type modelZone map[Record]bool

func (z modelZone) apply(change Change) error {
	if change.Operation == Remove {
		if !z[change.Record] {
			return fmt.Errorf("%s: not there", change)
		}
		delete(z, change.Record)
		return nil
	}
	if z[change.Record] {
		return fmt.Errorf("%s: there already", change)
	}
	for other := range z {
		if other.Name == change.Record.Name && (other.Type == CNAME || change.Record.Type == CNAME) {
			return fmt.Errorf("%s: %s stands there", change, other)
		}
	}
	z[change.Record] = true
	return nil
}

func (z modelZone) records() []Record {
	var records []Record
	for record := range z {
		records = append(records, record)
	}
	return records
}

// FuzzPlan checks what must hold for every zone: each change can be made in its turn, the zone ends as desired, a second
// plan is empty, and nothing of anybody else's is touched; also when the owner dies after any number of changes.
func FuzzPlan(f *testing.F) {
	f.Add(uint32(0), uint32(0), uint32(0), uint32(0), uint8(0), uint8(0))
	random := rand.New(rand.NewPCG(1, 2))
	for range 64 {
		f.Add(random.Uint32(), random.Uint32(), random.Uint32(), random.Uint32(), uint8(random.Uint32()), uint8(random.Uint32()))
	}
	f.Fuzz(func(t *testing.T, wanted, confirmed, pending, present uint32, crashAfter, chosenPolicy uint8) {
		c := planCase{desired: legal(pick(wanted)), owned: Ownership{SetOf(pick(confirmed)...), SetOf(pick(pending)...)}, policy: somePolicy(chosenPolicy)}
		current := legal(pick(present))
		zone := modelZone(membership(current))

		plan := c.plan(t, current)
		if survived := int(crashAfter) % (len(plan.Changes) + 1); survived < len(plan.Changes) {
			// The owner wrote down what it was about to add, made some of the changes and died.
			c.owned.Pending = SetOf(append(plan.Added(), pick(pending)...)...)
			applyAll(t, zone, plan.Changes[:survived])
			plan = c.plan(t, zone.records())
		}
		applyAll(t, zone, plan.Changes)
		checkOutcome(t, zone, c.desired, plan)

		c.owned = Ownership{Confirmed: SetOf(slices.DeleteFunc(append(plan.Added(), pick(confirmed|pending)...), func(r Record) bool { return !zone[r] })...)}
		if second := c.plan(t, zone.records()); len(second.Changes) > 0 {
			t.Errorf("the second plan is not empty: %v", second.Changes)
		}
	})
}

// somePolicy gives one of the policies: the way to prune, and whether www and what is directly below it are protected.
func somePolicy(chosen uint8) Policy {
	policy := Policy{Prune: []Prune{PruneOwned, PruneAll, PruneNone}[chosen%3]}
	if chosen&4 != 0 {
		policy.Protected = []string{"www", "*.www"}
	}
	return policy
}

// planCase is who plans.
type planCase struct {
	desired []Record
	owned   Ownership
	policy  Policy
}

// plan makes a plan and checks that it removes nothing that it must not.
func (c planCase) plan(t *testing.T, current []Record) Plan {
	t.Helper()
	plan := NewPlan(c.desired, c.owned, current, c.policy)
	marked := slices.ContainsFunc(current, func(r Record) bool {
		return r.Name == "a-www" && !c.owned.Has(r) && !slices.Contains(c.desired, r)
	})
	for _, record := range plan.Removed() {
		replaced := slices.ContainsFunc(c.desired, func(d Record) bool {
			return record.replaces(d) && c.owned.Confirmed.Has(d) && !slices.Contains(current, d)
		})
		elsewhere := record.Name == "_acme-challenge" || (marked && (record.Name == "a-www" || record.Name == "www"))
		switch {
		case slices.Contains(c.desired, record):
			t.Errorf("- %s: removes what is desired", record)
		case c.policy.Prune == PruneNone:
			t.Errorf("- %s: removes although nothing may be", record)
		case len(c.policy.Protected) > 0 && record.Name == "www":
			t.Errorf("- %s: removes at a protected name", record)
		case c.owned.Has(record):
		case elsewhere:
			t.Errorf("- %s: removes what ACME or external-dns needs", record)
		case c.policy.Prune != PruneAll && !replaced:
			t.Errorf("- %s: removes what somebody else created", record)
		}
	}
	for _, record := range plan.Added() {
		if marked && record.Name == "www" {
			t.Errorf("+ %s: adds at a name of external-dns", record)
		}
	}
	return plan
}

func applyAll(t *testing.T, zone modelZone, changes []Change) {
	t.Helper()
	for _, change := range changes {
		if err := zone.apply(change); err != nil {
			t.Fatal(err)
		}
	}
}

func checkOutcome(t *testing.T, zone modelZone, desired []Record, plan Plan) {
	t.Helper()
	for _, record := range desired {
		blocked := slices.ContainsFunc(plan.Blocked, func(b Blocked) bool { return b.Record == record })
		if zone[record] == blocked {
			t.Errorf("%s: in the zone %v, blocked %v", record, zone[record], blocked)
		}
	}
}

func TestAGuardStopsPlansThatRemoveTooMuch(t *testing.T) {
	removing := func(n int, more ...Record) Plan {
		var plan Plan
		for i := range n {
			plan.Changes = append(plan.Changes, Change{Remove, addr("www", fmt.Sprintf("192.0.2.%d", i))})
		}
		for _, record := range more {
			plan.Changes = append(plan.Changes, Change{Remove, record})
		}
		return plan
	}
	server := Record{Name: "@", Type: NS, Content: "ns1.reg.ru."}
	for name, test := range map[string]struct {
		plan    Plan
		held    int
		objects bool
	}{
		"nothing removed":            {removing(0), 100, false},
		"just as much as allowed":    {removing(30), 100, false},
		"one more":                   {removing(31), 100, true},
		"everything of a small zone": {removing(9), 9, false},
		"a name server of the zone":  {removing(0, server), 5, true},
	} {
		if why := DefaultGuard.Objects(test.plan, test.held); (why != "") != test.objects {
			t.Errorf("%s: %q", name, why)
		}
	}
}

func TestAHashNamesExactlyOnePlan(t *testing.T) {
	one := Plan{Changes: []Change{{Add, addr("www", "192.0.2.1")}}}
	other := Plan{Changes: []Change{{Remove, addr("www", "192.0.2.1")}}}
	if one.Hash() == other.Hash() || one.Hash() != (Plan{Changes: slices.Clone(one.Changes)}).Hash() || len(one.Hash()) != 12 {
		t.Errorf("hashes %s and %s", one.Hash(), other.Hash())
	}
}

func TestASetSurvivesItsBytes(t *testing.T) {
	set := SetOf(universe...)
	parsed := ParseSet(append(set.Bytes(), 1, 2, 3))
	if parsed.Len() != len(universe) {
		t.Errorf("%d members, want %d", parsed.Len(), len(universe))
	}
	for _, record := range universe {
		if !parsed.Has(record) {
			t.Errorf("%s is lost", record)
		}
	}
	if parsed.Has(addr("other", "192.0.2.1")) {
		t.Error("a record that was never added is a member")
	}
	if SetOf().Bytes() != nil {
		t.Error("the empty set has bytes")
	}
}
