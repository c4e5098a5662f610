package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// DomainSpec names a domain. Nothing is bought and nothing is changed, unless its fields say so.
//
// +kubebuilder:validation:XValidation:rule="!has(self.paidNameServerChange) || self.paidNameServerChange != 'Allow' || has(self.paidNameServerChangeMaxPrice)",message="paidNameServerChangeMaxPrice is missing: say how much one change of name servers may cost, such as 5000"
// +kubebuilder:validation:XValidation:rule="!has(self.contactsPolicy) || self.contactsPolicy != 'Update' || (has(self.acquisition) && has(self.acquisition.contactsRef))",message="contactsPolicy: Update needs acquisition.contactsRef: name a Secret with the registrant's contacts"
type DomainSpec struct {
	// accountRef names the Account that holds the domain.
	AccountRef AccountReference `json:"accountRef"`

	// domainName is the domain, such as example.ru or пример.рф. It cannot change.
	DomainName DomainName `json:"domainName"`

	// managementPolicy: Manage makes the domain what the spec says; Observe changes nothing at the registrar and orders nothing, and the conditions say
	// what Manage would do.
	// +optional
	// +kubebuilder:default=Manage
	ManagementPolicy ManagementPolicy `json:"managementPolicy,omitempty"`

	// deletionPolicy: Retain leaves everything as it is when this object is deleted; StopAutorenew has the registrar's own renewal switched off, so that
	// the domain ends with its last paid day. The domain itself is never given up.
	// +optional
	// +kubebuilder:default=Retain
	DeletionPolicy DomainDeletionPolicy `json:"deletionPolicy,omitempty"`

	// acquisition says how the domain comes to the account. Without it only what the account holds is shown.
	// +optional
	Acquisition *Acquisition `json:"acquisition,omitempty"`

	// renewal says who renews the domain. Without it nothing is touched.
	// +optional
	Renewal *Renewal `json:"renewal,omitempty"`

	// nameServers that the domain is delegated to, the most important first. Without them nothing is changed, and a domain that is registered gets
	// the registrar's. A change that the zone takes money for is made where paidNameServerChange allows it.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=2
	// +kubebuilder:validation:MaxItems=4
	NameServers []DomainNameServer `json:"nameServers,omitempty"`

	// paidNameServerChange: Allow orders a change of name servers that the zone takes money for, as .md does, where spec.spending of the Account
	// allows ChangeNameServers. Deny does without it, and is the default.
	// +optional
	PaidNameServerChange PaidChange `json:"paidNameServerChange,omitempty"`

	// paidNameServerChangeMaxPrice is the most that one change may cost, in roubles.
	// +optional
	PaidNameServerChangeMaxPrice Money `json:"paidNameServerChangeMaxPrice,omitempty"`

	// delegation: Active has the domain delegated, Suspended has its delegation suspended, so that nobody finds it. Without it nothing is changed.
	// +optional
	Delegation DelegationMode `json:"delegation,omitempty"`

	// dnssec says whether the domain is signed. Without it nothing is changed.
	// +optional
	DNSSEC *DomainDNSSEC `json:"dnssec,omitempty"`

	// privacy: Enabled has WHOIS hide the registrant's data, Disabled has it show them (REG.API 8.16). Without it nothing is changed.
	// +optional
	Privacy PrivacyMode `json:"privacy,omitempty"`

	// contactsPolicy: Update has the registrar know the contacts in the Secret of acquisition.contactsRef, wherever they differ (REG.API 8.15). Ignore
	// leaves them, and is the default. Whoever changes the registrant of a domain such as .com cannot transfer it for 60 days.
	// +optional
	ContactsPolicy ContactsPolicy `json:"contactsPolicy,omitempty"`
}

// DomainState is the state of a domain at the registrar (REG.API 7.7).
//
// +kubebuilder:validation:Enum=Active;Inactive;Suspended;Deleted;Transferred;Unknown
type DomainState string

// The states of a domain.
const (
	// DomainActive: registered and paid.
	DomainActive DomainState = "Active"
	// DomainInactive: ordered, but not registered or not transferred yet.
	DomainInactive DomainState = "Inactive"
	// DomainSuspended: its delegation is suspended.
	DomainSuspended DomainState = "Suspended"
	// DomainDeleted: no longer registered.
	DomainDeleted DomainState = "Deleted"
	// DomainTransferred: moved to another registrar.
	DomainTransferred DomainState = "Transferred"
	// DomainStateUnknown: REG.API answered with a state that its documentation does not list.
	DomainStateUnknown DomainState = "Unknown"
)

