package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/miekg/dns"
	"github.com/spf13/cobra"
)

// lookupTimeout bounds one question.
const lookupTimeout = 5 * time.Second

// newLookupCommand asks one question, for machines without dig.
func newLookupCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "lookup SERVER NAME TYPE",
		Short: "Ask a name server, such as 127.0.0.1:8055, for the records of a name",
		Args:  cobra.ExactArgs(3),
		RunE: func(command *cobra.Command, args []string) error {
			rrtype, ok := dns.StringToType[args[2]]
			if !ok {
				return fmt.Errorf("%q is no type of record", args[2])
			}
			name, err := fqdn(args[1])
			if err != nil {
				return err
			}
			records, err := lookup(command.Context(), args[0], name, rrtype)
			for _, record := range records {
				fmt.Fprintln(command.OutOrStdout(), record)
			}
			return err
		},
	}
}

// lookup asks a server by UDP, and by TCP where the answer does not fit.
func lookup(ctx context.Context, server, name string, rrtype uint16) ([]dns.RR, error) {
	question := new(dns.Msg).SetQuestion(name, rrtype).SetEdns0(dns.DefaultMsgSize, false)
	for _, network := range []string{"udp", "tcp"} {
		client := &dns.Client{Net: network, Timeout: lookupTimeout}
		answer, _, err := client.ExchangeContext(ctx, question, server)
		switch {
		case err != nil:
			return nil, err
		case answer.Rcode != dns.RcodeSuccess:
			return nil, fmt.Errorf("the name server answers %s", dns.RcodeToString[answer.Rcode])
		case answer.Truncated:
			continue
		}
		// A delegation is answered by referral: its records stand in the authority section.
		records := answer.Answer
		if len(records) == 0 && rrtype == dns.TypeNS {
			records = answer.Ns
		}
		return slices.DeleteFunc(records, func(r dns.RR) bool { return r.Header().Rrtype != rrtype }), nil
	}
	return nil, errors.New("the answer is truncated over TCP")
}

// checkRecords waits until DNS serves every record of the sample zone, and no
// other at its names and types, and prints them as a zone file.
func (d *demo) checkRecords(ctx context.Context) error {
	expected, err := expectedRecords(&d.samples.zone)
	if err != nil {
		return err
	}
	if err := d.awaitRecords(ctx, expected); err != nil {
		return err
	}
	fmt.Fprintf(d.out, "    %d records\n", len(expected))
	return nil
}

// awaitRecords waits until DNS serves the records, and no other at their names
// and types, and prints them.
func (d *demo) awaitRecords(ctx context.Context, expected []dns.RR) error {
	ctx, cancel := context.WithTimeout(ctx, dnsTimeout)
	defer cancel()
	for _, set := range rrsets(expected) {
		served, err := d.awaitRRset(ctx, set)
		if err != nil {
			return err
		}
		for _, record := range served {
			fmt.Fprintf(d.out, "    %s\n", record)
		}
	}
	return nil
}

// awaitRRset asks until the answer holds the records of the set and no others.
func (d *demo) awaitRRset(ctx context.Context, set []dns.RR) ([]dns.RR, error) {
	header := set[0].Header()
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		served, err := lookup(ctx, d.simulator.DNS, header.Name, header.Rrtype)
		if err == nil && sameRecords(set, served) {
			return served, nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("%s %s: expected %v, served %v (%w)",
				header.Name, dns.TypeToString[header.Rrtype], set, served, errors.Join(err, context.Cause(ctx)))
		}
	}
}

// rrsets groups records by name and type, in the order of their first record.
func rrsets(records []dns.RR) [][]dns.RR {
	type key struct {
		name   string
		rrtype uint16
	}
	var sets [][]dns.RR
	place := map[key]int{}
	for _, record := range records {
		k := key{record.Header().Name, record.Header().Rrtype}
		i, ok := place[k]
		if !ok {
			i = len(sets)
			place[k] = i
			sets = append(sets, nil)
		}
		sets[i] = append(sets[i], record)
	}
	return sets
}

// sameRecords says whether what is served is what is expected, in whatever order.
func sameRecords(expected, served []dns.RR) bool {
	return len(expected) == len(served) && !slices.ContainsFunc(expected, func(record dns.RR) bool {
		return !slices.ContainsFunc(served, func(other dns.RR) bool { return matches(record, other) })
	})
}

// matches says whether a record is the expected one. An expected TTL of 0 is any.
func matches(expected, served dns.RR) bool {
	ttl := expected.Header().Ttl
	return dns.IsDuplicate(expected, served) && (ttl == 0 || ttl == served.Header().Ttl)
}
