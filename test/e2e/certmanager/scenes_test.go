package certmanager

import (
	"fmt"
	"strings"
	"testing"
	"time"

	acmev1 "github.com/cert-manager/cert-manager/pkg/apis/acme/v1"
	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	cmmeta "github.com/cert-manager/cert-manager/pkg/apis/meta/v1"
	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/test/e2e/harness"
)

// Events of a Challenge, and the functions of REG.API by which an ordinary account changes TXT records.
const (
	presented    = "Presented"
	presentError = "PresentError"
	addTXT       = "zone/add_txt"
	removeRecord = "zone/remove_record"
)

// wildcardAndApex: cert-manager never works at two challenges of one name at a time, so that their TXT records follow each
// other. The zone is that of a DNSZone, by which the solver finds the Account, and which removes what it does not know.
func wildcardAndApex(t *testing.T, w *world) (end func(*testing.T)) {
	c := w.newTenant(t, "apex", w.api.URL())
	c.allow(t)
	w.plane.AddZone(t, w.api, c.namespace, "example.ru", func(zone *v1alpha1.DNSZone) { zone.Spec.Prune = v1alpha1.PruneAll })
	w.plane.Make(t, &cmv1.ClusterIssuer{
		ObjectMeta: metav1.ObjectMeta{Name: issuerName}, Spec: w.issuerSpec(issuerName, webhook(t, nil)),
	})
	certificate := c.issueBy(t, cmmeta.IssuerReference{Kind: cmv1.ClusterIssuerKind, Name: issuerName}, "*.example.ru", "example.ru")
	c.awaitEvents(t, presented, 1)
	return func(t *testing.T) {
		c.awaitReady(t, certificate)
		c.awaitClean(t, "example.ru")
		c.requireSolvedOnce(t, 2, 0) // four requests
		for _, write := range c.writes() {
			if write.Params["subdomain"] != "_acme-challenge" {
				t.Errorf("%s changes %v", write.Function, write.Params["subdomain"])
			}
		}
	}
}

// partner: what waits together leaves in one request. How much that is depends on how close the challenges come.
func partner(t *testing.T, w *world) (end func(*testing.T)) {
	c := w.newTenant(t, "partner", w.api.URL(), func(account *regapitest.Account) { account.Partner = true })
	w.api.AddDomain(c.namespace, regapitest.Domain{Name: "partner.ru"})
	c.addIssuer(t, webhook(t, accountRef(c.namespace)))
	certificate := c.issue(t, "a.partner.ru", "b.partner.ru")
	c.awaitEvents(t, presented, 2)
	return func(t *testing.T) {
		c.awaitReady(t, certificate)
		c.awaitClean(t, "partner.ru")
		challenges, writes := c.presentedChallenges(t), len(c.writes())
		if writes < 2 || writes > 2*challenges {
			t.Errorf("%d write requests for %d challenges, want at least 2, and at most 2 for each", writes, challenges)
		}
		if updates := len(c.requests(regapitest.OfFunction("zone/update_records"))); updates != writes {
			t.Errorf("%d of %d write requests are zone/update_records", updates, writes)
		}
		c.logCost(t)
	}
}

// delegated: the challenges of both names lead to one name, at which their TXT records stand together.
func delegated(t *testing.T, w *world) (end func(*testing.T)) {
	c := w.newTenant(t, "delegated", w.api.URL())
	w.api.AddDomain(c.namespace, regapitest.Domain{Name: "shop.ru", Records: []regapitest.Record{
		{Name: "_acme-challenge", Type: "CNAME", Content: "shop.challenges.ru."},
		{Name: "_acme-challenge.www", Type: "CNAME", Content: "shop.challenges.ru."},
	}})
	w.api.AddDomain(c.namespace, regapitest.Domain{Name: "challenges.ru"})
	solver := webhook(t, accountRef(c.namespace))
	solver.DNS01.CNAMEStrategy = acmev1.FollowStrategy
	c.addIssuer(t, solver)
	certificate := c.issue(t, "shop.ru", "www.shop.ru")
	c.awaitEvents(t, presented, 2)
	if texts := c.texts("challenges.ru"); len(texts) != 2 || texts[0].Name != "shop" || texts[1].Name != "shop" {
		t.Errorf("zone challenges.ru holds %v, want two records at shop", texts)
	}
	return func(t *testing.T) {
		c.awaitReady(t, certificate)
		c.awaitClean(t, "shop.ru", "challenges.ru")
		c.requireSolvedOnce(t, 2, 0)
	}
}

