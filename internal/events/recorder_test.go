package events

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/client-go/kubernetes/scheme"
	fakeevents "k8s.io/client-go/kubernetes/typed/events/v1/fake"
	clienttesting "k8s.io/client-go/testing"
)

// apiServer notes what a recorder sends, and answers with what refuse says.
type apiServer struct {
	*Recorder
	mu      sync.Mutex
	made    []*eventsv1.Event
	patches []string
	tries   int
	refuse  func(clienttesting.Action) error
}

func newAPIServer() *apiServer {
	fake := &clienttesting.Fake{}
	a := &apiServer{Recorder: newRecorder(&fakeevents.FakeEventsV1{Fake: fake}, scheme.Scheme, logr.Discard(), "tester")}
	fake.AddReactor("*", "events", func(action clienttesting.Action) (bool, runtime.Object, error) {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.tries++
		if a.refuse != nil {
			if err := a.refuse(action); err != nil {
				return true, nil, err
			}
		}
		switch action := action.(type) {
		case clienttesting.CreateAction:
			made := action.GetObject().(*eventsv1.Event).DeepCopy()
			a.made = append(a.made, made)
			return true, made, nil
		case clienttesting.PatchAction:
			a.patches = append(a.patches, action.GetName()+" "+string(action.GetPatch()))
		}
		return true, &eventsv1.Event{}, nil
	})
	return a
}

func podOf(name string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "tests", Name: name, UID: types.UID("uid of " + name)}}
}

func TestAnEventSaysWhoSawWhat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPIServer()
		a.Eventf(podOf("web"), podOf("cause"), corev1.EventTypeWarning, "Broken", "Reconcile", "%d of %d", 1, 2)
		synctest.Wait()
		if len(a.made) != 1 {
			t.Fatalf("%d events", len(a.made))
		}
		e := a.made[0]
		if e.Namespace != "tests" || !strings.HasPrefix(e.Name, "web.") || e.Regarding.UID != "uid of web" || e.Regarding.Kind != "Pod" || e.Related.Name != "cause" ||
			e.Type != corev1.EventTypeWarning || e.Reason != "Broken" || e.Action != "Reconcile" || e.Note != "1 of 2" || e.ReportingController != "tester" ||
			e.ReportingInstance == "" || e.EventTime.IsZero() {
			t.Errorf("%+v", e)
		}
	})
}

func TestTheSameEventIsCountedAndAnotherTextIsAnotherEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPIServer()
		for _, note := range []string{"slow", "slow", "down", "slow"} {
			a.Eventf(podOf("web"), nil, corev1.EventTypeNormal, "Broken", "Reconcile", "%s", note)
			synctest.Wait()
			time.Sleep(time.Minute)
		}
		if len(a.made) != 2 || len(a.patches) != 2 {
			t.Fatalf("%d events and %v", len(a.made), a.patches)
		}
		if p := a.patches[1]; !strings.HasPrefix(p, a.made[0].Name+" ") || !strings.Contains(p, `"count":3,"lastObservedTime":"2000-01-01T00:03:00.000000Z"`) {
			t.Error(p)
		}
		time.Sleep(seriesLife * 2)
		a.Eventf(podOf("web"), nil, corev1.EventTypeNormal, "Broken", "Reconcile", "slow")
		synctest.Wait()
		if len(a.made) != 3 || a.made[2].Name == a.made[0].Name {
			t.Errorf("%d events", len(a.made))
		}
	})
}

func TestASeriesWhoseFirstEventHasExpiredBeginsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPIServer()
		a.refuse = func(action clienttesting.Action) error {
			if action.GetVerb() == "patch" {
				return apierrors.NewNotFound(schema.GroupResource{Resource: "events"}, "web")
			}
			return nil
		}
		for range 2 {
			a.Eventf(podOf("web"), nil, corev1.EventTypeNormal, "Broken", "Reconcile", "slow")
			synctest.Wait()
			time.Sleep(time.Second)
		}
		if len(a.made) != 2 {
			t.Errorf("%d events", len(a.made))
		}
	})
}

