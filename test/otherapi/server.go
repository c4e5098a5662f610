package otherapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Account is the login that an instance knows.
type Account struct {
	Login, Password string
	UserID          int
	Partner         bool
}

// Server is REG.API for one account. It is safe for concurrent use.
type Server struct {
	account Account
	habits  Habits

	mu      sync.Mutex
	zones   []*zone
	faults  *faults
	late    time.Duration
	journal []Entry
}

// slowness is how long a slow answer takes.
const slowness = 700 * time.Millisecond

// New makes an instance without faults.
func New(account Account, habits Habits) *Server {
	return &Server{account: account, habits: habits, faults: newFaults(0, nil)}
}

// Arm deals faults from now on, so many of each kind; what was left of earlier ones is forgotten.
func (s *Server) Arm(seed uint64, counts map[Fault]int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = newFaults(seed, counts)
}

// ReadLate makes additions show in readings only after a while.
func (s *Server) ReadLate(by time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.late = by
}

// AddDomain gives the account a domain whose zone holds the registrar's name servers and these records.
func (s *Server) AddDomain(name string, records ...Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	z := &zone{domain: ascii(name), serviceID: 100*s.account.UserID + len(s.zones) + 1, ttl: 86400, minimum: 12 * 3600}
	for i, server := range []string{"ns1.reg.ru", "ns2.reg.ru"} {
		z.records = append(z.records, held{Record: Record{Name: "@", Type: "NS", Priority: i, Content: server}, registrar: true})
	}
	for _, r := range records {
		z.records = append(z.records, held{Record: r})
	}
	s.zones = append(s.zones, z)
}

// request is one on its way.
type request struct {
	function string
	params   params
	entry    *Entry
}

// answer is the answer of a function, or the error of the request as a whole.
type answer struct {
	body    map[string]any
	refusal *refusal
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	fault, a := s.answer(r)
	switch fault {
	case FaultLostBefore, FaultLostAfter:
		panic(http.ErrAbortHandler) // closes the connection
	case FaultPage500, FaultPage502:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(map[Fault]int{FaultPage500: http.StatusInternalServerError, FaultPage502: http.StatusBadGateway}[fault])
		_, _ = fmt.Fprintf(w, "<html><head><title>%s</title></head><body><hr><center>nginx</center></body></html>\n", fault)
		return
	case FaultSlow:
		select {
		case <-time.After(slowness):
		case <-r.Context().Done():
		}
	}
	s.write(w, a)
}

func (s *Server) write(w http.ResponseWriter, a answer) {
	envelope := map[string]any{"charset": "utf-8", "messagestore": nil, "result": "success"}
	if a.refusal != nil {
		envelope["result"], envelope["error_code"], envelope["error_text"] = "error", a.refusal.code, a.refusal.text
		envelope["error_params"] = map[string]any{}
	} else {
		envelope["answer"] = a.body
	}
	var text []byte
	if s.habits.Indented {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		text, _ = json.MarshalIndent(envelope, "", "   ") // Nothing in it can fail.
	} else {
		w.Header().Set("Content-Type", "application/json")
		text, _ = json.Marshal(envelope)
	}
	_, _ = w.Write(text)
}

// answer does what is asked, or does not, and writes it down.
func (s *Server) answer(r *http.Request) (Fault, answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	function := strings.Trim(strings.TrimPrefix(r.URL.Path, "/api/regru2/"), "/")
	entry := Entry{At: time.Now(), Function: function}
	defer func() { s.journal = append(s.journal, entry) }()
	p, refused := s.admit(r)
	if refused != nil {
		entry.Outcome = refused.code
		return "", answer{refusal: refused}
	}
	for _, element := range p.elements() {
		entry.Domains = append(entry.Domains, s.label(element))
	}
	fault := s.faults.draw(function, FaultLostBefore, FaultLostAfter, FaultPage500, FaultPage502, FaultUnavailable, FaultRate, FaultSlow)
	entry.Outcome = string(fault)
	switch fault {
	case FaultLostBefore, FaultPage500:
		return fault, answer{}
	case FaultUnavailable:
		return fault, answer{refusal: refuse(string(fault), "Reg.API is temporarily unavailable")}
	case FaultRate:
		return fault, answer{refusal: refuse(string(fault), "You have exceeded the allowed connection rate")}
	}
	a := s.call(request{function: function, params: p, entry: &entry})
	if a.refusal != nil {
		entry.Outcome = a.refusal.code
	} else if fault == "" {
		entry.Outcome = "success"
	}
	return fault, a
}

// admit checks a request (2.2) and gives its parameters.
func (s *Server) admit(r *http.Request) (params, *refusal) {
	if r.Method != http.MethodPost {
		return nil, refuse("ONLY_POST_ALLOWED", "Only HTTP method POST allowed")
	}
	if r.URL.RawQuery != "" {
		return nil, refuse("QUERY_PARAMS_DISALLOWED", "Query string parameters are disallowed. Pass parameters in form data.")
	}
	if err := r.ParseForm(); err != nil {
		return nil, refuse("PARAMETER_INCORRECT", "the form has incorrect format or data")
	}
	switch {
	case r.PostForm.Get("username") == "":
		return nil, refuse("NO_USERNAME", "No username given")
	case r.PostForm.Get("password") == "":
		return nil, refuse("NO_AUTH", "No authorization mechanism selected")
	case r.PostForm.Get("username") != s.account.Login || r.PostForm.Get("password") != s.account.Password:
		return nil, refuse("PASSWORD_AUTH_FAILED", "Username/password Incorrect")
	}
	p := params{}
	for name := range r.PostForm {
		p[name] = r.PostForm.Get(name)
	}
	if data := r.PostForm.Get("input_data"); data != "" && r.PostForm.Get("input_format") == "json" {
		if err := json.Unmarshal([]byte(data), &p); err != nil {
			return nil, refuse("PARAMETER_INCORRECT", "input_data has incorrect format or data")
		}
	}
	return p, nil
}

// elements gives the list of a request, or the one domain that it names beside its parameters (2.2.4.3).
func (p params) elements() []params {
	for _, list := range []string{"domains", "services"} {
		if items, ok := p[list].([]any); ok {
			return maps(items)
		}
	}
	if p.text("dname")+p.text("domain_name")+p.text("service_id") != "" {
		return []params{p}
	}
	return nil
}

func maps(items []any) []params {
	var list []params
	for _, item := range items {
		one, _ := item.(map[string]any)
		list = append(list, one)
	}
	return list
}

// find gives the domain that an element names, nil if it is not of this account.
func (s *Server) find(element params) *zone {
	name := element.text("dname")
	if name == "" {
		name = element.text("domain_name")
	}
	for _, z := range s.zones {
		if fmt.Sprint(z.serviceID) == element.text("service_id") || name != "" && ascii(name) == z.domain {
			return z
		}
	}
	return nil
}

func (s *Server) label(element params) string {
	if z := s.find(element); z != nil {
		return z.domain
	}
	return "unknown"
}
