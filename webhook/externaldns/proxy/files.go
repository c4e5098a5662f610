package proxy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

const (
	dialTimeout = 4 * time.Second
	// idleTimeout is less than that of the operator, so that it is rarely the operator who ends an idle connection.
	idleTimeout = time.Minute
)

// newClient gives a client that checks the operator by the CA file as it is when a connection is made. It follows no
// redirect, so that the token goes nowhere else, and asks no proxy.
func newClient(settings Settings) *http.Client {
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		authorities, err := readAuthorities(settings.CAFile)
		if err != nil {
			return nil, err
		}
		dialer := tls.Dialer{
			NetDialer: &net.Dialer{Timeout: dialTimeout},
			Config:    &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: authorities, ServerName: settings.ServerName},
		}
		return dialer.DialContext(ctx, network, address)
	}
	return &http.Client{
		Transport:     &http.Transport{DialTLSContext: dial, IdleConnTimeout: idleTimeout, MaxIdleConnsPerHost: 2, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func readAuthorities(file string) (*x509.CertPool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, &Failure{Reason: NoCA, Err: err}
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, &Failure{Reason: NoCA, Err: fmt.Errorf("%s holds no certificate", file)}
	}
	return pool, nil
}

func readToken(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", &Failure{Reason: NoToken, Err: err}
	}
	token := strings.TrimSpace(string(text))
	if token == "" || strings.ContainsAny(token, "\r\n") {
		return "", &Failure{Reason: NoToken, Err: errors.New(file + " holds no token")}
	}
	return token, nil
}
