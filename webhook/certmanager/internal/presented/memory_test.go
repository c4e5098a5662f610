package presented

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
)

var (
	challenge = Challenge{Namespace: "web", FQDN: "_acme-challenge.example.ru", Key: "text"}
	account   = types.NamespacedName{Namespace: "web", Name: "main"}
)

// cluster counts the writes of an API server.
func cluster(writes *atomic.Int32) client.Client {
	return fake.NewClientBuilder().WithInterceptorFuncs(interceptor.Funcs{
		Create: func(ctx context.Context, c client.WithWatch, object client.Object, options ...client.CreateOption) error {
			writes.Add(1)
			return c.Create(ctx, object, options...)
		},
		Update: func(ctx context.Context, c client.WithWatch, object client.Object, options ...client.UpdateOption) error {
			writes.Add(1)
			time.Sleep(time.Millisecond) // So that others come meanwhile.
			return c.Update(ctx, object, options...)
		},
	}).Build()
}

func mustKnow(t *testing.T, m *Memory, c Challenge, want bool) {
	t.Helper()
	place, known, err := m.Find(t.Context(), c)
	if err != nil || known != want || (want && (place.Domain != "example.ru" || place.Account != account)) {
		t.Errorf("%+v: known %t (%+v), %v", c, known, place, err)
	}
}

func TestWhatWasPresentedIsKnownAfterARestartToItsNamespaceAlone(t *testing.T) {
	var writes atomic.Int32
	kube := cluster(&writes)
	before := New(kube, "system")
	for range 3 {
		if err := before.Add(t.Context(), challenge, account, "example.ru"); err != nil {
			t.Fatal(err)
		}
	}
	if writes.Load() != 1 {
		t.Errorf("%d writes for one challenge", writes.Load())
	}
	after := New(kube, "system")
	mustKnow(t, after, challenge, true)
	for _, other := range []Challenge{
		{Namespace: "other", FQDN: challenge.FQDN, Key: challenge.Key}, {Namespace: "web", FQDN: challenge.FQDN, Key: "guess"}, {Namespace: "web", FQDN: "x.example.ru", Key: challenge.Key},
	} {
		mustKnow(t, after, other, false)
	}
	if err := after.Remove(t.Context(), challenge); err != nil {
		t.Fatal(err)
	}
	mustKnow(t, New(kube, "system"), challenge, false)
}

func TestChallengesThatComeTogetherAreWrittenTogether(t *testing.T) {
	var writes atomic.Int32
	m := New(cluster(&writes), "system")
	var presenting sync.WaitGroup
	for n := range 500 {
		presenting.Go(func() {
			c := challenge
			c.Key = fmt.Sprint(n)
			if err := m.Add(t.Context(), c, account, "example.ru"); err != nil {
				t.Error(err)
			}
		})
	}
	presenting.Wait()
	if writes.Load() > 100 {
		t.Errorf("%d writes for 500 challenges", writes.Load())
	}
	if len(m.places) != 500 {
		t.Errorf("%d are remembered", len(m.places))
	}
}

func TestAnotherLeadersChallengesAreNotOverwritten(t *testing.T) {
	var writes atomic.Int32
	kube := cluster(&writes)
	first, second := New(kube, "system"), New(kube, "system")
	mustKnow(t, first, challenge, false)
	other := Challenge{Namespace: "web", FQDN: "_acme-challenge.example.ru", Key: "other"}
	for m, c := range map[*Memory]Challenge{first: challenge, second: other} {
		if err := m.Add(t.Context(), c, account, "example.ru"); err != nil {
			t.Fatal(err)
		}
	}
	third := New(kube, "system")
	mustKnow(t, third, challenge, true)
	mustKnow(t, third, other, true)
}

func TestTheMemoryIsBoundedInTimeAndNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := New(nil, "")
		if err := m.Add(t.Context(), challenge, account, "example.ru"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(Life - time.Second)
		mustKnow(t, m, challenge, true)
		time.Sleep(2 * time.Second)
		mustKnow(t, m, challenge, false)
		for n := range MaxRecords + 10 {
			c := challenge
			c.Key = fmt.Sprint(n)
			if err := m.Add(t.Context(), c, account, "example.ru"); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		if len(m.places) != MaxRecords {
			t.Errorf("%d are remembered", len(m.places))
		}
		mustKnow(t, m, Challenge{challenge.Namespace, challenge.FQDN, "0"}, false)
		mustKnow(t, m, Challenge{challenge.Namespace, challenge.FQDN, fmt.Sprint(MaxRecords)}, true)
	})
}

func TestWhatCannotBeReadIsNotKnownAndIsReplaced(t *testing.T) {
	for _, text := range []string{"", "null", "[]", `{"x":1}`, "\xff"} {
		object := &corev1.ConfigMap{Data: map[string]string{dataKey: text}}
		object.Namespace, object.Name = "system", objectName
		m := New(fake.NewClientBuilder().WithObjects(object).Build(), "system")
		mustKnow(t, m, challenge, false)
		if err := m.Add(t.Context(), challenge, account, "example.ru"); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		mustKnow(t, m, challenge, true)
	}
}
