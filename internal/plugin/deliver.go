package plugin

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/plugin/manifest"
	"github.com/regapi-io/regapi-operator/internal/plugin/output"
)

// addZoneFiles makes objects of BIND zone files.
func (i *gathering) addZoneFiles(files []string) error {
	names := manifest.Names{}
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			return exit.With(exit.Usage, err)
		}
		domain, records, left, err := manifest.ReadZoneFile(file, name, "")
		file.Close()
		if err != nil {
			return exit.With(exit.Usage, err)
		}
		if !i.wants(domain) || i.exists("DNSZone", domain) {
			continue
		}
		object, more := i.settings.Zone(domain, records, names.Of(domain))
		i.objects = append(i.objects, &object)
		i.left = append(i.left, append(left, more...)...)
	}
	return nil
}

// deliver writes the manifests, and tells what is left out: on the error stream, since the other one may go into a file.
func (s *session) deliver(gathered *gathering, i importing) error {
	var err error
	if i.folder != "" {
		err = s.writeFiles(gathered.objects, i.folder, i.overwrite)
	} else {
		err = s.writeStream(gathered.objects)
	}
	if err != nil {
		return err
	}
	return s.tellLeftOut(gathered.left)
}

// tellLeftOut tells what is left out: as a sum what is right to leave out, and each of the others.
func (s *session) tellLeftOut(left []manifest.LeftOut) error {
	sums, reasons, problems := map[string]int{}, []string{}, []string{}
	for _, l := range left {
		line := l.Domain + ": " + strings.TrimPrefix(l.Record+": "+l.Why, ": ")
		switch {
		case !l.Expected:
			problems = append(problems, line)
		case s.format == output.Wide:
			reasons = append(reasons, line)
		default:
			if sums[l.Why]++; sums[l.Why] == 1 {
				reasons = append(reasons, l.Why)
			}
		}
	}
	if len(reasons) > 0 {
		fmt.Fprintln(s.Err, "\nLeft as it is (-o wide lists it):")
	}
	for _, reason := range reasons {
		if sums[reason] > 0 {
			reason = fmt.Sprintf("%d of it: %s", sums[reason], reason)
		}
		fmt.Fprint(s.Err, output.Wrap(reason, s.Width, 2))
	}
	if len(problems) == 0 {
		return nil
	}
	fmt.Fprintln(s.Err, "\nNo manifest can say this:")
	for _, problem := range problems {
		fmt.Fprint(s.Err, output.Wrap(problem, s.Width, 2))
	}
	return exit.ErrFindings
}

// writeStream writes all manifests behind each other, or in JSON as a List.
func (s *session) writeStream(objects []client.Object) error {
	if s.format == output.JSON {
		items := []any{}
		for _, object := range objects {
			clean, err := manifest.Clean(object)
			if err != nil {
				return err
			}
			items = append(items, clean)
		}
		list := map[string]any{"apiVersion": "v1", "kind": "List", "items": items}
		return output.Document{Value: list}.Print(s.printer())
	}
	for _, object := range objects {
		if s.format == output.Name {
			fmt.Fprintf(s.Out, "%s/%s\n", strings.ToLower(object.GetObjectKind().GroupVersionKind().Kind), object.GetName())
			continue
		}
		text, err := manifest.YAML(object)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(s.Out, "---\n%s", text); err != nil {
			return err
		}
	}
	return nil
}

// writeFiles writes a file for each object. All files are looked at before one is written, so that a slip overwrites nothing.
func (s *session) writeFiles(objects []client.Object, folder string, overwrite bool) error {
	files, other := map[string][]byte{}, []string{}
	for _, object := range objects {
		text, err := manifest.YAML(object)
		if err != nil {
			return err
		}
		file := filepath.Join(folder, strings.ToLower(object.GetObjectKind().GroupVersionKind().Kind)+"-"+object.GetName()+".yaml")
		before, err := os.ReadFile(file)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			files[file] = text
		case err != nil:
			return exit.With(exit.Usage, err)
		case !bytes.Equal(before, text):
			files[file] = text
			other = append(other, file)
		}
	}
	if len(other) > 0 && !overwrite {
		return exit.With(exit.Findings, fmt.Errorf("%s and %d other files say something else already: --overwrite replaces them, another folder leaves them", other[0], len(other)-1))
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return exit.With(exit.Usage, err)
	}
	for file, text := range files {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return exit.With(exit.Usage, err)
		}
	}
	fmt.Fprintf(s.Out, "%d objects in %s, %d files written\n", len(objects), folder, len(files))
	return nil
}
