package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// OwnershipRule names the rule by which a status was written.
//
// +kubebuilder:validation:Enum=Declared
type OwnershipRule string

// OwnershipDeclared: what is declared is owned. A status without a rule was written by a version that owned what it created.
const OwnershipDeclared OwnershipRule = "Declared"

// OwnedRecords names the records that this object owns, and may therefore remove.
// A record is named by eight bytes of a hash, so that thousands fit into the status; the lists are such names in base64.
type OwnedRecords struct {
	// rule by which this was written.
	// +optional
	Rule OwnershipRule `json:"rule,omitempty"`

	// of says what it was written about: the login's id, and the number by which REG.API knows the domain. It counts for nothing else.
	// +optional
	// +kubebuilder:validation:MaxLength=128
	Of string `json:"of,omitempty"`

	// adopted names the records that stood in the zone as they are declared, before this object added anything.
	// +optional
	Adopted []byte `json:"adopted,omitempty"`

	// confirmed names the records that were read back from the zone after this object had added them.
	// +optional
	Confirmed []byte `json:"confirmed,omitempty"`

	// pending names the records that are about to be added. It is written before REG.API is asked, so that a crash never loses track of one.
	// +optional
	Pending []byte `json:"pending,omitempty"`

	// web names the records that the registrar added for webService.
	// +optional
	Web []byte `json:"web,omitempty"`
}

// ZoneClaim is what is known of an object's right to its zone.
type ZoneClaim struct {
	// login that was seen to hold the domain, by a name that tells nothing about it. Without one the object counts for nothing: it stops
	// no other object, and external-dns is served nothing by it.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	Login string `json:"login,omitempty"`

	// rules says that this object ruled the zone when it was looked at last. Of several objects of one login it goes on ruling, but for
	// one in the Account's own namespace.
	// +optional
	Rules bool `json:"rules,omitempty"`
}

// ZonePlan is what would change in the zone. It is there while something keeps it from being carried out.
type ZonePlan struct {
	// hash names exactly this plan: the annotation regapi.io/approve-plan with it as value approves it.
	// +kubebuilder:validation:MaxLength=64
	Hash string `json:"hash"`

	// add is how many records would be added.
	Add int32 `json:"add"`

	// remove is how many records would be removed.
	Remove int32 `json:"remove"`

	// changes are the first of them in zone-file notation, each with + or - before it.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=200
	// +kubebuilder:validation:items:MaxLength=512
	Changes []string `json:"changes,omitempty"`
}

// ZoneAdoption is what waits for approval, since somebody else's values stand where this object declares records.
type ZoneAdoption struct {
	// hash names exactly these values: the annotation regapi.io/approve-adoption with it as value approves that they are replaced.
	// +kubebuilder:validation:MaxLength=64
	Hash string `json:"hash"`

	// count is how many values they are.
	Count int32 `json:"count"`

	// units are the first of them, in zone-file notation.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=20
	// +kubebuilder:validation:items:MaxLength=512
	Units []string `json:"units,omitempty"`
}

// ZoneApprovals are the approvals of a zone, each of which serves once.
type ZoneApprovals struct {
	// usedPlans and usedAdoptions are how many have been used up; the hashes of later ones differ from theirs.
	// +optional
	UsedPlans int32 `json:"usedPlans,omitempty"`

	// +optional
	UsedAdoptions int32 `json:"usedAdoptions,omitempty"`

	// plan names the removals that were approved and are not all made yet.
	// +optional
	Plan []byte `json:"plan,omitempty"`

	// adoption names the values that may be replaced, and are not all yet.
	// +optional
	Adoption []byte `json:"adoption,omitempty"`
}

// ReplacedRecord is a value of somebody else that this object replaced.
type ReplacedRecord struct {
	// record in zone-file notation, relative to the zone.
	// +kubebuilder:validation:MaxLength=4096
	Record string `json:"record"`

	// generation of the spec that replaced it.
	Generation int64 `json:"generation"`
}

// UnmanagedRecords are records of the zone that nobody is known to manage.
type UnmanagedRecords struct {
	// count is how many they are.
	Count int32 `json:"count"`

	// names are the first of them, with the type.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=10
	// +kubebuilder:validation:items:MaxLength=300
	Names []string `json:"names,omitempty"`
}

// TakenRecord is a record that was removed to make room, and comes back if nothing takes its place.
type TakenRecord struct {
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`

	// +kubebuilder:validation:MaxLength=16
	Type string `json:"type"`

	// +optional
	Priority int32 `json:"priority,omitempty"`

	// +kubebuilder:validation:MaxLength=4096
	Content string `json:"content"`
}

// ContestedUnit is a name and type at which somebody else changes what this object declares.
type ContestedUnit struct {
	// +kubebuilder:validation:MaxLength=4096
	Unit string `json:"unit"`

	// changes by somebody else since then.
	Changes int32 `json:"changes"`

	// since is when this object first replaced a value there.
	Since metav1.Time `json:"since"`
}

// RefusedRecord is a record of the spec that could not be created.
type RefusedRecord struct {
	// record in zone-file notation, relative to the zone.
	// +kubebuilder:validation:MaxLength=8192
	Record string `json:"record"`

	// reason why, as one word: an error code of REG.API, or a reason of the operator's own.
	// +kubebuilder:validation:MaxLength=128
	Reason string `json:"reason"`

	// message says what is wrong with it and what to do.
	// +kubebuilder:validation:MaxLength=2048
	Message string `json:"message"`
}
