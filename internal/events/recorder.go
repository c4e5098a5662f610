package events

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	eventsclient "k8s.io/client-go/kubernetes/typed/events/v1"
	"k8s.io/client-go/tools/events"
	"k8s.io/client-go/tools/reference"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"

	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/text"
)

const (
	// maxQueued bounds the events that wait to be sent, a few hundred bytes each, and maxQueuedOfNamespace those of one namespace. What comes beyond is
	// dropped: nothing waits for an event.
	maxQueued, maxQueuedOfNamespace = 32768, 16384
	// maxSenders bounds the requests at a time, and maxOfNamespace those for one namespace. A busy API server takes them in turn with those that write
	// objects.
	maxSenders, maxOfNamespace = 16, 12
	// maxTries bounds the requests for one event, to some four minutes: so long as an API server, or a policy that it asks, may take to come back.
	// firstPause is after how long the second is made; each pause is twice the one before, up to the longest.
	maxTries                 = 12
	firstPause, longestPause = time.Second, 30 * time.Second
	// patience bounds one request.
	patience = 10 * time.Second
	// maxNote bounds a note, in bytes: the API server refuses a longer one (events.k8s.io/v1).
	maxNote = 1024
	// lastWait is how long the end of the process waits for events that were recorded before.
	lastWait = 2 * time.Second
)

// Recorder sends events to the API server. New makes one.
type Recorder struct {
	api                  eventsclient.EventsGetter
	scheme               *runtime.Scheme
	log                  logr.Logger
	controller, instance string
	ends                 cache.Cache

	mu      sync.Mutex
	queue   queue
	senders int
	// dropped counts what found the queue full, and lost what was not taken, since nothing waited last.
	dropped, lost int
	told          series
}

var _ events.EventRecorder = (*Recorder)(nil)

// New makes a recorder whose events come from the controller of that name.
func New(mgr ctrl.Manager, controller string) (*Recorder, error) {
	config := *mgr.GetConfig()
	config.ContentType, config.AcceptContentTypes = runtime.ContentTypeProtobuf, runtime.ContentTypeProtobuf+","+runtime.ContentTypeJSON
	api, err := eventsclient.NewForConfigAndClient(&config, mgr.GetHTTPClient())
	if err != nil {
		return nil, fmt.Errorf("make a client for events: %w", err)
	}
	r := newRecorder(api, mgr.GetScheme(), mgr.GetLogger().WithName("events"), controller)
	r.ends = mgr.GetCache()
	return r, mgr.Add(r)
}

func newRecorder(api eventsclient.EventsGetter, scheme *runtime.Scheme, log logr.Logger, controller string) *Recorder {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return &Recorder{api: api, scheme: scheme, log: log, controller: controller, instance: controller + "-" + host}
}

// Start waits for the end of the context, and then a little for what was recorded before: the last word of an object, say, that its namespace takes
// with it. A runnable of a manager.
func (r *Recorder) Start(ctx context.Context) error {
	<-ctx.Done()
	for deadline := time.Now().Add(lastWait); r.isBusy() && time.Now().Before(deadline); {
		pause.For(context.Background(), lastWait/100)
	}
	return nil
}

// GetCache has the manager end the recorder together with that cache, and so after the controllers, whose last events it waits for. Whatever else
// needs no election is ended before them.
func (r *Recorder) GetCache() cache.Cache { return r.ends }

func (r *Recorder) isBusy() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.senders+r.queue.pausing > 0
}

// Eventf records an event, as the interface of client-go says; a note that is too long is cut. It neither waits nor fails.
func (r *Recorder) Eventf(regarding, related runtime.Object, kind, reason, action, note string, args ...any) {
	about, err := reference.GetReference(r.scheme, regarding)
	if err != nil {
		r.log.Error(err, "An event is not recorded: what it is about has no reference", "reason", reason)
		return
	}
	event := seen{at: time.Now(), regarding: about, kind: kind, reason: reason, action: action, note: text.Shorten(fmt.Sprintf(note, args...), maxNote)}
	if related != nil {
		if event.related, err = reference.GetReference(r.scheme, related); err != nil {
			r.log.V(1).Info("An event is recorded without what it is related to", "reason", reason, "error", err.Error())
		}
	}
	r.enqueue(event)
}

// seen is an event that waits: much less than what becomes of it.
type seen struct {
	at                         time.Time
	regarding, related         *corev1.ObjectReference
	kind, reason, action, note string
	// tries are the requests that were made in vain, and counted says that the event has its number in a series.
	tries   int
	counted bool
}

