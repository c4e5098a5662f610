package budget

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"
)

// Stamp tells the save that made a ledger what it is.
type Stamp struct {
	// Version is what the next save builds on; empty if the ledger was never written.
	Version string
	// Time of the save, by a clock that all processes share: that of whoever keeps the ledger; zero if he tells none.
	Time time.Time
}

// Ledger keeps what a [Budget] has to remember from one process to the next: some 2 KiB.
type Ledger interface {
	// Load returns the data and their stamp. A ledger that was never written has no data and no stamp.
	Load(ctx context.Context) (data []byte, stamp Stamp, err error)
	// Save replaces the data if they still have the version that was loaded, and returns the new
	// stamp. Otherwise it changes nothing and returns ErrConflict. After any other error the
	// data may have been replaced or not.
	Save(ctx context.Context, data []byte, version string) (Stamp, error)
	// Delete removes the ledger if it still has the version; otherwise it returns ErrConflict.
	Delete(ctx context.Context, version string) error
}

// ErrConflict says that somebody else has saved a ledger in the meantime.
var ErrConflict = errors.New("the ledger was saved by somebody else")

// LedgerError says that nothing can be paid, because the ledger of a budget could not be read or saved.
type LedgerError struct {
	// Reason is a stable phrase.
	Reason string

	cause error
}

// Error returns the reason; the ledger's own words are behind Unwrap.
func (e *LedgerError) Error() string { return e.Reason }

// Unwrap returns the error of the ledger.
func (e *LedgerError) Unwrap() error { return e.cause }

// Unsent says that whoever gets this error as that of a request has not sent it.
func (e *LedgerError) Unsent() bool { return true }

// Discard deletes a ledger that tells nothing any more: all of its requests are forgotten, and no freeze goes on. It says whether
// the ledger is gone. One that cannot be read is left to whoever wants to know why.
func Discard(ctx context.Context, ledger Ledger, now time.Time) (gone bool, err error) {
	data, stamp, err := ledger.Load(ctx)
	if err != nil || stamp.Version == "" {
		return err == nil, err
	}
	old, broken := decodeBook(data)
	if broken != nil || old.counted().total(now) > 0 || old.frozenUntil.After(now) || old.quietUntil.After(now) {
		return false, nil //nolint:nilerr // A broken ledger is told of by whoever opens it.
	}
	err = ledger.Delete(ctx, stamp.Version)
	if errors.Is(err, ErrConflict) { // Somebody uses it again.
		return false, nil
	}
	return err == nil, err
}

// MemoryLedger is a [Ledger] that lasts as long as the process. The zero value is ready to use.
type MemoryLedger struct {
	mu    sync.Mutex
	data  []byte
	saves int
}

// Load returns what was saved last.
func (m *MemoryLedger) Load(ctx context.Context) (data []byte, stamp Stamp, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]byte(nil), m.data...), m.stamp(), ctx.Err()
}

// Save keeps the data if the version is that of the last save.
func (m *MemoryLedger) Save(ctx context.Context, data []byte, version string) (Stamp, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return Stamp{}, err
	}
	if version != m.stamp().Version {
		return Stamp{}, ErrConflict
	}
	m.data = append([]byte(nil), data...)
	m.saves++
	return m.stamp(), nil
}

// Delete forgets the data.
func (m *MemoryLedger) Delete(ctx context.Context, version string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if version != m.stamp().Version {
		return ErrConflict
	}
	m.data = nil
	m.saves++
	return nil
}

// stamp has a version if there are data.
func (m *MemoryLedger) stamp() Stamp {
	if len(m.data) == 0 {
		return Stamp{}
	}
	return Stamp{Version: strconv.Itoa(m.saves)}
}
