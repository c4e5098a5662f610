package fairness

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// apiServer makes one change after the other, each of which takes a while.
type apiServer struct {
	client.Client
	takes time.Duration

	busy          chan struct{} // Waiting for it lets the time of a test go on, as waiting for a mutex would not.
	mu            sync.Mutex
	underWay, max map[string]int // By namespace; those of all are at everybody.
}

// everybody is no namespace's name.
const everybody = "*"

func newAPIServer() *apiServer {
	return &apiServer{takes: 5 * time.Millisecond, busy: make(chan struct{}, 1), underWay: map[string]int{}, max: map[string]int{}}
}

func (s *apiServer) Status() client.SubResourceWriter { return status{server: s} }

type status struct {
	client.SubResourceWriter
	server *apiServer
}

func (s status) Patch(_ context.Context, object client.Object, _ client.Patch, _ ...client.SubResourcePatchOption) error {
	s.server.serve(object.GetNamespace())
	return nil
}

func (s *apiServer) Patch(_ context.Context, object client.Object, _ client.Patch, _ ...client.PatchOption) error {
	s.serve(object.GetNamespace())
	return nil
}

func (s *apiServer) serve(namespace string) {
	s.count(namespace, 1)
	defer s.count(namespace, -1)
	s.busy <- struct{}{}
	defer func() { <-s.busy }()
	time.Sleep(s.takes)
}

func (s *apiServer) count(namespace string, change int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, of := range []string{namespace, everybody} {
		s.underWay[of] += change
		s.max[of] = max(s.max[of], s.underWay[of])
	}
}

func zoneOf(namespace string) client.Object {
	return &v1alpha1.DNSZone{ObjectMeta: metav1.ObjectMeta{Namespace: namespace}}
}

func TestANamespaceWithAThousandWritesHoldsUpNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newAPIServer()
		c := NewClient(server, PerNamespace, InAll)
		var flood sync.WaitGroup
		for n := range 1_000 {
			flood.Go(func() {
				err := c.Patch(t.Context(), zoneOf("tenant"), nil)
				if n%2 == 0 {
					err = errors.Join(err, c.Status().Patch(t.Context(), zoneOf("tenant"), nil))
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		began := time.Now()
		if err := c.Status().Patch(t.Context(), zoneOf("owner"), nil); err != nil {
			t.Error(err)
		}
		if took, limit := time.Since(began), (PerNamespace+2)*server.takes; took > limit {
			t.Errorf("it took %s beside the flood, want at most %s", took, limit)
		}
		flood.Wait()
		if server.max["tenant"] != PerNamespace {
			t.Errorf("%d writes were on their way at once, want %d", server.max["tenant"], PerNamespace)
		}
		if len(c.turns.of) > 0 {
			t.Errorf("remembered are %v", c.turns.of)
		}
	})
}

func TestAThousandNamespacesDoNotDrownTheAPIServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newAPIServer()
		c := NewClient(server, PerNamespace, InAll)
		var all sync.WaitGroup
		for n := range 1_000 {
			all.Go(func() {
				if err := c.Status().Patch(t.Context(), zoneOf(fmt.Sprint("team-", n)), nil); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if server.max[everybody] != InAll {
			t.Errorf("%d writes were on their way at once, want %d", server.max[everybody], InAll)
		}
	})
}

func TestWhoGivesUpWaitingWritesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newAPIServer()
		c := NewClient(server, 1, InAll)
		var first sync.WaitGroup
		first.Go(func() { _ = c.Patch(t.Context(), zoneOf("tenant"), nil) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := c.Patch(ctx, zoneOf("tenant"), nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		first.Wait()
		if server.max["tenant"] != 1 {
			t.Errorf("%d writes were on their way", server.max["tenant"])
		}
	})
}
