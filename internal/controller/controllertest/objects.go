package controllertest

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// WWW are the addresses of the name www, as a spec has them.
func WWW(addresses ...v1alpha1.IPv4Address) v1alpha1.NameRecords {
	return v1alpha1.NameRecords{Name: "www", A: addresses}
}

// CreateSecret makes a Secret for an Account.
func (h *Harness) CreateSecret(name, login, password string) *corev1.Secret {
	h.Helper()
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: name},
		StringData: map[string]string{"username": login, "password": password},
	}
	h.MustCreate(secret)
	return secret
}

// CreateAccount makes an Account and a Secret of the same name.
func (h *Harness) CreateAccount(name, login, password string) *v1alpha1.Account {
	h.Helper()
	h.CreateSecret(name, login, password)
	object := &v1alpha1.Account{
		ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: name},
		Spec:       v1alpha1.AccountSpec{SecretRef: v1alpha1.SecretReference{Name: name}, Endpoint: h.API.URL()},
	}
	h.MustCreate(object)
	return object
}

// CreateDomain makes a Domain of the Account main.
func (h *Harness) CreateDomain(domain string) *v1alpha1.Domain {
	h.Helper()
	object := &v1alpha1.Domain{
		ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, GenerateName: "domain-"},
		Spec:       v1alpha1.DomainSpec{AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: v1alpha1.DomainName(domain)},
	}
	h.MustCreate(object)
	return object
}

// CreateZone makes a DNSZone for example.ru.
func (h *Harness) CreateZone(records ...v1alpha1.NameRecords) *v1alpha1.DNSZone {
	h.Helper()
	return h.CreateZoneWith(v1alpha1.DNSZoneSpec{Records: records})
}

// CreateZoneWith makes a DNSZone of the Account main, for example.ru unless the spec names another domain.
func (h *Harness) CreateZoneWith(spec v1alpha1.DNSZoneSpec) *v1alpha1.DNSZone {
	h.Helper()
	spec = *spec.DeepCopy() // What the API server answers is read into the same lists, which several tests may share.
	spec.AccountRef.Name = "main"
	if spec.DomainName == "" {
		spec.DomainName = "example.ru"
	}
	object := &v1alpha1.DNSZone{ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, GenerateName: "zone-"}, Spec: spec}
	h.MustCreate(object)
	return object
}

// CreateFolder makes a Folder of the Account main.
func (h *Harness) CreateFolder(name string, spec v1alpha1.FolderSpec) *v1alpha1.Folder {
	h.Helper()
	spec = *spec.DeepCopy()
	spec.AccountRef.Name = "main"
	object := &v1alpha1.Folder{ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: name}, Spec: spec}
	h.MustCreate(object)
	return object
}

// MustCreate creates an object, or ends the test.
func (h *Harness) MustCreate(object client.Object) {
	h.Helper()
	if err := h.Create(h.Context(), object); err != nil {
		h.Fatal(err)
	}
}

// Change updates an object until it does not collide with the controllers' own writes.
func Change[O client.Object](h *Harness, object O, mutate func(O)) {
	h.Helper()
	h.Eventually("change "+object.GetName(), func() error {
		if err := h.Get(h.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		mutate(object)
		return h.Update(h.Context(), object)
	})
}
