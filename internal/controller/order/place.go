package order

import (
	"context"
	"net/netip"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// payment is how the order is to be paid (2.2.4.6): by a bill that moves no money, or at once where it is direct.
func (s *scope) payment() regapi.Payment {
	payment := regapi.Payment{PayType: regapi.PayBank}
	if s.order.Direct {
		payment.PayType = regapi.PayPrepay
	}
	if s.ruling != nil && s.ruling.Account.Spec.Spending != nil {
		payment.PointOfSale = s.ruling.Account.Spec.Spending.PointOfSale
	}
	return payment
}

// renew orders a renewal (7.13). The answer's number of the bill counts beside an error, too.
func (s *scope) renew(ctx context.Context) purchase.Answer {
	renewal, err := s.connection.Client.Service.Renew(ctx, s.order.Years, s.payment(), regapi.ByServiceID(s.order.ServiceID))
	answer := purchase.Answer{Bill: renewal.BillID, Err: err}
	if err == nil && len(renewal.Services) == 1 && renewal.Services[0].Err != nil {
		answer.Err = renewal.Services[0].Err
	}
	answer.Price, _ = purchase.AmountOf(renewal.Payment)
	return answer
}

// acquire orders a registration (8.7) or a transfer (8.8), under the key by which it is found again.
func (s *scope) acquire(ctx context.Context) purchase.Answer {
	asked := regapi.Registration{
		Names: []string{s.order.Domain}, Period: s.order.Years, UserServID: s.order.Key(), Payment: s.payment(),
		Contacts: s.registrant.Contacts, ProfileType: s.registrant.ProfileType, ProfileName: s.registrant.ProfileName,
		NSS: s.servers,
	}
	if s.ruling != nil {
		// What a premium name costs its bill says, and there is none where the call pays.
		asked.RegPremium = !s.order.Direct && s.ruling.Domain.Spec.Acquisition != nil && s.ruling.Domain.Spec.Acquisition.Premium == v1alpha1.PremiumAllow
		if spending := s.ruling.Account.Spec.Spending; spending != nil && spending.EnduserIP != "" {
			asked.EnduserIP, _ = netip.ParseAddr(spending.EnduserIP) // The schema takes nothing else.
		}
	}
	ordered, err := s.send(ctx, asked)
	answer := purchase.Answer{Bill: ordered.BillID, Err: err}
	if err == nil && len(ordered.Domains) == 1 && ordered.Domains[0].Err != nil {
		answer.Err = ordered.Domains[0].Err
	}
	answer.Price, _ = purchase.AmountOf(ordered.Payment)
	return answer
}

func (s *scope) send(ctx context.Context, asked regapi.Registration) (regapi.Order, error) {
	if s.order.Operation == purchase.Transfer {
		return s.connection.Client.Domain.Transfer(ctx, regapi.TransferOrder{Registration: asked, AuthInfo: s.registrant.AuthInfo})
	}
	return s.connection.Client.Domain.Create(ctx, asked)
}

// point changes the name servers, and agrees to the price of that (8.20). The answer names no bill: what it has come to the name servers show.
func (s *scope) point(ctx context.Context) purchase.Answer {
	asked := regapi.NSSUpdate{NSS: ordering.ServersOf(s.object.Spec.NameServers), PayoutAgreement: true}
	results, err := s.connection.Client.Domain.UpdateNSS(ctx, asked, regapi.ByServiceID(s.order.ServiceID))
	if err == nil {
		err = results[0].Err
	}
	return purchase.Answer{Err: err}
}
