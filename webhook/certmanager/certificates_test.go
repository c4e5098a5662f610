package certmanager

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"sync"
	"testing"
	"time"
)

// authority makes certificates.
type authority struct {
	*testing.T
	certificate *x509.Certificate
	key         crypto.Signer
	pem         []byte
}

func newAuthority(t *testing.T) *authority {
	a := &authority{T: t}
	template := &x509.Certificate{Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	a.certificate, a.key, a.pem = a.sign(template, nil)
	return a
}

// issue gives a certificate for the common name, which is also a DNS name, and its key in PEM.
func (a *authority) issue(name string) (chain, key []byte) {
	a.Helper()
	_, made, chain := a.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}, a)
	encoded, err := x509.MarshalPKCS8PrivateKey(made)
	if err != nil {
		a.Fatal(err)
	}
	return chain, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})
}

func (a *authority) sign(template *x509.Certificate, by *authority) (*x509.Certificate, crypto.Signer, []byte) {
	a.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.Fatal(err)
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := template, crypto.Signer(key)
	if by != nil {
		parent, signer = by.certificate, by.key
	}
	encoded, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		a.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(encoded)
	if err != nil {
		a.Fatal(err)
	}
	return certificate, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: encoded})
}

// servedCertificate is a Certificate that can be renewed.
type servedCertificate struct {
	mu         sync.Mutex
	chain, key []byte
	renewed    []func()
}

func (c *servedCertificate) Wait(context.Context) error { return nil }

func (c *servedCertificate) Pair() (chain, key []byte, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.chain, c.key, nil
}

func (c *servedCertificate) Notify(_ context.Context, renewed func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.renewed = append(c.renewed, renewed)
}

func (c *servedCertificate) renew(chain, key []byte) {
	c.mu.Lock()
	c.chain, c.key = chain, key
	told := c.renewed
	c.mu.Unlock()
	for _, renewed := range told {
		renewed()
	}
}
