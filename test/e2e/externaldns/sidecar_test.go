package externaldns

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/test/e2e/harness"
)

// The ServiceAccount that external-dns' pod would have.
const podNamespace, podAccount = "external-dns", "external-dns"

// newSidecarWorld is newWorld with the operator behind TLS, and the proxy in between that runs beside external-dns.
func newSidecarWorld(t *testing.T, options ...regapitest.Option) (*world, *harness.Process) {
	t.Helper()
	w := newCluster(t, options...)
	w.plane.Make(t,
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: podNamespace}},
		&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: podNamespace, Name: podAccount}},
	)
	w.secure = harness.FreeAddress(t)
	w.operator = w.plane.StartOperator(t, w.api.DNSAddr(),
		"--external-dns-tls-bind-address="+w.secure, "--external-dns-allowed-service-accounts="+podNamespace+"/"+podAccount)

	folder, address := t.TempDir(), harness.FreeAddress(t)
	w.provider = "http://" + address
	proxy := harness.Start(t, "external-dns-proxy", harness.Binary(t, "operator"), "external-dns-proxy",
		"--listen-address="+address, "--health-bind-address="+harness.FreeAddress(t),
		"--operator-url=https://"+w.secure, "--operator-server-name=regapi-operator.system.svc",
		"--operator-ca-file="+writeFile(t, folder, "ca.crt", w.publishedCA(t)),
		"--token-file="+writeFile(t, folder, "token", w.plane.TokenOf(t, podNamespace, podAccount, "regapi-operator")))
	proxy.Serves(t, w.provider)
	return w, proxy
}

// publishedCA waits for the CA of the certificate that the operator makes for itself.
func (w *world) publishedCA(t *testing.T) string {
	t.Helper()
	published := &corev1.ConfigMap{}
	harness.Eventually(t, syncTimeout, "the operator publishes its CA", func() error {
		return w.plane.Get(t.Context(), client.ObjectKey{Namespace: "system", Name: "regapi-operator-ca"}, published)
	})
	return published.Data["ca.crt"]
}

func writeFile(t *testing.T, folder, name, content string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBehindTheSidecarExternalDNSOutlivesTheOperator(t *testing.T) {
	t.Parallel()
	twentieth := newNthWrite(20)
	w, proxy := newSidecarWorld(t, twentieth.hook(t))
	s := w.newSite(t, "sidecar.ru")
	s.addEndpoints(t, "many", s.hosts(30)...)
	<-twentieth.made
	s.operator.Kill(t)
	close(twentieth.released)
	s.softError(t)
	s.operator.Run(t)
	s.haveArrived(t, 30)
	s.settles(t)
	proxy.RequireAlive(t)
}

// After a refusal for the rate the operator makes no request for five minutes, and it remembers that over restarts. The test
// has not so much time: it lets the operator forget.
func TestBehindTheSidecarExternalDNSOutlivesARateLimit(t *testing.T) {
	t.Parallel()
	w, proxy := newSidecarWorld(t)
	s := w.newSite(t, "limited.ru")
	s.addEndpoints(t, "before", s.record("before", "A", "192.0.2.1"))
	s.resolves(t, "before", "A", "192.0.2.1")
	s.settles(t)

	s.api.Inject(regapitest.Fault{Kind: regapitest.FaultRateLimit, Count: 1})
	s.addEndpoints(t, "limited", s.record("limited", "A", "192.0.2.2"))
	s.softError(t)
	requests := len(s.api.Journal())
	s.softError(t)
	if again := s.api.Journal()[requests:]; len(again) != 0 {
		t.Errorf("while the rate is exceeded, the operator asks for %q", functions(again))
	}
	s.operator.Stop(t)
	w.forgetBudgets(t)
	s.operator.Run(t)
	s.arrives(t, "limited", "192.0.2.2")
	s.resolves(t, "before", "A", "192.0.2.1")
	s.settles(t)
	proxy.RequireAlive(t)
}

// forgetBudgets deletes what the operator remembers of its requests, and that it made any: where an Account tells of a login whose ledger
// is lost, only challenges go for an hour.
func (w *world) forgetBudgets(t *testing.T) {
	t.Helper()
	var accounts v1alpha1.AccountList
	if err := w.plane.List(t.Context(), &accounts); err != nil {
		t.Fatal(err)
	}
	for i := range accounts.Items {
		accounts.Items[i].Status = v1alpha1.AccountStatus{}
		if err := w.plane.Status().Update(t.Context(), &accounts.Items[i]); err != nil {
			t.Fatal(err)
		}
	}
	var kept corev1.ConfigMapList
	if err := w.plane.List(t.Context(), &kept, client.InNamespace("system")); err != nil {
		t.Fatal(err)
	}
	for _, ledger := range kept.Items {
		if !strings.HasPrefix(ledger.Name, "regapi-budget-") {
			continue
		}
		if err := w.plane.Delete(t.Context(), &ledger); err != nil {
			t.Fatal(err)
		}
	}
}
