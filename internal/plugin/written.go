package plugin

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
)

// written is an object as somebody wrote it.
type written struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Namespace string `json:"namespace"`
		Name      string `json:"name"`
	} `json:"metadata"`
	Spec json.RawMessage `json:"spec"`
	// Items of a list.
	Items []written `json:"items"`
}

// manifestsIn reads the objects of ours in files and folders, and passes over what else is in them.
func (s *session) manifestsIn(files []string, namespace string) ([]written, error) {
	var found []written
	for _, name := range files {
		read, err := s.readManifests(name)
		if err != nil {
			return nil, exit.With(exit.Usage, err)
		}
		found = append(found, read...)
	}
	for i := range found {
		found[i].Metadata.Namespace = cmp.Or(found[i].Metadata.Namespace, namespace)
	}
	if len(found) == 0 {
		return nil, exit.With(exit.Usage, fmt.Errorf("%s: no object of %s is in there", strings.Join(files, ", "), v1alpha1.GroupVersion.Group))
	}
	return found, nil
}

// readManifests reads a file, the files of a folder, or for - the standard input.
func (s *session) readManifests(name string) ([]written, error) {
	if name == "-" {
		return decodeManifests("standard input", s.In)
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	names := []string{name}
	if info.IsDir() {
		names = nil
		for _, pattern := range []string{"*.yaml", "*.yml", "*.json"} {
			matches, err := filepath.Glob(filepath.Join(escapeGlob(name), pattern))
			if err != nil {
				return nil, err
			}
			names = append(names, matches...)
		}
	}
	var found []written
	for _, name := range names {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		read, err := decodeManifests(name, file)
		if err := errors.Join(err, file.Close()); err != nil {
			return nil, err
		}
		found = append(found, read...)
	}
	return found, nil
}

// escapeGlob keeps a folder's name from being a pattern. On Windows nothing escapes, and no name has a star.
func escapeGlob(name string) string {
	if filepath.Separator == '\\' {
		return name
	}
	return strings.NewReplacer("*", `\*`, "?", `\?`, "[", `\[`, `\`, `\\`).Replace(name)
}

// decodeManifests reads the documents of one file.
func decodeManifests(name string, file io.Reader) ([]written, error) {
	var found []written
	decoder := yaml.NewYAMLOrJSONDecoder(file, 4096)
	for {
		var one written
		switch err := decoder.Decode(&one); {
		case errors.Is(err, io.EOF):
			return found, nil
		case err != nil:
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, m := range one.flat() {
			if m.Metadata.Name == "" {
				return nil, fmt.Errorf("%s: a %s has no metadata.name", name, m.Kind)
			}
			found = append(found, m)
		}
	}
}

// flat gives the objects of ours in a manifest, which may be a list of some.
func (m written) flat() []written {
	var ours []written
	for _, item := range m.Items {
		ours = append(ours, item.flat()...)
	}
	group, _, _ := strings.Cut(m.APIVersion, "/")
	if _, err := kindOf(m.Kind); err == nil && group == v1alpha1.GroupVersion.Group {
		ours = append(ours, m)
	}
	return ours
}
