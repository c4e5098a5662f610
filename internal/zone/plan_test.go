package zone

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func host(name, target string) Record { return Record{Name: name, Type: CNAME, Content: target} }
func addr(name, ip string) Record     { return Record{Name: name, Type: A, Content: ip} }
func text(name, s string) Record      { return Record{Name: name, Type: TXT, Content: s} }
func mail(priority uint16, h string) Record {
	return Record{Name: "@", Type: MX, Priority: priority, Content: h}
}

func patterns(texts ...string) Patterns {
	read, invalid := ReadPatterns(texts, "example.ru")
	if len(invalid) > 0 {
		panic(invalid[0].Reason)
	}
	return read
}

// planTest is a zone, what is declared of it, and what is expected of the plan.
type planTest struct {
	declared, missing, confirmed, pending, adopted, current []Record
	policy                                                  Policy

	want                                               []string
	wantBlocked, wantAsked, wantAdopted, wantUnmanaged int
	wantReplaced                                       int
}

func (test planTest) run(t *testing.T) {
	t.Helper()
	owned := Ownership{SetOf(test.confirmed...), SetOf(test.pending...), SetOf(test.adopted...)}
	plan := NewPlan(Declaration{test.declared, test.missing}, owned, test.current, test.policy)
	var got []string
	for _, change := range plan.Changes {
		got = append(got, change.String())
	}
	if diff := cmp.Diff(test.want, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	for _, list := range []struct {
		name string
		got  any
		have int
		want int
	}{
		{"blocked", plan.Blocked, len(plan.Blocked), test.wantBlocked},
		{"asked", plan.Asked, len(plan.Asked), test.wantAsked},
		{"adopted", plan.Adopted, len(plan.Adopted), test.wantAdopted},
		{"unmanaged", plan.Unmanaged, len(plan.Unmanaged), test.wantUnmanaged},
		{"replaced", plan.Replaced, len(plan.Replaced), test.wantReplaced},
	} {
		if list.have != list.want {
			t.Errorf("%s: %v, want %d", list.name, list.got, list.want)
		}
	}
}

func runPlans(t *testing.T, tests map[string]planTest) {
	t.Helper()
	for name, test := range tests {
		t.Run(name, test.run)
	}
}

var foreign = addr("ftp", "192.0.2.99")

func TestAPlan(t *testing.T) {
	runPlans(t, map[string]planTest{
		"leaves what nobody declared": {
			current: []Record{foreign}, wantUnmanaged: 1,
		},
		"adopts an identical record without a write": {
			declared: []Record{foreign}, current: []Record{foreign}, wantAdopted: 1,
		},
		"adds what is missing": {
			declared: []Record{addr("www", "192.0.2.1"), mail(10, "mx.example.ru.")},
			want:     []string{"+ @ MX 10 mx.example.ru.", "+ www A 192.0.2.1"},
		},
		"adds before it removes": {
			declared: []Record{addr("www", "192.0.2.2")}, confirmed: []Record{addr("www", "192.0.2.1")}, current: []Record{addr("www", "192.0.2.1")},
			want: []string{"+ www A 192.0.2.2", "- www A 192.0.2.1"},
		},
		"tells records apart by priority": {
			declared: []Record{mail(20, "mx.example.ru.")}, confirmed: []Record{mail(10, "mx.example.ru.")}, current: []Record{mail(10, "mx.example.ru.")},
			want: []string{"+ @ MX 20 mx.example.ru.", "- @ MX 10 mx.example.ru."},
		},
		"removes what leaves the spec": {
			adopted: []Record{foreign}, current: []Record{foreign}, want: []string{"- ftp A 192.0.2.99"},
		},
		"removes what a crash left behind": {
			pending: []Record{addr("www", "192.0.2.1")}, current: []Record{addr("www", "192.0.2.1")},
			want: []string{"- www A 192.0.2.1"},
		},
		"prunes everything when told to": {
			declared: []Record{addr("www", "192.0.2.1")}, current: []Record{foreign, addr("www", "192.0.2.1")}, policy: Policy{Prune: PruneAll},
			want: []string{"- ftp A 192.0.2.99"}, wantAdopted: 1,
		},
		"keeps what web forwarding needs": {
			current: []Record{addr("@", "192.0.2.50")}, policy: Policy{Prune: PruneAll, Kept: SetOf(addr("@", "192.0.2.50"))},
		},
		"removes nothing under a policy that says so": {
			confirmed: []Record{addr("www", "192.0.2.1")}, current: []Record{addr("www", "192.0.2.1"), foreign}, policy: Policy{Prune: PruneNone}, wantUnmanaged: 1,
		},
		"removes nothing at a protected name": {
			confirmed: []Record{addr("www", "192.0.2.1"), addr("a.internal", "192.0.2.1"), addr("b.a.internal", "192.0.2.1")},
			current:   []Record{addr("www", "192.0.2.1"), addr("a.internal", "192.0.2.1"), addr("b.a.internal", "192.0.2.1")},
			policy:    Policy{Protected: patterns("www", "*.internal")},
			want:      []string{"- b.a.internal A 192.0.2.1"},
		},
		"removes its own challenge and leaves an ACME client's": {
			confirmed: []Record{host("_acme-challenge", "a.example.com.")}, current: []Record{host("_acme-challenge", "a.example.com."), text("_acme-challenge.www", "token")},
			want: []string{"- _acme-challenge CNAME a.example.com."},
		},
		"leaves SOA and name servers of the zone itself alone, whatever is declared": {
			declared: []Record{addr("@", "192.0.2.1")}, policy: Policy{Prune: PruneAll},
			current: []Record{{Name: "@", Type: NS, Content: "ns1.reg.ru."}, {Name: "@", Type: "SOA", Content: "x"}, addr("@", "192.0.2.1")}, wantAdopted: 1,
		},
		"gives up a zone without what another object declares": {
			confirmed: []Record{addr("www", "192.0.2.1"), foreign}, current: []Record{addr("www", "192.0.2.1"), foreign},
			policy: Policy{Spared: []Record{addr("ftp", "192.0.2.1")}}, want: []string{"- www A 192.0.2.1"},
		},
	})
}

func TestWhatIsDeclaredIsAllThatItsUnitAnswers(t *testing.T) {
	spf, other := text("@", "v=spf1 -all"), text("@", "v=spf1 +all")
	runPlans(t, map[string]planTest{
		"a fresh zone's parking address goes": {
			declared: []Record{addr("www", "192.0.2.1")}, current: []Record{addr("www", "192.0.2.66")},
			want: []string{"+ www A 192.0.2.1", "- www A 192.0.2.66"}, wantReplaced: 1,
		},
		"an address that somebody adds beside a declared one goes": {
			declared: []Record{addr("www", "192.0.2.1")}, confirmed: []Record{addr("www", "192.0.2.1")}, current: []Record{addr("www", "192.0.2.1"), addr("www", "192.0.2.2")},
			want: []string{"- www A 192.0.2.2"}, wantReplaced: 1,
		},
		"an edited SPF policy takes the place of an adopted one": {
			declared: []Record{spf}, adopted: []Record{other}, current: []Record{other},
			want: []string{"+ @ TXT \"v=spf1 -all\"", "- @ TXT \"v=spf1 +all\""},
		},
		"an edited SPF policy takes the place of one that nobody remembers": {
			declared: []Record{spf, text("@", "mine")}, current: []Record{other, text("@", "site-verification=1")},
			want: []string{"+ @ TXT \"mine\"", "+ @ TXT \"v=spf1 -all\"", "- @ TXT \"v=spf1 +all\""}, wantReplaced: 1, wantUnmanaged: 1,
		},
		"a text that is no policy takes nobody's place": {
			declared: []Record{text("@", "owned")}, confirmed: []Record{text("@", "owned")}, current: []Record{text("@", "foreign")},
			want: []string{"+ @ TXT \"owned\""}, wantUnmanaged: 1,
		},
		"mail stays where only an address is declared": {
			declared: []Record{addr("@", "192.0.2.1")}, current: []Record{mail(10, "mx.example.ru.")},
			want: []string{"+ @ A 192.0.2.1"}, wantUnmanaged: 1,
		},
		"an alias takes the place of parking addresses": {
			declared: []Record{host("www", "a.example.com.")}, current: []Record{addr("www", "192.0.2.66"), {Name: "www", Type: AAAA, Content: "2001:db8::66"}},
			want: []string{"- www A 192.0.2.66", "- www AAAA 2001:db8::66", "+ www CNAME a.example.com."}, wantReplaced: 2,
		},
		"an address takes the place of somebody's alias": {
			declared: []Record{addr("www", "192.0.2.1"), addr("ok", "192.0.2.1")}, current: []Record{host("www", "a.example.com.")},
			want: []string{"- www CNAME a.example.com.", "+ www A 192.0.2.1", "+ ok A 192.0.2.1"}, wantReplaced: 1,
		},
		"one alias is swapped for another": {
			declared: []Record{host("www", "b.example.com.")}, confirmed: []Record{host("www", "a.example.com.")}, current: []Record{host("www", "a.example.com.")},
			want: []string{"- www CNAME a.example.com.", "+ www CNAME b.example.com."},
		},
		"any other record beside an alias blocks it": {
			declared: []Record{host("ftp", "a.example.com.")}, current: []Record{addr("ftp", "192.0.2.66"), text("ftp", "somebody's")},
			wantBlocked: 1, wantUnmanaged: 1,
		},
		"a protected unit is left as it is": {
			declared: []Record{addr("www", "192.0.2.1")}, current: []Record{addr("www", "192.0.2.66")}, policy: Policy{Protected: patterns("www")},
			wantBlocked: 1,
		},
		"prune: None leaves a unit as it is": {
			declared: []Record{addr("www", "192.0.2.2")}, confirmed: []Record{addr("www", "192.0.2.1")}, current: []Record{addr("www", "192.0.2.1")},
			policy: Policy{Prune: PruneNone}, wantBlocked: 1,
		},
		"a contested unit is left to whoever insists": {
			declared: []Record{addr("www", "192.0.2.1")}, confirmed: []Record{addr("www", "192.0.2.1")}, current: []Record{addr("www", "192.0.2.66")},
			policy: Policy{Contested: map[string]bool{UnitOf(addr("www", "192.0.2.1")): true}}, wantBlocked: 1,
		},
	})
}

func TestAFailureLeavesTheOldValue(t *testing.T) {
	runPlans(t, map[string]planTest{
		"a mail server with a priority that is not to be had keeps the old one": {
			declared: []Record{mail(20, "mx.example.ru.")}, missing: []Record{mail(20, "mx.example.ru.")},
			confirmed: []Record{mail(10, "mx.example.ru.")}, current: []Record{mail(10, "mx.example.ru.")},
		},
		"what cannot be read keeps what its unit holds": {
			missing: []Record{{Name: "shop", Type: CNAME}}, adopted: []Record{addr("shop", "192.0.2.1")}, current: []Record{addr("shop", "192.0.2.1")},
		},
		"a unit that is refused in part loses its old values to the rest": {
			declared: []Record{mail(20, "a.example.ru."), mail(5, "b.example.ru.")}, missing: []Record{mail(20, "a.example.ru.")},
			confirmed: []Record{mail(10, "a.example.ru.")}, current: []Record{mail(10, "a.example.ru.")},
			want: []string{"+ @ MX 5 b.example.ru.", "- @ MX 10 a.example.ru."},
		},
		"an alias that is blocked keeps the address": {
			declared: []Record{host("www", "a.example.com.")}, confirmed: []Record{addr("www", "192.0.2.1")}, current: []Record{addr("www", "192.0.2.1"), text("www", "somebody's")},
			wantBlocked: 1, wantUnmanaged: 1,
		},
		"a refused record that somebody made by hand is declared and stays": {
			declared: []Record{addr("www", "192.0.2.1")}, missing: []Record{addr("www", "192.0.2.1")}, current: []Record{addr("www", "192.0.2.1")},
			policy: Policy{Prune: PruneAll}, wantAdopted: 1,
		},
		"an alias does not take the place of what could not be put back": {
			declared: []Record{host("www", "a.example.com.")}, confirmed: []Record{{Name: "www", Type: "TLSA", Content: "3 1 1 00"}},
			current: []Record{{Name: "www", Type: "TLSA", Content: "3 1 1 00"}}, want: []string{"- www TLSA 3 1 1 00"}, wantBlocked: 1,
		},
	})
}

func TestFirstContactCanBeMadeToAsk(t *testing.T) {
	parking := addr("www", "192.0.2.66")
	runPlans(t, map[string]planTest{
		"a unit with somebody's values waits, and the rest goes on": {
			declared: []Record{addr("www", "192.0.2.1"), addr("api", "192.0.2.1")}, current: []Record{parking}, policy: Policy{Ask: true},
			want: []string{"+ api A 192.0.2.1"}, wantAsked: 1,
		},
		"what is as declared waits with its unit": {
			declared: []Record{addr("www", "192.0.2.1")}, current: []Record{parking, addr("www", "192.0.2.1")}, policy: Policy{Ask: true}, wantAsked: 1,
		},
		"what was approved is replaced": {
			declared: []Record{addr("www", "192.0.2.1")}, current: []Record{parking}, policy: Policy{Ask: true, Approved: SetOf(parking)},
			want: []string{"+ www A 192.0.2.1", "- www A 192.0.2.66"}, wantReplaced: 1,
		},
		"later contact does not ask": {
			declared: []Record{addr("www", "192.0.2.1")}, confirmed: []Record{addr("www", "192.0.2.1")}, current: []Record{parking}, policy: Policy{Ask: true},
			want: []string{"+ www A 192.0.2.1", "- www A 192.0.2.66"}, wantReplaced: 1,
		},
		"an authority for certificates that somebody else uses is always asked about": {
			declared: []Record{{Name: "@", Type: CAA, Content: `0 issue "a.example"`}}, confirmed: []Record{{Name: "@", Type: CAA, Content: `0 issue "a.example"`}},
			current:   []Record{{Name: "@", Type: CAA, Content: `0 issue "a.example"`}, {Name: "@", Type: CAA, Content: `0 issue "b.example"`}},
			wantAsked: 1,
		},
		"a memory of an older rule asks about everything": {
			declared: []Record{addr("www", "192.0.2.1")}, confirmed: []Record{addr("www", "192.0.2.1")}, current: []Record{addr("www", "192.0.2.1"), parking},
			policy: Policy{AskAlways: true}, wantAsked: 1,
		},
	})
}

func TestARemovalNeedsWhatTakesItsPlace(t *testing.T) {
	old, other := mail(10, "old.example.ru."), mail(10, "other.example.ru.")
	plan := NewPlan(Declare(mail(5, "a.example.ru."), mail(6, "b.example.ru.")), Ownership{Confirmed: SetOf(old)}, []Record{old, other, foreign}, Policy{Prune: PruneAll})
	want := map[Record][]Record{old: {mail(5, "a.example.ru."), mail(6, "b.example.ru.")}, other: {mail(5, "a.example.ru."), mail(6, "b.example.ru.")}}
	if diff := cmp.Diff(want, plan.Needs); diff != "" {
		t.Errorf("needs (-want +got):\n%s", diff)
	}
	standing := NewPlan(Declare(mail(5, "a.example.ru."), other), Ownership{Confirmed: SetOf(old)}, []Record{old, other}, Policy{})
	if len(standing.Needs) > 0 {
		t.Errorf("a value of the unit stands, and its removal still needs %v", standing.Needs)
	}
}

func TestASwapSaysWhatToPutBack(t *testing.T) {
	plan := NewPlan(Declare(host("www", "a.example.com.")), Ownership{Confirmed: SetOf(addr("www", "192.0.2.1"), text("www", "mine"))},
		[]Record{addr("www", "192.0.2.1"), text("www", "mine")}, Policy{})
	want := []Swap{{Taken: []Record{addr("www", "192.0.2.1"), text("www", "mine")}, Given: []Record{host("www", "a.example.com.")}, For: 1}}
	if diff := cmp.Diff(want, plan.Swaps); diff != "" {
		t.Errorf("swaps (-want +got):\n%s", diff)
	}
}

func TestAHashNamesExactlyOnePlanOnce(t *testing.T) {
	one := Plan{Changes: []Change{{Add, addr("www", "192.0.2.1")}}}
	other := Plan{Changes: []Change{{Remove, addr("www", "192.0.2.1")}}}
	if one.Hash(0) == other.Hash(0) || one.Hash(0) != (Plan{Changes: one.Changes}).Hash(0) || len(one.Hash(0)) != 12 || one.Hash(0) == one.Hash(1) {
		t.Errorf("hashes %s, %s and %s", one.Hash(0), one.Hash(1), other.Hash(0))
	}
}
