package ordering

import (
	"context"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/purchase"
)

func TestAWorkerThatIsHeldUpBeforeItReadsTheLedgerMakesNoGap(t *testing.T) {
	var reads int
	var heldUp func()
	cluster := interceptor.NewClient(clusterOf(t, &reads).(client.WithWatch), interceptor.Funcs{
		Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, into client.Object, opts ...client.GetOption) error {
			if hold := heldUp; hold != nil {
				heldUp = nil
				hold()
			}
			return c.Get(ctx, key, into, opts...)
		},
	})
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	watch := func(desk *Desk, open *v1alpha1.Order) *purchase.Ledger {
		t.Helper()
		ledger, err := desk.Watch(t.Context(), testLogin, clock, open, nil)
		if err != nil {
			t.Fatal(err)
		}
		return ledger
	}
	slow := &Desk{Live: cluster, Cache: cluster, Namespace: testNamespace}
	fast := &Desk{Live: cluster, Cache: cluster, Namespace: testNamespace}
	order := orderIn("example.ru", purchase.Reserved)
	watch(slow, nil) // The ledger begins before the order.
	watch(slow, order)
	heldUp = func() {
		now = now.Add(10 * time.Minute)
		watch(fast, order)
	}
	if ledger := watch(slow, order); ledger.Gap(now) {
		t.Errorf("a gap until %s, since another worker has watched meanwhile", ledger.GapUntil)
	}
}
