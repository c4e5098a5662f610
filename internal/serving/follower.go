package serving

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/clock"

	"sigs.k8s.io/controller-runtime/pkg/log"
)

// Follower is the certificate of a Source in every process, whether that leads or not: for what each replica serves, such as metrics.
// It makes and publishes nothing.
type Follower struct {
	*current
	read  func(context.Context) (chain, key []byte, err error)
	clock clock.Clock
}

// NewFollower gives the certificate that a SelfManaged with the same settings keeps in its Secret.
func NewFollower(settings Settings) *Follower {
	p := newPublisher(settings).settings
	name := types.NamespacedName{Namespace: p.Namespace, Name: SecretName(p.ObjectName)}
	return &Follower{current: newCurrent(), clock: p.Clock, read: func(ctx context.Context) (chain, key []byte, err error) {
		var secret corev1.Secret
		if err := p.Kube.Get(ctx, name, &secret); err != nil {
			return nil, nil, fmt.Errorf("read the serving certificate from Secret %s: %w", name, err)
		}
		return secret.Data[corev1.TLSCertKey], secret.Data[corev1.TLSPrivateKeyKey], nil
	}}
}

// NewFileFollower gives the certificate of a folder, as Files does.
func NewFileFollower(folder string) *Follower {
	return &Follower{current: newCurrent(), clock: clock.RealClock{}, read: func(context.Context) (chain, key []byte, err error) {
		if chain, err = os.ReadFile(filepath.Join(folder, chainFile)); err != nil {
			return nil, nil, fmt.Errorf("read the serving certificate: %w", err)
		}
		if key, err = os.ReadFile(filepath.Join(folder, keyFile)); err != nil {
			return nil, nil, fmt.Errorf("read the key of the serving certificate: %w", err)
		}
		return chain, key, nil
	}}
}

// retryFollow is how often a certificate is looked for that is not there yet: whoever leads makes it within seconds.
const retryFollow = time.Second

// Start follows the certificate until the context ends. One that is missing or damaged is waited for; the last good one is served.
func (f *Follower) Start(ctx context.Context) error {
	for ctx.Err() == nil {
		pause := checkInterval
		if err := f.follow(ctx); err != nil {
			log.FromContext(ctx).V(1).Info("The serving certificate is waited for", "reason", err.Error())
			pause = retryFollow
		}
		timer := f.clock.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-timer.C():
		}
		timer.Stop()
	}
	return nil
}

func (f *Follower) follow(ctx context.Context) error {
	chain, key, err := f.read(ctx)
	if err != nil {
		return err
	}
	return f.set(chain, key)
}

// NeedLeaderElection says that every replica serves.
func (f *Follower) NeedLeaderElection() bool { return false }
