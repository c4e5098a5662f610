package journal

import (
	"context"
	"encoding/json"
	"io"
	"sync"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

const (
	// DefaultBytes is how much the ring keeps.
	DefaultBytes = 4 << 20
	// maxWaiting is how many requests may wait to be redacted.
	maxWaiting = 256
)

// Journal keeps the last requests.
type Journal struct {
	bytes   int
	lines   io.Writer
	waiting chan seen

	mu      sync.Mutex
	ring    []Entry
	size    int
	last    int64
	dropped int64
	// changed is closed when an entry has come.
	changed chan struct{}
}

// New gives a journal that keeps so many bytes, and writes each entry to lines, which may be nil.
func New(bytes int, lines io.Writer) *Journal {
	return &Journal{bytes: bytes, lines: lines, waiting: make(chan seen, maxWaiting), changed: make(chan struct{})}
}

// Middleware notes every request that passes for an Account, which is named as namespace/name. It belongs innermost, where each try is
// seen, and what was not sent is not.
func (j *Journal) Middleware(account string) regapi.Middleware {
	return func(next regapi.Handler) regapi.Handler {
		if j == nil {
			return next
		}
		return regapi.HandlerFunc(func(ctx context.Context, request *regapi.Request) (*regapi.Answer, error) {
			at := time.Now()
			answer, err := next.Do(ctx, request)
			select {
			case j.waiting <- seen{at: at, took: time.Since(at), account: account, askers: traffic.AskersOf(ctx), request: request, answer: answer, err: err}:
			default:
				j.mu.Lock()
				j.dropped++
				j.mu.Unlock()
			}
			return answer, err
		})
	}
}

// Start redacts and keeps what comes, until the context ends. A runnable of a manager.
func (j *Journal) Start(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case one := <-j.waiting:
			j.keep(one.entry())
		}
	}
}

// NeedLeaderElection says that only the leader, who makes the requests, keeps a journal.
func (j *Journal) NeedLeaderElection() bool { return true }

func (j *Journal) keep(e Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last++
	e.Number, e.Dropped, j.dropped = j.last, j.dropped, 0
	j.ring, j.size = append(j.ring, e), j.size+e.size()
	gone := 0
	for j.size > j.bytes && gone < len(j.ring)-1 {
		j.size -= j.ring[gone].size()
		j.ring[gone] = Entry{}
		gone++
	}
	j.ring = j.ring[gone:]
	close(j.changed)
	j.changed = make(chan struct{})
	if j.lines != nil {
		if line, err := json.Marshal(e); err == nil {
			_, _ = j.lines.Write(append(line, '\n')) // Work goes on when a disk is full.
		}
	}
}

// After gives the entries of an Account after a number that it wants, the oldest first, and the number to ask after next. If there are none
// it waits until the context ends, and then gives none.
func (j *Journal) After(ctx context.Context, account string, number int64, wants func(Entry) bool) (entries []Entry, last int64) {
	for {
		entries, last, changed := j.now(account, number, wants)
		if len(entries) > 0 {
			return entries, last
		}
		number = last
		select {
		case <-ctx.Done():
			return []Entry{}, last
		case <-changed:
		}
	}
}

func (j *Journal) now(account string, number int64, wants func(Entry) bool) (entries []Entry, last int64, changed <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, e := range j.ring {
		if e.Number > number && e.Account == account && wants(e) {
			entries = append(entries, e)
		}
	}
	return entries, j.last, j.changed
}
