package events

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/rest"
	clienttesting "k8s.io/client-go/testing"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

// What a controller says as it ends is recorded, although the manager ends in between.
func TestTheLastEventOfAControllerIsRecordedBeforeTheManagerEnds(t *testing.T) {
	mgr, err := ctrl.NewManager(&rest.Config{Host: "http://127.0.0.1:1"}, ctrl.Options{
		Metrics: server.Options{BindAddress: "0"}, HealthProbeBindAddress: "0", Logger: logr.Discard(),
		MapperProvider: func(*rest.Config, *http.Client) (meta.RESTMapper, error) { return meta.NewDefaultRESTMapper(nil), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	a := newAPIServer()
	a.ends = mgr.GetCache()
	var taken atomic.Bool
	a.refuse = func(clienttesting.Action) error {
		time.Sleep(lastWait / 10)
		taken.Store(true)
		return nil
	}
	began := make(chan struct{})
	controller := manager.RunnableFunc(func(ctx context.Context) error {
		close(began)
		<-ctx.Done()
		time.Sleep(lastWait / 10) // It is in the middle of something.
		a.Eventf(podOf("web"), nil, corev1.EventTypeNormal, "Gone", "Reconcile", "gone")
		return nil
	})
	if err := mgr.Add(a.Recorder); err != nil {
		t.Fatal(err)
	}
	if err := mgr.Add(controller); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- mgr.Start(ctx) }()
	<-began
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if !taken.Load() {
		t.Error("the event is not recorded by then")
	}
}
