package account_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestAnAccountWithGoodCredentialsIsReady(t *testing.T) {
	h := controllertest.New(t, controllertest.Options{WithoutAccount: true})
	object := h.CreateAccount("main", controllertest.Login, controllertest.Password)
	h.WaitReady(object)
	if object.Status.UserID != "4711" {
		t.Errorf("user ID %q", object.Status.UserID)
	}
	if checks, probes := h.API.Calls("nop"), h.API.Calls("reseller_nop"); checks != 1 || probes != 1 {
		t.Errorf("%d requests for the credentials, %d for the kind of account; want one each", checks, probes)
	}
	if object.Status.Capability != v1alpha1.CapabilityOrdinary || object.Status.Budget.RequestsPerHour != 1080 {
		t.Errorf("status %+v", object.Status)
	}
}

func TestAnAccountShowsWhatTheSweepsFind(t *testing.T) {
	h := controllertest.New(t, controllertest.Options{WithoutAccount: true, Sweeps: controllertest.Soon})
	h.API.AddAccount(regapitest.Account{Login: "partner", Password: "x", Partner: true, Balance: regapitest.Balance{Prepay: "1000.50"}})
	h.API.AddDomain("partner", regapitest.Domain{Name: "partner.ru"})
	object := h.CreateAccount("main", "partner", "x")
	zone := h.CreateZoneWith(v1alpha1.DNSZoneSpec{DomainName: "partner.ru", Records: []v1alpha1.NameRecords{controllertest.WWW("192.0.2.1", "192.0.2.2")}})
	h.WaitReady(zone)
	h.Eventually("the account to show it", func() error {
		if err := h.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		status := object.Status
		fresh := meta.IsStatusConditionTrue(status.Conditions, v1alpha1.ConditionInventoryFresh)
		if status.Capability != v1alpha1.CapabilityPartner || status.Domains != 1 || status.Zones != 1 || !fresh {
			return fmt.Errorf("status %+v", status)
		}
		return nil
	})
	if updates, adds := h.API.Calls("zone/update_records"), h.API.Calls("zone/add_*"); updates != 1 || adds != 0 {
		t.Errorf("%d requests with many changes, %d with one; want 1 and 0", updates, adds)
	}
}

func TestTheBalanceIsShownOnlyWhereTheAccountSaysSo(t *testing.T) {
	h := controllertest.New(t, controllertest.Options{WithoutAccount: true, Sweeps: controllertest.Soon})
	h.API.AddAccount(regapitest.Account{Login: "rich", Password: "x", Balance: regapitest.Balance{Prepay: "1000.50"}})
	object := h.CreateAccount("main", "rich", "x")
	shows := func(want string) func() error {
		return func() error {
			if err := h.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil {
				return err
			}
			if object.Status.ObservedGeneration != object.Generation || object.Status.Balance != want || !meta.IsStatusConditionTrue(object.Status.Conditions, v1alpha1.ConditionInventoryFresh) {
				return fmt.Errorf("status %+v", object.Status)
			}
			return nil
		}
	}
	h.Eventually("a sweep whose balance does not show", shows(""))
	controllertest.Change(h, object, func(a *v1alpha1.Account) { a.Spec.Balance = v1alpha1.BalanceShown })
	h.Eventually("the balance to show", shows("1000.50 RUR"))
	controllertest.Change(h, object, func(a *v1alpha1.Account) { a.Spec.Balance = v1alpha1.BalanceHidden })
	h.Eventually("the balance to go", shows(""))
}

func TestAnAccountWhoseSweepsAreDeniedIsNoLongerReady(t *testing.T) {
	h := controllertest.New(t, controllertest.Options{Sweeps: controllertest.Soon, WithoutAccount: true})
	object := h.CreateAccount("main", controllertest.Login, controllertest.Password)
	h.WaitReady(object)
	h.API.SetPassword(controllertest.Login, "changed at the registrar")
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAccessDenied)
}

func TestAnAccountThatIsDeniedSaysWhyAndRecoversWithItsSecret(t *testing.T) {
	h := controllertest.New(t, controllertest.Options{WithoutAccount: true})
	object := h.CreateAccount("main", controllertest.Login, "wrong-secret-word\n")
	waiting := h.CreateZone(controllertest.WWW("192.0.2.1"))
	ready := h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAccessDenied)
	if !strings.Contains(ready.Message, "PASSWORD_AUTH_FAILED") || !strings.Contains(ready.Message, "Correct the user name and the API password") {
		t.Errorf("message %q", ready.Message)
	}
	h.WaitFor(waiting, metav1.ConditionFalse, v1alpha1.ReasonAccountNotReady)
	if calls := len(h.API.Journal()); calls != 1 {
		t.Errorf("%d requests with a wrong password, want 1", calls)
	}
	controllertest.Change(h, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: "main"}}, func(s *corev1.Secret) {
		s.Data["password"] = []byte(controllertest.Password + "\n") // As `echo` writes it.
	})
	h.WaitReady(object)
	h.WaitReady(waiting)
	if strings.Contains(h.Logs.String(), "wrong-secret-word") || strings.Contains(h.Logs.String(), controllertest.Password) {
		t.Error("a password is in the logs")
	}
}

func TestAnAccountThatCannotBeUsedNamesTheRemedy(t *testing.T) {
	for name, test := range map[string]struct {
		arrange      func(h *controllertest.Harness) *v1alpha1.Account
		reason, want string
	}{
		"an address that is not allowed": {
			func(h *controllertest.Harness) *v1alpha1.Account {
				h.API.AddAccount(regapitest.Account{Login: "elsewhere", Password: "x", AllowedIPs: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}})
				return h.CreateAccount("main", "elsewhere", "x")
			}, v1alpha1.ReasonAccessDenied, "allow-list",
		},
		"a Secret without a password": {
			func(h *controllertest.Harness) *v1alpha1.Account {
				return h.CreateAccount("main", controllertest.Login, "")
			}, v1alpha1.ReasonSecretInvalid, "has no key password",
		},
		"a Secret without a user name": {
			func(h *controllertest.Harness) *v1alpha1.Account {
				return h.CreateAccount("main", "", controllertest.Password)
			}, v1alpha1.ReasonSecretInvalid, "has no key username",
		},
		"an account that is blocked": {
			func(h *controllertest.Harness) *v1alpha1.Account {
				h.API.AddAccount(regapitest.Account{Login: "blocked", Password: "x", Blocked: true})
				return h.CreateAccount("main", "blocked", "x")
			}, v1alpha1.ReasonAccessDenied, "Restore the account",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := controllertest.New(t, controllertest.Options{WithoutAccount: true})
			ready := h.WaitFor(test.arrange(h), metav1.ConditionFalse, test.reason)
			if !strings.Contains(ready.Message, test.want) {
				t.Errorf("message %q lacks %q", ready.Message, test.want)
			}
		})
	}
}

func TestAnAccountWaitsForItsSecret(t *testing.T) {
	h := controllertest.New(t, controllertest.Options{WithoutAccount: true})
	object := &v1alpha1.Account{
		ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: "main"},
		Spec:       v1alpha1.AccountSpec{SecretRef: v1alpha1.SecretReference{Name: "later"}, Endpoint: h.API.URL()},
	}
	h.MustCreate(object)
	ready := h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonSecretNotFound)
	if !strings.Contains(ready.Message, "Secret later does not exist: create it") {
		t.Errorf("message %q", ready.Message)
	}
	h.CreateSecret("later", controllertest.Login, controllertest.Password)
	h.WaitReady(object)
}
