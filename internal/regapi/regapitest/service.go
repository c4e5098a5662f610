package regapitest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// domainType is the servtype of domains (2.2.4.3).
const domainType = "domain"

// The states of a service (7.7).
const (
	stateInactive  = "N"
	stateActive    = "A"
	stateSuspended = "S"
	stateDeleted   = "D"
	stateMoved     = "O"
)

// Service is something ordered that is no domain: a hosting, web forwarding, a certificate.
type Service struct {
	// Servtype is such as srv_webfwd; Subtype its plan.
	Servtype string `json:"servtype"`
	Subtype  string `json:"subtype,omitempty"`
	// Domain is the name of the domain that it belongs to, of whoever it is; empty for what belongs to none.
	Domain string `json:"domain,omitempty"`
	// ServiceID is made up when 0.
	ServiceID  int64  `json:"serviceID,omitempty"`
	UserServID string `json:"userServID,omitempty"`
	// UplinkServiceID is the service that it is an addition to.
	UplinkServiceID int64 `json:"uplinkServiceID,omitempty"`
	// State is N, A (the default), S, D or O (7.7).
	State string `json:"state,omitempty"`
	// Created and Expires are dates, YYYY-MM-DD; the defaults are yesterday and a year later.
	Created string `json:"created,omitempty"`
	Expires string `json:"expires,omitempty"`
	// ReadOnly services must not be changed: service/check_readonly says so, and everything that would change them answers DOMAIN_PROTECTION.
	ReadOnly bool `json:"readOnly,omitempty"`
	// Autorenew is the flag of service/set_autorenew_flag.
	Autorenew bool `json:"autorenew,omitempty"`
	// GrantedTo is the login of who has partial control.
	GrantedTo string `json:"grantedTo,omitempty"`
	// Details are the settings that service/get_details shows; those of a domain are its contacts.
	Details map[string]string `json:"details,omitempty"`
}

// service is a Service in use, or what a domain has in common with one; its domain name is canonical.
type service struct {
	Service
	// Name is the domain's canonical name, as Service.Domain is once in use.
	Name  string
	owner string
	// domain is set where the service is itself a domain.
	domain *domain
	// forwards are those of web forwarding (7.12), by where they start.
	forwards []forward
	// balance is the money on an external service, in hundredths of a rouble (7.25).
	balance int64
	// lapsed tells that it was suspended because the paid period ended; past, that this had ended before the simulator knew of it: then it stays as it
	// was set up.
	lapsed, past bool
	// bills are those for it, oldest first.
	bills []*bill
}

// forward is one redirection of web forwarding.
type forward struct{ from, to, kind, title string }

// managedBy tells whether a login may use a service: its owner, or who was given partial control of it (7.21).
func (s *service) managedBy(login string) bool {
	return s.owner == login || (s.GrantedTo != "" && s.GrantedTo == login)
}

// listed tells whether a service is one of those that service/get_list shows: neither deleted nor moved away (7.8).
func (s *service) listed() bool { return s.State != stateDeleted && s.State != stateMoved }

// expiry returns the end of the paid period; dates were checked when they came in.
func (s *service) expiry() time.Time {
	expires, _ := time.Parse(time.DateOnly, s.Expires)
	return expires
}

// prolong moves the end of the paid period; a service that had come to its end lives again.
// What ended long ago begins anew: a renewal always ends in the future.
func (s *service) prolong(t tariff, periods int, now time.Time) {
	if periods > 0 {
		end := t.add(s.expiry(), periods)
		if !end.After(now) {
			end = t.add(now, periods)
		}
		s.Expires, s.past = dayOf(end), false
	}
	if s.lapsed {
		s.lapsed = false
		s.resume()
	}
}

func (s *state) addService(login string, seed Service, now time.Time) error {
	if s.accounts[login] == nil {
		return fmt.Errorf("service %s: there is no account %q", seed.Servtype, login)
	}
	if seed.Servtype == "" || seed.Servtype == domainType {
		return fmt.Errorf("servtype %q is not that of a service", seed.Servtype)
	}
	added := &service{Service: seed, owner: login}
	if seed.Domain != "" {
		name, err := dnszone.CanonicalDomain(seed.Domain)
		if err != nil {
			return fmt.Errorf("service %s of %q: %w", seed.Servtype, seed.Domain, err)
		}
		added.Name = name
	}
	if err := s.register(added, now); err != nil {
		return fmt.Errorf("service %s of %q: %w", seed.Servtype, seed.Domain, err)
	}
	added.past = added.Expires < dayOf(now)
	return nil
}

