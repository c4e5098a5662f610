package v1alpha1

const (
	// SecretTypeContacts is the type of a Secret that holds the contacts of a registrant and nothing else. Opaque ones do as well.
	SecretTypeContacts = "regapi.io/contacts"
	// LabelContacts with the value "true" says of a Secret of another type that it holds contacts.
	LabelContacts = "regapi.io/contacts"
)

// AcquisitionMode says how a domain comes to the account.
//
// +kubebuilder:validation:Enum=Adopt;Register;Transfer
type AcquisitionMode string

// How a domain comes to the account.
const (
	// AcquisitionAdopt shows what the account holds, and buys nothing.
	AcquisitionAdopt AcquisitionMode = "Adopt"
	// AcquisitionRegister registers the domain, unless the account holds it.
	AcquisitionRegister AcquisitionMode = "Register"
	// AcquisitionTransfer takes the domain over from another registrar, unless the account holds it.
	AcquisitionTransfer AcquisitionMode = "Transfer"
)

// PremiumConsent says whether a premium price is agreed to.
//
// +kubebuilder:validation:Enum=Deny;Allow
type PremiumConsent string

// Whether a premium price is agreed to.
const (
	// PremiumDeny has the registrar refuse a premium domain.
	PremiumDeny PremiumConsent = "Deny"
	// PremiumAllow takes a premium domain for what it costs, within maxPrice.
	PremiumAllow PremiumConsent = "Allow"
)

// AcquisitionApproval says whether a person has to agree to the quote of an acquisition.
//
// +kubebuilder:validation:Enum=Manual;WithinMaxPrice
type AcquisitionApproval string

// Whether a person has to agree.
const (
	// AcquisitionManual waits for the digest of the quote in the annotation regapi.io/approve-quote of the Domain.
	AcquisitionManual AcquisitionApproval = "Manual"
	// AcquisitionWithinMaxPrice buys what stays within maxPrice.
	AcquisitionWithinMaxPrice AcquisitionApproval = "WithinMaxPrice"
)

// ContactProfileType is a type of contacts that are kept at the registrar (REG.API 8.7).
//
// +kubebuilder:validation:Enum=GTLD;EU;TJ;RU.PP;RU.ORG;NEWTCI.ORG;NEWTCI.PP
type ContactProfileType string

// ContactProfile names contacts that were entered in the registrar's panel.
type ContactProfile struct {
	// type of the profile: RU.PP for a person in .ru, RU.ORG for an organization, GTLD and so on.
	Type ContactProfileType `json:"type"`

	// name of the profile.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	Name string `json:"name"`
}

// Acquisition says how a domain comes to the account.
//
// +kubebuilder:validation:XValidation:rule="self.mode == 'Adopt' || has(self.maxPrice)",message="acquisition.maxPrice is missing: say how much it may cost, such as 500"
// +kubebuilder:validation:XValidation:rule="self.mode != 'Transfer' || has(self.authInfoRef)",message="acquisition.authInfoRef is missing: name a Secret that has the key of the transfer under authinfo"
// +kubebuilder:validation:XValidation:rule="!has(self.contactsRef) || !has(self.contactProfile)",message="name either acquisition.contactsRef or acquisition.contactProfile, but not both"
// +kubebuilder:validation:XValidation:rule="self.mode != 'Register' || has(self.contactsRef) != has(self.contactProfile)",message="a registration needs the registrant: name either acquisition.contactsRef, a Secret, or acquisition.contactProfile, but not both"
type Acquisition struct {
	// mode: Adopt shows what the account holds, and is the default. Register registers the domain where spec.spending of the Account allows it;
	// Transfer takes it over from another registrar in the same way. A domain that the account holds already is adopted, and one that it has held
	// once and lost is not bought again.
	// +optional
	// +kubebuilder:default=Adopt
	Mode AcquisitionMode `json:"mode,omitempty"`

	// years that are bought.
	// +optional
	// +kubebuilder:default=1
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=10
	Years int32 `json:"years,omitempty"`

	// maxPrice is the most that it may cost, for all its years, in roubles.
	// +optional
	MaxPrice Money `json:"maxPrice,omitempty"`

	// premium: Deny has a premium domain refused, and is the default. Allow takes it, within maxPrice.
	// +optional
	// +kubebuilder:default=Deny
	Premium PremiumConsent `json:"premium,omitempty"`

	// approval: Manual waits for the digest of the quote in the annotation regapi.io/approve-quote of the Domain, and is the default.
	// WithinMaxPrice buys what stays within maxPrice. Where the Account says Manual, its annotation counts instead.
	// +optional
	// +kubebuilder:default=Manual
	Approval AcquisitionApproval `json:"approval,omitempty"`

	// contactsRef names a Secret of this namespace with the contacts of the registrant, a key for each field of REG.API 8.7.
	// +optional
	ContactsRef *SecretReference `json:"contactsRef,omitempty"`

	// contactProfile names contacts that are kept at the registrar.
	// +optional
	ContactProfile *ContactProfile `json:"contactProfile,omitempty"`

	// authInfoRef names a Secret of this namespace that has, under authinfo, the key by which the former registrar lets the domain go.
	// +optional
	AuthInfoRef *SecretReference `json:"authInfoRef,omitempty"`
}

// SecretKeyAuthInfo holds the key of a transfer in the Secret that authInfoRef names.
const SecretKeyAuthInfo = "authinfo"

// TransferStatus is how far the transfer of a domain to this account has come.
type TransferStatus struct {
	// stage, as the registrar says (REG.API 8.9): pendingPayment, pendingConfirmation, authinfoError, pendingTransfer and so on.
	// +kubebuilder:validation:MaxLength=64
	Stage string `json:"stage"`

	// authInfoVersion is the resourceVersion of the Secret whose key was last given to the registrar.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	AuthInfoVersion string `json:"authInfoVersion,omitempty"`
}
