package order

import (
	"context"
	"errors"
	"fmt"

	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// lookAtKeys asks which service the registrar knows under our keys, and whether the login holds the name by another one (6). They are read by one
// list, the name last.
func (r *Reconciler) lookAtKeys(ctx context.Context, s *scope, seen *purchase.Seen) error {
	refs := ordering.KeysOf(s.order)
	infos, err := s.connection.Client.Service.GetInfo(ctx, append(refs, regapi.ByName(s.order.Domain))...)
	if err != nil {
		return err
	}
	found, dropped := -1, false
	for i, info := range infos {
		byKey := i < len(refs)
		switch {
		case regapi.IsNotFound(info.Err):
		case info.Err != nil:
			return fmt.Errorf("look for what was ordered before: %w", info.Err)
		case info.State == regapi.Deleted || info.State == regapi.Transferred:
			// What our own withdrawal left was never held, and it is found by its name, too.
			ours := byKey && s.withdrawn(i+1)
			dropped = dropped || ours
			if found < 0 && !ours && (byKey || !dropped) {
				seen.State = info.State
			}
		case byKey && found < 0:
			found, seen.State, seen.Expiry = i, info.State, info.ExpirationDate.String()
		case !byKey && found < 0 && info.State != regapi.Inactive: // One that is ordered only may come to nothing.
			seen.Elsewhere, seen.State = true, ""
		}
	}
	if found < 0 {
		return nil
	}
	seen.ServiceID, err = s.numberOf(ctx, refs[found], infos[found])
	return err
}

// numberOf gives the registrar's number of a service, which get_info does not tell unless it was asked by that (7.1, 7.7).
func (s *scope) numberOf(ctx context.Context, ref regapi.DomainRef, info regapi.ServiceInfo) (regapi.ID, error) {
	if info.ServiceID != 0 {
		return info.ServiceID, nil
	}
	known, err := s.connection.Client.Service.Nop(ctx, ref)
	switch {
	case err != nil:
		return 0, err
	case known[0].Err != nil:
		return 0, fmt.Errorf("ask for the number of what was ordered: %w", known[0].Err)
	case known[0].ServiceID == 0:
		return 0, errNoNumber
	default:
		return known[0].ServiceID, nil
	}
}

var errNoNumber = errors.New("REG.API does not tell the number of the service that was ordered, so that its bill cannot be told from others")

// withdrawn says whether the order of an ordinal has deleted its bill, so that what the registrar keeps of it is no domain that was lost.
func (s *scope) withdrawn(ordinal int) bool {
	if ordinal == s.order.Ordinal {
		return s.record.Bill.Removing && s.record.Bill.Removed
	}
	for i := range s.orders {
		if s.orders[i].Name == purchase.Name(s.order.Domain, ordinal) {
			return s.orders[i].Status.State == "Withdrawn" && s.orders[i].Status.Bill != nil && s.orders[i].Status.Bill.Removed
		}
	}
	return false
}
