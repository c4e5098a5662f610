package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// DomainNameServer is a name server that a domain is delegated to.
type DomainNameServer struct {
	// name of the server, such as ns1.example.net.
	// +kubebuilder:validation:MinLength=3
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[\\\\p{L}\\\\p{N}]([\\\\p{L}\\\\p{M}\\\\p{N}-]{0,61}[\\\\p{L}\\\\p{M}\\\\p{N}])?([.][\\\\p{L}\\\\p{N}]([\\\\p{L}\\\\p{M}\\\\p{N}-]{0,61}[\\\\p{L}\\\\p{M}\\\\p{N}])?)+$')",message="not a name of a server: write labels of letters, digits and inner hyphens joined by dots, without a final dot, such as ns1.example.net"
	Name string `json:"name"`

	// addresses of a server within the domain itself, which nobody could find otherwise (glue).
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=4
	// +kubebuilder:validation:items:MaxLength=45
	Addresses []string `json:"addresses,omitempty"`
}

// NameServerChange is the last change of name servers that the operator made.
type NameServerChange struct {
	// generation of the spec that asked for it.
	Generation int64 `json:"generation"`

	// at is when it was made, and times how often for this generation.
	At metav1.Time `json:"at"`
	// +kubebuilder:validation:Minimum=1
	Times int32 `json:"times"`
}

// PaidChange says whether a change may be made that costs money.
//
// +kubebuilder:validation:Enum=Deny;Allow
type PaidChange string

// Whether a change may be made that costs money.
const (
	// PaidChangeDeny leaves it.
	PaidChangeDeny PaidChange = "Deny"
	// PaidChangeAllow orders it.
	PaidChangeAllow PaidChange = "Allow"
)
