package regapi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"time"
)

// TransportError says that a request got no usable answer. What the server or the network said is
// reduced to a few fixed phrases, so that no secret, port or request id can stand in it.
type TransportError struct {
	// Function is the REG.API function, such as "zone/nop".
	Function string
	// Reason is a stable phrase.
	Reason string
	// NeverSent says that the request provably never left this process.
	NeverSent bool
	// Status, ContentType and Length describe an answer that came and could not be used;
	// Status is 0 if none came. Length is in bytes.
	Status      int
	ContentType string
	Length      int64
	// Strain says that a smaller request might have been answered: the answer held more than the client takes, or did not
	// come in time.
	Strain bool
	// RetryAfter is how long the server asks not to be asked again; 0 if it does not say.
	RetryAfter time.Duration

	// cause is a system error number or nil: the only causes that hold no text of others.
	cause error
}

// Error returns a stable sentence such as "zone/nop: cannot connect to api.reg.ru:443: connection refused".
func (e *TransportError) Error() string {
	if e.Status == 0 {
		return e.Function + ": " + e.Reason
	}
	contentType := e.ContentType
	if contentType == "" {
		contentType = "no content type"
	}
	return fmt.Sprintf("%s: the server answered %s (HTTP %d, %s, %s)",
		e.Function, e.Reason, e.Status, contentType, sizeClass(e.Length))
}

// Discreet words an error for those who may name an endpoint and see nothing but a status: a server that cannot be reached, one
// that is somebody else's and one that has no such page all sound alike, or they would learn what listens where this process can
// reach it. Other errors are worded as they are.
func Discreet(err error) string {
	if _, ok := errors.AsType[*TransportError](err); ok {
		return "REG.API gives no usable answer at the endpoint of the Account, or cannot be reached there; the operator's log says more"
	}
	return err.Error()
}

// Unsent reports whether the request provably never left this process.
func (e *TransportError) Unsent() bool { return e.NeverSent }

// Class is that of a refusal for the rate for an answer that says so by its status, and else that of what may pass.
func (e *TransportError) Class() Class {
	if e.Status == http.StatusTooManyRequests {
		return ClassThrottled
	}
	return ClassTransient
}

// TurnedAway reports whether the server would hold it against the caller to be asked again at once: it was answered by what
// stands before REG.API and guards it.
func (e *TransportError) TurnedAway() bool {
	return e.Status == http.StatusForbidden || e.Status == http.StatusTooManyRequests || e.RetryAfter > 0
}

// Unwrap returns the system error number behind the failure, if there is one.
func (e *TransportError) Unwrap() error { return e.cause }

// unusable describes an answer that is not the envelope.
func unusable(function, reason string, answer *Answer) *TransportError {
	return &TransportError{
		Function: function, Reason: reason,
		Status: answer.Status, ContentType: answer.redactor.scrub(answer.ContentType), Length: answer.length,
		RetryAfter: answer.retryAfter,
	}
}

// sizeClass rounds a length up to a power of two: error pages carry times and request ids, and their
// exact length would make the message differ from one try to the next.
func sizeClass(length int64) string {
	if length == 0 {
		return "empty"
	}
	limit := int64(1 << 10)
	for limit < length {
		limit *= 2
	}
	return fmt.Sprintf("up to %d KiB", limit>>10)
}

// exchange is one try to send a request, as far as its failure has to be explained.
type exchange struct {
	function string
	host     string // host and port of the endpoint
	timeout  time.Duration
}

// failure explains why no answer came. ctx is the caller's, whose end is returned as such.
func (x exchange) failure(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", x.function, ctx.Err())
	}
	failure := &TransportError{Function: x.function, NeverSent: neverSent(err), Reason: x.reason(err)}
	failure.Strain = !failure.NeverSent && errors.Is(err, context.DeadlineExceeded)
	if number, ok := errors.AsType[syscall.Errno](err); ok {
		failure.cause = number
	}
	return failure
}

// neverSent recognizes failures that come before the first byte of a request: of the name, of the
// connection, and of this side's check of the server's certificate. A refusal of our own
// certificate is none of them: with TLS 1.3 it may arrive after the request has left.
func neverSent(err error) bool {
	if operation, ok := errors.AsType[*net.OpError](err); ok && (operation.Op == "dial" || operation.Op == "proxyconnect") {
		return true
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return true
	}
	_, ok := errors.AsType[*tls.CertificateVerificationError](err)
	return ok
}

// reason reduces a network error to a phrase that holds nothing but the endpoint's own host.
func (x exchange) reason(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Sprintf("no answer from %s within %s", x.host, x.timeout)
	}
	if name, ok := errors.AsType[*net.DNSError](err); ok {
		if name.IsNotFound {
			return "the name of " + x.host + " does not exist"
		}
		return "the name of " + x.host + " cannot be resolved"
	}
	if certificate := certificateReason(err); certificate != "" {
		return "the certificate of " + x.host + " " + certificate
	}
	if _, ok := errors.AsType[tls.AlertError](err); ok {
		return x.host + " ended the TLS handshake; if the account holds a certificate, every request must present it"
	}
	verb := "the connection to " + x.host + " broke"
	if neverSent(err) {
		verb = "cannot connect to " + x.host
	}
	if number, ok := errors.AsType[syscall.Errno](err); ok {
		return verb + ": " + number.Error()
	}
	return verb
}

// certificateReason says what is wrong with the server's certificate, "" if nothing is.
func certificateReason(err error) string {
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "is signed by an unknown authority"
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "is for another name"
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return "has expired or is not valid yet"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "cannot be verified"
	}
	return ""
}
