package tenants

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// verdict waits until the operator has looked at an Account, and gives reason and message of what it says.
func (w *world) verdict(object *v1alpha1.Account) (reason, message string) {
	w.Helper()
	w.eventually(object.Name+" to be looked at", func() error {
		w.must(w.admin.Get(w.Context(), client.ObjectKeyFromObject(object), object))
		ready := meta.FindStatusCondition(object.Status.Conditions, v1alpha1.ConditionReady)
		if ready == nil || ready.ObservedGeneration != object.Generation {
			return fmt.Errorf("%+v", object.Status.Conditions)
		}
		reason, message = ready.Reason, ready.Message
		return nil
	})
	return reason, message
}

// TestNoSecretIsSentAwayByAnAccountThatNamesIt: whoever may create Accounts has the operator use the Secrets of his namespace, of which other programs
// keep theirs in such as have a username and a password.
func TestNoSecretIsSentAwayByAnAccountThatNamesIt(t *testing.T) {
	w := newStrictWorld(t)
	databases := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: w.tenants, Name: "database"}, Type: corev1.SecretTypeBasicAuth,
		StringData: map[string]string{"username": "postgres", "password": "hunter2"},
	}
	w.must(w.admin.Create(t.Context(), databases))
	for name, c := range map[string]struct{ endpoint, reason string }{
		"to-his-server":    {w.theirs.URL(), v1alpha1.ReasonEndpointNotAllowed},
		"to-the-registrar": {w.api.URL(), v1alpha1.ReasonSecretTypeRefused},
	} {
		object := &v1alpha1.Account{
			ObjectMeta: metav1.ObjectMeta{Namespace: w.tenants, Name: name},
			Spec:       v1alpha1.AccountSpec{SecretRef: v1alpha1.SecretReference{Name: "database"}, Endpoint: c.endpoint},
		}
		w.must(w.tenant.Create(t.Context(), object))
		if reason, message := w.verdict(object); reason != c.reason {
			t.Errorf("%s: %s, %s", name, reason, message)
		}
	}
	own := w.account(w.tenant, w.tenants, "own", "mallory", "mallory", w.theirs.URL())
	if reason, _ := w.verdict(own); reason != v1alpha1.ReasonEndpointNotAllowed {
		t.Errorf("his own credentials for his server: %s", reason)
	}
	if sent := append(w.theirs.Journal(), w.api.Journal(regapitest.OfAccount("postgres"))...); len(sent) > 0 {
		t.Errorf("sent was %s as %q", sent[0].Function, sent[0].Login)
	}
}

// TestTheStatusOfAnAccountTellsNothingOfAnAddress: a port that is closed, one that answers 404 and one with somebody else's TLS look the same.
func TestTheStatusOfAnAccountTellsNothingOfAnAddress(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	missing, certified := httptest.NewServer(http.NotFoundHandler()), httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(missing.Close)
	t.Cleanup(certified.Close)
	for _, w := range []*world{newStrictWorld(t), newWorld(t)} {
		told := map[string][]string{}
		for name, endpoint := range map[string]string{"closed": "http://" + closed.Addr().String() + "/", "missing": missing.URL + "/", "tls": certified.URL + "/"} {
			reason, message := w.verdict(w.account(w.tenant, w.tenants, name, "mallory", "mallory", endpoint))
			told[reason+": "+message] = append(told[reason+": "+message], name)
		}
		if len(told) != 1 {
			t.Errorf("told apart are %v", told)
		}
	}
}

// TestNoSecretIsReadThatNoAccountNames looks at what the operator asks of the API server, with the role that is shipped.
func TestNoSecretIsReadThatNoAccountNames(t *testing.T) {
	w := newWorld(t)
	w.must(w.admin.Create(t.Context(), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: w.owners, Name: "unnamed"}, StringData: map[string]string{"password": "x"}}))
	w.ownersAccount()
	w.api.AddDomain("owner", regapitest.Domain{Name: "example.ru"})
	object := w.ownersZone("example.ru")
	w.must(w.admin.Create(t.Context(), object))
	w.ready(object)
	asked := w.secrets.all()
	for _, line := range asked {
		if !strings.HasPrefix(line, "GET /api/v1/namespaces/"+w.owners+"/secrets/main") && !strings.Contains(line, "fieldSelector=metadata.name%3Dmain") {
			t.Errorf("asked was %s", line)
		}
	}
	if len(asked) == 0 {
		t.Error("no Secret was read: this test sees nothing")
	}
	operator := w.clientAs(rest.ImpersonationConfig{UserName: "system:serviceaccount:" + operators + ":operator", Groups: []string{"system:authenticated"}})
	for namespace, of := range map[string]string{w.owners: "the owner's", "": "all"} {
		if err := operator.List(t.Context(), &corev1.SecretList{}, client.InNamespace(namespace)); !apierrors.IsForbidden(err) {
			t.Errorf("to list %s Secrets: %v", of, err)
		}
	}
}

