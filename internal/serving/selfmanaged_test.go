package serving

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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
