package regapitest

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
)

// testLogin is the user of the test mode: parameters are checked, an example answer comes back, nothing changes (2.5).
const testLogin = "test"

// Account is a user of REG.API.
type Account struct {
	Login    string `json:"login"`
	Password string `json:"password"`
	// APIPassword is the alternative password for API alone (2.2.4.1); empty when there is none.
	APIPassword string `json:"apiPassword,omitempty"`
	// UserID is made up when 0.
	UserID int64 `json:"userID,omitempty"`
	// Email may be given instead of the login, if no other account has it too.
	Email string `json:"email,omitempty"`
	// Partner accounts may call the functions that others get RESELLER_AUTH_FAILED for.
	Partner bool `json:"partner,omitempty"`
	// AllowedIPs is the allow-list. Nil allows loopback; an empty list allows nobody (2.4).
	AllowedIPs []netip.Prefix `json:"allowedIPs,omitempty"`
	Balance    Balance        `json:"balance"`
	// Profiles are contacts that orders can name (8.7).
	Profiles []Profile `json:"profiles,omitempty"`
	// TransferRequests says why the account may not use domain/request_to_transfer (8.26): plan or disabled; empty when it may.
	TransferRequests string `json:"transferRequests,omitempty"`
	// Certificates are PEM certificates. Once there is one, every request must present one of them by TLS (2.2.4.1).
	Certificates []string `json:"certificates,omitempty"`
	// CertificateOptional lifts that demand, as the security settings of the older edition allow.
	CertificateOptional bool `json:"certificateOptional,omitempty"`
	// Denied answers ACCESS_DENIED, Blocked ACCOUNT_BLOCKED.
	Denied  bool `json:"denied,omitempty"`
	Blocked bool `json:"blocked,omitempty"`
	// PurchasesDisabled answers PURCHASES_DISABLED to everything that would cost money.
	PurchasesDisabled bool `json:"purchasesDisabled,omitempty"`
}

// Profile is a set of contacts that was stored under a name (8.7).
type Profile struct {
	// Type is GTLD, EU, TJ, RU.PP, RU.ORG, NEWTCI.ORG or NEWTCI.PP.
	Type     string            `json:"type"`
	Name     string            `json:"name"`
	Contacts map[string]string `json:"contacts,omitempty"`
}

// Balance is an account's money, in roubles with at most two decimals: "1000.50". Empty means 0.
type Balance struct {
	Prepay  string `json:"prepay,omitempty"`
	Blocked string `json:"blocked,omitempty"`
	Credit  string `json:"credit,omitempty"`
}

// Domain is a domain of an account, with its zone.
type Domain struct {
	// Name may be Unicode or punycode.
	Name string `json:"name"`
	// ServiceID is made up when 0.
	ServiceID int64 `json:"serviceID,omitempty"`
	// UserServID is the caller's own id: up to 32 characters of [0-9a-f].
	UserServID string `json:"userServID,omitempty"`
	// State is N, A (the default), S, D or O (7.7).
	State string `json:"state,omitempty"`
	// Created and Expires are dates, YYYY-MM-DD; the defaults are yesterday and a year later.
	Created string `json:"created,omitempty"`
	Expires string `json:"expires,omitempty"`
	Subtype string `json:"subtype,omitempty"`
	// NameServers are host names, each with its IP addresses after it where it lies in the domain itself: "ns1.example.ru 192.0.2.1".
	// Nil means ns1.reg.ru and ns2.reg.ru.
	NameServers []string `json:"nameServers,omitempty"`
	// Undelegated domains keep their name servers, but the registry does not point to them (8.22).
	Undelegated bool `json:"undelegated,omitempty"`
	// Contacts are the registrant's and others', by the names of domain/create (8.7); PrivatePerson hides them in WHOIS.
	Contacts      map[string]string `json:"contacts,omitempty"`
	PrivatePerson bool              `json:"privatePerson,omitempty"`
	// TTL and MinimumTTL are seconds, or numbers with a suffix of w, d, h; the defaults are 1d and 12h.
	TTL        string `json:"ttl,omitempty"`
	MinimumTTL string `json:"minimumTTL,omitempty"`
	// Records are the zone's. Parked adds the parking records.
	Records []Record `json:"records,omitempty"`
	Parked  bool     `json:"parked,omitempty"`
	// DNSSEC is enabled, disabled (the default) or unsupported, as it is in some TLDs.
	DNSSEC string `json:"dnssec,omitempty"`
	// RenewPrice is what a year costs, in roubles, where that is not the zone's price: that of a premium name.
	RenewPrice string `json:"renewPrice,omitempty"`
	// ReadOnly, Autorenew and GrantedTo are as those of a [Service].
	ReadOnly  bool   `json:"readOnly,omitempty"`
	Autorenew bool   `json:"autorenew,omitempty"`
	GrantedTo string `json:"grantedTo,omitempty"`
}

