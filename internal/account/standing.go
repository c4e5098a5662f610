package account

import (
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
)

// ProvenLogin gives the login of an Account (see tenancy.Login) as far as it is proven: REG.API has accepted the very credentials and the endpoint
// that the connection is made of. It is empty where it is not, as between a change of the spec or the Secret and the check that follows: what
// an Account claims to be counts for nothing.
func (c *Connection) ProvenLogin(of *v1alpha1.Account) string {
	ready := meta.FindStatusCondition(of.Status.Conditions, v1alpha1.ConditionReady)
	if !c.isMadeFor(of) || ready == nil || ready.Status != "True" || ready.ObservedGeneration != of.Generation {
		return ""
	}
	if of.Status.SecretVersion != c.SecretVersion() {
		return ""
	}
	return tenancy.Login(of)
}
