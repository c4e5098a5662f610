package layers

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestEveryReasonOfAConditionIsOnThePageOfTroubles holds docs/troubleshooting.md against the reasons of the API.
func TestEveryReasonOfAConditionIsOnThePageOfTroubles(t *testing.T) {
	code, err := os.ReadFile("../../api/v1alpha1/conditions.go")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	_, page, _ := strings.Cut(string(text), "\n## By reason\n")
	page, _, _ = strings.Cut(page, "\n## By line of the log\n")
	known := map[string]bool{}
	for _, match := range regexp.MustCompile(`\tReason\w+\s+= "(\w+)"`).FindAllStringSubmatch(string(code), -1) {
		known[match[1]] = true
		if !strings.Contains(page, "`"+match[1]+"`") {
			t.Errorf("docs/troubleshooting.md does not say what to do about %s", match[1])
		}
	}
	if len(known) < 40 {
		t.Fatalf("%d reasons", len(known))
	}
	for line := range strings.Lines(page) {
		cell, _, isRow := strings.Cut(strings.TrimPrefix(line, "| "), " | ")
		if !isRow || !strings.HasPrefix(line, "| `") {
			continue
		}
		for _, match := range regexp.MustCompile("`(\\w+)`").FindAllStringSubmatch(cell, -1) {
			if !known[match[1]] {
				t.Errorf("docs/troubleshooting.md explains %s, which is no reason", match[1])
			}
		}
	}
}
