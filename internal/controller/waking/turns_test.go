package waking_test

import (
	"fmt"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/waking"
)

func requestOf(n int) reconcile.Request {
	return reconcile.Request{NamespacedName: types.NamespacedName{Namespace: "flood", Name: fmt.Sprint(n)}}
}

// change tells the shares that somebody has changed an object.
func change(shares *waking.Shares, request reconcile.Request) {
	before := &v1alpha1.DNSZone{ObjectMeta: metav1.ObjectMeta{Namespace: request.Namespace, Name: request.Name, ResourceVersion: "1"}}
	after := before.DeepCopy()
	after.ResourceVersion = "2"
	shares.ChangedFirst().Update(event.UpdateEvent{ObjectOld: before, ObjectNew: after})
}

func TestWhatSomebodyHasChangedGetsAWorkerWhileAllOfItsNamespaceHang(t *testing.T) {
	const workers, flood, changed = 16, 100, 57
	s := newShop(t, workers/2, workers/2)
	s.add("flood", flood)
	s.await("the flood to take its share", func() bool { return s.hanging == workers/2 })
	change(s.shares, requestOf(changed))
	s.queue.Add(requestOf(changed))
	s.await("the changed object to be worked on", func() bool { return s.hanging == workers/2+1 })
	s.mu.Lock()
	if last := s.begun[len(s.begun)-1]; last != requestOf(changed) {
		t.Errorf("worked on is %v", last)
	}
	s.mu.Unlock()
	// However much is changed, others find workers.
	for n := range flood {
		change(s.shares, requestOf(n))
		s.queue.Add(requestOf(n))
	}
	s.await("the part that is kept", func() bool { return s.hanging == workers/2+workers/8 })
	s.add("other", 1)
	s.await("another namespace", func() bool { return len(s.done) == 1 })
	close(s.letGo)
	s.await("all of the flood", func() bool {
		different := map[reconcile.Request]bool{}
		for _, request := range s.done {
			different[request] = true
		}
		return len(different) == flood+1
	})
}

func TestWhatSomebodyHasChangedGoesBeforeWhatHasOnlyWokenAndNotForEver(t *testing.T) {
	shares := waking.NewShares(1, 1)
	options := shares.Options()
	queue := options.NewQueue("turns", options.RateLimiter)
	defer queue.ShutDown()
	const woken, changed = 3, 50
	for n := range woken + changed {
		queue.Add(requestOf(n))
	}
	for n := range changed { // They are there already.
		change(shares, requestOf(woken+n))
		queue.Add(requestOf(woken + n))
	}
	var order []reconcile.Request
	for range woken + changed {
		next, _ := queue.Get()
		order = append(order, next)
		queue.Done(next)
	}
	if order[0] != requestOf(woken) {
		t.Errorf("the first is %v", order[0])
	}
	for n, want := range map[int]int{20: 0, 41: 1} {
		if order[n] != requestOf(want) {
			t.Errorf("at place %d is %v, want %v, which has been overtaken 20 times", n, order[n], requestOf(want))
		}
	}
}
