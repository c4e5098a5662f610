package regapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	// baseAnswer is room for any answer about one thing, in bytes, and for any value within a list: a zone of some 40,000
	// records.
	baseAnswer = 12 << 20
	// elementAnswer is the room for each further element that was asked for, in bytes: a zone of some 150 records.
	elementAnswer = 16 << 10
	// minElement is what an element of a list costs of the answer's room at least, in bytes. Millions of empty ones would
	// take many times their length of memory.
	minElement = 64
	// maxMembers is how many members an envelope, or an answer beside its list, may have.
	maxMembers = 1000
)

// bound is how much the answer to a request may be.
type bound struct {
	bytes int64
	// elements of its list; 0 is as many as there is room for.
	elements int
}

// boundOf bounds an answer by what was asked. An account's own list may fill the client's largest answer.
func boundOf(request *Request, params map[string]any, largest int64) bound {
	if len(request.lists) > 0 && request.asked == 0 {
		return bound{bytes: largest}
	}
	named := request.asked
	for _, value := range params {
		if list, ok := value.([]any); ok {
			named = max(named, len(list))
		}
	}
	// Twice as many, since an answer that contradicts itself has to be seen as one.
	return bound{bytes: min(largest, baseAnswer+int64(named)*elementAnswer), elements: 2*request.asked + 1}
}

// errTooMuch ends the reading of an answer that holds more than its bound.
var errTooMuch = errors.New("more than was asked for")

// source is the body of an answer, which it lets through up to a bound.
type source struct {
	body io.Reader
	// limit bounds the whole body; until is where the value that is being read has to end.
	limit, until int64
	read         int64
	// failure is why the body could not be read to its end.
	failure error
}

// Read fails with errTooMuch if there is more.
func (s *source) Read(into []byte) (int, error) {
	room := max(min(s.limit, s.until)-s.read, 0)
	more := room == 0 // then a last byte tells an end from a body that goes on
	n, err := s.body.Read(into[:min(int64(len(into)), max(room, 1))])
	s.read += int64(n)
	switch {
	case more && n > 0:
		return 0, errTooMuch
	case err != nil && !errors.Is(err, io.EOF):
		s.failure = err
	}
	return n, err
}

// reading reads one answer as a stream: in one pass, and without ever holding more of it than is wanted.
type reading struct {
	request *Request
	bound   bound
	source  *source
	decoder *json.Decoder
	answer  *Answer // filled by open
}

func newReading(request *Request, body io.Reader, bound bound) *reading {
	s := &source{body: body, limit: bound.bytes}
	return &reading{request: request, bound: bound, source: s, decoder: json.NewDecoder(s)}
}

// open reads the answer, and turns one whose top level is no success into an error. What a refusal answers all the same, such as the number of a bill,
// is returned beside it.
func (r *reading) open() (*Answer, error) {
	if r.answer.Status >= 300 && r.answer.Status < 400 {
		return nil, r.unusable("a redirect, which this client does not follow")
	}
	if r.request.Function == downloadCertificate && r.answer.Status == http.StatusOK {
		if err := r.file(); err != nil || r.answer.File != nil {
			return r.answer, err
		}
	}
	envelope, err := r.envelope()
	r.answer.length = r.source.read
	switch {
	case errors.Is(err, errTooMuch):
		return nil, r.unusable(errTooMuch.Error())
	case err != nil:
		return nil, r.unusable("something that is no JSON object")
	case envelope.succeeded():
		return r.answer, nil
	}
	if refusal := envelope.refusal(r.answer.redactor, r.request.Function, ""); refusal != nil {
		return r.answer, refusal
	}
	return nil, r.unusable("JSON without a result")
}

// unusable describes the answer, for which it reads the rest: the length is a part of the description.
func (r *reading) unusable(reason string) error {
	before := r.source.failure
	r.source.until = r.source.limit
	_, err := io.Copy(io.Discard, r.source)
	r.source.failure = before
	r.answer.length = r.source.read
	failure := unusable(r.request.Function, reason, r.answer)
	failure.Strain = errors.Is(err, errTooMuch) || reason == errTooMuch.Error()
	return failure
}

