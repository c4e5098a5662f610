package account

import (
	"crypto"
	"crypto/rsa"
	"crypto/tls"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Unavailable says that an Account cannot be used, for a reason that lies in the cluster.
type Unavailable struct {
	// Reason is one of the condition reasons of package v1alpha1.
	Reason string
	// Message says what is wrong and what to do. It holds nothing from inside the Secret.
	Message string
	// Passing says that it will pass without anybody's doing.
	Passing bool
	// Unchecked says that nobody has looked at the Account since it appeared, a moment ago.
	Unchecked bool
}

// Error gives the message.
func (u *Unavailable) Error() string { return u.Message }

// ConditionReason is the reason that a condition of whoever needs the Account gives.
func (u *Unavailable) ConditionReason() string { return u.Reason }

// Passes says whether it will pass without anybody's doing.
func (u *Unavailable) Passes() bool { return u.Passing }

// Comes says that it will pass within seconds, and wakes who waits for it.
func (u *Unavailable) Comes() bool { return u.Unchecked }

type secretCredentials struct {
	username string
	options  []regapi.Option
}

// acceptedTypes are the types of Secrets whose owner can only have meant them for programs that he names. Others belong to
// somebody else: a database's operator, an ingress, a registry.
var acceptedTypes = []corev1.SecretType{"", corev1.SecretTypeOpaque, v1alpha1.SecretTypeCredentials}

// parseSecret reads the credentials. Line ends after a value are taken for a slip of the shell and left out.
func parseSecret(secret *corev1.Secret) (*secretCredentials, error) {
	value := func(key string) string { return strings.TrimRight(string(secret.Data[key]), "\r\n") }
	if !slices.Contains(acceptedTypes, secret.Type) && secret.Labels[v1alpha1.LabelCredentials] != "true" {
		return nil, &Unavailable{
			Reason: v1alpha1.ReasonSecretTypeRefused,
			Message: fmt.Sprintf("Secret %s is of type %s, which may be another program's: label it %s=true if it is for REG.API, or use one of type Opaque",
				secret.Name, secret.Type, v1alpha1.LabelCredentials),
		}
	}
	username, password := value(v1alpha1.SecretKeyUsername), value(v1alpha1.SecretKeyPassword)
	certificate, err := parseCertificate(secret)
	if err != nil {
		return nil, err
	}
	switch {
	case username == "":
		return nil, secretInvalid(secret, "has no key username: add the login at REG.RU under it")
	case password == "" && certificate == nil:
		return nil, secretInvalid(secret, "has no key password: add the API password under it (or a client certificate as tls.crt and tls.key, to sign requests)")
	}
	credentials := &secretCredentials{username: username}
	if certificate != nil {
		credentials.options = append(credentials.options, regapi.WithClientCertificate(*certificate))
	}
	if password != "" {
		credentials.options = append(credentials.options, regapi.WithCredentials(regapi.Password{Username: username, Password: password}))
		return credentials, nil
	}
	signer, ok := certificate.PrivateKey.(crypto.Signer)
	if _, isRSA := certificate.PrivateKey.(*rsa.PrivateKey); !ok || !isRSA {
		return nil, secretInvalid(secret, "has a tls.key that is no RSA key, and REG.API takes RSA signatures only: use an RSA key, or add a password")
	}
	credentials.options = append(credentials.options, regapi.WithCredentials(regapi.Signature{Username: username, Key: signer}))
	return credentials, nil
}

// parseCertificate gives the client certificate, nil where the Secret has none.
func parseCertificate(secret *corev1.Secret) (*tls.Certificate, error) {
	chain, key := secret.Data[v1alpha1.SecretKeyCertificate], secret.Data[v1alpha1.SecretKeyPrivateKey]
	if len(chain) == 0 && len(key) == 0 {
		return nil, nil
	}
	if len(chain) == 0 || len(key) == 0 {
		return nil, secretInvalid(secret, "has only one of the keys tls.crt and tls.key: a client certificate needs both")
	}
	certificate, err := tls.X509KeyPair(chain, key)
	if err != nil {
		// The parser's own words may quote the key.
		return nil, secretInvalid(secret, "has a tls.crt and a tls.key that are no matching PEM certificate and key: correct them")
	}
	return &certificate, nil
}

func secretInvalid(secret *corev1.Secret, what string) *Unavailable {
	return &Unavailable{Reason: v1alpha1.ReasonSecretInvalid, Message: fmt.Sprintf("Secret %s %s", secret.Name, what)}
}
