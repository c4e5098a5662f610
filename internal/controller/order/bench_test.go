package order_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/controller/order"
	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
)

// bench drives the reconciler of Orders by hand, on a real API server and the simulator: so that it can be killed at each step.
type bench struct {
	*controllertest.Harness
	clock controllertest.OrdersClock
	due
	desk       *ordering.Desk
	reconciler *order.Reconciler
	// writes are counted; at the one of dieAt the process dies, before it or after it.
	writes, dieAt int
	dieAfter      bool
	dead          bool
	deaths        []death // of the processes to come
}

// due is a domain that is to be renewed: its name, service and last paid day, and the object that asks for it.
type due struct {
	name    string
	service int64
	expiry  string
	object  *v1alpha1.Domain
}

// death is one at a write.
type death struct {
	at    int
	after bool
}

var (
	errDead   = errors.New("the process has died")
	errNotYet = errors.New("not yet")
)

// newBench has a domain that is due, an Account that may spend, and no order yet.
func newBench(t *testing.T, behaviour regapitest.Behaviour, more ...regapitest.Option) *bench {
	t.Helper()
	clock := controllertest.OrdersClock{ManualClock: regapitest.NewManualClock(time.Now())}
	options := []regapitest.Option{regapitest.WithClock(clock.ManualClock), regapitest.WithHourlyLimit(0), regapitest.WithBehaviour(behaviour)}
	h := controllertest.New(t, controllertest.Options{Simulator: append(options, more...)})
	b := &bench{Harness: h, clock: clock, due: due{service: 777000}}
	h.API.TopUp(controllertest.Login, "50000")
	b.allow(func(*v1alpha1.Account) {})
	b.restart()
	b.another()
	return b
}

// another is the next domain that is due.
func (b *bench) another() {
	b.Helper()
	b.service++
	b.name, b.expiry = fmt.Sprintf("d%d.ru", b.service), b.clock.Now().AddDate(0, 0, 20).Format(time.DateOnly)
	b.API.AddDomain(controllertest.Login, regapitest.Domain{Name: b.name, ServiceID: b.service, Created: "2020-01-02", Expires: b.expiry})
	b.apply()
}

// apply makes the Domain, of which the registrar's own renewal is known to be off.
func (b *bench) apply() {
	b.Helper()
	b.object = &v1alpha1.Domain{
		ObjectMeta: metav1.ObjectMeta{Namespace: b.Namespace, Name: b.name},
		Spec: v1alpha1.DomainSpec{
			AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: v1alpha1.DomainName(b.name),
			Renewal: &v1alpha1.Renewal{Mode: v1alpha1.RenewalOperator, MaxPrice: "1000", Years: 1, BeforeDays: 30},
		},
	}
	b.MustCreate(b.object)
	b.switchOff()
}

// allow lets the Account spend.
func (b *bench) allow(change func(*v1alpha1.Account)) {
	b.Helper()
	main := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: b.Namespace, Name: "main"}}
	controllertest.Change(b.Harness, main, func(a *v1alpha1.Account) {
		if a.Spec.Spending == nil {
			a.Spec.Spending = &v1alpha1.Spending{Operations: []v1alpha1.OrderOperation{v1alpha1.OperationRenew}, PerOrder: "1000", PerMonth: "50000"}
			a.Annotations = map[string]string{v1alpha1.AnnotationSpentThisMonth: purchase.MonthOf(b.clock.Now()) + "=0"}
		}
		change(a)
	})
	b.WaitReady(main)
}

// vouch has the owner of the Account say that nothing was spent in the present month, as a ledger asks for that begins in it.
func (b *bench) vouch() {
	b.Helper()
	b.allow(func(a *v1alpha1.Account) {
		metav1.SetMetaDataAnnotation(&a.ObjectMeta, v1alpha1.AnnotationSpentThisMonth, purchase.MonthOf(b.clock.Now())+"=0")
	})
}

