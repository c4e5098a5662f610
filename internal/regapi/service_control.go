package regapi

import "context"

// SetAutorenewFlag switches the automatic renewal of a domain or service (7.16).
func (s *ServiceService) SetAutorenewFlag(ctx context.Context, ref DomainRef, on bool) error {
	value := 0
	if on {
		value = 1
	}
	return s.client.on(ctx, "service/set_autorenew_flag", ref, parameters{"flag_value": value}, nil)
}

// Suspend suspends a service; it takes a domain out of delegation (7.17).
func (s *ServiceService) Suspend(ctx context.Context, ref DomainRef) error {
	return s.client.on(ctx, "service/suspend", ref, nil, nil)
}

// Resume resumes a service; it delegates a domain again. A service that is not suspended is refused
// with SERVICE_NOT_SUSPENDED, an expired one with SERVICE_EXPIRED (7.18).
func (s *ServiceService) Resume(ctx context.Context, ref DomainRef) error {
	return s.client.on(ctx, "service/resume", ref, nil, nil)
}

// PartcontrolGrant lets another user manage a domain or service in part (7.21).
func (s *ServiceService) PartcontrolGrant(ctx context.Context, ref DomainRef, login string) error {
	const function = "service/partcontrol_grant"
	if login == "" {
		return refuse(function, CodeParameterMissing, "newlogin required")
	}
	return s.client.on(ctx, function, ref, parameters{"newlogin": login}, nil)
}

// PartcontrolRevoke takes partial control back (7.22).
func (s *ServiceService) PartcontrolRevoke(ctx context.Context, ref DomainRef) error {
	return s.client.on(ctx, "service/partcontrol_revoke", ref, nil, nil)
}

// The letters that service/resend_mail sends for a certificate (7.23).
const (
	// MailApprover asks to confirm the order.
	MailApprover = "approver_email"
	// MailCertificate brings the certificate.
	MailCertificate = "certificate_email"
)

// ResendMail sends a letter about a service again. The type of letter is required for SSL
// certificates and empty for hosting; other services have none (7.23).
func (s *ServiceService) ResendMail(ctx context.Context, ref DomainRef, mailType string) error {
	params := parameters{}
	params.text("mailtype", mailType)
	return s.client.on(ctx, "service/resend_mail", ref, params, nil)
}

// ResendStartupMail sends the letter that tells of an activated service again. Section 3.3 lists
// it; it is described nowhere.
func (s *ServiceService) ResendStartupMail(ctx context.Context, ref DomainRef) error {
	return s.client.on(ctx, "service/resend_startup_mail", ref, nil, nil)
}

// ServiceRefill is the bill of [ServiceService.Refill].
type ServiceRefill struct {
	ServiceID ID      `json:"service_id"`
	BillID    ID      `json:"bill_id"`
	PayType   PayType `json:"pay_type"`
	// Payment is what was charged, in Currency.
	Payment  Money  `json:"payment"`
	Currency string `json:"currency"`
	PayNotes string `json:"pay_notes"`
}

// Refill puts money on the own balance of a service, which only srv_seowizard has; the least amount
// is 10 roubles (7.24).
func (s *ServiceService) Refill(ctx context.Context, ref DomainRef, amount Money, currency string) (ServiceRefill, error) {
	params := parameters{"amount": string(amount)}
	params.text("currency", currency)
	var refill ServiceRefill
	err := s.client.on(ctx, "service/refill", ref, params, paying("bill_id", &refill, func(o object) {
		refill = ServiceRefill{
			ServiceID: parseID(o.text("service_id")), BillID: parseID(o.text("bill_id")), PayType: PayType(o.text("pay_type")),
			Payment: o.money("payment"), Currency: o.text("currency"), PayNotes: o.text("pay_notes"),
		}
	}))
	return refill, err
}

// Refund takes money from the own balance of a service back; Partners only (7.24 of the older
// edition; the newer one has dropped it).
func (s *ServiceService) Refund(ctx context.Context, ref DomainRef) error {
	return s.client.on(ctx, "service/refund", ref, nil, nil)
}

// ServiceBalance is the own balance of a service.
type ServiceBalance struct {
	Balance  Money  `json:"balance"`
	Currency string `json:"currency"`
}

// GetBalance returns the own balance of a service, which only srv_seowizard has (7.25).
func (s *ServiceService) GetBalance(ctx context.Context, ref DomainRef) (ServiceBalance, error) {
	var balance ServiceBalance
	err := s.client.on(ctx, "service/get_balance", ref, nil, requiring("balance", &balance))
	return balance, err
}

// SeowizardManageLink returns a link to the control panel of srv_seowizard; Partners only (7.26).
func (s *ServiceService) SeowizardManageLink(ctx context.Context, ref DomainRef) (string, error) {
	return s.link(ctx, "service/seowizard_manage_link", ref)
}

// GetWebsitebuilderLink returns a link to the site builder. Whoever has it is logged in; Partners
// only (7.27).
func (s *ServiceService) GetWebsitebuilderLink(ctx context.Context, ref DomainRef) (string, error) {
	return s.link(ctx, "service/get_websitebuilder_link", ref)
}

func (s *ServiceService) link(ctx context.Context, function string, ref DomainRef) (string, error) {
	var answer struct {
		Link string `json:"link"`
	}
	err := s.client.on(ctx, function, ref, nil, requiring("link", &answer))
	return answer.Link, err
}
