package controller

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/miekg/dns"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/apiservertest"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/controller/waking"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

const (
	testLogin    = "customer"
	testPassword = "corr3ct-h0rse&battery=staple"
	// patience bounds every wait for the controllers.
	patience = time.Minute
)

// testScheme has every kind that the controllers and their tests deal with.
var testScheme = runtime.NewScheme()

func TestMain(m *testing.M) {
	utilruntime.Must(clientgoscheme.AddToScheme(testScheme))
	utilruntime.Must(v1alpha1.AddToScheme(testScheme))
	apiservertest.Main(m, apiservertest.WithCRDs())
}

// harness is a simulator, a namespace of the API server, and the controllers between them.
type harness struct {
	*testing.T
	client.Client
	api       *regapitest.Server
	namespace string
	neighbour string
	logs      *lockedBuffer
}

type harnessOptions struct {
	sweeps     time.Duration
	simulator  []regapitest.Option
	withoutAcc bool
	grace      time.Duration
	// publication makes the controllers ask the simulator's name server.
	publication bool
	// neighbour makes a second namespace, with these labels, that the controllers look at too.
	neighbour map[string]string
}

// newHarness starts the controllers with an Account main that is valid, and the domain example.ru in it.
func newHarness(t *testing.T, options harnessOptions) *harness {
	t.Helper()
	simulator, err := regapitest.Start(options.simulator...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(simulator.Close)
	simulator.AddAccount(regapitest.Account{Login: testLogin, Password: testPassword, UserID: 4711})
	simulator.AddDomain(testLogin, regapitest.Domain{Name: "example.ru", ServiceID: 12345, Created: "2020-01-02", Expires: "2030-01-02"})

	kube, err := client.New(apiservertest.Config(), client.Options{Scheme: testScheme})
	if err != nil {
		t.Fatal(err)
	}
	h := &harness{T: t, Client: kube, api: simulator, logs: &lockedBuffer{}}
	h.namespace = h.createNamespace(nil)
	if options.neighbour != nil {
		h.neighbour = h.createNamespace(options.neighbour)
	}
	if options.sweeps == 0 {
		options.sweeps = time.Hour
	}
	h.startControllers(options)
	if !options.withoutAcc {
		h.createAccount("main", testLogin, testPassword)
	}
	return h
}

func (h *harness) createNamespace(labels map[string]string) string {
	h.Helper()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "test-", Labels: labels}}
	h.create(namespace)
	return namespace.Name
}

func (h *harness) startControllers(options harnessOptions) {
	h.Helper()
	namespaces := map[string]cache.Config{h.namespace: {}}
	if h.neighbour != "" {
		namespaces[h.neighbour] = cache.Config{}
	}
	var publication zone.Publication
	if options.publication {
		publication.Servers = []string{h.api.DNSAddr()}
	}
	logger := logr.FromSlogHandler(slog.NewTextHandler(h.logs, &slog.HandlerOptions{Level: slog.Level(-10)}))
	skip := true
	mgr, err := ctrl.NewManager(apiservertest.Config(), ctrl.Options{
		Scheme:     testScheme,
		Logger:     logger,
		Metrics:    server.Options{BindAddress: "0"},
		Cache:      cache.Options{DefaultNamespaces: namespaces},
		Controller: config.Controller{SkipNameValidation: &skip},
	})
	if err != nil {
		h.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	alarm := &waking.Alarm{}
	directory := account.NewDirectory(account.Settings{
		Secrets: mgr.GetAPIReader(), SweepInterval: options.sweeps, Applied: zone.Applied, Changed: alarm.Ring,
	})
	if err := mgr.Add(directory); err != nil {
		h.Fatal(err)
	}
	if err := SetupWithManager(ctx, mgr, Dependencies{Directory: directory, Editor: zone.NewEditor(), Alarm: alarm, Publication: publication, ReleaseGrace: options.grace}); err != nil {
		h.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- mgr.Start(ctx) }()
	h.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			h.Errorf("the manager: %v", err)
		}
		if h.Failed() {
			h.Logf("logs of the controllers:\n%s", h.logs.String())
		}
	})
}

func (h *harness) createSecret(name, login, password string) *corev1.Secret {
	h.Helper()
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: h.namespace, Name: name},
		StringData: map[string]string{"username": login, "password": password},
	}
	h.create(secret)
	return secret
}

func (h *harness) createAccount(name, login, password string) *v1alpha1.Account {
	h.Helper()
	h.createSecret(name, login, password)
	object := &v1alpha1.Account{
		ObjectMeta: metav1.ObjectMeta{Namespace: h.namespace, Name: name},
		Spec:       v1alpha1.AccountSpec{SecretRef: v1alpha1.SecretReference{Name: name}, Endpoint: h.api.URL()},
	}
	h.create(object)
	return object
}

func (h *harness) createDomain(domain string) *v1alpha1.Domain {
	h.Helper()
	object := &v1alpha1.Domain{
		ObjectMeta: metav1.ObjectMeta{Namespace: h.namespace, GenerateName: "domain-"},
		Spec:       v1alpha1.DomainSpec{AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: v1alpha1.DomainName(domain)},
	}
	h.create(object)
	return object
}

