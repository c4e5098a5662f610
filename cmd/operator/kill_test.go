package main

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/client-go/util/retry"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/apiservertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

const (
	kills    = 50
	patience = 3 * time.Minute
)

// foreign records were there before the operator.
var foreign = []regapitest.Record{
	{Name: "legacy", Type: "A", Content: "192.0.2.200"},
	{Name: "name-0", Type: "CAA", Content: `0 issue "letsencrypt.org"`},
}

// TestKilledAtAnyRequestTheZoneEndsAsSpecified kills the operator fifty times, each time at another moment of another
// request, while the spec keeps changing; then it lets the operator finish, and in the end asks for no records at all.
func TestKilledAtAnyRequestTheZoneEndsAsSpecified(t *testing.T) {
	w := newWorld(t)
	random := rand.New(rand.NewPCG(50, 1))
	for range kills {
		w.specify(randomRecords(random))
		stage := []regapitest.Stage{regapitest.StageReceived, regapitest.StageApplied, regapitest.StageAnswered}[random.IntN(3)]
		w.runUntilKilled(1+random.IntN(12), stage)
	}
	final := randomRecords(random)
	w.specify(final)
	w.runUntilReady(append(toSimulator(final), foreign...))
	w.specify(nil)
	w.runUntilReady(foreign)
	if written := w.api.Calls("zone/add_*"); written == 0 {
		t.Error("nothing was ever written")
	}
	t.Logf("%d kills, %d requests, %d of them writes", kills, len(w.api.Journal()), len(w.api.Journal(regapitest.Writes())))
}

// world is an API server, a simulator that keeps duplicates, and at most one operator between them. The operator has the rights of
// config/default in the namespace default, and the test fails if the API server refuses it anything.
type world struct {
	*testing.T
	client.Client
	api *regapitest.Server
	// admin is the kubeconfig of an administrator, and kubeconfig that of the operator.
	admin, kubeconfig string
	audit             *apiservertest.Audit
	trap              *trap
	// environment is the cluster, and flags are what the operator is started with besides.
	environment *envtest.Environment
	flags       []string
}

// trap kills a process at a stage of one of the next requests.
type trap struct {
	mu       sync.Mutex
	requests int
	stage    regapitest.Stage
	victim   *os.Process
	// listener is told of every stage instead.
	listener func(regapitest.Stage, *regapitest.Entry)
	deeds    []*deed
}

// deed is what somebody does at a stage of the first request of a login for a function.
type deed struct {
	login, function string
	stage           regapitest.Stage
	do              func()
}

// at has something done at a stage of the next request of a login for a function, which goes on when it is done.
func (k *trap) at(login, function string, stage regapitest.Stage, do func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.deeds = append(k.deeds, &deed{login, function, stage, do})
}

// when has something done in the first request of a login for a function in which a condition holds, which goes on when it is done.
func (k *trap) when(holds func() bool, login, function string, do func()) {
	k.at(login, function, regapitest.StageReceived, func() {
		if holds() {
			do()
		} else {
			k.when(holds, login, function, do)
		}
	})
}

// due takes out what is to be done at a stage of a request.
func (k *trap) due(stage regapitest.Stage, entry *regapitest.Entry) (do []func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.deeds = slices.DeleteFunc(k.deeds, func(d *deed) bool {
		now := d.login == entry.Login && d.function == entry.Function && d.stage == stage
		if now {
			do = append(do, d.do)
		}
		return now
	})
	return do
}

func (k *trap) listen(listener func(regapitest.Stage, *regapitest.Entry)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.listener = listener
}

func (k *trap) set(requests int, stage regapitest.Stage, victim *os.Process) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.requests, k.stage, k.victim = requests, stage, victim
}

