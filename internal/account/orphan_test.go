package account

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// orphanage is an Account whose Secret can be taken away.
type orphanage struct {
	*testing.T
	kube      client.Client
	directory *Directory
	account   *v1alpha1.Account
	first     *Connection
}

func newOrphanage(t *testing.T) *orphanage {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		t.Fatal(err)
	}
	o := &orphanage{T: t, account: newAccount("a", "s", "http://127.0.0.1:1/")}
	o.account.Status.UserID, o.account.Status.SecretVersion = "7", "999"
	o.account.Status.ID = LoginID(o.account.Spec.Endpoint, 7)
	o.account.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue}}
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "default", Finalizers: []string{"example.ru/keep"}}}
	o.kube = fake.NewClientBuilder().WithScheme(scheme).WithObjects(o.secret(testPassword), o.account, namespace).Build()
	o.directory = newDirectory(o.kube)
	o.first = mustRefresh(t, o.directory, o.account)
	return o
}

func (o *orphanage) secret(password string) *corev1.Secret {
	return newSecret("s", map[string]string{"username": testLogin, "password": password})
}

func (o *orphanage) remove(object client.Object) {
	o.Helper()
	if err := o.kube.Delete(o.Context(), object); err != nil {
		o.Fatal(err)
	}
}

func (o *orphanage) create(object client.Object) {
	o.Helper()
	if err := o.kube.Create(o.Context(), object); err != nil {
		o.Fatal(err)
	}
}

// reason is why the Account cannot be used, empty where it can, and where it must be by the first connection.
func (o *orphanage) reason(use func() (*Connection, error)) string {
	o.Helper()
	connection, err := use()
	var unavailable *Unavailable
	switch {
	case errors.As(err, &unavailable):
		return unavailable.Reason
	case err != nil || connection != o.first:
		o.Fatalf("connection %p, want %p; error %v", connection, o.first, err)
	}
	return ""
}

func (o *orphanage) refresh() (*Connection, error) {
	return o.directory.Refresh(o.Context(), o.account)
}

func (o *orphanage) release() (*Connection, error) {
	return o.directory.ResolveForRelease(o.Context(), o.kube, "default", v1alpha1.AccountReference{Name: "a"}, "example.ru")
}

func TestAConnectionOutlivesItsSecretByAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOrphanage(t)
		o.remove(o.secret(testPassword))
		for _, wait := range []time.Duration{0, 30 * time.Second, 29 * time.Second} {
			time.Sleep(wait)
			if reason := o.reason(o.refresh); reason != "" {
				t.Fatalf("closed early: %s", reason)
			}
		}
		if left := o.first.Orphaned(); left != time.Second {
			t.Errorf("%s are left, want a second", left)
		}
		time.Sleep(time.Second)
		if reason := o.reason(o.refresh); reason != v1alpha1.ReasonSecretNotFound {
			t.Errorf("after a minute: reason %q", reason)
		}
		if reason := o.reason(o.release); reason != v1alpha1.ReasonSecretNotFound {
			t.Errorf("a release after a minute: reason %q", reason)
		}
	})
}

func TestASecretThatIsReplacedWithinTheMinuteChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOrphanage(t)
		for range 3 { // Each time the minute begins anew.
			o.remove(o.secret(testPassword))
			if reason := o.reason(o.refresh); reason != "" {
				t.Fatalf("closed: %s", reason)
			}
			time.Sleep(50 * time.Second)
			o.create(o.secret(testPassword))
			if reason := o.reason(o.refresh); reason != "" || o.first.Orphaned() != 0 {
				t.Fatalf("reason %q, %s left", reason, o.first.Orphaned())
			}
		}
		o.remove(o.secret(testPassword))
		o.create(o.secret("another"))
		if changed, err := o.refresh(); !regapi.IsTransient(err) || o.directory.open(o.account) != nil {
			t.Errorf("other credentials should be tried before they make another connection: %v, %v", changed, err)
		}
	})
}

func TestWhileItsNamespaceIsDeletedAConnectionWithoutSecretServesReleasesAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOrphanage(t)
		o.remove(o.secret(testPassword))
		o.reason(o.refresh)
		o.remove(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "default"}})
		time.Sleep(2 * time.Minute)
		if reason := o.reason(o.refresh); reason != v1alpha1.ReasonSecretNotFound {
			t.Errorf("reason %q", reason)
		}
		if reason := o.reason(o.release); reason != "" {
			t.Errorf("a release: reason %q", reason)
		}
		time.Sleep(ReleaseGrace)
		o.reason(o.refresh)
		if reason := o.reason(o.release); reason != v1alpha1.ReasonSecretNotFound {
			t.Errorf("a release after the grace: reason %q", reason)
		}
	})
}

func TestAnAccountThatIsDeletedServesReleasesAlone(t *testing.T) {
	o := newOrphanage(t)
	o.account.Finalizers = []string{"example.ru/keep"}
	if err := o.kube.Update(t.Context(), o.account); err != nil {
		t.Fatal(err)
	}
	o.remove(o.secret(testPassword))
	o.remove(o.account)
	resolve := func() (*Connection, error) {
		return o.directory.Resolve(t.Context(), o.kube, "default", v1alpha1.AccountReference{Name: "a"})
	}
	if reason := o.reason(resolve); reason != v1alpha1.ReasonAccountNotReady {
		t.Errorf("reason %q", reason)
	}
	if reason := o.reason(o.release); reason != "" {
		t.Errorf("a release: reason %q", reason)
	}
}
