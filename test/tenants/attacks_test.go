package tenants

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// TestTheAttackerMayDoWhatHisRolesSayAndNoMore: the status is what the operator remembers.
func TestTheAttackerMayDoWhatHisRolesSayAndNoMore(t *testing.T) {
	w := newWorld(t)
	w.ownersAccount()
	w.account(w.tenant, w.tenants, "other", "mallory", "mallory", w.api.URL(), hostile)
	object := zoneFor(w.tenants, "example.ru", hostil, v1alpha1.AccountReference{Name: "other"})
	w.must(w.tenant.Create(t.Context(), object))
	w.settled(object)

	claiming := object.DeepCopy()
	claiming.Status.Claim = &v1alpha1.ZoneClaim{Login: "whatever", Rules: true}
	var main, own v1alpha1.Account
	w.must(w.admin.Get(t.Context(), client.ObjectKey{Namespace: w.owners, Name: "main"}, &main))
	w.must(w.tenant.Get(t.Context(), client.ObjectKey{Namespace: w.tenants, Name: "other"}, &own))
	own.Status.UserID = main.Status.UserID
	main.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll}
	for what, try := range map[string]func() error{
		"claim a zone":                  func() error { return w.tenant.Status().Update(t.Context(), claiming) },
		"be another login":              func() error { return w.tenant.Status().Update(t.Context(), &own) },
		"change somebody's Account":     func() error { return w.tenant.Update(t.Context(), &main) },
		"read the Accounts of others":   func() error { return w.tenant.List(t.Context(), &v1alpha1.AccountList{}) },
		"make an object elsewhere":      func() error { return w.tenant.Create(t.Context(), w.ownersZone("example.ru")) },
		"label his namespace":           func() error { return w.labelAs(w.tenant, w.tenants) },
		"read the Secrets of the owner": func() error { return w.tenant.List(t.Context(), &corev1.SecretList{}, client.InNamespace(w.owners)) },
		"read the ledgers of the budget": func() error {
			return w.tenant.List(t.Context(), &corev1.ConfigMapList{}, client.InNamespace(operators))
		},
	} {
		if err := try(); !apierrors.IsForbidden(err) {
			t.Errorf("%s: %v, want that it is forbidden", what, err)
		}
	}
	// In the object itself a status is no more than a wish.
	claiming.Annotations = map[string]string{"any": "change"}
	w.must(w.tenant.Update(t.Context(), claiming))
	if w.must(w.admin.Get(t.Context(), client.ObjectKeyFromObject(object), object)); object.Status.Claim != nil && object.Status.Claim.Login == "whatever" {
		t.Error("a claim was written with the object")
	}
	if main.Status.Balance != "" {
		t.Errorf("the balance shows: %s", main.Status.Balance)
	}
}

func (w *world) labelAs(as client.Client, namespace string) error {
	var found corev1.Namespace
	w.must(w.admin.Get(w.Context(), client.ObjectKey{Name: namespace}, &found))
	found.Labels["team"] = "web"
	return as.Update(w.Context(), &found)
}

// TestARestartInAnOutageTakesNothingFromWhatRules: a tenant with a share in the login waits for the moment at which nothing can be asked.
func TestARestartInAnOutageTakesNothingFromWhatRules(t *testing.T) {
	w := newWorld(t)
	w.account(w.admin, w.owners, "main", "owner", "owner", w.api.URL(), func(s *v1alpha1.AccountSpec) {
		s.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll}
	})
	w.api.AddDomain("owner", regapitest.Domain{Name: "example.ru"})
	ruling := w.ownersZone("example.ru")
	ruling.Namespace, ruling.Spec.AccountRef.Namespace = w.issuers, w.owners // No more the Account's own namespace than the tenant's is.
	w.must(w.admin.Create(t.Context(), ruling))
	w.ready(ruling)

	w.stop()
	w.api.Inject(regapitest.Fault{Kind: regapitest.FaultStatus})
	rival := zoneFor(w.tenants, "example.ru", hostil, v1alpha1.AccountReference{Namespace: w.owners, Name: "main"})
	w.must(w.tenant.Create(t.Context(), rival))
	w.startOperator()
	if served := w.served(); !slices.Equal(served, []string{"example.ru"}) {
		t.Errorf("served are %v", served)
	}
	if reason := w.settled(rival); reason != v1alpha1.ReasonConflict {
		t.Errorf("the tenant's object is %s", reason)
	}
	w.api.ClearFaults()
	w.ready(ruling)
	if w.settled(rival); !holds(w.api, "example.ru", "www", "A", ours) || holds(w.api, "example.ru", "www", "A", hostil) {
		t.Errorf("the zone holds %v", w.api.Records("example.ru"))
	}
}

// TestATenantWithAShareOfAnAccountGetsTheDomainsThatItNamesAndNoOther: by the controller, and by an Issuer of his own.
func TestATenantWithAShareOfAnAccountGetsTheDomainsThatItNamesAndNoOther(t *testing.T) {
	w := newWorld(t)
	w.account(w.admin, w.owners, "main", "owner", "owner", w.api.URL(), func(s *v1alpha1.AccountSpec) {
		s.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll, Domains: []string{"shared.ru"}}
	})
	ref := v1alpha1.AccountReference{Namespace: w.owners, Name: "main"}
	for domain, allowed := range map[string]bool{"shared.ru": true, "example.ru": false} {
		w.api.AddDomain("owner", regapitest.Domain{Name: domain})
		object := zoneFor(w.tenants, domain, hostil, ref)
		w.must(w.tenant.Create(t.Context(), object))
		if allowed {
			w.ready(object)
		} else if reason := w.settled(object); reason != v1alpha1.ReasonAccountNotAllowed {
			t.Errorf("his object for %s is %s", domain, reason)
		}
		err := w.solver.Present(w.challengeOf("_acme-challenge."+domain+".", w.tenants, &ref))
		if (err == nil) != allowed || holds(w.api, domain, "_acme-challenge", "TXT", "key") != allowed {
			t.Errorf("his challenge of %s: %v", domain, err)
		}
	}
	w.account(w.tenant, w.tenants, "mine", "mallory", "mallory", w.api.URL())
	if records := w.api.Records("example.ru"); len(records) > 0 {
		t.Errorf("the zone holds %v", records)
	}
}
