package batch

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// gate is a [Turn] that is given by hand, to who asks with the highest priority.
type gate struct {
	mu      sync.Mutex
	waiting []*asker
	asked   []traffic.Priority
	held    int
	given   int
}

type asker struct {
	priority traffic.Priority
	deadline time.Time
	turn     chan error // lets it through, or refuses it
}

type givenKey struct{}

// next is the most urgent one who waits, once there is one and everybody has asked.
func (g *gate) next() *asker {
	for {
		synctest.Wait()
		g.mu.Lock()
		waiting := slices.Clone(g.waiting)
		g.mu.Unlock()
		if len(waiting) > 0 {
			return slices.MaxFunc(waiting, func(a, b *asker) int { return cmp.Compare(a.priority, b.priority) })
		}
		time.Sleep(time.Millisecond)
	}
}

// give ends the wait for a turn of the most urgent one.
func (g *gate) give(err error) {
	first := g.next()
	g.mu.Lock()
	g.remove(first)
	g.mu.Unlock()
	first.turn <- err
}

// remove takes one out of those who wait. The lock is held.
func (g *gate) remove(gone *asker) {
	g.waiting = slices.DeleteFunc(g.waiting, func(a *asker) bool { return a == gone })
}

func (g *gate) turn(ctx context.Context) (context.Context, func(), error) {
	deadline, _ := ctx.Deadline()
	a := &asker{traffic.PriorityOf(ctx), deadline, make(chan error, 1)}
	g.mu.Lock()
	g.waiting = append(g.waiting, a)
	g.asked = append(g.asked, a.priority)
	g.mu.Unlock()
	select {
	case err := <-a.turn:
		if err != nil {
			return nil, nil, err
		}
	case <-ctx.Done():
		g.mu.Lock()
		defer g.mu.Unlock()
		g.remove(a)
		return nil, nil, ctx.Err()
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held++
	g.given++
	return context.WithValue(ctx, givenKey{}, g.given), func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.held--
	}, nil
}

func TestTheRequestIsFormedWhenItsTurnHasCome(t *testing.T) {
	gate := &gate{}
	inZones(t, Partner, 20, func(t *testing.T, account *testAccount) {
		for _, domain := range account.domains {
			account.start(with(traffic.Change), domain, texts(2)...)
			time.Sleep(time.Minute)
		}
		gate.give(nil)
		account.wait.Wait()
		synctest.Wait()
		if entries := account.simulator.Journal(); len(entries) != 1 || entries[0].Elements != 20 || gate.held != 0 {
			t.Errorf("requests %+v, %d turns held", entries, gate.held)
		}
	}, WithTurn(gate.turn))
}

func TestCallsOfEveryPriorityAskForTheirTurn(t *testing.T) {
	gate := &gate{}
	var sent []traffic.Priority
	inZones(t, Ordinary, 2, func(t *testing.T, account *testAccount) {
		account.start(with(traffic.Background), zoneName(0), txt("a", "x"))
		time.Sleep(time.Second)
		account.start(with(traffic.Background), zoneName(1), txt("b", "x"))
		urgent := account.start(with(traffic.Interactive), zoneName(1), txt("c", "x"))
		synctest.Wait()
		for range 3 {
			gate.give(nil)
		}
		<-urgent.done
		account.wait.Wait()
		synctest.Wait()
		// The edit before the urgent one is as urgent, since it has to be made first.
		if diff := gocmp.Diff([]traffic.Priority{traffic.Interactive, traffic.Interactive, traffic.Background}, sent); diff != "" {
			t.Errorf("priorities of the requests (-want +got):\n%s", diff)
		}
		if diff := gocmp.Diff([]traffic.Priority{traffic.Background, traffic.Interactive, traffic.Interactive}, gate.asked); diff != "" {
			t.Errorf("priorities of the turns (-want +got):\n%s", diff)
		}
		if !account.holds(zoneName(1), "c", "x") {
			t.Error("the urgent change was not made")
		}
	}, WithTurn(gate.turn), WithObserver(func(batch Batch) { sent = append(sent, batch.Priority) }))
}

func TestATurnThatIsRefusedFailsThoseOnWhoseBehalfItWasAsked(t *testing.T) {
	gate, refusal := &gate{}, errors.New("not now")
	inZones(t, Partner, 3, func(t *testing.T, account *testAccount) {
		ctx, cancel := context.WithTimeout(with(traffic.Change), time.Hour)
		defer cancel()
		deadline, _ := ctx.Deadline()
		patient := account.start(with(traffic.Background), zoneName(0), texts(1)...)
		refused := account.start(ctx, zoneName(1), texts(1)...)
		time.Sleep(time.Second)
		late := account.start(ctx, zoneName(2), texts(1)...)
		if asked := gate.next().deadline; !asked.Equal(deadline) {
			t.Errorf("asked with deadline %v, want that of the call", asked)
		}
		gate.give(refusal)
		<-refused.done
		if !errors.Is(refused.err, refusal) {
			t.Errorf("error %v", refused.err)
		}
		synctest.Wait()
		gate.give(nil)
		for _, c := range []*call{patient, late} {
			<-c.done
			if c.err != nil {
				t.Errorf("one that has not asked yet: %v", c.err)
			}
		}
	}, WithTurn(gate.turn))
}

