package controller

import (
	"context"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

const (
	// accountConcurrency is how many Accounts are worked on at a time.
	accountConcurrency = 8
	// batchConcurrency is how many Domains or DNSZones are worked on at a time. Their requests leave in batches of a thousand,
	// for which as many have to wait together; waiting costs a few kilobytes each.
	batchConcurrency = 1024
)

// Fields that the caches are indexed by.
const (
	indexSecret  = "spec.secretRef.name"
	indexAccount = "spec.accountRef"
	indexDomain  = "canonical(spec.domainName)"
	indexHolding = "spec.accountRef/canonical(spec.domainName)"
)

// Dependencies are what the controllers share with the rest of the process.
type Dependencies struct {
	Directory *account.Directory
	Editor    *zone.Editor
	// Alarm is what the Directory rings.
	Alarm *Alarm
	// ReleaseGrace is how long a deletion waits for an Account or Secret that is gone; DefaultReleaseGrace if it is 0.
	ReleaseGrace time.Duration
	// Publication asks the authoritative name servers; without servers nobody is asked.
	Publication zone.Publication
}

// SetupWithManager registers every controller with a manager.
func SetupWithManager(ctx context.Context, mgr ctrl.Manager, d Dependencies) error {
	if err := addIndexes(ctx, mgr.GetFieldIndexer()); err != nil {
		return err
	}
	d.Alarm.readFrom(mgr.GetClient())
	if d.ReleaseGrace == 0 {
		d.ReleaseGrace = DefaultReleaseGrace
	}
	writer := statusWriter{Client: mgr.GetClient(), Events: mgr.GetEventRecorder("regapi-operator")}
	for _, reconciler := range []interface{ SetupWithManager(ctrl.Manager) error }{
		&AccountReconciler{statusWriter: writer, Dependencies: d},
		&DomainReconciler{statusWriter: writer, Dependencies: d},
		&DNSZoneReconciler{statusWriter: writer, Dependencies: d},
	} {
		if err := reconciler.SetupWithManager(mgr); err != nil {
			return err
		}
	}
	return nil
}

func addIndexes(ctx context.Context, indexer client.FieldIndexer) error {
	for _, index := range []struct {
		kind  client.Object
		field string
		value func(client.Object) string
	}{
		{&v1alpha1.Account{}, indexSecret, func(o client.Object) string { return o.(*v1alpha1.Account).Spec.SecretRef.Name }},
		{&v1alpha1.Domain{}, indexAccount, func(o client.Object) string { return accountKeyOf(o).String() }},
		{&v1alpha1.DNSZone{}, indexAccount, func(o client.Object) string { return accountKeyOf(o).String() }},
		{&v1alpha1.Domain{}, indexHolding, func(o client.Object) string { return holding(accountKeyOf(o), domainOf(o)) }},
		{&v1alpha1.DNSZone{}, indexHolding, func(o client.Object) string { return holding(accountKeyOf(o), domainOf(o)) }},
		{&v1alpha1.DNSZone{}, indexDomain, domainOf},
	} {
		value := index.value
		if err := indexer.IndexField(ctx, index.kind, index.field, func(o client.Object) []string { return []string{value(o)} }); err != nil {
			return err
		}
	}
	return nil
}

// accountKeyOf gives the key of the Account that a Domain or DNSZone refers to.
func accountKeyOf(o client.Object) types.NamespacedName {
	if zone, ok := o.(*v1alpha1.DNSZone); ok {
		return zone.Spec.AccountRef.KeyFrom(zone.Namespace)
	}
	return o.(*v1alpha1.Domain).Spec.AccountRef.KeyFrom(o.GetNamespace())
}

// domainOf gives the domain of a Domain or DNSZone in canonical form.
func domainOf(o client.Object) string {
	if zone, ok := o.(*v1alpha1.DNSZone); ok {
		return canonicalOrAsIs(zone.Spec.DomainName)
	}
	return canonicalOrAsIs(o.(*v1alpha1.Domain).Spec.DomainName)
}

// canonicalOrAsIs makes spellings of one domain meet; a name that is no domain stays as it is.
func canonicalOrAsIs(name v1alpha1.DomainName) string {
	if canonical, err := zone.CanonicalDomain(string(name)); err == nil {
		return canonical
	}
	return string(name)
}

// controllerOptions bound the wait after failures: REG.API must not be asked again within milliseconds.
func controllerOptions(concurrency int) controller.Options {
	return controller.Options{
		MaxConcurrentReconciles: concurrency,
		ReconciliationTimeout:   reconcileTimeout,
		RateLimiter:             workqueue.NewTypedItemExponentialFailureRateLimiter[reconcile.Request](firstBackoff, lastBackoff),
	}
}

// requestsFor lists objects and gives a request for each.
func requestsFor(ctx context.Context, reader client.Reader, list client.ObjectList, options ...client.ListOption) []ctrl.Request {
	if err := reader.List(ctx, list, options...); err != nil {
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

// accountUsabilityChanged lets those changes of an Account through that can matter to who uses it.
var accountUsabilityChanged = predicate.Funcs{
	UpdateFunc: func(e event.UpdateEvent) bool {
		before, after := e.ObjectOld.(*v1alpha1.Account), e.ObjectNew.(*v1alpha1.Account)
		return usability(before) != usability(after)
	},
}

type accountUsability struct {
	ready                 bool
	reason, secretVersion string
	generation            int64
}

func usability(a *v1alpha1.Account) accountUsability {
	u := accountUsability{secretVersion: a.Status.SecretVersion, generation: a.Generation}
	if ready := meta.FindStatusCondition(a.Status.Conditions, v1alpha1.ConditionReady); ready != nil {
		u.ready, u.reason = ready.Status == "True", ready.Reason
	}
	return u
}
