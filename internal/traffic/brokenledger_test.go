package traffic

import (
	"context"
	"errors"
	"sync"

	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

var errLedgerDown = errors.New("connection refused at 2026-01-01")

// brokenLedger is a ledger that misbehaves as told, and counts its saves.
type brokenLedger struct {
	budget.MemoryLedger

	state        sync.Mutex
	hang         bool // until the caller gives up
	failLoad     bool
	failSave     bool
	forgetAnswer bool // save, but say that it failed
	saved        int
	largest      int // bytes
}

func (l *brokenLedger) set(change func()) {
	l.state.Lock()
	defer l.state.Unlock()
	change()
}

func (l *brokenLedger) Load(ctx context.Context) ([]byte, budget.Stamp, error) {
	l.state.Lock()
	hang, fail := l.hang, l.failLoad
	l.state.Unlock()
	if hang {
		<-ctx.Done()
		return nil, budget.Stamp{}, ctx.Err()
	}
	if fail {
		return nil, budget.Stamp{}, errLedgerDown
	}
	return l.MemoryLedger.Load(ctx)
}

func (l *brokenLedger) Save(ctx context.Context, data []byte, version string) (budget.Stamp, error) {
	l.state.Lock()
	defer l.state.Unlock()
	if l.failSave {
		return budget.Stamp{}, errLedgerDown
	}
	next, err := l.MemoryLedger.Save(ctx, data, version)
	if err == nil {
		l.saved++
		l.largest = max(l.largest, len(data))
	}
	if l.forgetAnswer {
		return budget.Stamp{}, errLedgerDown
	}
	return next, err
}

// saves is how many saves went well.
func (l *brokenLedger) saves() int {
	l.state.Lock()
	defer l.state.Unlock()
	return l.saved
}