func TestATurnForNobodyIsGivenUp(t *testing.T) {
	gate := &gate{}
	inZones(t, Partner, 1, func(t *testing.T, account *testAccount) {
		ctx, cancel := context.WithCancel(with(traffic.Interactive))
		call := account.start(ctx, zoneName(0), texts(1)...)
		cancel()
		<-call.done
		synctest.Wait()
		if !account.idle() || account.simulator.Calls("*") != 0 {
			t.Errorf("running %v, requests %v", !account.idle(), account.functions())
		}
		account.start(with(traffic.Interactive), zoneName(0), texts(1)...)
		account.Close()
	}, WithTurn(gate.turn))
}

func TestARequestKeepsItsTurnsValuesAndNotItsEnd(t *testing.T) {
	var values []any
	remember := regapi.WithMiddleware(func(next regapi.Handler) regapi.Handler {
		return regapi.HandlerFunc(func(ctx context.Context, request *regapi.Request) (*regapi.Answer, error) {
			values = append(values, ctx.Value(givenKey{}), traffic.PriorityOf(ctx), ctx.Err())
			return next.Do(ctx, request)
		})
	})
	expired := func(ctx context.Context) (context.Context, func(), error) {
		ctx, cancel := context.WithCancel(context.WithValue(ctx, givenKey{}, "turn"))
		cancel()
		return ctx, func() {}, nil
	}
	inZones(t, Partner, 1, func(t *testing.T, account *testAccount) {
		account.client = newBubbleClient(t, account.simulator, remember)
		if _, err := account.Read(with(traffic.Change), zoneName(0)); err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff([]any{"turn", traffic.Change, nil}, values); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}, WithTurn(expired))
}

func TestABudgetsRefusalFailsItsPriorityAndThoseBelow(t *testing.T) {
	throttle := regapi.WithMiddleware(func(next regapi.Handler) regapi.Handler {
		return regapi.HandlerFunc(func(ctx context.Context, request *regapi.Request) (*regapi.Answer, error) {
			if traffic.PriorityOf(ctx) < traffic.Interactive {
				return nil, &traffic.ThrottledError{Function: request.Function, RetryAfter: time.Hour}
			}
			return next.Do(ctx, request)
		})
	})
	gate := &gate{}
	inZones(t, Ordinary, 3, func(t *testing.T, account *testAccount) {
		account.client = newBubbleClient(t, account.simulator, throttle)
		first := account.start(with(traffic.Change), zoneName(0), txt("a", "x"))
		second := account.start(with(traffic.Background), zoneName(1), txt("b", "x"))
		time.Sleep(time.Second)
		gate.give(nil)
		<-first.done
		<-second.done
		for _, c := range []*call{first, second} {
			if _, ok := traffic.RetryAfter(c.err); !ok {
				t.Errorf("error %v", c.err)
			}
		}
		urgent := account.start(with(traffic.Interactive), zoneName(2), txt("c", "x"))
		gate.give(nil)
		<-urgent.done
		synctest.Wait()
		if urgent.err != nil || gate.given != 2 {
			t.Errorf("the urgent one: %v, %d turns", urgent.err, gate.given)
		}
	}, WithTurn(gate.turn))
}

func TestLimitsBoundEveryRequest(t *testing.T) {
	var batches []Batch
	inZones(t, Partner, 10, func(t *testing.T, account *testAccount) {
		account.writeAll(with(traffic.Change), t, func(int) []regapi.Action { return texts(5) })
		zones, actions := 0, 0
		for _, batch := range batches {
			zones, actions = max(zones, batch.Zones), max(actions, batch.Actions)
		}
		if zones > 4 || actions > 6 || slices.ContainsFunc(batches, func(b Batch) bool { return b.Function != "zone/update_records" }) {
			t.Errorf("batches %+v", batches)
		}
		for _, entry := range account.simulator.Journal() {
			for _, element := range entry.Params["domains"].([]any) {
				if list := element.(map[string]any)["action_list"].([]any); len(list) > 2 {
					t.Errorf("%d actions for a zone", len(list))
				}
			}
		}
	}, WithLimits(Limits{Zones: 4, Actions: 6, ZoneActions: 2}), WithObserver(func(b Batch) { batches = append(batches, b) }))
}
