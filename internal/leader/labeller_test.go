package leader

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/regapi-io/regapi-operator/internal/apiservertest"
)

const patience = time.Minute

var (
	operator = map[string]string{nameLabel: "regapi-operator", instanceLabel: "one"}
	labelled = map[string]string{Label: LabelValue}
)

func TestTheLeaderAloneHasTheLabelUntilItStops(t *testing.T) {
	h := newHarness(t)
	h.createPod("old-leader", operator, labelled)
	h.createPod("follower", operator)
	h.createPod("leader", operator)
	stop := h.start(h.kube)
	h.awaitLabelled("leader")
	stop()
	h.wantLabelled()
}

func TestNobodyButItsFellowsLosesTheLabel(t *testing.T) {
	h := newHarness(t)
	h.createPod("other-program", map[string]string{nameLabel: "other"}, labelled)
	h.createPod("other-instance", map[string]string{nameLabel: "regapi-operator", instanceLabel: "two"}, labelled)
	h.createPod("leader", operator, map[string]string{"theirs": "kept"})
	stop := h.start(h.kube)
	h.awaitLabelled("leader", "other-instance", "other-program")
	stop()
	h.wantLabelled("other-instance", "other-program")
	if got := h.pod("leader").Labels["theirs"]; got != "kept" {
		t.Errorf("another label of the leader is %q", got)
	}
}

func TestALabelThatIsTakenComesBack(t *testing.T) {
	h := newHarness(t)
	h.createPod("leader", operator)
	h.createPod("follower", operator)
	h.start(h.kube)
	h.awaitLabelled("leader")

	h.patch("follower", LabelValue) // A former leader wakes up.
	h.patch("leader", nil)
	h.passes(checkInterval)
	h.awaitLabelled("leader")
}

func TestLabellingGoesOnAfterErrors(t *testing.T) {
	h := newHarness(t)
	h.createPod("old-leader", operator, labelled)
	h.createPod("leader", operator)
	var refused atomic.Int32
	h.start(interceptor.NewClient(h.kube, interceptor.Funcs{
		Patch: func(ctx context.Context, kube client.WithWatch, object client.Object, patch client.Patch, options ...client.PatchOption) error {
			if refused.Add(1) <= 5 {
				return errors.New("refused by the test")
			}
			return kube.Patch(ctx, object, patch, options...)
		},
	}))
	for range 3 { // Both pods are tried each time.
		h.passes(retryMax)
	}
	h.awaitLabelled("leader")
}

func TestAPodThatIsMissingIsWaitedFor(t *testing.T) {
	h := newHarness(t)
	h.start(h.kube)
	h.passes(retryMax)
	h.createPod("leader", operator)
	h.passes(retryMax)
	h.awaitLabelled("leader")
}

func TestAPodWithoutTheNameOfTheProgramIsLabelledAndSaysWhatIsMissing(t *testing.T) {
	h := newHarness(t)
	h.createPod("leader", nil)
	err := h.labeller(h.kube).claim(t.Context())
	if err == nil || !strings.Contains(err.Error(), "has no label app.kubernetes.io/name") {
		t.Errorf("error %v", err)
	}
	h.wantLabelled("leader")
}

// harness is a namespace of the API server, and a clock.
type harness struct {
	*testing.T
	kube      client.WithWatch
	clock     *clocktesting.FakeClock
	namespace string
}

func newHarness(t *testing.T) *harness {
	t.Helper()
	kube, err := client.NewWithWatch(apiservertest.Config(), client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "leader-"}}
	if err := kube.Create(t.Context(), namespace); err != nil {
		t.Fatal(err)
	}
	return &harness{T: t, kube: kube, clock: clocktesting.NewFakeClock(time.Now()), namespace: namespace.Name}
}

func (h *harness) labeller(kube client.Client) *Labeller {
	labeller := NewLabeller(kube, types.NamespacedName{Namespace: h.namespace, Name: "leader"})
	labeller.clock = h.clock
	return labeller
}

// start runs the labeller of the pod "leader" until the test ends or stop is called.
func (h *harness) start(kube client.Client) (stop func()) {
	h.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := h.labeller(kube).Start(ctx); err != nil {
			h.Errorf("the labeller ended: %v", err)
		}
	}()
	stop = func() {
		cancel()
		<-ended
	}
	h.Cleanup(stop)
	return stop
}

func (h *harness) createPod(name string, labels ...map[string]string) {
	h.Helper()
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: h.namespace, Name: name, Labels: map[string]string{}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "operator", Image: "regapi-operator:dev"}}},
	}
	for _, some := range labels {
		maps.Copy(pod.Labels, some)
	}
	if err := h.kube.Create(h.Context(), pod); err != nil {
		h.Fatal(err)
	}
}

func (h *harness) pod(name string) *corev1.Pod {
	h.Helper()
	var pod corev1.Pod
	if err := h.kube.Get(h.Context(), client.ObjectKey{Namespace: h.namespace, Name: name}, &pod); err != nil {
		h.Fatal(err)
	}
	return &pod
}

// patch sets the label of a pod; nil takes it off.
func (h *harness) patch(name string, value any) {
	h.Helper()
	pod := h.pod(name)
	before := pod.DeepCopy()
	delete(pod.Labels, Label)
	if text, ok := value.(string); ok {
		pod.Labels[Label] = text
	}
	if err := h.kube.Patch(h.Context(), pod, client.MergeFrom(before)); err != nil {
		h.Fatal(err)
	}
}

// passes turns the clock, once the labeller waits for it.
func (h *harness) passes(duration time.Duration) {
	h.Helper()
	h.eventually(func() string {
		if h.clock.HasWaiters() {
			return ""
		}
		return "the labeller does not wait for the clock"
	})
	h.clock.Step(duration)
}

func (h *harness) labelledNow() []string {
	h.Helper()
	var pods corev1.PodList
	if err := h.kube.List(h.Context(), &pods, client.InNamespace(h.namespace), client.MatchingLabels(labelled)); err != nil {
		h.Fatal(err)
	}
	var names []string
	for _, pod := range pods.Items {
		names = append(names, pod.Name)
	}
	slices.Sort(names)
	return names
}

func (h *harness) wantLabelled(names ...string) {
	h.Helper()
	if diff := cmp.Diff(names, h.labelledNow()); diff != "" {
		h.Errorf("the pods with the leader's label (-want +got):\n%s", diff)
	}
}

func (h *harness) awaitLabelled(names ...string) {
	h.Helper()
	h.eventually(func() string { return cmp.Diff(names, h.labelledNow()) })
}

// eventually waits until nothing is wrong any more.
func (h *harness) eventually(wrong func() string) {
	h.Helper()
	for deadline := time.Now().Add(patience); ; {
		what := wrong()
		if what == "" {
			return
		}
		if time.Now().After(deadline) {
			h.Fatalf("waited in vain: %s", what)
		}
		time.Sleep(20 * time.Millisecond) // A poll of a real API server; no clock to turn.
	}
}
