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
}

// maxComplaints bounds how many wrong fields a message names.
const maxComplaints = 10

// Registrant reads who a Domain is to be registered to. Lacks says what is wrong with that, by the names of fields alone; nothing is ordered then.
func (d *Desk) Registrant(ctx context.Context, domain *v1alpha1.Domain, name string) (who Registrant, lacks string, err error) {
	acquisition := domain.Spec.Acquisition
	switch {
	case acquisition == nil:
		return who, "spec.acquisition is missing", nil
	case acquisition.ContactProfile != nil:
		return Registrant{ProfileType: string(acquisition.ContactProfile.Type), ProfileName: acquisition.ContactProfile.Name}, "", nil
	case acquisition.ContactsRef == nil:
		return who, "neither spec.acquisition.contactsRef nor contactProfile is there", nil
	}
	var secret corev1.Secret
	ref := acquisition.ContactsRef.Name
	err = d.Live.Get(ctx, types.NamespacedName{Namespace: domain.Namespace, Name: ref}, &secret)
	switch {
	case apierrors.IsNotFound(err):
		return who, fmt.Sprintf("the Secret %s of spec.acquisition.contactsRef does not exist", ref), nil
	case apierrors.IsForbidden(err):
		return who, fmt.Sprintf("the operator may not read the Secret %s of spec.acquisition.contactsRef", ref), nil
	case err != nil:
		return who, "", fmt.Errorf("read the Secret of spec.acquisition.contactsRef: %w", err)
	case secret.Type != corev1.SecretTypeOpaque && secret.Type != v1alpha1.SecretTypeContacts && secret.Labels[v1alpha1.LabelContacts] != "true":
		return who, fmt.Sprintf("the Secret %s may be another program's: give it the type %s, or the label %s: \"true\"", ref, v1alpha1.SecretTypeContacts, v1alpha1.LabelContacts), nil
	}
	who.Contacts = make(regapi.Contacts, len(secret.Data))
	for field, value := range secret.Data {
		who.Contacts[field] = strings.TrimSpace(string(value))
	}
	if wrong := contacts.Check(name, who.Contacts); len(wrong) > 0 {
		lacks = fmt.Sprintf("in the Secret %s of spec.acquisition.contactsRef: %s", ref, strings.Join(wrong[:min(len(wrong), maxComplaints)], "; "))
		return Registrant{}, lacks, nil
	}
	return who, "", nil
}
