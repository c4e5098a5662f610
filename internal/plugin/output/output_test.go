package output_test

import (
	"strings"
	"testing"

	"github.com/regapi-io/regapi-operator/internal/plugin/output"
)

type thing struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

func things(items ...thing) output.List[thing] {
	return output.List[thing]{
		Items: items, Empty: "There is nothing.", Name: func(t thing) string { return "thing/" + t.Name },
		Columns: []output.Column[thing]{
			{Header: "NAME", Cell: func(t thing) string { return t.Name }},
			{Header: "LENGTH", Wide: true, Cell: func(t thing) string { return strings.Repeat("x", len(t.Text)) }},
			{Header: "TEXT", Cell: func(t thing) string { return t.Text }},
		},
	}
}

func TestAListIsPrintedInEachFormat(t *testing.T) {
	for format, want := range map[output.Format]string{
		output.Table: "NAME   TEXT\nпочта  a < b\nb\n",
		output.Wide:  "NAME   LENGTH  TEXT\nпочта  xxxxx   a < b\nb\n",
		output.Name:  "thing/почта\nthing/b\n",
		output.YAML:  "items:\n- name: почта\n  text: a < b\n- name: b\n  text: \"\"\n",
		output.JSON:  "{\n  \"items\": [\n    {\n      \"name\": \"почта\",\n      \"text\": \"a < b\"\n    },\n    {\n      \"name\": \"b\",\n      \"text\": \"\"\n    }\n  ]\n}\n",
	} {
		var out strings.Builder
		if err := things(thing{"почта", "a < b"}, thing{"b", ""}).Print(output.Printer{Out: &out, Format: format}); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Errorf("%s:\n%q\nwant\n%q", format, out.String(), want)
		}
	}
}

func TestAnEmptyListSaysSoAndIsAnEmptyListToPrograms(t *testing.T) {
	for format, want := range map[output.Format]string{output.Table: "There is nothing.\n", output.Name: "", output.YAML: "items: []\n"} {
		var out strings.Builder
		if err := things().Print(output.Printer{Out: &out, Format: format}); err != nil || out.String() != want {
			t.Errorf("%s: %q, %v", format, out.String(), err)
		}
	}
}

// TestNoWidthShortensAnything also cannot be met by cutting words: all of them come out, in their order.
func TestNoWidthShortensAnything(t *testing.T) {
	text := "a text of some words, one of which is-longer-than-the-terminal-is-wide-and-stays-whole, and an end"
	for width := range 120 {
		var out strings.Builder
		if err := things(thing{"name", text}, thing{"other", "short"}).Print(output.Printer{Out: &out, Format: output.Table, Width: width}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(strings.Fields(out.String()), " "); got != "NAME TEXT name "+text+" other short" {
			t.Fatalf("at width %d: %s", width, got)
		}
		for line := range strings.Lines(out.String()) {
			if width > 70 && len(line) > width+1 {
				t.Errorf("at width %d a line has %d characters: %s", width, len(line), line)
			}
		}
	}
}
