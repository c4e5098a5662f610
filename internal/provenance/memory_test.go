package provenance

import (
	"context"
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/regapi-io/regapi-operator/internal/zone"
)

var (
	www   = zone.Record{Name: "www", Type: zone.A, Content: "192.0.2.1"}
	alias = zone.Record{Name: "www", Type: zone.CNAME, Content: "example.com."}
)

// cluster gives an API server in memory, and counts what is written to it.
func cluster(t *testing.T) (kube client.Client, writes *int) {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := corev1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	writes = new(int)
	return fake.NewClientBuilder().WithScheme(scheme).WithInterceptorFuncs(interceptor.Funcs{
		Create: func(ctx context.Context, c client.WithWatch, o client.Object, options ...client.CreateOption) error {
			*writes++
			return c.Create(ctx, o, options...)
		},
		Update: func(ctx context.Context, c client.WithWatch, o client.Object, options ...client.UpdateOption) error {
			*writes++
			return c.Update(ctx, o, options...)
		},
	}).Build(), writes
}

func change(t *testing.T, m *Memory, domain string, change func(*Entry)) {
	t.Helper()
	if err := m.Change(t.Context(), domain, change); err != nil {
		t.Fatal(err)
	}
}

func TestWhatWasMadeAndTakenIsKnownToTheNextProcess(t *testing.T) {
	kube, _ := cluster(t)
	change(t, New(kube, "system"), "example.ru", func(e *Entry) {
		e.Made.Add(www)
		e.Complete, e.Taken, e.Of = true, []zone.Record{alias}, "default/main"
	})
	next := New(kube, "system")
	made, complete, err := next.Made(t.Context(), "example.ru")
	if err != nil || !complete || !made.Has(www) || made.Has(alias) {
		t.Errorf("made %v, complete %t: %v", made, complete, err)
	}
	entry, err := next.Of(t.Context(), "example.ru")
	if err != nil || len(entry.Taken) != 1 || entry.Taken[0] != alias || entry.Of != "default/main" {
		t.Errorf("%+v: %v", entry, err)
	}
	if unsettled, err := next.Unsettled(t.Context()); err != nil || len(unsettled) != 1 {
		t.Errorf("unsettled %v: %v", unsettled, err)
	}
	if _, complete, err := next.Made(t.Context(), "example.com"); complete || err != nil {
		t.Errorf("a zone that nobody remembers is known: %v", err)
	}
}

func TestWhatDoesNotChangeIsNotWritten(t *testing.T) {
	kube, writes := cluster(t)
	m := New(kube, "system")
	for range 5 {
		change(t, m, "example.ru", func(e *Entry) { e.Made.Add(www) })
	}
	change(t, m, "example.com", func(*Entry) {})
	if *writes != 1 {
		t.Errorf("%d writes, want one", *writes)
	}
}

func TestOfTwoProcessesNoneForgetsWhatTheOtherRemembered(t *testing.T) {
	kube, _ := cluster(t)
	first, second := New(kube, "system"), New(kube, "system")
	for _, m := range []*Memory{first, second} { // Both have read before either writes.
		if _, _, err := m.Made(t.Context(), "example.ru"); err != nil {
			t.Fatal(err)
		}
	}
	change(t, first, "example.ru", func(e *Entry) { e.Made.Add(www) })
	change(t, second, "example.ru", func(e *Entry) { e.Made.Add(alias) })
	made, _, err := New(kube, "system").Made(t.Context(), "example.ru")
	if err != nil || made.Len() != 2 {
		t.Errorf("%d records: %v", made.Len(), err)
	}
}

func TestAZoneWithMoreRecordsThanCanBeRememberedIsNotKnown(t *testing.T) {
	m := New(nil, "")
	change(t, m, "example.ru", func(e *Entry) {
		e.Complete = true
		e.Made.Add(www)
	})
	change(t, m, "example.ru", func(e *Entry) {
		for i := range MaxRecords {
			e.Made.Add(zone.Record{Name: fmt.Sprint("n", i), Type: zone.A, Content: "192.0.2.1"})
		}
	})
	if made, complete, err := m.Made(t.Context(), "example.ru"); complete || !made.Has(www) || err != nil {
		t.Errorf("complete %t, %d records: %v", complete, made.Len(), err)
	}
}
