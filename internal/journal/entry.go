package journal

import (
	"bytes"
	"encoding/json"
	"iter"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

const (
	// maxBody bounds what is kept of one request, and of one answer, in bytes.
	maxBody = 16 << 10
	// maxDomains bounds the domains that an entry names.
	maxDomains = 50
)

// Entry is one request with its answer.
type Entry struct {
	// Number of the entry, in the order in which answers came.
	Number int64     `json:"number"`
	At     time.Time `json:"at"`
	// Account that it was made for, as namespace/name.
	Account  string `json:"account"`
	Function string `json:"function"`
	// Domains that the request names, the first of them, and MoreDomains how many others.
	Domains     []string `json:"domains,omitempty"`
	MoreDomains int      `json:"moreDomains,omitempty"`
	// AskedBy: object, external-dns, challenge, sweep, person; several where the request carries the work of several.
	AskedBy string `json:"askedBy"`
	// Code is OK, an error code of REG.API, or TRANSPORT, CANCELLED, OTHER.
	Code         string `json:"code"`
	Milliseconds int64  `json:"milliseconds"`
	// Request and Answer without secrets; Cut says that something was too long to be kept.
	Request json.RawMessage `json:"request,omitempty"`
	Answer  json.RawMessage `json:"answer,omitempty"`
	Cut     bool            `json:"cut,omitempty"`
	// Dropped is how many requests before this one came too fast to be kept.
	Dropped int64 `json:"dropped,omitempty"`
}

// seen is a request as it passed, with its secrets.
type seen struct {
	at      time.Time
	took    time.Duration
	account string
	askers  traffic.Askers
	request *regapi.Request
	answer  *regapi.Answer
	err     error
}

// entry takes the secrets out.
func (s seen) entry() Entry {
	e := Entry{
		At: s.at.UTC(), Account: s.account, Function: s.request.Function, AskedBy: s.askers.String(), Code: traffic.OutcomeCode(s.err),
		Milliseconds: s.took.Milliseconds(),
	}
	if e.Code == "" {
		e.Code = "OK"
	}
	sent := s.request.WriteDown(maxBody)
	e.Request, e.Cut = sent.JSON, !sent.Whole
	e.Domains, e.MoreDomains = domainsIn(s.request)
	if function, known := catalog.Find(s.request.Function); s.answer != nil && known && !function.Personal {
		got := s.answer.WriteDown(maxBody)
		e.Answer, e.Cut = got.JSON, e.Cut || !got.Whole
	}
	return e
}

// size of an entry in the ring, in bytes, roughly.
func (e Entry) size() int {
	size := 256 + len(e.Request) + len(e.Answer) + len(e.Account) + len(e.Function)
	for _, domain := range e.Domains {
		size += len(domain) + 16
	}
	return size
}

// Names says whether the entry is about a domain, however that is spelled.
func (e Entry) Names(domain string) bool {
	ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(domain, "."))
	return err == nil && slices.Contains(e.Domains, strings.ToLower(ascii))
}

// domainParameters are what requests name domains by (2.2.4.4).
var domainParameters = []string{"dname", "domain_name", "domain"}

// domainsIn gives the domains that the parameters of a request name.
func domainsIn(request *regapi.Request) (domains []string, more int) {
	domains = DomainsIn(request.Params)
	more = max(len(domains)-maxDomains, 0)
	return domains[:len(domains)-more], more
}

// DomainsIn gives the domains that parameters name, in punycode.
func DomainsIn(params any) []string {
	text, err := json.Marshal(params)
	if err != nil {
		return nil
	}
	var domains []string
	known := map[string]bool{"": true}
	for _, name := range domainParameters {
		for domain := range membersOf(text, name) {
			if domain = regapi.CanonicalName(domain); !known[domain] {
				known[domain] = true
				domains = append(domains, domain)
			}
		}
	}
	return domains
}

// membersOf goes through the texts that are members of this name, however deep, in JSON as encoding/json writes it. Requests hold thousands of
// actions, of which nothing else is wanted; within a text, a quote has a backslash before it.
func membersOf(text []byte, name string) iter.Seq[string] {
	member := []byte(`"` + name + `":"`)
	return func(yield func(string) bool) {
		for rest := text; ; {
			at := bytes.Index(rest, member)
			if at < 0 {
				return
			}
			rest = rest[at+len(member)-1:]
			var value string
			if json.NewDecoder(bytes.NewReader(rest)).Decode(&value) == nil && !yield(value) {
				return
			}
			rest = rest[1:]
		}
	}
}
