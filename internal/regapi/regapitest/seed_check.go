package regapitest

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/contact"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
)

// Check refuses what no server could hold: values that are none, names of nothing. Each error begins with the path of its field.
func (seed Seed) Check() error {
	c := &seedCheck{logins: map[string]bool{testLogin: true}, domains: map[string]bool{}}
	for _, a := range seed.Accounts {
		c.logins[a.Login] = true
		for _, d := range a.Domains {
			if name, err := dnszone.CanonicalDomain(d.Name); err == nil {
				c.domains[name] = true
			}
		}
	}
	if err := seed.Behaviour.Check(); err != nil {
		c.errs = append(c.errs, err)
	}
	for i, a := range seed.Accounts {
		c.account(fmt.Sprintf("accounts[%d]", i), a)
	}
	for i, n := range seed.Registry {
		c.registryName(fmt.Sprintf("registry[%d]", i), n)
	}
	for i, l := range seed.Lots {
		at := fmt.Sprintf("lots[%d]", i)
		c.held(at+".name", l.Name)
		c.amount(at+".price", l.Price)
		c.oneOf(at+".priceType", l.PriceType, "", priceFixed, priceOffer)
		c.number(at+".id", l.ID)
		for j, id := range l.Categories {
			if unknownCategory(id) {
				c.refuse(fmt.Sprintf("%s.categories[%d]", at, j), "%q is no category", id)
			}
		}
	}
	for zone, prices := range seed.Prices {
		c.note("prices."+zone, newState(&config{}).setPrices(zone, prices))
	}
	if _, err := seed.Delays.Delays(); err != nil {
		c.errs = append(c.errs, fmt.Errorf("delays.%w", err))
	}
	for i, f := range seed.Faults {
		c.fault(fmt.Sprintf("faults[%d]", i), f)
	}
	if len(c.errs) == 0 {
		// What clashes shows when it is added.
		config := defaultConfig()
		config.behaviour = seed.Behaviour
		return newState(&config).addAll(seed, time.Now())
	}
	return errors.Join(c.errs...)
}

// seedCheck gathers what is wrong with a seed.
type seedCheck struct {
	errs []error
	// logins and domains are those that the seed itself makes known.
	logins, domains map[string]bool
}

func (c *seedCheck) refuse(at, format string, values ...any) {
	c.errs = append(c.errs, fmt.Errorf("%s: "+format, append([]any{at}, values...)...))
}

func (c *seedCheck) note(at string, err error) {
	if err != nil {
		c.refuse(at, "%w", err)
	}
}

func (c *seedCheck) number(at string, number int64) {
	if number < 0 {
		c.refuse(at, "%d is negative", number)
	}
}

func (c *seedCheck) date(at, text string) {
	if _, err := time.Parse(time.DateOnly, text); err != nil && text != "" {
		c.refuse(at, "%q is no date, such as 2026-12-31", text)
	}
}

func (c *seedCheck) amount(at, text string) {
	if m, err := parseMoney(Balance{Prepay: text}); err != nil || m.prepay < 0 {
		c.refuse(at, "%q is no amount of roubles", text)
	}
}

func (c *seedCheck) oneOf(at, value string, words ...string) {
	if !slices.Contains(words, value) {
		c.refuse(at, "%q is none of %s", value, strings.Join(slices.DeleteFunc(words, func(word string) bool { return word == "" }), ", "))
	}
}

func (c *seedCheck) name(at, name string) {
	if _, err := dnszone.CanonicalDomain(name); err != nil {
		c.refuse(at, "%q is no name of a domain", name)
	}
}

// held wants the name of a domain that an account of the seed has.
func (c *seedCheck) held(at, name string) {
	if canonical, err := dnszone.CanonicalDomain(name); err != nil || !c.domains[canonical] {
		c.refuse(at, "no account has a domain %q", name)
	}
}

func (c *seedCheck) login(at, login string) {
	if login != "" && !c.logins[login] {
		c.refuse(at, "there is no account %q", login)
	}
}

func (c *seedCheck) account(at string, a SeedAccount) {
	if a.Login == "" || a.Login == testLogin {
		c.refuse(at+".login", "%q is empty or that of the test mode", a.Login)
	}
	if a.Password == "" {
		c.refuse(at+".password", "it is missing")
	}
	c.number(at+".userID", a.UserID)
	for field, text := range map[string]string{"prepay": a.Balance.Prepay, "blocked": a.Balance.Blocked, "credit": a.Balance.Credit} {
		// The balance itself may be below nothing, as that of who owes something is.
		if m, err := parseMoney(Balance{Prepay: text}); err != nil || (m.prepay < 0 && field != "prepay") {
			c.refuse(at+".balance."+field, "%q is no amount of roubles", text)
		}
	}
	c.oneOf(at+".transferRequests", a.TransferRequests, "", requestsNeedPlan, requestsDisabled)
	for i, p := range a.Profiles {
		if !contact.KnowsProfile(p.Type) {
			c.refuse(fmt.Sprintf("%s.profiles[%d].type", at, i), "%q is no type of profile (8.7)", p.Type)
		}
		c.contacts(fmt.Sprintf("%s.profiles[%d].contacts", at, i), p.Contacts)
	}
	for i, d := range a.Domains {
		c.domain(fmt.Sprintf("%s.domains[%d]", at, i), d)
	}
	for i, s := range a.Services {
		c.service(fmt.Sprintf("%s.services[%d]", at, i), s)
	}
	for i, f := range a.Folders {
		c.number(fmt.Sprintf("%s.folders[%d].folderID", at, i), f.FolderID)
		for j, name := range f.Domains {
			c.held(fmt.Sprintf("%s.folders[%d].domains[%d]", at, i, j), name)
		}
	}
}

