package domain_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

var mayTransfer = &v1alpha1.Spending{Operations: []v1alpha1.OrderOperation{v1alpha1.OperationTransfer}, PerOrder: "1000", PerMonth: "5000"}

// moving makes a Domain that is to come from another registrar, with a key.
func (s *shop) moving(name, key string) (*v1alpha1.Domain, *corev1.Secret) {
	s.Helper()
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: s.Namespace, Name: "key"}, StringData: map[string]string{"authinfo": key}}
	s.MustCreate(secret)
	return s.wanted(name, func(a *v1alpha1.Acquisition) {
		a.Mode, a.ContactsRef, a.AuthInfoRef = v1alpha1.AcquisitionTransfer, nil, &v1alpha1.SecretReference{Name: "key"}
	}), secret
}

func TestADomainIsTransferredOnceAndItsKeyCanBeCorrected(t *testing.T) {
	s := newShop(t, mayTransfer)
	s.API.AddRegistryName(regapitest.RegistryName{Name: "away.ru", AuthInfo: "the-right-key"})
	object, secret := s.moving("away.ru", "the-wrong-key")
	s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonTransferWaits)
	s.shows(object, v1alpha1.ConditionActionRequired, v1alpha1.ReasonTransferWaits)
	if object.Status.Transfer == nil || object.Status.Transfer.Stage != "authinfoError" {
		t.Errorf("%+v", object.Status.Transfer)
	}
	controllertest.Change(s.Harness, secret, func(c *corev1.Secret) { c.Data["authinfo"] = []byte("the-right-key") })
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) { d.Spec.Acquisition.MaxPrice = "999" })
	s.orderComesTo("away.ru.1", "Settled")
	s.WaitReady(object)
	s.shows(object, v1alpha1.ConditionActionRequired, "")
	if s.API.Calls("domain/transfer") != 1 || s.API.Calls("domain/set_new_authinfo") != 1 || s.out() != 590_00 {
		t.Errorf("%d orders, %d keys, %d spent", s.API.Calls("domain/transfer"), s.API.Calls("domain/set_new_authinfo"), s.out())
	}
}
