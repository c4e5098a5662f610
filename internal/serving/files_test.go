package serving

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

const patience = time.Minute

func TestWithoutACertificateNobodyIsServed(t *testing.T) {
	files := NewFiles(t.TempDir(), Settings{})
	if _, err := files.GetCertificate(nil); !errors.Is(err, ErrNoCertificate) {
		t.Errorf("GetCertificate: %v", err)
	}
	if _, _, err := files.Pair(); !errors.Is(err, ErrNoCertificate) {
		t.Errorf("Pair: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := files.Wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Wait: %v", err)
	}
}

func TestACertificateOfFilesIsFoundLateAndFollowed(t *testing.T) {
	folder := t.TempDir()
	files := NewFiles(folder, Settings{})
	run(t, files)
	renewed := renewals(t, files)

	for _, serial := range []int64{1, 2} { // The files are missing first, and then replaced.
		mount(t, folder, serial)
		await(t, renewed)
		if err := files.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		certificate, err := files.GetCertificate(nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := certificate.Leaf.SerialNumber.Int64(); got != serial {
			t.Errorf("certificate %d is served instead of %d", got, serial)
		}
		chain, _, err := files.Pair()
		if err != nil {
			t.Fatal(err)
		}
		if block, _ := pem.Decode(chain); !bytes.Equal(block.Bytes, certificate.Leaf.Raw) {
			t.Error("Pair and GetCertificate give different certificates")
		}
	}
}

func TestWhoAsksLateIsToldOfTheFirstCertificateAndNothingAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCurrent()
		if err := c.set(selfSigned(t, 1)); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		calls := 0
		c.Notify(ctx, func() { calls++ })
		if calls != 1 {
			t.Errorf("%d calls for the certificate that was there", calls)
		}
		if err := c.set(c.chain, c.key); err != nil || calls != 1 {
			t.Errorf("%d calls after the same certificate came again (%v)", calls, err)
		}
		if err := c.set(selfSigned(t, 2)); err != nil || calls != 2 {
			t.Errorf("%d calls after a renewal (%v)", calls, err)
		}
		cancel()
		synctest.Wait()
		if err := c.set(selfSigned(t, 3)); err != nil || calls != 2 {
			t.Errorf("%d calls after the end of the context (%v)", calls, err)
		}
	})
}

// run runs a source until the end of the test.
func run(t *testing.T, source Source) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- source.Start(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the source ended: %v", err)
		}
	})
}

// renewals counts calls of Notify; it holds more than any test makes.
func renewals(t *testing.T, certificate Certificate) <-chan struct{} {
	t.Helper()
	renewed := make(chan struct{}, 100)
	certificate.Notify(t.Context(), func() { renewed <- struct{}{} })
	return renewed
}

func await(t *testing.T, event <-chan struct{}) {
	t.Helper()
	select {
	case <-event:
	case <-time.After(patience):
		t.Fatalf("nothing happened within %s", patience)
	}
}

// mount replaces both files at once, as the kubelet does: by a link to the folder that the files are linked into.
func mount(t *testing.T, folder string, serial int64) {
	t.Helper()
	version := filepath.Join(folder, fmt.Sprintf("..version-%d", serial))
	if err := os.Mkdir(version, 0o700); err != nil {
		t.Fatal(err)
	}
	chain, key := selfSigned(t, serial)
	data := filepath.Join(folder, "..data")
	former, _ := os.Readlink(data)
	for name, content := range map[string][]byte{chainFile: chain, keyFile: key} {
		if err := os.WriteFile(filepath.Join(version, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join("..data", name), filepath.Join(folder, name)); err != nil && !os.IsExist(err) {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Symlink(version, data+"_new"), os.Rename(data+"_new", data)); err != nil {
		t.Fatal(err)
	}
	if former != "" {
		if err := os.RemoveAll(former); err != nil {
			t.Fatal(err)
		}
	}
}

func selfSigned(t *testing.T, serial int64) (chain, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})
}

func TestTheAuthorityOfFilesIsPublishedAsOnesOwnWouldBe(t *testing.T) {
	h := newHarness(t)
	folder := t.TempDir()
	files := NewFiles(folder, Settings{
		Kube: h.kube, Dynamic: h.dynamic, Clock: h.clock, Namespace: h.namespace, Service: "regapi-operator", APIServices: []string{h.apiService},
	})
	run(t, files)
	h.createAPIService(map[string]any{InjectAnnotation: "true"})
	for serial := range int64(2) { // The files are missing first, and then replaced.
		authority, _ := selfSigned(t, 10+serial)
		if err := os.WriteFile(filepath.Join(folder, authorityFile), authority, 0o600); err != nil {
			t.Fatal(err)
		}
		mount(t, folder, 1+serial)
		h.awaitBundle(string(authority))
		if h.published() != string(authority) {
			t.Errorf("round %d: the ConfigMap holds %q", serial, h.published())
		}
	}
}
