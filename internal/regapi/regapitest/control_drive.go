package regapitest

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// driveRoutes are the requests of the control endpoint that do what happens at a registrar without a request of the API.
func (s *Server) driveRoutes(mux *http.ServeMux) {
	for action, do := range map[string]func(*state, string, time.Time) error{
		"confirm-transfer": (*state).confirmTransfer, "time-out-transfer": (*state).driveTimeout, "confirm-email": (*state).confirmEmail,
		"move-away": (*state).driveAway, "suspend": (*state).driveSuspension, "refuse-order": (*state).driveRefusal, "autorenew": (*state).driveAutorenew,
	} {
		mux.HandleFunc("POST /domains/{name}/"+action, s.act(func(r *http.Request) error { return do(s.state, r.PathValue("name"), s.clock.Now()) }))
	}
	for action, do := range map[string]func(*state, int64, time.Time) error{
		"pay": (*state).driveBankPayment, "pay-from-balance": (*state).driveCabinetPayment, "confirm": (*state).driveConfirmation,
		"delete": (*state).driveDeletion,
	} {
		mux.HandleFunc("POST /bills/{id}/"+action, s.act(s.onBill(func(id int64) error { return do(s.state, id, s.clock.Now()) })))
	}
	mux.HandleFunc("POST /domains/{name}/expiry", told(s, func(r *http.Request, b driveBody) error {
		return s.state.setExpiry(r.PathValue("name"), b.Date, s.clock.Now())
	}))
	mux.HandleFunc("POST /registry/{name}/lock", told(s, func(r *http.Request, b driveBody) error {
		return s.state.setTransferLock(r.PathValue("name"), b.Lock)
	}))
	mux.HandleFunc("POST /accounts/{login}/top-up", told(s, func(r *http.Request, b driveBody) error {
		return s.state.topUp(r.PathValue("login"), b.Amount)
	}))
	mux.HandleFunc("POST /bills/{id}/price", told(s, func(r *http.Request, b driveBody) error {
		return s.onBill(func(id int64) error { return s.state.setBillPrice(id, b.Amount) })(r)
	}))
	mux.HandleFunc("POST /prices/{zone}", told(s, func(r *http.Request, p Prices) error { return s.state.setPrices(r.PathValue("zone"), p) }))
	mux.HandleFunc("POST /behaviour", told(s, func(_ *http.Request, b Behaviour) error {
		if err := b.Check(); err != nil {
			return err
		}
		s.behaviour = b
		return nil
	}))
	mux.HandleFunc("POST /delays", s.controlDelays)
	mux.HandleFunc("GET /accounts/{login}/books", s.controlBooks)
}

// driveBody is what the bodies of these requests hold, each one member.
type driveBody struct {
	// Date is YYYY-MM-DD; Lock is client, registry or empty; Amount is in roubles.
	Date   string `json:"date"`
	Lock   string `json:"lock"`
	Amount string `json:"amount"`
}

// act makes a handler of an edit that needs no body; what cannot be done is 404.
func (s *Server) act(do func(*http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answerEdit(w, s.edit(func() error { return do(r) }), http.StatusNotFound)
	}
}

func (s *Server) onBill(do func(id int64) error) func(*http.Request) error {
	return func(r *http.Request) error {
		id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
		if err != nil {
			return fmt.Errorf("%q is not the number of a bill", r.PathValue("id"))
		}
		return do(id)
	}
}

// told makes a handler of an edit that its body says more about; what cannot be done is 400.
func told[T any](s *Server, do func(*http.Request, T) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body T
		err := decodeControl(r, &body)
		if err == nil {
			err = s.edit(func() error { return do(r, body) })
		}
		answerEdit(w, err, http.StatusBadRequest)
	}
}

func (s *Server) controlDelays(w http.ResponseWriter, r *http.Request) {
	var body DelaySpec
	err := decodeControl(r, &body)
	var delays Delays
	if err == nil {
		delays, err = body.Delays()
	}
	if err == nil {
		s.SetDelays(delays)
	}
	answerEdit(w, err, http.StatusBadRequest)
}

func (s *Server) controlBooks(w http.ResponseWriter, r *http.Request) {
	var books Books
	err := s.edit(func() (err error) {
		books, err = s.state.booksOf(r.PathValue("login"))
		return err
	})
	if err != nil {
		answerEdit(w, err, http.StatusNotFound)
		return
	}
	s.writeJSON(w, books)
}
