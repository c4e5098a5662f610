package tenancy_test

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
)

const domain = "example.ru"

func accountOf(change ...func(*v1alpha1.Account)) *v1alpha1.Account {
	made := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: "owner", Name: "main"}, Status: v1alpha1.AccountStatus{UserID: "4711", ID: "0a1b2c3d"}}
	for _, apply := range change {
		apply(made)
	}
	return made
}

// zoneOf gives a DNSZone of a namespace that rules example.ru through the Account main.
func zoneOf(namespace string, change ...func(*v1alpha1.DNSZone)) *v1alpha1.DNSZone {
	made := &v1alpha1.DNSZone{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "zone", UID: "zone"},
		Spec:       v1alpha1.DNSZoneSpec{AccountRef: v1alpha1.AccountReference{Namespace: "owner", Name: "main"}, DomainName: domain},
		Status:     v1alpha1.DNSZoneStatus{Claim: &v1alpha1.ZoneClaim{Login: tenancy.Login(accountOf()), Rules: true}},
	}
	for _, apply := range change {
		apply(made)
	}
	return made
}

func viewOf(t *testing.T, objects ...client.Object) *tenancy.View {
	t.Helper()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	return tenancy.NewView(fake.NewClientBuilder().WithScheme(scheme).WithObjects(objects...).Build())
}

func TestAnObjectCountsOnlyThroughAnAccountThatAllowsItAndHoldsTheDomain(t *testing.T) {
	allowing := func(allowed v1alpha1.AllowedNamespaces) func(*v1alpha1.Account) {
		return func(a *v1alpha1.Account) { a.Spec.AllowedNamespaces = &allowed }
	}
	web := &metav1.LabelSelector{MatchLabels: map[string]string{"team": "web"}}
	unclaimed := func(z *v1alpha1.DNSZone) { z.Status.Claim = nil }
	for name, c := range map[string]struct {
		account *v1alpha1.Account // nil for none
		object  *v1alpha1.DNSZone
		counts  bool
	}{
		"of the Account's own namespace":     {accountOf(), zoneOf("owner"), true},
		"without an Account":                 {nil, zoneOf("owner"), false},
		"of a namespace that nobody allowed": {accountOf(), zoneOf("tenant"), false},
		"of a namespace that is allowed":     {accountOf(allowing(v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll})), zoneOf("tenant"), true},
		"for a domain that is allowed":       {accountOf(allowing(v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll, Domains: []string{"Example.RU"}})), zoneOf("tenant"), true},
		"for a domain that is not":           {accountOf(allowing(v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll, Domains: []string{"other.ru"}})), zoneOf("tenant"), false},
		"by label":                           {accountOf(allowing(v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesSelector, Selector: web})), zoneOf("tenant"), true},
		"by label, in no namespace":          {accountOf(allowing(v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesSelector, Selector: web})), zoneOf("gone"), false},
		"by a selector that cannot be read": {accountOf(allowing(v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesSelector, Selector: &metav1.LabelSelector{
			MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "team", Operator: "Likes"}},
		}})), zoneOf("tenant"), false},
		"that nobody has looked at":              {accountOf(), zoneOf("owner", unclaimed), false},
		"whose login does not hold the domain":   {accountOf(), zoneOf("owner", func(z *v1alpha1.DNSZone) { z.Status.Claim = &v1alpha1.ZoneClaim{} }), false},
		"whose Account is another login by now":  {accountOf(func(a *v1alpha1.Account) { a.Status.UserID = "5000" }), zoneOf("owner"), false},
		"whose Account has another endpoint now": {accountOf(func(a *v1alpha1.Account) { a.Spec.Endpoint = "https://example.com/" }), zoneOf("owner"), false},
		"whose Account is denied":                {accountOf(func(a *v1alpha1.Account) { a.Status.Conditions = []metav1.Condition{{Type: "Ready", Status: "False"}} }), zoneOf("owner"), true},
		"of a version without claims":            {accountOf(), zoneOf("owner", unclaimed, func(z *v1alpha1.DNSZone) { z.Status.Owned.Of = "0a1b2c3d/12345" }), true},
		"of such a version and another login":    {accountOf(), zoneOf("owner", unclaimed, func(z *v1alpha1.DNSZone) { z.Status.Owned.Of = "ffffffff/12345" }), false},
	} {
		t.Run(name, func(t *testing.T) {
			objects := []client.Object{&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "tenant", Labels: map[string]string{"team": "web"}}}}
			if c.account != nil {
				objects = append(objects, c.account)
			}
			_, counts, err := viewOf(t, objects...).Standing(t.Context(), c.object, domain)
			if err != nil || counts != c.counts {
				t.Errorf("counts %t, %v; want %t", counts, err, c.counts)
			}
		})
	}
}