// Record is one resource record as the zone holds it.
type Record = dnszone.Record

// SOA is a zone's times, in seconds, and its serial number.
type SOA = dnszone.SOA

// account is an Account in use.
type account struct {
	Account
	balance      money
	books        Books
	certificates [][]byte
	// jelasticURL is where the users of Jelastic pay (11.3 of the older edition).
	jelasticURL  string
	blockedUntil time.Time
	failures     map[string]int
	// resellerURLs are those of user/set_reseller_url, by type of service and of address (5.5).
	resellerURLs map[string]string
}

// domain is a Domain in use.
type domain struct {
	*service
	NameServers   []string
	Undelegated   bool
	Contacts      map[string]string
	PrivatePerson bool
	zone          *dnszone.Zone
	dnssec        dnssec
	// process is the order that brought the domain here; nil for one that was always here.
	process *process
	// bid is the offer of which the domain is the object as long as it is nobody's; nil for every other.
	bid *bid
	// renewPrice is its own price of a year, 0 where that is the zone's.
	renewPrice int64
	// hosts are the name servers entered into the registry, with their addresses (8.17).
	hosts map[string][]string
	// verification is how far the registrant's e-mail address is (8.28).
	verification string
}

// delegatedHere tells whether the domain uses the registrar's name servers.
func (d *domain) delegatedHere() bool {
	for _, want := range dnszone.NameServers {
		if !slices.ContainsFunc(d.NameServers, func(server string) bool { return nameServerHost(server) == want }) {
			return false
		}
	}
	return true
}

