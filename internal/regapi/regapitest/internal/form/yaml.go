package form

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// writeYAML writes an answer (2.3.1.2). The encoding is needed because texts that are not ASCII are given as Base64 of their bytes (2.2.4.2).
func writeYAML(envelope map[string]any, in Encoding) []byte {
	y := yamlWriter{in: in}
	y.out.WriteString("---\n")
	for _, name := range slices.Sorted(maps.Keys(envelope)) {
		if name == "messagestore" {
			y.out.WriteString("messagestore: !!perl/hash:SRS::MessageStore\n  _messages: {}\n\n")
			continue
		}
		y.member(name, envelope[name], "")
	}
	return []byte(y.out.String())
}

type yamlWriter struct {
	in  Encoding
	out strings.Builder
}

func (y *yamlWriter) member(name string, value any, indent string) {
	y.out.WriteString(indent + y.scalar(name) + ":")
	y.value(value, indent)
}

// value writes what stands behind a colon or a dash, and the end of the line.
func (y *yamlWriter) value(value any, indent string) {
	switch value := value.(type) {
	case map[string]any:
		if len(value) == 0 {
			y.out.WriteString(" {}\n")
			return
		}
		y.out.WriteString("\n")
		for _, name := range slices.Sorted(maps.Keys(value)) {
			y.member(name, value[name], indent+"  ")
		}
	case []any:
		if len(value) == 0 {
			y.out.WriteString(" []\n")
			return
		}
		y.out.WriteString("\n")
		for _, item := range value {
			y.out.WriteString(indent + "  -")
			y.value(item, indent+"  ")
		}
	default:
		y.out.WriteString(" " + y.scalar(value) + "\n")
	}
}

// yamlBare are texts that no reader takes for anything else. Numbers stand bare as in the example, be they texts in JSON or not.
var yamlBare = regexp.MustCompile(`^([A-Za-z_/][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*|0|[1-9][0-9]{0,17})$`)

// yamlWords are bare words that mean something else than themselves in YAML 1.1.
var yamlWords = []string{"null", "true", "false", "yes", "no", "on", "off", "y", "n"}

func (y *yamlWriter) scalar(value any) string {
	text, isText := value.(string)
	if !isText {
		if value == nil {
			return "~"
		}
		return scalarText(value)
	}
	if strings.IndexFunc(text, func(letter rune) bool { return letter > '~' }) >= 0 {
		return "!!binary " + base64.StdEncoding.EncodeToString(y.in.encode([]byte(text), questionMark))
	}
	if yamlBare.MatchString(text) && !slices.Contains(yamlWords, strings.ToLower(text)) {
		return text
	}
	// A JSON text is a YAML text in double quotes.
	quoted, err := json.Marshal(text)
	if err != nil {
		return `""`
	}
	return string(quoted)
}
