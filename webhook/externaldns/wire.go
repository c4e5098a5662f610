package externaldns

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"
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
	errShape    = errors.New("the body is not what external-dns sends here")
	errTrailing = errors.New("something follows the JSON value")
)

// reader reads a body piece by piece, so that it is never held as text. What is not UTF-8 ends it: the decoder of Go would mend
// it, and a mended name is another name.
type reader struct{ *json.Decoder }

func newReader(body io.Reader) reader {
	return reader{json.NewDecoder(transform.NewReader(body, encoding.UTF8Validator))}
}

// readEndpoints reads a list of endpoints, and nothing after it.
func readEndpoints(body io.Reader) ([]endpoint, error) {
	r := newReader(body)
	endpoints, err := r.endpoints()
	if err != nil {
		return nil, err
	}
	return endpoints, r.end()
}

// readChanges reads the changes of a sync, and nothing after them.
func readChanges(body io.Reader) (changes, error) {
	var read changes
	r := newReader(body)
	if opened, err := r.open('{'); !opened {
		return read, err
	}
	lists := map[string]*[]endpoint{"create": &read.Create, "updateold": &read.UpdateOld, "updatenew": &read.UpdateNew, "delete": &read.Delete}
	for r.More() {
		key, err := r.Token()
		if err != nil {
			return read, err
		}
		if list := lists[strings.ToLower(fmt.Sprint(key))]; list != nil { // As encoding/json, whatever the case.
			*list, err = r.endpoints()
		} else {
			err = r.Decode(new(json.RawMessage))
		}
		if err != nil {
			return read, err
		}
	}
	if _, err := r.Token(); err != nil {
		return read, err
	}
	return read, r.end()
}

func (r reader) endpoints() ([]endpoint, error) {
	var endpoints []endpoint
	if opened, err := r.open('['); !opened {
		return nil, err
	}
	for r.More() {
		var e endpoint
		if err := r.Decode(&e); err != nil {
			return nil, err
		}
		endpoints = append(endpoints, e)
	}
	_, err := r.Token()
	return endpoints, err
}

// open begins an object or a list; null is none.
func (r reader) open(with json.Delim) (bool, error) {
	switch token, err := r.Token(); {
	case err != nil:
		return false, err
	case token == nil:
		return false, nil
	case token != with:
		return false, errShape
	default:
		return true, nil
	}
}

// end makes sure that nothing follows.
func (r reader) end() error {
	if _, err := r.Token(); !errors.Is(err, io.EOF) {
		return errTrailing
	}
	return nil
}

// writeEndpoints writes a list one by one.
func writeEndpoints(to io.Writer, endpoints []endpoint) error {
	buffered := bufio.NewWriter(to)
	encoder := json.NewEncoder(buffered)
	separator := "["
	for _, e := range endpoints {
		_, _ = buffered.WriteString(separator) // Flush gives what fails.
		if err := encoder.Encode(e); err != nil {
			return err
		}
		separator = ","
	}
	if len(endpoints) == 0 { // external-dns wants a list, also of nothing.
		_, _ = buffered.WriteString(separator)
	}
	_, _ = buffered.WriteString("]\n")
	return buffered.Flush()
}
