package regapitest

import (
	"errors"
	"net/http"
	"time"
)

// clockPage is the answer of GET and POST /clock.
type clockPage struct {
	Now time.Time `json:"now"`
	// Ahead is the distance from real time, as in "1h0m0s"; a clock that stands falls behind.
	Ahead  string `json:"ahead"`
	Frozen bool   `json:"frozen"`
}

// clockOrder is the body of POST /clock.
type clockOrder struct {
	// Advance is a duration such as "1h30m".
	Advance string `json:"advance"`
	// Set is a time such as "2027-01-01T00:00:00Z".
	Set    time.Time `json:"set"`
	Frozen *bool     `json:"frozen"`
}

func (o clockOrder) change() (clockChange, error) {
	asked := clockChange{frozen: o.Frozen, set: o.Set}
	if o.Advance == "" && o.Set.IsZero() && o.Frozen == nil {
		return asked, errors.New("neither advance, set nor frozen is given")
	}
	if o.Advance == "" {
		return asked, nil
	}
	if !o.Set.IsZero() {
		return asked, errors.New("advance and set exclude each other")
	}
	var err error
	asked.advance, err = time.ParseDuration(o.Advance)
	return asked, err
}

func (s *Server) controlReadClock(w http.ResponseWriter, _ *http.Request) {
	if clock := s.movableClock(w); clock != nil {
		s.writeClock(w, clock)
	}
}

func (s *Server) controlMoveClock(w http.ResponseWriter, r *http.Request) {
	clock := s.movableClock(w)
	if clock == nil {
		return
	}
	var order clockOrder
	err := decodeControl(r, &order)
	var asked clockChange
	if err == nil {
		asked, err = order.change()
	}
	if err == nil {
		err = clock.change(asked)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.writeClock(w, clock)
}

// movableClock returns the server's clock, or answers 409 and returns nil: a clock of [WithClock] is moved by whoever made it.
func (s *Server) movableClock(w http.ResponseWriter) *offsetClock {
	clock, ok := s.clock.(*offsetClock)
	if !ok {
		http.Error(w, "the clock is not the simulator's own", http.StatusConflict)
		return nil
	}
	return clock
}

func (s *Server) writeClock(w http.ResponseWriter, clock *offsetClock) {
	now, ahead, frozen := clock.state()
	s.writeJSON(w, clockPage{Now: now.Truncate(time.Millisecond), Ahead: ahead.Round(time.Millisecond).String(), Frozen: frozen})
}
