package apiservertest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// RunNamespaceController runs the controller that empties and removes deleted namespaces, until the test ends. Without it they
// stay as they are.
func RunNamespaceController(t testing.TB) {
	t.Helper()
	kubeconfig := Kubeconfig(t)
	program := filepath.Join(os.Getenv("KUBEBUILDER_ASSETS"), "kube-controller-manager")
	manager := exec.CommandContext(t.Context(), program,
		"--kubeconfig="+kubeconfig,
		"--controllers=namespace-controller",
		"--leader-elect=false",
		"--bind-address=127.0.0.1",
		"--secure-port=0",
	)
	if err := manager.Start(); err != nil {
		t.Fatalf("start the namespace controller (make control-plane builds it): %v", err)
	}
	t.Cleanup(func() { _ = manager.Wait() }) // It was killed: its context ends before.
}

// Kubeconfig writes a file by which programs reach the API server as its administrator, and gives its path.
func Kubeconfig(t testing.TB) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(kubeconfigOf(Config()), file); err != nil {
		t.Fatal(err)
	}
	return file
}

func kubeconfigOf(config *rest.Config) clientcmdapi.Config {
	made := clientcmdapi.NewConfig()
	made.Clusters["test"] = &clientcmdapi.Cluster{Server: config.Host, CertificateAuthorityData: config.CAData}
	made.AuthInfos["test"] = &clientcmdapi.AuthInfo{ClientCertificateData: config.CertData, ClientKeyData: config.KeyData}
	made.Contexts["test"] = &clientcmdapi.Context{Cluster: "test", AuthInfo: "test"}
	made.CurrentContext = "test"
	return *made
}
