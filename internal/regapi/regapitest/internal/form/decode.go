package form

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// MaxBodyBytes bounds the body of one request, as the other bounds do far above what a thousand zones with twenty actions each need.
const MaxBodyBytes = 16 << 20

const (
	maxFields = 20_000
	maxDepth  = 32
)

var (
	errNotAnObject = errors.New("input_data is not a JSON object")
	errTooDeep     = errors.New("input_data is nested too deeply")
	errTrailing    = errors.New("input_data goes on after its object")
)

// parsers are the values of input_format that are parsed (2.2.4.2).
var parsers = map[string]func(text string) (Params, error){"json": decodeObject, "xml": decodeXML}

// Decode reads the parameters of a request: PLAIN form fields, or those plus the object in input_data (2.2.2, 2.2.3).
//
// contentType is the request's Content-Type; application/x-www-form-urlencoded, multipart/form-data (the documentation's curl -F) and none at
// all are understood, any other body carries no parameters. The query's parameters are read like those of the body. Beside a refusal
// stand the parameters that could be read: they say how to answer it.
func Decode(contentType string, body []byte, query url.Values) (Params, *refusal.Error) {
	form := decodeForm(contentType, body)
	for name, values := range query {
		form[name] = append(form[name], values...)
	}
	in, known := encodings[requestEncoding(form)]
	if !known {
		return plainParams(validForm(form)), refusal.Incorrect("io_encoding")
	}
	form, ok := transcode(form, in)
	if !ok {
		return Params{}, refusal.Incorrect("io_encoding")
	}
	fields := plainParams(form)
	parse, parsed := parsers[fields.Text("input_format")]
	if !parsed {
		// Any other value equals the default, plain, and nothing is parsed (2.2.4.2).
		return fields, nil
	}
	return mergeInputData(fields, parse)
}

// requestEncoding is the io_encoding of a request. The examples of domain/create put it into input_data, which it says how to read (8.7).
func requestEncoding(form url.Values) string {
	if name := form.Get("io_encoding"); name != "" {
		return name
	}
	text, _ := asciiSuperset.decode(form.Get("input_data"))
	parse, parsed := parsers[form.Get("input_format")]
	if !parsed || !strings.Contains(text, "io_encoding") {
		return ""
	}
	object, err := parse(text)
	if err != nil {
		return ""
	}
	return object.Text("io_encoding")
}

// transcode returns a form in UTF-8.
func transcode(form url.Values, in Encoding) (url.Values, bool) {
	decoded := make(url.Values, len(form))
	for name, values := range form {
		name, ok := in.decode(name)
		if !ok {
			return nil, false
		}
		for _, value := range values {
			text, ok := in.decode(value)
			if !ok {
				return nil, false
			}
			decoded[name] = append(decoded[name], text)
		}
	}
	return decoded, true
}

// validForm leaves out what is not UTF-8.
func validForm(form url.Values) url.Values {
	valid := url.Values{}
	for name, values := range form {
		if utf8.ValidString(name) && !slices.ContainsFunc(values, notUTF8) {
			valid[name] = values
		}
	}
	return valid
}

func notUTF8(value string) bool { return !utf8.ValidString(value) }

func decodeForm(contentType string, body []byte) url.Values {
	mediaType, options, err := mime.ParseMediaType(contentType)
	if contentType == "" || (err == nil && mediaType == "application/x-www-form-urlencoded") {
		// ParseQuery keeps the pairs that it could read, which is all that can be done with a damaged form.
		values, _ := url.ParseQuery(string(body))
		return values
	}
	if err == nil && mediaType == "multipart/form-data" {
		return decodeMultipart(body, options["boundary"])
	}
	return url.Values{}
}

func decodeMultipart(body []byte, boundary string) url.Values {
	values := url.Values{}
	reader := multipart.NewReader(bytes.NewReader(body), boundary)
	for range maxFields {
		part, err := reader.NextPart()
		if err != nil {
			return values
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return values
		}
		if name := part.FormName(); name != "" {
			values.Add(name, string(text))
		}
	}
	return values
}

// plainParams turns repeated form fields into lists, as 2.2.3.1 shows.
func plainParams(form url.Values) Params {
	fields := Params{}
	for name, values := range form {
		if len(values) == 1 {
			fields[name] = values[0]
			continue
		}
		list := make([]any, 0, len(values))
		for _, value := range values {
			list = append(list, value)
		}
		fields[name] = list
	}
	return fields
}

// mergeInputData adds the parameters of input_data to those of the form. A form field wins, so that credentials are taken from where the
// documentation wants them (2.2.4.2) although its own examples put them inside input_data.
func mergeInputData(form Params, parse func(string) (Params, error)) (Params, *refusal.Error) {
	merged := Params{}
	if text := form.Text("input_data"); text != "" {
		object, err := parse(text)
		if err != nil {
			return form, refusal.Incorrect("input_data")
		}
		merged = object
	}
	for name, value := range form {
		if name != "input_data" {
			merged[name] = value
		}
	}
	return merged, nil
}

func decodeObject(text string) (Params, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	value, err := decodeValue(decoder, 0)
	if err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errTrailing
	}
	object, ok := value.(Params)
	if !ok {
		return nil, errNotAnObject
	}
	return object, nil
}

// decodeValue reads one JSON value; scalars become text, as the documentation's input_params shows them (2.2.3.2).
func decodeValue(decoder *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errTooDeep
	}
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '{' {
			return decodeMembers(decoder, depth)
		}
		return decodeList(decoder, depth)
	case json.Number:
		return token.String(), nil
	case bool:
		return perlBool(token), nil
	default:
		return token, nil // a string, or nil for null
	}
}

// perlBool is how the vendor's own JSON library turns a boolean into text.
func perlBool(value bool) string {
	if value {
		return "1"
	}
	return "0"
}

func decodeList(decoder *json.Decoder, depth int) (any, error) {
	list := []any{}
	for decoder.More() {
		value, err := decodeValue(decoder, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	_, err := decoder.Token()
	return list, err
}

// decodeMembers reads an object. A name that comes twice is kept twice, because the documentation's own examples of
// zone/remove_record and zone/clear name two domains in one object (9.18, 9.19).
func decodeMembers(decoder *json.Decoder, depth int) (any, error) {
	object := Params{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		value, err := decodeValue(decoder, depth+1)
		if err != nil {
			return nil, err
		}
		object.put(name.(string), value)
	}
	_, err := decoder.Token()
	return object, err
}
