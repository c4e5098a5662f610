package waking

import (
	"context"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/internal/tenancy"
)

// indexAccount is the field that the caches index by the Account that an object names.
const indexAccount = "spec.accountRef"

// Holding is a domain, in canonical form, as held by an Account.
type Holding struct {
	Account types.NamespacedName
	Domain  string
}

// Index makes the cache of a kind find objects by a value, those that have one.
func Index[O client.Object](ctx context.Context, indexer client.FieldIndexer, kind O, field string, value func(O) string) error {
	return indexer.IndexField(ctx, kind, field, func(object client.Object) []string {
		if found := value(object.(O)); found != "" {
			return []string{found}
		}
		return nil
	})
}

// IndexAccounts makes the cache of a kind find objects by the Account that they name.
func IndexAccounts[O client.Object](ctx context.Context, indexer client.FieldIndexer, kind O, of func(O) Holding) error {
	return Index(ctx, indexer, kind, indexAccount, func(object O) string { return of(object).Account.String() })
}

// OfAccount selects the objects that name an Account. Their kind has to be indexed by IndexAccounts.
func OfAccount(account types.NamespacedName) client.ListOption {
	return client.MatchingFields{indexAccount: account.String()}
}

// Holders finds the DNSZones or Domains, whichever the list is of, that hold a domain of an Account, as an Alarm asks for them: none where only
// the Account itself has changed. Their cache has to be indexed by tenancy.IndexDomains: an index of their own for so few objects of one
// domain would take more memory than all that is remembered of them.
func Holders(reader client.Reader, list client.ObjectList) Find {
	return func(ctx context.Context, account types.NamespacedName, domain string) []ctrl.Request {
		if domain == "" {
			return nil
		}
		found := list.DeepCopyObject().(client.ObjectList)
		of := func(object client.Object) bool { return tenancy.AccountOf(object) == account }
		return requestsFor(ctx, reader, found, of, tenancy.OfDomain(domain))
	}
}

// RequestsFor lists objects and gives a request for each. It logs an error and then gives none.
func RequestsFor(ctx context.Context, reader client.Reader, list client.ObjectList, options ...client.ListOption) []ctrl.Request {
	return requestsFor(ctx, reader, list, func(client.Object) bool { return true }, options...)
}

// requestsFor is RequestsFor, for those of the objects that are wanted.
func requestsFor(ctx context.Context, reader client.Reader, list client.ObjectList, wanted func(client.Object) bool, options ...client.ListOption) []ctrl.Request {
	// Nothing is done with them but to read their names.
	if err := reader.List(ctx, list, append(options, client.UnsafeDisableDeepCopy)...); err != nil {
		log.FromContext(ctx).Error(err, "Listing objects to wake failed")
		return nil
	}
	var requests []ctrl.Request
	_ = meta.EachListItem(list, func(item runtime.Object) error { // Our own callback never fails.
		if object := item.(client.Object); wanted(object) {
			requests = append(requests, ctrl.Request{NamespacedName: client.ObjectKeyFromObject(object)})
		}
		return nil
	})
	return requests
}
