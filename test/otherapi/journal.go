package otherapi

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Entry is a request in the journal.
type Entry struct {
	At       time.Time
	Function string
	Domains  []string
	Actions  []string // of writing functions: each with its domain and its outcome
	Outcome  string   // success, an error code, or the fault
}

// Writing says whether the function changes zones.
func (e Entry) Writing() bool {
	return strings.HasPrefix(e.Function, "zone/") && e.Function != "zone/nop" && e.Function != "zone/get_resource_records"
}

// String gives the entry as one line, and one for each action.
func (e Entry) String() string {
	line := fmt.Sprintf("%s %s %s: %s", e.At.Format("05.000"), e.Function, strings.Join(e.Domains, ","), e.Outcome)
	return strings.Join(append([]string{line}, e.Actions...), "\n        ")
}

// Journal gives the requests so far.
func (s *Server) Journal() []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.journal)
}

// Records gives what the zone of a domain holds, late or not, in the words of Record.String and sorted. What stands twice is given twice.
func (s *Server) Records(domain string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var lines []string
	if z := s.find(params{"dname": domain}); z != nil {
		for _, r := range z.records {
			lines = append(lines, r.String())
		}
	}
	slices.Sort(lines)
	return lines
}

// Lifetimes gives the TTL and the minimum TTL of a zone in seconds.
func (s *Server) Lifetimes(domain string) (ttl, minimum int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if z := s.find(params{"dname": domain}); z != nil {
		return z.ttl, z.minimum
	}
	return 0, 0
}