func TestOfTwoThatCountOneComesFirstWhicheverIsAsked(t *testing.T) {
	now := time.Now().Truncate(time.Second)
	made := func(name, namespace string, age time.Duration, rules bool) *v1alpha1.DNSZone {
		return zoneOf(namespace, func(z *v1alpha1.DNSZone) {
			z.Name, z.UID, z.CreationTimestamp, z.Status.Claim.Rules = name, types.UID(name), metav1.NewTime(now.Add(-age)), rules
		})
	}
	for name, c := range map[string]struct{ first, second *v1alpha1.DNSZone }{
		"in the Account's own namespace": {made("first", "owner", 0, false), made("second", "tenant", time.Hour, true)},
		"that has ruled":                 {made("first", "tenant", 0, true), made("second", "tenant", time.Hour, false)},
		"the older":                      {made("first", "tenant", time.Hour, false), made("second", "tenant", 0, false)},
		"of one second, by the UID":      {made("first", "tenant", 0, false), made("second", "tenant", 0, false)},
	} {
		t.Run(name, func(t *testing.T) {
			view := viewOf(t, accountOf(func(a *v1alpha1.Account) {
				a.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll}
			}))
			for _, objects := range [][]*v1alpha1.DNSZone{{c.first, c.second}, {c.second, c.first}} {
				ruler, err := view.Ruler(t.Context(), objects, tenancy.Login(accountOf()), domain)
				if err != nil || ruler != c.first {
					t.Errorf("%v rules, %v", ruler, err)
				}
			}
		})
	}
}

func TestALoginIsOneHoweverItsEndpointIsSpelled(t *testing.T) {
	at := func(endpoint, user, name string) string {
		return tenancy.Login(accountOf(func(a *v1alpha1.Account) { a.Spec.Endpoint, a.Status.UserID, a.Name = endpoint, user, name }))
	}
	for _, endpoint := range []string{"https://API.reg.ru/api/regru2/", "https://api.reg.ru/api/regru2", ""} {
		if at(endpoint, "1", "a") != at(v1alpha1.DefaultEndpoint, "1", "b") {
			t.Errorf("%q is another login", endpoint)
		}
	}
	if at("", "1", "a") == at("", "2", "a") || at("", "1", "a") == at("https://example.com/", "1", "a") {
		t.Error("two logins are one")
	}
	for _, unknown := range []string{"", "0"} {
		if at("", unknown, "a") == at("", unknown, "b") {
			t.Errorf("two Accounts of the user %q, who is not known, are one login", unknown)
		}
	}
}

func TestAnEndpointThatIsNotListedIsTrustedLast(t *testing.T) {
	trust := tenancy.Trust{"https://one.example/", "https://two.example"}
	for endpoint, want := range map[string]int{"https://ONE.example": 0, "https://two.example/": 1, "https://three.example/": 2, "": 2} {
		if got := trust.Rank(endpoint); got != want {
			t.Errorf("rank of %q: %d, want %d", endpoint, got, want)
		}
	}
}
