package regapi

import (
	"context"
	"encoding/json"
	"slices"
)

// TransferStatus is how far a transfer from another registrar has come (8.9).
type TransferStatus string

// The states of a transfer.
const (
	// TransferPendingPayment: the bill waits to be paid; nothing has begun.
	TransferPendingPayment TransferStatus = "pendingPayment"
	// TransferPendingConfirmation: somebody has to confirm.
	TransferPendingConfirmation TransferStatus = "pendingConfirmation"
	// TransferAuthinfoError: the transfer key is wrong: see [DomainService.SetNewAuthInfo].
	TransferAuthinfoError TransferStatus = "authinfoError"
	// TransferClientProhibited: the present registrar has locked the domain.
	TransferClientProhibited TransferStatus = "clientTransferProhibited"
	// TransferProhibited: the state of the domain prevents it.
	TransferProhibited TransferStatus = "transferProhibited"
	// TransferError: something else went wrong.
	TransferError TransferStatus = "transferError"
	// TransferPending: under way.
	TransferPending TransferStatus = "pendingTransfer"
	// TransferDone: the domain has been transferred.
	TransferDone TransferStatus = "alreadyTransfered"
	// TransferNotAvailable: the zone does not tell; ask WHOIS.
	TransferNotAvailable TransferStatus = "notAvailable"
)

// DomainTransfer is the transfer of one domain; Status is "" if Err is not nil.
type DomainTransfer struct {
	DomainResult
	Status TransferStatus
}

// GetTransferStatus tells how the transfers of up to 1000 domains go (8.9).
func (s *DomainService) GetTransferStatus(ctx context.Context, refs ...DomainRef) ([]DomainTransfer, error) {
	type element struct {
		Status TransferStatus `json:"status"`
	}
	return collect(ctx, s.client, listCall{
		function: "domain/get_transfer_status", kind: domainList, refs: refs, needed: "status",
	}, func(result DomainResult, e element) DomainTransfer { return DomainTransfer{result, e.Status} })
}

// SetNewAuthInfo replaces a wrong transfer key, while the registry has not been asked yet (8.10).
func (s *DomainService) SetNewAuthInfo(ctx context.Context, ref DomainRef, authInfo Secret) error {
	const function = "domain/set_new_authinfo"
	if authInfo == "" {
		return refuse(function, CodeAuthInfoNotFound, "authinfo required")
	}
	return s.client.on(ctx, function, ref, parameters{"authinfo": authInfo}, nil)
}

// CancelTransfer cancels a transfer from another registrar; Partners only. Section 3.3 lists it; it
// is described nowhere.
func (s *DomainService) CancelTransfer(ctx context.Context, ref DomainRef) error {
	return s.client.on(ctx, "domain/cancel_transfer", ref, nil, nil)
}

// AccountTransfer says which account to give domains to.
type AccountTransfer struct {
	// NewUserName is the login of the account.
	NewUserName string
	// SetMeAsReferrer makes the caller the referrer of the domains.
	SetMeAsReferrer bool
}

// TransferToAnotherAccount offers up to 1000 domains to another account, which has to accept them;
// Partners only (8.23).
func (s *DomainService) TransferToAnotherAccount(
	ctx context.Context, to AccountTransfer, refs ...DomainRef,
) ([]DomainResult, error) {
	const function = "domain/transfer_to_another_account"
	if to.NewUserName == "" {
		return nil, refuse(function, CodeParameterMissing, "new_user_name required")
	}
	params := parameters{"new_user_name": to.NewUserName}
	params.flag("set_me_as_referrer", to.SetMeAsReferrer)
	items, err := s.client.list(ctx, listCall{
		function: function, kind: domainList, refs: refs, params: params, succeeded: successWord("request_is_sent"),
	})
	return results(items), err
}

// EnteringOffer is a message that domains were offered to the account. A repeated offer has another
// number.
type EnteringOffer struct {
	ID      ID
	Domains []string
}

// UnmarshalJSON reads domain_names or, of the older edition, domain_name: a list or a single one (8.24).
func (o *EnteringOffer) UnmarshalJSON(raw []byte) error {
	return readAs(raw, func(offer struct {
		ID    ID    `json:"id"`
		Names names `json:"domain_names"`
		Name  names `json:"domain_name"`
	}) {
		*o = EnteringOffer{ID: offer.ID, Domains: slices.Concat(offer.Names, offer.Name)}
	})
}

// names are a list of names, or a single one.
type names []string

// UnmarshalJSON refuses everything else; null is no name.
func (n *names) UnmarshalJSON(raw []byte) error {
	if name := scalarText(raw); name != "" {
		*n = names{name}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(n))
}

// LookAtEnteringList returns the domains that other accounts offer; Partners only (8.24).
func (s *DomainService) LookAtEnteringList(ctx context.Context) ([]EnteringOffer, error) {
	return members[EnteringOffer](ctx, s.client, "domain/look_at_entering_list", nil, "messages")
}

// EnteringDecision answers an offer, by the number of its message.
type EnteringDecision struct {
	ID ID
	// Accept takes the domains; otherwise they are refused.
	Accept bool
}

// EnteringResult is what came of a decision.
type EnteringResult struct {
	EnteringDecision
	// Err is nil only if REG.API says that the offer was accepted or refused, as decided.
	Err error
}

// AcceptOrRefuseEnteringList answers up to 1000 offers; Partners only (8.25).
func (s *DomainService) AcceptOrRefuseEnteringList(
	ctx context.Context, decisions ...EnteringDecision,
) ([]EnteringResult, error) {
	call := numberedCall{
		function: "domain/accept_or_refuse_entering_list", member: "domains", key: "id", noun: "offer",
	}
	words := map[string]string{} // by number, what the answer must say
	for _, decision := range decisions {
		action, word := "refuse", "refused"
		if decision.Accept {
			action, word = "accept", "accepted"
		}
		id := decision.ID.String()
		words[id] = word
		call.ids = append(call.ids, decision.ID)
		call.elements = append(call.elements, map[string]any{"id": id, "action_type": action})
	}
	call.succeeded = func(element object) bool {
		return successWord(words[element.text(call.key)])(element)
	}
	items, err := s.client.numbered(ctx, call)
	if err != nil {
		return nil, err
	}
	outcomes := make([]EnteringResult, len(items))
	for i, item := range items {
		outcomes[i] = EnteringResult{decisions[i], item.err}
	}
	return outcomes, nil
}

// RequestToTransfer asks the owners of up to 1000 domains at this registrar for a transfer to the
// account; for Partners with the plan Partner 2 or higher (8.26).
func (s *DomainService) RequestToTransfer(ctx context.Context, names ...string) ([]DomainResult, error) {
	return s.client.each(ctx, "domain/request_to_transfer", domainList, byNames(names))
}
