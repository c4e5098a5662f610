package controller_test

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/domain"
	"github.com/regapi-io/regapi-operator/internal/controller/order"
	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/controller/waking"
	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
)

const (
	worldNamespace                = "default"
	worldLogin, worldPassword     = "customer", "s3cret-value"
	worldEndpoint                 = "http://127.0.0.1:1/api/regru2/"
	worldUser                     = 4711
	ordersAtATime, domainsAtATime = 8, 50
)

// world is the reconcilers of Domains and Orders with a simulator, in a bubble of synctest, where a year takes seconds. What a manager does is done here
// by hand: objects are reconciled when they change, when they have asked for that, and when a sweep has found something.
type world struct {
	*testing.T
	api     *regapitest.Server
	kube    *cluster
	domains *line
	orders  *line
	order   *order.Reconciler
	// late says that the Domains' cache knows of no Order yet.
	late bool

	mu   sync.Mutex
	open map[string]string // Orders that are, by domain
}

// inWorld runs a test in a world that begins on the first day of a year.
func inWorld(t *testing.T, spending *v1alpha1.Spending, test func(w *world), change ...func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{T: t, domains: newLine(), orders: newLine(), open: map[string]string{}, api: regapitest.New(regapitest.WithLatency(100 * time.Millisecond))}
		defer w.api.Close()
		for _, apply := range change {
			apply(w)
		}
		w.api.AddAccount(regapitest.Account{Login: worldLogin, Password: worldPassword, UserID: worldUser, Balance: regapitest.Balance{Prepay: "1000000"}})
		w.kube = newWorldCluster(t, w)
		w.prepare(spending)
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		w.run(ctx, &running)
		test(w)
		stop()
		running.Wait()
	})
}

// newWorldCluster is an API server and a cache, which have the reconcilers hear of what is written.
func newWorldCluster(t *testing.T, w *world) *cluster {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		t.Fatal(err)
	}
	kube := newCluster(scheme)
	kube.changed = w.heard
	byAccount := func(d *v1alpha1.Domain) waking.Holding {
		return waking.Holding{Account: d.Spec.AccountRef.KeyFrom(d.Namespace), Domain: tenancy.DomainOf(d)}
	}
	foldersByAccount := func(f *v1alpha1.Folder) waking.Holding {
		return waking.Holding{Account: f.Spec.AccountRef.KeyFrom(f.Namespace)}
	}
	if err := errors.Join(
		tenancy.IndexDomains(t.Context(), kube), ordering.IndexOrders(t.Context(), kube),
		waking.IndexAccounts(t.Context(), kube, &v1alpha1.Domain{}, byAccount), waking.IndexAccounts(t.Context(), kube, &v1alpha1.Folder{}, foldersByAccount),
	); err != nil {
		t.Fatal(err)
	}
	return kube
}

// heard wakes whom a change concerns, as the watches of the controllers do: an Order and the Domain that it is for, a Domain whose spec is another one, and
// the open Orders for it.
func (w *world) heard(before, after client.Object) {
	switch after := after.(type) {
	case *v1alpha1.Order:
		w.mu.Lock()
		if w.open[after.Spec.DomainName] = after.Name; purchase.State(after.Status.State).Closed() {
			delete(w.open, after.Spec.DomainName)
		}
		w.mu.Unlock()
		w.orders.add(after.Name, 0)
		if before == nil || shownOf(before.(*v1alpha1.Order)) != shownOf(after) {
			w.domains.add(after.Spec.DomainName, 0)
		}
	case *v1alpha1.Domain:
		if before == nil || before.GetGeneration() != after.Generation {
			w.domains.add(after.Name, 0)
		}
		w.mu.Lock()
		order, open := w.open[after.Name]
		w.mu.Unlock()
		if open {
			w.orders.add(order, 0)
		}
	}
}

