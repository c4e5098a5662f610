package proxy

import (
	"context"
	"errors"
	"net/http"
)

// Reason why the operator did not serve a request, as one word.
type Reason string

// The reasons.
const (
	// NoToken: the file with our token cannot be read.
	NoToken Reason = "NoToken"
	// NoCA: the file with the certificates cannot be read or holds none.
	NoCA Reason = "NoCA"
	// Unreachable: there is no connection, or it ended.
	Unreachable Reason = "Unreachable"
	// Slow: no answer came in time.
	Slow Reason = "Slow"
	// Unauthenticated: the operator does not accept our token (401).
	Unauthenticated Reason = "Unauthenticated"
	// NotAllowed: the operator knows us and does not let us in (403).
	NotAllowed Reason = "NotAllowed"
	// TooLarge: the zones hold more records than external-dns takes.
	TooLarge Reason = "TooLarge"
	// Unexpected: the answer cannot be the operator's.
	Unexpected Reason = "Unexpected"
)

// remedies say what to do about a failure.
var remedies = map[Reason]string{
	NoToken:         "mount a projected service account token, and name its file in --token-file",
	NoCA:            "mount the ConfigMap regapi-operator-ca, and name its ca.crt in --operator-ca-file",
	Unreachable:     "nothing, if the operator is restarting; else check --operator-url, --operator-server-name and --operator-ca-file",
	Slow:            "nothing: the operator goes on, and external-dns asks again",
	Unauthenticated: "make the audience of the projected token that of the operator's --external-dns-token-audience",
	NotAllowed:      "add the service account of this pod to the operator's --external-dns-allowed-service-accounts",
	TooLarge:        "serve fewer zones: let the operator's --external-dns-domain-filter name those that external-dns manages",
	Unexpected:      "check that --operator-url leads to the operator",
}

// Failure is why the operator did not serve a request.
type Failure struct {
	Reason Reason
	Err    error
}

// Error gives the reason and the cause.
func (f *Failure) Error() string { return string(f.Reason) + ": " + f.Err.Error() }

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Err }

// unreachable tells the failures of a connection apart.
func unreachable(err error) error {
	failure, known := errors.AsType[*Failure](err)
	_, tooLarge := errors.AsType[*http.MaxBytesError](err)
	switch {
	case tooLarge:
		return err
	case known:
		return failure
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return &Failure{Reason: Slow, Err: err}
	default:
		return &Failure{Reason: Unreachable, Err: err}
	}
}

// report makes a failure known, with what to do.
func (p *Proxy) report(r *http.Request, err error) {
	reason := Unexpected
	if failure, ok := errors.AsType[*Failure](err); ok {
		reason = failure.Reason
	}
	p.failures.WithLabelValues(string(reason)).Inc()
	p.settings.Logger.Info("Answered 503; external-dns asks again", "method", r.Method, "path", r.URL.Path,
		"reason", reason, "cause", err.Error(), "remedy", remedies[reason])
}
