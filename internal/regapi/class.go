package regapi

import (
	"errors"
	"net/http"
	"slices"
)

// Class groups error codes by what the caller should do next.
type Class int

const (
	// ClassNone is the class of no error at all.
	ClassNone Class = iota
	// ClassInvalid: the request is wrong; only a different request can succeed.
	ClassInvalid
	// ClassDenied: the credentials or the caller's address are refused.
	ClassDenied
	// ClassNotFound: the object does not exist in this account.
	ClassNotFound
	// ClassThrottled: the requests of the hour are used up (1.2).
	ClassThrottled
	// ClassBusy: another operation has to finish first.
	ClassBusy
	// ClassTransient: a failure that may pass by itself, or one that this client does not know.
	ClassTransient
	// ClassBlocked: the remedy lies outside the request and the credentials: money, delegation,
	// protection, the state of the domain, the kind of account.
	ClassBlocked
	// ClassConflict: another record is in the way. It concerns one action, and passes when that record goes.
	ClassConflict
)

var classNames = [...]string{
	ClassNone:      "None",
	ClassInvalid:   "Invalid",
	ClassDenied:    "Denied",
	ClassNotFound:  "NotFound",
	ClassThrottled: "Throttled",
	ClassBusy:      "Busy",
	ClassTransient: "Transient",
	ClassBlocked:   "Blocked",
	ClassConflict:  "Conflict",
}

// String returns the name of the class, such as "NotFound".
func (c Class) String() string {
	if c < 0 || int(c) >= len(classNames) {
		return "Unknown"
	}
	return classNames[c]
}

// Class returns the class of a code. Codes that this client does not know are transient.
func (c ErrorCode) Class() Class {
	if class, known := classes[c]; known {
		return class
	}
	return ClassTransient
}

// Documented reports whether this client knows the code.
func (c ErrorCode) Documented() bool {
	_, known := classes[c]
	return known
}

// ClassOf returns the class of err: what the outermost error with a method Class says, such as a
// refusal by REG.API; ClassNone for nil, and ClassTransient for everything else.
func ClassOf(err error) Class {
	if err == nil {
		return ClassNone
	}
	if classified, ok := errors.AsType[interface {
		error
		Class() Class
	}](err); ok {
		return classified.Class()
	}
	return ClassTransient
}

// IsInvalid reports whether the request was refused as wrong in itself.
func IsInvalid(err error) bool { return ClassOf(err) == ClassInvalid }

// IsDenied reports whether the credentials or the caller's address were refused.
func IsDenied(err error) bool { return ClassOf(err) == ClassDenied }

// IsNotFound reports whether the object does not exist in the account.
func IsNotFound(err error) bool { return ClassOf(err) == ClassNotFound }

// IsThrottled reports whether a limit on requests per hour was exceeded.
func IsThrottled(err error) bool { return ClassOf(err) == ClassThrottled }

// IsBusy reports whether another operation has to finish first.
func IsBusy(err error) bool { return ClassOf(err) == ClassBusy }

// IsTransient reports whether the failure may pass by itself; unknown errors are taken for such.
func IsTransient(err error) bool { return ClassOf(err) == ClassTransient }

// IsBlocked reports whether the remedy lies outside the request and the credentials.
func IsBlocked(err error) bool { return ClassOf(err) == ClassBlocked }

// IsConflict reports whether another record is in the way.
func IsConflict(err error) bool { return ClassOf(err) == ClassConflict }

// HasCode reports whether err is a refusal with one of the codes.
func HasCode(err error, codes ...ErrorCode) bool {
	refusal, ok := errors.AsType[*Error](err)
	return ok && slices.Contains(codes, refusal.Code)
}

// ConcernsOneAction tells a refusal of one action from a failure of the zone, the account or the connection. Only an answer
// about the element says that REG.API looked at the action; of those, the classes that speak of the whole zone or account
// concern more.
func ConcernsOneAction(err error) bool {
	refusal, ok := errors.AsType[*Error](err)
	if !ok {
		return false
	}
	switch refusal.Class() {
	case ClassInvalid, ClassConflict:
		return true
	case ClassTransient:
		return refusal.Domain != ""
	default:
		return false
	}
}

// ofTheAccount are the refusals that speak of the account or of the way to ask, and of no element of a list.
var ofTheAccount = []ErrorCode{
	CodeNoSuchCommand, CodeOnlyPostAllowed, CodeQueryParamsDisallowed, CodeHTTPSOnly, CodeResellerAuthFailed, CodePurchasesDisabled,
	CodeNotEnoughMoney, CodeServiceUnavailable, CodeConnectionFailed,
}

// Divisible reports whether a list that failed as a whole may have failed for a single element or for its size, so that a part
// of it may succeed. A whole refused for its credentials or the rate fails in parts, too.
func Divisible(err error) bool {
	if failure, ok := errors.AsType[*TransportError](err); ok {
		turned := failure.Status == http.StatusTooManyRequests || failure.Status == http.StatusServiceUnavailable
		return !failure.NeverSent && (failure.Strain || !turned)
	}
	refusal, ok := errors.AsType[*Error](err) // of an earlier request, too
	if !ok || refusal.unsent || refusal.Domain != "" || slices.Contains(ofTheAccount, refusal.Code) {
		return false
	}
	class := refusal.Class()
	return class != ClassDenied && class != ClassThrottled && class != ClassBusy
}

// Strained reports whether a smaller request might have been answered: see [TransportError.Strain].
func Strained(err error) bool {
	failure, ok := errors.AsType[*TransportError](err)
	return ok && failure.Strain
}
