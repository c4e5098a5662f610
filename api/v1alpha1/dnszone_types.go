package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// DeletionPolicy says what becomes of the records when the DNSZone is deleted.
//
// +kubebuilder:validation:Enum=Retain;Delete
type DeletionPolicy string

// The deletion policies.
const (
	// DeletionRetain leaves every record as it is.
	DeletionRetain DeletionPolicy = "Retain"
	// DeletionDelete removes the records that this object owns, and no others.
	DeletionDelete DeletionPolicy = "Delete"
)

// ManagementPolicy says whether a zone, folder or domain is changed or only looked at.
//
// +kubebuilder:validation:Enum=Manage;Observe
type ManagementPolicy string

// The management policies.
const (
	// PolicyManage makes it what the spec says.
	PolicyManage ManagementPolicy = "Manage"
	// PolicyObserve writes nothing, and the status says what Manage would change.
	PolicyObserve ManagementPolicy = "Observe"
)

// Prune says which records are removed that the spec does not name.
//
// +kubebuilder:validation:Enum=Owned;All;None
type Prune string

// The ways to prune.
const (
	// PruneOwned removes what this object owns: what it declares, or has declared.
	PruneOwned Prune = "Owned"
	// PruneAll also removes what nobody declared, but for ACME challenges and what external-dns made.
	PruneAll Prune = "All"
	// PruneNone removes nothing, and hands over what leaves the spec.
	PruneNone Prune = "None"
)

// Adoption says what becomes of values of somebody else where this object declares records.
//
// +kubebuilder:validation:Enum=Replace;Ask
type Adoption string

// The ways of first contact.
const (
	// AdoptionReplace replaces them: what is declared is what the name answers.
	AdoptionReplace Adoption = "Replace"
	// AdoptionAsk waits for approval, for these records alone.
	AdoptionAsk Adoption = "Ask"
)

// WebService is a service of the registrar that needs records of its own in the zone (REG.API 9.14 to 9.17).
//
// +kubebuilder:validation:Enum=None;Forwarding;Parking
type WebService string

// The web services.
const (
	// WebServiceNone removes the records of both services.
	WebServiceNone WebService = "None"
	// WebServiceForwarding adds the records that web forwarding needs.
	WebServiceForwarding WebService = "Forwarding"
	// WebServiceParking adds the records that a parked domain needs.
	WebServiceParking WebService = "Parking"
)

// ExternalDNS says whether the external-dns provider serves a zone, or the zones of an account.
//
// +kubebuilder:validation:Enum=Enabled;Disabled
type ExternalDNS string

// Whether the provider serves a zone. A DNSZone that says neither is served as its Account says.
const (
	// ExternalDNSEnabled lets external-dns manage records of its own in the zone.
	ExternalDNSEnabled ExternalDNS = "Enabled"
	// ExternalDNSDisabled hides the zone from external-dns.
	ExternalDNSDisabled ExternalDNS = "Disabled"
)

// DeletionGuard keeps a slip from emptying a zone: a plan that removes more than this, without putting something in its place,
// has to be approved first. So does one that would leave nothing of what the zone held. In zones of minRecords or more, replaced
// values of somebody else count as removed.
type DeletionGuard struct {
	// maxPercent of the zone's records that a plan may remove.
	// +optional
	// +kubebuilder:default=30
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100
	MaxPercent *int32 `json:"maxPercent,omitempty"`

	// minRecords that the zone has to hold for the percentage to count.
	// +optional
	// +kubebuilder:default=10
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=10000
	MinRecords *int32 `json:"minRecords,omitempty"`
}

// Annotations of a DNSZone.
const (
	// AnnotationApprovePlan approves exactly the plan whose hash, from status.plan, is its value.
	AnnotationApprovePlan = "regapi.io/approve-plan"
	// AnnotationApproveAdoption approves that the values of somebody else whose hash, from status.adoption, is its value are
	// replaced.
	AnnotationApproveAdoption = "regapi.io/approve-adoption"
	// AnnotationRetryExternalDNS has what REG.API refused of external-dns tried again, whenever its value changes.
	AnnotationRetryExternalDNS = "regapi.io/retry-external-dns"
	// AnnotationPaused stops all writes, deletion included, unless its value is "false".
	AnnotationPaused = "regapi.io/paused"
)

