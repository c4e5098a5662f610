package harness

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
	"golang.org/x/net/idna"
)

// resolveTimeout is how long a change may take to be served, ten times what it takes on two busy cores.
const resolveTimeout = 3 * time.Minute

// Lookup asks a name server (host:port) for the records of a name, which may be Unicode, and returns their data in order:
// "192.0.2.1", "10 mail.example.ru.". A name without records, and one that does not exist, have none.
func Lookup(ctx context.Context, server, name, recordType string) ([]string, error) {
	ascii, err := idna.ToASCII(name)
	if err != nil {
		return nil, err
	}
	code, ok := dns.StringToType[recordType]
	if !ok {
		return nil, fmt.Errorf("%q is no type of record", recordType)
	}
	question := new(dns.Msg).SetQuestion(dns.Fqdn(ascii), code)
	client := &dns.Client{Net: "tcp", Timeout: requestTimeout} // no answer is cut off
	answer, _, err := client.ExchangeContext(ctx, question, server)
	if err != nil {
		return nil, err
	}
	if answer.Rcode != dns.RcodeSuccess && answer.Rcode != dns.RcodeNameError {
		return nil, fmt.Errorf("%s %s: the name server answers %s", name, recordType, dns.RcodeToString[answer.Rcode])
	}
	records := answer.Answer
	if len(records) == 0 && code == dns.TypeNS {
		records = answer.Ns // a delegation is answered by referral
	}
	data := []string{}
	for _, record := range records {
		if record.Header().Rrtype == code {
			data = append(data, strings.TrimPrefix(record.String(), record.Header().String()))
		}
	}
	slices.Sort(data)
	return data, nil
}

// Resolves waits until a name server answers exactly the data for a name; without any, until the name has no such records.
func Resolves(t testing.TB, server, name, recordType string, data ...string) {
	t.Helper()
	want := append([]string{}, data...)
	slices.Sort(want)
	Eventually(t, resolveTimeout, fmt.Sprintf("%s %s resolves to %q", name, recordType, want), func() error {
		found, err := Lookup(t.Context(), server, name, recordType)
		if err != nil {
			return err
		}
		if diff := cmp.Diff(want, found); diff != "" {
			return errors.New("served (-want +got):\n" + diff)
		}
		return nil
	})
}
