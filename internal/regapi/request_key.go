package regapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
)

// RequestKey stands for a function and its parameters without showing them.
type RequestKey [sha256.Size]byte

// Subject is what a request is about.
type Subject struct {
	// Key is the same for requests that mean the same.
	Key RequestKey

	params map[string]any
}

// SubjectOf tells what a request is about. It fails for parameters that the client refuses to send.
func SubjectOf(request *Request) (Subject, error) {
	_, params, err := request.encode()
	if err != nil {
		return Subject{}, err
	}
	canonical, err := json.Marshal(params) // maps come sorted
	if err != nil {
		return Subject{}, err
	}
	if params == nil {
		canonical = []byte("{}")
	}
	parts := [][]byte{[]byte(request.Function), canonical}
	for _, member := range request.lists { // an answer that was read for another caller's list lacks this one's
		parts = append(parts, []byte(member))
	}
	return Subject{Key: sha256.Sum256(bytes.Join(parts, []byte{0})), params: params}, nil
}

// KeyOf is the same for requests that mean the same: the order of members does not count. It fails for parameters that
// the client refuses to send.
func KeyOf(request *Request) (RequestKey, error) {
	subject, err := SubjectOf(request)
	return subject.Key, err
}

// Domains are the canonical names of the domains that the request names, and whether it names them in a list.
func (s Subject) Domains() (names []string, listed bool) {
	for _, member := range []string{domainList.member, serviceList.member} {
		list, ok := s.params[member].([]any)
		listed = listed || ok
		for _, element := range list {
			names = appendName(names, element)
		}
	}
	return appendName(names, s.params), listed
}

// appendName adds the name in a reference, if it has one.
func appendName(names []string, reference any) []string {
	if name, ok := reference.(string); ok {
		return append(names, CanonicalName(name))
	}
	fields, _ := reference.(map[string]any)
	for _, field := range []string{domainList.nameField, serviceList.nameField} {
		if name, ok := fields[field].(string); ok {
			names = append(names, CanonicalName(name))
		}
	}
	return names
}
