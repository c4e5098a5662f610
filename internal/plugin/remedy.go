package plugin

import (
	"fmt"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/purchase"
)

// remedyFor gives the command that helps, for a reason that a command helps with. All other messages say themselves what to do.
func remedyFor(k kind, o object, reason string) string {
	on := fmt.Sprintf("%s %s -n %s", k.name, o.GetName(), o.GetNamespace())
	switch reason {
	case v1alpha1.ReasonPlanNeedsApproval, v1alpha1.ReasonAdoptionNeedsApproval:
		return "kubectl regapi approve " + on
	case string(purchase.AwaitingApproval):
		if order := orderThatWaits(o); order != "" {
			if k.name == "order" {
				order += " -n " + o.GetNamespace()
			}
			return "kubectl regapi approve order " + order
		}
	case v1alpha1.ReasonPaused:
		return "kubectl regapi resume " + on
	case v1alpha1.ReasonReadOnly:
		return "start the operator without --read-only (readOnly of the chart)"
	case v1alpha1.ReasonObserved:
		return fmt.Sprintf("kubectl patch %s --type merge -p '{\"spec\":{\"managementPolicy\":\"Manage\"}}'", on)
	case v1alpha1.ReasonSecretNotFound, v1alpha1.ReasonSecretInvalid:
		if a, ok := o.(*v1alpha1.Account); ok {
			return fmt.Sprintf("kubectl create secret generic %s -n %s --from-literal=username=… --from-literal=password=…", a.Spec.SecretRef.Name, a.Namespace)
		}
	case string(purchase.Unclear), string(purchase.BillGone):
		if order := orderThatWaits(o); order != "" {
			return fmt.Sprintf("kubectl regapi orders settle %s --as paid|not-placed", order)
		}
	case "NotSeen":
		return "kubectl regapi doctor"
	}
	return ""
}

// orderThatWaits names the order that waits for a person: the object itself, or that of a Domain.
func orderThatWaits(o object) string {
	switch o := o.(type) {
	case *v1alpha1.Order:
		return o.Name
	case *v1alpha1.Domain:
		for _, order := range o.Status.Orders { // The latest first.
			if !purchase.State(order.State).Closed() {
				return order.Name
			}
		}
	}
	return ""
}
