package certmanager

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/test/e2e/harness"
)

const (
	// blocked is how long a namespace is looked at that must not go.
	blocked = 5 * time.Second
	// unblocked is how soon a namespace has to go once somebody serves again, or nobody has to.
	unblocked = time.Minute
)

func TestNoNamespaceIsHeldUpForLongerThanTheSolverIsAway(t *testing.T) {
	plane := harness.StartControlPlane(t)
	w := &world{plane: plane, api: harness.StartSimulator(t)}
	w.startSolver(t)

	w.operator.Kill(t)
	while := w.deleteNamespace(t)
	time.Sleep(blocked)
	if w.isGone(t, while) {
		t.Fatal("a namespace goes although nobody serves the solver's API: this test proves nothing")
	}
	w.operator.Run(t)
	w.awaitGone(t, while, "after the operator came back")

	owner := w.newTenant(t, "owner", w.api.URL())
	owner.addOneOfEach(t)
	w.undeploy(t)
	if left := len(w.api.Records("seen-off.ru")); left != 0 {
		t.Errorf("%d records are left of a zone that was to be emptied", left)
	}
	w.operator.Stop(t)
	w.awaitGone(t, w.deleteNamespace(t), "after make undeploy")
	left := w.plane.Kubectl(t, "", "get", "apiservices,clusterroles,clusterrolebindings", "--selector=app.kubernetes.io/name=regapi-operator", "--output=name")
	if left != "" {
		t.Errorf("left behind:\n%s", left)
	}
	w.undeploy(t) // It may be repeated.
}

// addOneOfEach makes an object of each kind that the operator has to see off, and waits until all are Ready.
func (c tenant) addOneOfEach(t *testing.T) {
	t.Helper()
	c.plane.AddZone(t, c.api, c.namespace, "seen-off.ru", func(zone *v1alpha1.DNSZone) {
		zone.Spec.DeletionPolicy = v1alpha1.DeletionDelete
		zone.Spec.Records = []v1alpha1.NameRecords{{Name: "www", A: []v1alpha1.IPv4Address{"192.0.2.1"}}}
	})
	if len(c.api.Records("seen-off.ru")) == 0 {
		t.Fatal("the zone holds nothing that could be removed")
	}
	place, account := metav1.ObjectMeta{Namespace: c.namespace, Name: "seen-off"}, v1alpha1.AccountReference{Name: harness.AccountName}
	c.plane.Make(t,
		&v1alpha1.Domain{ObjectMeta: place, Spec: v1alpha1.DomainSpec{AccountRef: account, DomainName: "seen-off.ru"}},
		&v1alpha1.Folder{ObjectMeta: place, Spec: v1alpha1.FolderSpec{AccountRef: account, Members: []v1alpha1.FolderMember{{DomainName: "seen-off.ru"}}}},
	)
	c.plane.Kubectl(t, "", "--namespace="+c.namespace, "wait", "--for=condition=Ready", "--timeout="+programTimeout.String(), "domain/seen-off", "folder/seen-off")
}

// undeploy removes the operator as the docs say.
func (w *world) undeploy(t *testing.T, variables ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "make", append([]string{"undeploy"}, variables...)...)
	command.Dir = harness.Repository(t)
	command.Env = append(os.Environ(), "KUBECONFIG="+w.plane.Kubeconfig, "PATH="+filepath.Dir(harness.Asset(t, "kubectl"))+string(os.PathListSeparator)+os.Getenv("PATH"))
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("make undeploy: %v\n%s", err, output)
	}
}

// deleteNamespace makes a namespace that nothing here knows of, and deletes it.
func (w *world) deleteNamespace(t *testing.T) (name string) {
	t.Helper()
	name = w.plane.NewNamespace(t, "unrelated")
	namespace := &corev1.Namespace{}
	namespace.Name = name
	if err := w.plane.Delete(t.Context(), namespace); err != nil {
		t.Fatal(err)
	}
	return name
}

func (w *world) isGone(t *testing.T, name string) bool {
	t.Helper()
	err := w.plane.Get(t.Context(), client.ObjectKey{Name: name}, &corev1.Namespace{})
	if err != nil && !apierrors.IsNotFound(err) {
		t.Fatal(err)
	}
	return err != nil
}

func (w *world) awaitGone(t *testing.T, name, when string) {
	t.Helper()
	harness.Eventually(t, unblocked, "a namespace to go "+when, func() error {
		if !w.isGone(t, name) {
			return fmt.Errorf("%s is there", name)
		}
		return nil
	})
}
