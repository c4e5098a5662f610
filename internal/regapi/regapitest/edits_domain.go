package regapitest

import (
	"fmt"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
)

// AddRegistryName tells the registries of a name that no account has.
func (s *Server) AddRegistryName(n RegistryName) {
	s.mustEdit(func() error { return s.state.addRegistryName(n, s.clock.Now()) })
}

// SetTransferLock locks a name that others have, or unlocks it: client, registry or "".
func (s *Server) SetTransferLock(name, lock string) {
	s.editRegistry(name, func(n *registryName) error {
		n.Lock = lock
		return n.check()
	})
}

// ConfirmTransfer confirms the transfer of a domain as its registrant would, by the link in a letter.
func (s *Server) ConfirmTransfer(name string) {
	s.editDomain(name, func(d *domain) error {
		if d.process == nil || !d.process.transfer {
			return fmt.Errorf("%s is not being transferred", name)
		}
		d.process.confirmed = true
		s.state.settle(s.clock.Now())
		return nil
	})
}

// SetExpiry changes the end of a domain's paid period.
func (s *Server) SetExpiry(name, date string) {
	s.editDomain(name, func(d *domain) error {
		if _, err := time.Parse(time.DateOnly, date); err != nil {
			return err
		}
		d.Expires = date
		return nil
	})
}

// ConfirmEmail verifies the address of a domain's registrant, by the link in the letter of domain/send_email_verification_letter.
func (s *Server) ConfirmEmail(name string) {
	s.editDomain(name, func(d *domain) error {
		d.verification = emailVerified
		return nil
	})
}

// AddLot puts an account's domain up for sale in the domain shop.
func (s *Server) AddLot(l Lot) {
	s.mustEdit(func() error { return s.state.addLot(l) })
}

func (s *Server) editRegistry(name string, edit func(*registryName) error) {
	s.mustEdit(func() error {
		canonical, err := dnszone.CanonicalDomain(name)
		if err != nil {
			return err
		}
		known := s.state.registry[canonical]
		if known == nil {
			return fmt.Errorf("the registry does not know %s", name)
		}
		return edit(known)
	})
}
