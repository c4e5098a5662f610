package events

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	eventsclient "k8s.io/client-go/kubernetes/typed/events/v1"
)

// hangsIn are the events of an API server that does not answer for one namespace.
type hangsIn struct {
	eventsclient.EventsGetter
	namespace string
}

func (h hangsIn) Events(namespace string) eventsclient.EventInterface {
	if namespace == h.namespace {
		return hangs{}
	}
	return h.EventsGetter.Events(namespace)
}

type hangs struct{ eventsclient.EventInterface }

func (hangs) Create(ctx context.Context, _ *eventsv1.Event, _ metav1.CreateOptions) (*eventsv1.Event, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestEventsOfANamespaceThatHangsHoldUpNobodyElses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPIServer()
		a.api = hangsIn{a.api, "tests"}
		for i := range 1000 {
			a.Eventf(podOf(fmt.Sprint(i)), nil, corev1.EventTypeNormal, "Broken", "Reconcile", "slow")
		}
		synctest.Wait()
		for i := range 100 {
			other := podOf(fmt.Sprint(i))
			other.Namespace = "others"
			a.Eventf(other, nil, corev1.EventTypeNormal, "Broken", "Reconcile", "slow")
		}
		synctest.Wait()
		if len(a.made) != 100 {
			t.Errorf("%d events beside those that hang", len(a.made))
		}
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		if a.isBusy() || len(a.queue.of) > 0 {
			t.Errorf("a day later %d send, and %d wait", a.senders, a.queue.waiting)
		}
	})
}

func TestNamespacesTakeTurns(t *testing.T) {
	var q queue
	add := func(namespace string, number int) {
		for range number {
			q.add(seen{regarding: &corev1.ObjectReference{Namespace: namespace}})
		}
	}
	add("large", 3*maxOfNamespace)
	add("small", 2)
	var order []string
	for event, found := q.take(); found; event, found = q.take() {
		order = append(order, event.namespace())
	}
	if len(order) != maxOfNamespace+2 || order[1] != "small" || order[3] != "small" {
		t.Errorf("taken are %v", order)
	}
	for _, namespace := range order {
		q.done(namespace)
	}
	if _, found := q.take(); !found || q.waiting != 2*maxOfNamespace-1 || len(q.of) != 1 {
		t.Errorf("%d wait, in %d namespaces", q.waiting, len(q.of))
	}
}
