package regapitest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// RegistryName is what the registries know of a name that no account holds: who else has it, what it costs, when it becomes free.
type RegistryName struct {
	// Name may be Unicode or punycode.
	Name string `json:"name"`
	// Status is taken (the default), premium, deleted, expiring, or why the name cannot be had: reserved, stop-list, stop-pattern.
	Status string `json:"status,omitempty"`
	// Created and Expires are dates, YYYY-MM-DD, of a taken, deleted or expiring name; Expires is when it becomes or became free. The defaults are
	// two years ago and a year from now, yesterday for a deleted name.
	Created string `json:"created,omitempty"`
	Expires string `json:"expires,omitempty"`
	// AuthInfo is the key that a transfer needs; empty takes any.
	AuthInfo string `json:"authInfo,omitempty"`
	// Lock keeps a name where it is: client (set by its registrar) or registry.
	Lock string `json:"lock,omitempty"`
	// Confirm makes a transfer wait for [Server.ConfirmTransfer].
	Confirm bool `json:"confirm,omitempty"`
	// Price and RenewPrice are roubles a year: of a premium name.
	Price      string `json:"price,omitempty"`
	RenewPrice string `json:"renewPrice,omitempty"`
	// StartPrice and BlitzPrice are roubles: the least bid for an expiring name, and the one that ends the bidding.
	StartPrice string `json:"startPrice,omitempty"`
	BlitzPrice string `json:"blitzPrice,omitempty"`
	// Registrar is who has it now, as the lists of expiring names tell (8.11).
	Registrar string `json:"registrar,omitempty"`
	// NameServers and Contacts are what a transfer takes over where the order does not say (8.8); the defaults are ns1.example.net and
	// ns2.example.net for a taken name, and none.
	NameServers []string          `json:"nameServers,omitempty"`
	Contacts    map[string]string `json:"contacts,omitempty"`
	// TIC and PageRank are the search engines' marks of old (8.5).
	TIC      int `json:"tic,omitempty"`
	PageRank int `json:"pageRank,omitempty"`
	// Views, Visitors and Traffic are of a month; Queries and Mirrors, the searches that led there and the sites that copied it (8.11).
	Views    int    `json:"views,omitempty"`
	Visitors int    `json:"visitors,omitempty"`
	Traffic  int    `json:"traffic,omitempty"`
	Queries  string `json:"queries,omitempty"`
	Mirrors  string `json:"mirrors,omitempty"`
	// Recommended marks what the lists call premium (8.11).
	Recommended bool `json:"recommended,omitempty"`
}

// The statuses of a RegistryName.
const (
	nameTaken    = "taken"
	namePremium  = "premium"
	nameDeleted  = "deleted"
	nameExpiring = "expiring"
)

// unavailable are the statuses for which a name cannot be registered, with their codes (2.3.3).
var unavailable = map[string]string{
	nameTaken: "DOMAIN_ALREADY_EXISTS", nameExpiring: "DOMAIN_ALREADY_EXISTS",
	"reserved": "DOMAIN_BAD_NAME", "stop-list": "DOMAIN_STOP_LIST", "stop-pattern": "DOMAIN_STOP_PATTERN",
}

// The transfer locks.
const (
	lockClient   = "client"
	lockRegistry = "registry"
)

// directI is the registrar through which the vendor itself once registered, and from which nothing is transferred by itself (2.3.3).
const directI = "DirectI"

var transferLocks = []string{"", lockClient, lockRegistry}

// registryName is a RegistryName in use: its name is canonical, its prices are hundredths of a rouble.
type registryName struct {
	RegistryName
	price, renewPrice, startPrice, blitzPrice int64
	bids                                      []*bid
}

func (s *state) addRegistryName(n RegistryName, now time.Time) error {
	name, apiErr := dnszone.CanonicalDomain(n.Name)
	if apiErr != nil {
		return fmt.Errorf("registry name %q: %w", n.Name, apiErr)
	}
	if s.registry[name] != nil || s.domains[name] != nil {
		return fmt.Errorf("registry name %q: there is one already", n.Name)
	}
	n.Name = name
	added := &registryName{RegistryName: n.withDefaults(now)}
	if err := added.check(); err != nil {
		return fmt.Errorf("registry name %q: %w", n.Name, err)
	}
	s.setRegistryName(added)
	s.overdue = s.overdue || added.Status == nameExpiring && added.Expires <= s.day
	return nil
}

// setRegistryName replaces what is known of a name.
func (s *state) setRegistryName(n *registryName) {
	s.registry[n.Name] = n
	delete(s.auctions, n.Name)
	if n.Status == nameExpiring {
		s.auctions[n.Name] = n
	}
}

func (s *state) forgetRegistryName(name string) {
	delete(s.registry, name)
	delete(s.auctions, name)
}

