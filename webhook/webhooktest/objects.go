package webhooktest

import (
	"hash/crc32"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Login and Password are those of the account that a webhook's tests use.
const Login, Password = "customer", "s3cret"

// Scheme has the kinds that the webhooks read.
func Scheme() *runtime.Scheme {
	scheme := runtime.NewScheme()
	utilruntime.Must(corev1.AddToScheme(scheme))
	utilruntime.Must(v1alpha1.AddToScheme(scheme))
	return scheme
}

// Secret gives the credentials of a login, whose password is Password.
func Secret(namespace, name, login string) *corev1.Secret {
	return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, Data: map[string][]byte{
		v1alpha1.SecretKeyUsername: []byte(login), v1alpha1.SecretKeyPassword: []byte(Password),
	}}
}

// Endpoints are those of this machine.
func Endpoints(t testing.TB) account.Endpoints {
	t.Helper()
	made, err := account.ParseEndpoints(nil, true)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// storedVersion is what the cluster in memory gives to an object that it begins with.
const storedVersion = "999"

// Prove gives Accounts the status of those whose Secrets, among the objects, REG.API has accepted: each login has a number.
func Prove(objects ...client.Object) {
	logins := map[client.ObjectKey]string{}
	for _, object := range objects {
		if secret, ok := object.(*corev1.Secret); ok {
			logins[client.ObjectKeyFromObject(secret)] = string(secret.Data[v1alpha1.SecretKeyUsername])
		}
	}
	for _, object := range objects {
		found, ok := object.(*v1alpha1.Account)
		if !ok || found.Status.UserID != "" {
			continue
		}
		login, ok := logins[client.ObjectKey{Namespace: found.Namespace, Name: found.Spec.SecretRef.Name}]
		if !ok {
			continue
		}
		user := regapi.ID(crc32.ChecksumIEEE([]byte(login)))
		found.Status.UserID, found.Status.SecretVersion = user.String(), storedVersion
		found.Status.ID = account.LoginID(found.Spec.Endpoint, user)
	}
}

// Account gives an Account that is Ready. Its endpoint is an address of this host that nobody need listen at.
func Account(namespace, name, secret string, change ...func(*v1alpha1.Account)) *v1alpha1.Account {
	made := &v1alpha1.Account{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec:       v1alpha1.AccountSpec{SecretRef: v1alpha1.SecretReference{Name: secret}, Endpoint: "http://127.0.0.1/api/regru2/"},
		Status:     v1alpha1.AccountStatus{Conditions: []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: "True"}}},
	}
	for _, apply := range change {
		apply(made)
	}
	return made
}