// register gives a service what its seed leaves out and makes it known by its ids and by its domain's name.
func (s *state) register(added *service, now time.Time) error {
	added.Service = added.withDefaults(now)
	if added.ServiceID == 0 {
		added.ServiceID = s.freshID()
	}
	if err := s.checkService(added); err != nil {
		return err
	}
	s.index(added)
	return nil
}

// index makes a service known by all that it is found by.
func (s *state) index(added *service) {
	s.byID[added.ServiceID] = added
	s.byName[added.Name] = append(s.byName[added.Name], added)
	if added.UserServID != "" {
		s.byUserServID[added.UserServID] = added
	}
	s.allow(added)
}

// allow notes who may use a service: it is called again when that changes.
func (s *state) allow(usable *service) {
	for _, login := range []string{usable.owner, usable.GrantedTo} {
		if login == "" {
			continue
		}
		if s.usable[login] == nil {
			s.usable[login] = map[int64]*service{}
		}
		s.usable[login][usable.ServiceID] = usable
	}
}

// disallow forgets who may use a service.
func (s *state) disallow(usable *service) {
	for _, login := range []string{usable.owner, usable.GrantedTo} {
		delete(s.usable[login], usable.ServiceID)
	}
}

// grant gives a login partial control of a service; none takes it from whoever had it.
func (s *state) grant(shared *service, login string) {
	s.disallow(shared)
	shared.GrantedTo = login
	s.allow(shared)
}

// forgetService takes a service out of the state, which a deleted one is not: that only has another state.
func (s *state) forgetService(doomed *service) {
	s.disallow(doomed)
	delete(s.byID, doomed.ServiceID)
	if s.byUserServID[doomed.UserServID] == doomed {
		delete(s.byUserServID, doomed.UserServID)
	}
	s.byName[doomed.Name] = slices.DeleteFunc(s.byName[doomed.Name], func(kept *service) bool { return kept == doomed })
	for _, f := range s.folders {
		f.take(doomed)
	}
}

func (seed Service) withDefaults(now time.Time) Service {
	if seed.State == "" {
		seed.State = stateActive
	}
	if seed.Created == "" {
		seed.Created = now.AddDate(0, 0, -1).Format(time.DateOnly)
	}
	if seed.Expires == "" {
		seed.Expires = now.AddDate(1, 0, -1).Format(time.DateOnly)
	}
	return seed
}

func (s *state) checkService(added *service) error {
	for _, date := range []string{added.Created, added.Expires} {
		if _, err := time.Parse(time.DateOnly, date); err != nil {
			return err
		}
	}
	if !slices.Contains([]string{stateInactive, stateActive, stateSuspended, stateDeleted, stateMoved}, added.State) {
		return fmt.Errorf("state %q is none of N, A, S, D, O", added.State)
	}
	if added.UserServID != "" && !userServID.MatchString(added.UserServID) {
		return refusal.New("BAD_USER_SERVID")
	}
	if s.byID[added.ServiceID] != nil || s.identified("", added.UserServID) != nil {
		return errors.New("there is one with the same id already")
	}
	return nil
}

// identified returns the service with a service_id or, where that is empty, with a user_servid.
func (s *state) identified(serviceID, userServID string) *service {
	if serviceID != "" {
		id, err := strconv.ParseInt(serviceID, 10, 64)
		if err != nil {
			return nil
		}
		return s.byID[id]
	}
	return s.byUserServID[userServID]
}

// attached returns the service of a type that belongs to a domain and that a login may use: one that lives rather than a deleted one, the newest
// of several.
func (s *state) attached(login, name, servtype string) *service {
	var found *service
	for _, candidate := range s.byName[name] {
		if candidate.Servtype != servtype || !candidate.managedBy(login) {
			continue
		}
		if found == nil || candidate.listed() || !found.listed() {
			found = candidate
		}
	}
	return found
}

// addition returns the service that belongs to another one, by type and, where given, subtype (2.2.4.3).
func (s *state) addition(login string, uplink int64, servtype, subtype string) *service {
	var found *service
	for _, candidate := range s.usable[login] {
		fits := candidate.UplinkServiceID == uplink && candidate.Servtype == servtype && (subtype == "" || candidate.Subtype == subtype)
		if fits && (found == nil || candidate.ServiceID > found.ServiceID) {
			found = candidate
		}
	}
	return found
}

// services returns what an account owns or has partial control of: by domain name, the domain before what belongs to it, then by id.
func (s *state) services(login string) []*service {
	owned := slices.Collect(maps.Values(s.usable[login]))
	slices.SortFunc(owned, compareServices)
	return owned
}

func compareServices(a, b *service) int {
	if order := strings.Compare(a.Name, b.Name); order != 0 {
		return order
	}
	if (a.domain != nil) != (b.domain != nil) {
		if a.domain != nil {
			return -1
		}
		return 1
	}
	return int(a.ServiceID - b.ServiceID)
}
