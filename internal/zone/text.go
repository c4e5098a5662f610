package zone

import (
	"errors"
	"fmt"
	"strings"
)

// A text comes back from REG.API in one of three spellings, and nothing says in which (9.11):
//
//	plain    as it was sent
//	escaped  in quotes, with \" and \\ (and \;) for what they escape, also cut into several strings: "a" "b"
//	quoted   in quotes, with nothing escaped
//
// What has no quotes around it is plain. What has is escaped if it can be, and quoted otherwise: "say "yes"" and "C:\dir"
// are no escaped strings. A spec that says \; means the semicolon alone, so that no text of ours holds it. Two readings stay
// ambiguous, so that canonicalText admits neither text:
//
//	a text that itself starts and ends with a quote: its plain spelling is another one's in quotes;
//	a text that, put into quotes, is a series of escaped strings: a\\b reads as a\b, a\"b as a"b, a" "b as ab.
//
// All others read back as themselves in each spelling. FromAPI also meets the two, in records of other people; it takes them
// for what the rule above makes of them, and never for more than one layer of quotes.

// readTXT gives the text that a zone lists as content.
func readTXT(content string) string {
	trimmed := strings.TrimSpace(content)
	if !inQuotes(trimmed) {
		return content
	}
	if text, ok := readStrings(trimmed); ok {
		return text
	}
	return trimmed[1 : len(trimmed)-1]
}

func inQuotes(text string) bool {
	return len(text) >= 2 && text[0] == '"' && text[len(text)-1] == '"'
}

// canonicalText gives the text that somebody means who may have the habits of zone files: quotes around it, a backslash
// before a semicolon, and line breaks of YAML at its end.
func canonicalText(written string) (string, error) {
	text := strings.TrimSpace(written)
	if inQuotes(text) {
		unquoted, ok := readStrings(text)
		if !ok {
			return "", errors.New(`the quotes around the text and those in it cannot be told apart: leave off those around it; REG.API shows no text apart that itself starts and ends with a quote`)
		}
		text = strings.TrimSpace(unquoted)
	} else {
		text = strings.ReplaceAll(text, `\;`, ";")
	}
	return text, checkText(text)
}

func checkText(text string) error {
	if text == "" {
		return errors.New("the text is empty: write one, or leave the record out")
	}
	for _, letter := range text {
		if letter < ' ' || letter > '~' {
			return fmt.Errorf("%q is not a printable ASCII character, and REG.API takes no other in a text (9.9): leave it out or write it otherwise", letter)
		}
	}
	if inQuotes(text) {
		return errors.New("a text that itself starts and ends with a quote cannot be told from one in quotes in what REG.API lists: leave the quotes off")
	}
	if strings.Contains(text, `\;`) {
		return errors.New("a backslash before a semicolon is that of a zone file, and stands for the semicolon alone: write ; without backslashes before it")
	}
	if read := readTXT(`"` + text + `"`); read != text {
		return fmt.Errorf(`in quotes the text reads as %s, and REG.API may list either: write \, " and ; without a backslash before them`, read)
	}
	return nil
}

var quoteEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// quote puts a text into double quotes, as readQuoted reads it.
func quote(text string) string { return `"` + quoteEscapes.Replace(text) + `"` }

// readStrings reads strings in double quotes with blanks between them, and joins them as resolvers do.
func readStrings(s string) (string, bool) {
	var text strings.Builder
	for {
		part, rest, ok := readQuoted(s)
		if !ok {
			return "", false
		}
		text.WriteString(part)
		if rest == "" {
			return text.String(), true
		}
		if s = strings.TrimLeft(rest, " \t"); s == rest {
			return "", false
		}
	}
}

// readQuoted reads one string in double quotes from the start of s. A backslash that escapes none of the three characters
// is not what a zone file writes.
func readQuoted(s string) (text, rest string, ok bool) {
	if s == "" || s[0] != '"' {
		return "", "", false
	}
	var unquoted strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return unquoted.String(), s[i+1:], true
		case '\\':
			if i++; i == len(s) || !strings.ContainsRune(`"\;`, rune(s[i])) {
				return "", "", false
			}
		}
		unquoted.WriteByte(s[i])
	}
	return "", "", false
}
