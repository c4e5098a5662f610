// Package layers holds the packages of this module against what CONTRIBUTING.md says of them.
package layers

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	module = "github.com/regapi-io/regapi-operator/"
	// maxChain bounds how many internal packages may stand on top of each other.
	maxChain = 7
	// maxLines bounds a file.
	maxLines = 400
)

// graph has the imports of each package of this module, both without the module's path.
type graph map[string][]string

// packages asks the go command, so that nothing here has to be kept up to date.
func packages(t *testing.T) graph {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...")
	list.Dir = "../.."
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatalf("list the packages: %v", err)
	}
	found := graph{}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var one struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&one); errors.Is(err, io.EOF) {
			return found
		} else if err != nil {
			t.Fatal(err)
		}
		ours := []string{}
		for _, imported := range one.Imports {
			if name, ok := strings.CutPrefix(imported, module); ok {
				ours = append(ours, name)
			}
		}
		found[strings.TrimPrefix(one.ImportPath, module)] = ours
	}
}

var (
	row  = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| [^|]+ \\| ([^|]+) \\|$")
	code = regexp.MustCompile("`([^`]+)`")
)

// documented reads the table of CONTRIBUTING.md.
func documented(t *testing.T) graph {
	t.Helper()
	text, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	table := graph{}
	for _, match := range row.FindAllStringSubmatch(string(text), -1) {
		imports := []string{}
		for _, name := range code.FindAllStringSubmatch(match[2], -1) {
			imports = append(imports, name[1])
		}
		table[match[1]] = imports
	}
	return table
}

// inTheTable are the packages that others stand on; commands and the tests' own programs stand on top.
func inTheTable(name string) bool {
	return !strings.HasPrefix(name, "cmd/") && !strings.HasPrefix(name, "hack/") && !strings.HasPrefix(name, "test/") && !strings.HasPrefix(name, "internal/regapi/regapitest/") &&
		name != "internal/regapi/catalog/markdown"
}

func TestTheTableOfLayersIsTrue(t *testing.T) {
	found, table := packages(t), documented(t)
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if !inTheTable(name) {
			continue
		}
		imports, ok := table[name]
		slices.Sort(imports)
		if want := slices.Sorted(slices.Values(found[name])); !ok || !slices.Equal(imports, want) {
			t.Errorf("CONTRIBUTING.md must have a row for `%s` with the imports %s; it has %s", name, inCode(want), inCode(imports))
		}
	}
	for name := range table {
		if _, ok := found[name]; !ok {
			t.Errorf("CONTRIBUTING.md has a row for %s, which does not exist", name)
		}
	}
}

func inCode(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return "`" + strings.Join(names, "`, `") + "`"
}

func TestNoChainOfInternalPackagesIsLong(t *testing.T) {
	all := packages(t)
	var longest func(name string) []string
	known := map[string][]string{}
	longest = func(name string) []string {
		if chain, ok := known[name]; ok {
			return chain
		}
		var below []string
		for _, imported := range all[name] {
			if chain := longest(imported); len(chain) > len(below) {
				below = chain
			}
		}
		if strings.HasPrefix(name, "internal/") {
			below = append([]string{name}, below...)
		}
		known[name] = below
		return below
	}
	for name := range all {
		if chain := longest(name); len(chain) > maxChain {
			t.Errorf("%s stands on %d internal packages: %s", name, len(chain), strings.Join(chain, " -> "))
		}
	}
}

// TestZonesAndTrafficAreFreeOfKubernetes looks at everything below a package, not at its own imports alone.
func TestZonesAndTrafficAreFreeOfKubernetes(t *testing.T) {
	api := kubernetesBelow(t, "api/v1alpha1")
	for name, allowed := range map[string][]string{
		"internal/regapi": nil, "internal/traffic": nil, "internal/batch": nil, "internal/inventory": nil, "internal/zone": api,
	} {
		for _, found := range kubernetesBelow(t, name) {
			if !slices.Contains(allowed, found) {
				t.Errorf("%s stands on %s", name, found)
			}
		}
	}
}

func kubernetesBelow(t *testing.T, name string) []string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "./"+name)
	list.Dir = "../.."
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatalf("list what is below %s: %v", name, err)
	}
	var found []string
	for line := range strings.Lines(string(out)) {
		if name := strings.TrimSpace(line); strings.Contains(name, "k8s.io/") {
			found = append(found, name)
		}
	}
	return found
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	for name := range packages(t) {
		if strings.HasPrefix(name, "internal/") && !hasDoc(t, name) {
			t.Errorf("%s has no comment that says what it owns", name)
		}
	}
}

// hasDoc reports whether doc.go, or the only file of a package, begins with the package's comment.
func hasDoc(t *testing.T, name string) bool {
	t.Helper()
	folder := path.Join("../..", name)
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), ".go") && !strings.HasSuffix(entry.Name(), "_test.go") {
			text, err := os.ReadFile(path.Join(folder, entry.Name()))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.HasPrefix(text, []byte("// Package ")) || bytes.HasPrefix(text, []byte("// Command ")) {
				return true
			}
		}
	}
	return false
}

func TestNoFileIsLong(t *testing.T) {
	files := 0
	err := filepath.WalkDir("../..", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "bin"):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(file, ".go"):
			return nil
		}
		files++
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if lines := bytes.Count(text, []byte("\n")); lines > maxLines && !bytes.Contains(text, []byte("// Code generated ")) {
			t.Errorf("%s has %d lines: %d are allowed", file, lines, maxLines)
		}
		return nil
	})
	if err != nil || files < 100 {
		t.Fatalf("%d files, %v", files, err)
	}
}
