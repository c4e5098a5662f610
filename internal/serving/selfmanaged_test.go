package serving

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/regapi-io/regapi-operator/internal/apiservertest"
)

func TestTheFirstLeaderMakesACertificateThatClientsCanVerify(t *testing.T) {
	h := newHarness(t)
	source := h.source()
	run(t, source)
	if err := source.Wait(h.soon()); err != nil {
		t.Fatal(err)
	}
	handshake(t, source, h.published(), "regapi-operator."+h.namespace+".svc")
	handshake(t, source, h.published(), "localhost")
}

func TestTheNextLeaderGoesOnWithTheSameCertificate(t *testing.T) {
	h := newHarness(t)
	first, next := h.source(), h.source()
	h.keep(first)
	secret := h.secret()
	h.keep(next)
	h.wantSame(first, next)
	if diff := cmp.Diff(secret, h.secret()); diff != "" {
		t.Errorf("the next leader changed the Secret:\n%s", diff)
	}
}

func TestARenewedCertificateIsServedAndKept(t *testing.T) {
	h := newHarness(t)
	source := h.source()
	renewed := renewals(t, source)
	run(t, source)
	await(t, renewed)
	before, bundle := h.serial(source), h.published()
	h.passes(60 * day)
	await(t, renewed)
	if h.serial(source) == before {
		t.Error("the old certificate is served")
	}
	if h.published() != bundle {
		t.Error("the authority changed")
	}
	next := h.source()
	h.keep(next)
	h.wantSame(source, next)
}

func TestADeletedSecretIsMadeAnewAndItsAuthorityPublished(t *testing.T) {
	h := newHarness(t)
	source := h.source()
	h.keep(source)
	before, bundle := h.serial(source), h.published()
	h.delete(h.secret())
	h.delete(h.configMap())
	h.keep(source)
	if h.serial(source) == before || h.published() == bundle {
		t.Error("the deleted certificate or its authority goes on")
	}
	handshake(t, source, h.published(), "localhost")
}

func TestAPublishedAuthorityIsPutBack(t *testing.T) {
	h := newHarness(t)
	source := h.source()
	h.keep(source)
	bundle, published := h.published(), h.configMap()
	published.Data[authorityChainKey] = "somebody else's"
	h.update(published)
	h.keep(source)
	if h.published() != bundle {
		t.Error("the authority was not put back")
	}
}

func TestASecretOfSomebodyElseIsLeftAlone(t *testing.T) {
	for name, secret := range map[string]*corev1.Secret{
		"without our label": {StringData: map[string]string{"tls.crt": "chain", "tls.key": "key"}, Type: corev1.SecretTypeTLS},
		"with our label":    {ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{managedByLabel: managedBy}}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			secret := secret.DeepCopy()
			secret.Namespace, secret.Name = h.namespace, "regapi-operator-tls"
			h.create(secret)
			before := h.secret()
			source := h.source()
			err := source.keep(t.Context())
			if err == nil || !strings.Contains(err.Error(), "was not made by this operator") || !strings.Contains(err.Error(), "delete it") {
				t.Errorf("error %v", err)
			}
			if diff := cmp.Diff(before, h.secret()); diff != "" {
				t.Errorf("the Secret changed:\n%s", diff)
			}
			h.delete(secret)
			h.keep(source)
			handshake(t, source, h.published(), "localhost")
		})
	}
}

func TestAConfigMapOfSomebodyElseIsLeftAloneAndServingGoesOn(t *testing.T) {
	h := newHarness(t)
	h.create(&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: h.namespace, Name: "regapi-operator-ca"}, Data: map[string]string{"ca.crt": "theirs"}})
	source := h.source()
	if err := source.keep(t.Context()); err == nil || !strings.Contains(err.Error(), "was not made by this operator") {
		t.Errorf("error %v", err)
	}
	if got := h.published(); got != "theirs" {
		t.Errorf("the ConfigMap holds %q", got)
	}
	handshake(t, source, string(h.secret().Data[authorityChainKey]), "localhost")
}

