package regapitest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	goyaml "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"
)

// Seed is what a seed file sets up: accounts with their domains, behaviour and faults.
type Seed struct {
	Behaviour Behaviour     `json:"behaviour"`
	Accounts  []SeedAccount `json:"accounts,omitempty"`
	// Registry is what is known of names that no account holds; Lots, of domains for sale.
	Registry []RegistryName `json:"registry,omitempty"`
	Lots     []Lot          `json:"lots,omitempty"`
	Faults   []FaultSpec    `json:"faults,omitempty"`
	// Prices are those of zones that are not the simulator's own; Delays, how long things take.
	Prices map[string]Prices `json:"prices,omitempty"`
	Delays DelaySpec         `json:"delays"`
}

// DelaySpec are [Delays] as seed files and the control endpoint write them: durations such as "1h30m", empty to leave one as it is.
type DelaySpec struct {
	Order   string `json:"order,omitempty"`
	Renewal string `json:"renewal,omitempty"`
	Publish string `json:"publish,omitempty"`
	DNSSEC  string `json:"dnssec,omitempty"`
}

// Delays returns the delays that are meant. The error names the member that is none.
func (spec DelaySpec) Delays() (Delays, error) {
	var delays Delays
	for _, member := range []struct {
		name, text string
		into       **time.Duration
	}{
		{"order", spec.Order, &delays.Order}, {"renewal", spec.Renewal, &delays.Renewal}, {"publish", spec.Publish, &delays.Publish},
		{"dnssec", spec.DNSSEC, &delays.DNSSEC},
	} {
		if member.text == "" {
			continue
		}
		delay, err := time.ParseDuration(member.text)
		if err != nil || delay < 0 {
			return Delays{}, fmt.Errorf("%s: %q is no delay, such as 1h30m", member.name, member.text)
		}
		*member.into = &delay
	}
	return delays, nil
}

// SeedAccount is an account with its domains, other services and folders.
type SeedAccount struct {
	Account  `json:",inline"`
	Domains  []Domain  `json:"domains,omitempty"`
	Services []Service `json:"services,omitempty"`
	Folders  []Folder  `json:"folders,omitempty"`
}

// ParseSeed reads a seed file: YAML, or JSON, without unknown or repeated fields.
func ParseSeed(text []byte) (Seed, error) {
	var seed Seed
	if err := yaml.UnmarshalStrict(text, &seed); err != nil {
		return Seed{}, fmt.Errorf("parse the seed: %w", err)
	}
	if err := oneDocument(text); err != nil {
		return Seed{}, fmt.Errorf("parse the seed: %w", err)
	}
	if err := seed.Check(); err != nil {
		return Seed{}, fmt.Errorf("parse the seed: %w", err)
	}
	return seed, nil
}

// oneDocument refuses a file of several documents, of which the parser would read the first one alone.
func oneDocument(text []byte) error {
	decoder := goyaml.NewDecoder(bytes.NewReader(text))
	var document goyaml.Node
	for count := 1; ; count++ {
		err := decoder.Decode(&document)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case count > 1:
			return fmt.Errorf("line %d begins a second document", document.Line)
		}
	}
}

// Apply adds what the seed holds; its behaviour replaces that of [WithBehaviour]. After an error the server holds a part of it and should be closed.
func (s *Server) Apply(seed Seed) error {
	delays, err := seed.Delays.Delays()
	if err != nil {
		return fmt.Errorf("delays.%w", err)
	}
	s.SetDelays(delays)
	s.mu.Lock()
	s.behaviour = seed.Behaviour
	err = s.state.addAll(seed, s.clock.Now())
	s.mu.Unlock()
	if err != nil {
		return err
	}
	for _, spec := range seed.Faults {
		fault, err := spec.Fault()
		if err != nil {
			return err
		}
		if err := s.inject(fault); err != nil {
			return err
		}
	}
	return nil
}

