package v1alpha1

// ExternalDNSStatus is what became of what external-dns asked for.
type ExternalDNSStatus struct {
	// refused is how many records external-dns asks for that are not created, or asks to remove that stay.
	// +optional
	Refused int32 `json:"refused,omitempty"`

	// records are the first of them. What REG.API refused is tried again when external-dns asks for something else, when the spec
	// changes, or when the annotation regapi.io/retry-external-dns does.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=20
	Records []RefusedRecord `json:"records,omitempty"`
}
