package domain

import (
	"context"
	"fmt"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// stage is one of a transfer in which a person has to do something.
type stage struct {
	action v1alpha1.ActionType
	todo   string
}

// stages are those of a transfer in which a person has to do something, and what (8.9).
var stages = map[regapi.TransferStatus]stage{
	regapi.TransferPendingConfirmation: {v1alpha1.ActionConfirmTransfer, "the owner has to confirm the transfer, by the letter that the registrar has sent"},
	regapi.TransferAuthinfoError:       {v1alpha1.ActionCorrectAuthInfo, "the key of the transfer is wrong: put the right one into the Secret of spec.acquisition.authInfoRef"},
	regapi.TransferClientProhibited:    {v1alpha1.ActionUnlockTransfer, "the former registrar has locked the domain: have it unlocked there"},
	regapi.TransferProhibited:          {v1alpha1.ActionUnlockTransfer, "the state of the domain forbids a transfer: ask the former registrar"},
	regapi.TransferError:               {v1alpha1.ActionLookAtTransfer, "the transfer has failed: look into the registrar's panel"},
}

// watchTransfer shows how far a transfer has come that is paid, and hands a new key over where the old one was wrong. It orders nothing.
func (r *Reconciler) watchTransfer(ctx context.Context, s *scope) error {
	o := s.ordered
	if o == nil || purchase.Operation(o.Spec.Operation) != purchase.Transfer || s.service.state != regapi.Inactive || o.Status.Bill == nil {
		s.domain.Status.Transfer = nil
		return nil
	}
	found, err := s.connection.Client.Domain.GetTransferStatus(ctx, regapi.ByName(s.name))
	if err == nil {
		err = found[0].Err
	}
	if err != nil {
		return fmt.Errorf("ask how far the transfer is: %w", err)
	}
	shown := &v1alpha1.TransferStatus{Stage: string(found[0].Status)}
	if before := s.domain.Status.Transfer; before != nil {
		shown.AuthInfoVersion = before.AuthInfoVersion
	}
	s.domain.Status.Transfer = shown
	if at, known := stages[found[0].Status]; known {
		s.stage = at.todo
		s.require(at.action, v1alpha1.ReasonTransferWaits, at.todo)
	}
	return r.handKeyOver(ctx, s, found[0].Status, shown)
}

// handKeyOver gives the registrar the key of a Secret that has changed since the last one (8.10).
func (r *Reconciler) handKeyOver(ctx context.Context, s *scope, stage regapi.TransferStatus, shown *v1alpha1.TransferStatus) error {
	who, lacks, err := r.Desk.Registrant(ctx, s.domain, s.name)
	if err != nil || lacks != "" {
		return err
	}
	switch {
	case stage != regapi.TransferAuthinfoError:
		shown.AuthInfoVersion = who.AuthInfoVersion // What was ordered with, as far as anybody knows.
		return nil
	case shown.AuthInfoVersion == who.AuthInfoVersion, s.domain.MayNotWrite(), r.Directory.ReadOnly():
		return nil
	case shown.AuthInfoVersion == "":
		shown.AuthInfoVersion = who.AuthInfoVersion
		return nil
	}
	if err := s.connection.Client.Domain.SetNewAuthInfo(ctx, regapi.ByName(s.name), who.AuthInfo); err != nil {
		return fmt.Errorf("hand the new key of the transfer over: %w", err)
	}
	shown.AuthInfoVersion = who.AuthInfoVersion
	return nil
}
