package main

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/apiservertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// registered are the domains that the spec has registered, one year each.
var registered = []string{"first.ru", "second.ru"}

// TestALostClusterComesBackAsGitSays puts etcd back from a snapshot, makes a new cluster from Git, and restores objects as Velero does. Each time the
// zone ends as Git says, nothing is there twice, and nothing is bought that is there already: docs/backup.md promises it.
func TestALostClusterComesBackAsGitSays(t *testing.T) {
	disk := t.TempDir()
	w := newWorld(t, onDisk(disk))
	w.api.TopUp("customer", "1000000")
	w.allowSpending()
	final := randomRecords(rand.New(rand.NewPCG(20, 11))) // Git has them from before the loss.
	w.workUntilEtcdIsLost(disk, final)
	spent := w.api.Books("customer").Out
	if want := int64(len(registered)) * price; spent != want {
		t.Fatalf("%d hundredths were spent before the loss, want %d", spent, want)
	}
	type loss struct {
		from   string
		strike func()
	}
	snapshot := loss{"from a snapshot of etcd", func() { w.putBack(filepath.Join(disk, "snapshot"), disk) }}
	git := loss{"from Git alone", func() { w.beginAnew(disk) }}
	for _, loss := range []loss{git, snapshot, git} { // In any order.
		loss.strike()
		w.applyGit(final)
		w.runUntilAllIs(append(toSimulator(final), foreign...))
		if out := w.api.Books("customer").Out; out != spent {
			t.Errorf("%s: %d hundredths were spent on domains that the account had", loss.from, out-spent)
		}
	}
	writes := len(w.api.Journal(regapitest.Writes()))
	w.restoreWithoutStatus(nil)
	w.runUntilAllIs(append(toSimulator(final), foreign...))
	if made := len(w.api.Journal(regapitest.Writes())) - writes; made != 0 {
		t.Errorf("%d writes after a restore that changed nothing", made)
	}
	w.restoreWithoutStatus(age)
	w.specify(nil)
	w.runUntilThrottled()
	if left := w.api.Records("example.ru"); len(left) != len(foreign)+len(toSimulator(final)) {
		t.Errorf("a budget that came back old was spent: %v", left)
	}
	if out := w.api.Books("customer").Out; out != spent || w.api.Refusals() != 0 {
		t.Errorf("%d hundredths more were spent, and %d requests refused for their rate", out-spent, w.api.Refusals())
	}
}

// onDisk keeps what a cluster is made of in a folder, and so through its restarts.
func onDisk(folder string) apiservertest.Option {
	return func(environment *envtest.Environment) error {
		certificates := filepath.Join(folder, "certificates")
		environment.ControlPlane.GetAPIServer().CertDir = certificates
		environment.ControlPlane.Etcd = &envtest.Etcd{DataDir: filepath.Join(folder, "etcd")}
		return os.MkdirAll(certificates, 0o700)
	}
}

// workUntilEtcdIsLost has the operator follow a spec that keeps changing, with a snapshot on the way; the domains are bought after that, and
// the spec ends as Git has it. Then everything that ran is gone.
func (w *world) workUntilEtcdIsLost(disk string, final []v1alpha1.NameRecords) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), 2*patience)
	defer cancel()
	for _, name := range registered {
		w.wish(name)
		w.pause(name, "true")
	}
	command, output := w.start(ctx)
	stopEdits := w.editOnAndOn(ctx)
	w.eventually(output, "records to be written", func() bool { return w.api.Calls("zone/add_*") > 0 })
	w.keep(disk, output)
	for _, name := range registered {
		w.pause(name, "false")
	}
	w.eventually(output, "the domains to be registered", func() bool {
		return w.api.Books("customer").Out == int64(len(registered))*price && w.order(registered[0]).Status.State == "Settled" && w.order(registered[1]).Status.State == "Settled"
	})
	stopEdits()
	w.specify(final)
	w.eventually(output, "the last spec to be in place", w.readyNow)
	cancel()
	_ = command.Wait() // Killed by us.
}

