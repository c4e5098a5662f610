package serving

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"path/filepath"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/certwatcher"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

// The names of the files, as the kubelet mounts a Secret of type kubernetes.io/tls.
const (
	chainFile = "tls.crt"
	keyFile   = "tls.key"
)

// retryFiles is how often files are looked for that are not there yet: a Secret that cert-manager makes may come after the pod.
const retryFiles = 5 * time.Second

// Files is the certificate of a folder that somebody else renews.
type Files struct {
	*current
	folder string
}

// NewFiles gives the certificate of a folder with tls.crt (the chain, the serving certificate first) and tls.key, in PEM.
func NewFiles(folder string) *Files { return &Files{current: newCurrent(), folder: folder} }

// Start follows the files until the context ends. Files that are missing or damaged are waited for.
func (f *Files) Start(ctx context.Context) error {
	logger := log.FromContext(ctx).WithValues("folder", f.folder)
	wait.UntilWithContext(ctx, func(ctx context.Context) {
		if err := f.follow(ctx); err != nil {
			logger.Error(err, "The serving certificate cannot be read, and is waited for")
		}
	}, retryFiles)
	return nil
}

func (f *Files) follow(ctx context.Context) error {
	watcher, err := certwatcher.New(filepath.Join(f.folder, chainFile), filepath.Join(f.folder, keyFile))
	if err != nil {
		return fmt.Errorf("read the serving certificate: %w", err)
	}
	watcher.RegisterCallback(func(certificate tls.Certificate) {
		if err := f.take(certificate); err != nil {
			log.FromContext(ctx).Error(err, "The serving certificate stays as it was")
		}
	})
	return watcher.Start(ctx)
}

// take encodes what the watcher has read, since the files may have changed again by now.
func (f *Files) take(certificate tls.Certificate) error {
	key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		return fmt.Errorf("encode the key of the serving certificate: %w", err)
	}
	var chain []byte
	for _, each := range certificate.Certificate {
		chain = append(chain, pem.EncodeToMemory(&pem.Block{Type: certificateBlock, Bytes: each})...)
	}
	return f.set(chain, pem.EncodeToMemory(&pem.Block{Type: keyBlock, Bytes: key}))
}
