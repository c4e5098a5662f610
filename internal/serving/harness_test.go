package serving

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"
	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/regapi-io/regapi-operator/internal/apiservertest"
)

func TestMain(m *testing.M) { apiservertest.Main(m) }

// harness is a namespace of the API server, and a clock.
type harness struct {
	*testing.T
	kube       client.WithWatch
	dynamic    dynamic.Interface
	clock      *clocktesting.FakeClock
	namespace  string
	apiService string
}

func newHarness(t *testing.T) *harness {
	t.Helper()
	kube, err := client.NewWithWatch(apiservertest.Config(), client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	untyped, err := dynamic.NewForConfig(apiservertest.Config())
	if err != nil {
		t.Fatal(err)
	}
	h := &harness{T: t, kube: kube, dynamic: untyped, clock: clocktesting.NewFakeClock(time.Now())}
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "serving-"}}
	h.create(namespace)
	h.namespace = namespace.Name
	h.apiService = "v1alpha1.acme." + h.namespace + ".example.com"
	return h
}

func (h *harness) source() *SelfManaged { return h.sourceWith(h.kube) }

func (h *harness) sourceWith(kube client.Client) *SelfManaged {
	return NewSelfManaged(Settings{
		Kube: kube, Dynamic: h.dynamic, Clock: h.clock, Namespace: h.namespace, Service: "regapi-operator", APIServices: []string{h.apiService},
	})
}

// sourceThat does something once, between its first read of the Secret and its first write.
func (h *harness) sourceThat(interlude func()) *SelfManaged {
	once := sync.OnceFunc(interlude)
	return h.sourceWith(interceptor.NewClient(h.kube, interceptor.Funcs{
		Create: func(ctx context.Context, kube client.WithWatch, object client.Object, options ...client.CreateOption) error {
			once()
			return kube.Create(ctx, object, options...)
		},
		Update: func(ctx context.Context, kube client.WithWatch, object client.Object, options ...client.UpdateOption) error {
			once()
			return kube.Update(ctx, object, options...)
		},
	}))
}

func (h *harness) keep(source *SelfManaged) {
	h.Helper()
	if err := source.keep(h.Context()); err != nil {
		h.Fatal(err)
	}
}

// passes turns the clock, once the source waits for it.
func (h *harness) passes(time time.Duration) {
	h.Helper()
	h.eventually("the source to wait for the clock", func() bool { return h.clock.HasWaiters() })
	h.clock.Step(time)
}

// soon is the context of something that has to happen.
func (h *harness) soon() context.Context {
	ctx, cancel := context.WithTimeout(h.Context(), patience)
	h.Cleanup(cancel)
	return ctx
}

func (h *harness) eventually(what string, check func() bool) {
	h.Helper()
	for deadline := time.Now().Add(patience); !check(); {
		if time.Now().After(deadline) {
			h.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(20 * time.Millisecond) // A poll of a real API server; no clock to turn.
	}
}

func (h *harness) create(object client.Object) {
	h.Helper()
	if err := h.kube.Create(h.Context(), object); err != nil {
		h.Fatal(err)
	}
}

func (h *harness) update(object client.Object) {
	h.Helper()
	if err := h.kube.Update(h.Context(), object); err != nil {
		h.Fatal(err)
	}
}

func (h *harness) delete(object client.Object) {
	h.Helper()
	if err := h.kube.Delete(h.Context(), object); err != nil {
		h.Fatal(err)
	}
}

func (h *harness) secret() *corev1.Secret {
	h.Helper()
	var secret corev1.Secret
	if err := h.kube.Get(h.Context(), client.ObjectKey{Namespace: h.namespace, Name: "regapi-operator-tls"}, &secret); err != nil {
		h.Fatal(err)
	}
	return &secret
}

func (h *harness) configMap() *corev1.ConfigMap {
	h.Helper()
	var published corev1.ConfigMap
	if err := h.kube.Get(h.Context(), client.ObjectKey{Namespace: h.namespace, Name: "regapi-operator-ca"}, &published); err != nil {
		h.Fatal(err)
	}
	return &published
}

func (h *harness) published() string {
	h.Helper()
	return h.configMap().Data["ca.crt"]
}

func (h *harness) serial(source Certificate) string {
	h.Helper()
	certificate, err := source.GetCertificate(nil)
	if err != nil {
		h.Fatal(err)
	}
	return certificate.Leaf.SerialNumber.String()
}

// wantSame also asks the Secret.
func (h *harness) wantSame(one, other Certificate) {
	h.Helper()
	if h.serial(one) != h.serial(other) {
		h.Error("different certificates are served")
	}
	chain, _, err := other.Pair()
	if err != nil {
		h.Fatal(err)
	}
	if !slices.Equal(chain, h.secret().Data["tls.crt"]) {
		h.Error("what is served is not what the Secret holds")
	}
}

// handshake connects to a server with the certificate, as a client that trusts the bundle.
func handshake(t *testing.T, source Certificate, bundle, name string) {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(bundle)) {
		t.Fatalf("no authority in %q", bundle)
	}
	near, far := net.Pipe()
	server := tls.Server(far, &tls.Config{GetCertificate: source.GetCertificate})
	var served sync.WaitGroup
	served.Go(func() {
		defer far.Close()
		_ = server.Handshake() // The client tells what is wrong.
	})
	defer served.Wait()
	defer near.Close()
	if err := tls.Client(near, &tls.Config{RootCAs: roots, ServerName: name}).HandshakeContext(t.Context()); err != nil {
		t.Errorf("connect to %s: %v", name, err)
	}
}
