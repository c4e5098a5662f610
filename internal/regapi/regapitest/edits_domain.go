package regapitest

import (
	"time"
)

// AddRegistryName tells the registries of a name that no account has.
func (s *Server) AddRegistryName(n RegistryName) {
	s.mustEdit(func() error { return s.state.addRegistryName(n, s.clock.Now()) })
}

// SetTransferLock locks a name that others have, or unlocks it: client, registry or "".
func (s *Server) SetTransferLock(name, lock string) {
	s.mustEdit(func() error { return s.state.setTransferLock(name, lock) })
}

// ConfirmTransfer confirms the transfer of a domain as its registrant would, by the link in a letter.
func (s *Server) ConfirmTransfer(name string) { s.mustDrive(name, (*state).confirmTransfer) }

// TimeOutTransfer ends a transfer that nobody confirmed in time: its status is transferError, its money comes back.
func (s *Server) TimeOutTransfer(name string) { s.mustDrive(name, (*state).driveTimeout) }

// ConfirmEmail verifies the address of a domain's registrant, by the link in the letter of domain/send_email_verification_letter.
func (s *Server) ConfirmEmail(name string) { s.mustDrive(name, (*state).confirmEmail) }

// MoveAway transfers a domain to another registrar: its service is in state O from then on.
func (s *Server) MoveAway(name string) { s.mustDrive(name, (*state).driveAway) }

// Suspend takes a domain out of delegation as a registry or the registrar does: its service is in state S from then on.
func (s *Server) Suspend(name string) { s.mustDrive(name, (*state).driveSuspension) }

// RefuseOrder lets the registry refuse a registration or a transfer after it was paid: the money comes back, the service is in state D.
func (s *Server) RefuseOrder(name string) { s.mustDrive(name, (*state).driveRefusal) }

// FireAutorenew lets the registrar renew a domain by itself, whose flag is set, before its end.
func (s *Server) FireAutorenew(name string) { s.mustDrive(name, (*state).driveAutorenew) }

// SetExpiry changes the end of a domain's paid period.
func (s *Server) SetExpiry(name, date string) {
	s.mustEdit(func() error { return s.state.setExpiry(name, date, s.clock.Now()) })
}

// EditContacts changes the contacts of a domain that are given, as somebody in the panel would.
func (s *Server) EditContacts(name string, contacts map[string]string) {
	s.editDomain(name, func(d *domain) error {
		d.setContacts(contacts)
		return nil
	})
}

func (s *Server) mustDrive(name string, do func(*state, string, time.Time) error) {
	s.mustEdit(func() error { return do(s.state, name, s.clock.Now()) })
}

// AddLot puts an account's domain up for sale in the domain shop.
func (s *Server) AddLot(l Lot) {
	s.mustEdit(func() error { return s.state.addLot(l) })
}