// keep copies what etcd holds, while the API server waits for it; output is of the operator that waits too, if one does.
func (w *world) keep(disk string, output interface{ String() string }) {
	w.Helper()
	etcd := w.environment.ControlPlane.Etcd
	err := errors.Join(etcd.Stop(), os.CopyFS(filepath.Join(disk, "snapshot"), os.DirFS(etcd.DataDir)), etcd.Start())
	if err != nil {
		w.Fatal(err)
	}
	w.answers(output)
}

// answers waits until the API server does.
func (w *world) answers(output interface{ String() string }) {
	w.Helper()
	w.eventually(output, "the API server to answer", func() bool {
		return w.Get(w.Context(), client.ObjectKey{Name: "default"}, &corev1.Namespace{}) == nil
	})
}

// editOnAndOn changes the spec again and again, as well as the API server lets it.
func (w *world) editOnAndOn(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var editing sync.WaitGroup
	editing.Go(func() {
		random := rand.New(rand.NewPCG(20, 7))
		for ctx.Err() == nil {
			var zone v1alpha1.DNSZone
			if err := w.Get(ctx, client.ObjectKey{Namespace: "default", Name: "main"}, &zone); err == nil {
				zone.Spec.Records = randomRecords(random)
				_ = w.Update(ctx, &zone) // The next one comes at once.
			}
			time.Sleep(100 * time.Millisecond) // Load, not a wait.
		}
	})
	return func() { cancel(); editing.Wait() }
}

// pause sets the annotation that keeps a domain from being bought.
func (w *world) pause(name, value string) {
	w.Helper()
	patch := client.RawPatch("application/merge-patch+json", []byte(`{"metadata":{"annotations":{"`+v1alpha1.AnnotationPaused+`":"`+value+`"}}}`))
	domain := &v1alpha1.Domain{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name}}
	if err := w.Patch(w.Context(), domain, patch); err != nil {
		w.Fatal(err)
	}
}

// putBack replaces what etcd holds by what a folder has; nothing at all if it names none.
func (w *world) putBack(snapshot, disk string) {
	w.Helper()
	plane := &w.environment.ControlPlane
	err := errors.Join(plane.APIServer.Stop(), plane.Etcd.Stop(), os.RemoveAll(filepath.Join(disk, "etcd")))
	if err == nil && snapshot != "" {
		err = os.CopyFS(filepath.Join(disk, "etcd"), os.DirFS(snapshot))
	}
	if err == nil {
		err = plane.Etcd.Start()
	}
	if err = errors.Join(err, plane.APIServer.Start()); err != nil {
		w.Fatal(err)
	}
}

// beginAnew makes a cluster that has nothing but the kinds.
func (w *world) beginAnew(disk string) {
	w.Helper()
	w.putBack("", disk)
	w.eventually(nil, "the new cluster to take the kinds", func() bool {
		_, err := envtest.InstallCRDs(w.environment.Config, w.environment.CRDInstallOptions)
		return err == nil
	})
}

// applyGit applies what stands in Git, to whatever is there.
func (w *world) applyGit(records []v1alpha1.NameRecords) {
	w.Helper()
	w.answers(nil)
	w.grant(metav1.NamespaceDefault) // Who had a token of another cluster's ServiceAccount gets one of this one's, as a pod does.
	if apierrors.IsNotFound(w.Get(w.Context(), client.ObjectKey{Namespace: "default", Name: "main"}, &v1alpha1.DNSZone{})) {
		w.createObjects()
		w.allowSpending()
		for _, name := range registered {
			w.wish(name)
		}
	}
	for _, name := range registered {
		w.pause(name, "false")
	}
	w.specify(records)
}

