package regapitest

import (
	"fmt"
	"net/netip"
	"slices"
)

// The methods in this file set the scene, and edit it behind the clients' backs. They panic on what could not exist, because that is a mistake
// in the test that calls them.

// AddAccount adds an account.
func (s *Server) AddAccount(a Account) {
	s.mustEdit(func() error { return s.state.addAccount(a) })
}

// AddDomain adds a domain to an account.
func (s *Server) AddDomain(login string, d Domain) {
	s.mustEdit(func() error { return s.state.addDomain(login, d, s.behaviour, s.clock.Now()) })
}

// AddService adds a service that is no domain to an account.
func (s *Server) AddService(login string, added Service) {
	s.mustEdit(func() error { return s.state.addService(login, added, s.clock.Now()) })
}

// AddFolder adds a folder to an account.
func (s *Server) AddFolder(login string, f Folder) {
	s.mustEdit(func() error { return s.state.seedFolder(login, f) })
}

// RemoveDomain takes a domain away.
func (s *Server) RemoveDomain(name string) {
	s.editDomain(name, func(d *domain) error {
		s.state.removeDomain(d)
		return nil
	})
}

// SetDelegation changes the name servers of a domain, in the form of [Domain.NameServers].
func (s *Server) SetDelegation(name string, servers ...string) {
	s.editDomain(name, func(d *domain) error {
		d.NameServers = slices.Clone(servers)
		return nil
	})
}

// SetPassword changes the password of an account.
func (s *Server) SetPassword(login, password string) {
	s.editAccount(login, func(a *account) { a.Password = password })
}

// SetAllowedIPs changes the allow-list of an account; no addresses means nobody.
func (s *Server) SetAllowedIPs(login string, allowed ...netip.Prefix) {
	s.editAccount(login, func(a *account) { a.AllowedIPs = slices.Clone(allowed) })
}

// SetPartner makes an account a Partner, or an ordinary one.
func (s *Server) SetPartner(login string, partner bool) {
	s.editAccount(login, func(a *account) { a.Partner = partner })
}

// SetBlocked blocks an account, or lifts its block, that for repeated failures included.
func (s *Server) SetBlocked(login string, blocked bool) {
	s.editAccount(login, func(a *account) {
		a.Blocked = blocked
		if !blocked {
			a.blockedUntil = s.clock.Now()
		}
	})
}

// SetBehaviour changes what the documentation leaves open, from the next request on.
func (s *Server) SetBehaviour(behaviour Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.behaviour = behaviour
}

// Behaviour returns what the server does where the documentation leaves it open.
func (s *Server) Behaviour() Behaviour {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.behaviour
}

// Records returns what a zone holds, by name, type and priority. DNS may lag behind it: see [WithPublishDelay].
func (s *Server) Records(name string) []Record {
	var records []Record
	s.viewDomain(name, func(d *domain) { records = d.zone.Records() })
	return records
}

// SOA returns the times and the serial number of a zone.
func (s *Server) SOA(name string) SOA {
	var soa SOA
	s.viewDomain(name, func(d *domain) { soa = d.zone.SOA() })
	return soa
}

// Chain returns what a validating resolver makes of a domain: insecure, secure or bogus.
func (s *Server) Chain(name string) string {
	var chain string
	s.viewDomain(name, func(d *domain) { chain = d.chain(s.clock.Now()) })
	return chain
}

// AddRecord adds a record as zone/add_* would, whatever a client may do.
func (s *Server) AddRecord(name string, r Record) {
	s.editZone(name, func(d *domain) error { return s.addTo(d, r) })
}

// RemoveRecord removes a record that is there.
func (s *Server) RemoveRecord(name string, r Record) {
	s.editZone(name, func(d *domain) error {
		removed, err := d.zone.Delete(r)
		if err != nil {
			return err
		}
		if removed == 0 {
			return fmt.Errorf("the zone has no record %+v", r)
		}
		return nil
	})
}

// SetRecords replaces all records of a zone.
func (s *Server) SetRecords(name string, records []Record) {
	s.editZone(name, func(d *domain) error {
		d.zone.Clear()
		for _, r := range records {
			if err := s.addTo(d, r); err != nil {
				return err
			}
		}
		return nil
	})
}

// SetSOA changes the times of a zone; an empty one stays.
func (s *Server) SetSOA(name, ttl, minimum string) {
	s.editZone(name, func(d *domain) error {
		if err := d.zone.SetTimes(ttl, minimum, s.behaviour); err != nil {
			return err
		}
		return nil
	})
}

func (s *Server) addTo(d *domain, r Record) error {
	if _, err := d.zone.Add(r, s.behaviour); err != nil {
		return fmt.Errorf("record %+v: %w", r, err)
	}
	return nil
}

func (s *Server) mustEdit(edit func() error) {
	if err := s.edit(edit); err != nil {
		panic(fmt.Sprintf("regapitest: %v", err))
	}
}

// edit does something now, after all that has happened by itself until now.
func (s *Server) edit(edit func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.catchUp(s.clock.Now())
	return edit()
}

func (s *Server) editDomain(name string, edit func(*domain) error) {
	s.mustEdit(func() error {
		d, err := s.state.domainNamed(name)
		if err != nil {
			return err
		}
		return edit(d)
	})
}

func (s *Server) viewDomain(name string, view func(*domain)) {
	s.editDomain(name, func(d *domain) error {
		view(d)
		return nil
	})
}

func (s *Server) editZone(name string, edit func(*domain) error) {
	s.editDomain(name, func(d *domain) error {
		if err := edit(d); err != nil {
			return err
		}
		d.zone.Publish(s.clock.Now(), s.publishDelay)
		return nil
	})
}

func (s *Server) editAccount(login string, edit func(*account)) {
	s.mustEdit(func() error {
		a := s.state.accounts[login]
		if a == nil {
			return fmt.Errorf("there is no account %q", login)
		}
		edit(a)
		return nil
	})
}
