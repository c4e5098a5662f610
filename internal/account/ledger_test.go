package account

import (
	"errors"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

func TestALedgerInAConfigMapComparesAndSwaps(t *testing.T) {
	kube := fake.NewFakeClient()
	ours, theirs := NewConfigMapLedger(kube, "default", "login"), NewConfigMapLedger(kube, "default", "login")
	data, version, err := ours.Load(t.Context())
	if err != nil || data != nil || version != "" {
		t.Fatalf("a ledger that was never written: %q, %q, %v", data, version, err)
	}
	first, err := ours.Save(t.Context(), []byte("one"), version)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := theirs.Save(t.Context(), []byte("two"), version); !errors.Is(err, budget.ErrConflict) {
		t.Errorf("a second creation: %v", err)
	}
	second, err := theirs.Save(t.Context(), []byte("two"), first)
	if err != nil || second == first {
		t.Errorf("version %q after %q: %v", second, first, err)
	}
	if _, err := ours.Save(t.Context(), []byte("three"), first); !errors.Is(err, budget.ErrConflict) {
		t.Errorf("a write over somebody else's: %v", err)
	}
	if data, version, err := ours.Load(t.Context()); string(data) != "two" || version != second || err != nil {
		t.Errorf("read %q, %q, %v", data, version, err)
	}
}
