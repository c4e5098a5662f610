package controller

import (
	"context"
	"sync"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// Alarm wakes the objects that something changed for at REG.API. The inventories ring it.
type Alarm struct {
	accounts, domains, zones bell

	mu     sync.Mutex
	reader client.Reader
}

// Ring wakes the objects for a domain of an Account, or the Account itself where domain is empty. Before the controllers
// run it does nothing: they look at every object when they start.
func (a *Alarm) Ring(account types.NamespacedName, domain string) {
	if domain == "" {
		a.accounts.ring(ctrl.Request{NamespacedName: account})
		return
	}
	a.mu.Lock()
	reader := a.reader
	a.mu.Unlock()
	if reader == nil {
		return
	}
	ctx := context.Background() // The reader is a cache, which does not wait.
	selection := client.MatchingFields{indexHolding: holding(account, domain)}
	a.domains.ring(requestsFor(ctx, reader, &v1alpha1.DomainList{}, selection)...)
	a.zones.ring(requestsFor(ctx, reader, &v1alpha1.DNSZoneList{}, selection)...)
}

func (a *Alarm) readFrom(reader client.Reader) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.reader = reader
}

// holding is the value of indexHolding: a domain as held by an Account.
func holding(account types.NamespacedName, domain string) string {
	return account.String() + "/" + domain
}

// bell adds requests to the queue of a controller.
type bell struct {
	mu    sync.Mutex
	queue workqueue.TypedRateLimitingInterface[reconcile.Request]
}

// source connects the bell with a controller when that starts.
func (b *bell) source() source.Source {
	return source.Func(func(_ context.Context, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) error {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.queue = queue
		return nil
	})
}

func (b *bell) ring(requests ...ctrl.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.queue == nil {
		return
	}
	for _, request := range requests {
		b.queue.Add(request)
	}
}
