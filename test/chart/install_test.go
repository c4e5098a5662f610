package chart

import (
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/internal/apiservertest"
)

// cluster is an API server with Helm in front of it.
type cluster struct {
	*testing.T
	client.Client
	environment []string
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, apiextensionsv1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	kube, err := client.New(apiservertest.Config(), client.Options{Scheme: scheme})
	if err != nil {
		t.Fatal(err)
	}
	return &cluster{T: t, Client: kube, environment: append(homeOf(t), "KUBECONFIG="+apiservertest.Kubeconfig(t))}
}

// helm runs a command for the release; it fails the test where that fails.
func (c *cluster) helm(arguments ...string) string {
	c.Helper()
	text, err := run(c.Context(), c.environment, "helm", append(arguments, "--namespace="+namespace)...)
	if err != nil {
		c.Fatal(strings.Join(arguments, " "), err)
	}
	return text
}

// exists says whether an object is there.
func (c *cluster) exists(object client.Object, name string) bool {
	c.Helper()
	key := client.ObjectKey{Name: name}
	if namespaced, err := c.IsObjectNamespaced(object); err != nil {
		c.Fatal(err)
	} else if namespaced {
		key.Namespace = namespace
	}
	err := c.Get(c.Context(), key, object)
	if client.IgnoreNotFound(err) != nil {
		c.Fatal(err)
	}
	return !apierrors.IsNotFound(err)
}

