package regapitest

import (
	"crypto/tls"
	"errors"
	"io"
	"log"
	"mime"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/form"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// discardLog swallows what net/http says about connections that faults break on purpose.
var discardLog = log.New(io.Discard, "", 0)

// call is one request on its way through the simulator.
type call struct {
	srv    *Server
	fn     *function
	params form.Params
	entry  *Entry
	now    time.Time
	remote netip.Addr
	tls    *tls.ConnectionState
	// account is the caller's: nil while unknown, and for functions that everyone may call. test is the test mode.
	account *account
	test    bool
	changed bool
	// orders are what a renewal is to charge for.
	orders []order
	// folder is the one that the functions for folders work on, newFolder that to which services move.
	folder, newFolder *folder
	// found counts the services that the test user's request named.
	found int
	// file is answered instead of an envelope (8.29).
	file *file
	// contactGroup is that of the zones whose contacts the request changes (8.15); offer, the message that it makes (8.23).
	contactGroup string
	offer        *offer
	// billing is the login that the request moves the money of, empty where it moves none; billingBusy tells that another one was under way.
	billing     string
	billingBusy bool
	// onlyError is the error of the last element of an order that failed.
	onlyError *refusal.Error
	fault     *Fault
}

// reply is what goes over the wire.
type reply struct {
	status      int
	contentType string
	body        []byte
	// filename is that of an answer to be kept as a file.
	filename string
	// dropped closes the connection instead.
	dropped bool
}

// Handler serves the API without a listener of its own. The address of the caller is the request's RemoteAddr.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serve) }

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if !strings.HasPrefix(r.URL.Path, apiPath) {
		http.NotFound(w, r)
		return
	}
	c, refused := s.receive(w, r)
	answer := s.process(c, refused)
	s.leave(c)
	s.send(w, answer)
	s.finish(c)
	if answer.dropped {
		panic(http.ErrAbortHandler) // closes the connection
	}
}

// receive reads the request and opens its journal entry.
func (s *Server) receive(w http.ResponseWriter, r *http.Request) (*call, *refusal.Error) {
	c := &call{srv: s, params: form.Params{}, now: s.clock.Now(), tls: r.TLS}
	if address, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		c.remote = address.Addr().Unmap().WithZone("")
	}
	refused := c.read(w, r)
	name := strings.Trim(strings.TrimPrefix(r.URL.Path, apiPath), "/")
	c.entry = &Entry{
		Time: c.now, Function: name, Login: c.params.Text("username"), RemoteIP: c.remote.String(), Elements: 1, Params: c.params.Plain(hidden),
	}
	c.fn = s.functions[name]
	if c.fn != nil {
		c.entry.Write = !c.fn.ReadOnly
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.journal.open(c.entry)
	login := c.entry.Login
	s.inFlight[login]++
	s.maxInFlight[login] = max(s.maxInFlight[login], s.inFlight[login])
	s.claimBilling(c)
	return c, refused
}

// read checks the form of the request (2.1) and decodes its parameters.
func (c *call) read(w http.ResponseWriter, r *http.Request) *refusal.Error {
	if !c.srv.allowsGET() {
		if r.Method != http.MethodPost {
			return refusal.New("ONLY_POST_ALLOWED")
		}
		if r.URL.RawQuery != "" {
			return refusal.New("QUERY_PARAMS_DISALLOWED")
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, form.MaxBodyBytes))
	if err != nil {
		return refusal.Incorrect("input_data")
	}
	decoded, refused := form.Decode(r.Header.Get("Content-Type"), body, r.URL.Query())
	if decoded != nil {
		c.params = decoded
	}
	return refused
}

func (s *Server) allowsGET() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.behaviour.AllowGET
}

// process takes a request from its receipt to its answer.
func (s *Server) process(c *call, refused *refusal.Error) reply {
	s.callHook(StageReceived, c)
	plan := s.draw(c)
	if err := s.wait(plan.latency); err != nil {
		return reply{dropped: true}
	}
	c.fault = plan.fault
	if early, done := c.failEarly(); done {
		return early
	}
	refused = s.admit(c, refused)
	if refused == nil && c.fault != nil && (c.fault.Kind == FaultError || c.fault.Kind == FaultRateLimit) {
		refused = s.faultError(c)
	}
	var answer map[string]any
	if refused == nil {
		answer, refused = s.apply(c)
		s.callHook(StageApplied, c)
		if refused == nil && c.fault != nil && c.fault.Kind == FaultErrorAfter {
			refused = s.faultError(c)
		}
	}
	return c.failLate(s.compose(c, answer, refused))
}

// faultError is what a fault refuses a request with.
func (s *Server) faultError(c *call) *refusal.Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return c.fault.apiError(target{function: c.entry.Function, login: c.entry.Login, domains: c.names()})
}

// draw decides which faults the request meets.
func (s *Server) draw(c *call) faultPlan {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := target{function: c.entry.Function, login: c.entry.Login}
	if len(s.faults) > 0 {
		t.domains = c.names()
	}
	plan := s.plan(t)
	if plan.fault != nil {
		c.entry.Fault = plan.fault.Kind
	} else if plan.latency > s.latency {
		c.entry.Fault = FaultLatency
	}
	return plan
}

// wait lets latency pass; it ends early when the server is closed. A caller that goes away does not end it: what it asked for is still done.
func (s *Server) wait(latency time.Duration) error {
	if latency <= 0 {
		return nil
	}
	clock, ok := s.clock.(sleeper)
	if !ok {
		clock = &offsetClock{}
	}
	return clock.Sleep(s.ctx, latency)
}

