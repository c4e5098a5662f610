package tenants

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

const (
	// peaceful tenants share the cluster with the one who floods it.
	peaceful = 49
	// atOnce is how many of them do something at a time, and floodedBy how many requests of the other are on their way.
	atOnce, floodedBy = 7, 32
)

// TestFiftyTenantsOfWhomOneFloodsAndTheOthersWaitNoLonger has the flood made of objects that are refused, that hang and that name the domains of
// others. The operator finds all of them when it starts, and is then shown changes of them one after the other, while every other tenant changes a
// record and has a challenge presented.
func TestFiftyTenantsOfWhomOneFloodsAndTheOthersWaitNoLonger(t *testing.T) {
	objects := 10_000
	if testing.Short() {
		objects = 1_000
	}
	w := newWorldApart(t)
	tenants := w.others()
	w.stop()
	w.startOperator()
	alone := w.measure(tenants, "192.0.2.10", "192.0.2.20")

	w.stop()
	f := w.flood(tenants, objects)
	w.startOperator()
	stop := f.goOn()
	beside := w.measure(tenants, "192.0.2.30", "192.0.2.40")
	stop()
	t.Logf("alone %s; beside the flood %s", alone, beside)
	// What is left is that both share the processors with the API server, which has just been given ten thousand objects. Before namespaces took turns
	// an edit took more than a minute.
	if limit := 5*alone.edit + 5*time.Second; beside.edit > limit {
		t.Errorf("an edit takes %s, want at most %s", beside.edit, limit)
	}
	if limit := 5*alone.challenge + 2*time.Second; beside.challenge > limit {
		t.Errorf("a challenge takes %s, want at most %s", beside.challenge, limit)
	}
	if limit := alone.requests + alone.requests/20; beside.requests > limit { // How many share a reading depends on how close they come.
		t.Errorf("%d requests for what cost %d without him", beside.requests, alone.requests)
	}
	if len(w.theirs.Journal()) == 0 || len(w.api.Journal(regapitest.OfAccount("mallory"))) == 0 {
		t.Error("the flood never reached its servers")
	}
}

// neighbour is a tenant who means no harm, with an account and a zone.
type neighbour struct {
	login, domain, namespace string
	zone                     *v1alpha1.DNSZone
}

func (w *world) others() []*neighbour {
	w.Helper()
	made := make([]*neighbour, peaceful)
	for n := range made {
		login := fmt.Sprintf("neighbour-%02d", n)
		made[n] = &neighbour{login: login, namespace: login, domain: login + ".ru"}
		w.api.AddAccount(regapitest.Account{Login: login, Password: login, UserID: int64(10_000 + n)})
		w.api.AddDomain(login, regapitest.Domain{Name: made[n].domain})
		w.must(w.admin.Create(w.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: made[n].namespace}}))
		w.account(w.admin, made[n].namespace, "main", login, login, w.api.URL())
		made[n].zone = zoneFor(made[n].namespace, made[n].domain, ours, v1alpha1.AccountReference{Name: "main"})
		w.must(w.admin.Create(w.Context(), made[n].zone))
	}
	for _, tenant := range made {
		w.ready(tenant.zone)
	}
	return made
}

// cost is how long the peaceful wait, as nine of ten do, and how many requests it takes them together.
type cost struct {
	edit, challenge time.Duration
	requests        int
}

func (c cost) String() string {
	return fmt.Sprintf("an edit takes %s, a challenge %s, and all together %d requests", c.edit, c.challenge, c.requests)
}

// measure has everybody change a record to one address after the other, and have a challenge presented after each.
func (w *world) measure(tenants []*neighbour, addresses ...string) cost {
	w.Helper()
	w.api.ResetJournal()
	steps := len(tenants) * len(addresses)
	edits, challenges, failures := make([]time.Duration, steps), make([]time.Duration, steps), make([]error, steps)
	inTurn(steps, atOnce, func(n int) {
		tenant, address := tenants[n%len(tenants)], addresses[n/len(tenants)]
		began := time.Now()
		failures[n] = w.edit(tenant, address)
		edits[n] = time.Since(began)
		began = time.Now()
		request := w.challengeOf("_acme-challenge.www."+tenant.domain+".", tenant.namespace, nil)
		request.Key = "key of " + address
		failures[n] = errors.Join(failures[n], w.solver.Present(request))
		challenges[n] = time.Since(began)
	})
	w.must(errors.Join(failures...))
	requests := w.api.Journal(func(e regapitest.Entry) bool { return strings.HasPrefix(e.Login, "neighbour-") })
	return cost{ninth(edits), ninth(challenges), len(requests)}
}

