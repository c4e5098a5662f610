package ordering

import (
	"context"
	"errors"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
)

const (
	testNamespace = "orders"
	testEndpoint  = "https://registrar.example"
)

var testLogin = tenancy.LoginAt(testEndpoint, "user 4711")

func orderIn(domain string, state purchase.State) *v1alpha1.Order {
	return &v1alpha1.Order{
		ObjectMeta: metav1.ObjectMeta{Namespace: testNamespace, Name: domain + ".1", UID: types.UID("uid of " + domain), Labels: Labels(testLogin, domain)},
		Spec:       v1alpha1.OrderSpec{DomainName: domain, Endpoint: testEndpoint, UserID: "4711"}, Status: v1alpha1.OrderStatus{State: v1alpha1.OrderState(state)},
	}
}

// clusterOf holds orders, and counts what is read of it.
func clusterOf(t *testing.T, reads *int, orders ...*v1alpha1.Order) client.Client {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := errors.Join(v1alpha1.AddToScheme(scheme), corev1.AddToScheme(scheme)); err != nil {
		t.Fatal(err)
	}
	builder := fake.NewClientBuilder().WithScheme(scheme).WithIndex(&v1alpha1.Order{}, indexOpen, loginOfOpen).WithIndex(&v1alpha1.Order{}, indexOrdered, domainOf)
	for _, o := range orders {
		builder = builder.WithObjects(o)
	}
	return builder.WithInterceptorFuncs(interceptor.Funcs{
		Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, into client.Object, opts ...client.GetOption) error {
			*reads++
			return c.Get(ctx, key, into, opts...)
		},
		List: func(ctx context.Context, c client.WithWatch, list client.ObjectList, opts ...client.ListOption) error {
			*reads++
			return c.List(ctx, list, opts...)
		},
	}).Build()
}

func TestWhatTheCacheTakesForOpenIsAskedForOnce(t *testing.T) {
	self := orderIn("self.ru", purchase.Settled)
	for name, c := range map[string]struct {
		self         *v1alpha1.Order
		cached, live []*v1alpha1.Order
		open         bool
		reads        int
	}{
		"the order itself is open":   {self: orderIn("self.ru", purchase.Placed), open: true},
		"nothing was ever bought":    {},
		"all are closed":             {self: self, cached: []*v1alpha1.Order{self, orderIn("a.ru", purchase.Settled)}, live: []*v1alpha1.Order{self}},
		"another one is open":        {self: self, cached: []*v1alpha1.Order{orderIn("a.ru", purchase.Paid)}, live: []*v1alpha1.Order{orderIn("a.ru", purchase.Paid)}, open: true, reads: 1},
		"it is closed by now":        {cached: []*v1alpha1.Order{orderIn("a.ru", purchase.Paid)}, live: []*v1alpha1.Order{orderIn("a.ru", purchase.Settled)}, reads: 1},
		"it is gone by now":          {cached: []*v1alpha1.Order{orderIn("a.ru", purchase.Paid)}, reads: 1},
		"the cache is late for self": {self: self, cached: []*v1alpha1.Order{orderIn("self.ru", purchase.Paid)}, live: []*v1alpha1.Order{self}},
	} {
		var cached, reads int
		desk := &Desk{Namespace: testNamespace, Cache: clusterOf(t, &cached, c.cached...), Live: clusterOf(t, &reads, c.live...)}
		open, err := desk.anyOpen(t.Context(), testLogin, c.self)
		if err != nil || open != c.open || reads != c.reads {
			t.Errorf("%s: %t after %d reads of the API server, %v", name, open, reads, err)
		}
	}
}

func TestAnOrderIsLostWhenTheAPIServerSaysSo(t *testing.T) {
	there, uid := orderIn("a.ru", purchase.Placed), "uid of a.ru"
	entry := purchase.Entry{Order: "a.ru.1"}
	for name, c := range map[string]struct {
		uid          string
		cached, live []*v1alpha1.Order
		lost         bool
	}{
		"it is there":            {uid, []*v1alpha1.Order{there}, []*v1alpha1.Order{there}, false},
		"the cache lacks it yet": {uid, nil, []*v1alpha1.Order{there}, false},
		"it is gone":             {uid, nil, nil, true},
		"another one is there":   {"uid of another", []*v1alpha1.Order{there}, []*v1alpha1.Order{there}, true},
	} {
		var reads int
		desk := &Desk{Namespace: testNamespace, Cache: clusterOf(t, &reads, c.cached...), Live: clusterOf(t, &reads, c.live...)}
		if lost := desk.isLost(t.Context(), c.uid, entry); lost != c.lost {
			t.Errorf("%s: lost is %t", name, lost)
		}
	}
	var reads int
	broken := interceptor.NewClient(clusterOf(t, &reads).(client.WithWatch), interceptor.Funcs{
		Get: func(context.Context, client.WithWatch, client.ObjectKey, client.Object, ...client.GetOption) error {
			return errors.New("no answer")
		},
	})
	if (&Desk{Namespace: testNamespace, Cache: clusterOf(t, &reads), Live: broken}).isLost(t.Context(), uid, entry) {
		t.Error("what cannot be read is lost")
	}
}

func TestAnOrderWhoseLabelsSomebodyHasTakenOffIsFound(t *testing.T) {
	bare, other, gone := orderIn("a.ru", purchase.Placed), orderIn("b.ru", purchase.Placed), orderIn("a.ru", purchase.Settled)
	bare.Labels, gone.Name = nil, "a.ru.2"
	gone.Labels = nil
	foreign := orderIn("a.ru", purchase.Placed)
	foreign.Name, foreign.Labels, foreign.Spec.UserID = "a.ru.3", nil, "12"
	third := orderIn("a.ru", purchase.Refused)
	third.Name = "a.ru.4"
	var cached, reads int
	desk := &Desk{Namespace: testNamespace, Cache: clusterOf(t, &cached, bare, other, gone, foreign, third), Live: clusterOf(t, &reads, bare, other, foreign, third)}
	orders, err := desk.Orders(t.Context(), testLogin, "a.ru")
	if err != nil || len(orders) != 2 {
		t.Fatalf("%d orders, %v", len(orders), err)
	}
	if last, open := Last(orders, "a.ru"); last.Name != "a.ru.4" || open.Name != "a.ru.1" {
		t.Errorf("the last is %s, and %s is open", last.Name, open.Name)
	}
}

func TestEveryDomainHasALabelOfItsOwn(t *testing.T) {
	long := strings.Repeat("a", 60) + "." + strings.Repeat("b", 60)
	labels := map[string]string{}
	for _, domain := range []string{"a.ru", "xn--80ahdri7a.xn--p1ai", long + ".ru", long + ".su", strings.Repeat("a", 46) + ".bbbbbbbbbbbbbbbbbbbbbbbbbb.ru"} {
		label := Labels(testLogin, domain)[v1alpha1.LabelDomain]
		if wrong := validation.IsValidLabelValue(label); len(wrong) > 0 {
			t.Errorf("%s: %q is no label: %q", domain, label, wrong)
		}
		if other, taken := labels[label]; taken {
			t.Errorf("%s has the label of %s", domain, other)
		}
		labels[label] = domain
	}
	if label := Labels(testLogin, "a.ru")[v1alpha1.LabelDomain]; label != "a.ru" {
		t.Errorf("nobody finds a.ru by %q", label)
	}
}
