package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// DNSSECMode says whether a domain is signed, and by whom.
//
// +kubebuilder:validation:Enum=Ignore;Disabled;Enabled;Keys
type DNSSECMode string

// Whether a domain is signed.
const (
	// DNSSECIgnore touches nothing.
	DNSSECIgnore DNSSECMode = "Ignore"
	// DNSSECDisabled has the parent zone know no keys of the domain.
	DNSSECDisabled DNSSECMode = "Disabled"
	// DNSSECEnabled has the registrar sign the zone on its name servers, and tell the parent zone its keys.
	DNSSECEnabled DNSSECMode = "Enabled"
	// DNSSECKeys tells the parent zone the keys of other name servers.
	DNSSECKeys DNSSECMode = "Keys"
)

// ParentKey is what a parent zone is to know of a key, as a DS or DNSKEY record without its owner: "DS 2371 13 2 4508a7…" or
// "DNSKEY 257 3 13 X2ehOZBE…".
//
// +kubebuilder:validation:MaxLength=1024
// +kubebuilder:validation:XValidation:rule="self.matches('^(DS [0-9]{1,5} [0-9]{1,3} [0-9]{1,3} [0-9A-Fa-f]{40,96}|DNSKEY 257 3 [0-9]{1,3} [A-Za-z0-9+/]+={0,2})$')",message="not a key: write DS with key tag, algorithm, digest type and digest, such as DS 2371 13 2 4508a7..., or DNSKEY 257 3 with algorithm and key, without the owner's name and without a TTL"
type ParentKey string

// DomainDNSSEC says whether a domain is signed.
//
// +kubebuilder:validation:XValidation:rule="(self.mode == 'Keys') == (has(self.keys) && size(self.keys) > 0)",message="dnssec.keys goes with mode: Keys, and mode: Keys needs at least one: name the keys that the domain's own name servers sign with"
// +kubebuilder:validation:XValidation:rule="self.mode == 'Enabled' || (!has(self.renewKSK) && !has(self.renewZSK))",message="dnssec.renewKSK and dnssec.renewZSK go with mode: Enabled, where the registrar has the keys: take them out, or set the mode"
type DomainDNSSEC struct {
	// mode: Ignore touches nothing, and is the default. Disabled has the parent zone know no keys. Enabled has the registrar sign the zone on its name
	// servers. Keys tells the parent zone the keys of other name servers.
	// +optional
	// +kubebuilder:default=Ignore
	Mode DNSSECMode `json:"mode,omitempty"`

	// keys that other name servers sign with.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=8
	Keys []ParentKey `json:"keys,omitempty"`

	// renewKSK has the registrar make a new key-signing key whenever it changes: a word of your own, such as 2027-01. One that is there when the
	// operator sees the object for the first time asks for nothing.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	RenewKSK string `json:"renewKSK,omitempty"`

	// renewZSK is renewKSK for the zone-signing key.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	RenewZSK string `json:"renewZSK,omitempty"`
}

// SigningStatus is what the operator has changed of the signing, and has to remember.
type SigningStatus struct {
	// generation of the spec that the last change was made for; at is when that was, to what, and times how often for this generation.
	// +optional
	Generation int64 `json:"generation,omitempty"`
	// +optional
	At *metav1.Time `json:"at,omitempty"`
	// +optional
	To DNSSECMode `json:"to,omitempty"`
	// +optional
	Times int32 `json:"times,omitempty"`

	// renewedKSK and renewedZSK are the words that the keys were last renewed for.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	RenewedKSK string `json:"renewedKSK,omitempty"`
	// +optional
	// +kubebuilder:validation:MaxLength=64
	RenewedZSK string `json:"renewedZSK,omitempty"`

	// unsignedSince is when the parent zone was first seen without keys that it had. Resolvers remember them for some days more.
	// +optional
	UnsignedSince *metav1.Time `json:"unsignedSince,omitempty"`
}
