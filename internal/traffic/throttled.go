package traffic

import (
	"errors"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Reasons of a [ThrottledError].
const (
	reasonUsedUp = "the requests of the hour are used up"
	reasonFrozen = "REG.API has refused requests for their rate, so they rest for a while"
	reasonLost   = "the record of the requests of this hour is lost, so that only challenges go until it is over"
	reasonQueue  = "too many requests are waiting for their turn"
)

// minRetryAfter keeps those who cannot be told a time from asking again at once.
const minRetryAfter = time.Second

// ThrottledError says that a [Lane] did not send a request, because its turn would have come too
// late. Nothing was spent. Its class is [regapi.ClassThrottled].
type ThrottledError struct {
	// Function is the REG.API function, such as "zone/nop"; empty for a turn whose request was not known yet.
	Function string
	// Reason is a stable phrase.
	Reason string
	// RetryAfter is how long the request would have had to wait at least.
	RetryAfter time.Duration
}

// NewThrottledError is for who holds requests back before a lane does, for a reason that is a stable phrase.
func NewThrottledError(function, reason string, retryAfter time.Duration) *ThrottledError {
	return &ThrottledError{Function: function, Reason: reason, RetryAfter: max(retryAfter, minRetryAfter)}
}

// Error returns a stable sentence such as "zone/nop: the requests of the hour are used up".
func (e *ThrottledError) Error() string { return about(e.Function, e.Reason) }

// about says what a sentence is about, as far as that is known.
func about(function, sentence string) string {
	if function == "" {
		return sentence
	}
	return function + ": " + sentence
}

// Class is that of refusals by REG.API for the rate.
func (e *ThrottledError) Class() regapi.Class { return regapi.ClassThrottled }

// Unsent says that the request was not sent.
func (e *ThrottledError) Unsent() bool { return true }

// RetryAfter returns how long to wait before a request is worth another try, and whether err tells that at all: a lane that
// throttled it does, and a server that turned it away and said so; a refusal by REG.API itself does not.
func RetryAfter(err error) (time.Duration, bool) {
	if throttled, ok := errors.AsType[*ThrottledError](err); ok {
		return throttled.RetryAfter, true
	}
	if failure, ok := errors.AsType[*regapi.TransportError](err); ok && failure.RetryAfter > 0 {
		return failure.RetryAfter, true
	}
	return 0, false
}
