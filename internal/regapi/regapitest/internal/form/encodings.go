package form

import (
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Encoding is a value of io_encoding: what requests and answers are written in (2.2.4.2).
type Encoding struct {
	// Charset is the name that the answer and its Content-Type give.
	Charset string
	// table is nil for UTF-8.
	table *charmap.Charmap
}

var utf8Encoding = Encoding{Charset: "utf-8"}

var encodings = map[string]Encoding{
	"":       utf8Encoding,
	"utf8":   utf8Encoding,
	"cp1251": {Charset: "windows-1251", table: charmap.Windows1251},
	"koi8-r": {Charset: "koi8-r", table: charmap.KOI8R},
	"koi8-u": {Charset: "koi8-u", table: charmap.KOI8U},
	"cp866":  {Charset: "ibm866", table: charmap.CodePage866},
}

// asciiSuperset reads the names of parameters, which are ASCII, whatever the encoding of their values is.
var asciiSuperset = encodings["cp866"]

// Encoding is that of request and answer; UTF-8 when it is not known.
func (p Params) Encoding() Encoding {
	if in, known := encodings[p.Text("io_encoding")]; known {
		return in
	}
	return utf8Encoding
}

// decode returns the text in UTF-8. The tables have a letter for every byte; UTF-8 can be damaged.
func (e Encoding) decode(text string) (string, bool) {
	if e.table == nil {
		return text, utf8.ValidString(text)
	}
	decoded, err := e.table.NewDecoder().String(text)
	return decoded, err == nil
}

// encode writes text in the encoding; what that cannot express is written as escape says.
func (e Encoding) encode(text []byte, escape func(rune) string) []byte {
	if e.table == nil {
		return text
	}
	encoded := make([]byte, 0, len(text))
	for _, letter := range string(text) {
		if b, ok := e.table.EncodeRune(letter); ok {
			encoded = append(encoded, b)
			continue
		}
		encoded = append(encoded, escape(letter)...)
	}
	return encoded
}
