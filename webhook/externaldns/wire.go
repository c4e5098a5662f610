package externaldns

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// mediaType is what external-dns compares the Content-Type of every answer with, byte by byte.
const mediaType = "application/external.dns.webhook+json;version=1"

// ownedRecord is the label of an ownership text that names the endpoint which the text is for.
const ownedRecord = "ownedRecord"

// endpoint is all records of one name and type, as external-dns writes them.
type endpoint struct {
	// DNSName is complete and has no final dot.
	DNSName       string            `json:"dnsName,omitempty"`
	Targets       []string          `json:"targets,omitempty"`
	RecordType    string            `json:"recordType,omitempty"`
	SetIdentifier string            `json:"setIdentifier,omitempty"`
	RecordTTL     int64             `json:"recordTTL,omitempty"`
	Labels        map[string]string `json:"labels,omitempty"`
	// ProviderSpecific properties; this provider has none.
	ProviderSpecific []property `json:"providerSpecific,omitempty"`
}

type property struct {
	Name  string `json:"name,omitempty"`
	Value string `json:"value,omitempty"`
}

// changes is what one sync of external-dns wants done.
type changes struct {
	Create    []endpoint `json:"create,omitempty"`
	UpdateOld []endpoint `json:"updateOld,omitempty"`
	UpdateNew []endpoint `json:"updateNew,omitempty"`
	Delete    []endpoint `json:"delete,omitempty"`
}

// domainFilter tells external-dns which names to bother about: these domains and everything below.
type domainFilter struct {
	Include []string `json:"include"`
}

var (
	errNotUTF8  = errors.New("the body is not UTF-8")
	errTrailing = errors.New("something follows the JSON value")
)

// decode reads one JSON value, and nothing after it. The decoder of Go would mend what is not UTF-8; a mended name is another name.
func decode[T any](body io.Reader) (T, error) {
	var value T
	data, err := io.ReadAll(body)
	if err != nil {
		return value, err
	}
	if !utf8.Valid(data) {
		return value, errNotUTF8
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&value); err != nil {
		return value, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return value, errTrailing
	}
	return value, nil
}