// event is what the API server is told.
func (r *Recorder) event(s seen) *eventsv1.Event {
	return &eventsv1.Event{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace()},
		EventTime:  metav1.NewMicroTime(s.at), Type: s.kind, Reason: s.reason, Action: s.action, Note: s.note,
		ReportingController: r.controller, ReportingInstance: r.instance, Regarding: *s.regarding, Related: s.related,
	}
}

// enqueue hands an event over to the senders.
func (r *Recorder) enqueue(event seen) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if waiting := r.queue.waiting + r.queue.pausing; waiting >= maxQueued || r.queue.waitingOf(event.namespace()) >= maxQueuedOfNamespace {
		if r.dropped++; r.dropped == 1 {
			r.log.Error(nil, "Events are dropped, since the API server takes them more slowly than they come", "waiting", waiting)
		}
		return
	}
	r.queue.add(event)
	r.call()
}

// call has a sender come where one is needed. The caller holds the lock.
func (r *Recorder) call() {
	if r.senders < maxSenders && len(r.queue.ready) > 0 {
		r.senders++
		go r.send()
	}
}

// next takes an event out of the queue; a sender that finds none ends.
func (r *Recorder) next() (event seen, found bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if event, found = r.queue.take(); !found {
		if r.senders--; r.senders+r.queue.pausing == 0 {
			r.rest()
		}
	}
	return event, found
}

func (r *Recorder) done(event seen) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queue.done(event.namespace())
}

// rest tells how many events were lost, of which the first alone was told. The caller holds the lock.
func (r *Recorder) rest() {
	if r.dropped+r.lost > 1 {
		r.log.Info("Events were lost", "dropped", r.dropped, "notTaken", r.lost)
	}
	r.dropped, r.lost, r.queue = 0, 0, queue{}
}

func (r *Recorder) send() {
	for waiting, found := r.next(); found; waiting, found = r.next() {
		event := r.event(waiting)
		of := r.seriesOf(event, waiting.counted)
		waiting.counted = of.count > 0
		err := r.record(event, of)
		waiting.tries++
		switch {
		case mayPass(err) && waiting.tries < maxTries:
			r.putBack(waiting)
		case err != nil && !isOfGoneNamespace(err):
			r.lose(event, err)
		}
		r.done(waiting)
	}
}

// lose gives an event up, and tells so of the first.
func (r *Recorder) lose(event *eventsv1.Event, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lost++; r.lost == 1 {
		r.log.Error(err, "An event is not recorded", "object", event.Regarding, "reason", event.Reason, "note", event.Note)
	}
}

// putBack puts an event at the end of its namespace's line when it has paused. The senders go on meanwhile.
func (r *Recorder) putBack(event seen) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queue.pause(event.namespace())
	time.AfterFunc(pause.Scattered(min(firstPause<<(event.tries-1), longestPause)), func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.queue.resume(event)
		r.call()
	})
}

// isOfGoneNamespace says whether an event was refused since its namespace is gone, or about to go.
func isOfGoneNamespace(err error) bool {
	return apierrors.IsNotFound(err) || apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause)
}

// seriesOf is the series that an event belongs to, where there is one; an event that is not counted yet makes it longer.
func (r *Recorder) seriesOf(event *eventsv1.Event, counted bool) tally {
	r.mu.Lock()
	defer r.mu.Unlock()
	if counted {
		return r.told.of(keyOf(event))
	}
	return r.told.next(keyOf(event), event.EventTime.Time)
}

// mayPass says whether an event that was not taken may be taken later.
func mayPass(err error) bool {
	if err == nil {
		return false
	}
	if apierrors.ReasonForError(err) == metav1.StatusReasonUnknown {
		return true // Nothing that the API server said: it was not reached.
	}
	return apierrors.IsTooManyRequests(err) || apierrors.IsServerTimeout(err) || apierrors.IsTimeout(err) || apierrors.IsInternalError(err) || apierrors.IsServiceUnavailable(err)
}

// record makes an event, or writes how many of the same there were since the first.
func (r *Recorder) record(event *eventsv1.Event, of tally) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	api := r.api.Events(event.Namespace)
	if of.count > 1 {
		_, err := api.Patch(ctx, nameFor(event.Regarding.Name, of.first), seriesPatch, of.patch(), metav1.PatchOptions{})
		if !apierrors.IsNotFound(err) { // Else the first one has expired.
			return err
		}
	}
	event.Name = nameFor(event.Regarding.Name, event.EventTime.UnixNano())
	if _, err := api.Create(ctx, event, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) { // Else an answer was lost.
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told.begin(keyOf(event), event.EventTime.Time)
	return nil
}
