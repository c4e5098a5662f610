package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/clientcmd"
	clocktesting "k8s.io/utils/clock/testing"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/apiservertest"
	"github.com/regapi-io/regapi-operator/internal/leader"
	"github.com/regapi-io/regapi-operator/internal/serving"
)

// TestWhenTheLeaderDiesAnotherReplicaTakesOver runs the real program twice, as config/default says and with the roles that
// it grants, kills the leader, and in the end stops the other one as Kubernetes does.
func TestWhenTheLeaderDiesAnotherReplicaTakesOver(t *testing.T) {
	w := install(t)
	one := w.startReplica("one")
	w.await(one, "the first replica to lead", func() bool { return w.leads("one") })
	two := w.startReplica("two")
	t.Run("metrics of both are for who may read them", func(t *testing.T) { w.checkMetrics(t, one, two) })

	one.kill()
	w.await(two, "the second replica to lead, and alone", func() bool { return w.leads("two") })
	w.specify([]v1alpha1.NameRecords{{Name: "www", A: []v1alpha1.IPv4Address{"192.0.2.80"}}})
	w.await(two, "the second replica to work", w.readyNow)

	two.signal(t, syscall.SIGTERM)
	if err := two.end(); err != nil {
		t.Errorf("the second replica ended with %v; its output:\n%s", err, two.output)
	}
	if !w.leads() {
		t.Error("a pod has the label after the end of the last replica")
	}
	checkLog(t, one.output, false)
	checkLog(t, two.output, false)
}

// TestTheRoleOfTheOperatorCoversItsServingCertificate has it renewed, published, and given to an APIService that comes late.
func TestTheRoleOfTheOperatorCoversItsServingCertificate(t *testing.T) {
	w := install(t)
	const service, day = "regapi-operator", 24 * time.Hour
	former := serving.NewSelfManaged(serving.Settings{
		Kube: w, Namespace: w.namespace, Service: service, Clock: clocktesting.NewFakeClock(time.Now().Add(-70 * day)),
	})
	old := w.serve(former.Start, former)

	config, err := clientcmd.BuildConfigFromFlags("", w.kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	mgr, err := ctrl.NewManager(config, ctrl.Options{Metrics: server.Options{BindAddress: "0"}})
	if err != nil {
		t.Fatal(err)
	}
	options := servingOptions{service: service}
	certificate, err := options.source(mgr, w.namespace, []string{acmeAPIService}).get()
	if err != nil {
		t.Fatal(err)
	}
	renewed := w.serve(mgr.Start, certificate, w.awaitAuthority)
	if renewed.Equal(old) || time.Since(renewed.NotBefore) > day {
		t.Errorf("a certificate of %s is served", renewed.NotBefore)
	}
}

// serve starts something until a certificate is there and all else is done, and gives the certificate.
func (i *installation) serve(start func(context.Context) error, certificate serving.Certificate, await ...func(context.Context)) *x509.Certificate {
	i.Helper()
	ctx, stop := context.WithTimeout(i.Context(), patience)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- start(ctx) }()
	if err := certificate.Wait(ctx); err != nil {
		i.Fatal(err)
	}
	for _, done := range await {
		done(ctx)
	}
	stop()
	if err := <-ended; err != nil {
		i.Fatal(err)
	}
	served, err := certificate.GetCertificate(nil)
	if err != nil {
		i.Fatal(err)
	}
	return served.Leaf
}

// awaitAuthority creates an APIService, and waits until it is given the authority. Patience ends before the check that comes
// once a minute: the operator has to be watching.
func (i *installation) awaitAuthority(ctx context.Context) {
	i.Helper()
	kubectl(ctx, i.T, []byte(apiService), "--kubeconfig", i.admin, "apply", "-f", "-")
	for ctx.Err() == nil {
		if len(kubectl(ctx, i.T, nil, "--kubeconfig", i.admin, "get", "apiservice", acmeAPIService, "--output=jsonpath={.spec.caBundle}")) > 0 {
			return
		}
	}
	i.Fatal("the APIService was not given the authority")
}

const (
	acmeAPIService = "v1alpha1.acme.regapi.io"
	apiService     = `
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata:
  name: v1alpha1.acme.regapi.io
  annotations: {regapi.io/inject-ca: "true"}
spec:
  group: acme.regapi.io
  version: v1alpha1
  groupPriorityMinimum: 1000
  versionPriority: 15
  service: {namespace: regapi-system, name: regapi-operator}
`
)

