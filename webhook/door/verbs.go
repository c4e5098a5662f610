package door

import (
	"cmp"
	"context"
	"encoding/json"
	"path"
	"slices"
	"strconv"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	wire "github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/folder/manifest"
	"github.com/regapi-io/regapi-operator/internal/holdings"
	"github.com/regapi-io/regapi-operator/internal/journal"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// fresh is how old a reading may be that answers a question about what the account holds.
const fresh = 10 * time.Minute

// inventory tells what the account holds. What is known from sweeps is not asked for again.
func (s *Server) inventory(ctx context.Context, c call) (any, error) {
	connection, err := s.connection(ctx, c)
	if err != nil {
		return nil, err
	}
	if c.URL.Query().Get("folders") == "true" {
		folders, err := manifest.Folders(ctx, connection.Client, "", v1alpha1.AccountReference{})
		return wire.FolderList{Folders: folders}, err
	}
	listing, err := connection.Inventory.Listing(ctx)
	if err != nil {
		return nil, err
	}
	held := holdings.Holdings{Domains: []holdings.Domain{}}
	for _, service := range listing {
		held.Domains = append(held.Domains, holdings.DomainOf(*service))
	}
	slices.SortFunc(held.Domains, func(a, b holdings.Domain) int { return cmp.Compare(a.Name, b.Name) })
	if c.URL.Query().Get("records") != "true" {
		return held, nil
	}
	return held, readZones(ctx, connection, held.Domains, fresh)
}

// readZones fills in the records of domains, with one request for each thousand whose reading is older than that.
func readZones(ctx context.Context, connection *account.Connection, domains []holdings.Domain, within time.Duration) error {
	var unread []*holdings.Domain
	for i := range domains {
		if zone, known := connection.RecentZone(domains[i].Name, within); known {
			domains[i].Fill(zone)
			continue
		}
		unread = append(unread, &domains[i])
	}
	for part := range slices.Chunk(unread, regapi.MaxObjects) {
		refs := make([]regapi.DomainRef, len(part))
		for i, domain := range part {
			refs[i] = regapi.ByName(domain.Name)
		}
		asked := time.Now()
		zones, err := connection.Client.Zone.GetResourceRecords(ctx, refs...)
		if err != nil {
			return err
		}
		for i, zone := range zones {
			part[i].Fill(zone)
			if zone.Err == nil {
				connection.Inventory.LearnZone(part[i].Name, zone, asked)
			}
		}
	}
	return nil
}

// journal gives entries of the Account's requests.
func (s *Server) journal(ctx context.Context, c call) (any, error) {
	if _, err := s.connection(ctx, c); err != nil {
		return nil, err // An Account that is not there has no journal, and says so.
	}
	query := c.URL.Query()
	after, err := strconv.ParseInt(cmp.Or(query.Get("after"), "0"), 10, 64)
	if err != nil {
		return nil, apierrors.NewBadRequest("after is the number of an entry")
	}
	pattern, domain := query.Get("function"), query.Get("domain")
	if _, err := path.Match(pattern, ""); err != nil {
		return nil, apierrors.NewBadRequest("function is no pattern: write zone/* or the name of a function")
	}
	wants := func(e journal.Entry) bool {
		matches, _ := path.Match(pattern, e.Function)
		return (pattern == "" || matches) && (domain == "" || e.Names(domain))
	}
	if query.Get("wait") != "true" {
		now, cancel := context.WithCancel(ctx)
		cancel()
		ctx = now
	} else {
		soon, cancel := context.WithTimeout(ctx, answerWithin-time.Second)
		defer cancel()
		ctx = soon
	}
	entries, last := s.settings.Journal.After(ctx, c.key.String(), after, wants)
	return wire.Page{Entries: entries, Last: last}, nil
}

// refresh reads zones now, and has the objects of their domains looked at.
func (s *Server) refresh(ctx context.Context, c call) (any, error) {
	var asked wire.RefreshRequest
	if err := c.body(&asked); err != nil {
		return nil, err
	}
	connection, err := s.connection(ctx, c)
	if err != nil {
		return nil, err
	}
	names := asked.Domains
	if len(names) == 0 {
		if names, err = connection.Inventory.Domains(ctx); err != nil {
			return nil, err
		}
	}
	domains := make([]holdings.Domain, len(names))
	for i, name := range names {
		domains[i] = holdings.Domain{Name: regapi.CanonicalName(name)}
	}
	if err := readZones(ctx, connection, domains, 0); err != nil {
		return nil, err
	}
	answer := wire.Refreshed{Domains: len(domains)}
	for _, domain := range domains {
		if domain.Problem != "" {
			if answer.Problems == nil {
				answer.Problems = map[string]string{}
			}
			answer.Problems[domain.Name] = domain.Problem
		}
		s.settings.Changed(c.key, domain.Name)
	}
	return answer, nil
}

// raw makes one call, if its function goes through the verb.
func (s *Server) raw(verb string) func(context.Context, call) (any, error) {
	return func(ctx context.Context, c call) (any, error) {
		var asked wire.Call
		if err := c.body(&asked); err != nil {
			return nil, err
		}
		if through, why := wire.Serves(asked.Function); through != verb {
			if through != "" {
				why = "it goes through accounts/" + through
			}
			return nil, apierrors.NewBadRequest(asked.Function + " does not go through accounts/" + verb + ": " + why)
		}
		connection, err := s.connection(ctx, c)
		if err != nil {
			return nil, err
		}
		if verb == wire.RawWrite {
			defer noteWrites(connection, asked.Params)
		}
		if asked.Params == nil {
			asked.Params = map[string]any{} // A call takes an object, if an empty one.
		}
		var answer json.RawMessage
		if err := connection.Client.Call(ctx, asked.Function, asked.Params, &answer); err != nil {
			return nil, err
		}
		shown, err := regapi.Redact(asked.Function, asked.Params, answer)
		if err != nil {
			return nil, err
		}
		return wire.Answer{Answer: shown}, nil
	}
}

// noteWrites makes what is known of the named domains old.
func noteWrites(connection *account.Connection, params map[string]any) {
	for _, domain := range journal.DomainsIn(params) {
		connection.Inventory.NoteWrite(domain)
	}
}
