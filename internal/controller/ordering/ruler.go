package ordering

import (
	"cmp"
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
)

// Ruling is the Domain that rules a name, with its Account.
type Ruling struct {
	Domain  *v1alpha1.Domain
	Account *v1alpha1.Account
}

// Ruler says which Domain rules a name of a login: one in the Account's own namespace comes first, then the older. The cache tells where to
// look; what counts is read live. It is nil where nobody rules.
func (d *Desk) Ruler(ctx context.Context, login, name string) (*Ruling, error) {
	var candidates v1alpha1.DomainList
	if err := d.Cache.List(ctx, &candidates, tenancy.OfDomain(name)); err != nil {
		return nil, fmt.Errorf("list the Domains for %s: %w", name, err)
	}
	view := tenancy.NewView(d.Live)
	var best *Ruling
	for i := range candidates.Items {
		found, err := d.candidate(ctx, view, client.ObjectKeyFromObject(&candidates.Items[i]), login, name)
		if err != nil {
			return nil, err
		}
		if found != nil && (best == nil || found.precedes(best)) {
			best = found
		}
	}
	return best, nil
}

// candidate reads a Domain live; nil if it does not count.
func (d *Desk) candidate(ctx context.Context, view *tenancy.View, key types.NamespacedName, login, name string) (*Ruling, error) {
	var domain v1alpha1.Domain
	err := d.Live.Get(ctx, key, &domain)
	if apierrors.IsNotFound(err) || (err == nil && !domain.DeletionTimestamp.IsZero()) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read Domain %s: %w", key, err)
	}
	owner, err := view.Permitted(ctx, domain.Namespace, domain.Spec.AccountRef, name)
	if err != nil || owner == nil || tenancy.Login(owner) != login {
		return nil, err
	}
	return &Ruling{Domain: &domain, Account: owner}, nil
}

func (r *Ruling) precedes(other *Ruling) bool {
	own := func(r *Ruling) int {
		if r.Domain.Namespace == r.Account.Namespace {
			return 0
		}
		return 1
	}
	return cmp.Or(
		own(r)-own(other), r.Domain.CreationTimestamp.Compare(other.Domain.CreationTimestamp.Time), cmp.Compare(r.Domain.UID, other.Domain.UID),
	) < 0
}
