package operations

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
	"sigs.k8s.io/yaml"
)

const root = "../../"

// metric is a row of docs/metrics.md, which cmd/operator makes of what the program registers.
type metric struct {
	kind   string
	labels []string
}

// scraped are labels that Prometheus adds to all that it scrapes, and le that of the buckets of a histogram. Not so namespace, which means that of the
// object: the monitors honour the labels of the metrics.
var scraped = []string{"instance", "job", "le", "pod"}

// nameLabel is the label that PromQL keeps the name of a metric in.
const nameLabel = "__name__"

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(root + file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// exported gives the metrics by the names that PromQL has for them.
func exported(t *testing.T) map[string]metric {
	t.Helper()
	found := map[string]metric{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| (\\w+) \\| ([a-z,]*) \\|").FindAllStringSubmatch(read(t, "docs/metrics.md"), -1) {
		made := metric{kind: row[2], labels: strings.Split(row[3], ",")}
		if made.kind != "histogram" {
			found[row[1]] = made
			continue
		}
		for _, part := range []string{"_bucket", "_sum", "_count"} {
			found[row[1]+part] = made
		}
	}
	if len(found) < 30 {
		t.Fatalf("docs/metrics.md lists %d metrics", len(found))
	}
	return found
}

// rule is an alert.
type rule struct {
	Alert, Expr string
	Annotations map[string]string
}

func rules(t *testing.T) []rule {
	t.Helper()
	var file struct {
		Spec struct{ Groups []struct{ Rules []rule } }
	}
	if err := yaml.Unmarshal([]byte(read(t, "config/prometheus/rules.yaml")), &file); err != nil {
		t.Fatal(err)
	}
	return file.Spec.Groups[0].Rules
}

// expressions gives what alerts and dashboard ask Prometheus, by where it stands.
func expressions(t *testing.T) (alerts, dashboard map[string][]string) {
	t.Helper()
	alerts, dashboard = map[string][]string{}, map[string][]string{}
	for _, r := range rules(t) {
		alerts[r.Alert] = append(alerts[r.Alert], r.Expr)
	}
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(read(t, "config/grafana/dashboard.json")), &board); err != nil {
		t.Fatal(err)
	}
	for _, panel := range board.Panels {
		for _, target := range panel.Targets {
			dashboard[panel.Title] = append(dashboard[panel.Title], strings.ReplaceAll(target.Expr, "$__rate_interval", "5m"))
		}
	}
	return alerts, dashboard
}

// TestEveryQuestionToPrometheusIsOfMetricsAndLabelsThatTheOperatorHas parses them all; one of the dashboard for every metric is among them.
func TestEveryQuestionToPrometheusIsOfMetricsAndLabelsThatTheOperatorHas(t *testing.T) {
	metrics := exported(t)
	alerts, dashboard := expressions(t)
	for where, asked := range alerts {
		for _, expression := range asked {
			check(t, "the alert "+where, expression, metrics)
		}
	}
	shown := map[string]bool{}
	for where, asked := range dashboard {
		for _, expression := range asked {
			for _, name := range check(t, "the panel "+where, expression, metrics) {
				for _, part := range []string{"_bucket", "_sum", "_count"} {
					name = strings.TrimSuffix(name, part)
				}
				shown[name] = true
			}
		}
	}
	for name := range metrics {
		base := name
		for _, part := range []string{"_bucket", "_sum", "_count"} {
			base = strings.TrimSuffix(base, part)
		}
		if !shown[base] && base != "regapi_build_info" { // What runs, and not how it fares.
			t.Errorf("the dashboard does not show %s", base)
		}
	}
}

// check parses an expression, and gives the metrics that it is about. Every label that it selects, groups or ranges by has to be one of theirs.
func check(t *testing.T, where, expression string, metrics map[string]metric) (names []string) {
	t.Helper()
	parsed, err := parser.NewParser(parser.Options{}).ParseExpr(expression)
	if err != nil {
		t.Errorf("%s: %s: %v", where, expression, err)
		return nil
	}
	known := slices.Clone(scraped)
	var used []string
	parser.Inspect(parsed, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.VectorSelector:
			names = append(names, n.Name)
			known = append(known, metrics[n.Name].labels...)
			if _, exists := metrics[n.Name]; !exists {
				t.Errorf("%s asks for %s, which the operator does not have", where, n.Name)
			}
			for _, matcher := range n.LabelMatchers {
				if matcher.Name != nameLabel && !slices.Contains(metrics[n.Name].labels, matcher.Name) {
					t.Errorf("%s selects %s by %s, which it does not have", where, n.Name, matcher.Name)
				}
			}
		case *parser.AggregateExpr:
			used = append(used, n.Grouping...)
		case *parser.Call:
			if selector := counted(n); selector != "" && metrics[selector].kind == "gauge" {
				t.Errorf("%s takes %s of %s, which is a gauge", where, n.Func.Name, selector)
			}
		}
		return nil
	})
	for _, label := range used {
		if !slices.Contains(known, label) {
			t.Errorf("%s groups by %s, which none of %v has", where, label, names)
		}
	}
	return names
}

// counted is the metric of which a function wants a counter; empty for other functions.
func counted(call *parser.Call) string {
	if call.Func.Name != "rate" && call.Func.Name != "increase" {
		return ""
	}
	matrix, isMatrix := call.Args[0].(*parser.MatrixSelector)
	if !isMatrix {
		return ""
	}
	return matrix.VectorSelector.(*parser.VectorSelector).Name
}