func (n RegistryName) withDefaults(now time.Time) RegistryName {
	if n.Status == "" {
		n.Status = nameTaken
	}
	if n.Status == nameTaken && n.NameServers == nil {
		n.NameServers = []string{"ns1.example.net", "ns2.example.net"}
	}
	if n.Created == "" {
		n.Created = now.AddDate(-2, 0, 0).Format(time.DateOnly)
	}
	if n.Expires == "" {
		n.Expires = now.AddDate(1, 0, 0).Format(time.DateOnly)
		if n.Status == nameDeleted {
			n.Expires = now.AddDate(0, 0, -1).Format(time.DateOnly)
		}
	}
	return n
}

func (n *registryName) check() error {
	if unavailable[n.Status] == "" && n.Status != namePremium && n.Status != nameDeleted {
		return fmt.Errorf("status %q is none of taken, premium, deleted, expiring, reserved, stop-list, stop-pattern", n.Status)
	}
	if !slices.Contains(transferLocks, n.Lock) {
		return fmt.Errorf("lock %q is none of client, registry", n.Lock)
	}
	for _, date := range []string{n.Created, n.Expires} {
		if _, err := time.Parse(time.DateOnly, date); err != nil {
			return err
		}
	}
	for text, into := range map[*string]*int64{
		&n.Price: &n.price, &n.RenewPrice: &n.renewPrice, &n.StartPrice: &n.startPrice, &n.BlitzPrice: &n.blitzPrice,
	} {
		amount, err := parseMoney(Balance{Prepay: *text})
		if err != nil {
			return err
		}
		*into = amount.prepay
	}
	return nil
}

// registryNames returns the names of a status, sorted.
func (s *state) registryNames(status string) []*registryName {
	found := []*registryName{}
	for _, n := range s.registry {
		if n.Status == status {
			found = append(found, n)
		}
	}
	slices.SortFunc(found, func(a, b *registryName) int { return strings.Compare(a.Name, b.Name) })
	return found
}

// expiring returns the names that can be bid for, sorted.
func (s *state) expiring() []*registryName {
	return slices.SortedFunc(maps.Values(s.auctions), func(a, b *registryName) int { return strings.Compare(a.Name, b.Name) })
}

// available tells whether a name could be registered by anybody; a premium name is returned too.
//
// Errors (2.3.3): DOMAIN_ALREADY_EXISTS, DOMAIN_BAD_NAME, DOMAIN_STOP_LIST, DOMAIN_STOP_PATTERN.
func (s *state) available(given, name string) (*registryName, *refusal.Error) {
	if s.domains[name] != nil {
		return nil, refusal.New("DOMAIN_ALREADY_EXISTS")
	}
	known := s.registry[name]
	if known == nil {
		return nil, nil
	}
	switch code := unavailable[known.Status]; code {
	case "":
		return known, nil
	case "DOMAIN_BAD_NAME", "DOMAIN_STOP_PATTERN":
		return nil, refusal.New(code, "domain_name", given)
	default:
		return nil, refusal.New(code)
	}
}

// transferable tells whether a name that others hold could be transferred here (8.6, 8.8).
//
// Errors (2.3.3): DOMAIN_ORDER_LOCKED for a name that somebody else has ordered, CANT_OBTAIN_EXPDATE for one that no other registrar has,
// DOMAIN_EXPIRED, DOMAIN_TOO_YOUNG, DOMAIN_REGISTERED_VIA_DIRECTI, DOMAIN_CLIENT_TRANSFER_PROHIBITED, DOMAIN_TRANSFER_PROHIBITED_UNKNOWN.
func (s *state) transferable(given, name string, now time.Time) (*registryName, *refusal.Error) {
	const (
		minAge  = 60
		minRest = 5
	)
	known := s.registry[name]
	if held := s.domains[name]; held != nil && held.State == stateInactive {
		return nil, refusal.New("DOMAIN_ORDER_LOCKED")
	}
	if known == nil || known.Status != nameTaken {
		return nil, refusal.New("CANT_OBTAIN_EXPDATE", "domain_name", given)
	}
	day := func(days int) string { return now.AddDate(0, 0, days).Format(time.DateOnly) }
	switch {
	case known.Expires < day(minRest):
		return nil, refusal.New("DOMAIN_EXPIRED", "domain_name", given)
	case known.Created > day(-minAge):
		return nil, refusal.New("DOMAIN_TOO_YOUNG", "domain_name", given)
	case strings.EqualFold(known.Registrar, directI):
		return nil, refusal.New("DOMAIN_REGISTERED_VIA_DIRECTI", "domain_name", given)
	case known.Lock == lockClient:
		return nil, refusal.New("DOMAIN_CLIENT_TRANSFER_PROHIBITED", "domain_name", given)
	case known.Lock == lockRegistry:
		return nil, refusal.New("DOMAIN_TRANSFER_PROHIBITED_UNKNOWN", "domain_name", given)
	}
	return known, nil
}
