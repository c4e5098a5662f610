package zone

import (
	"context"
	"sync"
)

// keyedLock is one lock per key; a key that nobody holds or waits for takes no memory.
type keyedLock struct {
	mu    sync.Mutex
	locks map[string]*sharedLock
}

type sharedLock struct {
	held  chan struct{} // holds one token while locked
	users int           // holder and waiters; guarded by keyedLock.mu
}

// lock waits until the key is free or the context ends.
func (k *keyedLock) lock(ctx context.Context, key string) (unlock func(), err error) {
	lock := k.join(key)
	select {
	case lock.held <- struct{}{}:
		return func() {
			<-lock.held
			k.leave(key, lock)
		}, nil
	case <-ctx.Done():
		k.leave(key, lock)
		return nil, ctx.Err()
	}
}

func (k *keyedLock) join(key string) *sharedLock {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.locks == nil {
		k.locks = map[string]*sharedLock{}
	}
	lock, ok := k.locks[key]
	if !ok {
		lock = &sharedLock{held: make(chan struct{}, 1)}
		k.locks[key] = lock
	}
	lock.users++
	return lock
}

func (k *keyedLock) leave(key string, lock *sharedLock) {
	k.mu.Lock()
	defer k.mu.Unlock()
	lock.users--
	if lock.users == 0 {
		delete(k.locks, key)
	}
}
