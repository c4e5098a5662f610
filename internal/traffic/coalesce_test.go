package traffic

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
)

// versioned is a server whose reads tell how many writes had ended when they began. Everything takes a second.
type versioned struct {
	mu           sync.Mutex
	reads        int
	writes       int
	cancelled    int
	readPriority []Priority
}

func (v *versioned) Do(ctx context.Context, request *regapi.Request) (*regapi.Answer, error) {
	v.mu.Lock()
	seen, read := v.writes, catalog.Repeatable(request.Function)
	if read {
		v.reads++
		v.readPriority = append(v.readPriority, PriorityOf(ctx))
	}
	v.mu.Unlock()
	finished := pause.IfTime(ctx, time.Second)
	v.mu.Lock()
	defer v.mu.Unlock()
	if !finished {
		v.cancelled++
		return nil, ctx.Err()
	}
	if !read {
		v.writes++
	}
	return &regapi.Answer{Status: seen}, nil
}

// reader asks in the background.
type reader struct {
	handler regapi.Handler
	callers sync.WaitGroup
}

func (r *reader) ask(ctx context.Context, function string, then func(*regapi.Answer, error)) {
	r.callers.Go(func() { then(r.handler.Do(ctx, &regapi.Request{Function: function})) })
	synctest.Wait()
}

func coalescing(opts ...LaneOption) (*reader, *versioned) {
	server := &versioned{}
	return &reader{handler: NewCoalescer().Middleware()(NewLane(opts...).Middleware()(server))}, server
}

func TestSameReadsAtTheSameTimeAreOneRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, server := coalescing()
		for range 10 {
			r.ask(t.Context(), "zone/nop", func(answer *regapi.Answer, err error) {
				if err != nil || answer == nil {
					t.Errorf("%v, %v", answer, err)
				}
			})
		}
		r.ask(t.Context(), "zone/get_resource_records", func(*regapi.Answer, error) {})
		r.callers.Wait()
		r.ask(t.Context(), "zone/nop", func(*regapi.Answer, error) {})
		r.callers.Wait()
		if server.reads != 3 {
			t.Errorf("%d requests", server.reads)
		}
	})
}

func TestChangesAreNeverShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, server := coalescing()
		for range 3 {
			r.ask(t.Context(), "zone/add_alias", func(*regapi.Answer, error) {})
		}
		r.callers.Wait()
		if server.writes != 3 {
			t.Errorf("%d requests", server.writes)
		}
	})
}

func TestOneCallersEndDoesNotEndTheOthersRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, server := coalescing()
		first, cancelFirst := context.WithCancel(t.Context())
		second, cancelSecond := context.WithCancel(t.Context())
		start := time.Now()
		r.ask(first, "zone/nop", func(_ *regapi.Answer, err error) {
			if !errors.Is(err, context.Canceled) || time.Since(start) != 0 {
				t.Errorf("the first caller: %v after %s", err, time.Since(start))
			}
		})
		r.ask(second, "zone/nop", func(_ *regapi.Answer, err error) {
			if err != nil || time.Since(start) != time.Second {
				t.Errorf("the second caller: %v after %s", err, time.Since(start))
			}
		})
		cancelFirst()
		r.callers.Wait()
		cancelSecond()
		if server.reads != 1 || server.cancelled != 0 {
			t.Errorf("%d requests, %d cancelled", server.reads, server.cancelled)
		}
	})
}

func TestRequestEndsWithItsLastCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, server := coalescing()
		ctx, cancel := context.WithCancel(t.Context())
		for range 3 {
			r.ask(ctx, "zone/nop", func(_ *regapi.Answer, err error) {
				if !errors.Is(err, context.Canceled) {
					t.Errorf("got %v", err)
				}
			})
		}
		cancel()
		r.callers.Wait()
		if server.cancelled != 1 {
			t.Errorf("%d requests cancelled", server.cancelled)
		}
		r.ask(t.Context(), "zone/nop", func(answer *regapi.Answer, err error) {
			if err != nil || answer == nil {
				t.Errorf("a new caller: %v", err)
			}
		})
		r.callers.Wait()
	})
}

func TestNobodyReadsWhatIsOlderThanAnEndedChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// Without a lane, so that a read and a change run side by side.
		server := &versioned{}
		r := &reader{handler: NewCoalescer().Middleware()(server)}
		r.ask(t.Context(), "zone/add_alias", func(*regapi.Answer, error) {})
		time.Sleep(500 * time.Millisecond)
		want := 0
		check := func(answer *regapi.Answer, err error) {
			if err != nil || answer.Status < want {
				t.Errorf("the answer knows %d changes: %v", answer.Status, err)
			}
		}
		r.ask(t.Context(), "zone/nop", func(*regapi.Answer, error) {}) // begins before the change ends
		time.Sleep(500 * time.Millisecond)
		synctest.Wait()
		want = 1
		r.ask(t.Context(), "zone/nop", check)
		r.callers.Wait()
		if server.reads != 2 {
			t.Errorf("%d reads", server.reads)
		}
	})
}

func TestUrgentCallersDoNotJoinWhatWaitsBehindOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, server := coalescing()
		ignore := func(*regapi.Answer, error) {}
		r.ask(patient(t), "zone/add_alias", ignore)
		r.ask(patient(t), "zone/nop", ignore)
		r.ask(WithPriority(patient(t), Interactive), "zone/nop", ignore)
		r.ask(patient(t), "zone/nop", ignore)
		r.callers.Wait()
		if len(server.readPriority) != 2 || server.readPriority[0] != Interactive {
			t.Errorf("reads of priorities %v", server.readPriority)
		}
	})
}

func TestPatientCallersDoNotJoinWhatGivesUpEarlier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, server := coalescing()
		r.ask(t.Context(), "zone/add_alias", func(*regapi.Answer, error) {})
		hasty, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		r.ask(hasty, "zone/nop", func(_ *regapi.Answer, err error) {
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the hasty caller: %v", err)
			}
		})
		for _, ctx := range []context.Context{t.Context(), patient(t)} {
			r.ask(ctx, "zone/nop", func(_ *regapi.Answer, err error) {
				if err != nil {
					t.Errorf("a patient caller: %v", err)
				}
			})
		}
		r.callers.Wait()
		if server.reads != 1 {
			t.Errorf("%d reads", server.reads)
		}
	})
}

func TestHolderOfATurnDoesNotJoinWhoWaitsForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lane, server := NewLane(), &versioned{}
		r := &reader{handler: NewCoalescer().Middleware()(lane.Middleware()(server))}
		held, release, err := lane.Turn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		r.ask(t.Context(), "zone/nop", func(*regapi.Answer, error) {})
		start := time.Now()
		if _, err := r.handler.Do(held, &regapi.Request{Function: "zone/nop"}); err != nil || time.Since(start) != time.Second {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		r.callers.Wait()
		if server.reads != 2 {
			t.Errorf("%d reads", server.reads)
		}
	})
}

func TestPanicReachesTheCallers(t *testing.T) {
	handler := NewCoalescer().Middleware()(regapi.HandlerFunc(func(context.Context, *regapi.Request) (*regapi.Answer, error) { panic("boom") }))
	defer func() {
		if text, _ := recover().(string); !strings.HasPrefix(text, "boom\n") {
			t.Errorf("got %q", text)
		}
	}()
	_, _ = handler.Do(t.Context(), &regapi.Request{Function: "zone/nop"})
}
