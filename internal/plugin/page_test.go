package plugin

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

const page = "../../docs/plugin.md"

// shown is an output on the page: a comment that names the golden file, and the block after it.
var shown = regexp.MustCompile("(?s)<!-- ([^ ]+) -->\n```[a-z]*\n(\\$ [^\n]*\n)?(.*?)```\n")

func TestThePageShowsWhatTheVerbsAnswer(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	outputs := shown.FindAllStringSubmatch(string(text), -1)
	if len(outputs) < 5 {
		t.Fatalf("%d outputs on the page", len(outputs))
	}
	now := string(text)
	for _, o := range outputs {
		want, err := os.ReadFile(filepath.Join("testdata", o[1]))
		if err != nil {
			t.Fatal(err)
		}
		if o[3] != string(want) && !*update {
			t.Errorf("the page shows another %s than the verb: go test -update mends it", o[1])
		}
		now = strings.Replace(now, o[0], strings.Replace(o[0], o[2]+o[3], o[2]+string(want), 1), 1)
	}
	if *update {
		if err := os.WriteFile(page, []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEveryVerbIsOnThePageAndShowsAnExample(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var look func(command *cobra.Command)
	look = func(command *cobra.Command) {
		for _, verb := range command.Commands() {
			name := strings.TrimPrefix(verb.CommandPath(), "kubectl regapi ")
			if !strings.Contains(string(text), "kubectl regapi "+name) {
				t.Errorf("the page does not show %s", name)
			}
			if !strings.Contains(verb.Example, "kubectl regapi "+name) || verb.Short == "" {
				t.Errorf("the help of %s has no example, or does not say what it does", name)
			}
			look(verb)
		}
	}
	look(newRoot(newSession(Streams{})))
}
