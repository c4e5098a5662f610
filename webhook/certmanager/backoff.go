package certmanager

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

const (
	// firstDelay follows the first failure; each further one doubles it, up to longestDelay.
	firstDelay   = 5 * time.Second
	longestDelay = time.Minute
)

// backoffs keep work from being repeated at once after a failure that may pass: many challenges fail together, and
// cert-manager comes again for each by a clock of its own. While a backoff lasts everybody waits, or leaves; after it
// everybody tries together.
//
// A failure of the account's connection holds all of its zones back; one that REG.API reports of a single zone, that zone.
// Denials and limits of the rate need none: the client itself sends nothing while they last.
//
// So an outage of T seconds costs at most 5 + (T - 75) / 60 rounds, for delays of 5, 10, 20, 40 and then 60 seconds. A round ends
// with its first failure, and until then at most two reads are sent: one for who waited when the round began, and one
// for all who came while it was under way. Each is tried three times.
type backoffs struct {
	mu      sync.Mutex
	entries map[login]*backoff
}

// backoff of an account, where the domain is empty, or of a zone.
type backoff struct {
	lasts        time.Duration
	began, until time.Time
	err          error
}

// wait lets the backoffs of an account and of a zone pass. When the context ends first the error is that of the failure.
func (b *backoffs) wait(ctx context.Context, of account.Login, domain string) error {
	for {
		current := b.current(of, domain)
		if current == nil {
			return nil
		}
		if !pause.For(ctx, time.Until(current.until)) {
			return current.err
		}
	}
}

// current gives the backoff that lasts longest; nil if there is none.
func (b *backoffs) current(of account.Login, domain string) *backoff {
	b.mu.Lock()
	defer b.mu.Unlock()
	var longest *backoff
	for _, key := range []login{{of, ""}, {of, domain}} {
		found := b.entries[key]
		if found != nil && time.Now().Before(found.until) && (longest == nil || found.until.After(longest.until)) {
			lasting := *found
			longest = &lasting
		}
	}
	return longest
}

// learn takes note of the outcome of work that began at a time. What began before a backoff did tells nothing new.
func (b *backoffs) learn(of account.Login, domain string, started time.Time, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil {
		b.end(login{of, ""}, started)
		b.end(login{of, domain}, started)
		return
	}
	if !regapi.IsTransient(err) && !regapi.IsBusy(err) {
		return
	}
	key := login{of, ""}
	if refusal, ok := errors.AsType[*regapi.Error](err); ok && refusal.Domain != "" {
		key.domain = domain
	}
	b.begin(key, started, err)
}

// end ends a backoff. The lock is held.
func (b *backoffs) end(key login, started time.Time) {
	if found := b.entries[key]; found != nil && started.After(found.began) {
		delete(b.entries, key)
	}
}

// begin begins a backoff, longer than the last one. The lock is held.
func (b *backoffs) begin(key login, started time.Time, err error) {
	found := b.entries[key]
	switch {
	case found == nil:
		if b.entries == nil || len(b.entries) >= maxRemembered {
			b.entries = map[login]*backoff{}
		}
		found = &backoff{lasts: firstDelay}
		b.entries[key] = found
	case !started.After(found.began):
		return
	default:
		found.lasts = min(2*found.lasts, longestDelay)
	}
	found.began, found.until, found.err = time.Now(), time.Now().Add(found.lasts), err
}
