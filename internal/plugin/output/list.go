package output

import "fmt"

// Column is a column of a table.
type Column[T any] struct {
	Header string
	// Wide says that only the format wide has it.
	Wide bool
	Cell func(T) string
}

// List is an answer of many things of one kind.
type List[T any] struct {
	Columns []Column[T]
	// Name names a thing on a line of its own, such as dnszone/example-ru.
	Name  func(T) string
	Items []T
	// Empty is said instead of a table without rows.
	Empty string
}

// Print prints the list: in JSON and YAML as an object with the field items.
func (l List[T]) Print(p Printer) error {
	items := l.Items
	if items == nil {
		items = []T{}
	}
	if done, err := p.structured(map[string]any{"items": items}); done {
		return err
	}
	if p.Format == Name {
		for _, item := range l.Items {
			fmt.Fprintln(p.Out, l.Name(item))
		}
		return nil
	}
	if len(l.Items) == 0 {
		fmt.Fprintln(p.Out, l.Empty)
		return nil
	}
	var rows [][]string
	headers := []string{}
	for _, column := range l.columns(p) {
		headers = append(headers, column.Header)
	}
	rows = append(rows, headers)
	for _, item := range l.Items {
		row := []string{}
		for _, column := range l.columns(p) {
			row = append(row, column.Cell(item))
		}
		rows = append(rows, row)
	}
	return writeTable(p.Out, rows, p.Width)
}

func (l List[T]) columns(p Printer) []Column[T] {
	var shown []Column[T]
	for _, column := range l.Columns {
		if !column.Wide || p.Format == Wide {
			shown = append(shown, column)
		}
	}
	return shown
}
