package v1alpha1

// AccountReference names an Account in the same namespace.
type AccountReference struct {
	// name of the Account.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`
}

// DomainName is a registrable name such as example.ru, without a final dot.
// Internationalised names may be written in Unicode or in punycode.
//
// +kubebuilder:validation:MinLength=3
// +kubebuilder:validation:MaxLength=253
// +kubebuilder:validation:XValidation:rule="!self.endsWith('.')",message="write the name without a final dot, such as example.ru"
// +kubebuilder:validation:XValidation:rule="self.endsWith('.') || self.matches('^[\\\\p{L}\\\\p{N}]([\\\\p{L}\\\\p{N}-]{0,61}[\\\\p{L}\\\\p{N}])?([.][\\\\p{L}\\\\p{N}]([\\\\p{L}\\\\p{N}-]{0,61}[\\\\p{L}\\\\p{N}])?)+$')",message="not a domain name: write labels of letters, digits and inner hyphens joined by dots, such as example.ru"
// +kubebuilder:validation:XValidation:rule="!self.matches('[a-zA-Z][^.]*\\\\p{Cyrillic}|\\\\p{Cyrillic}[^.]*[a-zA-Z]')",message="a label mixes Latin and Cyrillic letters, which REG.API refuses: write each label in one alphabet"
// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="the name cannot change: create another object for the other domain"
type DomainName string