// prepare makes an Account that is proven.
func (w *world) prepare(spending *v1alpha1.Spending) {
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: worldNamespace, Name: "main"}, Data: map[string][]byte{
		"username": []byte(worldLogin), "password": []byte(worldPassword),
	}}
	main := &v1alpha1.Account{
		ObjectMeta: metav1.ObjectMeta{Namespace: worldNamespace, Name: "main", Annotations: map[string]string{
			v1alpha1.AnnotationSpentThisMonth: purchase.MonthOf(time.Now()) + "=0",
		}},
		Spec: v1alpha1.AccountSpec{SecretRef: v1alpha1.SecretReference{Name: "main"}, Endpoint: worldEndpoint, Spending: spending},
	}
	for _, object := range []client.Object{
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: worldNamespace}}, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: metav1.NamespaceSystem}}, secret, main,
	} {
		if err := w.kube.Create(w.Context(), object); err != nil {
			w.Fatal(err)
		}
	}
	main.Status = v1alpha1.AccountStatus{
		UserID: fmt.Sprint(worldUser), SecretVersion: secret.ResourceVersion, ID: account.LoginID(worldEndpoint, worldUser),
		Conditions: []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonSucceeded, ObservedGeneration: 1}},
	}
	if err := w.kube.Status().Update(w.Context(), main); err != nil {
		w.Fatal(err)
	}
}

// run starts the workers, the sweeps and the heart of the orders.
func (w *world) run(ctx context.Context, running *sync.WaitGroup) {
	endpoints, err := account.ParseEndpoints([]string{worldEndpoint}, true)
	if err != nil {
		w.Fatal(err)
	}
	directory := account.NewDirectory(account.Settings{
		Secrets: w.kube, Endpoints: endpoints, SweepInterval: 12 * time.Hour, FolderTurn: 24 * time.Hour,
		Options: []regapi.Option{regapi.WithTransport(w.api.Transport())},
		Changed: func(_ types.NamespacedName, domain string) { w.domains.add(domain, 0) },
	})
	desk := &ordering.Desk{Live: w.kube, Cache: w.kube, Namespace: worldNamespace, Clock: ordering.RegistrarClock{}}
	writer := status.Writer{Client: w.kube, Events: events.NewFakeRecorder(1)}
	writer.Events.(*events.FakeRecorder).Events = nil // Nobody reads them.
	w.order = &order.Reconciler{Writer: writer, Directory: directory, Desk: desk, Cache: w.kube}
	reconciler := &domain.Reconciler{Writer: writer, Directory: directory, Alarm: &waking.Alarm{}, Desk: desk}
	if w.late {
		cache := withoutOrders{w.kube}
		reconciler.Client = cache
		reconciler.Desk = &ordering.Desk{Live: w.kube, Cache: cache, Namespace: worldNamespace, Clock: ordering.RegistrarClock{}}
	}
	running.Go(func() {
		if err := directory.Start(ctx); err != nil {
			w.Errorf("the directory: %v", err)
		}
	})
	running.Go(func() { w.domains.work(ctx, domainsAtATime, reconciler.Reconcile) })
	running.Go(func() { w.orders.work(ctx, ordersAtATime, w.order.Reconcile) })
	running.Go(func() {
		for pause.For(ctx, purchase.HeartbeatEvery) {
			if w.opens() > 0 {
				w.order.Beat(ctx)
			}
		}
	})
}

// withoutOrders is a cache that no Order has come to yet.
type withoutOrders struct{ client.Client }

func (c withoutOrders) List(ctx context.Context, list client.ObjectList, options ...client.ListOption) error {
	if _, orders := list.(*v1alpha1.OrderList); orders {
		return nil
	}
	return c.Client.List(ctx, list, options...)
}

func (c withoutOrders) Get(ctx context.Context, key client.ObjectKey, into client.Object, options ...client.GetOption) error {
	if _, order := into.(*v1alpha1.Order); order {
		return apierrors.NewNotFound(v1alpha1.GroupVersion.WithResource("orders").GroupResource(), key.Name)
	}
	return c.Client.Get(ctx, key, into, options...)
}

// opens counts the Orders that are open.
func (w *world) opens() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.open)
}

