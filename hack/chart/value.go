package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// value is one key of values.yaml.
type value struct {
	// path is the key with those above it.
	path    string
	meaning string
	// given is what the comment says of the schema.
	given map[string]any
	node  *yaml.Node
	// keys are those below, of an object that is not empty and not given as free.
	keys []*value
}

// newValue reads a key from its node and the comment above it.
func newValue(path string, node *yaml.Node, comment string) (*value, error) {
	v := &value{path: path, node: node, given: map[string]any{}}
	var meaning []string
	for line := range strings.Lines(comment) {
		line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "#"))
		text, isSchema := strings.CutPrefix(line, "@schema ")
		if !isSchema {
			meaning = append(meaning, line)
			continue
		}
		if err := yaml.Unmarshal([]byte(text), &v.given); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", path, line, err)
		}
	}
	v.meaning = strings.Join(meaning, " ")
	if node.Kind != yaml.MappingNode || v.isFree() {
		return v, nil
	}
	for n := 0; n < len(node.Content); n += 2 {
		key := node.Content[n]
		below, err := newValue(strings.TrimPrefix(path+"."+key.Value, "."), node.Content[n+1], key.HeadComment)
		if err != nil {
			return nil, err
		}
		v.keys = append(v.keys, below)
	}
	return v, nil
}

// isFree says whether an object may have other keys than its default.
func (v *value) isFree() bool {
	return v.given["additionalProperties"] != nil || v.path == "resources" || len(v.node.Content) == 0
}

// name is the last part of the path.
func (v *value) name() string { return v.path[strings.LastIndex(v.path, ".")+1:] }

// document is the schema of a whole file of values.
func (v *value) document() map[string]any {
	made := v.schema()
	made["$schema"] = "http://json-schema.org/draft-07/schema#"
	made["properties"].(map[string]any)["global"] = map[string]any{
		"type": "object", "description": "Values of a chart that this one is a part of.",
	}
	return made
}

func (v *value) schema() map[string]any {
	made := map[string]any{"type": v.kind()}
	if v.meaning != "" {
		made["description"] = v.meaning
	}
	if len(v.keys) > 0 {
		properties := map[string]any{}
		for _, below := range v.keys {
			properties[below.name()] = below.schema()
		}
		made["properties"], made["additionalProperties"] = properties, false
	}
	maps.Copy(made, v.given)
	return made
}

func (v *value) kind() string {
	switch v.node.Kind {
	case yaml.MappingNode:
		return "object"
	case yaml.SequenceNode:
		return "array"
	default:
		kinds := map[string]string{"!!bool": "boolean", "!!int": "integer", "!!float": "number"}
		if kind, ok := kinds[v.node.Tag]; ok {
			return kind
		}
		return "string"
	}
}

// readme is the chart's page: what comes before the table of values stands in readme.go.
func (v *value) readme() []byte {
	var page bytes.Buffer
	page.WriteString(introduction)
	for _, row := range slices.Collect(v.rows) {
		fmt.Fprintf(&page, "| `%s` | %s | %s |\n", row.path, row.fallback(), row.text())
	}
	return page.Bytes()
}

// rows goes through what can be set, and what objects of several keys are for.
func (v *value) rows(yield func(*value) bool) {
	for _, below := range v.keys {
		if (len(below.keys) == 0 || below.meaning != "") && !yield(below) {
			return
		}
		for row := range below.rows {
			if !yield(row) {
				return
			}
		}
	}
}

// fallback is the value where none is given.
func (v *value) fallback() string {
	if len(v.keys) > 0 {
		return ""
	}
	var value any
	if err := v.node.Decode(&value); err != nil {
		return ""
	}
	if value == "" {
		return ""
	}
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return "`" + strings.Trim(string(text), `"`) + "`"
}

func (v *value) text() string {
	parts := []string{v.meaning}
	if among, ok := v.given["enum"].([]any); ok {
		var each []string
		for _, one := range among {
			each = append(each, fmt.Sprintf("`%v`", one))
		}
		parts = append(parts, "One of "+strings.Join(each, ", ")+".")
	}
	return strings.ReplaceAll(strings.TrimSpace(strings.Join(parts, " ")), "|", `\|`)
}
