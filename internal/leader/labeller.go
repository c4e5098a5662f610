package leader

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/klog/v2"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

// Label is what the pod that leads has, with the value LabelValue. No other pod has it.
const (
	Label      = "regapi.io/leader"
	LabelValue = "true"
)

// nameLabel and instanceLabel tell which pods are fellows: they have the same values of both.
const (
	nameLabel     = "app.kubernetes.io/name"
	instanceLabel = "app.kubernetes.io/instance"
)

const (
	// checkInterval is how often the labels are looked at. A leader that was frozen may wake up, and take the label from its
	// successor before it learns that it leads no more.
	checkInterval = 30 * time.Second
	// retryFirst and retryMax bound the pauses after errors. While there is no label, the webhooks are out of reach.
	retryFirst = time.Second
	retryMax   = 30 * time.Second
	// farewell bounds the request that takes the label off at the end.
	farewell = 5 * time.Second
)

// +kubebuilder:rbac:groups="",namespace=system,resources=pods,verbs=get;list;patch

// Labeller labels the pod that it runs in for as long as that leads. It is a runnable of a controller-runtime manager.
type Labeller struct {
	kube  client.Client
	pod   types.NamespacedName
	clock clock.Clock
}

// NewLabeller labels a pod. The client should not read from a cache, which would hold every pod of the cluster.
func NewLabeller(kube client.Client, pod types.NamespacedName) *Labeller {
	return &Labeller{kube: kube, pod: pod, clock: clock.RealClock{}}
}

// NeedLeaderElection says that only the leader is labelled.
func (l *Labeller) NeedLeaderElection() bool { return true }

// Start keeps the label at this pod alone until the context ends. Errors are logged and tried again, for ever.
func (l *Labeller) Start(ctx context.Context) error {
	defer l.resign(ctx)
	backoff := newBackoff()
	for ctx.Err() == nil {
		pause := checkInterval
		if err := l.claim(ctx); err == nil {
			backoff = newBackoff()
		} else if ctx.Err() == nil {
			log.FromContext(ctx).Error(err, "The Services may not find the leader")
			pause = backoff.Step()
		}
		l.pause(ctx, pause)
	}
	return nil
}

func newBackoff() wait.Backoff {
	return wait.Backoff{Duration: retryFirst, Factor: 2, Jitter: 0.1, Steps: 10, Cap: retryMax}
}

func (l *Labeller) pause(ctx context.Context, pause time.Duration) {
	timer := l.clock.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C():
	}
}

// claim labels this pod, and takes the label from all others.
func (l *Labeller) claim(ctx context.Context) error {
	var own corev1.Pod
	if err := l.kube.Get(ctx, l.pod, &own); err != nil {
		return fmt.Errorf("read the own pod %s: %w", l.pod, err)
	}
	return errors.Join(l.label(ctx, &own), l.depose(ctx, &own))
}

func (l *Labeller) label(ctx context.Context, own *corev1.Pod) error {
	if own.Labels[Label] == LabelValue {
		return nil
	}
	value := LabelValue
	if err := l.patch(ctx, own, &value); err != nil {
		return fmt.Errorf("label the own pod %s: %w", l.pod, err)
	}
	log.FromContext(ctx).Info("Labelled this pod as the leader", "pod", klog.KObj(own))
	return nil
}

// depose takes the label from every fellow, be it dead or alive.
func (l *Labeller) depose(ctx context.Context, own *corev1.Pod) error {
	fellows, err := l.labelledFellows(ctx, own)
	if err != nil {
		return err
	}
	var errs []error
	for i := range fellows {
		fellow := &fellows[i]
		if err := l.patch(ctx, fellow, nil); client.IgnoreNotFound(err) != nil {
			errs = append(errs, fmt.Errorf("take the leader's label from pod %s: %w", klog.KObj(fellow), err))
			continue
		}
		log.FromContext(ctx).Info("Took the leader's label from another pod", "pod", klog.KObj(fellow))
	}
	return errors.Join(errs...)
}

func (l *Labeller) labelledFellows(ctx context.Context, own *corev1.Pod) ([]corev1.Pod, error) {
	if own.Labels[nameLabel] == "" {
		return nil, fmt.Errorf("pod %s has no label %s: its fellows cannot be told from other pods", l.pod, nameLabel)
	}
	kin := client.MatchingLabels{nameLabel: own.Labels[nameLabel]}
	if instance, ok := own.Labels[instanceLabel]; ok {
		kin[instanceLabel] = instance
	}
	var pods corev1.PodList
	if err := l.kube.List(ctx, &pods, client.InNamespace(l.pod.Namespace), kin, client.HasLabels{Label}); err != nil {
		return nil, fmt.Errorf("list the pods with the leader's label: %w", err)
	}
	var fellows []corev1.Pod
	for _, pod := range pods.Items {
		if pod.Name != own.Name {
			fellows = append(fellows, pod)
		}
	}
	return fellows, nil
}

// resign takes the label off at the end. The Lease is released only after that, so the next leader is not labelled yet.
func (l *Labeller) resign(ctx context.Context) {
	logger := log.FromContext(ctx)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	own := &corev1.Pod{}
	own.Namespace, own.Name = l.pod.Namespace, l.pod.Name
	err := l.patch(ctx, own, nil)
	switch {
	case err == nil:
		logger.Info("Took the leader's label off this pod", "pod", klog.KObj(own))
	case !apierrors.IsNotFound(err):
		logger.Error(err, "The leader's label stays until the next leader takes it", "pod", klog.KObj(own))
	}
}

// patch sets the label, or takes it off if the value is nil, and touches nothing else of the pod.
func (l *Labeller) patch(ctx context.Context, pod *corev1.Pod, value *string) error {
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"labels": map[string]*string{Label: value}}})
	if err != nil {
		return err
	}
	return l.kube.Patch(ctx, pod, client.RawPatch(types.MergePatchType, patch))
}
