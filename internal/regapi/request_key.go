package regapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
)

// RequestKey stands for a function and its parameters without showing them.
type RequestKey [sha256.Size]byte

// KeyOf is the same for requests that mean the same: the order of members does not count. It fails for parameters that
// the client refuses to send.
func KeyOf(request *Request) (RequestKey, error) {
	_, params, err := encodeParams(request.Params)
	if err != nil {
		return RequestKey{}, err
	}
	canonical, err := json.Marshal(params) // maps come sorted
	if err != nil {
		return RequestKey{}, err
	}
	if params == nil {
		canonical = []byte("{}")
	}
	parts := [][]byte{[]byte(request.Function), canonical}
	for _, member := range request.lists { // an answer that was read for another caller's list lacks this one's
		parts = append(parts, []byte(member))
	}
	return sha256.Sum256(bytes.Join(parts, []byte{0})), nil
}
