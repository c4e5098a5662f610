package regapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// resultSuccess is the only word that means success, unless a function documents another (2.3.2).
const resultSuccess = "success"

// downloadCertificate is the one function that answers with a file instead of an envelope (8.29).
const downloadCertificate = "domain/download_certificate"

// object is a JSON object by its exact member names. Go would take "Result" for "result", too, and
// let whichever comes last decide over success.
type object map[string]json.RawMessage

// decodeObject decodes raw if it is a JSON object.
func decodeObject(raw []byte) (object, bool) {
	var members object
	if err := json.Unmarshal(raw, &members); err != nil || members == nil {
		return nil, false
	}
	return members, true
}

// decode decodes the members, by their exact names. One of another kind than documented stays as it was, unless it is the one
// that is needed.
func (o object) decode(into any, needed string) error {
	without := map[string]bool{}
	for {
		err := json.Unmarshal(o.plain(without), into)
		odd, ok := errors.AsType[*json.UnmarshalTypeError](err)
		if !ok {
			return err
		}
		name, _, _ := strings.Cut(odd.Field, ".")
		if _, there := o[name]; !there || without[name] || name == needed {
			return err
		}
		without[name] = true
	}
}

// plain writes the object down again, but for some members and for those whose names Go might take for others: every documented name is of small letters.
func (o object) plain(without map[string]bool) []byte {
	length := 2
	for name, raw := range o {
		length += len(name) + len(raw) + len(`"":,`)
	}
	text := append(make([]byte, 0, length), '{')
	for name, raw := range o {
		if !plainName(name) || without[name] {
			continue
		}
		if len(text) > 1 {
			text = append(text, ',')
		}
		text = append(text, '"')
		text = append(text, name...)
		text = append(text, '"', ':')
		text = append(text, raw...)
	}
	return append(text, '}')
}

// each is a list whose elements are read one by one: one that cannot be read is the zero value, and spoils no other.
type each[T any] []T

// UnmarshalJSON fails for what is no list.
func (e *each[T]) UnmarshalJSON(raw []byte) error {
	var elements []json.RawMessage
	if err := json.Unmarshal(raw, &elements); err != nil {
		return err
	}
	*e = decodeEach[T](elements)
	return nil
}

// decodeEach decodes the elements of a list; one that cannot be read is the zero value.
func decodeEach[T any](elements []json.RawMessage) []T {
	decoded := make([]T, len(elements))
	for i, raw := range elements {
		decoded[i], _ = decodeOne[T](raw)
	}
	return decoded
}

// decodeOne decodes an element, and reports whether it could be read.
func decodeOne[T any](raw json.RawMessage) (decoded T, ok bool) {
	if _, own := any(&decoded).(json.Unmarshaler); !own {
		if members, isObject := decodeObject(raw); isObject {
			err := members.decode(&decoded, "")
			return decoded, err == nil
		}
	}
	if json.Unmarshal(raw, &decoded) != nil {
		var none T
		return none, false
	}
	return decoded, true
}

// text returns a member that is a string or a number; anything else is "".
func (o object) text(name string) string { return scalarText(o[name]) }

// holds reports whether the object has a member that is not null.
func (o object) holds(name string) bool {
	member := bytes.TrimSpace(o[name])
	return len(member) > 0 && string(member) != "null"
}

// scalarText returns a JSON string or number as text; anything else is "".
func scalarText(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return ""
	}
	if raw[0] == '"' {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			return ""
		}
		return text
	}
	if raw[0] == '-' || (raw[0] >= '0' && raw[0] <= '9') {
		return string(raw)
	}
	return ""
}

// succeeded reports whether the object says that it is a success and says nothing against it.
func (o object) succeeded() bool { return o.text("result") == resultSuccess && !o.complains() }

// complains reports whether the object carries an error, with or without a code.
func (o object) complains() bool { return o.text("error_code") != "" || o.text("error_text") != "" }

// refusal turns an object that is no success into an error, or nil if it gives no reason at all.
// The reason comes as error_code and error_text, as a sentence or a bare code in result, or as
// error_text alone (2.2.4.4, 2.3.2, 9.11, 10).
func (o object) refusal(redactor *redactor, function, domain string) *Error {
	code, text, result := o.text("error_code"), o.text("error_text"), o.text("result")
	if _, known := classes[ErrorCode(result)]; known && code == "" {
		code, result = result, ""
	}
	if text == "" && result != "error" && result != resultSuccess {
		text = result
	}
	if code == "" && text == "" && result != "error" {
		return nil
	}
	refusal := &Error{Function: function, Domain: domain, Code: redactor.code(code), Params: redactor.params(o["error_params"])}
	if refusal.Code == "" && text == "" {
		text = "the answer gives no reason"
	}
	refusal.Text = redactor.clean(text)
	return refusal
}
