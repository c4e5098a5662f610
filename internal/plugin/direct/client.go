package direct

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// Client gives a client with the credentials of a file, the one in the home folder if none is named, for an endpoint, REG.RU's if none is
// named. Readings that fail for a passing reason are tried again.
func Client(file, endpoint string) (*regapi.Client, error) {
	found, err := read(file)
	if err != nil {
		return nil, err
	}
	options := []regapi.Option{regapi.WithUserAgent("kubectl-regapi"), regapi.WithMiddleware(traffic.Retry())}
	if endpoint != "" {
		options = append(options, regapi.WithEndpoint(endpoint))
	}
	if found["lang"] != "" {
		options = append(options, regapi.WithLanguage(regapi.Language(found["lang"])))
	}
	if path := found["ca_cert_path"]; path != "" {
		pool, err := authorities(path)
		if err != nil {
			return nil, err
		}
		options = append(options, regapi.WithRootCAs(pool))
	}
	credentials, certificate, err := found.credentials()
	if err != nil {
		return nil, err
	}
	if certificate != nil {
		options = append(options, regapi.WithClientCertificate(*certificate))
	}
	return regapi.NewClient(append(options, regapi.WithCredentials(credentials))...)
}

func authorities(path string) (*x509.CertPool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read ca_cert_path: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("ca_cert_path %s has no certificate in PEM", path)
	}
	return pool, nil
}

// credentials gives the password, or without one the signature by the key of the certificate.
func (s settings) credentials() (regapi.Credentials, *tls.Certificate, error) {
	var certificate *tls.Certificate
	if s["pem"] != "" {
		var err error
		if certificate, err = s.certificate(); err != nil {
			return nil, nil, err
		}
	}
	switch {
	case s["password"] != "":
		return regapi.Password{Username: s["username"], Password: s["password"]}, certificate, nil
	case certificate == nil:
		return nil, nil, errors.New("the credentials have neither password nor pem: add one of the lines password=… and pem=…")
	}
	key, ok := certificate.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, nil, errors.New("the key of pem cannot sign: an RSA key is wanted")
	}
	return regapi.Signature{Username: s["username"], Key: key}, certificate, nil
}

// certificate reads certificate and key, both of which the file pem has.
func (s settings) certificate() (*tls.Certificate, error) {
	text, err := os.ReadFile(s["pem"])
	if err != nil {
		return nil, fmt.Errorf("read pem: %w", err)
	}
	var chain, key []byte
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			chain = append(chain, pem.EncodeToMemory(block)...)
			continue
		}
		if x509.IsEncryptedPEMBlock(block) { //nolint:staticcheck // The vendor's console takes keys of this old kind.
			plain, err := x509.DecryptPEMBlock(block, []byte(s["pem_password"])) //nolint:staticcheck // As above.
			if err != nil {
				return nil, fmt.Errorf("decrypt the key of pem %s, for which pem_password is: %w", s["pem"], err)
			}
			block = &pem.Block{Type: block.Type, Bytes: plain}
		}
		key = pem.EncodeToMemory(block)
	}
	certificate, err := tls.X509KeyPair(chain, key)
	if err != nil {
		return nil, fmt.Errorf("pem %s has to hold a certificate and its key: %w", s["pem"], err)
	}
	return &certificate, nil
}
