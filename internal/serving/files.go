package serving

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/certwatcher"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

// The names of the files, as the kubelet mounts a Secret of type kubernetes.io/tls.
const (
	chainFile = "tls.crt"
	keyFile   = "tls.key"
	// authorityFile may be missing: clients then have to know by themselves whom to trust.
	authorityFile = "ca.crt"
)

// retryFiles is how often files are looked for that are not there yet: a Secret that cert-manager makes may come after the pod.
const retryFiles = 5 * time.Second

// Files is the certificate of a folder that somebody else renews.
type Files struct {
	*current
	publisher
	folder string
}

// NewFiles gives the certificate of a folder with tls.crt (the chain, the serving certificate first) and tls.key, in PEM. If there
// is a ca.crt as well, it is published as the authority of a certificate of one's own would be.
func NewFiles(folder string, settings Settings) *Files {
	return &Files{current: newCurrent(), publisher: newPublisher(settings), folder: folder}
}

// Start follows the files until the context ends. Files that are missing or damaged are waited for.
func (f *Files) Start(ctx context.Context) error {
	logger := log.FromContext(ctx).WithValues("folder", f.folder)
	var publishing sync.WaitGroup
	defer publishing.Wait()
	touched := newTouches()
	f.Notify(ctx, touched.touch) // Whoever renews the certificate may have renewed its authority.
	publishing.Go(func() { f.keepUp(ctx, f.tellAuthority, touched) })
	wait.UntilWithContext(ctx, func(ctx context.Context) {
		if err := f.follow(ctx); err != nil {
			logger.Error(err, "The serving certificate cannot be read, and is waited for")
		}
	}, retryFiles)
	return nil
}

// tellAuthority publishes what ca.crt holds now.
func (f *Files) tellAuthority(ctx context.Context) error {
	bundle, err := os.ReadFile(filepath.Join(f.folder, authorityFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("read the certificate authority: %w", err)
	}
	authorities, err := decodeCertificates(bundle)
	if err != nil {
		return fmt.Errorf("%s: %w", authorityFile, err)
	}
	return f.tell(ctx, encodeCertificates(authorities...))
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
