package scale

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
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
	ownNamespace = "regapi-system"
	// place is the namespace of the objects, and the login of their account; neighbour, those of a second one.
	place, neighbour = "estate", "neighbour"
	password         = "correct horse battery staple"
)

// estate is an account with many domains, and a Domain and a DNSZone for each.
type estate struct {
	*testing.T
	*cluster
	api     *regapitest.Server
	zones   int
	partner bool
	// stood is how often the machine stood still for longer than objects may be apart: work that is found together is then done in two parts.
	stood atomic.Int64
}

func newEstate(t *testing.T, zones int, partner bool, latency time.Duration) *estate {
	t.Helper()
	api, err := regapitest.Start(regapitest.WithLatency(latency))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	e := &estate{T: t, cluster: startCluster(t), api: api, zones: zones, partner: partner}
	e.watchMachine()
	for _, login := range []string{place, neighbour} {
		api.AddAccount(regapitest.Account{Login: login, Password: password, Partner: partner})
		e.addAccount(login)
	}
	for n := range zones {
		api.AddDomain(place, regapitest.Domain{Name: domainOf(n)})
	}
	api.AddDomain(neighbour, regapitest.Domain{Name: "neighbour.ru"})
	e.create(t, zoneFor(neighbour, "neighbour.ru", 1))
	each(t, zones, e.addObjects)
	return e
}

// watchMachine counts how often this process did not run for a second.
func (e *estate) watchMachine() {
	ended := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		const look = 100 * time.Millisecond
		for last := time.Now(); ; {
			select {
			case <-ended:
				return
			case <-time.After(look):
			}
			now := time.Now()
			if now.Sub(last) > look+time.Second {
				e.stood.Add(1)
			}
			last = now
		}
	})
	e.Cleanup(func() {
		close(ended)
		watching.Wait()
	})
}

func domainOf(n int) string { return fmt.Sprintf("zone-%05d.ru", n) }

func (e *estate) addAccount(login string) {
	at := metav1.ObjectMeta{Namespace: login, Name: "main"}
	e.create(e.T, &corev1.Secret{ObjectMeta: at, StringData: map[string]string{
		v1alpha1.SecretKeyUsername: login, v1alpha1.SecretKeyPassword: password,
	}})
	e.create(e.T, &v1alpha1.Account{ObjectMeta: at, Spec: v1alpha1.AccountSpec{
		SecretRef: v1alpha1.SecretReference{Name: "main"}, Endpoint: e.api.URL(),
	}})
}

func (e *estate) addObjects(ctx context.Context, n int) error {
	domain := &v1alpha1.Domain{
		ObjectMeta: metav1.ObjectMeta{Namespace: place, Name: domainOf(n)},
		Spec:       v1alpha1.DomainSpec{AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: v1alpha1.DomainName(domainOf(n))},
	}
	zone := zoneFor(place, domainOf(n), n)
	if !e.partner {
		zone.Spec.Records = zone.Spec.Records[:equalRecords]
	}
	if err := e.Create(ctx, domain); err != nil {
		return err
	}
	return e.Create(ctx, zone)
}

// equalRecords are as many of the records of a zone as every other zone has, too.
const equalRecords = 4

// zoneFor makes a DNSZone of twenty records.
func zoneFor(namespace, domain string, n int) *v1alpha1.DNSZone {
	zone := &v1alpha1.DNSZone{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: domain},
		Spec:       v1alpha1.DNSZoneSpec{AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: v1alpha1.DomainName(domain)},
	}
	for k := range 20 {
		address := fmt.Sprintf("192.0.2.%d", k)
		if k >= equalRecords {
			address = fmt.Sprintf("10.%d.%d.%d", n/250, n%250, k)
		}
		zone.Spec.Records = append(zone.Spec.Records, v1alpha1.NameRecords{Name: fmt.Sprintf("host-%02d", k), A: []v1alpha1.IPv4Address{v1alpha1.IPv4Address(address)}})
	}
	return zone
}

