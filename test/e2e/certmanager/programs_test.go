package certmanager

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/test/e2e/harness"
)

// programTimeout is how long a program may take to be ready, several times what it takes on two busy cores.
const programTimeout = time.Minute

// pebble is a certificate authority that speaks ACME.
type pebble struct {
	// directory is the URL that clients begin with, and authority the CA of the server itself.
	directory string
	authority []byte
	// roots sign the certificates that it issues.
	roots *x509.CertPool
}

// startPebble starts a Pebble that asks the name server (host:port) for the records of challenges.
func startPebble(t *testing.T, nameServer string) pebble {
	t.Helper()
	authority := harness.NewAuthority(t, "pebble-ca")
	certificate, key := authority.WritePair(t, "pebble", "127.0.0.1")
	address, management := harness.FreeAddress(t), harness.FreeAddress(t)
	config, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": address, "managementListenAddress": management,
		"certificate": certificate, "privateKey": key,
		"keyAlgorithm": "ecdsa", "retryAfter": map[string]int{"authz": 1, "order": 1},
	}})
	if err != nil {
		t.Fatal(err)
	}
	configFile := filepath.Join(t.TempDir(), "pebble.json")
	if err := os.WriteFile(configFile, config, 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(harness.Binary(t, "pebble"), "-config", configFile, "-dnsserver", nameServer)
	// Pebble makes life hard for clients: by pauses, by refusing good nonces, and by taking some names as validated before.
	// cert-manager copes, and what it asks of the solver should not be left to chance.
	command.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0", "PEBBLE_AUTHZREUSE=0")
	process := harness.StartCommand(t, "pebble", command)

	p := pebble{directory: "https://" + address + "/dir", authority: authority.PEM(), roots: x509.NewCertPool()}
	harness.Eventually(t, programTimeout, "pebble answers", func() error {
		process.RequireAlive(t)
		if _, err := p.get(t, p.directory); err != nil {
			return err
		}
		root, err := p.get(t, "https://"+management+"/roots/0")
		if err == nil && !p.roots.AppendCertsFromPEM(root) {
			err = fmt.Errorf("its root is no certificate: %s", root)
		}
		return err
	})
	return p
}

func (p pebble) get(t *testing.T, url string) ([]byte, error) {
	t.Helper()
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(p.authority)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := (&http.Client{Transport: transport, Timeout: programTimeout}).Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s", url, response.Status)
	}
	return body, err
}

// certManagerNamespace is where cert-manager is installed by default, under the ServiceAccount of the same name.
const certManagerNamespace = "cert-manager"

// startCertManager starts cert-manager's controller with the rights that its own chart gives it, as far as these tests need them, and
// with what the operator's manifests add.
func (w *world) startCertManager(t *testing.T) {
	t.Helper()
	plane := w.plane
	plane.Kubectl(t, "", "create", "namespace", certManagerNamespace)
	plane.Kubectl(t, "", "create", "serviceaccount", "--namespace="+certManagerNamespace, certManagerNamespace)
	plane.Kubectl(t, "", "apply", "--server-side", "--filename="+testdata(t, "cert-manager.yaml"))
	harness.Start(t, "cert-manager", harness.Binary(t, "cert-manager"),
		"--kubeconfig="+plane.KubeconfigOf(t, certManagerNamespace, certManagerNamespace),
		"--cluster-resource-namespace="+certManagerNamespace,
		// A worker sleeps through the wait before the self-check, so each challenge needs one of its own.
		"--concurrent-workers=100", "--max-concurrent-challenges=100",
		"--dns01-recursive-nameservers="+w.nameServer, "--dns01-recursive-nameservers-only", "--dns01-check-retry-period=1s",
		// Pebble gives a name server 2 s and does not ask twice: on a busy machine an order may fail, and a new one is due.
		"--certificate-request-minimum-backoff-duration=1s",
		"-v=2",
	)
}

// certManagerCRDs is the folder of cert-manager's CRDs, in the module of the version that is built.
func certManagerCRDs(t *testing.T) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/cert-manager/cert-manager")
	command.Dir = filepath.Join(harness.Repository(t), "test", "programs", "certmanager")
	folder, err := command.Output()
	if err != nil {
		t.Fatalf("find cert-manager's module: %v", err)
	}
	return filepath.Join(strings.TrimSpace(string(folder)), "deploy", "crds")
}

func testdata(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}