// switchOff notes that the registrar's own renewal is off, as the controller of Domains does.
func (b *bench) switchOff() {
	b.Helper()
	b.Eventually("note that the registrar's own renewal is off", func() error {
		if err := b.Get(b.Context(), client.ObjectKeyFromObject(b.object), b.object); err != nil {
			return err
		}
		b.object.Status.Renewal = &v1alpha1.RenewalStatus{RegistrarOffSince: &metav1.Time{Time: b.clock.Now()}}
		return b.Status().Update(b.Context(), b.object)
	})
}

// restart begins a new process.
func (b *bench) restart() {
	b.Helper()
	b.dead, b.writes = false, 0
	if len(b.deaths) > 0 {
		b.dieAt, b.dieAfter, b.deaths = b.deaths[0].at, b.deaths[0].after, b.deaths[1:]
	}
	direct, err := client.NewWithWatch(controllertest.Config(), client.Options{Scheme: b.Manager.GetScheme()})
	if err != nil {
		b.Fatal(err)
	}
	mortal := interceptor.NewClient(direct, interceptor.Funcs{
		Create: func(ctx context.Context, c client.WithWatch, o client.Object, opts ...client.CreateOption) error {
			return b.write(func() error { return c.Create(ctx, o, opts...) })
		},
		Update: func(ctx context.Context, c client.WithWatch, o client.Object, opts ...client.UpdateOption) error {
			return b.write(func() error { return c.Update(ctx, o, opts...) })
		},
		Patch: func(ctx context.Context, c client.WithWatch, o client.Object, patch client.Patch, opts ...client.PatchOption) error {
			return b.write(func() error { return c.Patch(ctx, o, patch, opts...) })
		},
		SubResourcePatch: func(ctx context.Context, c client.Client, sub string, o client.Object, patch client.Patch, opts ...client.SubResourcePatchOption) error {
			return b.write(func() error { return c.SubResource(sub).Patch(ctx, o, patch, opts...) })
		},
	})
	cache := unindexed{direct, b}
	b.desk = &ordering.Desk{Live: mortal, Cache: cache, Namespace: b.Namespace, Clock: b.clock}
	b.reconciler = &order.Reconciler{
		Writer: status.Writer{Client: mortal, Events: events.NewFakeRecorder(1000)}, Directory: b.Parts.Directory, Desk: b.desk, Cache: cache,
	}
}

// write is one that the process may die at.
func (b *bench) write(do func() error) error {
	if b.dead {
		return errDead
	}
	b.writes++
	if b.writes != b.dieAt {
		return do()
	}
	b.dead, b.dieAt = true, 0
	if b.dieAfter {
		_ = do()
	}
	return errDead
}

// unindexed finds by an index what a client without one has to look through.
type unindexed struct {
	client.Client
	bench *bench
}

func (u unindexed) List(ctx context.Context, list client.ObjectList, _ ...client.ListOption) error {
	if err := u.Client.List(ctx, list, client.InNamespace(u.bench.Namespace)); err != nil {
		return err
	}
	if domains, ok := list.(*v1alpha1.DomainList); ok {
		domains.Items = slices.DeleteFunc(domains.Items, func(d v1alpha1.Domain) bool { return string(d.Spec.DomainName) != u.bench.name })
	}
	return nil
}

func (b *bench) login() string { return tenancy.LoginAt(b.API.URL(), "user 4711") }

// ask makes the next order of a renewal, as the controller of Domains does.
func (b *bench) ask(ordinal int) {
	b.Helper()
	b.askFor(purchase.Renew, ordinal)
}

// askFor makes the next order of a domain that is there.
func (b *bench) askFor(operation purchase.Operation, ordinal int) {
	b.Helper()
	b.makeOrder(func() purchase.Order {
		return purchase.Order{Ordinal: ordinal, Operation: operation, ServiceID: regapi.ID(b.service), Base: b.expiry, Years: int(b.object.Spec.Renewal.Years)}
	})
}

