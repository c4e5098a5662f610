package ordering

import (
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// moreKeys is how many ordinals beyond an order's own are looked up: the cluster may have been put back to before they were made.
const moreKeys = 5

// KeysOf are the keys under which the registrar may know orders like this one, from the first ordinal to some beyond its own (6).
func KeysOf(order purchase.Order) []regapi.DomainRef {
	refs := make([]regapi.DomainRef, order.Ordinal+moreKeys)
	for i := range refs {
		order.Ordinal = i + 1
		refs[i] = regapi.DomainRef{UserServID: order.Key()}
	}
	return refs
}
