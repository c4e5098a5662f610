package waking

import (
	"time"

	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// NewBatchShares are for objects whose requests leave in batches of a thousand, for which as many of one namespace have to wait together; waiting
// costs some ten kilobytes each. More than these would make a second request of every batch, for the few that the first one has no place for.
func NewBatchShares() *Shares { return NewShares(1000, 256) }

// NewDomainShares are for Domains. They wait for the inventory without a worker; only those take one that are asked for beside it, since they are
// missing in the list, say.
func NewDomainShares() *Shares { return NewShares(256, 64) }

const (
	// reconcileTimeout ends a reconciliation that waits for what never comes. A batch may have to wait for its turn, and for
	// requests of a minute before it.
	reconcileTimeout = 10 * time.Minute

	// firstBackoff and lastBackoff bound the wait after a failure that may pass.
	firstBackoff = 2 * time.Second
	lastBackoff  = 15 * time.Minute
)

// Options are those of a controller that works on so many objects at a time. They bound the wait after failures: REG.API
// must not be asked again within milliseconds. The plain queue serves them, in the order of Shares: the one with priorities may stop for
// good when it is shut down with objects in it (kubernetes-sigs/controller-runtime, issue 3538), and the operator would hold its lease
// for longer.
func Options(concurrency int) controller.Options {
	return controller.Options{
		MaxConcurrentReconciles: concurrency,
		ReconciliationTimeout:   reconcileTimeout,
		UsePriorityQueue:        new(false),
		RateLimiter:             workqueue.NewTypedItemExponentialFailureRateLimiter[reconcile.Request](firstBackoff, lastBackoff),
	}
}