// makeOrder makes an order of what the object asks for as it is now, as the controller of Domains does.
func (b *bench) makeOrder(wanted func() purchase.Order) {
	b.Helper()
	if err := b.Get(b.Context(), client.ObjectKeyFromObject(b.object), b.object); err != nil {
		b.Fatal(err)
	}
	made := wanted()
	made.Domain, made.UserID = b.name, "4711"
	b.Eventually("make the order", func() error {
		if b.dead {
			b.restart()
		}
		if _, err := b.desk.Watch(b.Context(), b.login(), b.now, nil, nil); err != nil {
			return err
		}
		err := b.desk.Make(b.Context(), b.now, b.login(), b.API.URL(), ordering.AskedBy(b.object), made)
		if errors.Is(err, ordering.ErrFaster) {
			return nil
		}
		return err
	})
}

// lose takes an order and other objects out of the cluster, past what the finalizer would see to.
func (b *bench) lose(o *v1alpha1.Order, others ...client.Object) {
	b.Helper()
	o.Finalizers = nil
	if err := b.Update(b.Context(), o); err != nil {
		b.Fatal(err)
	}
	for _, gone := range append(others, o) {
		if err := b.Delete(b.Context(), gone); err != nil {
			b.Fatal(err)
		}
	}
}

func (b *bench) now() time.Time { return b.clock.Now().UTC().Truncate(time.Second) }

// order reads an order.
func (b *bench) order(ordinal int) *v1alpha1.Order {
	b.Helper()
	var found v1alpha1.Order
	key := types.NamespacedName{Namespace: b.Namespace, Name: purchase.Name(b.name, ordinal)}
	if err := b.Get(b.Context(), key, &found); err != nil {
		b.Fatal(err)
	}
	return &found
}

// turn lets the process look at an order once; one that has died is started again.
func (b *bench) turn(ordinal int) (ctrl.Result, error) {
	if b.dead {
		b.restart()
	}
	return b.reconciler.Reconcile(b.Context(), ctrl.Request{NamespacedName: types.NamespacedName{Namespace: b.Namespace, Name: purchase.Name(b.name, ordinal)}})
}

// pass lets time go by in which the process watches.
func (b *bench) pass(by time.Duration) {
	b.Helper()
	b.clock.Advance(by)
	living := &ordering.Desk{Live: b.Client, Namespace: b.Namespace, Clock: b.clock}
	_, err := living.Change(b.Context(), b.login(), b.now, func(l *purchase.Ledger, now time.Time) bool {
		if l.Watching {
			l.Heartbeat = now
		}
		return l.Watching
	})
	if err != nil {
		b.Fatal(err)
	}
}

// until looks at an order again and again until it has come to a state; time passes where it only waits.
func (b *bench) until(ordinal int, states ...v1alpha1.OrderState) *v1alpha1.Order {
	b.Helper()
	for range 120 {
		before := b.order(ordinal)
		if slices.Contains(states, before.Status.State) {
			return before
		}
		_, err := b.turn(ordinal)
		if err == nil && b.order(ordinal).ResourceVersion == before.ResourceVersion {
			b.pass(b.waitOf(before))
		}
	}
	b.Fatalf("the order does not come to %v: %s", states, b.show(ordinal))
	return nil
}

// waitOf is how long an order waits that nothing has come of.
func (b *bench) waitOf(o *v1alpha1.Order) time.Duration {
	if ready := meta.FindStatusCondition(o.Status.Conditions, v1alpha1.ConditionReady); ready != nil && ready.Reason == v1alpha1.ReasonLedgerGap {
		return 6 * time.Hour
	}
	return waits[o.Status.State]
}

// waits are how long it takes in each state until something may have changed.
var waits = map[v1alpha1.OrderState]time.Duration{
	"Reserved": 12*time.Hour + time.Minute, "Placing": 12*time.Hour + time.Minute, "Placed": 16 * time.Minute, "Blocked": 12*time.Hour + time.Minute,
	"Paid": 5 * time.Hour, "Paying": time.Minute, "": time.Hour, "Quoted": time.Hour, "AwaitingApproval": time.Hour,
}

func (b *bench) show(ordinal int) string {
	s := b.order(ordinal).Status
	return fmt.Sprintf("%s (%s) bill %+v, conditions %+v", s.State, s.Reason, s.Bill, s.Conditions)
}

// spent is what has left the balance, in roubles.
func (b *bench) spent() int64 {
	books := b.API.Books(controllertest.Login)
	return (books.Out - books.Back) / 100
}
