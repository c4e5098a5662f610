package waking

import (
	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// AccountUsabilityChanged lets those changes of an Account through that can matter to who uses it.
var AccountUsabilityChanged predicate.Predicate = predicate.Funcs{
	UpdateFunc: func(e event.UpdateEvent) bool {
		before, after := e.ObjectOld.(*v1alpha1.Account), e.ObjectNew.(*v1alpha1.Account)
		return usabilityOf(before) != usabilityOf(after) || (!isHeld(before) && isHeld(after))
	},
}

// isHeld says whether an Account waits for the DNSZones that need it for their deletion.
func isHeld(a *v1alpha1.Account) bool {
	return controllerutil.ContainsFinalizer(a, v1alpha1.AccountFinalizer)
}

type usability struct {
	ready, stalled        bool
	reason, secretVersion string
	userID                string
	generation, observed  int64
}

func usabilityOf(a *v1alpha1.Account) usability {
	u := usability{secretVersion: a.Status.SecretVersion, userID: a.Status.UserID, generation: a.Generation}
	u.stalled = meta.IsStatusConditionTrue(a.Status.Conditions, v1alpha1.ConditionStalled)
	if ready := meta.FindStatusCondition(a.Status.Conditions, v1alpha1.ConditionReady); ready != nil {
		u.ready, u.reason, u.observed = ready.Status == "True", ready.Reason, ready.ObservedGeneration
	}
	return u
}
