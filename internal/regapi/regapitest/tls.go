package regapitest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"
)

// certificateLife is how long the generated certificates are valid.
const certificateLife = 365 * 24 * time.Hour

// certificates are a CA made for one server and the server's certificate that it signed.
type certificates struct {
	authorityPEM []byte
	server       tls.Certificate
}

// newCertificates makes certificates for the address, localhost and api.reg.ru.
func newCertificates(address net.Addr, now time.Time) (*certificates, error) {
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "regapi-sim CA"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign,
	}
	authorityKey, authorityDER, err := sign(authority, authority, nil, now)
	if err != nil {
		return nil, fmt.Errorf("make a CA: %w", err)
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "regapi-sim"}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, DNSNames: []string{"localhost", "api.reg.ru"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	if tcp, ok := address.(*net.TCPAddr); ok && !tcp.IP.IsUnspecified() {
		leaf.IPAddresses = append(leaf.IPAddresses, tcp.IP)
	}
	leafKey, leafDER, err := sign(leaf, authority, authorityKey, now)
	if err != nil {
		return nil, fmt.Errorf("make a server certificate: %w", err)
	}
	return &certificates{
		authorityPEM: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authorityDER}),
		server:       tls.Certificate{Certificate: [][]byte{leafDER, authorityDER}, PrivateKey: leafKey},
	}, nil
}

// sign makes a key and its certificate, signed by the parent's key, or by the new key itself where there is none.
func sign(template, parent *x509.Certificate, parentKey *ecdsa.PrivateKey, now time.Time) (*ecdsa.PrivateKey, []byte, error) {
	template.NotBefore, template.NotAfter = now.Add(-time.Hour), now.Add(certificateLife)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	if parentKey == nil {
		parentKey = key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	return key, der, err
}

// serverConfig asks for a client certificate without demanding or verifying one: accounts say which they know.
func (c *certificates) serverConfig() *tls.Config {
	return &tls.Config{
		Certificates: []tls.Certificate{c.server}, ClientAuth: tls.RequestClientCert, MinVersion: tls.VersionTLS12,
		NextProtos: []string{"http/1.1"},
	}
}
