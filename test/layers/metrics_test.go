package layers

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

var (
	metricInCode = regexp.MustCompile(`"(regapi_[a-z_]+)"`)
	metricInDocs = regexp.MustCompile("`(regapi_[a-z_]+)")
)

// TestEveryMetricIsDescribedAndExists holds the names of metrics in the code against the pages of docs that list them.
func TestEveryMetricIsDescribedAndExists(t *testing.T) {
	inCode, inDocs := metricsInCode(t), namesIn(t, metricInDocs, ".md", "docs")
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

func metricsInCode(t *testing.T) map[string]bool {
	t.Helper()
	return namesIn(t, metricInCode, ".go", "cmd", "internal", "webhook")
}

// namesIn gives what a pattern finds in the files of some folders that have an ending, tests left out.
func namesIn(t *testing.T, pattern *regexp.Regexp, ending string, folders ...string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, folder := range folders {
		err := filepath.WalkDir("../../"+folder, func(file string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(file, ending) || strings.HasSuffix(file, "_test.go") {
				return err
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
	return names
}

// TestEveryAlertIsOfMetricsThatExistAndHasItsRunbook holds the alerting rules against the code and against docs/alerts.md.
func TestEveryAlertIsOfMetricsThatExistAndHasItsRunbook(t *testing.T) {
	inCode := metricsInCode(t)
	text, err := os.ReadFile("../../config/prometheus/rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var rules struct {
		Spec struct {
			Groups []struct {
				Rules []struct {
					Alert, Expr string
					Annotations map[string]string
				}
			}
		}
	}
	if err := yaml.Unmarshal(text, &rules); err != nil {
		t.Fatal(err)
	}
	runbook, err := os.ReadFile("../../docs/alerts.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range rules.Spec.Groups[0].Rules {
		names := regexp.MustCompile(`regapi_[a-z_]+`).FindAllString(rule.Expr, -1)
		if len(names) == 0 {
			t.Errorf("%s is about no metric", rule.Alert)
		}
		for _, name := range names {
			if !inCode[name] {
				t.Errorf("%s is about %s, which does not exist", rule.Alert, name)
			}
		}
		if !strings.Contains(string(runbook), "\n## "+rule.Alert+"\n") {
			t.Errorf("docs/alerts.md does not say what to do about %s", rule.Alert)
		}
		if !strings.HasSuffix(rule.Annotations["runbook_url"], "/docs/alerts.md#"+strings.ToLower(rule.Alert)) {
			t.Errorf("%s leads to %s", rule.Alert, rule.Annotations["runbook_url"])
		}
	}
	if alerts := strings.Count(string(runbook), "\n## "); alerts != len(rules.Spec.Groups[0].Rules) {
		t.Errorf("docs/alerts.md explains %d alerts, and there are %d", alerts, len(rules.Spec.Groups[0].Rules))
	}
}
