package regapi

import (
	"errors"
	"strings"
)

// Error is a refusal by REG.API: of a whole request, of one element of a list, or by this client
// before anything was sent. All its texts are free of secrets.
type Error struct {
	// Function is the REG.API function, such as "zone/add_alias".
	Function string
	// Code is the error code; empty where the answer gave a text alone.
	Code ErrorCode
	// Text is the server's explanation, for people only.
	Text string
	// Params holds what the server substituted into Text, flattened to strings.
	Params map[string]string
	// Domain names the element that failed; empty when the whole request did.
	Domain string

	// unsent marks refusals by the client itself.
	unsent bool
}

// Error returns a stable sentence such as "zone/add_alias example.ru: IP_INVALID: Invalid IP address".
func (e *Error) Error() string {
	subject := e.Function
	if e.Domain != "" {
		subject += " " + e.Domain
	}
	parts := []string{subject}
	if e.Code != "" {
		parts = append(parts, string(e.Code))
	}
	if e.Text != "" {
		parts = append(parts, e.Text)
	}
	return strings.Join(parts, ": ")
}

// Is makes errors.Is match refusals by code: a target with a code and nothing else matches every
// refusal with that code.
func (e *Error) Is(target error) bool {
	pattern, ok := target.(*Error)
	if !ok || pattern.Function != "" || pattern.Domain != "" || pattern.Code == "" {
		return false
	}
	return e.Code == pattern.Code
}

// Class returns the class of the refusal's code.
func (e *Error) Class() Class {
	if e.ofAccount() {
		return ClassDenied
	}
	return e.Code.Class()
}

// ofAccount reports whether a code that nobody has described can only be about the account: nop asks for nothing (4.1).
func (e *Error) ofAccount() bool { return e.Function == "nop" && e.Code != "" && !e.Code.Documented() }

// Unsent reports whether this client itself refused to send the request.
func (e *Error) Unsent() bool { return e.unsent }

// Remedy tells a person what to do about the refusal; see [Remedy].
func (e *Error) Remedy() string {
	if e.ofAccount() {
		return remedyAccount
	}
	return remedies[e.Code]
}

// refuse is a refusal by this client: the request was never sent.
func refuse(function string, code ErrorCode, text string) *Error {
	return &Error{Function: function, Code: code, Text: text, unsent: true}
}

// NeverSent reports whether the request behind err provably never left this process, so that
// repeating it cannot repeat an effect: the client refused it, its turn did not come, or no
// connection came about. The outermost error that has a method Unsent decides.
func NeverSent(err error) bool {
	said, ok := errors.AsType[interface {
		error
		Unsent() bool
	}](err)
	return ok && said.Unsent()
}