// shownOf is what a Domain shows of an Order.
func shownOf(o *v1alpha1.Order) v1alpha1.OrderSummary {
	short := v1alpha1.OrderSummary{State: o.Status.State, Reason: o.Status.Reason, Price: o.Status.Price, Cost: o.Status.Cost, Digest: o.Status.Digest}
	if o.Status.Bill != nil {
		short.Bill = o.Status.Bill.ID
	}
	return short
}

// add makes a domain of the account, with a Domain that says who renews it.
func (w *world) add(name string, service int64, expires time.Time, renewal *v1alpha1.Renewal) {
	w.Helper()
	w.api.AddDomain(worldLogin, regapitest.Domain{
		Name: name, ServiceID: service, Created: expires.AddDate(-3, 0, 0).Format(time.DateOnly), Expires: expires.Format(time.DateOnly),
	})
	err := w.kube.Create(w.Context(), &v1alpha1.Domain{
		ObjectMeta: metav1.ObjectMeta{Namespace: worldNamespace, Name: name},
		Spec:       v1alpha1.DomainSpec{AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: v1alpha1.DomainName(name), Renewal: renewal},
	})
	if err != nil {
		w.Fatal(err)
	}
}

// line is where objects of a kind wait to be reconciled, by name, each once and at a time of its own.
type line struct {
	mu      sync.Mutex
	due     times
	at      map[string]time.Time
	working map[string]bool // true: it has changed meanwhile
	changed chan struct{}   // holds something when somebody should look
}

func newLine() *line {
	return &line{at: map[string]time.Time{}, working: map[string]bool{}, changed: make(chan struct{}, 1)}
}

func (l *line) add(name string, after time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.put(name, time.Now().Add(after))
}

func (l *line) put(name string, at time.Time) {
	if _, working := l.working[name]; working && !at.After(time.Now()) {
		l.working[name] = true
		return
	}
	if before, known := l.at[name]; known && !at.Before(before) {
		return
	}
	l.at[name] = at
	heap.Push(&l.due, moment{name, at})
	select {
	case l.changed <- struct{}{}:
	default:
	}
}

// next gives an object whose time has come, or how long nobody's will.
func (l *line) next() (name string, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.due) > 0 {
		first := l.due[0]
		at, current := l.at[first.name]
		if current = current && at.Equal(first.at); current && time.Until(at) > 0 {
			return "", time.Until(at)
		}
		heap.Pop(&l.due)
		if !current {
			continue // It was put elsewhere.
		}
		delete(l.at, first.name)
		if _, working := l.working[first.name]; working {
			l.working[first.name] = true
			continue
		}
		l.working[first.name] = false
		return first.name, 0
	}
	return "", 24 * time.Hour
}

// work reconciles so many objects at a time, until the context ends.
func (l *line) work(ctx context.Context, atATime int, reconcile func(context.Context, ctrl.Request) (ctrl.Result, error)) {
	places := make(chan struct{}, atATime)
	var working sync.WaitGroup
	defer working.Wait()
	for ctx.Err() == nil {
		name, wait := l.next()
		if wait == 0 {
			places <- struct{}{}
			working.Go(func() {
				result, err := reconcile(ctx, ctrl.Request{NamespacedName: types.NamespacedName{Namespace: worldNamespace, Name: name}})
				l.done(name, result.RequeueAfter, err)
				<-places
			})
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-l.changed:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// done puts an object back that has to be looked at again.
func (l *line) done(name string, again time.Duration, err error) {
	if err != nil {
		again = 30 * time.Second
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	changed := l.working[name]
	delete(l.working, name)
	switch {
	case changed:
		l.put(name, time.Now())
	case again > 0:
		l.put(name, time.Now().Add(again))
	}
}

// moment is when an object is due.
type moment struct {
	name string
	at   time.Time
}

// times are moments, the first on top.
type times []moment

func (t times) Len() int           { return len(t) }
func (t times) Less(a, b int) bool { return t[a].at.Before(t[b].at) }
func (t times) Swap(a, b int)      { t[a], t[b] = t[b], t[a] }
func (t *times) Push(m any)        { *t = append(*t, m.(moment)) }
func (t *times) Pop() any {
	old := *t
	last := old[len(old)-1]
	*t = old[:len(old)-1]
	return last
}
