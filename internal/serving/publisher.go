package serving

import (
	"context"
	"errors"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

// +kubebuilder:rbac:groups="",namespace=system,resources=configmaps,verbs=get;create;update

const (
	// checkInterval is how often everything is looked at: whether something is due, and whether somebody has changed it.
	checkInterval = time.Minute
	// retryFirst and retryMax bound the pauses after errors.
	retryFirst = time.Second
	retryMax   = time.Minute
	// calm is waited after a change of the APIService, so that a quarrel with somebody else who writes it stays slow.
	calm = time.Second
)

// Settings of a certificate whose authority is published.
type Settings struct {
	// Kube must not read from a cache: the Secret is compared and swapped.
	Kube client.Client
	// Dynamic is needed for an APIService only.
	Dynamic dynamic.Interface
	// Namespace of the operator: of its Service, the ConfigMap <name>-ca and, where it makes its certificate itself, the Secret
	// <name>-tls.
	Namespace string
	// Service is the name under which clients reach the operator.
	Service string
	// ObjectName is what the Secret and the ConfigMap are called after; Service if empty.
	ObjectName string
	// APIServices are told the authority if they ask to be (see InjectAnnotation).
	APIServices []string
	// Clock is that of the machine if nil.
	Clock clock.Clock
}

// ConfigMapName is where the authority of a Service's certificate is published, under the key ca.crt.
func ConfigMapName(service string) string { return service + "-ca" }

// publisher tells clients which authorities to trust: in a ConfigMap, and in an APIService that asks for it.
type publisher struct{ settings Settings }

func newPublisher(settings Settings) publisher {
	if settings.Clock == nil {
		settings.Clock = clock.RealClock{}
	}
	if settings.ObjectName == "" {
		settings.ObjectName = settings.Service
	}
	return publisher{settings}
}

func (p publisher) configMapKey() types.NamespacedName {
	return types.NamespacedName{Namespace: p.settings.Namespace, Name: ConfigMapName(p.settings.ObjectName)}
}

// tell publishes authorities in PEM. One place that is out of reach does not keep the others back.
func (p publisher) tell(ctx context.Context, bundle []byte) error {
	return errors.Join(p.publish(ctx, bundle), p.inject(ctx, bundle))
}

// keepUp repeats keep until the context ends: once a minute, and when somebody touches the APIService or whatever else. An error is
// logged and tried again, for ever: most need a human, and the rest of the process has work to do meanwhile.
func (p publisher) keepUp(ctx context.Context, keep func(context.Context) error, touched touches) {
	var watching sync.WaitGroup
	defer watching.Wait()
	for _, name := range p.settings.APIServices {
		watching.Go(func() { p.watchAPIService(ctx, name, touched) })
	}
	backoff := newBackoff()
	for ctx.Err() == nil {
		pause := checkInterval
		if err := keep(ctx); err == nil {
			backoff = newBackoff()
		} else if ctx.Err() == nil {
			log.FromContext(ctx).Error(err, "The serving certificate is not in order")
			pause = backoff.Step()
		}
		p.pause(ctx, pause, touched)
	}
}

// touches tell that something has to be looked at. It holds one.
type touches chan struct{}

func newTouches() touches { return make(touches, 1) }

func (t touches) touch() {
	select {
	case t <- struct{}{}:
	default: // One is waiting already.
	}
}

func newBackoff() wait.Backoff {
	return wait.Backoff{Duration: retryFirst, Factor: 2, Jitter: 0.1, Steps: 10, Cap: retryMax}
}

// pause waits until it is time, or a while after the APIService was touched.
func (p publisher) pause(ctx context.Context, pause time.Duration, touched <-chan struct{}) {
	timer := p.settings.Clock.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C():
	case <-touched:
		p.pause(ctx, calm, nil)
	}
}