// fifty certificates at once.
func fifty(t *testing.T, w *world) (end func(*testing.T)) {
	const names = 50
	c := w.newTenant(t, "fifty", w.api.URL())
	w.api.AddDomain(c.namespace, regapitest.Domain{Name: "fifty.ru"})
	c.addIssuer(t, webhook(t, accountRef(c.namespace)))
	var certificates []*cmv1.Certificate
	for n := range names {
		certificates = append(certificates, c.issue(t, fmt.Sprintf("host-%02d.fifty.ru", n)))
	}
	c.awaitEvents(t, presented, names)
	return func(t *testing.T) {
		c.awaitReady(t, certificates...)
		c.awaitClean(t, "fifty.ru")
		c.requireSolvedOnce(t, names, 0)
		// Twice, since the operator forgets in between: a read to find the zone, a read, a write, and a read to confirm. What is left
		// are sweeps.
		if limit := 8*c.presentedChallenges(t) + 50; len(c.requests()) > limit {
			t.Errorf("%d requests, want at most %d", len(c.requests()), limit)
		}
	}
}

// refused: cert-manager tries again after a pause of its own.
func refused(t *testing.T, w *world) (end func(*testing.T)) {
	const refusals = 2
	c := w.newTenant(t, "refused", w.api.URL())
	w.api.AddDomain(c.namespace, regapitest.Domain{Name: "refused.ru"})
	for _, function := range []string{addTXT, removeRecord} {
		w.api.Inject(regapitest.Fault{Kind: regapitest.FaultError, Code: "SERVICE_UNAVAILABLE", Function: function, Login: c.namespace, Count: refusals})
	}
	c.addIssuer(t, webhook(t, accountRef(c.namespace)))
	certificate := c.issue(t, "refused.ru")
	c.awaitEvents(t, presented, 1)
	return func(t *testing.T) {
		c.awaitReady(t, certificate)
		c.awaitClean(t, "refused.ru")
		c.requireSolvedOnce(t, 1, 2*refusals)
	}
}

// down begins when the operator has been started again, so that it knows the account before REG.API is gone.
func down(_ *testing.T, w *world) (end func(*testing.T)) {
	return func(t *testing.T) {
		address := strings.Split(w.api.URL(), "/")[2]
		gate := harness.NewGate(t, address)
		c := w.newTenant(t, "down", strings.Replace(w.api.URL(), address, gate.Address, 1))
		w.api.AddDomain(c.namespace, regapitest.Domain{Name: "down.ru"})
		c.addIssuer(t, webhook(t, accountRef(c.namespace)))
		gate.Shut()
		began := time.Now()
		certificate := c.issue(t, "down.ru")
		c.awaitEvents(t, presentError, 3)
		gate.Open(t)
		t.Logf("REG.API was down for %s", time.Since(began).Round(time.Second))
		c.awaitReady(t, certificate)
		c.awaitClean(t, "down.ru")
		c.requireSolvedOnce(t, 1, 0)
	}
}

// allowedLate: an Issuer names an Account of another namespace.
func allowedLate(t *testing.T, w *world) (end func(*testing.T)) {
	owner := w.newTenant(t, "owner", w.api.URL())
	w.api.AddDomain(owner.namespace, regapitest.Domain{Name: "owned.ru"})
	guest := tenant{world: w, namespace: w.plane.NewNamespace(t, "guest")}
	guest.addIssuer(t, webhook(t, accountRef(owner.namespace)))
	certificate := guest.issue(t, "www.owned.ru")
	guest.awaitEvents(t, presentError, 3)
	want := fmt.Sprintf("accountRef in the webhook config of the issuer, for namespace %s: Account %s/%s does not allow this namespace: "+
		"its owner can do so in spec.allowedNamespaces, or use an Account of this namespace", guest.namespace, owner.namespace, harness.AccountName)
	reasons := []string{}
	for _, challenge := range guest.challenges(t) {
		reasons = append(reasons, challenge.Status.Reason)
	}
	if diff := cmp.Diff([]string{want}, reasons); diff != "" {
		t.Errorf("the reasons of the challenges (-want +got):\n%s", diff)
	}
	if writes := owner.writes(); len(writes) > 0 {
		t.Errorf("written for somebody who may not: %v", writes)
	}
	return func(t *testing.T) {
		owner.allow(t)
		guest.awaitReady(t, certificate)
		guest.awaitClean(t, "owned.ru")
	}
}

// deleted: upstream notices only after the wait, and then cleans up.
func deleted(t *testing.T, w *world) (end func(*testing.T)) {
	c := w.newTenant(t, "deleted", w.api.URL())
	w.api.AddDomain(c.namespace, regapitest.Domain{Name: "deleted.ru"})
	c.addIssuer(t, webhook(t, accountRef(c.namespace)))
	certificate := c.issue(t, "deleted.ru")
	c.awaitEvents(t, presented, 1)
	return func(t *testing.T) {
		if err := w.plane.Delete(t.Context(), certificate); err != nil {
			t.Fatal(err)
		}
		c.awaitClean(t, "deleted.ru")
		challenges, refused := tally(c.writes())
		if err := onceEach(challenges); err != nil || len(challenges) == 0 || refused > 0 {
			t.Errorf("%d challenges, %d refusals: %v", len(challenges), refused, err)
		}
	}
}
