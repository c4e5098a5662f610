package ordering

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/contacts"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Registrant is who a domain is registered to: contacts, or a profile of them at the registrar.
type Registrant struct {
	Contacts                 regapi.Contacts
	ProfileType, ProfileName string
	// AuthInfo is the key of a transfer, from a Secret of that version.
	AuthInfo        regapi.Secret
	AuthInfoVersion string
}

// maxComplaints bounds how many wrong fields a message names.
const maxComplaints = 10

// Registrant reads who a Domain is to be registered to. Lacks says what is wrong with that, by the names of fields alone; nothing is ordered then.
func (d *Desk) Registrant(ctx context.Context, domain *v1alpha1.Domain, name string) (who Registrant, lacks string, err error) {
	acquisition := domain.Spec.Acquisition
	if acquisition == nil {
		return who, "spec.acquisition is missing", nil
	}
	if acquisition.Mode != v1alpha1.AcquisitionTransfer {
		return d.contacts(ctx, domain, name)
	}
	if acquisition.ContactsRef != nil || acquisition.ContactProfile != nil || !contacts.Optional(name) {
		if who, lacks, err = d.contacts(ctx, domain, name); err != nil || lacks != "" {
			return who, lacks, err
		}
	}
	if acquisition.AuthInfoRef == nil {
		return who, "spec.acquisition.authInfoRef is missing", nil
	}
	secret, lacks, err := d.secret(ctx, domain, "authInfoRef", acquisition.AuthInfoRef.Name)
	if err != nil || lacks != "" {
		return who, lacks, err
	}
	who.AuthInfo, who.AuthInfoVersion = regapi.Secret(strings.TrimSpace(string(secret.Data[v1alpha1.SecretKeyAuthInfo]))), secret.ResourceVersion
	if length := len(who.AuthInfo); length < minAuthInfo || length > maxAuthInfo {
		return who, fmt.Sprintf("%s in the Secret %s of spec.acquisition.authInfoRef has to be %d to %d characters long", v1alpha1.SecretKeyAuthInfo, secret.Name, minAuthInfo, maxAuthInfo), nil
	}
	return who, "", nil
}

// The length of a key of a transfer (8.8).
const (
	minAuthInfo = 5
	maxAuthInfo = 48
)

// contacts reads those of the registrant.
func (d *Desk) contacts(ctx context.Context, domain *v1alpha1.Domain, name string) (who Registrant, lacks string, err error) {
	acquisition := domain.Spec.Acquisition
	switch {
	case acquisition.ContactProfile != nil:
		return Registrant{ProfileType: string(acquisition.ContactProfile.Type), ProfileName: acquisition.ContactProfile.Name}, "", nil
	case acquisition.ContactsRef == nil:
		return who, "neither spec.acquisition.contactsRef nor contactProfile is there", nil
	}
	who.Contacts, _, lacks, err = d.Contacts(ctx, domain, name)
	return who, lacks, err
}

// Contacts reads those that spec.acquisition.contactsRef of a Domain names, and the resourceVersion of their Secret. Lacks says what is wrong with
// them, by the names of fields alone; nothing is sent then.
func (d *Desk) Contacts(ctx context.Context, domain *v1alpha1.Domain, name string) (held regapi.Contacts, version, lacks string, err error) {
	secret, lacks, err := d.secret(ctx, domain, "contactsRef", domain.Spec.Acquisition.ContactsRef.Name)
	if err != nil || lacks != "" {
		return nil, "", lacks, err
	}
	held = make(regapi.Contacts, len(secret.Data))
	for field, value := range secret.Data {
		held[field] = strings.TrimSpace(string(value))
	}
	if wrong := contacts.Check(name, held); len(wrong) > 0 {
		lacks = fmt.Sprintf("in the Secret %s of spec.acquisition.contactsRef: %s", secret.Name, strings.Join(wrong[:min(len(wrong), maxComplaints)], "; "))
		return nil, "", lacks, nil
	}
	return held, secret.ResourceVersion, "", nil
}

// secret reads a Secret that a field of spec.acquisition names, if it is meant for this.
func (d *Desk) secret(ctx context.Context, domain *v1alpha1.Domain, field, name string) (secret *corev1.Secret, lacks string, err error) {
	secret = &corev1.Secret{}
	err = d.Live.Get(ctx, types.NamespacedName{Namespace: domain.Namespace, Name: name}, secret)
	switch {
	case apierrors.IsNotFound(err):
		return secret, fmt.Sprintf("the Secret %s of spec.acquisition.%s does not exist", name, field), nil
	case apierrors.IsForbidden(err):
		return secret, fmt.Sprintf("the operator may not read the Secret %s of spec.acquisition.%s", name, field), nil
	case err != nil:
		return secret, "", fmt.Errorf("read the Secret of spec.acquisition.%s: %w", field, err)
	case secret.Type != corev1.SecretTypeOpaque && secret.Type != v1alpha1.SecretTypeContacts && secret.Labels[v1alpha1.LabelContacts] != "true":
		return secret, fmt.Sprintf("the Secret %s may be another program's: give it the type %s, or the label %s: \"true\"", name, v1alpha1.SecretTypeContacts, v1alpha1.LabelContacts), nil
	default:
		return secret, "", nil
	}
}
