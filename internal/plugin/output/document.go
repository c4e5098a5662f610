package output

import (
	"fmt"

	"sigs.k8s.io/yaml"
)

// Document is an answer about one thing: its text for people, and its value for programs.
type Document struct {
	Name  string
	Value any
	// Text writes what the format table shows; the value as YAML where it is nil.
	Text func(p Printer) error
}

// Print prints the document.
func (d Document) Print(p Printer) error {
	if done, err := p.structured(d.Value); done {
		return err
	}
	if p.Format == Name {
		_, err := fmt.Fprintln(p.Out, d.Name)
		return err
	}
	if d.Text != nil {
		return d.Text(p)
	}
	text, err := yaml.Marshal(d.Value)
	if err == nil {
		_, err = p.Out.Write(text)
	}
	return err
}
