package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// PrivacyMode says whether WHOIS hides the data of a registrant.
//
// +kubebuilder:validation:Enum=Enabled;Disabled
type PrivacyMode string

// Whether WHOIS hides the data of a registrant.
const (
	// PrivacyEnabled hides them.
	PrivacyEnabled PrivacyMode = "Enabled"
	// PrivacyDisabled shows them.
	PrivacyDisabled PrivacyMode = "Disabled"
)

// ContactsPolicy says what becomes of the contacts at the registrar.
//
// +kubebuilder:validation:Enum=Ignore;Update
type ContactsPolicy string

// The policies for contacts.
const (
	// ContactsIgnore leaves them as they are.
	ContactsIgnore ContactsPolicy = "Ignore"
	// ContactsUpdate has them be what the Secret holds.
	ContactsUpdate ContactsPolicy = "Update"
)

// PrivacyChange is the last time that the operator had the data of a registrant hidden, or shown.
type PrivacyChange struct {
	// generation of the spec that asked for it.
	Generation int64 `json:"generation"`

	// at is when it was made, and to what; times how often for this generation.
	At metav1.Time `json:"at"`
	To PrivacyMode `json:"to"`
	// +kubebuilder:validation:Minimum=1
	Times int32 `json:"times"`
}

// ContactsChange is the last change of the contacts that the operator made.
type ContactsChange struct {
	// secretVersion is the resourceVersion of the Secret whose contacts were sent.
	// +kubebuilder:validation:MaxLength=64
	SecretVersion string `json:"secretVersion"`

	// at is when they were sent, and times how often for this version of the Secret.
	At metav1.Time `json:"at"`
	// +kubebuilder:validation:Minimum=1
	Times int32 `json:"times"`
}

// ShowsRegistrant says whether the registrant of the domain is looked at.
func (s *DomainSpec) ShowsRegistrant() bool {
	return s.Privacy != "" || s.ContactsPolicy == ContactsUpdate
}
