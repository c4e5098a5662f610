package tenants

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	acme "github.com/cert-manager/cert-manager/pkg/acme/webhook/apis/acme/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/webhook/certmanager"
)

// Addresses of the owner and of the tenant.
const (
	ours   = "192.0.2.1"
	hostil = "203.0.113.66"
)

// account makes an Account with its Secret, whose login's password is its name unless another is given.
func (w *world) account(as client.Client, namespace, name, login, password, endpoint string, change ...func(*v1alpha1.AccountSpec)) *v1alpha1.Account {
	w.Helper()
	w.must(as.Create(w.Context(), &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, StringData: map[string]string{"username": login, "password": password},
	}))
	made := &v1alpha1.Account{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec:       v1alpha1.AccountSpec{SecretRef: v1alpha1.SecretReference{Name: name}, Endpoint: endpoint},
	}
	for _, apply := range change {
		apply(&made.Spec)
	}
	w.must(as.Create(w.Context(), made))
	return made
}

// ownersAccount is that of the domains, which the namespace of the ClusterIssuer may use.
func (w *world) ownersAccount() {
	w.Helper()
	w.account(w.admin, w.owners, "main", "owner", "owner", w.api.URL(), func(s *v1alpha1.AccountSpec) {
		s.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesSelector, Selector: &metav1.LabelSelector{
			MatchLabels: map[string]string{"kubernetes.io/metadata.name": w.issuers},
		}}
	})
}

// hostile lets everybody use an Account, and has external-dns served every domain of it.
func hostile(s *v1alpha1.AccountSpec) {
	s.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll}
	s.ExternalDNS = v1alpha1.ExternalDNSEnabled
}

// zoneFor gives a DNSZone that external-dns is served.
func zoneFor(namespace, domain, address string, ref v1alpha1.AccountReference) *v1alpha1.DNSZone {
	return &v1alpha1.DNSZone{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, GenerateName: "zone-"},
		Spec: v1alpha1.DNSZoneSpec{
			AccountRef: ref, DomainName: v1alpha1.DomainName(domain), ExternalDNS: v1alpha1.ExternalDNSEnabled,
			Records: []v1alpha1.NameRecords{{Name: "www", A: []v1alpha1.IPv4Address{v1alpha1.IPv4Address(address)}}},
		},
	}
}

func (w *world) ownersZone(domain string) *v1alpha1.DNSZone {
	return zoneFor(w.owners, domain, ours, v1alpha1.AccountReference{Name: "main"})
}

// eventually waits until a check passes.
func (w *world) eventually(what string, check func() error) {
	w.Helper()
	for deadline := time.Now().Add(time.Minute); ; {
		err := check()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			w.Fatalf("waited in vain for %s: %v", what, err)
		}
		time.Sleep(20 * time.Millisecond) // A poll of a real API server; no clock to turn.
	}
}

// settled waits until the operator has come to a conclusion about an object, and gives its reason.
func (w *world) settled(object *v1alpha1.DNSZone) (reason string) {
	w.Helper()
	w.eventually(object.Name+" to be looked at", func() error {
		w.must(w.admin.Get(w.Context(), client.ObjectKeyFromObject(object), object))
		ready := meta.FindStatusCondition(object.Status.Conditions, v1alpha1.ConditionReady)
		if ready == nil || ready.ObservedGeneration != object.Generation || ready.Status == metav1.ConditionUnknown {
			return fmt.Errorf("%+v", object.Status.Conditions)
		}
		reason = ready.Reason
		return nil
	})
	return reason
}

func (w *world) ready(object *v1alpha1.DNSZone) {
	w.Helper()
	w.eventually(fmt.Sprintf("%s/%s for %s to be Ready", object.Namespace, object.Name, object.Spec.DomainName), func() error {
		w.must(w.admin.Get(w.Context(), client.ObjectKeyFromObject(object), object))
		if !meta.IsStatusConditionTrue(object.Status.Conditions, v1alpha1.ConditionReady) {
			return fmt.Errorf("%+v", object.Status.Conditions)
		}
		return nil
	})
}

// ask makes a request of external-dns.
func (w *world) ask(method, path string, body any) (int, []byte) {
	w.Helper()
	data, err := json.Marshal(body)
	w.must(err)
	request, err := http.NewRequestWithContext(w.Context(), method, w.provider.URL+path, bytes.NewReader(data))
	w.must(err)
	response, err := http.DefaultClient.Do(request)
	w.must(err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	w.must(err)
	return response.StatusCode, text
}

// served gives the domains that external-dns is told of.
func (w *world) served() []string {
	w.Helper()
	var filter struct {
		Include []string `json:"include"`
	}
	w.eventually("external-dns to be told its domains", func() error {
		status, body := w.ask("GET", "/", nil)
		if status != http.StatusOK {
			return fmt.Errorf("status %d", status)
		}
		return json.Unmarshal(body, &filter)
	})
	return filter.Include
}

// order has external-dns create an address.
func (w *world) order(name, address string) {
	w.Helper()
	asked := map[string]any{"Create": []any{map[string]any{"dnsName": name, "recordType": "A", "targets": []string{address}}}}
	if status, body := w.ask("POST", "/records", asked); status != http.StatusNoContent {
		w.Errorf("the order of %s: %d %s", name, status, body)
	}
}

// challenge has cert-manager present one, for a ClusterIssuer that names no Account.
func (w *world) challenge(fqdn string) {
	w.Helper()
	if err := w.solver.Present(w.challengeOf(fqdn, w.issuers, nil)); err != nil {
		w.Errorf("the challenge of %s: %v", fqdn, err)
	}
}

// challengeOf gives a request of cert-manager for an Issuer of a namespace, which may name an Account.
func (w *world) challengeOf(fqdn, namespace string, ref *v1alpha1.AccountReference) *acme.ChallengeRequest {
	w.Helper()
	raw, err := json.Marshal(certmanager.Config{AccountRef: ref})
	w.must(err)
	return &acme.ChallengeRequest{Type: "dns-01", Key: "key", ResourceNamespace: namespace, ResolvedFQDN: fqdn, Config: &apiextensionsv1.JSON{Raw: raw}}
}

// holds says whether REG.API has a record.
func holds(api *regapitest.Server, domain, name, kind, content string) bool {
	return slices.ContainsFunc(api.Records(domain), func(r regapitest.Record) bool {
		return r.Name == name && r.Type == kind && r.Content == content
	})
}
