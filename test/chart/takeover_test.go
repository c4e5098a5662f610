package chart

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// kubectl runs a command against the cluster; it fails the test where that fails.
func (c *cluster) kubectl(input string, arguments ...string) {
	c.Helper()
	command := exec.CommandContext(c.Context(), filepath.Join(os.Getenv("KUBEBUILDER_ASSETS"), "kubectl"), arguments...)
	command.Env, command.Stdin = append(os.Environ(), c.environment...), strings.NewReader(input)
	if said, err := command.CombinedOutput(); err != nil {
		c.Fatalf("kubectl %v: %v\n%s", arguments, err, said)
	}
}

// A person who has installed by kustomize changes to Helm as the chart's README says: objects of his stay, and Helm has the rest.
func TestWhoComesFromKustomizeIsTakenOver(t *testing.T) {
	c := newCluster(t)
	config, err := filepath.Abs(root + "config/default")
	if err != nil {
		t.Fatal(err)
	}
	c.kubectl("", "apply", "--server-side", "--force-conflicts", "--kustomize", config)
	var before apiextensionsv1.CustomResourceDefinition
	if !c.exists(&before, "dnszones.regapi.io") {
		t.Fatal("kustomize has installed nothing")
	}
	c.kubectl("", "--namespace="+namespace, "delete", "deployment", release)
	c.helm("install", release, chart, "--take-ownership", "--force-conflicts")
	var after apiextensionsv1.CustomResourceDefinition
	if !c.exists(&after, "dnszones.regapi.io") || after.UID != before.UID {
		t.Error("the kinds were made anew, and with them every object is gone")
	}
	var deployment appsv1.Deployment
	if err := c.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: release}, &deployment); err != nil || deployment.Labels["app.kubernetes.io/managed-by"] != "Helm" {
		t.Errorf("labels %v, %v", deployment.Labels, err)
	}
	c.helm("uninstall", release)
}