// IsPaused says whether somebody has stopped all writes for an object. Whatever the annotation holds but for "false", an empty value
// included, is meant to: a pause that is spelled otherwise must not be none.
func IsPaused(object metav1.Object) bool {
	value, annotated := object.GetAnnotations()[AnnotationPaused]
	return annotated && value != "false"
}

// DNSZoneSpec says which records the zone of a domain has to hold.
//
// What is declared is owned: a name and type that has records here answers with them and nothing else, and what leaves the spec
// is removed. What nobody declared is left alone.
type DNSZoneSpec struct {
	// accountRef names the Account that holds the domain.
	AccountRef AccountReference `json:"accountRef"`

	// domainName is the domain whose zone this is, such as example.ru or пример.рф. It cannot change.
	DomainName DomainName `json:"domainName"`

	// soa sets the lifetimes of the zone. What is not given is left as it is.
	// +optional
	SOA *SOA `json:"soa,omitempty"`

	// records of the zone: entries with a name and the records of that name. Entries that spell the same name are taken together.
	//
	// The list is atomic, since the record of who set which of ten thousand names would be larger than the names themselves.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=10000
	Records []NameRecords `json:"records,omitempty"`

	// managementPolicy: Manage makes the zone hold what the spec says; Observe writes nothing and says in status.plan what Manage would change.
	// +optional
	// +kubebuilder:default=Manage
	ManagementPolicy ManagementPolicy `json:"managementPolicy,omitempty"`

	// prune says which records are removed that the spec does not name: Owned, those that this object owns, which are all that it
	// declares or has declared; All, also what nobody declared, but for ACME challenges and what external-dns made; None.
	// +optional
	// +kubebuilder:default=Owned
	Prune Prune `json:"prune,omitempty"`

	// protected names lose no record under any policy. They are spelled like those of records; a star stands for any characters but a dot
	// (*.internal, поч*), a question mark for one.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=254
	// +kubebuilder:validation:items:XValidation:rule="self == '@' || !self.matches('[\\\\s\\\\pZ\",:;@\\\\\\\\()<>]')",message="not a pattern of names in a zone: write @, or labels in which * stands for any characters and ? for one, such as *.internal"
	// +kubebuilder:validation:items:XValidation:rule="!self.startsWith('.') && !self.contains('..')",message="the pattern has an empty label: remove the extra dot"
	Protected []string `json:"protected,omitempty"`

	// adoption says what becomes of values of somebody else that stand where this object declares records: Replace, or Ask, which
	// waits for the annotation regapi.io/approve-adoption, for these records alone. A CAA record of somebody else always waits.
	// +optional
	// +kubebuilder:default=Replace
	Adoption Adoption `json:"adoption,omitempty"`

	// deletionGuard stops a plan that removes too much until it is approved.
	// +optional
	DeletionGuard *DeletionGuard `json:"deletionGuard,omitempty"`

	// webService of the registrar that the zone is set up for: Forwarding, Parking or None. Left alone where it is not given.
	// +optional
	WebService WebService `json:"webService,omitempty"`

	// externalDNS says whether external-dns may manage records of its own in this zone, through the operator's webhook provider: Enabled or
	// Disabled; where it is not given, as the Account says. Names that the spec has records for stay out of its reach.
	// +optional
	ExternalDNS ExternalDNS `json:"externalDNS,omitempty"`

	// deletionPolicy says what becomes of the records when this object is deleted: Retain leaves them,
	// Delete removes those that this object owns and no other DNSZone declares.
	// +optional
	// +kubebuilder:default=Retain
	DeletionPolicy DeletionPolicy `json:"deletionPolicy,omitempty"`
}

// SOA holds the lifetimes that REG.API lets one set (9.13). A zone has one TTL for all of its records.
type SOA struct {
	// ttl is how long resolvers may keep an answer, such as 1h30m. From 1m to 30 days (720h).
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=16
	// +kubebuilder:validation:XValidation:rule="self.matches('^([0-9]{1,7}[hms]){1,3}$') && duration(self) >= duration('1m') && duration(self) <= duration('720h')",message="write a duration from 1m to 720h with the units h, m and s, such as 1h30m (a day is 24h)"
	TTL *metav1.Duration `json:"ttl,omitempty"`

	// minimumTTL is how long resolvers may keep the answer that a name does not exist. From 1m to 30 days (720h).
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=16
	// +kubebuilder:validation:XValidation:rule="self.matches('^([0-9]{1,7}[hms]){1,3}$') && duration(self) >= duration('1m') && duration(self) <= duration('720h')",message="write a duration from 1m to 720h with the units h, m and s, such as 1h30m (a day is 24h)"
	MinimumTTL *metav1.Duration `json:"minimumTTL,omitempty"`
}

