package serving

import (
	"testing"
	"time"
)

func TestAReplicaThatDoesNotLeadServesTheCertificateOfTheLeader(t *testing.T) {
	h := newHarness(t)
	follower := NewFollower(Settings{Kube: h.kube, Clock: h.clock, Namespace: h.namespace, Service: "regapi-operator"})
	if follower.NeedLeaderElection() {
		t.Error("it waits to lead")
	}
	run(t, follower)
	h.passes(retryFollow) // There is none yet.

	leader := h.source()
	h.keep(leader)
	h.passes(retryFollow)
	if err := follower.Wait(h.soon()); err != nil {
		t.Fatal(err)
	}
	h.wantSame(leader, follower)
	handshake(t, follower, h.published(), "regapi-operator."+h.namespace+".svc")

	first := h.serial(follower)
	h.clock.Step(70 * 24 * time.Hour)
	h.keep(leader)
	h.eventually("the renewed certificate to be served", func() bool {
		h.clock.Step(checkInterval)
		return h.serial(follower) != first
	})
	h.wantSame(leader, follower)
}

func TestAReplicaThatDoesNotLeadServesACertificateOfFiles(t *testing.T) {
	folder := t.TempDir()
	mount(t, folder, 1)
	follower := NewFileFollower(folder)
	run(t, follower)
	if err := follower.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if certificate, err := follower.GetCertificate(nil); err != nil || certificate.Leaf.SerialNumber.Int64() != 1 {
		t.Errorf("%v, %v", certificate, err)
	}
}
