package otherapi_test

import (
	"bytes"
	"context"
	"flag"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/apiservertest"
	"github.com/regapi-io/regapi-operator/test/otherapi"
)

func TestMain(m *testing.M) {
	ctrl.SetLogger(logr.Discard())
	flag.Parse()
	_ = flag.Set("test.parallel", "32") // The combinations wait more than they work.
	os.Exit(m.Run())
}

// sweep is how often the operator looks at each account.
const sweep = 3 * time.Second

// world is an API server with the real operator.
type world struct {
	client.Client
	log *log
}

// log is what the operator writes.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// about gives the last lines that name something.
func (l *log) about(name string, lines int) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []string
	for line := range strings.Lines(l.text.String()) {
		if strings.Contains(line, name) {
			found = append(found, line)
		}
	}
	return strings.Join(found[max(0, len(found)-lines):], "")
}

func newWorld(t *testing.T) *world {
	t.Helper()
	environment := apiservertest.Start(t, apiservertest.WithCRDs())
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	kube, err := client.New(environment.Config, client.Options{Scheme: scheme})
	if err != nil {
		t.Fatal(err)
	}
	user, err := environment.AddUser(envtest.User{Name: "operator", Groups: []string{"system:masters"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	kubeconfig, err := user.KubeConfig()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Client: kube, log: &log{}}
	w.startOperator(t, kubeconfig)
	return w
}

// startOperator builds the operator and runs it until the test ends.
func (w *world) startOperator(t *testing.T, kubeconfig []byte) {
	t.Helper()
	folder := t.TempDir()
	binary, config := filepath.Join(folder, "operator"), filepath.Join(folder, "kubeconfig")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", binary, "../../cmd/operator").CombinedOutput(); err != nil {
		t.Fatalf("build the operator: %v\n%s", err, out)
	}
	if err := os.WriteFile(config, kubeconfig, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, binary, "--kubeconfig", config, "--metrics-bind-address", "0", "--health-probe-bind-address", "0",
		"--allow-loopback-endpoints", "--resync-interval", sweep.String(), "--authoritative-servers", "", "--egress-requests-per-hour", "1000000")
	command.Stdout, command.Stderr = w.log, w.log
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 10 * time.Second
	if err := command.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	t.Cleanup(func() {
		select {
		case err := <-ended:
			t.Errorf("the operator ended by itself (%v)", err)
			cancel()
		default:
			cancel()
			if err := <-ended; err != nil {
				t.Logf("the operator was stopped: %v", err)
			}
		}
	})
}

// serve runs an instance until the test ends, and gives its endpoint.
func serve(t *testing.T, instance *otherapi.Server) string {
	t.Helper()
	server := httptest.NewServer(instance)
	t.Cleanup(server.Close)
	return server.URL + "/api/regru2/"
}
