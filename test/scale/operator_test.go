package scale

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// stopTimeout is how long the operator may take to end; then it is killed, and the test fails.
const stopTimeout = time.Minute

// program is the operator, as TestMain has built it.
var program string

// build builds the operator into a folder, without symbols as in the image.
func build(folder string) error {
	program = filepath.Join(folder, "operator")
	command := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, "../../cmd/operator")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("build the operator: %w\n%s", err, output)
	}
	return nil
}

// operator is a running operator.
type operator struct {
	t       *testing.T
	command *exec.Cmd
	log     string
	metrics string
	pprof   string
	ended   chan struct{}
}

// startOperator starts the operator, which ends with the test at the latest.
func startOperator(t *testing.T, c *cluster, flags ...string) *operator {
	t.Helper()
	address, pprof := freeAddress(t), freeAddress(t)
	o := &operator{
		t: t, log: filepath.Join(t.TempDir(), "operator.log"), ended: make(chan struct{}),
		metrics: "http://" + address + "/metrics", pprof: "http://" + pprof + "/debug/pprof/",
	}
	o.command = exec.Command(program, append([]string{
		"--kubeconfig=" + c.kubeconfig, "--namespace=" + ownNamespace,
		"--metrics-bind-address=" + address, "--metrics-secure=false", "--health-probe-bind-address=0", "--pprof-bind-address=" + pprof,
		"--allow-loopback-endpoints", "--authoritative-servers=", "--log-level=error",
	}, flags...)...)
	log, err := os.Create(o.log)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	o.command.Stdout, o.command.Stderr = log, log
	if err := o.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = o.command.Wait() // ProcessState tells how it ended.
		close(o.ended)
	}()
	t.Cleanup(func() { o.stop() })
	return o
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// stop ends the operator as Kubernetes does, and gives the most memory that it ever had.
func (o *operator) stop() (peak float64) {
	o.t.Helper()
	peak = peakOf(o.command.Process.Pid)
	_ = o.command.Process.Signal(syscall.SIGTERM) // It fails where the operator has ended.
	select {
	case <-o.ended:
	case <-time.After(stopTimeout):
		o.t.Errorf("the operator did not end within %s", stopTimeout)
		_ = o.command.Process.Kill()
		<-o.ended
	}
	if state := o.command.ProcessState; !state.Success() {
		text, _ := os.ReadFile(o.log)
		o.t.Errorf("the operator ended with %s:\n%s", state, text[max(0, len(text)-4000):])
	}
	return peak
}

// isRunning says whether the operator still runs.
func (o *operator) isRunning() bool {
	select {
	case <-o.ended:
		return false
	default:
		return true
	}
}

// profile keeps a profile of the operator in the folder of -profiles, if there is one.
func (o *operator) profile(page, name string) {
	o.t.Helper()
	if *profiles == "" {
		return
	}
	answer, err := http.Get(o.pprof + page)
	if err != nil {
		o.t.Error(err)
		return
	}
	defer answer.Body.Close()
	file, err := os.Create(filepath.Join(*profiles, name+".pprof"))
	if err != nil {
		o.t.Error(err)
		return
	}
	defer file.Close()
	if _, err := io.Copy(file, answer.Body); err != nil {
		o.t.Error(err)
	}
}

// usage is the CPU that the operator has used so far, and the memory that it has now; zero on a system where it cannot tell.
func (o *operator) usage() (cpu time.Duration, resident float64) {
	o.t.Helper()
	answer, err := http.Get(o.metrics)
	if err != nil {
		o.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(body))
	if err != nil {
		o.t.Fatal(err)
	}
	for _, series := range families["process_cpu_seconds_total"].GetMetric() {
		cpu = time.Duration(series.GetCounter().GetValue() * float64(time.Second))
	}
	for _, series := range families["process_resident_memory_bytes"].GetMetric() {
		resident = series.GetGauge().GetValue()
	}
	return cpu, resident
}
