package plugin

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
	"github.com/spf13/cobra"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/plugin/output"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// askWithin bounds a question to a name server.
const askWithin = 5 * time.Second

// traced are the types that a name is asked for.
var traced = []zone.Type{zone.A, zone.AAAA, zone.CNAME, zone.MX, zone.NS, zone.TXT, zone.SRV, zone.CAA, zone.HTTPS}

// trace is what is known of a name.
type trace struct {
	Name string `json:"name"`
	// Zones are the DNSZones whose domain the name ends with, the longest first, and Domains the Domains.
	Zones   []finding `json:"zones"`
	Domains []finding `json:"domains"`
	// NameServers that the Domain is delegated to, as it was seen last, and Accounts how the Accounts stand.
	NameServers []string       `json:"nameServers,omitempty"`
	Accounts    []finding      `json:"accounts"`
	Server      string         `json:"server"`
	Answers     []tracedRecord `json:"answers"`
	// Missing are records that are declared for the name and that the server does not answer with.
	Missing []string `json:"missing,omitempty"`
	Problem string   `json:"problem,omitempty"`
}

// tracedRecord is a record that a server answers with.
type tracedRecord struct {
	Record string `json:"record"`
	Owner  string `json:"owner"`
}

func newTrace(s *session) *cobra.Command {
	var in where
	server := "ns1.reg.ru:53"
	command := &cobra.Command{
		Use:   "trace NAME",
		Short: "Say of a DNS name which objects rule it, who owns each record, and what a name server answers",
		Long: `Say of a DNS name which DNSZone and Domain are about it, by which Account, how the domain is delegated, what a name server of the registrar answers, and
whose each record is: declared by an object, no longer declared, external-dns's, a challenge's, or of nobody that the objects know.

It ends with 1 if something declared is not answered, or an object is not fine.`,
		Example: "  kubectl regapi trace www.example.ru -A",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			return s.trace(command.Context(), args[0], in, server)
		},
	}
	in.addFlags(command.Flags())
	// --server is the API server's already.
	command.Flags().StringVar(&server, "name-server", server, "name server to ask, as host:port")
	return command
}

func (s *session) trace(ctx context.Context, text string, in where, server string) error {
	defer s.waiting("Asking")()
	name, err := zone.CanonicalDomain(text)
	if err != nil {
		return exit.With(exit.Usage, err)
	}
	t := trace{Name: name, Server: server, Zones: []finding{}, Domains: []finding{}, Accounts: []finding{}, Answers: []tracedRecord{}}
	zones, err := s.findTraced(ctx, in, &t)
	if err != nil {
		return err
	}
	var ruling *v1alpha1.DNSZone
	if len(zones) > 0 {
		ruling = zones[0]
	}
	t.answers(ctx, ruling)
	if err := (output.Document{Name: name, Value: t, Text: t.print}).Print(s.printer()); err != nil {
		return err
	}
	bad := func(f finding) bool { return !f.Fine }
	if t.Problem != "" || len(t.Missing) > 0 || slices.ContainsFunc(slices.Concat(t.Zones, t.Domains, t.Accounts), bad) {
		return exit.ErrFindings
	}
	return nil
}

// within says whether a name lies at or below a domain, as a spec writes it.
func within(name, domain string) bool {
	canonical, err := zone.CanonicalDomain(domain)
	return err == nil && (name == canonical || strings.HasSuffix(name, "."+canonical))
}

// findTraced finds the objects that are about the name, and gives the DNSZones, the longest domain first.
func (s *session) findTraced(ctx context.Context, in where, t *trace) ([]*v1alpha1.DNSZone, error) {
	kube, err := s.cluster()
	if err != nil {
		return nil, err
	}
	options, err := in.options(s)
	if err != nil {
		return nil, err
	}
	var zones v1alpha1.DNSZoneList
	var domains v1alpha1.DomainList
	if err := kube.List(ctx, &zones, options...); err != nil {
		return nil, fmt.Errorf("list dnszones: %w", err)
	}
	if err := kube.List(ctx, &domains, options...); err != nil {
		return nil, fmt.Errorf("list domains: %w", err)
	}
	var about []*v1alpha1.DNSZone
	refs := map[string]bool{}
	see := func(o object) {
		ref, _ := accountRefOf(o)
		key := ref.KeyFrom(o.GetNamespace())
		if refs[key.String()] {
			return
		}
		refs[key.String()] = true
		account := &v1alpha1.Account{}
		if err := kube.Get(ctx, key, account); err == nil {
			t.Accounts = append(t.Accounts, look(kinds[0], account))
		}
	}
	for i := range zones.Items {
		if within(t.Name, string(zones.Items[i].Spec.DomainName)) {
			about = append(about, &zones.Items[i])
		}
	}
	slices.SortStableFunc(about, func(a, b *v1alpha1.DNSZone) int {
		return cmp.Or(cmp.Compare(len(b.Spec.DomainName), len(a.Spec.DomainName)), cmp.Compare(a.Namespace, b.Namespace))
	})
	for _, o := range about {
		t.Zones = append(t.Zones, look(kinds[2], o))
		see(o)
	}
	for i := range domains.Items {
		if o := &domains.Items[i]; within(t.Name, string(o.Spec.DomainName)) {
			t.Domains = append(t.Domains, look(kinds[1], o))
			t.NameServers = o.Status.NameServers
			see(o)
		}
	}
	return about, nil
}