func TestAnEventIsSentAgainWhileTheAPIServerIsAway(t *testing.T) {
	for _, c := range []struct {
		err   error
		tries int
		made  int
	}{
		{errors.New("connection refused"), 3, 1},
		{apierrors.NewTooManyRequests("slow down", 1), 3, 1},
		{apierrors.NewForbidden(schema.GroupResource{Resource: "events"}, "web", errors.New("no")), 1, 0},
		{apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, "tests"), 1, 0},
		{apierrors.NewAlreadyExists(schema.GroupResource{Resource: "events"}, "web"), 1, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			a := newAPIServer()
			a.refuse = func(clienttesting.Action) error {
				if a.tries < 3 {
					return c.err
				}
				return nil
			}
			a.Eventf(podOf("web"), nil, corev1.EventTypeNormal, "Broken", "Reconcile", "slow")
			time.Sleep(time.Minute)
			synctest.Wait()
			if a.tries != c.tries || len(a.made) != c.made {
				t.Errorf("%v: %d requests, %d events", c.err, a.tries, len(a.made))
			}
		})
	}
}

func TestNothingWaitsForEventsAndWhatIsTooMuchIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPIServer()
		a.refuse = func(clienttesting.Action) error { return errors.New("connection refused") }
		for i := range 2 * maxQueued {
			a.Eventf(podOf(fmt.Sprint(i)), nil, corev1.EventTypeNormal, "Broken", "Reconcile", "slow")
		}
		synctest.Wait()
		a.Recorder.mu.Lock()
		if a.senders != 0 || a.queue.waiting != 0 || a.queue.pausing > maxQueued+maxSenders || a.queue.pausing+a.dropped != 2*maxQueued {
			t.Errorf("%d send, %d wait, %d pause, %d are dropped", a.senders, a.queue.waiting, a.queue.pausing, a.dropped)
		}
		a.Recorder.mu.Unlock()
		a.mu.Lock()
		a.refuse = nil
		a.mu.Unlock()
		time.Sleep(time.Hour)
		synctest.Wait()
		a.Recorder.mu.Lock()
		defer a.Recorder.mu.Unlock()
		if a.senders != 0 || a.queue.waiting != 0 || len(a.queue.of) != 0 || a.queue.pausing != 0 || a.dropped != 0 {
			t.Errorf("at the end %d send, %d wait, %d pause, %d are dropped", a.senders, a.queue.waiting, a.queue.pausing, a.dropped)
		}
	})
}

// failsIn refuses the events of one namespace, as where a policy of it fails.
func failsIn(namespace string) func(clienttesting.Action) error {
	return func(action clienttesting.Action) error {
		if action.GetNamespace() == namespace {
			return apierrors.NewInternalError(errors.New("a policy fails"))
		}
		return nil
	}
}

func TestEventsOfANamespaceThatTakesNoneHoldUpNobodyElses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPIServer()
		a.refuse = failsIn("tests")
		for i := range 1000 {
			a.Eventf(podOf(fmt.Sprint(i)), nil, corev1.EventTypeNormal, "Broken", "Reconcile", "slow")
		}
		other := podOf("web")
		other.Namespace = "others"
		a.Eventf(other, nil, corev1.EventTypeNormal, "Broken", "Reconcile", "slow")
		time.Sleep(time.Second)
		synctest.Wait()
		if len(a.made) != 1 {
			t.Errorf("%d events after a second", len(a.made))
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if want := 1000*maxTries + 1; a.tries != want {
			t.Errorf("%d requests, want %d", a.tries, want)
		}
	})
}

func TestEventsOfANamespaceThatTakesNoneFillNobodyElsesQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPIServer()
		a.refuse = failsIn("tests")
		for i := range 2 * maxQueued {
			a.Eventf(podOf(fmt.Sprint(i)), nil, corev1.EventTypeNormal, "Broken", "Reconcile", "slow")
			if i%1000 == 0 {
				synctest.Wait() // They pause by then.
			}
		}
		other := podOf("web")
		other.Namespace = "others"
		a.Eventf(other, nil, corev1.EventTypeNormal, "Broken", "Reconcile", "slow")
		synctest.Wait()
		if least := 2*maxQueued - maxQueuedOfNamespace - maxSenders; len(a.made) != 1 || a.dropped < least { // Some are under way.
			t.Errorf("%d events of another namespace, %d are dropped", len(a.made), a.dropped)
		}
	})
}