// TestWhatATenantsServerRefusesStopsNobodyElse has it refuse the address of the operator, as REG.API does, at everything that it is asked.
func TestWhatATenantsServerRefusesStopsNobodyElse(t *testing.T) {
	w := newWorld(t)
	w.ownersAccount()
	w.api.AddDomain("owner", regapitest.Domain{Name: "example.ru"})
	object := w.ownersZone("example.ru")
	w.must(w.admin.Create(t.Context(), object))
	w.ready(object)

	w.theirs.Inject(regapitest.Fault{Kind: regapitest.FaultError, Code: "IP_EXCEEDED_ALLOWED_CONNECTION_RATE"})
	own := w.account(w.tenant, w.tenants, "own", "mallory", "mallory", w.theirs.URL(), hostile)
	if reason, message := w.verdict(own); reason != v1alpha1.ReasonThrottled {
		t.Errorf("his Account is %s: %s", reason, message)
	}
	began := time.Now()
	if err := w.edit(&neighbour{domain: "example.ru", zone: object}, "192.0.2.9"); err != nil {
		t.Error(err)
	}
	w.challenge("_acme-challenge.example.ru.")
	if took := time.Since(began); took > 30*time.Second { // A freeze lasts five minutes.
		t.Errorf("the owner waited %s", took)
	}
}

// TestAHundredNamesThatDoNotExistCostATenantNoRequestEach: they are looked up in the list of the account.
func TestAHundredNamesThatDoNotExistCostATenantNoRequestEach(t *testing.T) {
	const names = 100
	w := newWorld(t)
	w.api.AddDomain("mallory", regapitest.Domain{Name: "mallory.ru"})
	working := w.account(w.tenant, w.tenants, "working", "mallory", "mallory", w.api.URL())
	if reason, message := w.verdict(working); reason != v1alpha1.ReasonSucceeded {
		t.Fatalf("his Account is %s: %s", reason, message)
	}
	for n := range names {
		w.must(w.tenant.Create(t.Context(), &v1alpha1.Domain{
			ObjectMeta: metav1.ObjectMeta{Namespace: w.tenants, Name: fmt.Sprintf("domain-%d", n)},
			Spec:       v1alpha1.DomainSpec{AccountRef: v1alpha1.AccountReference{Name: "working"}, DomainName: v1alpha1.DomainName(fmt.Sprintf("missing-%d.ru", n))},
		}))
	}
	w.eventually("all names to be looked up", func() error {
		var domains v1alpha1.DomainList
		w.must(w.tenant.List(t.Context(), &domains, client.InNamespace(w.tenants)))
		for _, found := range domains.Items {
			if ready := meta.FindStatusCondition(found.Status.Conditions, v1alpha1.ConditionReady); ready == nil || ready.Reason != v1alpha1.ReasonNotFound {
				return fmt.Errorf("%s: %+v", found.Name, ready)
			}
		}
		return nil
	})
	if asked := w.api.Journal(regapitest.OfAccount("mallory")); len(asked) > names/5 {
		t.Errorf("%d names cost %d requests", names, len(asked))
	}
}

// TestAnotherSpellingOfTheEndpointIsNoOtherLogin: with two budgets and two claims a tenant could have twice of all.
func TestAnotherSpellingOfTheEndpointIsNoOtherLogin(t *testing.T) {
	w := newWorld(t)
	w.api.AddDomain("mallory", regapitest.Domain{Name: "mallory.ru"})
	var reasons, ids []string
	for name, endpoint := range map[string]string{"slash": strings.TrimSuffix(w.api.URL(), "/") + "/", "bare": strings.TrimSuffix(w.api.URL(), "/")} {
		object := w.account(w.tenant, w.tenants, name, "mallory", "mallory", endpoint)
		if reason, message := w.verdict(object); reason != v1alpha1.ReasonSucceeded {
			t.Errorf("his Account %s is %s: %s", name, reason, message)
		}
		ids = append(ids, object.Status.ID)
		zone := zoneFor(w.tenants, "mallory.ru", hostil, v1alpha1.AccountReference{Name: name})
		w.must(w.tenant.Create(t.Context(), zone))
		reasons = append(reasons, w.settled(zone))
	}
	if ids[0] != ids[1] || ids[0] == "" {
		t.Errorf("the login is known as %q", ids)
	}
	if reasons[1] != v1alpha1.ReasonConflict {
		t.Errorf("his objects for one domain are %v", reasons)
	}
}