// file keeps a body that is no JSON object, and else leaves it to be read again.
func (r *reading) file() error {
	r.source.until = r.source.limit
	body, err := io.ReadAll(r.source)
	if err != nil {
		return r.unusable(errTooMuch.Error())
	}
	if _, ok := decodeObject(body); !ok {
		r.answer.File, r.answer.length = body, r.source.read
		return nil
	}
	again := newReading(r.request, bytes.NewReader(body), r.bound)
	r.source, r.decoder = again.source, again.decoder
	return nil
}

// envelope reads the top level, and into the answer what stands below.
func (r *reading) envelope() (object, error) {
	if start, err := r.token(); err != nil || start != json.Delim('{') {
		return nil, errors.Join(err, errors.New("no object"))
	}
	top := object{}
	err := r.members(func(name string) error {
		switch {
		case name != "answer":
			return r.keep(top, name, baseAnswer)
		case len(r.request.lists) == 0:
			return r.keep(top, name, r.source.limit) // who wants no list wants all of it
		default:
			return r.payload()
		}
	})
	if err != nil {
		return nil, err
	}
	if _, err := r.token(); !errors.Is(err, io.EOF) {
		return nil, errors.Join(err, errors.New("more than one value"))
	}
	if answer, given := top["answer"]; given {
		r.answer.Payload = answer
	}
	return top, nil
}

// payload reads an answer that may hold the list that is wanted.
func (r *reading) payload() error {
	r.answer.lists, r.answer.Payload = map[string][]json.RawMessage{}, nil // of two answers the last one counts
	start, err := r.token()
	switch {
	case err != nil:
		return err
	case start == json.Delim('['):
		return r.list("")
	case start != json.Delim('{'):
		return nil
	}
	rest := object{}
	err = r.members(func(name string) error {
		if !slices.Contains(r.request.lists, name) {
			return r.keep(rest, name, baseAnswer)
		}
		delete(r.answer.lists, name)
		start, err := r.token()
		if err != nil || start != json.Delim('[') {
			return errors.Join(err, r.skip(start))
		}
		return r.list(name)
	})
	if err != nil {
		return err
	}
	r.answer.Payload, err = json.Marshal(rest)
	return err
}

// list reads the elements of a list that has begun, up to its end.
func (r *reading) list(member string) error {
	elements := []json.RawMessage{}
	for r.decoder.More() {
		if r.bound.elements > 0 && len(elements) >= r.bound.elements {
			return errTooMuch
		}
		var element json.RawMessage
		if err := r.value(&element, baseAnswer); err != nil {
			return err
		}
		r.source.limit -= int64(max(minElement-len(element), 0))
		elements = append(elements, element)
	}
	_, err := r.token()
	r.answer.lists[member] = elements
	return err
}

// members visits the members of an object that has begun, up to its end. The visit reads the value.
func (r *reading) members(visit func(name string) error) error {
	for count := 0; r.decoder.More(); count++ {
		name, err := r.token()
		if err != nil {
			return err
		}
		if count == maxMembers {
			return errTooMuch
		}
		if err := visit(name.(string)); err != nil {
			return err
		}
	}
	_, err := r.token()
	return err
}

// skip reads the rest of a value whose first token was read.
func (r *reading) skip(start json.Token) error {
	if start != json.Delim('{') {
		return nil // a list would have been read
	}
	return r.members(func(name string) error { return r.keep(object{}, name, baseAnswer) })
}

// keep reads a value into a member.
func (r *reading) keep(into object, name string, room int64) error {
	var raw json.RawMessage
	if err := r.value(&raw, room); err != nil {
		return err
	}
	into[name] = raw
	return nil
}

// value reads a value, for which there is so much room.
func (r *reading) value(into *json.RawMessage, room int64) error {
	r.source.until = r.decoder.InputOffset() + room
	return r.decoder.Decode(into)
}

func (r *reading) token() (json.Token, error) {
	r.source.until = r.decoder.InputOffset() + baseAnswer
	return r.decoder.Token()
}

// retryAfter reads the header of that name: seconds or a date (RFC 9110, 10.2.3); 0 for neither.
func retryAfter(header string) time.Duration {
	if seconds, err := strconv.Atoi(header); err == nil {
		return time.Duration(max(seconds, 0)) * time.Second
	}
	moment, err := http.ParseTime(header)
	if err != nil {
		return 0
	}
	return max(time.Until(moment), 0)
}
