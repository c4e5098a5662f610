package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
)

// Resolve is ResolveFor for who does not know the domain yet. Whether the namespace may use what he finds is for him to ask (tenancy.Allows).
func (d *Directory) Resolve(ctx context.Context, reader client.Reader, namespace string, ref v1alpha1.AccountReference) (*Connection, error) {
	return d.ResolveFor(ctx, reader, namespace, ref, "")
}

// ResolveFor gives the connection of the Account that an object of a namespace refers to for a domain, in canonical form, if that Account
// allows the namespace and the domain and is ready. It makes no request: an Account that is not known to work is not worth one.
//
// The error is an *Unavailable where somebody has to act, and says who.
func (d *Directory) ResolveFor(ctx context.Context, reader client.Reader, namespace string, ref v1alpha1.AccountReference, domain string) (*Connection, error) {
	found, err := permitted(ctx, reader, namespace, ref, domain)
	switch {
	case err != nil:
		return nil, err
	case !found.DeletionTimestamp.IsZero():
		return nil, &Unavailable{
			Reason:  v1alpha1.ReasonAccountNotReady,
			Message: fmt.Sprintf("Account %s is being deleted: create it again when it is gone, or name another in spec.accountRef", found.Name),
		}
	case !meta.IsStatusConditionTrue(found.Status.Conditions, v1alpha1.ConditionReady):
		return nil, d.accountNotReady(found)
	}
	return d.known(ctx, found)
}

// ResolveForRelease is ResolveFor for whoever removes what is his and is being deleted: for him an Account that is being deleted
// itself serves, and one whose connection is still open, whatever has become of its Secret.
func (d *Directory) ResolveForRelease(ctx context.Context, reader client.Reader, namespace string, ref v1alpha1.AccountReference, domain string) (*Connection, error) {
	found, err := permitted(ctx, reader, namespace, ref, domain)
	if err != nil {
		return nil, err
	}
	if found.DeletionTimestamp.IsZero() && d.open(found) == nil && !meta.IsStatusConditionTrue(found.Status.Conditions, v1alpha1.ConditionReady) {
		return nil, d.accountNotReady(found)
	}
	return d.known(ctx, found)
}

// permitted gives the Account that an object of a namespace refers to for a domain, if it allows both.
func permitted(ctx context.Context, reader client.Reader, namespace string, ref v1alpha1.AccountReference, domain string) (*v1alpha1.Account, error) {
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
	allowed, err := tenancy.Allows(ctx, reader, &found, namespace, domain)
	if unreadable, ok := errors.AsType[*tenancy.UnreadableSelector](err); ok {
		return nil, &Unavailable{Reason: v1alpha1.ReasonAccountNotAllowed, Message: unreadable.Error()}
	}
	if err != nil {
		return nil, err
	}
	if !allowed {
		return nil, notAllowed(ctx, reader, &found, namespace, domain)
	}
	return &found, nil
}

// notAllowed tells a namespace that may use the Account, but not for this domain, from one that may not use it at all.
func notAllowed(ctx context.Context, reader client.Reader, found *v1alpha1.Account, namespace, domain string) error {
	key := client.ObjectKeyFromObject(found)
	if otherwise, err := tenancy.Allows(ctx, reader, found, namespace, ""); err != nil || !otherwise {
		return accountNotAllowed(key)
	}
	return &Unavailable{
		Reason:  v1alpha1.ReasonAccountNotAllowed,
		Message: fmt.Sprintf("Account %s does not allow this namespace the domain %s: its owner can add it to spec.allowedNamespaces.domains, or use an Account of this namespace", key, domain),
	}
}

func accountNotAllowed(key types.NamespacedName) error {
	return &Unavailable{
		Reason:  v1alpha1.ReasonAccountNotAllowed,
		Message: fmt.Sprintf("Account %s does not allow this namespace: its owner can do so in spec.allowedNamespaces, or use an Account of this namespace", key),
	}
}

// firstCheck is how long an Account that has appeared, or that this process has found, may take until its controller says something.
const firstCheck = 30 * time.Second

// accountNotReady tells waiting for a check, or for the next attempt of one, from waiting for somebody.
func (d *Directory) accountNotReady(found *v1alpha1.Account) error {
	ready := meta.FindStatusCondition(found.Status.Conditions, v1alpha1.ConditionReady)
	if ready == nil || ready.ObservedGeneration != found.Generation {
		return &Unavailable{
			Reason: v1alpha1.ReasonAccountNotReady, Message: fmt.Sprintf("Account %s has not been checked yet", found.Name), Passing: true,
			Unchecked: ready == nil && (time.Since(found.CreationTimestamp.Time) < firstCheck || time.Since(d.made) < firstCheck),
		}
	}
	return &Unavailable{
		Reason:  v1alpha1.ReasonAccountNotReady,
		Message: fmt.Sprintf("Account %s is not ready (%s): its own conditions say what to do", found.Name, ready.Reason),
		Passing: meta.IsStatusConditionTrue(found.Status.Conditions, v1alpha1.ConditionReconciling),
	}
}
