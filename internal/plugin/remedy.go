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
	case v1alpha1.ReasonPlanNeedsApproval, v1alpha1.ReasonAdoptionNeedsApproval, string(purchase.AwaitingApproval):
		return "kubectl regapi approve " + on
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
		return fmt.Sprintf("kubectl regapi orders settle %s --as paid|not-placed", o.GetName())
	case "NotSeen":
		return "kubectl regapi doctor"
	}
	return ""
}
