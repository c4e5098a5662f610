package operations

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// promtool is not built by make test, since it has every cloud of Prometheus's discovery in it.
var promtool = flag.String("promtool", "", "path of the promtool that runs config/prometheus/rules_test.yaml")

// TestEveryAlertFiresAndIsSilentWhereItShould has every alert in the unit tests of the rules, both ways; with -promtool it runs them.
func TestEveryAlertFiresAndIsSilentWhereItShould(t *testing.T) {
	tests := read(t, "config/prometheus/rules_test.yaml")
	var file struct {
		Tests []struct {
			Name string
			Of   []struct {
				Alertname string
				Expected  []any `json:"exp_alerts"`
			} `json:"alert_rule_test"`
		}
	}
	if err := yaml.Unmarshal([]byte(tests), &file); err != nil {
		t.Fatal(err)
	}
	fires, silent := map[string]bool{}, map[string]bool{}
	for _, test := range file.Tests {
		for _, one := range test.Of {
			if len(one.Expected) > 0 {
				fires[one.Alertname] = true
			} else {
				silent[one.Alertname] = true
			}
		}
	}
	for _, r := range rules(t) {
		if !fires[r.Alert] || !silent[r.Alert] {
			t.Errorf("%s is seen to fire: %t, and to be silent: %t", r.Alert, fires[r.Alert], silent[r.Alert])
		}
	}
	if *promtool == "" {
		return
	}
	folder := t.TempDir()
	var manifest struct{ Spec any }
	if err := yaml.Unmarshal([]byte(read(t, "config/prometheus/rules.yaml")), &manifest); err != nil {
		t.Fatal(err)
	}
	plain, err := yaml.Marshal(manifest.Spec)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"rules.yaml": string(plain), "rules_test.yaml": tests} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	said, err := exec.CommandContext(t.Context(), *promtool, "test", "rules", filepath.Join(folder, "rules_test.yaml")).CombinedOutput()
	if err != nil || !strings.Contains(string(said), "SUCCESS") {
		t.Errorf("promtool: %v\n%s", err, said)
	}
}