// answers asks the server, and says whose each record is.
func (t *trace) answers(ctx context.Context, ruling *v1alpha1.DNSZone) {
	domain, declared := t.Name, map[zone.Record]bool{}
	owned := []zone.Set{}
	if ruling != nil {
		domain, _ = zone.CanonicalDomain(string(ruling.Spec.DomainName))
		records, _ := zone.FromSpec(ruling.Spec.Records, domain)
		for _, record := range records {
			declared[record] = record.Name == zone.Relative(t.Name, domain)
		}
		for _, set := range [][]byte{ruling.Status.Owned.Confirmed, ruling.Status.Owned.Adopted, ruling.Status.Owned.Pending} {
			owned = append(owned, zone.ParseSet(set))
		}
	}
	found := map[zone.Record]bool{}
	for _, kind := range traced {
		records, err := askServer(ctx, t.Server, t.Name, domain, kind)
		if err != nil {
			t.Problem = fmt.Sprintf("%s does not answer: %v", t.Server, err)
			return
		}
		for _, record := range records {
			found[record] = true
		}
	}
	for _, record := range sortedRecords(found) {
		t.Answers = append(t.Answers, tracedRecord{record.String(), ownerOf(record, ruling, declared, owned)})
	}
	for _, record := range sortedRecords(declared) {
		if declared[record] && !found[record] {
			t.Missing = append(t.Missing, record.String())
		}
	}
}

func sortedRecords(set map[zone.Record]bool) []zone.Record {
	var records []zone.Record
	for record := range set {
		records = append(records, record)
	}
	slices.SortFunc(records, zone.Compare)
	return records
}

func ownerOf(record zone.Record, ruling *v1alpha1.DNSZone, declared map[zone.Record]bool, owned []zone.Set) string {
	_, isDeclared := declared[record]
	isOwned := slices.ContainsFunc(owned, func(s zone.Set) bool { return s.Has(record) })
	switch {
	case record.Registrar():
		return "the registrar"
	case isDeclared:
		return "dnszone " + ruling.Namespace + "/" + ruling.Name
	case isOwned:
		return "dnszone " + ruling.Namespace + "/" + ruling.Name + ", which declares it no longer"
	case zone.IsChallenge(record):
		return "an ACME challenge"
	case zone.HasMarks([]zone.Record{record}):
		return "external-dns, as its mark"
	default:
		return "nobody that the objects know; external-dns, if it serves the zone"
	}
}

// askServer gives the records of a name and type that a server answers with.
func askServer(ctx context.Context, server, name, domain string, kind zone.Type) ([]zone.Record, error) {
	if _, _, err := net.SplitHostPort(server); err != nil {
		server = net.JoinHostPort(server, "53")
	}
	query := new(dns.Msg)
	query.SetQuestion(dns.Fqdn(name), dns.StringToType[string(kind)])
	query.RecursionDesired = false
	exchange := dns.Client{Net: "tcp", Timeout: askWithin}
	answer, _, err := exchange.ExchangeContext(ctx, query, server)
	if err != nil {
		return nil, err
	}
	var records []zone.Record
	for _, rr := range answer.Answer {
		if record, ok := zone.FromDNS(rr, domain); ok && strings.EqualFold(rr.Header().Name, dns.Fqdn(name)) {
			records = append(records, record)
		}
	}
	return records, nil
}

func (t trace) print(p output.Printer) error {
	fmt.Fprintln(p.Out, t.Name)
	for _, part := range []struct {
		title string
		found []finding
	}{{"DNSZones", t.Zones}, {"Domains", t.Domains}, {"Accounts", t.Accounts}} {
		if len(part.found) == 0 {
			fmt.Fprintf(p.Out, "%s: none that you may see\n", part.title)
			continue
		}
		fmt.Fprintf(p.Out, "%s:\n", part.title)
		for _, f := range part.found {
			fmt.Fprint(p.Out, output.Wrap(fmt.Sprintf("%s/%s (%s): Ready %s, %s: %s", f.Namespace, f.Name, cmp.Or(f.Subject, f.Kind), f.Ready, f.Reason, f.Message), p.Width, 2))
		}
	}
	if len(t.NameServers) > 0 {
		fmt.Fprintf(p.Out, "Delegated to: %s\n", strings.Join(t.NameServers, ", "))
	}
	if t.Problem != "" {
		_, err := fmt.Fprint(p.Out, output.Wrap(t.Problem, p.Width, 0))
		return err
	}
	fmt.Fprintf(p.Out, "%s answers:\n", t.Server)
	if len(t.Answers) == 0 {
		fmt.Fprintln(p.Out, "  nothing")
	}
	for _, a := range t.Answers {
		fmt.Fprintf(p.Out, "  %s\n    of %s\n", a.Record, a.Owner)
	}
	for _, record := range t.Missing {
		fmt.Fprintf(p.Out, "Declared, and not answered: %s\n", record)
	}
	return nil
}