// createZone makes a DNSZone for example.ru.
func (h *harness) createZone(records ...v1alpha1.NameRecords) *v1alpha1.DNSZone {
	h.Helper()
	return h.createZoneWith(v1alpha1.DNSZoneSpec{Records: records})
}

func (h *harness) createZoneWith(spec v1alpha1.DNSZoneSpec) *v1alpha1.DNSZone {
	h.Helper()
	spec.AccountRef.Name = "main"
	if spec.DomainName == "" {
		spec.DomainName = "example.ru"
	}
	object := &v1alpha1.DNSZone{ObjectMeta: metav1.ObjectMeta{Namespace: h.namespace, GenerateName: "zone-"}, Spec: spec}
	h.create(object)
	return object
}

func (h *harness) create(object client.Object) {
	h.Helper()
	if err := h.Create(h.Context(), object); err != nil {
		h.Fatal(err)
	}
}

// change updates an object until it does not collide with the controllers' own writes.
func change[O client.Object](h *harness, object O, mutate func(O)) {
	h.Helper()
	h.eventually("change "+object.GetName(), func() error {
		if err := h.Get(h.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		mutate(object)
		return h.Update(h.Context(), object)
	})
}

// waitFor waits until Ready has a status and a reason for the present generation.
func (h *harness) waitFor(obj status.Object, status metav1.ConditionStatus, reason string) *metav1.Condition {
	h.Helper()
	var ready *metav1.Condition
	h.eventually(fmt.Sprintf("%s to be Ready=%s (%s)", obj.GetName(), status, reason), func() error {
		if err := h.Get(h.Context(), client.ObjectKeyFromObject(obj), obj); err != nil {
			return err
		}
		ready = meta.FindStatusCondition(*obj.GetConditions(), v1alpha1.ConditionReady)
		if ready == nil || ready.Status != status || ready.Reason != reason || ready.ObservedGeneration != obj.GetGeneration() {
			return fmt.Errorf("conditions %+v", *obj.GetConditions())
		}
		return nil
	})
	h.checkInvariants(obj)
	return ready
}

func (h *harness) waitReady(obj status.Object) {
	h.Helper()
	h.waitFor(obj, metav1.ConditionTrue, v1alpha1.ReasonSucceeded)
}

// checkInvariants holds the conditions against what kstatus expects of them.
func (h *harness) checkInvariants(obj status.Object) {
	h.Helper()
	conditions := *obj.GetConditions()
	ready := meta.FindStatusCondition(conditions, v1alpha1.ConditionReady)
	stalled := meta.FindStatusCondition(conditions, v1alpha1.ConditionStalled)
	reconciling := meta.FindStatusCondition(conditions, v1alpha1.ConditionReconciling)
	switch {
	case ready == nil:
		h.Error("Ready is missing")
	case stalled != nil && reconciling != nil:
		h.Error("Stalled and Reconciling hold at once")
	case stalled != nil && ready.Status == metav1.ConditionTrue:
		h.Error("Stalled and Ready hold at once")
	case ready.Status == metav1.ConditionFalse && stalled == nil && reconciling == nil:
		h.Error("neither Ready, Reconciling nor Stalled holds")
	}
}

func (h *harness) eventually(what string, check func() error) {
	h.Helper()
	deadline := time.Now().Add(patience)
	for {
		err := check()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			h.Fatalf("waited in vain for %s: %v", what, err)
		}
		time.Sleep(20 * time.Millisecond) // A poll of a real API server; no clock to turn.
	}
}

// resyncs waits until the controllers have read the zone some more times.
func (h *harness) resyncs(count int) {
	h.Helper()
	reads := h.api.Calls("zone/get_resource_records")
	h.eventually("the zone to be read again", func() error {
		if now := h.api.Calls("zone/get_resource_records"); now < reads+count {
			return fmt.Errorf("%d reads", now-reads)
		}
		return nil
	})
}

// writes counts the requests that could change something.
func (h *harness) writes() int { return len(h.api.Journal(regapitest.Writes())) }

// resolve asks the simulator's name server, by TCP since answers may be long, and gives the data of the answers.
func (h *harness) resolve(name string, kind uint16) []string {
	h.Helper()
	query := new(dns.Msg)
	query.SetQuestion(dns.Fqdn(name), kind)
	resolver := dns.Client{Net: "tcp", Timeout: 5 * time.Second}
	answer, _, err := resolver.ExchangeContext(h.Context(), query, h.api.DNSAddr())
	if err != nil {
		h.Fatal(err)
	}
	var data []string
	for _, rr := range slices.Concat(answer.Answer, answer.Ns) { // A delegation is answered by referral.
		if rr.Header().Rrtype == kind {
			data = append(data, strings.TrimPrefix(rr.String(), rr.Header().String()))
		}
	}
	return data
}

// lockedBuffer is a log that is written to and read at once.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(data []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(data)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
