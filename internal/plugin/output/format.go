package output

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// Format is a value of the flag --output.
type Format string

// The formats.
const (
	Table Format = "table"
	Wide  Format = "wide"
	JSON  Format = "json"
	YAML  Format = "yaml"
	Name  Format = "name"
)

// Formats are all of them, in the order of the help.
var Formats = []string{string(Table), string(Wide), string(JSON), string(YAML), string(Name)}

// String is the value of the flag.
func (f *Format) String() string { return string(*f) }

// Type is what the help calls the value.
func (*Format) Type() string { return strings.Join(Formats, "|") }

// Set reads the value of the flag.
func (f *Format) Set(text string) error {
	if !slices.Contains(Formats, text) {
		return fmt.Errorf("give one of %s", strings.Join(Formats, ", "))
	}
	*f = Format(text)
	return nil
}

// Printer says where to print, and how.
type Printer struct {
	Out    io.Writer
	Format Format
	// Width of the terminal in characters; 0 where there is none, so that nothing is wrapped.
	Width int
}

// structured prints a value as JSON or YAML; false if another format is asked for.
func (p Printer) structured(value any) (bool, error) {
	switch p.Format {
	case JSON:
		encoder := json.NewEncoder(p.Out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return true, encoder.Encode(value)
	case YAML:
		text, err := yaml.Marshal(value)
		if err == nil {
			_, err = p.Out.Write(text)
		}
		return true, err
	default:
		return false, nil
	}
}
