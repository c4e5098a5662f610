package folder_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/controller/folder"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/controller/waking"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// errKilled is what a process sees of its own end: nothing it does has an effect any more.
var errKilled = errors.New("killed")

// immortal is how many steps an operator lives that is not killed.
const immortal = 1 << 30

// life is one life of the operator: it ends at a step, which is a request to REG.API or a write to the API server.
type life struct {
	mu     sync.Mutex
	left   int
	chance *rand.Rand
}

// step takes a step. The last one has its effect or not, and the operator hears of it no more; later ones have none.
func (l *life) step() (alive, effect bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left--
	return l.left > 0, l.left > 0 || (l.left == 0 && l.chance.IntN(2) == 0)
}

// losesAnswer says whether an answer gets lost on its way to an operator that lives on. It does not towards one that is to come to an end of its work.
func (l *life) losesAnswer() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.left < 1000 && l.chance.IntN(8) == 0
}

func (l *life) over() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.left <= 0
}

// world is a simulator and an API server that outlive the operator. It lives in a bubble of synctest.
type world struct {
	*testing.T
	api    *regapitest.Server
	kube   client.WithWatch
	chance *rand.Rand
	life   *life
}

const (
	killNamespace = "default"
	foreignMember = "foreign.ru"
)

func newWorld(t *testing.T, seed uint64) *world {
	// REG.API may take a second folder of a name or not: there must be none either way.
	habits := regapitest.WithBehaviour(regapitest.Behaviour{DuplicateFolders: seed%2 == 0, OneFolder: seed%3 == 0})
	w := &world{T: t, api: regapitest.New(habits), chance: rand.New(rand.NewPCG(seed, 17))}
	w.begin(immortal)
	w.api.AddAccount(regapitest.Account{Login: controllertest.Login, Password: controllertest.Password, UserID: 4711})
	for _, name := range append(killNames(), foreignMember) {
		w.api.AddDomain(controllertest.Login, regapitest.Domain{Name: name})
	}
	if w.chance.IntN(2) == 0 {
		w.api.AddFolder(controllertest.Login, regapitest.Folder{Name: "shop", Domains: []string{foreignMember}})
	}
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: killNamespace, Name: "main"}, Data: map[string][]byte{
		"username": []byte(controllertest.Login), "password": []byte(controllertest.Password),
	}}
	builder := fake.NewClientBuilder().WithScheme(scheme).WithObjects(secret, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: killNamespace}}).
		WithStatusSubresource(&v1alpha1.Account{}, &v1alpha1.Folder{})
	w.kube = folder.Indexed(builder).WithInterceptorFuncs(interceptor.Funcs{
		Patch: func(ctx context.Context, kube client.WithWatch, object client.Object, patch client.Patch, options ...client.PatchOption) error {
			return w.write(func() error { return kube.Patch(ctx, object, patch, options...) })
		},
		SubResourcePatch: func(ctx context.Context, kube client.Client, sub string, object client.Object, patch client.Patch, options ...client.SubResourcePatchOption) error {
			return w.write(func() error { return kube.SubResource(sub).Patch(ctx, object, patch, options...) })
		},
	}).Build()
	w.addAccount()
	return w
}

func killNames() []string {
	var names []string
	for n := range 6 {
		names = append(names, fmt.Sprintf("member-%d.ru", n))
	}
	return names
}

// addAccount makes an Account that an earlier check has proven.
func (w *world) addAccount() {
	var secret corev1.Secret
	if err := w.kube.Get(w.Context(), types.NamespacedName{Namespace: killNamespace, Name: "main"}, &secret); err != nil {
		w.Fatal(err)
	}
	object := &v1alpha1.Account{
		ObjectMeta: metav1.ObjectMeta{Namespace: killNamespace, Name: "main"},
		Spec:       v1alpha1.AccountSpec{SecretRef: v1alpha1.SecretReference{Name: "main"}, Endpoint: killEndpoint},
		Status: v1alpha1.AccountStatus{
			UserID: "4711", SecretVersion: secret.ResourceVersion, ID: account.LoginID(killEndpoint, 4711),
			Conditions: []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonSucceeded}},
		},
	}
	written := object.DeepCopy()
	if err := errors.Join(w.kube.Create(w.Context(), written)); err != nil {
		w.Fatal(err)
	}
	written.Status = object.Status
	if err := w.kube.Status().Update(w.Context(), written); err != nil {
		w.Fatal(err)
	}
}

// begin begins another life.
func (w *world) begin(steps int) {
	w.life = &life{left: steps, chance: rand.New(rand.NewPCG(w.chance.Uint64(), 29))}
}

// killed is the way of an operator to REG.API.
type killed struct {
	http.RoundTripper
	life *life
}

// RoundTrip takes a step with a request.
func (k killed) RoundTrip(request *http.Request) (*http.Response, error) {
	alive, effect := k.life.step()
	if !effect {
		return nil, errKilled
	}
	response, err := k.RoundTripper.RoundTrip(request)
	if alive && !k.life.losesAnswer() {
		return response, err
	}
	if err == nil {
		response.Body.Close()
	}
	return nil, errKilled
}

const killEndpoint = "http://127.0.0.1:1/api/regru2/"

// write is a write to the API server, which a killed process makes or does not make, and never hears of.
func (w *world) write(do func() error) error {
	alive, effect := w.life.step()
	if !effect {
		return errKilled
	}
	err := do()
	if !alive {
		return errKilled
	}
	return err
}

