package serving

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"slices"
	"time"
)

const (
	authorityLife = 10 * 365 * 24 * time.Hour
	servingLife   = 90 * 24 * time.Hour
	// backdate allows for clocks that are slow.
	backdate = time.Hour
)

// issued is a certificate with its key.
type issued struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// due says whether two thirds of the certificate's life are over, so that a third is left for whatever delays its
// renewal; or whether that life has not begun, since the clock was ahead when it was made.
func due(certificate *x509.Certificate, now time.Time) bool {
	life := certificate.NotAfter.Sub(certificate.NotBefore)
	return now.Before(certificate.NotBefore) || !now.Before(certificate.NotAfter.Add(-life/3))
}

// newAuthority makes a certificate authority that vouches for itself. The day in its name tells it from the one before.
func newAuthority(name string, now time.Time) (issued, error) {
	template := &x509.Certificate{
		Subject:   pkix.Name{CommonName: fmt.Sprintf("%s CA %s", name, now.UTC().Format(time.DateOnly))},
		NotBefore: now.Add(-backdate), NotAfter: now.Add(authorityLife),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	return issue(template, nil)
}

// newServing makes a serving certificate for names of hosts.
func newServing(authority issued, names []string, now time.Time) (issued, error) {
	template := &x509.Certificate{
		Subject:   pkix.Name{CommonName: names[0]},
		DNSNames:  names,
		NotBefore: now.Add(-backdate), NotAfter: now.Add(servingLife),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	return issue(template, &authority)
}

// issue signs the template with a new key; without an authority the certificate signs itself.
func issue(template *x509.Certificate, authority *issued) (issued, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return issued{}, fmt.Errorf("make a key: %w", err)
	}
	// RFC 5280, 4.1.2.2: positive, unique, at most 20 octets.
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)); err != nil {
		return issued{}, fmt.Errorf("make a serial number: %w", err)
	}
	if authority == nil {
		authority = &issued{template, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, authority.certificate, &key.PublicKey, authority.key)
	if err != nil {
		return issued{}, fmt.Errorf("sign a certificate for %s: %w", template.Subject.CommonName, err)
	}
	certificate, err := x509.ParseCertificate(der)
	return issued{certificate, key}, err
}

// vouched says whether an authority of the bundle has issued the certificate for these names.
func vouched(certificate *x509.Certificate, names []string, bundle []*x509.Certificate) bool {
	if !slices.Equal(certificate.DNSNames, names) {
		return false
	}
	return slices.ContainsFunc(bundle, func(authority *x509.Certificate) bool {
		return certificate.CheckSignatureFrom(authority) == nil
	})
}
