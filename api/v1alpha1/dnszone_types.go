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
	// DeletionDelete removes the records that this object created, and no others.
	DeletionDelete DeletionPolicy = "Delete"
)

// DNSZoneSpec says which records the zone of a domain has to hold.
//
// Records that stand in the zone and not here are left alone, unless this object created them.
//
// +kubebuilder:validation:XValidation:rule="!has(self.records) || self.records.all(r, r.name != self.domainName && !r.name.endsWith('.' + self.domainName))",message="record names are relative to the zone: leave the domain off (www instead of www.example.ru, @ for the domain itself)"
type DNSZoneSpec struct {
	// accountRef names the Account that holds the domain.
	AccountRef AccountReference `json:"accountRef"`

	// domainName is the domain whose zone this is, such as example.ru or пример.рф. It cannot change.
	DomainName DomainName `json:"domainName"`

	// soa sets the lifetimes of the zone. What is not given is left as it is.
	// +optional
	SOA *SOA `json:"soa,omitempty"`

	// records of the zone: one entry per name, with all the records of that name.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=10000
	Records []NameRecords `json:"records,omitempty"`

	// deletionPolicy says what becomes of the records when this object is deleted: Retain leaves them,
	// Delete removes those that this object created.
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

// OwnedRecords names the records that this object created, and may therefore remove.
// A record is named by eight bytes of a hash, so that thousands fit into the status; both fields are such names in base64.
type OwnedRecords struct {
	// confirmed names the records that were read back from the zone after this object had added them.
	// +optional
	Confirmed []byte `json:"confirmed,omitempty"`

	// pending names the records that are about to be added. It is written before REG.API is asked, so that a crash never loses track of one.
	// +optional
	Pending []byte `json:"pending,omitempty"`
}

// RefusedRecord is a record of the spec that could not be created.
type RefusedRecord struct {
	// record in zone-file notation, relative to the zone.
	// +kubebuilder:validation:MaxLength=4096
	Record string `json:"record"`

	// reason why, as one word: an error code of REG.API, or a reason of the operator's own.
	// +kubebuilder:validation:MaxLength=128
	Reason string `json:"reason"`

	// message says what is wrong with it and what to do.
	// +kubebuilder:validation:MaxLength=2048
	Message string `json:"message"`
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

	// records is how many records of the spec were seen in the zone.
	// +optional
	Records int32 `json:"records"`

	// owned names the records that this object created.
	// +optional
	Owned OwnedRecords `json:"owned,omitempty,omitzero"`

	// refused lists the records of the spec that could not be created, up to a hundred. They are tried again when the spec changes.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=100
	Refused []RefusedRecord `json:"refused,omitempty"`
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
// +kubebuilder:printcolumn:name="Account",type=string,priority=1,JSONPath=`.spec.accountRef.name`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type DNSZone struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   DNSZoneSpec   `json:"spec"`
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