func nameServerHost(server string) string {
	host, _, _ := strings.Cut(server, " ")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// state is everything that the simulated service knows. The server's lock guards it.
type state struct {
	// config is the server's: delays and behaviour.
	config   *config
	accounts map[string]*account
	// domains are those that hold their names: registered ones, and ordered ones on their way there.
	domains map[string]*domain
	// byID, byName and byUserServID hold all services, domains and deleted ones among them; usable, those that a login may use.
	byID         map[int64]*service
	byName       map[string][]*service
	byUserServID map[string]*service
	usable       map[string]map[int64]*service
	// bills are all there ever were, billsOf those of an account; unpaid are those that can still be paid.
	bills   map[int64]*bill
	billsOf map[string][]*bill
	unpaid  map[int64]*bill
	// late are renewals that were paid for and do not show yet.
	late []lateRenewal
	// registry holds what is known of names: who else has them, what they cost; auctions, those of them that can be bid for.
	registry map[string]*registryName
	auctions map[string]*registryName
	// pending are the ordered domains that the registry is not ready with.
	pending []*domain
	// prices are those that were changed since the start, by zone.
	prices map[string]zonePrices
	// offers are domains on their way from one account to another (8.23).
	offers []*offer
	// lots are domains for sale, by name (section 13).
	lots    map[string]*lot
	folders []*folder
	nextID  int64
	// day is that of the last request; overdue tells that a name was added since that is to be given away already.
	day     string
	overdue bool
}

func newState(config *config) *state {
	return &state{
		config: config, accounts: map[string]*account{}, domains: map[string]*domain{}, byID: map[int64]*service{}, byName: map[string][]*service{},
		byUserServID: map[string]*service{}, usable: map[string]map[int64]*service{}, bills: map[int64]*bill{}, billsOf: map[string][]*bill{},
		unpaid: map[int64]*bill{}, registry: map[string]*registryName{}, auctions: map[string]*registryName{}, prices: map[string]zonePrices{},
		lots: map[string]*lot{}, nextID: 1_000_001,
	}
}

func (s *state) freshID() int64 {
	s.nextID++
	return s.nextID
}

func (s *state) addAccount(a Account) error {
	if a.Login == "" || a.Login == testLogin {
		return fmt.Errorf("account %q: the login is empty or that of the test mode", a.Login)
	}
	if s.accounts[a.Login] != nil {
		return fmt.Errorf("account %q: the login is taken", a.Login)
	}
	added, err := newAccount(a)
	if err != nil {
		return fmt.Errorf("account %q: %w", a.Login, err)
	}
	if added.UserID == 0 {
		added.UserID = s.freshID()
	}
	s.accounts[a.Login] = added
	return nil
}

// withEmail returns the accounts that have an e-mail address.
func (s *state) withEmail(address string) []*account {
	found := []*account{}
	for _, a := range s.accounts {
		if strings.EqualFold(a.Email, address) {
			found = append(found, a)
		}
	}
	return found
}

func newAccount(a Account) (*account, error) {
	if a.AllowedIPs == nil {
		a.AllowedIPs = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	}
	balance, err := parseMoney(a.Balance)
	if err != nil {
		return nil, err
	}
	added := &account{Account: a, balance: balance, failures: map[string]int{}, resellerURLs: map[string]string{}}
	added.books.In = balance.prepay
	for _, text := range a.Certificates {
		block, _ := pem.Decode([]byte(text))
		if block == nil {
			return nil, errors.New("a certificate is not PEM")
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return nil, fmt.Errorf("parse a certificate: %w", err)
		}
		added.certificates = append(added.certificates, block.Bytes)
	}
	return added, nil
}

func (s *state) addDomain(login string, d Domain, b Behaviour, now time.Time) error {
	name, apiErr := dnszone.CanonicalDomain(d.Name)
	if apiErr != nil {
		return fmt.Errorf("domain %q: %w", d.Name, apiErr)
	}
	if s.accounts[login] == nil {
		return fmt.Errorf("domain %q: there is no account %q", d.Name, login)
	}
	if s.domains[name] != nil {
		return fmt.Errorf("domain %q: there is one already", d.Name)
	}
	added, err := newDomain(name, login, d, now)
	if err == nil {
		err = added.fillZone(d, b, now)
	}
	if err == nil {
		err = s.register(added.service, now)
	}
	if err != nil {
		return fmt.Errorf("domain %q: %w", d.Name, err)
	}
	if added.listed() {
		s.hold(added)
	}
	today := dayOf(now)
	added.past = added.Expires < today
	if added.State == stateSuspended && added.past && today <= added.lastDay() {
		added.lapsed, added.past = true, false
		s.announceAuction(added)
	}
	return nil
}

// newDomain makes a domain that the state does not know yet, with an empty zone.
func newDomain(name, login string, d Domain, now time.Time) (*domain, error) {
	if d.NameServers == nil {
		d.NameServers = dnszone.NameServers
	}
	if slices.ContainsFunc(d.NameServers, func(server string) bool { return strings.TrimSpace(server) == "" }) {
		return nil, errors.New("a name server is empty")
	}
	signed, err := newDNSSEC(name, d.DNSSEC)
	if err != nil {
		return nil, err
	}
	price, err := parseMoney(Balance{Prepay: d.RenewPrice})
	if err != nil {
		return nil, err
	}
	added := &domain{
		renewPrice:  price.prepay,
		NameServers: slices.Clone(d.NameServers), Undelegated: d.Undelegated, Contacts: maps.Clone(d.Contacts), PrivatePerson: d.PrivatePerson,
		zone: dnszone.New(name, now), dnssec: signed,
	}
	added.service = &service{Name: name, owner: login, domain: added, Service: Service{
		Servtype: domainType, Subtype: d.Subtype, Domain: name, ServiceID: d.ServiceID, UserServID: d.UserServID, State: d.State,
		Created: d.Created, Expires: d.Expires, ReadOnly: d.ReadOnly, Autorenew: d.Autorenew, GrantedTo: d.GrantedTo,
	}}
	return added, nil
}

// removeDomain makes a domain one that never was; bills that were paid for it stay.
func (s *state) removeDomain(d *domain) {
	s.withdrawAuction(d)
	s.part(d, stateDeleted)
	s.pending = slices.DeleteFunc(s.pending, func(other *domain) bool { return other == d })
	s.forgetService(d.service)
}

func (d *domain) fillZone(seed Domain, b Behaviour, now time.Time) error {
	records := slices.Clone(seed.Records)
	if seed.Parked || (b.FreshZonesParked && len(records) == 0) {
		records = append(records, parkingRecords...)
	}
	if err := d.zone.SetTimes(seed.TTL, seed.MinimumTTL, b); err != nil {
		return err
	}
	for _, r := range records {
		if _, err := d.zone.Add(r, b); err != nil {
			return fmt.Errorf("record %s %s: %w", r.Name, r.Type, err)
		}
	}
	d.zone.Publish(now, 0)
	return nil
}
