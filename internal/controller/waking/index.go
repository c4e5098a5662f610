package waking

import (
	"context"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

// Fields that the caches index by whatever holds a domain.
const (
	indexAccount = "spec.accountRef"
	indexHolding = "spec.accountRef/canonical(spec.domainName)"
)

// Holding is a domain, in canonical form, as held by an Account.
type Holding struct {
	Account types.NamespacedName
	Domain  string
}

func (h Holding) key() string { return h.Account.String() + "/" + h.Domain }

// Index makes the cache of a kind find objects by a value.
func Index[O client.Object](ctx context.Context, indexer client.FieldIndexer, kind O, field string, value func(O) string) error {
	return indexer.IndexField(ctx, kind, field, func(object client.Object) []string { return []string{value(object.(O))} })
}

// IndexHoldings makes the cache of a kind find objects by the Account that they name, and by what they hold of it.
func IndexHoldings[O client.Object](ctx context.Context, indexer client.FieldIndexer, kind O, of func(O) Holding) error {
	if err := Index(ctx, indexer, kind, indexAccount, func(object O) string { return of(object).Account.String() }); err != nil {
		return err
	}
	return Index(ctx, indexer, kind, indexHolding, func(object O) string { return of(object).key() })
}

// OfAccount selects the objects that name an Account. Their kind has to be indexed by IndexHoldings.
func OfAccount(account types.NamespacedName) client.ListOption {
	return client.MatchingFields{indexAccount: account.String()}
}

// Holders finds the objects of the list's kind that hold a domain of an Account, as an Alarm asks for them: none where only
// the Account itself has changed. The kind has to be indexed by IndexHoldings.
func Holders(reader client.Reader, list client.ObjectList) Find {
	return func(ctx context.Context, account types.NamespacedName, domain string) []ctrl.Request {
		if domain == "" {
			return nil
		}
		found := list.DeepCopyObject().(client.ObjectList)
		return RequestsFor(ctx, reader, found, client.MatchingFields{indexHolding: Holding{account, domain}.key()})
	}
}

// RequestsFor lists objects and gives a request for each. It logs an error and then gives none.
func RequestsFor(ctx context.Context, reader client.Reader, list client.ObjectList, options ...client.ListOption) []ctrl.Request {
	// Nothing is done with them but to read their names.
	if err := reader.List(ctx, list, append(options, client.UnsafeDisableDeepCopy)...); err != nil {
		log.FromContext(ctx).Error(err, "Listing objects to wake failed")
		return nil
	}
	var requests []ctrl.Request
	_ = meta.EachListItem(list, func(item runtime.Object) error { // Our own callback never fails.
		requests = append(requests, ctrl.Request{NamespacedName: client.ObjectKeyFromObject(item.(client.Object))})
		return nil
	})
	return requests
}
