package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// use is a place where a right is used: a file, and what stands in it.
type use struct{ file, text string }

// Places that several rights are used at.
var (
	informers = func(kind string) use { return use{"internal/controller/" + kind + "/controller.go", "For(&v1alpha1."} }
	onlyNow   = use{"internal/controller/fresh/client.go", "c.live.Get("}
	statuses  = use{"internal/controller/status/writer.go", "w.Status().Patch("}
	annotates = use{"internal/controller/status/writer.go", "w.Patch(ctx, after, client.MergeFromWithOptions(before"}
	outcomes  = use{"internal/controller/status/writer.go", "w.Events.Eventf("}
	solver    = use{"webhook/certmanager/auth.go", "authenticatorfactory.DelegatingAuthenticatorConfig{"}
	requester = use{"cmd/operator/metrics.go", "filters.WithAuthenticationAndAuthorization("}
)

// rights are all that the manifests with all of their components grant the operator, and where it uses each. The worlds of this package and the
// end-to-end tests fail where one is lacking.
var rights = map[string]map[string]use{
	"everywhere: accounts of regapi.io":        {"get": onlyNow, "list": informers("account"), "watch": informers("account"), "patch": annotates},
	"everywhere: domains of regapi.io":         {"get": onlyNow, "list": informers("domain"), "watch": informers("domain"), "patch": annotates},
	"everywhere: dnszones of regapi.io":        {"get": onlyNow, "list": informers("dnszone"), "watch": informers("dnszone"), "patch": annotates},
	"everywhere: folders of regapi.io":         {"get": onlyNow, "list": informers("folder"), "watch": informers("folder"), "patch": annotates},
	"everywhere: accounts/status of regapi.io": {"patch": statuses},
	"everywhere: domains/status of regapi.io":  {"patch": statuses},
	"everywhere: dnszones/status of regapi.io": {"patch": statuses},
	"everywhere: folders/status of regapi.io":  {"patch": statuses},
	"everywhere: namespaces": {
		"get":  {"internal/account/orphan.go", "d.settings.Secrets.Get("},
		"list": {"internal/controller/dnszone/controller.go", "Watches(&corev1.Namespace{}"}, "watch": {"internal/controller/folder/controller.go", "Watches(&corev1.Namespace{}"},
	},
	"everywhere: events of events.k8s.io": {"create": outcomes, "patch": outcomes}, // The same once more is a patch of its count.
	"everywhere: apiservices of apiregistration.k8s.io, v1alpha1.acme.regapi.io v1alpha1.door.regapi.io": {
		"get":   {"internal/serving/apiservice.go", "client.Get(ctx, name"},
		"patch": {"internal/serving/apiservice.go", "client.Patch(ctx, name"},
		"list":  {"internal/serving/apiservice.go", "NewFilteredDynamicInformer("}, "watch": {"internal/serving/apiservice.go", "NewFilteredDynamicInformer("},
	},
	"everywhere: tokenreviews of authentication.k8s.io":        {"create": requester},
	"everywhere: subjectaccessreviews of authorization.k8s.io": {"create": requester},
	"everywhere: the role system:auth-delegator":               {"": solver},
	"everywhere: configmaps, extension-apiserver-authentication": {
		"get": {"webhook/certmanager/auth.go", `authenticationConfig = "extension-apiserver-authentication"`}, "list": solver, "watch": solver,
	},
	"regapi-system: secrets": {
		"get":    {"internal/account/directory.go", "d.settings.Secrets.Get(ctx, key, &secret)"},
		"watch":  {"internal/controller/account/secretwatch.go", "w.api.Watch("},
		"create": {"internal/serving/objects.go", "kube.Create("},
	},
	"regapi-system: secrets, regapi-operator-tls": {"get": {"internal/serving/objects.go", "kube.Get("}, "update": {"internal/serving/objects.go", "kube.Update("}},
	"regapi-system: configmaps": {
		"get": {"internal/account/ledger.go", "l.kube.Get("}, "list": {"internal/account/ledger.go", "kube.List("}, "create": {"internal/account/ledger.go", "l.kube.Create("},
		"update": {"internal/controller/ordering/ledger.go", "d.Live.Update("}, "delete": {"internal/account/ledger.go", "l.kube.Delete("},
	},
	"regapi-system: pods": {
		"get": {"internal/leader/labeller.go", "l.kube.Get("}, "list": {"internal/leader/labeller.go", "l.kube.List("}, "patch": {"internal/leader/labeller.go", "l.kube.Patch("},
	},
	"regapi-system: leases of coordination.k8s.io": {
		"get": {"internal/leader/term.go", "resourcelock.Interface"}, "create": {"internal/leader/term.go", "w.Interface.Create("}, "update": {"internal/leader/term.go", "w.Interface.Update("},
	},
	"regapi-system: orders of regapi.io": {
		"get": {"internal/controller/order/controller.go", "r.Desk.Live.Get("}, "list": {"internal/controller/ordering/orders.go", "d.Live.List("}, "watch": informers("order"),
		"create": {"internal/controller/ordering/desk.go", "d.Live.Create("}, "patch": {"internal/controller/order/phases.go", "r.Patch("}, "delete": {"internal/controller/order/retire.go", "r.Delete("},
	},
	"regapi-system: orders/status of regapi.io": {"patch": {"internal/controller/setup.go", "status.Writer{Client: desk.Live"}},
}

