package regapi

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Handler sends one request and returns its answer. An answer without an error means that the
// request succeeded at the top level; its elements may still have failed. An answer beside an error
// is what a refusal tells all the same.
type Handler interface {
	Do(ctx context.Context, request *Request) (*Answer, error)
}

// HandlerFunc lets a function be a [Handler].
type HandlerFunc func(ctx context.Context, request *Request) (*Answer, error)

// Do calls the function.
func (f HandlerFunc) Do(ctx context.Context, request *Request) (*Answer, error) {
	return f(ctx, request)
}

// Middleware wraps a handler into another.
type Middleware func(next Handler) Handler

// Request is one call of a REG.API function.
type Request struct {
	// Function is the category and the name, such as "zone/add_alias"; "nop" has no category.
	Function string
	// Params becomes a JSON object; nil is an empty one. It never holds credentials.
	Params any

	// lists are the members of the answer of which one is a list that is read element by element; "" is the answer itself.
	lists []string
	// asked is how many elements the request asks for; 0 leaves that to the account.
	asked int
	// sent is Params as they are sent, once somebody has asked; the handlers of a request look at it one after the other.
	sent *input
}

// input is what parameters become on the wire (2.2.4).
type input struct {
	text string
	// params is the decoded value of the text.
	params map[string]any
	err    error
}

// encode gives the parameters as JSON text and as the decoded value of that text, which nobody may change.
func (r *Request) encode() (text string, params map[string]any, err error) {
	if r.sent == nil {
		r.sent = &input{}
		r.sent.text, r.sent.params, r.sent.err = encodeParams(r.Params)
	}
	return r.sent.text, r.sent.params, r.sent.err
}

// Format prints the function alone: the parameters may hold contacts and transfer keys.
func (r Request) Format(state fmt.State, _ rune) {
	_, _ = fmt.Fprintf(state, "regapi.Request(%s)", r.Function)
}

// MarshalJSON hides the parameters as Format does.
func (r Request) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"function": r.Function})
}

// Answer is what came back for a request.
type Answer struct {
	// Status is the HTTP status code.
	Status int
	// ContentType is the Content-Type header; REG.API sends JSON under other types, too.
	ContentType string
	// Date is the server's time, from the header of that name; zero if there is none.
	Date time.Time
	// File is the body where a function answers with a file instead of an envelope; nil otherwise.
	File []byte `json:"-"`
	// Payload is the member "answer" of the envelope, without the list that the request wants element by element.
	Payload json.RawMessage `json:"-"`

	// lists are the elements of the lists that the request wants, by member.
	lists map[string][]json.RawMessage
	// length is how much of the body was read, in bytes.
	length int64
	// retryAfter is the header Retry-After; 0 if there is none.
	retryAfter time.Duration
	// redactor knows the secrets of the request, for the errors of the answer's elements.
	redactor *redactor
	// judge is told how the only element of a list fared; nil if nobody asks.
	judge func(error)
}

// OnVerdict has judge told of a refusal that only the typed call finds, since it stands in the only element of a list. A
// middleware that remembers refusals asks for it, before it returns the answer.
func (a *Answer) OnVerdict(judge func(error)) { a.judge = judge }

// Format prints neither body nor payload: they may hold contacts.
func (a Answer) Format(state fmt.State, _ rune) {
	_, _ = fmt.Fprintf(state, "regapi.Answer(HTTP %d, %s)", a.Status, sizeClass(a.length))
}

// fared passes on how the only element of the answer fared.
func (a *Answer) fared(err error) {
	if a.judge != nil {
		a.judge(err)
	}
}

// chain wraps handler so that the first middleware is the outermost.
func chain(handler Handler, middlewares ...Middleware) Handler {
	for i := len(middlewares) - 1; i >= 0; i-- {
		handler = middlewares[i](handler)
	}
	return handler
}
