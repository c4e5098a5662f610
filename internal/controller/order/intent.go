package order

import (
	"context"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/contacts"
	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/purchase"
)

// intend reads who asks for the order, and who consents to its price (17).
func (r *Reconciler) intend(ctx context.Context, s *scope) error {
	in := &s.in
	in.Order, in.Record, in.Dwell, in.Gap = s.order, s.record, s.waits.Dwell, in.Now.Before(s.gapUntil())
	if s.record.State == purchase.Unclear || s.record.Reason == purchase.BillGone {
		in.Word = purchase.Word(s.object.Annotations[v1alpha1.AnnotationSettle])
		if in.Word != purchase.SaysYes && in.Word != purchase.SaysNot {
			in.Word = purchase.NoWord
		}
	}
	if s.ruling != nil {
		s.limit = s.consent(s.ruling)
		in.Since = s.since(s.ruling.Domain)
		if err := r.prepare(ctx, s); err != nil {
			return err
		}
	}
	in.Funds = s.ledger.Funds(string(s.object.UID), s.limit)
	return nil
}

// since is when the wait for effects begins (10); the zero time is not yet. Nobody but an order of ours registers a domain for this login, or
// pays for other name servers.
func (s *scope) since(domain *v1alpha1.Domain) time.Time {
	made := s.object.CreationTimestamp.UTC()
	if s.order.Operation.Keyed() || s.order.Operation == purchase.ChangeNameServers {
		return latest(made, s.gapUntil())
	}
	renewal := domain.Status.Renewal
	if renewal == nil || renewal.RegistrarOffSince == nil {
		return time.Time{}
	}
	return latest(made, renewal.RegistrarOffSince.UTC(), s.gapUntil())
}

// prepare reads what an order needs besides money, while that may still be asked for.
func (r *Reconciler) prepare(ctx context.Context, s *scope) error {
	switch {
	case s.record.State.Closed() || s.record.Bill.ID != 0 || !s.in.Intent.Asked:
		return nil
	case s.order.Operation == purchase.ChangeNameServers:
		delegated := meta.FindStatusCondition(s.ruling.Domain.Status.Conditions, v1alpha1.ConditionDelegated)
		if delegated != nil && delegated.Reason == v1alpha1.ReasonSigned {
			s.in.Intent.Lacks = purchase.Signed
		}
		return nil
	case !s.order.Operation.Keyed():
		return nil
	case s.order.Direct && s.ruling.LacksPartner(s.order.Operation):
		s.in.Intent.Lacks = purchase.DirectForPartners
		return nil
	}
	who, lacks, err := r.Desk.Registrant(ctx, s.ruling.Domain, s.order.Domain)
	if err != nil {
		return err
	}
	if s.servers, err = ordering.NameServers(s.ruling.Domain, s.order.Domain); err != nil {
		lacks = err.Error()
	}
	if len(s.servers) == 0 && (s.order.Operation == purchase.Register || !contacts.Optional(s.order.Domain)) {
		s.servers = ordering.Registrars
	}
	s.registrant, s.lacks = who, lacks
	if lacks != "" {
		s.in.Intent.Lacks = purchase.ContactsInvalid
	}
	return nil
}

// asked is what a Domain says of an operation: whether it asks for so many years, the most that it may cost, and whether a person has to agree.
type asked struct {
	asks   bool
	most   v1alpha1.Money
	manual bool
}

func askedFor(domain *v1alpha1.Domain, order purchase.Order) asked {
	renewal, acquisition := domain.Spec.Renewal, domain.Spec.Acquisition
	switch {
	case order.Operation == purchase.ChangeNameServers:
		servers, err := ordering.NameServers(domain, order.Domain)
		asks := err == nil && domain.Spec.PaidNameServerChange == v1alpha1.PaidChangeAllow && ordering.Servers(servers) == order.Servers
		return asked{asks, domain.Spec.PaidNameServerChangeMaxPrice, false}
	case order.Operation == purchase.Renew && renewal != nil:
		return asked{renewal.Mode == v1alpha1.RenewalOperator && int(renewal.Years) == order.Years, renewal.MaxPrice, false}
	case order.Operation == purchase.Restore && renewal != nil:
		asks := renewal.Mode == v1alpha1.RenewalOperator && renewal.Restore == v1alpha1.RestoreAllow && int(renewal.Years) == order.Years
		return asked{asks, renewal.RestoreMaxPrice, false}
	case order.Operation.Keyed() && acquisition != nil:
		asks := string(acquisition.Mode) == string(order.Operation) && int(acquisition.Years) == order.Years
		return asked{asks, acquisition.MaxPrice, acquisition.Approval != v1alpha1.AcquisitionWithinMaxPrice}
	default:
		return asked{}
	}
}

// consent reads what the ruling Domain and its Account say, and gives the month's limit.
func (s *scope) consent(ruling *ordering.Ruling) purchase.Amount {
	domain, owner, spending := ruling.Domain, ruling.Account, ruling.Account.Spec.Spending
	says := askedFor(domain, s.order)
	// Before the first call an order gives way to one that is paid as the Account says by now.
	s.in.Intent.Asked = says.asks && s.open && (s.record.Calls > 0 || ruling.PaysDirectly(s.order.Operation) == s.order.Direct)
	if spending == nil || domain.MayNotWrite() {
		return 0
	}
	own, orderErr := purchase.ParseAmount(string(says.most))
	each, eachErr := purchase.ParseAmount(string(spending.PerOrder))
	month, monthErr := purchase.ParseAmount(string(spending.PerMonth))
	if orderErr != nil || eachErr != nil || monthErr != nil {
		return 0
	}
	s.in.Intent.Allowed = ruling.Consents(s.object.Spec.Operation)
	s.in.Intent.MaxPrice = min(own, each)
	approvals := domain.Annotations[v1alpha1.AnnotationApproveQuote]
	s.in.Intent.NeedsApproval = says.manual
	if spending.Approval != v1alpha1.ApprovalWithinLimits {
		s.in.Intent.NeedsApproval, approvals = true, owner.Annotations[v1alpha1.AnnotationApproveQuote]
		s.approver = "Account"
	}
	for _, digest := range strings.Split(approvals, ",") {
		if digest = strings.TrimSpace(digest); digest != "" && digest == s.record.Digest {
			s.in.Intent.Approval = digest
		}
	}
	return month
}
