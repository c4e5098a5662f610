package layers

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	metricInCode = regexp.MustCompile(`"(regapi_[a-z_]+)"`)
	metricInDocs = regexp.MustCompile("`(regapi_[a-z_]+)")
)

// TestEveryMetricIsDescribedAndExists holds the names of metrics in the code against the pages of docs that list them.
func TestEveryMetricIsDescribedAndExists(t *testing.T) {
	inCode, inDocs := map[string]bool{}, map[string]bool{}
	for _, folder := range []string{"cmd", "internal", "webhook", "docs"} {
		err := filepath.WalkDir("../../"+folder, func(file string, _ fs.DirEntry, err error) error {
			names, pattern := inCode, metricInCode
			switch {
			case err != nil:
				return err
			case strings.HasSuffix(file, ".md"):
				names, pattern = inDocs, metricInDocs
			case !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go"):
				return nil
			}
			text, err := os.ReadFile(file)
			for _, match := range pattern.FindAllSubmatch(text, -1) {
				names[string(match[1])] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(inCode) < 20 {
		t.Fatalf("%d metrics", len(inCode))
	}
	for name := range inCode {
		if !inDocs[name] {
			t.Errorf("no page of docs describes %s", name)
		}
	}
	for name := range inDocs {
		if !inCode[name] {
			t.Errorf("docs describe %s, which does not exist", name)
		}
	}
}
