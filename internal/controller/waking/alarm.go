package waking

import (
	"context"
	"sync"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"
)

// Alarm wakes the objects that something changed for at REG.API. The inventories ring it. The zero value wakes nobody yet;
// an Alarm is safe for concurrent use and must not be copied.
type Alarm struct {
	mu        sync.Mutex
	listeners []listener
}

// listener is a controller that has started.
type listener struct {
	find  Find
	queue workqueue.TypedRateLimitingInterface[reconcile.Request]
}

// Find gives a request for each object that a change concerns: of a domain of an Account, or of the Account itself where
// domain is empty.
type Find func(ctx context.Context, account types.NamespacedName, domain string) []ctrl.Request

// Source connects a controller with the alarm when that starts.
func (a *Alarm) Source(find Find) source.Source {
	return source.Func(func(_ context.Context, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) error {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.listeners = append(a.listeners, listener{find, queue})
		return nil
	})
}

// Ring wakes the objects for a domain of an Account, or the Account itself where domain is empty. Before the controllers
// run it does nothing: they look at every object when they start.
func (a *Alarm) Ring(account types.NamespacedName, domain string) {
	a.mu.Lock()
	listeners := a.listeners // It only grows, so that this part of it stays as it is.
	a.mu.Unlock()
	ctx := context.Background() // Objects are found in a cache, which does not wait.
	for _, l := range listeners {
		for _, request := range l.find(ctx, account, domain) {
			l.queue.Add(request)
		}
	}
}