func (k *trap) spring(stage regapitest.Stage, entry *regapitest.Entry) {
	for _, do := range k.due(stage, entry) {
		do() // Without the lock: it may ask the simulator for something.
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.listener != nil {
		k.listener(stage, entry)
		return
	}
	if k.victim == nil || stage != k.stage {
		return
	}
	k.requests--
	if k.requests == 0 {
		_ = k.victim.Kill() // Waiting for it tells whether it died of this.
		k.victim = nil
	}
}

func newWorld(t *testing.T, options ...apiservertest.Option) *world {
	t.Helper()
	return newWorldIn(t, metav1.NamespaceDefault, options...)
}

// newWorldIn is newWorld with config/default in another namespace.
func newWorldIn(t *testing.T, namespace string, options ...apiservertest.Option) *world {
	t.Helper()
	w := newCluster(t, namespace, options...)
	w.startSimulator()
	w.createObjects()
	return w
}

// newCluster is a world with neither a simulator nor objects.
func newCluster(t *testing.T, namespace string, options ...apiservertest.Option) *world {
	t.Helper()
	audit := apiservertest.NewAudit(t, "system:serviceaccount:"+namespace+":"+defaultService)
	environment := apiservertest.Start(t, append(options, apiservertest.WithCRDs(), audit.Configure)...)
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	config := rest.CopyConfig(environment.Config)
	config.QPS = -1 // A test that polls for many objects is not to be slowed down.
	kube, err := client.New(config, client.Options{Scheme: scheme})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, Client: kube, environment: environment, audit: audit, trap: &trap{}, admin: filepath.Join(t.TempDir(), "kubeconfig")}
	w.writeKubeconfig(environment)
	w.grant(namespace)
	w.Cleanup(func() {
		for _, asked := range w.audit.Refused() {
			w.Errorf("config/default lacks a right that the operator needs: %s", asked)
		}
	})
	return w
}

func (w *world) writeKubeconfig(environment *envtest.Environment) {
	user, err := environment.AddUser(envtest.User{Name: "administrator", Groups: []string{"system:masters"}}, nil)
	if err != nil {
		w.Fatal(err)
	}
	kubeconfig, err := user.KubeConfig()
	if err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(w.admin, kubeconfig, 0o600); err != nil {
		w.Fatal(err)
	}
}

// grant gives the operator the rights of config/default in a namespace, and the kubeconfig of its ServiceAccount.
func (w *world) grant(namespace string) {
	w.Helper()
	made := render(w.T, "namespace: "+namespace+"\nresources: [config/default]\n")
	for _, object := range made {
		if object.GetKind() == "RoleBinding" && object.GetName() == "regapi-operator-secrets" && namespace != metav1.NamespaceDefault {
			elsewhere := object.DeepCopy() // where createObjects makes an Account
			elsewhere.SetNamespace(metav1.NamespaceDefault)
			w.apply(manifests{elsewhere})
		}
	}
	w.applyAccess(made)
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: defaultService}}
	token := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: new(int64(24 * 60 * 60))}}
	if err := w.SubResource("token").Create(w.Context(), account, token); err != nil {
		w.Fatal(err)
	}
	config, err := clientcmd.LoadFromFile(w.admin)
	if err != nil {
		w.Fatal(err)
	}
	for name := range config.AuthInfos {
		config.AuthInfos[name] = &clientcmdapi.AuthInfo{Token: token.Status.Token}
	}
	w.kubeconfig = filepath.Join(w.TempDir(), "operator.kubeconfig")
	if err := clientcmd.WriteToFile(*config, w.kubeconfig); err != nil {
		w.Fatal(err)
	}
	w.eventually(nil, "the API server to know the ServiceAccount", func() bool { // A new API server takes a moment.
		as, err := clientcmd.BuildConfigFromFlags("", w.kubeconfig)
		if err != nil {
			w.Fatal(err)
		}
		operator, err := client.New(as, client.Options{Scheme: w.Scheme()})
		return err == nil && operator.Create(w.Context(), &authenticationv1.SelfSubjectReview{}) == nil
	})
}

// applyAccess creates what a kustomization grants, and to whom.
func (w *world) applyAccess(made manifests) {
	w.Helper()
	for _, object := range made {
		if object.GetKind() == "Namespace" || object.GetKind() == "ServiceAccount" || object.GroupVersionKind().Group == rbacv1.GroupName {
			w.apply(manifests{object})
		}
	}
}

// simulator starts one, whose requests may spring the trap.
func (w *world) simulator(behaviour regapitest.Behaviour) *regapitest.Server {
	w.Helper()
	simulator, err := regapitest.Start(regapitest.WithHook(w.trap.spring), regapitest.WithHourlyLimit(0), regapitest.WithBehaviour(behaviour))
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(simulator.Close)
	return simulator
}

