package serving

import (
	"crypto/x509"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// The keys of the Secret. Those of the serving certificate are what a Secret of type kubernetes.io/tls has.
const (
	servingChainKey   = corev1.TLSCertKey
	servingKeyKey     = corev1.TLSPrivateKeyKey
	authorityKeyKey   = "ca.key"
	authorityChainKey = "ca.crt" // the bundle
)

// keyring is everything that a self-managed certificate consists of. It is a value: renewed gives another one.
type keyring struct {
	authority issued
	// bundle is what clients are told to trust: the authority, and those before it until they expire.
	bundle  []*x509.Certificate
	serving issued
}

func newKeyring(names []string, now time.Time) (keyring, error) {
	authority, err := newAuthority(names[0], now)
	if err != nil {
		return keyring{}, err
	}
	serving, err := newServing(authority, names, now)
	return keyring{authority, []*x509.Certificate{authority.certificate}, serving}, err
}

// renewed replaces what is due, and says whether that was anything.
//
// A client may learn of a new authority late, such as a pod that a ConfigMap is mounted into. So a new authority comes
// with a serving certificate of the one before: not until that is renewed, two months later, the new authority signs.
func (k keyring) renewed(names []string, now time.Time) (renewed keyring, changed bool, err error) {
	next := k
	next.bundle = slices.DeleteFunc(slices.Clone(k.bundle), func(authority *x509.Certificate) bool {
		return now.After(authority.NotAfter)
	})
	signer, rotates := k.authority, due(k.authority.certificate, now)
	if rotates {
		if next.authority, err = newAuthority(names[0], now); err != nil {
			return k, false, err
		}
		next.bundle = slices.Insert(next.bundle, 0, next.authority.certificate)
	}
	if signer.certificate.NotAfter.Before(now.Add(servingLife)) || now.Before(signer.certificate.NotBefore) {
		signer = next.authority // Nobody was here to renew the authority in time, or none of this time was ever made.
	}
	reissues := rotates || due(k.serving.certificate, now) || !vouched(k.serving.certificate, names, next.bundle)
	if reissues {
		if next.serving, err = newServing(signer, names, now); err != nil {
			return k, false, err
		}
	}
	return next, reissues || len(next.bundle) != len(k.bundle), nil
}

// encode gives the data of the Secret.
func (k keyring) encode() (map[string][]byte, error) {
	authorityKey, err := encodeKey(k.authority.key)
	if err != nil {
		return nil, err
	}
	servingKey, err := encodeKey(k.serving.key)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{
		authorityChainKey: encodeCertificates(k.bundle...), authorityKeyKey: authorityKey,
		servingChainKey: encodeCertificates(k.serving.certificate), servingKeyKey: servingKey,
	}, nil
}

// decodeKeyring reads the data of the Secret, and refuses whatever encode cannot have written.
func decodeKeyring(data map[string][]byte) (keyring, error) {
	bundle, authority, err := decodeIssued(data, authorityChainKey, authorityKeyKey)
	if err != nil {
		return keyring{}, err
	}
	_, serving, err := decodeIssued(data, servingChainKey, servingKeyKey)
	return keyring{authority, bundle, serving}, err
}

// decodeIssued reads certificates, and the key of the first of them.
func decodeIssued(data map[string][]byte, chainKey, keyKey string) ([]*x509.Certificate, issued, error) {
	chain, err := decodeCertificates(data[chainKey])
	if err != nil {
		return nil, issued{}, fmt.Errorf("%s: %w", chainKey, err)
	}
	key, err := decodeKey(data[keyKey])
	if err != nil {
		return nil, issued{}, fmt.Errorf("%s: %w", keyKey, err)
	}
	if !key.PublicKey.Equal(chain[0].PublicKey) {
		return nil, issued{}, fmt.Errorf("%s is not the key of %s", keyKey, chainKey)
	}
	return chain, issued{chain[0], key}, nil
}