// play does what kubelets do for a test pod: it runs, and ends well. The pod itself cannot run here.
func (c *cluster) play(stop <-chan struct{}) {
	for {
		var pod corev1.Pod
		key := client.ObjectKey{Namespace: namespace, Name: release + "-test"}
		if err := c.Get(c.Context(), key, &pod); err == nil && pod.Status.Phase != corev1.PodSucceeded {
			pod.Status.Phase = corev1.PodSucceeded
			_ = c.Status().Update(c.Context(), &pod) // Looked at again below.
		}
		select {
		case <-stop:
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// A person installs, upgrades, goes back and uninstalls; what belongs to the people stays.
func TestTheChartComesAndGoes(t *testing.T) {
	c := newCluster(t)
	everything := fileOf(t, "{certManager: {enabled: true}, externalDNS: {enabled: true}, networkPolicy: {enabled: true}, secrets: {namespaces: [default]}}")

	notes := c.helm("install", release, chart, "--create-namespace")
	for _, says := range []string{"create secret generic regru", "create rolebinding regapi-operator-secrets", "kind: Account"} {
		if !strings.Contains(notes, says) {
			t.Errorf("the notes do not say %q:\n%s", says, notes)
		}
	}
	if !c.exists(&appsv1.Deployment{}, release) || !c.exists(&apiextensionsv1.CustomResourceDefinition{}, "dnszones.regapi.io") {
		t.Fatal("the operator is not installed")
	}
	stop := make(chan struct{})
	go c.play(stop)
	c.helm("test", release, "--timeout=1m")
	close(stop)

	c.makeZone()
	c.helm("upgrade", release, chart, "--values="+everything)
	if !c.exists(&rbacv1.ClusterRoleBinding{}, "regapi-operator-auth-delegator") {
		t.Error("the upgrade did not bring the solver")
	}
	c.helm("rollback", release, "1")
	if c.exists(&rbacv1.ClusterRoleBinding{}, "regapi-operator-auth-delegator") {
		t.Error("the way back left the solver's rights")
	}
	c.helm("upgrade", release, chart, "--values="+everything)
	c.helm("uninstall", release)
	c.checkRest()
}

// Each way to install it is taken by the cluster, and leaves nothing but the kinds behind.
func TestEveryInstallationComesAndGoes(t *testing.T) {
	c := newCluster(t)
	for name, values := range map[string]string{
		"high availability": "{replicas: 2, certManager: {enabled: true}, externalDNS: {enabled: true}, metrics: {readers: [monitoring/prometheus]}}",
		"minimal":           "{replicas: 1, aggregatedRoles: false, metrics: {enabled: false}, podDisruptionBudget: {enabled: false}, resources: {limits: null, requests: null}}",
		"everything": `{certManager: {enabled: true}, pluginDoor: {enabled: true}, externalDNS: {enabled: true}, networkPolicy: {enabled: true}, secrets: {clusterWide: true}, readOnly: true,
			metrics: {dashboard: {enabled: true}}, ordersNamespace: default, extraObjects: [{apiVersion: v1, kind: ConfigMap, metadata: {name: mine}}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			inner := *c
			inner.T = t
			inner.helm("install", release, chart, "--create-namespace", "--values="+fileOf(t, values))
			if !inner.exists(&appsv1.Deployment{}, release) {
				t.Error("the operator is not installed")
			}
			inner.helm("uninstall", release)
			inner.checkNothingOf()
		})
	}
}

// A person upgrades from the chart as it first was, with objects there, and goes back.
func TestTheFirstChartIsUpgradedAndWentBackTo(t *testing.T) {
	c := newCluster(t)
	c.helm("install", release, "testdata/first.tgz", "--create-namespace", "--take-ownership", "--set=certManager.enabled=true")
	c.makeZone()
	c.helm("upgrade", release, chart, "--set=certManager.enabled=true", "--take-ownership", "--force-conflicts")
	if !c.exists(&apiextensionsv1.CustomResourceDefinition{}, "orders.regapi.io") {
		t.Error("the upgrade brings no new kind")
	}
	c.checkZones()
	c.helm("rollback", release, "1")
	c.checkZones()
	c.helm("upgrade", release, chart, "--take-ownership", "--force-conflicts")
	c.helm("uninstall", release)
	c.checkRest()
}

// makeZone makes an object of the operator's, which nobody has asked to delete.
func (c *cluster) makeZone() {
	c.Helper()
	zone := decode(c.T, `
apiVersion: regapi.io/v1alpha1
kind: DNSZone
metadata: {name: example-ru, namespace: default}
spec: {accountRef: {name: main}, domainName: example.ru}
`)[0]
	deadline := time.Now().Add(time.Minute) // The API server takes a moment to serve a new kind.
	for {
		err := c.Create(c.Context(), zone)
		if client.IgnoreAlreadyExists(err) == nil {
			return
		}
		if time.Now().After(deadline) {
			c.Fatal(err)
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// checkRest makes sure that nothing is left of a release but the kinds and the objects of people.
func (c *cluster) checkRest() {
	c.Helper()
	c.checkZones()
	c.checkNothingOf()
}

// checkZones makes sure that the objects of people are there.
func (c *cluster) checkZones() {
	c.Helper()
	var zones metav1.PartialObjectMetadataList
	zones.SetGroupVersionKind(decode(c.T, "{apiVersion: regapi.io/v1alpha1, kind: DNSZoneList}")[0].GroupVersionKind())
	if err := c.List(c.Context(), &zones); err != nil || len(zones.Items) != 1 {
		c.Errorf("%d zones are left: %v", len(zones.Items), err)
	}
}

// checkNothingOf makes sure that nothing is left of a release but the kinds.
func (c *cluster) checkNothingOf() {
	c.Helper()
	if !c.exists(&apiextensionsv1.CustomResourceDefinition{}, "dnszones.regapi.io") {
		c.Error("the kinds are gone, and with them every object")
	}
	ours := client.MatchingLabels{"app.kubernetes.io/instance": release}
	for _, list := range []client.ObjectList{
		&appsv1.DeploymentList{}, &corev1.ServiceList{}, &corev1.ServiceAccountList{}, &corev1.PodList{},
		&rbacv1.ClusterRoleList{}, &rbacv1.ClusterRoleBindingList{}, &rbacv1.RoleList{}, &rbacv1.RoleBindingList{}, &corev1.ConfigMapList{}, &policyv1.PodDisruptionBudgetList{}, &networkingv1.NetworkPolicyList{},
	} {
		if err := c.List(c.Context(), list, ours); err != nil {
			c.Fatal(err)
		}
		if items, err := listed(list); err != nil || len(items) > 0 {
			c.Errorf("%T: %v is left: %v", list, items, err)
		}
	}
}