// ninth gives what nine of ten stay below.
func ninth(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)*9/10]
}

// inTurn does something so many times, a few at once.
func inTurn(count, atOnce int, do func(n int)) {
	var working sync.WaitGroup
	next := make(chan int)
	for range atOnce {
		working.Go(func() {
			for n := range next {
				do(n)
			}
		})
	}
	for n := range count {
		next <- n
	}
	close(next)
	working.Wait()
}

// edit changes the record of a zone, and waits until REG.API has it and the status says so.
func (w *world) edit(tenant *neighbour, address string) error {
	key := client.ObjectKeyFromObject(tenant.zone)
	patch := client.MergeFrom(tenant.zone.DeepCopy())
	tenant.zone.Spec.Records[0].A = []v1alpha1.IPv4Address{v1alpha1.IPv4Address(address)}
	if err := w.admin.Patch(w.Context(), tenant.zone, patch); err != nil {
		return err
	}
	var ready *metav1.Condition
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) { // A poll of real servers.
		if !holds(w.api, tenant.domain, "www", "A", address) {
			continue
		}
		if err := w.admin.Get(w.Context(), key, tenant.zone); err != nil {
			return err
		}
		ready = meta.FindStatusCondition(tenant.zone.Status.Conditions, v1alpha1.ConditionReady)
		if ready != nil && ready.Status == metav1.ConditionTrue && ready.ObservedGeneration == tenant.zone.Generation {
			return nil
		}
	}
	return fmt.Errorf("%s waits in vain: %+v, REG.API has %v", tenant.domain, ready, w.api.Records(tenant.domain))
}

// flood is what the tenant makes.
type flood struct {
	*world
	objects []client.Object
}

// flood makes the objects. Some Accounts are refused, some hang, and some work and hold none of the domains.
func (w *world) flood(tenants []*neighbour, count int) *flood {
	w.Helper()
	w.theirs.Inject(regapitest.Fault{Kind: regapitest.FaultLatency, Function: "zone/*", Latency: time.Hour})
	w.theirs.Inject(regapitest.Fault{Kind: regapitest.FaultLatency, Function: "service/*", Latency: time.Hour})
	accounts := []string{"missing"}
	for n := range 5 {
		for name, at := range map[string]struct{ password, endpoint string }{
			"denied": {"wrong", w.api.URL()}, "hanging": {"mallory", w.theirs.URL()}, "working": {"mallory", w.api.URL()},
		} {
			accounts = append(accounts, fmt.Sprintf("%s-%d", name, n))
			w.account(w.tenant, w.tenants, accounts[len(accounts)-1], "mallory", at.password, at.endpoint, hostile)
		}
	}
	f := &flood{world: w, objects: make([]client.Object, count)}
	for n := range f.objects {
		ref := v1alpha1.AccountReference{Name: accounts[n/2%len(accounts)]}
		named := tenants[n%len(tenants)].domain
		domain := []string{fmt.Sprintf("flood-%d.ru", n), named, "www." + named, fmt.Sprintf("n%d.%s", n, named)}[n/2/len(accounts)%4]
		if n%2 == 0 {
			f.objects[n] = &v1alpha1.Domain{
				ObjectMeta: metav1.ObjectMeta{Namespace: w.tenants, GenerateName: "domain-"},
				Spec:       v1alpha1.DomainSpec{AccountRef: ref, DomainName: v1alpha1.DomainName(domain)},
			}
			continue
		}
		f.objects[n] = zoneFor(w.tenants, domain, hostil, ref)
	}
	failures := make([]error, count)
	inTurn(count, floodedBy, func(n int) { failures[n] = w.tenant.Create(w.Context(), f.objects[n]) })
	w.must(errors.Join(failures...))
	return f
}

// goOn changes one object after the other, until it is stopped.
func (f *flood) goOn() (stop func()) {
	ctx, cancel := context.WithCancel(f.Context())
	var changing sync.WaitGroup
	changing.Go(func() {
		for n := 0; ctx.Err() == nil; n++ {
			object := f.objects[n%len(f.objects)].DeepCopyObject().(client.Object)
			patch := client.RawPatch("application/merge-patch+json", fmt.Appendf(nil, `{"metadata":{"annotations":{"round":"%d"}}}`, n))
			if err := f.tenant.Patch(ctx, object, patch); err != nil && ctx.Err() == nil {
				f.Error(err)
			}
		}
	})
	return func() { cancel(); changing.Wait() }
}
