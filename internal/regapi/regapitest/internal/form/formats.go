package form

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// Format is a value of output_format (2.3.1).
type Format struct {
	MediaType string
	// write may change the envelope.
	write func(envelope map[string]any, in Encoding) ([]byte, error)
	// escape writes a letter that the encoding lacks.
	escape func(rune) string
}

// indent is how far the documentation's examples indent their JSON, as the service does.
const indent = "   "

var outputFormats = map[string]Format{
	"json": {
		MediaType: "application/json",
		write: func(envelope map[string]any, _ Encoding) ([]byte, error) {
			return json.MarshalIndent(envelope, "", indent)
		},
		escape: escapeRuneJSON,
	},
	"yaml": {
		MediaType: "text/yaml",
		write:     func(envelope map[string]any, in Encoding) ([]byte, error) { return writeYAML(envelope, in), nil },
		escape:    questionMark,
	},
	"xml": {
		MediaType: "text/xml",
		write:     func(envelope map[string]any, _ Encoding) ([]byte, error) { return writeXML(envelope), nil },
		escape:    func(letter rune) string { return fmt.Sprintf("&#%d;", letter) },
	},
	"plain": {
		MediaType: "text/plain",
		write:     func(envelope map[string]any, _ Encoding) ([]byte, error) { return writePlain(envelope), nil },
		escape:    questionMark,
	},
}

func questionMark(rune) string { return "?" }

// escapeRuneJSON writes \uXXXX, twice for what lies beyond the Basic Multilingual Plane.
func escapeRuneJSON(letter rune) string {
	const beyond = 0x10000
	if letter < beyond {
		return fmt.Sprintf(`\u%04x`, letter)
	}
	letter -= beyond
	return fmt.Sprintf(`\u%04x\u%04x`, 0xd800+letter>>10, 0xdc00+letter&0x3ff)
}

// formatNames are the parameters that ask for a format, by its present name and by the old one (2.2.4.2).
var formatNames = []string{"output_format", "view"}

// Format is the one that was asked for; JSON when it is not known.
func (p Params) Format() Format {
	for _, name := range formatNames {
		if asked := p.Text(name); asked != "" {
			if format, known := outputFormats[asked]; known {
				return format
			}
			break
		}
	}
	return outputFormats["json"]
}

// CheckFormat refuses formats that are not documented; the encoding was checked when the request was read.
func (p Params) CheckFormat() *refusal.Error {
	for _, name := range formatNames {
		if _, known := outputFormats[p.Text(name)]; !known && p.Text(name) != "" {
			return refusal.Incorrect(name)
		}
	}
	return nil
}

// Encode writes an answer in the format and the encoding. It may change the envelope.
func (f Format) Encode(envelope map[string]any, in Encoding) ([]byte, error) {
	body, err := f.write(envelope, in)
	if err != nil {
		return nil, err
	}
	return in.encode(body, f.escape), nil
}

// writePlain writes an answer in the format of REG.API 1.0, which holds no nested values (2.3.1.4).
func writePlain(envelope map[string]any) []byte {
	var out strings.Builder
	shown, _ := envelope["answer"].(map[string]any)
	if envelope["result"] == "error" {
		out.WriteString("Error: " + scalarText(envelope["error_text"]))
		shown = map[string]any{"error_code": envelope["error_code"]}
	} else {
		out.WriteString("Success: ")
	}
	for _, name := range slices.Sorted(maps.Keys(shown)) {
		switch value := shown[name].(type) {
		case map[string]any, []any, nil:
		default:
			out.WriteString("; " + name + ": " + scalarText(value))
		}
	}
	return []byte(out.String())
}

// scalarText writes a value that is no object and no list; null is nothing.
func scalarText(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}
