package regapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Written is a request or an answer as it may be written down: in JSON, without credentials, contacts and transfer keys.
type Written struct {
	JSON json.RawMessage
	// Whole is false where something was left out because it is long.
	Whole bool
}

// WriteDown gives the parameters of the request as they may be written down, within so many bytes or not at all.
func (r *Request) WriteDown(limit int) Written {
	text, err := json.Marshal(r.Params)
	if err != nil || len(text) > farBeyond*limit {
		return Written{}
	}
	return written(text, nil, limit)
}

// WriteDown gives the answer as it may be written down, within so many bytes: the lists that are read element by element as far as they
// have room. What the server echoes of the request's secrets is struck out as in its errors.
func (a *Answer) WriteDown(limit int) Written {
	whole := a.File == nil
	members := map[string]json.RawMessage{}
	if len(a.Payload) > 0 && len(a.Payload) <= limit {
		if json.Unmarshal(a.Payload, &members) != nil { // A bare value.
			return written(a.Payload, a.redactor, limit)
		}
	} else if len(a.Payload) > limit {
		whole = false
	}
	left := limit - len(a.Payload)
	for _, member := range slices.Sorted(maps.Keys(a.lists)) {
		elements := []json.RawMessage{}
		for _, element := range a.lists[member] {
			if left -= len(element); left < 0 {
				whole = false
				break
			}
			elements = append(elements, element)
		}
		text, err := json.Marshal(elements)
		if err != nil {
			return Written{}
		}
		if member == "" {
			member = "list"
		}
		members[member] = text
	}
	text, err := json.Marshal(members)
	if err != nil {
		return Written{}
	}
	down := written(text, a.redactor, 2*limit)
	down.Whole = down.Whole && whole
	return down
}

// farBeyond is how many times the limit a request is too long to be looked at: what is struck out of it does not make it so much shorter.
const farBeyond = 4

// written strikes out what is private, by the names of parameters and by the secrets of a request.
func written(text []byte, secrets *redactor, limit int) Written {
	value, err := decodeNumbers(text)
	if err != nil {
		return Written{}
	}
	struck, err := json.Marshal(strike(value, secrets, secrets.mayBeIn(text)))
	if err != nil || len(struck) > limit {
		return Written{}
	}
	return Written{JSON: struck, Whole: true}
}

// strike puts a mask in the place of every private value: of members by their names, and if the text as a whole is suspect, of what any member says.
func strike(value any, secrets *redactor, suspect bool) any {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			if secrets.hides(name) {
				value[name] = mask
				continue
			}
			value[name] = strike(member, secrets, suspect)
		}
	case []any:
		for i, element := range value {
			value[i] = strike(element, secrets, suspect)
		}
	case string:
		if !suspect {
			return value
		}
		if pattern := secrets.pattern(); pattern != nil {
			value = pattern.ReplaceAllLiteralString(value, mask)
			if hidesSecret(pattern, value) {
				return mask
			}
		}
		return value
	}
	return value
}

// Redact gives an answer without what is private, for whoever is shown it: by the names of its members, by what the request's parameters say, and for
// functions that know contacts which no request names also what is said of refusals (7.10).
func Redact(function string, params any, answer json.RawMessage) (json.RawMessage, error) {
	_, asked, err := encodeParams(params)
	if err != nil {
		return nil, err
	}
	shown, err := decodeNumbers(answer)
	if err != nil {
		return nil, fmt.Errorf("read the answer again: %w", err)
	}
	secrets := redactorOf(function, nil, asked)
	return json.Marshal(strike(shown, secrets, secrets.mayBeIn(answer)))
}

// decodeNumbers reads a value of JSON and leaves its numbers as they are written.
func decodeNumbers(text []byte) (value any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	err = decoder.Decode(&value)
	return value, err
}

// Complaints counts the elements of an answer's lists that bear an error, below a success of the whole, for whoever does not know the function's
// own words of success (2.2.4.4).
func Complaints(answer json.RawMessage) (count int) {
	members, _ := decodeObject(answer)
	for _, member := range members {
		var elements []json.RawMessage
		if json.Unmarshal(member, &elements) != nil {
			continue // no list
		}
		for _, text := range elements {
			if element, _ := decodeObject(text); element.complains() || element.text("result") == "error" {
				count++
			}
		}
	}
	return count
}
