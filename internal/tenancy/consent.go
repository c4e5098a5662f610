package tenancy

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// UnreadableSelector is the error of an Account whose selector of namespaces cannot be read: it allows nobody.
type UnreadableSelector struct {
	Account types.NamespacedName
	Err     error
}

func (e *UnreadableSelector) Error() string {
	return fmt.Sprintf("spec.allowedNamespaces.selector of Account %s cannot be read: %v", e.Account, e.Err)
}

// Unwrap gives what is wrong with it.
func (e *UnreadableSelector) Unwrap() error { return e.Err }

// Allows says whether objects of a namespace may use an Account for a domain, in canonical form. Without a domain it says whether they may
// use it for any at all: whoever asks so asks again once the domain is known.
func Allows(ctx context.Context, reader client.Reader, found *v1alpha1.Account, namespace, domain string) (bool, error) {
	allowed := found.Spec.AllowedNamespaces
	switch {
	case found.Namespace == namespace:
		return true, nil
	case allowed == nil || !allowsDomain(allowed, domain):
		return false, nil
	case allowed.From != v1alpha1.NamespacesSelector:
		return allowed.From == v1alpha1.NamespacesAll, nil
	}
	selector, err := metav1.LabelSelectorAsSelector(allowed.Selector)
	if err != nil {
		return false, &UnreadableSelector{client.ObjectKeyFromObject(found), err}
	}
	var from corev1.Namespace
	if err := reader.Get(ctx, types.NamespacedName{Name: namespace}, &from, client.UnsafeDisableDeepCopy); err != nil {
		return false, fmt.Errorf("read Namespace %s: %w", namespace, err)
	}
	return selector.Matches(labels.Set(from.Labels)), nil
}

// allowsDomain says whether other namespaces may use a domain. A name in the list that is no domain allows nothing.
func allowsDomain(allowed *v1alpha1.AllowedNamespaces, domain string) bool {
	if len(allowed.Domains) == 0 || domain == "" {
		return true
	}
	for _, name := range allowed.Domains {
		if canonical, err := zone.CanonicalDomain(name); err == nil && canonical == domain {
			return true
		}
	}
	return false
}