func TestOfLeadersThatRaceAllServeWhatTheSecretHolds(t *testing.T) {
	for _, occasion := range []string{"first certificate", "renewal"} {
		t.Run(occasion, func(t *testing.T) {
			h := newHarness(t)
			if occasion == "renewal" {
				h.keep(h.source())
				h.clock.Step(61 * day)
			}
			// Each leader reads; then the last writes first, and all others too late.
			leaders := make([]*SelfManaged, 4)
			for i := range leaders {
				leaders[i] = h.sourceThat(func() {
					if i+1 < len(leaders) {
						h.keep(leaders[i+1])
					}
				})
			}
			h.keep(leaders[0])
			for _, leader := range leaders {
				h.wantSame(leaders[0], leader)
			}
			late := h.source()
			h.keep(late)
			h.wantSame(leaders[0], late)
		})
	}
}

func TestManyLeadersAtOnceAgree(t *testing.T) {
	h := newHarness(t)
	leaders := make([]*SelfManaged, 8)
	errs := make([]error, len(leaders))
	var all sync.WaitGroup
	for i := range leaders {
		leaders[i] = h.source()
		all.Go(func() { errs[i] = leaders[i].keep(t.Context()) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	for _, leader := range leaders {
		h.wantSame(leaders[0], leader)
	}
}

func TestAnAPIServiceThatAsksForTheAuthorityHasItAlways(t *testing.T) {
	h := newHarness(t)
	source := h.source()
	run(t, source)
	if err := source.Wait(h.soon()); err != nil {
		t.Fatal(err)
	}
	h.createAPIService(map[string]any{InjectAnnotation: "true"}) // It comes after the certificate.
	h.awaitBundle(h.published())
	h.patchAPIService(`{"spec": {"caBundle": null}}`)
	h.awaitBundle(h.published())
	if err := h.dynamic.Resource(apiServices).Delete(t.Context(), h.apiService, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	h.createAPIService(map[string]any{InjectAnnotation: "true"})
	h.awaitBundle(h.published())
}

func TestAnAPIServiceThatDoesNotAskIsLeftAlone(t *testing.T) {
	for name, annotations := range map[string]map[string]any{
		"no annotation": {},
		"another value": {InjectAnnotation: "false"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			h.createAPIService(annotations)
			h.keep(h.source())
			if bundle := h.bundleOfAPIService(); bundle != "" {
				t.Errorf("it was given %q", bundle)
			}
		})
	}
}

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
		Kube: kube, Dynamic: h.dynamic, Clock: h.clock, Namespace: h.namespace, Service: "regapi-operator", APIService: h.apiService,
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

func (h *harness) createAPIService(annotations map[string]any) {
	h.Helper()
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService",
		"metadata": map[string]any{"name": h.apiService, "annotations": annotations},
		"spec": map[string]any{
			"group": strings.TrimPrefix(h.apiService, "v1alpha1."), "version": "v1alpha1",
			"groupPriorityMinimum": int64(1000), "versionPriority": int64(15),
			"service": map[string]any{"namespace": h.namespace, "name": "regapi-operator", "port": int64(443)},
		},
	}}
	if _, err := h.dynamic.Resource(apiServices).Create(h.Context(), object, metav1.CreateOptions{}); err != nil {
		h.Fatal(err)
	}
	h.Cleanup(func() {
		err := h.dynamic.Resource(apiServices).Delete(context.Background(), h.apiService, metav1.DeleteOptions{})
		if err != nil && !apierrors.IsNotFound(err) {
			h.Error(err)
		}
	})
}

func (h *harness) patchAPIService(patch string) {
	h.Helper()
	_, err := h.dynamic.Resource(apiServices).Patch(h.Context(), h.apiService, "application/merge-patch+json", []byte(patch), metav1.PatchOptions{})
	if err != nil {
		h.Fatal(err)
	}
}

func (h *harness) bundleOfAPIService() string {
	h.Helper()
	object, err := h.dynamic.Resource(apiServices).Get(h.Context(), h.apiService, metav1.GetOptions{})
	if err != nil {
		h.Fatal(err)
	}
	encoded, _, err := unstructured.NestedString(object.Object, "spec", "caBundle")
	if err != nil {
		h.Fatal(err)
	}
	bundle, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		h.Fatal(err)
	}
	return string(bundle)
}

// awaitBundle lets less time pass than until the check that comes once a minute: it is the change that has to be noticed.
func (h *harness) awaitBundle(want string) {
	h.Helper()
	const tick = 20 * time.Millisecond
	for range checkInterval / 2 / tick {
		if h.bundleOfAPIService() == want {
			return
		}
		h.clock.Step(tick)
		time.Sleep(tick) // A poll of a real API server.
	}
	h.Fatal("the APIService has not been given the authority")
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