var seedStates = []string{"", stateInactive, stateActive, stateSuspended, stateDeleted, stateMoved}

func (c *seedCheck) domain(at string, d Domain) {
	c.name(at+".name", d.Name)
	c.number(at+".serviceID", d.ServiceID)
	c.oneOf(at+".state", d.State, seedStates...)
	c.date(at+".created", d.Created)
	c.date(at+".expires", d.Expires)
	c.amount(at+".renewPrice", d.RenewPrice)
	c.period(at, d.Created, d.Expires)
	c.login(at+".grantedTo", d.GrantedTo)
	c.contacts(at+".contacts", d.Contacts)
	c.oneOf(at+".dnssec", d.DNSSEC, "", dnssecEnabled, dnssecDisabled, dnssecUnsupported)
	name, err := dnszone.CanonicalDomain(d.Name)
	if err != nil {
		return
	}
	for i, server := range d.NameServers {
		c.nameServer(fmt.Sprintf("%s.nameServers[%d]", at, i), server, name)
	}
	zone := dnszone.New(name, time.Time{})
	for field, text := range map[string]string{"ttl": d.TTL, "minimumTTL": d.MinimumTTL} {
		if err := zone.SetTimes(text, "", Behaviour{}); err != nil {
			c.refuse(at+"."+field, "%q is no time, such as 3600 or 1d", text)
		}
	}
	for i, r := range d.Records {
		if _, err := zone.Add(r, Behaviour{}); err != nil {
			c.refuse(fmt.Sprintf("%s.records[%d]", at, i), "%w", err)
		}
		c.number(fmt.Sprintf("%s.records[%d].priority", at, i), int64(r.Priority))
	}
}

// period wants the end of a paid period behind its beginning, where both are given.
func (c *seedCheck) period(at, created, expires string) {
	if created != "" && expires != "" && expires < created {
		c.refuse(at+".expires", "%s is before %s, when it was created", expires, created)
	}
}

func (c *seedCheck) contacts(at string, contacts map[string]string) {
	known := append(contact.AllNames(), privacyFlag)
	for _, name := range slices.Sorted(maps.Keys(contacts)) {
		if !slices.Contains(known, name) {
			c.refuse(at+"."+name, "it is no contact (8.7)")
		}
	}
}

// nameServer wants a host, with addresses after it.
func (c *seedCheck) nameServer(at, server, domain string) {
	fields := strings.Fields(server)
	good := len(fields) > 0
	for i, field := range fields {
		if i > 0 {
			_, err := netip.ParseAddr(field)
			good = good && err == nil
			continue
		}
		host, ok := dnszone.CanonicalHost(field, domain)
		good = ok && strings.Contains(host, ".")
	}
	if !good {
		c.refuse(at, "%q is no name server, such as ns1.example.net", server)
	}
}

func (c *seedCheck) service(at string, s Service) {
	if s.Servtype == domainType || !slices.ContainsFunc(tariffs, func(t tariff) bool { return t.servtype == s.Servtype }) {
		c.refuse(at+".servtype", "%q is no type of service", s.Servtype)
	}
	if s.Domain != "" {
		c.name(at+".domain", s.Domain)
	}
	c.number(at+".serviceID", s.ServiceID)
	c.number(at+".uplinkServiceID", s.UplinkServiceID)
	c.oneOf(at+".state", s.State, seedStates...)
	c.date(at+".created", s.Created)
	c.date(at+".expires", s.Expires)
	c.period(at, s.Created, s.Expires)
	c.login(at+".grantedTo", s.GrantedTo)
}

func (c *seedCheck) registryName(at string, n RegistryName) {
	c.name(at+".name", n.Name)
	statuses := []string{"", namePremium, nameDeleted}
	for status := range unavailable {
		statuses = append(statuses, status)
	}
	slices.Sort(statuses)
	c.oneOf(at+".status", n.Status, statuses...)
	c.oneOf(at+".lock", n.Lock, slices.Clone(transferLocks)...)
	c.date(at+".created", n.Created)
	c.date(at+".expires", n.Expires)
	for field, text := range map[string]string{
		"price": n.Price, "renewPrice": n.RenewPrice, "startPrice": n.StartPrice, "blitzPrice": n.BlitzPrice,
	} {
		c.amount(at+"."+field, text)
	}
	for field, number := range map[string]int{
		"tic": n.TIC, "pageRank": n.PageRank, "views": n.Views, "visitors": n.Visitors, "traffic": n.Traffic,
	} {
		c.number(at+"."+field, int64(number))
	}
}

func (c *seedCheck) fault(at string, spec FaultSpec) {
	_, err := spec.Fault()
	c.note(at, err)
	c.login(at+".login", spec.Login)
	if spec.Domain != "" {
		c.name(at+".domain", spec.Domain)
	}
	known := func(f catalog.Function) bool {
		matched, err := path.Match(spec.Function, f.Name)
		return err == nil && matched
	}
	if spec.Function != "" && spec.Function != "*" && !slices.ContainsFunc(catalog.Functions(), known) {
		c.refuse(at+".function", "%q is no function and no pattern of any", spec.Function)
	}
}