func (w *world) startSimulator() {
	simulator := w.simulator(regapitest.Behaviour{DuplicateAdd: regapitest.DuplicateKeep})
	simulator.AddAccount(regapitest.Account{Login: "customer", Password: "secret"})
	simulator.AddDomain("customer", regapitest.Domain{Name: "example.ru", Records: foreign})
	w.api = simulator
}

func (w *world) createObjects() {
	place := metav1.ObjectMeta{Namespace: "default", Name: "main"}
	for _, object := range []client.Object{
		&corev1.Secret{ObjectMeta: place, StringData: map[string]string{"username": "customer", "password": "secret"}},
		&v1alpha1.Account{ObjectMeta: place, Spec: v1alpha1.AccountSpec{SecretRef: v1alpha1.SecretReference{Name: "main"}, Endpoint: w.api.URL()}},
		&v1alpha1.DNSZone{ObjectMeta: place, Spec: v1alpha1.DNSZoneSpec{
			AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: "example.ru",
			DeletionGuard: &v1alpha1.DeletionGuard{MaxPercent: new(int32(100))}, // Nobody is there to approve a plan.
		}},
	} {
		if err := w.Create(w.Context(), object); err != nil {
			w.Fatal(err)
		}
	}
}

// specify changes the spec while no operator runs.
func (w *world) specify(records []v1alpha1.NameRecords) {
	w.Helper()
	edit(w, w.zone(), func(z *v1alpha1.DNSZone) { z.Spec.Records = records })
}

// edit changes an object that the operator writes as well.
func edit[T client.Object](w *world, object T, change func(T)) {
	w.Helper()
	err := retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		if err := w.Get(w.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		change(object)
		return w.Update(w.Context(), object)
	})
	if err != nil {
		w.Fatalf("change %T %s: %v", object, object.GetName(), err)
	}
}

func (w *world) zone() *v1alpha1.DNSZone {
	w.Helper()
	var zone v1alpha1.DNSZone
	if err := w.Get(w.Context(), client.ObjectKey{Namespace: "default", Name: "main"}, &zone); err != nil {
		w.Fatal(err)
	}
	return &zone
}

// start runs the operator. Of a flag that is given twice the last one counts.
func (w *world) start(ctx context.Context, flags ...string) (*exec.Cmd, *bytes.Buffer) {
	w.Helper()
	command := exec.CommandContext(ctx, program(),
		"--kubeconfig", w.kubeconfig, "--metrics-bind-address", "0", "--health-probe-bind-address", "0", "--resync-interval", "1s",
		"--allow-loopback-endpoints", "--authoritative-servers", w.api.DNSAddr())
	command.Args = append(append(command.Args, w.flags...), flags...)
	command.Env = append(os.Environ(), runAsOperator+"=yes")
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	if err := command.Start(); err != nil {
		w.Fatal(err)
	}
	return command, &output
}

// runUntilKilled runs the operator until it dies at a stage of its nth request.
func (w *world) runUntilKilled(request int, stage regapitest.Stage) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), patience)
	defer cancel()
	command, output := w.start(ctx)
	w.trap.set(request, stage, command.Process)
	err := command.Wait()
	if ctx.Err() != nil {
		w.Fatalf("the operator made no %d requests within %s; its output:\n%s", request, patience, output)
	}
	if err == nil || command.ProcessState.Exited() {
		w.Fatalf("the operator ended by itself (%v); its output:\n%s", err, output)
	}
}

// runUntilReady runs the operator until the zone is Ready as specified, and holds the zone against what it should hold.
func (w *world) runUntilReady(want []regapitest.Record) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), patience)
	defer cancel()
	command, output := w.start(ctx)
	defer func() {
		cancel()
		_ = command.Wait() // Killed by us.
	}()
	for !w.readyNow() {
		select {
		case <-ctx.Done():
			w.Fatalf("the zone does not become Ready: %+v; output of the operator:\n%s", w.zone().Status.Conditions, output)
		case <-time.After(50 * time.Millisecond):
		}
	}
	if diff := cmp.Diff(counted(want), counted(w.api.Records("example.ru"))); diff != "" {
		w.Errorf("the zone (-want +got):\n%s", diff)
	}
}

func (w *world) readyNow() bool {
	w.Helper()
	zone := w.zone()
	ready := meta.FindStatusCondition(zone.Status.Conditions, v1alpha1.ConditionReady)
	return ready != nil && ready.Status == metav1.ConditionTrue && ready.ObservedGeneration == zone.Generation
}
