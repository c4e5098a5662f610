package output

import (
	"io"
	"strings"
	"unicode/utf8"
)

const (
	gap = "  "
	// narrowest is the width below which a last column does not stand beside the others, but under them.
	narrowest = 24
	indent    = 4
)

// writeTable writes rows of equally many cells. The last cell of a row may be long: where a width is given, it goes on below.
func writeTable(out io.Writer, rows [][]string, width int) error {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	start := 0
	for _, w := range widths[:len(widths)-1] {
		start += w + len(gap)
	}
	var text strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row[:len(row)-1] {
			line.WriteString(cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)) + gap)
		}
		text.WriteString(withTail(line.String(), row[len(row)-1], start, width))
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// withTail puts the last cell behind the others, or where it does not fit there, below.
func withTail(line, tail string, start, width int) string {
	room := width - start
	switch {
	case width == 0 || utf8.RuneCountInString(tail) <= room:
		return strings.TrimRight(line+tail, " ") + "\n"
	case room < narrowest:
		return strings.TrimRight(line, " ") + "\n" + Wrap(tail, width, indent)
	default:
		return line + strings.TrimLeft(Wrap(tail, width, start), " ")
	}
}

// Wrap breaks a text at spaces into indented lines of a width; a word that is longer stays whole.
func Wrap(text string, width, indent int) string {
	var lines strings.Builder
	margin, length := strings.Repeat(" ", indent), 0
	for word := range strings.FieldsSeq(text) {
		letters := utf8.RuneCountInString(word)
		switch {
		case length == 0:
			lines.WriteString(margin)
			length = indent
		case width > 0 && length+1+letters > width:
			lines.WriteString("\n" + margin)
			length = indent
		default:
			lines.WriteString(" ")
			length++
		}
		lines.WriteString(word)
		length += letters
	}
	return lines.String() + "\n"
}
