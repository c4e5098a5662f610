package certmanager

import (
	"strings"
	"testing"
	"time"

	acme "github.com/cert-manager/cert-manager/pkg/acme/webhook/apis/acme/v1alpha1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// waiting gives a request for an Issuer that waits for the name servers.
func (h *harness) waiting(key string) *acme.ChallengeRequest {
	h.Helper()
	return h.challenge(apexName, key, func(r *acme.ChallengeRequest) {
		r.Config = h.config(Config{AccountRef: &v1alpha1.AccountReference{Name: "main"}, WaitForPublication: WaitEnabled})
	})
}

// asking makes the solver ask name servers of real sockets, for which there is real time alone.
func asking(within time.Duration, servers ...string) setting {
	return func(b *blueprint) {
		b.Publication, b.AnswerWithin = zone.Publication{Servers: servers}, within
	}
}

// nameServer answers for the simulator of a harness that is made later.
func nameServer(t *testing.T, options ...regapitest.Option) *regapitest.Server {
	t.Helper()
	api, err := regapitest.Start(options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	api.AddAccount(regapitest.Account{Login: login1, Password: password})
	api.AddDomain(login1, regapitest.Domain{Name: "example.ru"})
	return api
}

func TestWaitingForPublicationEndsWhenTheNameServersAnswer(t *testing.T) {
	api := nameServer(t, regapitest.WithPublishDelay(time.Second))
	h := newHarnessOn(t, api, asking(time.Minute, api.DNSAddr()))
	before := time.Now()
	h.present(h.waiting("key"))
	if waited := time.Since(before); waited < time.Second {
		t.Errorf("presented after %s, before the name server could know", waited)
	}
}

func TestWaitingForPublicationIsNotTheDefault(t *testing.T) {
	api := nameServer(t, regapitest.WithPublishDelay(time.Hour))
	h := newHarnessOn(t, api, asking(time.Minute, api.DNSAddr()))
	h.present(h.challenge(apexName, "key"))
}

func TestPublicationThatTakesTooLongIsAnErrorAndTheRecordStays(t *testing.T) {
	late := nameServer(t, regapitest.WithPublishDelay(time.Hour))
	for name, c := range map[string]struct{ server, want string }{
		"not yet":         {late.DNSAddr(), "do not answer with it yet: cert-manager tries again"},
		"not to be asked": {"127.0.0.1:1", "cannot be asked from here: let the operator reach their port 53"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, asking(3*time.Second, c.server))
			for range 2 {
				err := h.solver.Present(h.waiting("key"))
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("error %v, want %q in it", err, c.want)
				}
			}
			h.wantTexts("_acme-challenge key")
			if writes := h.Writes(); writes != 1 {
				t.Errorf("%d writes, want 1", writes)
			}
		})
	}
}