func TestAnEventThatIsRepeatedIsCountedOnceHoweverOftenItIsTried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPIServer()
		down := false
		a.refuse = func(clienttesting.Action) error {
			if down {
				return errors.New("connection refused")
			}
			return nil
		}
		for i := range 3 {
			a.mu.Lock()
			down = i == 1
			a.mu.Unlock()
			a.Eventf(podOf("web"), nil, corev1.EventTypeNormal, "Broken", "Reconcile", "slow")
			synctest.Wait()
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if last := a.patches[len(a.patches)-1]; len(a.made) != 1 || !strings.Contains(last, `"count":3`) {
			t.Errorf("%d events, and %s", len(a.made), last)
		}
	})
}

func TestANoteIsCutToWhatTheAPIServerTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPIServer()
		a.Eventf(podOf("web"), nil, corev1.EventTypeNormal, "Broken", "Reconcile", "%s", strings.Repeat("я", maxNote))
		synctest.Wait()
		if note := a.made[0].Note; len(note) > maxNote || len(note) < maxNote-4 {
			t.Errorf("a note of %d bytes", len(note))
		}
	})
}

func TestAnEventThatIsTriedAgainJoinsTheSeriesThatHasBegunMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPIServer()
		a.refuse = func(clienttesting.Action) error {
			if a.tries == 1 {
				return apierrors.NewTooManyRequests("slow down", 1)
			}
			return nil
		}
		for range 2 {
			a.Eventf(podOf("web"), nil, corev1.EventTypeNormal, "Broken", "Reconcile", "slow")
			synctest.Wait()
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(a.made) != 1 || len(a.patches) != 1 || !strings.Contains(a.patches[0], `"count":2`) {
			t.Errorf("%d events, and %v", len(a.made), a.patches)
		}
	})
}

func TestEventsOutlastAnAPIServerThatIsAwayForMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPIServer()
		back := time.Now().Add(2 * time.Minute)
		a.refuse = func(clienttesting.Action) error {
			if time.Now().Before(back) {
				return errors.New("connection refused")
			}
			return nil
		}
		const all = 1000
		for i := range all {
			a.Eventf(podOf(fmt.Sprint(i)), nil, corev1.EventTypeNormal, "Broken", "Reconcile", "slow")
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(a.made) != all {
			t.Errorf("%d of %d events", len(a.made), all)
		}
	})
}

// The last word of an object that goes with the operator is an event.
func TestTheEndWaitsALittleForEvents(t *testing.T) {
	for _, c := range []struct {
		takes time.Duration
		waits time.Duration
	}{{time.Second, time.Second}, {time.Hour, lastWait}} {
		synctest.Test(t, func(t *testing.T) {
			a := newAPIServer()
			a.refuse = func(clienttesting.Action) error {
				time.Sleep(c.takes)
				return nil
			}
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error)
			go func() { ended <- a.Start(ctx) }()
			a.Eventf(podOf("web"), nil, corev1.EventTypeNormal, "Gone", "Reconcile", "gone")
			synctest.Wait()
			began := time.Now()
			stop()
			if err := <-ended; err != nil || time.Since(began).Round(lastWait/20) != c.waits {
				t.Errorf("%v after %s, want %s", err, time.Since(began), c.waits)
			}
			time.Sleep(c.takes)
		})
	}
}

func TestNamesOfEventsAreValidWhateverTheyAreAbout(t *testing.T) {
	for _, name := range []string{"a", strings.Repeat("a", 253), strings.Repeat("a.", 126), strings.Repeat("a-", 115) + strings.Repeat("a", 23)} {
		if wrong := validation.IsDNS1123Subdomain(nameFor(name, time.Now().UnixNano())); wrong != nil {
			t.Errorf("%s: %v", name, wrong)
		}
	}
}

func TestWhatIsRememberedOfEventsIsBounded(t *testing.T) {
	var s series
	now := time.Now()
	for i := range 10 * maxSeries {
		s.begin(keyOf(&eventsv1.Event{Note: fmt.Sprint(i)}), now)
	}
	if kept := len(s.young) + len(s.elder); kept > 2*maxSeries+1 {
		t.Errorf("%d series are remembered", kept)
	}
}