// DomainStatus is what the operator last saw of the domain.
type DomainStatus struct {
	// observedGeneration is the generation of the spec that the conditions speak of.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// conditions: Ready; Reconciling or Stalled, Expiring, ActionRequired and OrderUnclear while they hold; Delegated where the spec has
	// nameServers or delegation, Signed where it has dnssec.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=16
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// serviceID is the number that REG.API knows the domain by.
	// +optional
	// +kubebuilder:validation:MaxLength=32
	ServiceID string `json:"serviceID,omitempty"`

	// heldBy is the login that was seen to hold the domain, by a name that tells nothing about it.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	HeldBy string `json:"heldBy,omitempty"`

	// state at the registrar.
	// +optional
	State DomainState `json:"state,omitempty"`

	// creationDate is the day of registration, as YYYY-MM-DD.
	// +optional
	// +kubebuilder:validation:Format=date
	CreationDate string `json:"creationDate,omitempty"`

	// expirationDate is the last paid day, as YYYY-MM-DD.
	// +optional
	// +kubebuilder:validation:Format=date
	ExpirationDate string `json:"expirationDate,omitempty"`

	// nameServers that the domain is delegated to, in the registrar's order.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MaxLength=253
	NameServers []string `json:"nameServers,omitempty"`

	// nameServerChange is the last change of name servers that the operator made.
	// +optional
	NameServerChange *NameServerChange `json:"nameServerChange,omitempty"`

	// delegationChange is the last time that the operator suspended the delegation, or resumed it.
	// +optional
	DelegationChange *DelegationChange `json:"delegationChange,omitempty"`

	// dnssec says whether the zone is signed: enabled, disabled or updating (REG.API 10.2).
	// +optional
	// +kubebuilder:validation:MaxLength=32
	DNSSEC string `json:"dnssec,omitempty"`

	// ds are the keys of the domain that the parent zone knows, as "DS 2371 13 2 4508a7…". They are read where the spec asks for DNSSEC.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MaxLength=256
	DS []string `json:"ds,omitempty"`

	// signing is what the operator has changed of that.
	// +optional
	Signing *SigningStatus `json:"signing,omitempty"`

	// privacy says whether WHOIS hides the registrant's data. It is read where the spec has privacy, or contactsPolicy: Update; zones that do not tell
	// show what was set last.
	// +optional
	Privacy PrivacyMode `json:"privacy,omitempty"`

	// privacyChange is the last time that the operator had the registrant's data hidden, or shown.
	// +optional
	PrivacyChange *PrivacyChange `json:"privacyChange,omitempty"`

	// contactsChange is the last change of the contacts that the operator made.
	// +optional
	ContactsChange *ContactsChange `json:"contactsChange,omitempty"`

	// missingSince is when the account was first seen without the domain, which it had held.
	// +optional
	MissingSince *metav1.Time `json:"missingSince,omitempty"`

	// actionRequired lists what waits for a person.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=16
	ActionRequired []RequiredAction `json:"actionRequired,omitempty"`

	// folders of Folder objects of the same Account that hold the domain, by their names at the registrar, as those were read last.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:items:MaxLength=255
	Folders []string `json:"folders,omitempty"`

	// renewal is how the renewal of the domain stands, where the spec says who renews it.
	// +optional
	Renewal *RenewalStatus `json:"renewal,omitempty"`

	// transfer is how far the transfer to this account has come, while it is under way.
	// +optional
	Transfer *TransferStatus `json:"transfer,omitempty"`

	// orders are the last ten Orders for the domain, the latest first.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=10
	Orders []OrderSummary `json:"orders,omitempty"`
}

// Domain is a domain held at REG.RU.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=regapi,shortName=regdom
// +kubebuilder:printcolumn:name="Domain",type=string,JSONPath=`.spec.domainName`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="State",type=string,JSONPath=`.status.state`
// +kubebuilder:printcolumn:name="Expires",type=string,JSONPath=`.status.expirationDate`
// +kubebuilder:printcolumn:name="Order",type=string,JSONPath=`.status.renewal.state`
// +kubebuilder:printcolumn:name="Account",type=string,priority=1,JSONPath=`.spec.accountRef.name`
// +kubebuilder:printcolumn:name="Name servers",type=string,priority=1,JSONPath=`.status.nameServers`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type Domain struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec DomainSpec `json:"spec"`

	// status is what the operator last saw. Its observedGeneration is -1 until somebody has looked: so that kstatus, and with it Flux, takes
	// a new object for one in progress.
	// +optional
	// +kubebuilder:default={"observedGeneration":-1}
	Status DomainStatus `json:"status,omitempty"`
}

// DomainList is a list of domains.
//
// +kubebuilder:object:root=true
type DomainList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Domain `json:"items"`
}

// GetConditions gives access to the conditions of the status.
func (d *Domain) GetConditions() *[]metav1.Condition { return &d.Status.Conditions }

// SetObservedGeneration records the generation that the status speaks of.
func (d *Domain) SetObservedGeneration(generation int64) { d.Status.ObservedGeneration = generation }
