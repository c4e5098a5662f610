package regapi

import (
	"context"
	"fmt"
)

// MaxNSS is how many name servers a domain can be given (8.20).
const MaxNSS = 4

// NSSUpdate is a change of the delegation of domains (8.20).
type NSSUpdate struct {
	// NSS are the name servers in descending priority, up to [MaxNSS]. Those within a domain of the
	// request need their addresses.
	NSS []NameServer
	// Undelegate takes the domains out of delegation; the name servers may then be left out. It is
	// for Partners.
	Undelegate bool
	// PayoutAgreement agrees to the price where a zone takes money for the change, such as .md.
	PayoutAgreement bool
}

// UpdateNSS gives up to 1000 domains the same name servers. With ns1.reg.ru and ns2.reg.ru the
// registrar serves their zones (8.20).
func (s *DomainService) UpdateNSS(ctx context.Context, update NSSUpdate, refs ...DomainRef) ([]DomainResult, error) {
	const function = "domain/update_nss"
	if len(update.NSS) > MaxNSS || (len(update.NSS) == 0 && !update.Undelegate) {
		return nil, refuse(function, CodeInvalidNSS,
			fmt.Sprintf("%d name servers, where 1 to %d are allowed", len(update.NSS), MaxNSS))
	}
	params := parameters{}
	params.nss(update.NSS)
	params.flag("undelegate", update.Undelegate)
	params.flag("payout_agreement", update.PayoutAgreement)
	items, err := s.client.list(ctx, listCall{
		function: function, kind: domainList, orMember: serviceList.member, refs: refs, params: params,
	})
	return results(items), err
}

// Delegate delegates up to 1000 domains to their name servers (8.21).
func (s *DomainService) Delegate(ctx context.Context, refs ...DomainRef) ([]DomainResult, error) {
	return s.delegation(ctx, "domain/delegate", refs)
}

// Undelegate takes up to 1000 domains out of delegation; Partners only (8.22).
func (s *DomainService) Undelegate(ctx context.Context, refs ...DomainRef) ([]DomainResult, error) {
	return s.delegation(ctx, "domain/undelegate", refs)
}

// delegation expects domains, as the examples show, or services, as the tables say (8.21, 8.22).
func (s *DomainService) delegation(ctx context.Context, function string, refs []DomainRef) ([]DomainResult, error) {
	items, err := s.client.list(ctx, listCall{
		function: function, kind: domainList, orMember: serviceList.member, refs: refs,
	})
	return results(items), err
}

// RegisterNS enters a name server of an international domain into the registry, with one address.
// The details are what the registry said (8.17).
func (s *DomainService) RegisterNS(ctx context.Context, domain string, server NameServer) (Details, error) {
	return s.registryNS(ctx, "domain/register_ns", domain, server)
}

// DeleteNS removes a name server of an international domain from the registry, with one address.
// The details are what the registry said (8.18).
func (s *DomainService) DeleteNS(ctx context.Context, domain string, server NameServer) (Details, error) {
	return s.registryNS(ctx, "domain/delete_ns", domain, server)
}

func (s *DomainService) registryNS(ctx context.Context, function, domain string, server NameServer) (Details, error) {
	if server.Name == "" || len(server.IPs) != 1 {
		return Details{}, refuse(function, CodeInvalidNSS, "a name and one address required")
	}
	var answer struct {
		Response Details `json:"resp"`
	}
	params := parameters{"ns0": server.Name, "ns0ip": server.IPs[0]}
	err := s.client.on(ctx, function, ByName(domain), params, requiring("resp", &answer))
	return answer.Response, err
}
