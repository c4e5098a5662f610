package account

import (
	"context"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/regapi-io/regapi-operator/internal/pause"
)

const (
	// rewatch is the pause before a watch that has ended is begun again; the API server ends each after some time.
	rewatch = time.Second
	// rewatchFailed follows a watch that could not begin, and rewatchForbidden one that is not allowed: then the Secret is looked at
	// so often.
	rewatchFailed    = 30 * time.Second
	rewatchForbidden = 10 * time.Minute
)

// secretWatch wakes Accounts when the Secrets change that they name. It watches each of those by its name, and remembers of it
// nothing at all: no other Secret of the cluster, nor what is in one, is ever listed or kept.
type secretWatch struct {
	api client.WithWatch

	mu      sync.Mutex
	queue   workqueue.TypedRateLimitingInterface[reconcile.Request]
	running context.Context // nil until Start
	watched map[types.NamespacedName]*watchedSecret
	named   map[types.NamespacedName]types.NamespacedName // the Secret of an Account
	watches sync.WaitGroup
}

// watchedSecret has the Accounts that name a Secret.
type watchedSecret struct {
	accounts map[types.NamespacedName]bool
	stop     context.CancelFunc // nil while it is not watched
}

func newSecretWatch(api client.WithWatch) *secretWatch {
	return &secretWatch{
		api: api, watched: map[types.NamespacedName]*watchedSecret{}, named: map[types.NamespacedName]types.NamespacedName{},
	}
}

// source gives the watch the queue of its controller.
func (w *secretWatch) source() source.Source {
	return source.Func(func(_ context.Context, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.queue = queue
		return nil
	})
}

// Start watches until the context ends, and returns when nothing runs any more.
func (w *secretWatch) Start(ctx context.Context) error {
	w.mu.Lock()
	w.running = ctx
	for key, secret := range w.watched {
		w.begin(key, secret)
	}
	w.mu.Unlock()
	<-ctx.Done()
	w.mu.Lock()
	w.running = nil
	w.mu.Unlock()
	w.watches.Wait()
	return nil
}

// follow notes which Secret an Account names, and watches it.
func (w *secretWatch) follow(account types.NamespacedName, name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := types.NamespacedName{Namespace: account.Namespace, Name: name}
	if w.named[account] == key {
		return
	}
	w.drop(account)
	w.named[account] = key
	secret := w.watched[key]
	if secret == nil {
		secret = &watchedSecret{accounts: map[types.NamespacedName]bool{}}
		w.watched[key] = secret
		if w.running != nil {
			w.begin(key, secret)
		}
	}
	secret.accounts[account] = true
}

// unfollow forgets an Account that is gone.
func (w *secretWatch) unfollow(account types.NamespacedName) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.drop(account)
}

// drop takes an Account off its Secret, which is watched no longer if it was the last. w.mu is held.
func (w *secretWatch) drop(account types.NamespacedName) {
	key, ok := w.named[account]
	if !ok {
		return
	}
	delete(w.named, account)
	secret := w.watched[key]
	delete(secret.accounts, account)
	if len(secret.accounts) > 0 {
		return
	}
	delete(w.watched, key)
	if secret.stop != nil {
		secret.stop()
	}
}

// begin watches a Secret. w.mu is held.
func (w *secretWatch) begin(key types.NamespacedName, secret *watchedSecret) {
	ctx, stop := context.WithCancel(w.running)
	secret.stop = stop
	w.watches.Go(func() {
		for {
			again := w.watch(ctx, key)
			if !pause.For(ctx, pause.Jittered(again)) {
				return
			}
			w.wake(key) // Something may have happened meanwhile.
		}
	})
}

// watch wakes who names a Secret at each of its changes, until the watch ends. It gives the pause before the next one.
func (w *secretWatch) watch(ctx context.Context, key types.NamespacedName) (again time.Duration) {
	list := &metav1.PartialObjectMetadataList{}
	list.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("SecretList"))
	stream, err := w.api.Watch(ctx, list, client.InNamespace(key.Namespace), client.MatchingFields{"metadata.name": key.Name})
	switch {
	case ctx.Err() != nil:
		return 0
	case apierrors.IsForbidden(err):
		return rewatchForbidden
	case err != nil:
		log.FromContext(ctx).Error(err, "Watching a Secret failed", "secret", key)
		return rewatchFailed
	}
	defer stream.Stop()
	for {
		select {
		case <-ctx.Done():
			return 0
		case event, open := <-stream.ResultChan():
			if !open || event.Type == watch.Error {
				return rewatch
			}
			w.wake(key)
		}
	}
}

// wake has the Accounts looked at that name a Secret.
func (w *secretWatch) wake(key types.NamespacedName) {
	w.mu.Lock()
	defer w.mu.Unlock()
	secret := w.watched[key]
	if secret == nil || w.queue == nil {
		return
	}
	for account := range secret.accounts {
		w.queue.Add(reconcile.Request{NamespacedName: account})
	}
}