// DNSZoneStatus is what the operator last saw of the zone.
type DNSZoneStatus struct {
	// observedGeneration is the generation of the spec that the conditions speak of.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// conditions: Ready, and Reconciling or Stalled while they hold.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=16
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// serviceID is the number that REG.API knows the domain by.
	// +optional
	// +kubebuilder:validation:MaxLength=32
	ServiceID string `json:"serviceID,omitempty"`

	// claim is this object's right to the zone, as it was seen last: it holds through outages and restarts. It ends with the object, with
	// its Account or the consent of that, or when REG.API says that the account does not hold the domain.
	// +optional
	Claim *ZoneClaim `json:"claim,omitempty"`

	// records is how many records of the spec were seen in the zone.
	// +optional
	Records int32 `json:"records"`

	// owned names the records that this object owns.
	// +optional
	Owned OwnedRecords `json:"owned,omitempty,omitzero"`

	// taken are records that were removed to make room for others at the same name, as long as it is not certain that those came.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=1000
	Taken []TakenRecord `json:"taken,omitempty"`

	// adoption is what waits for approval, since it would replace values of somebody else.
	// +optional
	Adoption *ZoneAdoption `json:"adoption,omitempty"`

	// approvals that were given.
	// +optional
	Approvals ZoneApprovals `json:"approvals,omitempty,omitzero"`

	// replaced are the values of somebody else that this object replaced, the last fifty.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=50
	Replaced []ReplacedRecord `json:"replaced,omitempty"`

	// unmanaged is what of the zone nobody is known to manage: neither declared nor external-dns's, an ACME client's or the registrar's.
	// +optional
	Unmanaged *UnmanagedRecords `json:"unmanaged,omitempty"`

	// contested are the names at which somebody else changes what this object declares. After three changes within an hour they are
	// left to him until the spec changes.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=100
	Contested []ContestedUnit `json:"contested,omitempty"`

	// soaTries is how often the lifetimes of this spec were set in vain.
	// +optional
	SOATries int32 `json:"soaTries,omitempty"`

	// plan is what would change in the zone, while managementPolicy, a pause or the deletion guard keeps it from being carried out.
	// +optional
	Plan *ZonePlan `json:"plan,omitempty"`

	// webService that the zone was last set up for.
	// +optional
	WebService WebService `json:"webService,omitempty"`

	// refused lists the records of the spec that could not be created, up to a hundred. They are tried again when the spec changes.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=100
	Refused []RefusedRecord `json:"refused,omitempty"`

	// externalDNS is what of external-dns's changes did not come about.
	// +optional
	ExternalDNS ExternalDNSStatus `json:"externalDNS,omitempty,omitzero"`
}

// DNSZone is the DNS zone of a domain held at REG.RU.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:path=dnszones,singular=dnszone,categories=regapi,shortName=regzone
// +kubebuilder:printcolumn:name="Domain",type=string,JSONPath=`.spec.domainName`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="Records",type=integer,JSONPath=`.status.records`
// +kubebuilder:printcolumn:name="Synced",type=string,JSONPath=`.status.conditions[?(@.type=="Synced")].status`
// +kubebuilder:printcolumn:name="Policy",type=string,priority=1,JSONPath=`.spec.managementPolicy`
// +kubebuilder:printcolumn:name="Propagated",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Propagated")].status`
// +kubebuilder:printcolumn:name="Account",type=string,priority=1,JSONPath=`.spec.accountRef.name`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type DNSZone struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec DNSZoneSpec `json:"spec"`

	// status is what the operator last saw. Its observedGeneration is -1 until somebody has looked: so that kstatus, and with it Flux, takes
	// a new object for one in progress.
	// +optional
	// +kubebuilder:default={"observedGeneration":-1}
	Status DNSZoneStatus `json:"status,omitempty"`
}

// DNSZoneList is a list of zones.
//
// +kubebuilder:object:root=true
type DNSZoneList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []DNSZone `json:"items"`
}

// GetConditions gives access to the conditions of the status.
func (z *DNSZone) GetConditions() *[]metav1.Condition { return &z.Status.Conditions }

// SetObservedGeneration records the generation that the status speaks of.
func (z *DNSZone) SetObservedGeneration(generation int64) { z.Status.ObservedGeneration = generation }
