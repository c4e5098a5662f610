package regapitest

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/form"
)

// Stage is a moment in the life of a request at which a hook is called.
type Stage string

const (
	// StageReceived is when the request has been read and nothing has been checked or changed.
	StageReceived Stage = "received"
	// StageApplied is after the function ran, and before any of the answer is sent. A request that was refused before does not reach it.
	StageApplied Stage = "applied"
	// StageAnswered is after the answer was sent, or instead of it where a fault drops it.
	StageAnswered Stage = "answered"
)

// Entry is one request in the journal. Passwords, signatures, transfer keys and contacts are never in it.
type Entry struct {
	ID       int       `json:"id"`
	Time     time.Time `json:"time"`
	Function string    `json:"function"`
	Login    string    `json:"login,omitempty"`
	RemoteIP string    `json:"remote_ip"`
	// Elements is the number of domains or services in the request's list, 1 without a list; of service/get_list, in its answer.
	Elements int            `json:"elements"`
	Params   map[string]any `json:"params,omitempty"`
	// Write tells that the function is one that changes something; Changed, that something did change.
	Write   bool `json:"write"`
	Changed bool `json:"changed"`
	// Result is that of the top level, "success" or "error"; empty while the request is under way and when no answer was made.
	Result        string         `json:"result,omitempty"`
	ErrorCode     string         `json:"error_code,omitempty"`
	ElementErrors []ElementError `json:"element_errors,omitempty"`
	// Fault is the kind of the fault that the request met.
	Fault    FaultKind     `json:"fault,omitempty"`
	Duration time.Duration `json:"duration_ns"`
}

// ElementError is the error of one element of a request's list.
type ElementError struct {
	Element string `json:"element"`
	Code    string `json:"code"`
}

// Filter chooses entries of the journal.
type Filter func(Entry) bool

// OfFunction chooses requests of a function, or of a pattern of functions such as "zone/*"; "" and "*" are all.
func OfFunction(pattern string) Filter {
	return func(e Entry) bool { return matchFunction(pattern, e.Function) }
}

// OfAccount chooses the requests of one account.
func OfAccount(login string) Filter { return func(e Entry) bool { return e.Login == login } }

// Writes chooses the requests of functions that change something, whether or not they did.
func Writes() Filter { return func(e Entry) bool { return e.Write } }

func matchFunction(pattern, function string) bool {
	if pattern == "" || pattern == "*" {
		return true
	}
	matched, err := path.Match(pattern, function)
	return err == nil && matched
}

// journal keeps the newest requests: so many, and of so many bytes.
type journal struct {
	limit, maxBytes int
	lastID          int
	bytes           int
	// entries from first on are kept; those before are gone, and their room is given back now and then.
	entries []kept
	first   int
}

// kept is an entry with about what it takes in memory.
type kept struct {
	*Entry
	size int
}

func (j *journal) open(e *Entry) {
	j.lastID++
	e.ID = j.lastID
	size := entryBytes + len(e.Function) + len(e.Login) + sizeOf(e.Params)
	j.bytes += size
	j.entries = append(j.entries, kept{Entry: e, size: size})
	for count := len(j.entries) - j.first; count > 0 && (count > j.limit || j.bytes > j.maxBytes); count-- {
		j.bytes -= j.entries[j.first].size
		j.entries[j.first] = kept{}
		j.first++
	}
	if j.first > len(j.entries)/2 {
		j.entries, j.first = slices.Clone(j.entries[j.first:]), 0
	}
}

// forget empties the journal; numbers go on.
func (j *journal) forget() { j.entries, j.first, j.bytes = nil, 0, 0 }

// entryBytes is about what an entry takes beside its parameters.
const entryBytes = 512

// sizeOf is about what a decoded value takes in memory.
func sizeOf(value any) int {
	const header = 32
	switch value := value.(type) {
	case map[string]any:
		size := header
		for name, item := range value {
			size += header + len(name) + sizeOf(item)
		}
		return size
	case []any:
		size := header
		for _, item := range value {
			size += sizeOf(item)
		}
		return size
	case string:
		return header + len(value)
	default:
		return header
	}
}

func (j *journal) list(filters []Filter) []Entry {
	chosen := []Entry{}
	for _, e := range j.entries[j.first:] {
		if !slices.ContainsFunc(filters, func(f Filter) bool { return !f(*e.Entry) }) {
			chosen = append(chosen, e.clone())
		}
	}
	return chosen
}

// clone copies what the server may still write to; Params are never written to after they were made.
func (e *Entry) clone() Entry {
	c := *e
	c.ElementErrors = slices.Clone(e.ElementErrors)
	return c
}

// fingerprint is the same for equal parameters, and tells nothing about them.
func fingerprint(p form.Params) string {
	text, err := json.Marshal(p.Plain(nil))
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%x", sha256.Sum256(text))
}

// Journal returns the requests that pass all filters, in the order in which they came.
func (s *Server) Journal(filters ...Filter) []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.journal.list(filters)
}

// Calls counts the requests of a function or of a pattern of functions.
func (s *Server) Calls(pattern string) int { return len(s.Journal(OfFunction(pattern))) }

// ResetJournal forgets all requests, refusals and measures of concurrency. Rate limits still remember them.
func (s *Server) ResetJournal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.journal.forget()
	s.limiter.refusals = 0
	clear(s.maxInFlight)
}

// Refusals returns how often a request was refused for rate; injected refusals do not count.
func (s *Server) Refusals() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limiter.refusals
}

// MaxInFlight returns the highest number of requests of a login that were under way at once.
func (s *Server) MaxInFlight(login string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.maxInFlight[login]
}