// runUntilAllIs runs the operator until the zone holds what it should, and until the domains are known to be there.
func (w *world) runUntilAllIs(want []regapitest.Record) {
	w.Helper()
	w.runUntilReady(want)
	ctx, cancel := context.WithTimeout(w.Context(), patience)
	defer cancel()
	command, output := w.start(ctx)
	for _, name := range registered {
		w.eventually(output, name+" to be active", func() bool {
			var domain v1alpha1.Domain
			err := w.Get(ctx, client.ObjectKey{Namespace: "default", Name: name}, &domain)
			return err == nil && domain.Status.State == v1alpha1.DomainActive
		})
	}
	cancel()
	_ = command.Wait() // Killed by us.
}

// restoreWithoutStatus deletes the objects without the operator's knowing, and creates them as a backup has them: without status, of another
// identity. Of ledgers it restores what change makes of them, and none if there is no change.
func (w *world) restoreWithoutStatus(change func(*corev1.ConfigMap)) {
	w.Helper()
	for _, list := range []client.ObjectList{&v1alpha1.AccountList{}, &v1alpha1.DomainList{}, &v1alpha1.DNSZoneList{}, &corev1.ConfigMapList{}} {
		if err := w.List(w.Context(), list, client.InNamespace("default")); err != nil {
			w.Fatal(err)
		}
		items, err := meta.ExtractList(list)
		if err != nil {
			w.Fatal(err)
		}
		for _, item := range items {
			object := item.(client.Object)
			ledger, isConfigMap := object.(*corev1.ConfigMap)
			if isConfigMap && !strings.HasPrefix(ledger.Name, "regapi-budget-") {
				continue
			}
			w.replace(object)
			if isConfigMap && change == nil {
				continue
			}
			if isConfigMap {
				change(ledger)
			}
			if err := w.Create(w.Context(), object); err != nil { // What is in its status is dropped.
				w.Fatal(err)
			}
		}
	}
}

// replace takes an object out of the cluster, and makes of it what can be created.
func (w *world) replace(object client.Object) {
	w.Helper()
	finalizers := object.GetFinalizers()
	object.SetFinalizers(nil)
	if err := errors.Join(w.Update(w.Context(), object), w.Delete(w.Context(), object)); err != nil {
		w.Fatal(err)
	}
	object.SetFinalizers(finalizers)
	object.SetUID("")
	object.SetResourceVersion("")
	object.SetManagedFields(nil)
}

// age makes a ledger one of an hour's quarter ago, that says nothing was spent.
func age(ledger *corev1.ConfigMap) {
	for key, text := range maps.Clone(ledger.Data) {
		var saved map[string]any
		if err := json.Unmarshal([]byte(text), &saved); err != nil {
			panic(err) // The operator has written it.
		}
		saved["savedAt"] = time.Now().Add(-15 * time.Minute).Unix()
		delete(saved, "spent")
		delete(saved, "from")
		delete(saved, "reserved")
		older, err := json.Marshal(saved)
		if err != nil {
			panic(err)
		}
		ledger.Data[key] = string(older)
	}
}

// runUntilThrottled runs the operator until it says that the zone waits for the hour's requests.
func (w *world) runUntilThrottled() {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), patience)
	defer cancel()
	command, output := w.start(ctx)
	throttled := func(conditions []metav1.Condition) bool {
		return slices.ContainsFunc(conditions, func(c metav1.Condition) bool { return c.Reason == v1alpha1.ReasonThrottled })
	}
	w.eventually(output, "the zone or its account to wait for the hour", func() bool {
		var main v1alpha1.Account
		err := w.Get(ctx, client.ObjectKey{Namespace: "default", Name: "main"}, &main)
		return throttled(w.zone().Status.Conditions) || err == nil && throttled(main.Status.Conditions)
	})
	cancel()
	_ = command.Wait() // Killed by us.
}

// eventually waits for something; output is of the operator that works on it, if one does.
func (w *world) eventually(output interface{ String() string }, what string, check func() bool) {
	w.Helper()
	for deadline := time.Now().Add(patience); !check(); {
		if time.Now().After(deadline) {
			if output != nil {
				w.Logf("output of the operator:\n%s", output)
			}
			w.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(50 * time.Millisecond) // A poll of a real API server; no clock to turn.
	}
}
