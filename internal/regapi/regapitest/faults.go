package regapitest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// FaultKind is what goes wrong.
type FaultKind string

const (
	// FaultLatency delays the request by Fault.Latency, on top of any other fault.
	FaultLatency FaultKind = "latency"
	// FaultDropRequest closes the connection before anything was changed.
	FaultDropRequest FaultKind = "drop-request"
	// FaultDropAnswer makes the change and closes the connection without an answer.
	FaultDropAnswer FaultKind = "drop-answer"
	// FaultStatus answers with HTTP status Fault.Status (503 when 0) before anything was changed.
	FaultStatus FaultKind = "http-status"
	// FaultGarbage makes the change and answers bytes that are no JSON.
	FaultGarbage FaultKind = "garbage"
	// FaultTruncated makes the change and answers the first half of the JSON.
	FaultTruncated FaultKind = "truncated"
	// FaultHTML answers an HTML page with HTTP status 200 before anything was changed.
	FaultHTML FaultKind = "html"
	// FaultRateLimit refuses as if the account had gone over its limit.
	FaultRateLimit FaultKind = "rate-limit"
	// FaultError answers the top-level error Fault.Code (SERVICE_UNAVAILABLE when empty).
	FaultError FaultKind = "error"
	// FaultErrorAfter makes the change and answers the top-level error Fault.Code (INTERNAL_ERROR when empty) all the same.
	FaultErrorAfter FaultKind = "error-after"
	// FaultElementError fails an element with Fault.Code (INTERNAL_ERROR when empty) under a top-level success.
	FaultElementError FaultKind = "element-error"
)

var faultKinds = []FaultKind{
	FaultLatency, FaultDropRequest, FaultDropAnswer, FaultStatus, FaultGarbage, FaultTruncated, FaultHTML, FaultRateLimit, FaultError,
	FaultErrorAfter, FaultElementError,
}

// Fault is a fault on demand. It strikes the requests, or for [FaultElementError] the elements, that match all of Function, Domain and Login.
type Fault struct {
	Kind FaultKind
	// Function is a function or a pattern such as "zone/*"; empty means all.
	Function string
	// Domain strikes requests that name this domain; empty means all.
	Domain string
	// Login strikes the requests of one account; empty means all.
	Login string
	// Skip lets so many matches pass first. Count is how often the fault strikes; 0 means until it is cleared.
	Skip, Count int
	// Probability of a strike where all else matches, by the server's seed; 0 means always.
	Probability float64
	Latency     time.Duration
	Status      int
	Code        string
	// ErrorParams are the error_params of Code.
	ErrorParams map[string]string
}

// check refuses a fault that could never strike as it was meant to.
func (f Fault) check() error {
	if !slices.Contains(faultKinds, f.Kind) {
		return fmt.Errorf("fault kind %q is none of %v", f.Kind, faultKinds)
	}
	if _, err := path.Match(f.Function, ""); err != nil {
		return fmt.Errorf("fault function %q: %w", f.Function, err)
	}
	if f.Probability < 0 || f.Probability > 1 {
		return fmt.Errorf("fault probability %v is not between 0 and 1", f.Probability)
	}
	for name, number := range map[string]int{"skip": f.Skip, "count": f.Count} {
		if number < 0 {
			return fmt.Errorf("fault %s %d is negative", name, number)
		}
	}
	if f.Status != 0 && (f.Status < 200 || f.Status > 599) {
		return fmt.Errorf("fault status %d is no HTTP status", f.Status)
	}
	if f.Kind == FaultLatency && f.Latency <= 0 {
		return fmt.Errorf("fault latency %v is not positive", f.Latency)
	}
	return nil
}

func (f Fault) apiError(t target) *refusal.Error {
	code := f.Code
	switch {
	case code != "":
	case f.Kind == FaultRateLimit:
		code = refusal.AccountRate
	case f.Kind == FaultElementError, f.Kind == FaultErrorAfter:
		code = "INTERNAL_ERROR"
	default:
		code = "SERVICE_UNAVAILABLE"
	}
	err := &refusal.Error{Code: code, Params: maps.Clone(f.ErrorParams)}
	err.Fill(func(name string) string {
		switch name {
		case "domain_name", "dname":
			return strings.Join(t.domains, ", ")
		case "servtype":
			return domainType
		case "command_name":
			return t.function
		default:
			return "some " + name
		}
	})
	return err
}

// armed is a Fault that has been injected.
type armed struct {
	Fault
	matched, struck int
}

// target is what a fault is matched against.
type target struct {
	function, login string
	domains         []string
}

// strikes tells whether the fault strikes, and counts it.
func (a *armed) strikes(t target, chance *rand.Rand) bool {
	spent := a.Count > 0 && a.struck >= a.Count
	if spent || !matchFunction(a.Function, t.function) || (a.Login != "" && a.Login != t.login) {
		return false
	}
	if a.Domain != "" && !slices.Contains(t.domains, a.Domain) {
		return false
	}
	a.matched++
	if a.matched <= a.Skip || (a.Probability > 0 && chance.Float64() >= a.Probability) {
		return false
	}
	a.struck++
	return true
}

// faultPlan is what one request will meet.
type faultPlan struct {
	latency time.Duration
	fault   *Fault
}

// plan draws the faults of one request: all latencies, and the first other fault that strikes.
func (s *Server) plan(t target) faultPlan {
	plan := faultPlan{latency: s.latency}
	for _, a := range s.faults {
		if a.Kind == FaultElementError || (plan.fault != nil && a.Kind != FaultLatency) || !a.strikes(t, s.chance) {
			continue
		}
		if a.Kind == FaultLatency {
			plan.latency += a.Latency
			continue
		}
		fault := a.Fault
		plan.fault = &fault
	}
	return plan
}

// elementFault draws the fault of one element.
func (s *Server) elementFault(t target) *refusal.Error {
	for _, a := range s.faults {
		if a.Kind == FaultElementError && a.strikes(t, s.chance) {
			return a.apiError(t)
		}
	}
	return nil
}

// Inject arms a fault. Faults strike in the order in which they were injected. It panics if the fault makes no sense.
func (s *Server) Inject(fault Fault) {
	if err := s.inject(fault); err != nil {
		panic(err)
	}
}

func (s *Server) inject(fault Fault) error {
	if err := fault.check(); err != nil {
		return err
	}
	if fault.Domain != "" {
		name, err := dnszone.CanonicalDomain(fault.Domain)
		if err != nil {
			return fmt.Errorf("fault domain: %w", err)
		}
		fault.Domain = name
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &armed{Fault: fault})
	return nil
}

// ClearFaults disarms all faults.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}