// addAll adds what a seed holds. Its error begins with the path of the field.
func (s *state) addAll(seed Seed, now time.Time) error {
	for i, a := range seed.Accounts {
		at := fmt.Sprintf("accounts[%d]", i)
		if err := s.addAccount(a.Account); err != nil {
			return fmt.Errorf("%s: %w", at, err)
		}
		if err := s.addHoldings(at, a, now); err != nil {
			return err
		}
	}
	for i, name := range seed.Registry {
		if err := s.addRegistryName(name, now); err != nil {
			return fmt.Errorf("registry[%d]: %w", i, err)
		}
	}
	for zone, prices := range seed.Prices {
		if err := s.setPrices(zone, prices); err != nil {
			return fmt.Errorf("prices.%s: %w", zone, err)
		}
	}
	for i, l := range seed.Lots {
		if err := s.addLot(l); err != nil {
			return fmt.Errorf("lots[%d]: %w", i, err)
		}
	}
	return nil
}

func (s *state) addHoldings(at string, a SeedAccount, now time.Time) error {
	for i, d := range a.Domains {
		if err := s.addDomain(a.Login, d, s.config.behaviour, now); err != nil {
			return fmt.Errorf("%s.domains[%d]: %w", at, i, err)
		}
	}
	for i, added := range a.Services {
		if err := s.addService(a.Login, added, now); err != nil {
			return fmt.Errorf("%s.services[%d]: %w", at, i, err)
		}
	}
	for i, f := range a.Folders {
		if err := s.seedFolder(a.Login, f); err != nil {
			return fmt.Errorf("%s.folders[%d]: %w", at, i, err)
		}
	}
	return nil
}

// Reset makes the server as it was when new and applies the seed. A clock that the control endpoint moved shows real time again.
func (s *Server) Reset(seed Seed) error {
	s.mu.Lock()
	if clock, ok := s.clock.(*offsetClock); ok {
		clock.rewind()
	}
	s.forget()
	s.mu.Unlock()
	return s.Apply(seed)
}

// FaultSpec is a [Fault] as seed files and the control endpoint write it.
type FaultSpec struct {
	Kind        FaultKind         `json:"kind"`
	Function    string            `json:"function,omitempty"`
	Domain      string            `json:"domain,omitempty"`
	Login       string            `json:"login,omitempty"`
	Skip        int               `json:"skip,omitempty"`
	Count       int               `json:"count,omitempty"`
	Probability float64           `json:"probability,omitempty"`
	Latency     string            `json:"latency,omitempty"`
	Status      int               `json:"status,omitempty"`
	Code        string            `json:"code,omitempty"`
	ErrorParams map[string]string `json:"errorParams,omitempty"`
}

// Fault returns the fault that is meant; latency is written as in "300ms".
func (spec FaultSpec) Fault() (Fault, error) {
	fault := Fault{
		Kind: spec.Kind, Function: spec.Function, Domain: spec.Domain, Login: spec.Login, Skip: spec.Skip, Count: spec.Count,
		Probability: spec.Probability, Status: spec.Status, Code: spec.Code, ErrorParams: spec.ErrorParams,
	}
	if spec.Latency != "" {
		latency, err := time.ParseDuration(spec.Latency)
		if err != nil {
			return Fault{}, fmt.Errorf("fault latency: %w", err)
		}
		fault.Latency = latency
	}
	return fault, fault.check()
}

// ParseFault reads a fault written on a command line: "kind=drop-answer,function=zone/*,count=3".
func ParseFault(text string) (FaultSpec, error) {
	var spec FaultSpec
	for pair := range strings.SplitSeq(text, ",") {
		name, value, found := strings.Cut(pair, "=")
		if !found {
			return FaultSpec{}, fmt.Errorf("fault %q: %q is no name=value", text, pair)
		}
		if err := spec.set(name, value); err != nil {
			return FaultSpec{}, fmt.Errorf("fault %q: %w", text, err)
		}
	}
	if _, err := spec.Fault(); err != nil {
		return FaultSpec{}, fmt.Errorf("fault %q: %w", text, err)
	}
	return spec, nil
}

func (spec *FaultSpec) set(name, value string) (err error) {
	switch name {
	case "kind":
		spec.Kind = FaultKind(value)
	case "function":
		spec.Function = value
	case "domain":
		spec.Domain = value
	case "login":
		spec.Login = value
	case "latency":
		spec.Latency = value
	case "code":
		spec.Code = value
	case "skip":
		spec.Skip, err = strconv.Atoi(value)
	case "count":
		spec.Count, err = strconv.Atoi(value)
	case "status":
		spec.Status, err = strconv.Atoi(value)
	case "probability":
		spec.Probability, err = strconv.ParseFloat(value, 64)
	default:
		err = fmt.Errorf("there is no field %q", name)
	}
	return err
}
