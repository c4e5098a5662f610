// Command chart brings charts/regapi-operator in line with what it is made from: the schema and the README come from the comments of
// values.yaml, the CRDs and roles from config. So values, access and kinds are each written down once.
//
// Above a key of values.yaml stands what it means; a line that begins with "@schema" holds what of the JSON schema its default
// does not show, such as the values that it may have.
//
//	chart [FOLDER]
//
// writes into FOLDER, or by default into the working folder, which it reads in any case.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

const chart = "charts/regapi-operator"

// sources are the files of config that the chart has in its own folder, since Helm reads no others.
var sources = map[string]string{
	"config/crd/bases/*.yaml":                        "crds",
	"config/rbac/*role*.yaml":                        "rbac",
	"config/cert-manager/access/*_role.yaml":         "rbac",
	"config/cert-manager/access/auth_delegator.yaml": "rbac",
	"config/plugin/access/*_roles.yaml":              "rbac",
	"config/prometheus/rules.yaml":                   "prometheus",
	"config/grafana/dashboard.json":                  "grafana",
}

func main() {
	target := "."
	if len(os.Args) > 1 {
		target = os.Args[1]
	}
	if err := generate(filepath.Join(target, chart)); err != nil {
		fmt.Fprintln(os.Stderr, "chart:", err)
		os.Exit(1)
	}
}

func generate(target string) error {
	if err := copySources(filepath.Join(target, "files")); err != nil {
		return err
	}
	values, err := readValues(filepath.Join(chart, "values.yaml"))
	if err != nil {
		return err
	}
	schema, err := json.MarshalIndent(values.document(), "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(target, "values.schema.json"), append(schema, '\n'), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(target, "README.md"), values.readme(), 0o644)
}

func copySources(target string) error {
	for pattern, folder := range sources {
		into := filepath.Join(target, folder)
		if err := os.MkdirAll(into, 0o755); err != nil {
			return err
		}
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			return fmt.Errorf("%s: no file: %w", pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(into, filepath.Base(file)), text, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

func readValues(file string) (*value, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	made, err := newValue("", document.Content[0], "")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return made, nil
}
