package ordering

import (
	"slices"
	"strings"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Consents says whether the Account lets the ruling Domain buy something with its money, whatever it costs.
func (r *Ruling) Consents(operation v1alpha1.OrderOperation) bool {
	spending := r.Account.Spec.Spending
	return spending != nil && slices.Contains(spending.Operations, operation) &&
		(spending.Namespaces == v1alpha1.SpendingAllowed || r.Domain.Namespace == r.Account.Namespace)
}

// PaysDirectly says whether the next order of an operation pays with the call that orders. A change of name servers does, whatever the Account says:
// REG.API makes no bill for it beforehand (8.20).
func (r *Ruling) PaysDirectly(operation purchase.Operation) bool {
	spending := r.Account.Spec.Spending
	return operation == purchase.ChangeNameServers || (spending != nil && spending.Payment == v1alpha1.PaymentDirect)
}

// LacksPartner says of a direct order whether it is one for Partners alone, and the Account is not known to be one: others cannot ask for the price
// of a premium name before it is paid.
func (r *Ruling) LacksPartner(operation purchase.Operation) bool {
	return operation.Keyed() && r.Account.Status.Capability != v1alpha1.CapabilityPartner
}

// Servers writes down where a change of name servers leads to, as an order names it.
func Servers(servers []regapi.NameServer) string {
	return strings.Join(serversText(servers), serversSeparator)
}