// others are the roles that are not the operator's, and where it stands whose they are.
var others = map[string]use{
	"regapi-viewer":                 {"docs/security.md", "| `view` |"},
	"regapi-editor":                 {"docs/security.md", "| `edit` |"},
	"regapi-administrator":          {"docs/security.md", "| `admin` |"},
	"regapi-metrics-reader":         {"docs/operations.md", "--clusterrole=regapi-metrics-reader"},
	"regapi-operator-challenges":    {"config/cert-manager/access/challenges_role.yaml", "Lets cert-manager, and nobody else"},
	"regapi-operator-plugin-viewer": {"docs/security.md", "`view` gains"},
	"regapi-operator-plugin-reader": {"docs/security.md", "`regapi-operator-plugin-reader`"},
	"regapi-operator-plugin-writer": {"docs/security.md", "`regapi-operator-plugin-writer`"},
}

func TestEveryRightIsUsed(t *testing.T) {
	made := render(t, "resources: [config/default]\ncomponents: [config/cert-manager, config/plugin, config/external-dns, config/prometheus]")
	granted, bound := grantedTo(t, made, "regapi-operator")
	listed := map[string][]string{}
	for right, uses := range rights {
		for verb, place := range uses {
			listed[right] = append(listed[right], verb)
			place.check(t, verb+" "+right)
		}
		slices.Sort(listed[right])
	}
	if diff := cmp.Diff(listed, granted); diff != "" {
		t.Errorf("rights that are used and rights that are granted (-used +granted):\n%s", diff)
	}
	for _, object := range made {
		if object.GetKind() != "ClusterRole" && object.GetKind() != "Role" || slices.Contains(bound, object.GetName()) {
			continue
		}
		place, known := others[object.GetName()]
		if !known {
			t.Errorf("%s %s is nobody's", object.GetKind(), object.GetName())
			continue
		}
		place.check(t, object.GetName())
	}
}

// check makes sure that the place is there.
func (u use) check(t *testing.T, what string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../..", u.file))
	if err != nil || u.text == "" || !strings.Contains(string(text), u.text) {
		t.Errorf("%s: nothing like %q stands in %s: %v", what, u.text, u.file, err)
	}
}

// grantedTo gives the verbs of each right that is granted to a ServiceAccount, and the roles that grant them. A right that is granted twice is a
// mistake.
func grantedTo(t *testing.T, made manifests, account string) (granted map[string][]string, roles []string) {
	t.Helper()
	granted = map[string][]string{}
	for _, object := range made {
		if object.GetKind() != "ClusterRoleBinding" && object.GetKind() != "RoleBinding" {
			continue
		}
		var binding rbacv1.RoleBinding // A ClusterRoleBinding has the same fields.
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &binding); err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(binding.Subjects, func(s rbacv1.Subject) bool { return s.Name == account }) {
			continue
		}
		where := binding.Namespace
		if where == "" {
			where = "everywhere"
		}
		if strings.HasPrefix(binding.RoleRef.Name, "system:") {
			granted[where+": the role "+binding.RoleRef.Name] = []string{""}
			continue
		}
		roles = append(roles, binding.RoleRef.Name)
		for _, rule := range find[rbacv1.ClusterRole](t, made, binding.RoleRef.Kind, binding.RoleRef.Name).Rules {
			for _, resource := range resourcesOf(rule) {
				right := where + ": " + resource
				for _, verb := range rule.Verbs {
					if slices.Contains(granted[right], verb) {
						t.Errorf("%s %s is granted twice", verb, right)
					}
					granted[right] = append(granted[right], verb)
				}
				slices.Sort(granted[right])
			}
		}
	}
	return granted, roles
}

// resourcesOf gives what a rule is about, as the keys of rights have it.
func resourcesOf(rule rbacv1.PolicyRule) []string {
	var about []string
	for _, group := range rule.APIGroups {
		for _, resource := range rule.Resources {
			if group != "" {
				resource += " of " + group
			}
			if len(rule.ResourceNames) > 0 {
				resource += ", " + strings.Join(rule.ResourceNames, " ")
			}
			about = append(about, resource)
		}
	}
	return about
}