// awaitReady waits until every object is Ready for its present generation.
func (e *estate) awaitReady(o *operator, within time.Duration) {
	e.Helper()
	ctx, cancel := context.WithTimeout(e.Context(), within)
	defer cancel()
	unready := make(chan string, 2)
	var watching sync.WaitGroup
	for _, list := range []client.ObjectList{&v1alpha1.DomainList{}, &v1alpha1.DNSZoneList{}} {
		watching.Go(func() { e.watchUntilReady(ctx, list, unready) })
	}
	go func() {
		watching.Wait()
		close(unready)
	}()
	select {
	case <-o.ended:
		e.Fatal("the operator has ended by itself")
	case first, waits := <-unready:
		if waits {
			e.Fatalf("within %s not every object was Ready: %s", within, first)
		}
	}
}

// watchUntilReady returns when every object of a kind is Ready; where the context ends before, it says which is not. The API server
// may end a watch at any time, and the next one begins with every object that is there.
func (e *estate) watchUntilReady(ctx context.Context, list client.ObjectList, unready chan<- string) {
	for {
		watch, err := e.Watch(ctx, list)
		if err != nil {
			unready <- err.Error()
			return
		}
		waiting := map[client.ObjectKey]string{}
		seen := 0
		for event := range watch.ResultChan() {
			object, ours := event.Object.(conditioned)
			if !ours {
				break
			}
			if seen++; isReady(object) {
				delete(waiting, client.ObjectKeyFromObject(object))
			} else {
				waiting[client.ObjectKeyFromObject(object)] = fmt.Sprintf("%+v", *object.GetConditions())
			}
			if seen >= e.zones && len(waiting) == 0 {
				watch.Stop()
				return
			}
		}
		watch.Stop()
		if ctx.Err() != nil {
			for key, conditions := range waiting {
				unready <- fmt.Sprintf("%d wait, %s with the conditions %s", len(waiting), key, conditions)
				break
			}
			return
		}
	}
}

// isReady says whether an object is as its present generation asks.
func isReady(object conditioned) bool {
	ready := meta.FindStatusCondition(*object.GetConditions(), v1alpha1.ConditionReady)
	return ready != nil && ready.Status == metav1.ConditionTrue && ready.ObservedGeneration == object.GetGeneration()
}

// conditioned is an object of ours.
type conditioned interface {
	client.Object
	GetConditions() *[]metav1.Condition
}

// edited is what it took until REG.API was asked for an edit: time, and requests of the account that began meanwhile.
type edited struct {
	took     time.Duration
	requests int
}

// edit changes a record of a zone.
func (e *estate) edit(namespace, domain, address string) edited {
	e.Helper()
	key := client.ObjectKey{Namespace: namespace, Name: domain}
	var zone v1alpha1.DNSZone
	if err := e.Get(e.Context(), key, &zone); err != nil {
		e.Fatal(err)
	}
	before := zone.DeepCopy()
	zone.Spec.Records[0].A = []v1alpha1.IPv4Address{v1alpha1.IPv4Address(address)}
	asked, began := len(e.api.Journal(regapitest.OfAccount(namespace))), time.Now()
	if err := e.Patch(e.Context(), &zone, client.MergeFrom(before)); err != nil {
		e.Fatal(err)
	}
	for !e.holds(domain, address) {
		if time.Since(began) > 3*time.Minute {
			e.Fatalf("an edit was not carried out within %s", time.Since(began))
		}
		time.Sleep(2 * time.Millisecond) // A real program; no clock to turn.
	}
	return edited{time.Since(began), len(e.api.Journal(regapitest.OfAccount(namespace))) - asked}
}

func (e *estate) holds(domain, address string) bool {
	for _, record := range e.api.Records(domain) {
		if record.Content == address {
			return true
		}
	}
	return false
}
