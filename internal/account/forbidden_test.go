package account

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

func TestAForbiddenSecretComesWithTheLineThatAllowsIt(t *testing.T) {
	account := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: "mail", Name: "main"}}
	account.Spec.SecretRef.Name = "regru"
	const want = "Secret regru: the operator may not read it. Let it: kubectl -n mail create role regapi-regru --verb=get,watch --resource=secrets --resource-name=regru && " +
		"kubectl -n mail create rolebinding regapi-regru --role=regapi-regru --serviceaccount=regapi-system:regapi-operator"
	if err := secretForbidden(account, "--serviceaccount=regapi-system:regapi-operator"); err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
}
