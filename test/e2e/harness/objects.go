package harness

import (
	"fmt"
	"testing"

	"golang.org/x/net/idna"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

const (
	// AccountName is the name of the Account and the Secret that AddAccount makes.
	AccountName = "main"
	password    = "correct horse battery staple"
)

// AddAccount adds an account to the simulator, whose login is the name of the namespace, and an Account to the namespace,
// which reaches it at the endpoint: the simulator's URL, or that of a Gate before it. The namespace lets the operator read its Secrets.
func (c *ControlPlane) AddAccount(t testing.TB, api *regapitest.Server, endpoint, namespace string, change ...func(*regapitest.Account)) {
	t.Helper()
	account := regapitest.Account{Login: namespace, Password: password}
	for _, apply := range change {
		apply(&account)
	}
	api.AddAccount(account)
	place := metav1.ObjectMeta{Namespace: namespace, Name: AccountName}
	c.Make(t,
		&rbacv1.RoleBinding{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: secretsRole},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: secretsRole},
			Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: operatorNamespace, Name: operatorAccount}},
		},
		&corev1.Secret{ObjectMeta: place, StringData: map[string]string{
			v1alpha1.SecretKeyUsername: account.Login, v1alpha1.SecretKeyPassword: account.Password,
		}},
		&v1alpha1.Account{ObjectMeta: place, Spec: v1alpha1.AccountSpec{
			SecretRef: v1alpha1.SecretReference{Name: AccountName}, Endpoint: endpoint,
			Budget: &v1alpha1.Budget{RequestsPerHour: 1200},
		}},
	)
}

// AddZone adds a domain to the namespace's account at the simulator, a DNSZone to the namespace, and returns it once it is
// Ready. The zone begins with the records.
func (c *ControlPlane) AddZone(t testing.TB, api *regapitest.Server, namespace, domain string, change func(*v1alpha1.DNSZone), records ...regapitest.Record) *v1alpha1.DNSZone {
	t.Helper()
	api.AddDomain(namespace, regapitest.Domain{Name: domain, Records: records})
	zone := &v1alpha1.DNSZone{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: objectName(t, domain)},
		Spec:       v1alpha1.DNSZoneSpec{AccountRef: v1alpha1.AccountReference{Name: AccountName}, DomainName: v1alpha1.DomainName(domain)},
	}
	change(zone)
	c.Make(t, zone)
	Eventually(t, startTimeout, "the zone "+domain+" is Ready", func() error {
		if err := c.Get(t.Context(), client.ObjectKeyFromObject(zone), zone); err != nil {
			return err
		}
		if !meta.IsStatusConditionTrue(zone.Status.Conditions, v1alpha1.ConditionReady) {
			return fmt.Errorf("its conditions are %+v", zone.Status.Conditions)
		}
		return nil
	})
	return zone
}

// objectName makes a name for an object of a domain, which may be Unicode.
func objectName(t testing.TB, domain string) string {
	t.Helper()
	ascii, err := idna.ToASCII(domain)
	if err != nil {
		t.Fatal(err)
	}
	return ascii
}