const htmlPage = "<!DOCTYPE html>\n<html><head><title>REG.RU</title></head><body>Technical work is under way.</body></html>\n"

// failEarly is the answer of faults that strike before anything is changed.
func (c *call) failEarly() (reply, bool) {
	if c.fault == nil {
		return reply{}, false
	}
	switch c.fault.Kind {
	case FaultDropRequest:
		return reply{dropped: true}, true
	case FaultStatus:
		status := c.fault.Status
		if status == 0 {
			status = http.StatusServiceUnavailable
		}
		return reply{status: status, contentType: "text/plain; charset=utf-8", body: []byte(http.StatusText(status) + "\n")}, true
	case FaultHTML:
		return reply{status: http.StatusOK, contentType: "text/html; charset=utf-8", body: []byte(htmlPage)}, true
	default:
		return reply{}, false
	}
}

// failLate spoils an answer after the change was made.
func (c *call) failLate(answer reply) reply {
	if c.fault == nil {
		return answer
	}
	switch c.fault.Kind {
	case FaultDropAnswer:
		return reply{dropped: true}
	case FaultGarbage:
		answer.body = []byte("\x00\x1f\x8b not JSON {\xff")
	case FaultTruncated:
		answer.body = answer.body[:len(answer.body)/2]
	default:
	}
	return answer
}

// admit counts the request and checks everything that stands before the function itself; malformed is what its form was refused for.
func (s *Server) admit(c *call, malformed *refusal.Error) *refusal.Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.now = s.clock.Now()
	if err := s.limiter.admit(c.entry.Login, c.remote.String(), c.now); err != nil {
		s.metrics.countRefusal(err.Code)
		return err
	}
	if malformed != nil {
		return malformed
	}
	if err := c.params.CheckFormat(); err != nil {
		return err
	}
	if c.fn == nil {
		return refusal.New("NO_SUCH_COMMAND", "command_name", c.entry.Function)
	}
	if c.fn.HTTPSOnly && c.tls == nil && s.behaviour.EnforceHTTPS {
		return refusal.New("HTTPS_ONLY")
	}
	return c.authenticate()
}

// apply runs the function.
func (s *Server) apply(c *call) (map[string]any, *refusal.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.catchUp(c.now)
	var answer map[string]any
	var err *refusal.Error
	if c.fn.call != nil {
		answer, err = c.fn.call(c)
	} else {
		answer, err = c.answerList()
	}
	c.entry.Changed = c.changed
	c.countFailure(err != nil || len(c.entry.ElementErrors) > 0)
	return answer, err
}

// compose writes the answer and its outcome into the journal.
func (s *Server) compose(c *call, answer map[string]any, refused *refusal.Error) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	envelope := c.envelope(answer, refused)
	c.entry.Result = envelope["result"].(string)
	if refused != nil {
		c.entry.ErrorCode = refused.Code
	}
	if c.file != nil && refused == nil {
		return c.file.reply()
	}
	behaviour := s.behaviour
	if c.test {
		behaviour.Types = TypesDocumented
		behaviour.Priority = PriorityZero
	}
	settled := typist{behaviour: behaviour, chance: s.chance}.settle(envelope).(map[string]any)
	return c.write(settled)
}

// write gives the answer the format and the encoding that were asked for.
func (c *call) write(envelope map[string]any) reply {
	body, err := c.params.Format().Encode(envelope, c.params.Encoding())
	if err != nil {
		return reply{status: http.StatusInternalServerError, contentType: "text/plain; charset=utf-8", body: []byte(err.Error())}
	}
	return reply{status: http.StatusOK, contentType: c.contentType(), body: body}
}

func (s *Server) send(w http.ResponseWriter, answer reply) {
	if answer.dropped {
		return
	}
	w.Header().Set("Content-Type", answer.contentType)
	if answer.filename != "" {
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": answer.filename}))
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(answer.body)))
	w.WriteHeader(answer.status)
	if _, err := w.Write(answer.body); err != nil {
		s.logger.Debug("The caller did not take the answer", "error", err)
		return
	}
	// So that the caller has its answer before the hook of StageAnswered runs.
	if err := http.NewResponseController(w).Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		s.logger.Debug("The caller did not take the answer", "error", err)
	}
}

// leave counts a request as one that is no longer under way. It comes before the answer is sent, because its caller may send the next request at once.
func (s *Server) leave(c *call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inFlight[c.entry.Login]--
	s.releaseBilling(c)
	s.metrics.countRequest(c)
}

// finish closes the journal entry.
func (s *Server) finish(c *call) {
	s.mu.Lock()
	c.entry.Duration = s.clock.Now().Sub(c.entry.Time)
	entry := c.entry.clone()
	s.mu.Unlock()
	s.logger.Info("Request", "function", entry.Function, "login", entry.Login, "ip", entry.RemoteIP, "elements", entry.Elements,
		"result", entry.Result, "code", entry.ErrorCode, "failed", len(entry.ElementErrors), "changed", entry.Changed, "fault", entry.Fault,
		"took", entry.Duration)
	s.hook(StageAnswered, &entry)
}

func (s *Server) callHook(stage Stage, c *call) {
	s.mu.Lock()
	entry := c.entry.clone()
	s.mu.Unlock()
	s.hook(stage, &entry)
}
