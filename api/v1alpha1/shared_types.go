package v1alpha1

import "k8s.io/apimachinery/pkg/types"

// AccountReference names an Account.
type AccountReference struct {
	// name of the Account.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`

	// namespace of the Account; that of the object itself by default. An Account of another namespace has to allow it, in its spec.allowedNamespaces.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Namespace string `json:"namespace,omitempty"`
}

// KeyFrom gives the namespaced name of the Account that an object in a namespace refers to.
func (r AccountReference) KeyFrom(namespace string) types.NamespacedName {
	if r.Namespace != "" {
		namespace = r.Namespace
	}
	return types.NamespacedName{Namespace: namespace, Name: r.Name}
}

// DomainName is a registrable name such as example.ru, without a final dot.
// Internationalised names may be written in Unicode or in punycode.
//
// +kubebuilder:validation:MinLength=3
// +kubebuilder:validation:MaxLength=253
// +kubebuilder:validation:XValidation:rule="!self.endsWith('.')",message="write the name without a final dot, such as example.ru"
// +kubebuilder:validation:XValidation:rule="self.endsWith('.') || self.matches('^[\\\\p{L}\\\\p{N}]([\\\\p{L}\\\\p{M}\\\\p{N}-]{0,61}[\\\\p{L}\\\\p{M}\\\\p{N}])?([.][\\\\p{L}\\\\p{N}]([\\\\p{L}\\\\p{M}\\\\p{N}-]{0,61}[\\\\p{L}\\\\p{M}\\\\p{N}])?)+$')",message="not a domain name: write labels of letters, digits and inner hyphens joined by dots, such as example.ru"
// +kubebuilder:validation:XValidation:rule="!self.matches('[a-zA-Z][^.]*\\\\p{Cyrillic}|\\\\p{Cyrillic}[^.]*[a-zA-Z]')",message="a label mixes Latin and Cyrillic letters, which REG.API refuses: write each label in one alphabet"
// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="the name cannot change: create another object for the other domain"
type DomainName string
