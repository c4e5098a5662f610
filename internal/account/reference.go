package account

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// Resolve gives the connection of the Account that an object of a namespace refers to, if that Account allows the namespace
// and is ready. It makes no request: an Account that is not known to work is not worth one.
//
// The error is an *Unavailable where somebody has to act, and says who.
func (d *Directory) Resolve(ctx context.Context, reader client.Reader, namespace string, ref v1alpha1.AccountReference) (*Connection, error) {
	found, err := permitted(ctx, reader, namespace, ref)
	switch {
	case err != nil:
		return nil, err
	case !found.DeletionTimestamp.IsZero():
		return nil, &Unavailable{
			Reason:  v1alpha1.ReasonAccountNotReady,
			Message: fmt.Sprintf("Account %s is being deleted: create it again when it is gone, or name another in spec.accountRef", found.Name),
		}
	case !meta.IsStatusConditionTrue(found.Status.Conditions, v1alpha1.ConditionReady):
		return nil, accountNotReady(found)
	}
	return d.known(ctx, found)
}

// ResolveForRelease is Resolve for whoever removes what is his and is being deleted: for him an Account that is being deleted
// itself serves, and one whose connection is still open, whatever has become of its Secret.
func (d *Directory) ResolveForRelease(ctx context.Context, reader client.Reader, namespace string, ref v1alpha1.AccountReference) (*Connection, error) {
	found, err := permitted(ctx, reader, namespace, ref)
	if err != nil {
		return nil, err
	}
	if found.DeletionTimestamp.IsZero() && d.open(found) == nil && !meta.IsStatusConditionTrue(found.Status.Conditions, v1alpha1.ConditionReady) {
		return nil, accountNotReady(found)
	}
	return d.known(ctx, found)
}

// permitted gives the Account that an object of a namespace refers to, if it allows the namespace.
func permitted(ctx context.Context, reader client.Reader, namespace string, ref v1alpha1.AccountReference) (*v1alpha1.Account, error) {
	key := ref.KeyFrom(namespace)
	var found v1alpha1.Account
	err := reader.Get(ctx, key, &found)
	switch {
	case apierrors.IsNotFound(err) && key.Namespace != namespace:
		// Nobody learns from a namespace that allows nothing what is in it.
		return nil, accountNotAllowed(key)
	case apierrors.IsNotFound(err):
		return nil, &Unavailable{
			Reason:  v1alpha1.ReasonAccountNotFound,
			Message: fmt.Sprintf("Account %s does not exist in this namespace: create it, or correct spec.accountRef", ref.Name),
		}
	case err != nil:
		return nil, fmt.Errorf("read Account %s: %w", key, err)
	}
	if allowed, err := allowsNamespace(ctx, reader, &found, namespace); err != nil {
		return nil, err
	} else if !allowed {
		return nil, accountNotAllowed(key)
	}
	return &found, nil
}

// allowsNamespace says whether objects of a namespace may refer to an Account.
func allowsNamespace(ctx context.Context, reader client.Reader, found *v1alpha1.Account, namespace string) (bool, error) {
	allowed := found.Spec.AllowedNamespaces
	switch {
	case found.Namespace == namespace:
		return true, nil
	case allowed == nil:
		return false, nil
	case allowed.From != v1alpha1.NamespacesSelector:
		return allowed.From == v1alpha1.NamespacesAll, nil
	}
	selector, err := metav1.LabelSelectorAsSelector(allowed.Selector)
	if err != nil {
		return false, &Unavailable{
			Reason:  v1alpha1.ReasonAccountNotAllowed,
			Message: fmt.Sprintf("spec.allowedNamespaces.selector of Account %s cannot be read: %v", client.ObjectKeyFromObject(found), err),
		}
	}
	var from corev1.Namespace
	if err := reader.Get(ctx, types.NamespacedName{Name: namespace}, &from); err != nil {
		return false, fmt.Errorf("read Namespace %s: %w", namespace, err)
	}
	return selector.Matches(labels.Set(from.Labels)), nil
}

func accountNotAllowed(key types.NamespacedName) error {
	return &Unavailable{
		Reason:  v1alpha1.ReasonAccountNotAllowed,
		Message: fmt.Sprintf("Account %s does not allow this namespace: its owner can do so in spec.allowedNamespaces, or use an Account of this namespace", key),
	}
}

// accountNotReady tells waiting for a check, or for the next attempt of one, from waiting for somebody.
func accountNotReady(found *v1alpha1.Account) error {
	ready := meta.FindStatusCondition(found.Status.Conditions, v1alpha1.ConditionReady)
	if ready == nil || ready.ObservedGeneration != found.Generation {
		return &Unavailable{Reason: v1alpha1.ReasonAccountNotReady, Message: fmt.Sprintf("Account %s has not been checked yet", found.Name), Passing: true}
	}
	return &Unavailable{
		Reason:  v1alpha1.ReasonAccountNotReady,
		Message: fmt.Sprintf("Account %s is not ready (%s): its own conditions say what to do", found.Name, ready.Reason),
		Passing: meta.IsStatusConditionTrue(found.Status.Conditions, v1alpha1.ConditionReconciling),
	}
}
