package ordering

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/purchase"
)

// A login has as many Orders as it ever bought domains: none of what follows reads all of them.

const (
	// indexOrdered and indexOpen are the fields that the cache of Orders is indexed by: the domain, and of open ones the login.
	indexOrdered = "ordering/spec.domainName"
	indexOpen    = "ordering/open"
)

// IndexOrders makes the cache find the Orders for a domain, for Of, and the open ones of a login, for Open.
func IndexOrders(ctx context.Context, indexer client.FieldIndexer) error {
	err := indexer.IndexField(ctx, &v1alpha1.Order{}, indexOrdered, domainOf)
	if err != nil {
		return err
	}
	return indexer.IndexField(ctx, &v1alpha1.Order{}, indexOpen, loginOfOpen)
}

func domainOf(object client.Object) []string {
	return []string{object.(*v1alpha1.Order).Spec.DomainName}
}

func loginOfOpen(object client.Object) []string {
	if o := object.(*v1alpha1.Order); isOpen(o) {
		return []string{LoginOf(o)}
	}
	return nil
}

func isOpen(o *v1alpha1.Order) bool { return !purchase.State(o.Status.State).Closed() }

// For selects the Orders for a domain, in its ASCII form. Their cache has to be indexed by IndexOrders.
func (d *Desk) For(domain string) []client.ListOption {
	return []client.ListOption{client.InNamespace(d.Namespace), client.MatchingFields{indexOrdered: domain}}
}

// Of selects those of a login.
func (d *Desk) Of(login, domain string) []client.ListOption {
	return append(d.For(domain), client.MatchingLabels{v1alpha1.LabelLogin: login})
}

// labelHash is how many hexadecimal digits tell apart what is cut.
const labelHash = 16

// Labels are those by which the API server finds an Order.
func Labels(login, domain string) map[string]string {
	const most = validation.LabelValueMaxLength
	if len(domain) > most {
		sum := sha256.Sum256([]byte(domain))
		domain = strings.TrimRight(domain[:most-labelHash-1], "-._") + "-" + hex.EncodeToString(sum[:labelHash/2])
	}
	return map[string]string{v1alpha1.LabelLogin: login, v1alpha1.LabelDomain: domain}
}

// Orders lists the orders of a login for a domain, as the API server has them now. One that somebody has taken the labels off the cache knows, and it is
// read again.
func (d *Desk) Orders(ctx context.Context, login, domain string) ([]v1alpha1.Order, error) {
	var list, cached v1alpha1.OrderList
	if err := d.Live.List(ctx, &list, client.InNamespace(d.Namespace), client.MatchingLabels(Labels(login, domain))); err != nil {
		return nil, fmt.Errorf("list the Orders for %s: %w", domain, err)
	}
	if err := d.Cache.List(ctx, &cached, append(d.For(domain), client.UnsafeDisableDeepCopy)...); err != nil {
		return nil, fmt.Errorf("list the Orders for %s: %w", domain, err)
	}
	orders := list.Items
	for i := range cached.Items {
		o := &cached.Items[i]
		listed := slices.ContainsFunc(list.Items, func(known v1alpha1.Order) bool { return known.Name == o.Name })
		if listed || o.Spec.DomainName != domain || LoginOf(o) != login {
			continue
		}
		var now v1alpha1.Order
		err := d.Live.Get(ctx, client.ObjectKeyFromObject(o), &now)
		if client.IgnoreNotFound(err) != nil {
			return nil, fmt.Errorf("read Order %s: %w", o.Name, err)
		}
		if err == nil {
			orders = append(orders, now)
		}
	}
	return orders, nil
}

// Open lists the open orders of a login as the cache has them, which nobody may change.
func (d *Desk) Open(ctx context.Context, login string) (open []*v1alpha1.Order, err error) {
	var list v1alpha1.OrderList
	err = d.Cache.List(ctx, &list, client.InNamespace(d.Namespace), client.MatchingFields{indexOpen: login}, client.UnsafeDisableDeepCopy)
	if err != nil {
		return nil, fmt.Errorf("list the open Orders: %w", err)
	}
	for i := range list.Items {
		if o := &list.Items[i]; isOpen(o) && LoginOf(o) == login {
			open = append(open, o)
		}
	}
	return open, nil
}

// anyOpen says whether a login has an open order, of which the caller may have read one just now. What the cache takes for open is read again, until one
// is: a new order that the cache lacks will say so itself.
func (d *Desk) anyOpen(ctx context.Context, login string, self *v1alpha1.Order) (bool, error) {
	if self != nil && isOpen(self) {
		return true, nil
	}
	candidates, err := d.Open(ctx, login)
	if err != nil {
		return false, err
	}
	for _, candidate := range candidates {
		if self != nil && candidate.UID == self.UID {
			continue
		}
		var now v1alpha1.Order
		err := d.Live.Get(ctx, client.ObjectKeyFromObject(candidate), &now)
		if client.IgnoreNotFound(err) != nil {
			return false, fmt.Errorf("read Order %s: %w", candidate.Name, err)
		}
		if err == nil && isOpen(&now) {
			return true, nil
		}
	}
	return false, nil
}

// isLost says whether the order of an entry of a ledger is not there any more. What the cache lacks is asked for, and what cannot be read is not lost.
func (d *Desk) isLost(ctx context.Context, uid string, entry purchase.Entry) bool {
	key := types.NamespacedName{Namespace: d.Namespace, Name: entry.Order}
	for _, reader := range []client.Reader{d.Cache, d.Live} {
		var found v1alpha1.Order
		err := reader.Get(ctx, key, &found)
		switch {
		case err == nil && string(found.UID) == uid:
			return false
		case err != nil && !apierrors.IsNotFound(err):
			return false
		}
	}
	return true
}
