package regapi

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// DefaultEndpoint is REG.API at REG.RU.
const DefaultEndpoint = "https://api.reg.ru/api/regru2/"

// Defaults of the options.
const (
	// DefaultTimeout bounds one request, from connecting to the last byte of the answer.
	DefaultTimeout = 60 * time.Second
	// DefaultMaxAnswerSize bounds the largest answer, in bytes: the list of some hundred thousand domains. An answer about what
	// a request names has less, by how much that is.
	DefaultMaxAnswerSize = 32 << 20
	// DefaultUserAgent names this client to the server.
	DefaultUserAgent = "regapi-operator"
)

// Language is the language of error texts (2.2.4.2).
type Language string

// The languages that REG.API writes error texts in.
const (
	English Language = "en"
	Russian Language = "ru"
	Thai    Language = "th"
)

// Option sets one property of a [Client].
type Option func(*options)

type options struct {
	endpoint      string
	credentials   Credentials
	certificates  []tls.Certificate
	rootCAs       *x509.CertPool
	language      Language
	timeout       time.Duration
	maxAnswerSize int64
	userAgent     string
	transport     http.RoundTripper
	middlewares   []Middleware
}

// WithEndpoint sets the URL below which the functions lie. It must be https, unless the host is a
// loopback address.
func WithEndpoint(endpoint string) Option { return func(o *options) { o.endpoint = endpoint } }

// WithCredentials sets who calls. It is required.
func WithCredentials(credentials Credentials) Option {
	return func(o *options) { o.credentials = credentials }
}

// WithClientCertificate presents a certificate in TLS. Signatures need it, and so does every request
// of an account that has uploaded a certificate (2.4.3).
func WithClientCertificate(certificate tls.Certificate) Option {
	return func(o *options) { o.certificates = []tls.Certificate{certificate} }
}

// WithRootCAs sets the authorities that may sign the server's certificate, instead of the system's.
func WithRootCAs(pool *x509.CertPool) Option { return func(o *options) { o.rootCAs = pool } }

// WithLanguage sets the language of error texts; the default is English.
func WithLanguage(language Language) Option { return func(o *options) { o.language = language } }

// WithTimeout bounds one request; the default is [DefaultTimeout].
func WithTimeout(timeout time.Duration) Option { return func(o *options) { o.timeout = timeout } }

// WithMaxAnswerSize bounds an answer, in bytes; the default is [DefaultMaxAnswerSize].
func WithMaxAnswerSize(bytes int64) Option { return func(o *options) { o.maxAnswerSize = bytes } }

// WithUserAgent sets the User-Agent header; the default is [DefaultUserAgent].
func WithUserAgent(name string) Option { return func(o *options) { o.userAgent = name } }

// WithTransport replaces the HTTP transport, for tests. It excludes the TLS options.
func WithTransport(transport http.RoundTripper) Option {
	return func(o *options) { o.transport = transport }
}

// WithMiddleware wraps every request into the middlewares, the first of all of them outermost.
func WithMiddleware(middlewares ...Middleware) Option {
	return func(o *options) { o.middlewares = append(o.middlewares, middlewares...) }
}

// validate tells what is wrong with the options as a whole.
func (o *options) validate() error {
	if o.credentials == nil {
		return errors.New("credentials are missing")
	}
	if err := o.credentials.validate(); err != nil {
		return err
	}
	if o.timeout <= 0 || o.maxAnswerSize <= 0 {
		return errors.New("time-out and answer size must be positive")
	}
	if o.transport != nil && (o.certificates != nil || o.rootCAs != nil) {
		return errors.New("a transport of the caller's own excludes client certificate and root CAs")
	}
	return nil
}

// roundTripper is the caller's own transport or a new one.
func (o *options) roundTripper() http.RoundTripper {
	if o.transport != nil {
		return o.transport
	}
	return newTransport(&tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: o.certificates,
		RootCAs:      o.rootCAs,
	})
}

// parseEndpoint checks the endpoint. Its errors do not show the URL, which may hold a password.
func parseEndpoint(text string) (*url.URL, error) {
	endpoint, err := url.Parse(text)
	if err != nil || endpoint.Hostname() == "" {
		return nil, errors.New("the endpoint is not a URL with a host")
	}
	if endpoint.User != nil || endpoint.RawQuery != "" || endpoint.ForceQuery || endpoint.Fragment != "" || strings.Contains(text, "#") {
		return nil, errors.New("the endpoint must not hold a user, a query or a fragment")
	}
	switch {
	case endpoint.Scheme == "https":
	case endpoint.Scheme == "http" && isLoopback(endpoint.Hostname()):
	default:
		return nil, errors.New("the endpoint must be https; http is for loopback addresses only")
	}
	return endpoint, nil
}

// isLoopback reports whether a host can only be this machine. Names other than localhost are not
// resolved: they may mean something else at the next look.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address := net.ParseIP(host)
	return address != nil && address.IsLoopback()
}
