package form

import (
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
)

// XML in both directions follows what the examples show (2.2.3.3, 2.3.1.3), which is the style of Perl's XML::Simple: scalars are attributes,
// lists are repeated elements, and the root is called opt.

const (
	xmlRoot = "opt"
	// xmlContent names the text of an element that has attributes or children too.
	xmlContent = "content"
)

// xmlLists are parameters that stay lists with one item, which XML alone cannot tell from a single value.
var xmlLists = []string{string(catalog.Domains), string(catalog.Services), "bills", "action_list"}

var (
	errNoElement   = errors.New("input_data holds no XML element")
	errNoParameter = errors.New("input_data holds text where parameters are wanted")
)

// decodeXML reads input_data in XML: attributes and child elements are parameters alike, a child that is repeated is a list.
func decodeXML(text string) (Params, error) {
	decoder := xml.NewDecoder(strings.NewReader(text))
	// The text has been made UTF-8 by io_encoding, whatever its declaration says.
	decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	root, err := nextElement(decoder)
	if err != nil {
		return nil, err
	}
	value, err := decodeElement(decoder, root, 0)
	if err != nil {
		return nil, err
	}
	if _, err := nextElement(decoder); !errors.Is(err, errNoElement) {
		return nil, errTrailing
	}
	if value == "" {
		return Params{}, nil
	}
	object, ok := value.(Params)
	if !ok {
		return nil, errNoParameter
	}
	return object, nil
}

// nextElement skips what stands before an element, or after the last one.
func nextElement(decoder *xml.Decoder) (xml.StartElement, error) {
	for range maxFields {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return xml.StartElement{}, errNoElement
		}
		if err != nil {
			return xml.StartElement{}, err
		}
		if start, ok := token.(xml.StartElement); ok {
			return start, nil
		}
	}
	return xml.StartElement{}, errNoElement
}

// decodeElement reads an element up to its end: text when it holds nothing else, an object otherwise.
func decodeElement(decoder *xml.Decoder, start xml.StartElement, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errTooDeep
	}
	members := xmlMembers{}
	for _, attribute := range start.Attr {
		members.add(attribute.Name.Local, attribute.Value)
	}
	var text strings.Builder
	for {
		token, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			child, err := decodeElement(decoder, token, depth+1)
			if err != nil {
				return nil, err
			}
			members.add(token.Name.Local, child)
		case xml.CharData:
			text.Write(token)
		case xml.EndElement:
			return members.value(text.String()), nil
		}
	}
}

// xmlMembers are the values of an element's attributes and children.
type xmlMembers map[string][]any

func (m xmlMembers) add(name string, value any) { m[name] = append(m[name], value) }

func (m xmlMembers) value(text string) any {
	if len(m) == 0 {
		return text
	}
	if strings.TrimSpace(text) != "" {
		m.add(xmlContent, text)
	}
	object := Params{}
	for name, values := range m {
		object[name] = values[0]
		if len(values) > 1 || slices.Contains(xmlLists, name) {
			object[name] = values
		}
	}
	return object
}

// writeXML writes an answer (2.3.1.3).
func writeXML(envelope map[string]any) []byte {
	envelope["messagestore"] = map[string]any{"_messages": map[string]any{}}
	var out strings.Builder
	writeElement(&out, xmlRoot, envelope, "")
	return []byte(out.String())
}

// xmlName matches the names that elements and attributes may have. Others come from callers alone, by show_input_params, and are left out.
var xmlName = regexp.MustCompile(`^[\pL_][\pL\pN_.-]*$`)

func writeElement(out *strings.Builder, name string, value any, indent string) {
	if !xmlName.MatchString(name) {
		return
	}
	switch value := value.(type) {
	case map[string]any:
		if items, ok := unfolded(value); ok {
			writeElement(out, name, items, indent)
			return
		}
		writeObject(out, name, value, indent)
	case []any:
		for _, item := range value {
			if _, nested := item.([]any); nested {
				item = map[string]any{"anon": item}
			}
			writeElement(out, name, item, indent)
		}
	default:
		out.WriteString(indent + "<" + name + ">" + escapeXML(scalarText(value)) + "</" + name + ">\n")
	}
}

// unfolded turns an object of objects into a list of elements that carry their keys as name, as the example does with messagestore.
func unfolded(object map[string]any) ([]any, bool) {
	items := []any{}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		member, ok := object[key].(map[string]any)
		if !ok {
			return nil, false
		}
		item := maps.Clone(member)
		item["name"] = key
		items = append(items, item)
	}
	return items, len(items) > 0
}

func writeObject(out *strings.Builder, name string, object map[string]any, indent string) {
	out.WriteString(indent + "<" + name)
	children, text := []string{}, ""
	for _, key := range slices.Sorted(maps.Keys(object)) {
		switch value := object[key].(type) {
		case map[string]any, []any:
			children = append(children, key)
		default:
			if key == xmlContent {
				text = escapeXML(scalarText(value))
			} else if xmlName.MatchString(key) {
				out.WriteString(" " + key + `="` + escapeXML(scalarText(value)) + `"`)
			}
		}
	}
	if len(children) == 0 && text == "" {
		out.WriteString(" />\n")
		return
	}
	out.WriteString(">" + text)
	if len(children) > 0 {
		out.WriteString("\n")
		for _, key := range children {
			writeElement(out, key, object[key], indent+"  ")
		}
		out.WriteString(indent)
	}
	out.WriteString("</" + name + ">\n")
}

func escapeXML(text string) string {
	var out strings.Builder
	// A strings.Builder never fails.
	_ = xml.EscapeText(&out, []byte(text))
	return out.String()
}
