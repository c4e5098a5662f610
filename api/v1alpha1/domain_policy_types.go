package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// DomainDeletionPolicy says what becomes of the domain's renewal when its Domain is deleted. Nothing gives the domain itself up.
//
// +kubebuilder:validation:Enum=Retain;StopAutorenew
type DomainDeletionPolicy string

// The deletion policies of a Domain.
const (
	// DomainRetain leaves everything as it is.
	DomainRetain DomainDeletionPolicy = "Retain"
	// DomainStopAutorenew switches the registrar's own renewal off, so that the domain ends with its last paid day.
	DomainStopAutorenew DomainDeletionPolicy = "StopAutorenew"
)

// DelegationMode says whether a domain is delegated.
//
// +kubebuilder:validation:Enum=Active;Suspended
type DelegationMode string

// Whether a domain is delegated.
const (
	// DelegationActive has the domain delegated.
	DelegationActive DelegationMode = "Active"
	// DelegationSuspended has the parent zone know no name servers of the domain, so that nobody finds it.
	DelegationSuspended DelegationMode = "Suspended"
)

// DelegationChange is the last time that the operator suspended the delegation, or resumed it.
type DelegationChange struct {
	// generation of the spec that asked for it.
	Generation int64 `json:"generation"`

	// at is when it was made, and to what.
	At metav1.Time    `json:"at"`
	To DelegationMode `json:"to"`
}

// MayNotWrite says whether a Domain only looks: it is paused, or observes.
func (d *Domain) MayNotWrite() bool {
	return IsPaused(d) || d.Spec.ManagementPolicy == PolicyObserve
}
