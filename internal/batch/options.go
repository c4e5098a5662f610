package batch

import (
	"context"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// Linger is how long calls wait for company before they are sent, by priority. A request leaves when the first of those
// that wait has waited long enough, and takes the others along.
type Linger struct {
	// Interactive, Change and Background are for writes.
	Interactive, Change, Background time.Duration
	// Read is for reads of every priority but interactive, which wait as long as interactive writes.
	Read time.Duration
}

// DefaultLinger is short beside a request's own time, and long enough for the work queues of a controller.
var DefaultLinger = Linger{
	Change:     100 * time.Millisecond,
	Background: 500 * time.Millisecond,
	Read:       20 * time.Millisecond,
}

func (l Linger) ofWrite(priority traffic.Priority) time.Duration {
	switch priority {
	case traffic.Interactive:
		return l.Interactive
	case traffic.Change:
		return l.Change
	default:
		return l.Background
	}
}

func (l Linger) ofRead(priority traffic.Priority) time.Duration {
	if priority == traffic.Interactive {
		return l.Interactive
	}
	return l.Read
}

// Limits bounds a single request. A limit of 0 is the default.
type Limits struct {
	// Zones per request: at most, and by default, [regapi.MaxObjects].
	Zones int
	// Actions per zone/update_records, 5000 by default. REG.API documents no limit; this one keeps requests below a megabyte.
	Actions int
	// ZoneActions per zone and zone/update_records, 1000 by default.
	ZoneActions int
}

// Turn waits until the account's next request may leave. It is asked once for the calls of each priority, with the latest of
// their deadlines, and gives one turn at a time: the request is made with the values of the context that it gives, and release
// is called after it. An error fails the calls on whose behalf the turn was asked for.
type Turn func(ctx context.Context) (turn context.Context, release func(), err error)

// Applied tells whether a zone shows the effect of an action. Known is false where the zone cannot tell, as for a removal
// of what no zone can hold. A removal has been applied when the zone does not list the record in the removal's own spelling.
type Applied func(current []regapi.ResourceRecord, action regapi.Action) (applied, known bool)

// Batch describes a request that is about to leave.
type Batch struct {
	// Function of REG.API.
	Function string
	// Zones and Actions that the request holds. Reads hold no actions; equal edits count once per zone.
	Zones, Actions int
	// Priority is the highest of the calls in it.
	Priority traffic.Priority
	// Askers are on whose behalf it goes.
	Askers traffic.Askers
}

// Option sets up [Zones].
type Option func(*options)

type options struct {
	linger  Linger
	limits  Limits
	timeout time.Duration
	turn    Turn
	applied Applied
	observe func(Batch)
	backlog Backlog // nil if nothing is known to come
}

// defaultRequestTimeout bounds a request together with its wait inside the client, whose own time-out bounds the exchange.
const defaultRequestTimeout = 5 * time.Minute

// aloneWait is how long requests wait for each other where nobody else asks: for as long as it takes.
const aloneWait = 24 * time.Hour

func defaultOptions() options {
	return options{
		linger:  DefaultLinger,
		limits:  Limits{Zones: regapi.MaxObjects, Actions: 5000, ZoneActions: 1000},
		timeout: defaultRequestTimeout,
		turn:    traffic.NewLane(traffic.WithMaxWait(aloneWait)).Turn,
		applied: func([]regapi.ResourceRecord, regapi.Action) (bool, bool) { return false, false },
		observe: func(Batch) {},
	}
}

// WithLinger replaces [DefaultLinger].
func WithLinger(linger Linger) Option { return func(o *options) { o.linger = linger } }

// WithLimits bounds requests.
func WithLimits(limits Limits) Option {
	return func(o *options) {
		o.limits.Zones = orDefault(min(limits.Zones, regapi.MaxObjects), o.limits.Zones)
		o.limits.Actions = orDefault(limits.Actions, o.limits.Actions)
		o.limits.ZoneActions = orDefault(limits.ZoneActions, o.limits.ZoneActions)
	}
}

func orDefault(value, otherwise int) int {
	if value > 0 {
		return value
	}
	return otherwise
}

// WithRequestTimeout bounds a request, once it has its turn; the default is five minutes.
func WithRequestTimeout(timeout time.Duration) Option {
	return func(o *options) { o.timeout = timeout }
}

// WithTurn makes every request wait for its turn before it is decided what it holds, so that everything that arrives
// while the account is busy still comes along. By default they wait for each other alone.
func WithTurn(turn Turn) Option { return func(o *options) { o.turn = turn } }

// WithApplied tells how to find out how far a list of actions got that ended early. Without it all actions of such a list
// fail.
func WithApplied(applied Applied) Option { return func(o *options) { o.applied = applied } }

// WithObserver calls observe before each request, for metrics. It must not call back.
func WithObserver(observe func(Batch)) Option {
	return func(o *options) { o.observe = observe }
}