// live has a new process reconcile the Folder until it is settled, or that process is killed, or nothing more happens.
func (w *world) live(steps, tries int) {
	w.begin(steps)
	endpoints, err := account.ParseEndpoints([]string{killEndpoint}, true)
	if err != nil {
		w.Fatal(err)
	}
	directory := account.NewDirectory(account.Settings{
		Secrets: w.kube, Endpoints: endpoints, SweepInterval: time.Hour, Options: []regapi.Option{regapi.WithTransport(killed{w.api.Transport(), w.life})},
	})
	ctx, stop := context.WithCancel(w.Context())
	ended := make(chan error, 1)
	go func() { ended <- directory.Start(ctx) }()
	reconciler := &folder.Reconciler{
		Writer: status.Writer{Client: w.kube, Events: events.NewFakeRecorder(1000)}, Directory: directory, Alarm: &waking.Alarm{}, Metrics: folder.NewMetrics(nil),
	}
	key := types.NamespacedName{Namespace: killNamespace, Name: "shop"}
	for range tries {
		result, err := reconciler.Reconcile(ctx, ctrl.Request{NamespacedName: key})
		if w.life.over() {
			break
		}
		switch {
		case err != nil:
			time.Sleep(5 * time.Second)
		case result.RequeueAfter > 0 && result.RequeueAfter < 10*time.Minute:
			time.Sleep(result.RequeueAfter)
		default:
			tries = 0
		}
		if tries == 0 {
			break
		}
	}
	stop()
	if err := <-ended; err != nil && !w.life.over() {
		w.Errorf("the directory: %v", err)
	}
}

// change gives the Folder another spec.
func (w *world) change(members []string, membership v1alpha1.Membership) {
	key := types.NamespacedName{Namespace: killNamespace, Name: "shop"}
	w.begin(immortal)
	var object v1alpha1.Folder
	err := w.kube.Get(w.Context(), key, &object)
	object.Spec = v1alpha1.FolderSpec{AccountRef: v1alpha1.AccountReference{Name: "main"}, Members: named(members...), Membership: membership}
	if err != nil {
		object.ObjectMeta = metav1.ObjectMeta{Namespace: key.Namespace, Name: key.Name, UID: "shop", Generation: 1}
		object.Status.ObservedGeneration = -1
		if err := w.kube.Create(w.Context(), &object); err != nil {
			w.Fatal(err)
		}
		return
	}
	object.Generation++
	if err := w.kube.Update(w.Context(), &object); err != nil {
		w.Fatal(err)
	}
}

// TestNoKillMakesASecondFolderOrLosesAMember lets the operator die at every step, with lost answers besides, while the spec changes.
func TestNoKillMakesASecondFolderOrLosesAMember(t *testing.T) {
	for seed := range uint64(histories) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { killAtEveryStep(newWorld(t, seed)) })
		})
	}
}

func killAtEveryStep(w *world) {
	defer w.api.Close()
	wasThere, _ := membersOf(w.api, controllertest.Login, "shop")
	names := killNames()
	var wanted []string
	for range 3 {
		w.chance.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		wanted = slices.Clone(names[:1+w.chance.IntN(len(names))])
		w.change(wanted, v1alpha1.MembershipAdditive)
		for range 1 + w.chance.IntN(3) {
			w.live(1+w.chance.IntN(20), 20)
			w.invariants(wasThere)
		}
	}
	w.live(immortal, 50)
	w.invariants(wasThere)
	held, err := membersOf(w.api, controllertest.Login, "shop")
	want := append(slices.Clone(wanted), wasThere...)
	slices.Sort(want)
	if err != nil || !slices.Equal(held, want) {
		var object v1alpha1.Folder
		_ = w.kube.Get(w.Context(), types.NamespacedName{Namespace: killNamespace, Name: "shop"}, &object)
		w.Errorf("the folder holds %v (%v), want %v; status %+v", held, err, want, object.Status)
	}
}

// invariants hold at any time: there is one folder of the name at most, and what others put into it is there.
func (w *world) invariants(foreign []string) {
	w.Helper()
	held, err := membersOf(w.api, controllertest.Login, "shop")
	if err != nil && err.Error() != "0 folders of the name shop" {
		w.Error(err)
	}
	for _, name := range foreign {
		if !slices.Contains(held, name) {
			w.Errorf("%s is lost; the folder holds %v", name, held)
		}
	}
}

func TestARestartReadsNoFolderBeforeItsTurnAndWritesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 1)
		defer w.api.Close()
		w.change(killNames(), v1alpha1.MembershipAdditive)
		w.live(immortal, 50)
		state := func() (requests int, version string) {
			var object v1alpha1.Folder
			if err := w.kube.Get(t.Context(), types.NamespacedName{Namespace: killNamespace, Name: "shop"}, &object); err != nil {
				t.Fatal(err)
			}
			return w.api.Calls("folder/*"), object.ResourceVersion
		}
		requests, version := state()
		w.live(immortal, 50)
		if more, now := state(); more != requests || now != version {
			t.Errorf("%d requests, version %s and then %s", more-requests, version, now)
		}
		w.change(killNames()[1:], v1alpha1.MembershipAdditive) // Something to do is not put off.
		w.live(immortal, 50)
		if held, err := membersOf(w.api, controllertest.Login, "shop"); err != nil || slices.Contains(held, killNames()[0]) {
			t.Errorf("the folder holds %v, %v", held, err)
		}
	})
}
