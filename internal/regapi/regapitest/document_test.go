package regapitest

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// document is docs/simulator.md, from a heading on.
func document(t *testing.T, heading string) string {
	t.Helper()
	text, err := os.ReadFile("../../../docs/simulator.md")
	if err != nil {
		t.Fatal(err)
	}
	_, from, found := strings.Cut(string(text), heading)
	if !found {
		t.Fatalf("docs/simulator.md has no %q", heading)
	}
	return from
}

func TestTheDocumentNamesEverySwitchOfTheBehaviour(t *testing.T) {
	table := document(t, "\n## Decisions\n")
	var switches func(of reflect.Type)
	switches = func(of reflect.Type) {
		for n := range of.NumField() {
			field := of.Field(n)
			if field.Anonymous {
				switches(field.Type)
				continue
			}
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if !strings.Contains(table, "`"+name+"`") {
				t.Errorf("the table of decisions does not name the switch %s", name)
			}
		}
	}
	switches(reflect.TypeFor[Behaviour]())
}

func TestTheDocumentNamesTheCodesThatNeverComeByThemselves(t *testing.T) {
	codes := regexp.MustCompile("`([A-Z_]+)`")
	named := []string{}
	for _, match := range codes.FindAllStringSubmatch(document(t, "### Codes that never come by themselves"), -1) {
		named = append(named, match[1])
	}
	slices.Sort(named)
	known, err := os.ReadFile("../testdata/error_codes.txt")
	if err != nil {
		t.Fatal(err)
	}
	coming := codesInSources(t)
	silent := slices.DeleteFunc(strings.Fields(string(known)), func(code string) bool { return coming[code] })
	slices.Sort(silent)
	if diff := cmp.Diff(silent, named); diff != "" {
		t.Errorf("never come (-), are named (+):\n%s", diff)
	}
}

// codesInSources are the codes that the simulator refuses with. Two files also name codes that they do not refuse with by themselves.
func codesInSources(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob("internal/*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	quoted, refused := regexp.MustCompile(`"([A-Z][A-Z_]{5,})"`), regexp.MustCompile(`refusal\.New\("([A-Z_]+)"`)
	coming := map[string]bool{}
	for _, name := range append(files, more...) {
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(filepath.Base(name), "table") && strings.Contains(name, "refusal") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		codes := quoted
		if name == "faults.go" || name == "functions_dnssec.go" {
			codes = refused
		}
		for _, match := range codes.FindAllStringSubmatch(string(text), -1) {
			coming[match[1]] = true
		}
	}
	return coming
}