// installation is a world with config/default, and what kubelets would have started of it.
type installation struct {
	*world
	namespace string
	args      []string
}

// install applies config/default.
func install(t *testing.T) *installation {
	t.Helper()
	return installWith(t, "")
}

// installWith is install with components of config, and with an API server of its own options.
func installWith(t *testing.T, components string, options ...apiservertest.Option) *installation {
	t.Helper()
	w := newWorldIn(t, "regapi-system", options...)
	made := render(t, "resources: [config/default]\ncomponents: ["+components+"]\n")
	deployment := find[appsv1.Deployment](t, made, "Deployment")
	w.apply(made)
	i := &installation{
		world: w, namespace: deployment.Namespace,
		args: deployment.Spec.Template.Spec.Containers[0].Args,
	}
	for _, name := range []string{"one", "two"} {
		pod := &corev1.Pod{ObjectMeta: deployment.Spec.Template.ObjectMeta, Spec: deployment.Spec.Template.Spec}
		pod.Namespace, pod.Name = i.namespace, name
		if err := w.Create(t.Context(), pod); err != nil {
			t.Fatal(err)
		}
	}
	return i
}

// apply creates objects, and leaves those alone that are there.
func (w *world) apply(made manifests) {
	w.Helper()
	for _, object := range made {
		if object.GetKind() == "APIService" {
			continue // Nobody would serve it: its Service selects pods that run nothing here.
		}
		if err := w.Create(w.Context(), object); client.IgnoreAlreadyExists(err) != nil {
			w.Fatal(err)
		}
	}
}

// replica is one of two operators. Its output is read after its end only.
type replica struct {
	command *exec.Cmd
	output  *bytes.Buffer
	metrics string // address

	ended chan struct{}
	err   error
}

// newReplica watches a process that was started.
func newReplica(command *exec.Cmd, output *bytes.Buffer) *replica {
	r := &replica{command: command, output: output, ended: make(chan struct{})}
	go func() {
		r.err = command.Wait()
		close(r.ended)
	}()
	return r
}

// end waits for the end of the process.
func (r *replica) end() error {
	<-r.ended
	return r.err
}

// startReplica runs the operator as its Deployment does, but for where it is, and a Lease that it keeps while the machine stands still.
func (i *installation) startReplica(pod string, flags ...string) *replica {
	i.Helper()
	metrics, output := freeAddress(i.T), &bytes.Buffer{}
	command := exec.CommandContext(i.Context(), program(), append(slices.Clone(i.args),
		"--kubeconfig", i.kubeconfig, "--metrics-bind-address", metrics, "--health-probe-bind-address", "0",
		"--allow-loopback-endpoints", "--resync-interval", "1s", "--authoritative-servers", i.api.DNSAddr(),
		"--leader-elect-lease-duration", "30s", "--leader-elect-renew-deadline", "25s", "--leader-elect-retry-period", "500ms")...)
	command.Args = append(command.Args, flags...)
	command.Env = append(os.Environ(), runAsOperator+"=yes", podNameVariable+"="+pod, podNamespaceVariable+"="+i.namespace)
	command.Stdout, command.Stderr = output, output
	if err := command.Start(); err != nil {
		i.Fatal(err)
	}
	started := newReplica(command, output)
	started.metrics = metrics
	i.Cleanup(started.kill)
	return started
}

// kill is harmless if the replica has ended.
func (r *replica) kill() {
	_ = r.command.Process.Kill()
	_ = r.end()
}

// leads says whether exactly these pods have the leader's label.
func (i *installation) leads(names ...string) bool {
	i.Helper()
	var pods corev1.PodList
	if err := i.List(i.Context(), &pods, client.MatchingLabels{leader.Label: leader.LabelValue}); err != nil {
		i.Fatal(err)
	}
	var found []string
	for _, pod := range pods.Items {
		found = append(found, pod.Name)
	}
	slices.Sort(found)
	return slices.Equal(found, names)
}

func (w *world) await(working *replica, what string, check func() bool) {
	w.Helper()
	for deadline := time.Now().Add(patience); !check(); {
		if time.Now().After(deadline) {
			working.kill()
			w.Fatalf("waited in vain for %s; output of the operator:\n%s", what, working.output)
		}
		time.Sleep(50 * time.Millisecond) // A poll of a real API server; no clock to turn.
	}
}
