package regapitest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// maxControlBytes bounds what the control endpoint reads.
const maxControlBytes = 1 << 20

// maxStateBytes bounds a state that is restored.
const maxStateBytes = 1 << 30

// ControlHandler serves the control endpoint: health, metrics, journal, faults, clock, zones, and a reset to the given seed. It knows no authentication and belongs
// on a loopback port of its own.
func (s *Server) ControlHandler(seed Seed) http.Handler {
	mux := http.NewServeMux()
	handler := onlyFromHere(mux)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { s.writeJSON(w, map[string]string{"status": "ok"}) })
	mux.Handle("GET /metrics", s.metrics.handler())
	mux.HandleFunc("GET /journal", s.controlJournal)
	mux.HandleFunc("POST /faults", s.controlInject)
	mux.HandleFunc("DELETE /faults", func(w http.ResponseWriter, _ *http.Request) {
		s.ClearFaults()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /clock", s.controlReadClock)
	mux.HandleFunc("POST /clock", s.controlMoveClock)
	mux.HandleFunc("GET /zones/{domain}", s.controlZone)
	s.driveRoutes(mux)
	mux.HandleFunc("GET /state", s.controlSave)
	mux.HandleFunc("PUT /state", s.controlRestore)
	mux.HandleFunc("POST /reset", func(w http.ResponseWriter, _ *http.Request) {
		answerEdit(w, s.Reset(seed), http.StatusInternalServerError)
	})
	return handler
}

// onlyFromHere refuses what a page of a foreign site makes a browser send: a name that was pointed here, or another origin.
func onlyFromHere(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLoopback(r.Host) {
			http.Error(w, fmt.Sprintf("host %q is not on loopback", r.Host), http.StatusForbidden)
			return
		}
		if origin := r.Header.Get("Origin"); origin != "" {
			if from, err := url.Parse(origin); err != nil || !isLoopback(from.Host) {
				http.Error(w, fmt.Sprintf("origin %q is not on loopback", origin), http.StatusForbidden)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// isLoopback tells whether a host, with or without a port, is this one.
func isLoopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	address, err := netip.ParseAddr(name)
	return strings.EqualFold(name, "localhost") || (err == nil && address.IsLoopback())
}

func (s *Server) controlSave(w http.ResponseWriter, _ *http.Request) {
	document, err := s.Save()
	if err != nil {
		answerEdit(w, err, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if _, err := w.Write(document); err != nil {
		s.logger.Debug("The caller did not take the answer", "error", err)
	}
}

func (s *Server) controlRestore(w http.ResponseWriter, r *http.Request) {
	document, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxStateBytes))
	if err == nil {
		err = s.Restore(document)
	}
	answerEdit(w, err, http.StatusBadRequest)
}

// answerEdit says that something was done, or why it was not.
func answerEdit(w http.ResponseWriter, err error, status int) {
	if err != nil {
		http.Error(w, err.Error(), status)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// journalPage is the answer of GET /journal.
type journalPage struct {
	Refusals int     `json:"refusals"`
	Entries  []Entry `json:"entries"`
}

func (s *Server) controlJournal(w http.ResponseWriter, r *http.Request) {
	filters := []Filter{OfFunction(r.URL.Query().Get("function"))}
	if r.URL.Query().Get("writes") == "true" {
		filters = append(filters, Writes())
	}
	s.writeJSON(w, journalPage{Refusals: s.Refusals(), Entries: s.Journal(filters...)})
}

func (s *Server) controlInject(w http.ResponseWriter, r *http.Request) {
	var spec FaultSpec
	if err := decodeControl(r, &spec); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fault, err := spec.Fault()
	if err == nil {
		err = s.inject(fault)
	}
	answerEdit(w, err, http.StatusBadRequest)
}

// decodeControl reads a JSON body without unknown fields, and with nothing behind it.
func decodeControl(r *http.Request, into any) error {
	decoder := json.NewDecoder(io.LimitReader(r.Body, maxControlBytes))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("the body: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("the body holds more than one value")
	}
	return nil
}

// zonePage is the answer of GET /zones/{domain}.
type zonePage struct {
	Domain  string   `json:"domain"`
	SOA     SOA      `json:"soa"`
	Records []Record `json:"records"`
	// DNSSEC is what a validating resolver makes of it: insecure, secure or bogus.
	DNSSEC string `json:"dnssec"`
}

func (s *Server) controlZone(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.state.catchUp(s.clock.Now())
	d, err := s.state.domainNamed(r.PathValue("domain"))
	if err != nil {
		s.mu.Unlock()
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	page := zonePage{Domain: d.Name, SOA: d.zone.SOA(), Records: d.zone.Records(), DNSSEC: d.chain(s.clock.Now())}
	s.mu.Unlock()
	s.writeJSON(w, page)
}

func (s *Server) writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(value); err != nil {
		s.logger.Debug("The caller did not take the answer", "error", err)
	}
}
