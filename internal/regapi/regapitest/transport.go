package regapitest

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"time"
)

// transport takes requests to the handler without a network.
type transport struct{ handler http.Handler }

// Transport serves the API without a listener, from 127.0.0.1: for tests in a testing/synctest bubble, where no network may be waited for.
func (s *Server) Transport() http.RoundTripper { return transport{handler: s.Handler()} }

// RoundTrip leaves as soon as the request's context ends; the server goes on with the request, as a real one does.
func (t transport) RoundTrip(request *http.Request) (*http.Response, error) {
	arrived := request.Clone(request.Context())
	arrived.RemoteAddr = "127.0.0.1:1"
	if arrived.Body == nil {
		arrived.Body = http.NoBody
	}
	answered := make(chan *httptest.ResponseRecorder, 1)
	go func() { answered <- t.serve(arrived) }()
	select {
	case recorder := <-answered:
		if recorder == nil {
			return nil, io.ErrUnexpectedEOF
		}
		response := recorder.Result()
		response.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat)) // As a server of net/http does.
		response.Request = request
		return response, nil
	case <-request.Context().Done():
		return nil, request.Context().Err()
	}
}

// serve returns nil when the handler closed the connection.
func (t transport) serve(request *http.Request) (recorder *httptest.ResponseRecorder) {
	defer request.Body.Close()
	defer func() {
		reason := recover()
		if err, ok := reason.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			recorder = nil
		} else if reason != nil {
			panic(reason)
		}
	}()
	recorder = httptest.NewRecorder()
	t.handler.ServeHTTP(recorder, request)
	return recorder
}
