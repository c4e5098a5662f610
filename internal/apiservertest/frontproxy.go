package apiservertest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// FrontProxy gives the API server what it proves itself with to aggregated APIs, in files of a folder.
func FrontProxy(folder string) Option {
	return func(environment *envtest.Environment) error {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return err
		}
		const lifetime = 48 * time.Hour // Of whoever leaves the demo running over night.
		template := &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "front-proxy"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(lifetime),
			IsCA: true, BasicConstraintsValid: true, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		}
		der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		if err != nil {
			return err
		}
		private, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return err
		}
		certificate, secret := filepath.Join(folder, "front-proxy.crt"), filepath.Join(folder, "front-proxy.key")
		for file, block := range map[string]*pem.Block{certificate: {Type: "CERTIFICATE", Bytes: der}, secret: {Type: "PRIVATE KEY", Bytes: private}} {
			if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
				return err
			}
		}
		environment.ControlPlane.GetAPIServer().Configure().
			Set("proxy-client-cert-file", certificate).Set("proxy-client-key-file", secret).Set("requestheader-client-ca-file", certificate).
			Set("requestheader-allowed-names", "front-proxy").Set("requestheader-username-headers", "X-Remote-User").
			Set("requestheader-group-headers", "X-Remote-Group").Set("requestheader-extra-headers-prefix", "X-Remote-Extra-")
		return nil
	}
}
