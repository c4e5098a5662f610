package budget

import (
	"context"
	"errors"
	"strconv"
	"sync"
)

// Ledger keeps what a [Budget] has to remember from one process to the next: less than 2 KiB.
type Ledger interface {
	// Load returns the data and their version. A ledger that was never written has no data.
	Load(ctx context.Context) (data []byte, version string, err error)
	// Save replaces the data if they still have the version that was loaded, and returns the new
	// one. Otherwise it changes nothing and returns ErrConflict. After any other error the
	// data may have been replaced or not.
	Save(ctx context.Context, data []byte, version string) (newVersion string, err error)
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

// MemoryLedger is a [Ledger] that lasts as long as the process. The zero value is ready to use.
type MemoryLedger struct {
	mu    sync.Mutex
	data  []byte
	saves int
}

// Load returns what was saved last.
func (m *MemoryLedger) Load(ctx context.Context) (data []byte, version string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]byte(nil), m.data...), m.version(), ctx.Err()
}

// Save keeps the data if the version is that of the last save.
func (m *MemoryLedger) Save(ctx context.Context, data []byte, version string) (newVersion string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if version != m.version() {
		return "", ErrConflict
	}
	m.data = append([]byte(nil), data...)
	m.saves++
	return m.version(), nil
}

func (m *MemoryLedger) version() string { return strconv.Itoa(m.saves) }
