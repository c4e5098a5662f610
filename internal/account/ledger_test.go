package account

import (
	"errors"
	"slices"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

func TestALedgerInAConfigMapComparesAndSwaps(t *testing.T) {
	kube := fake.NewFakeClient()
	ours, theirs := NewConfigMapLedger(kube, "default", "login"), NewConfigMapLedger(kube, "default", "login")
	data, never, err := ours.Load(t.Context())
	if err != nil || data != nil || never != (budget.Stamp{}) {
		t.Fatalf("a ledger that was never written: %q, %v, %v", data, never, err)
	}
	first, err := ours.Save(t.Context(), []byte("one"), never.Version)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := theirs.Save(t.Context(), []byte("two"), never.Version); !errors.Is(err, budget.ErrConflict) {
		t.Errorf("a second creation: %v", err)
	}
	second, err := theirs.Save(t.Context(), []byte("two"), first.Version)
	if err != nil || second == first {
		t.Errorf("stamp %v after %v: %v", second, first, err)
	}
	if _, err := ours.Save(t.Context(), []byte("three"), first.Version); !errors.Is(err, budget.ErrConflict) {
		t.Errorf("a write over somebody else's: %v", err)
	}
	if data, stamp, err := ours.Load(t.Context()); string(data) != "two" || stamp != second || err != nil {
		t.Errorf("read %q, %v, %v", data, stamp, err)
	}
	if err := theirs.Delete(t.Context(), first.Version); !errors.Is(err, budget.ErrConflict) {
		t.Errorf("deleted what somebody else has written: %v", err)
	}
	if names, err := ConfigMapLedgers(t.Context(), kube, "default"); err != nil || !slices.Equal(names, []string{"login"}) {
		t.Errorf("ledgers %v, %v", names, err)
	}
	if err := theirs.Delete(t.Context(), second.Version); err != nil {
		t.Error(err)
	}
	if _, stamp, err := ours.Load(t.Context()); stamp.Version != "" || err != nil {
		t.Errorf("after the deletion: %v, %v", stamp, err)
	}
}
