package regapitest

import (
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// encoding is a value of io_encoding: what requests and answers are written in (2.2.4.2).
type encoding struct {
	// charset is the name that the answer and its Content-Type give.
	charset string
	// table is nil for UTF-8.
	table *charmap.Charmap
}

var utf8Encoding = encoding{charset: "utf-8"}

var encodings = map[string]encoding{
	"":       utf8Encoding,
	"utf8":   utf8Encoding,
	"cp1251": {charset: "windows-1251", table: charmap.Windows1251},
	"koi8-r": {charset: "koi8-r", table: charmap.KOI8R},
	"koi8-u": {charset: "koi8-u", table: charmap.KOI8U},
	"cp866":  {charset: "ibm866", table: charmap.CodePage866},
}

// asciiSuperset reads the names of parameters, which are ASCII, whatever the encoding of their values is.
var asciiSuperset = encodings["cp866"]

// encoding is that of request and answer; UTF-8 when it is not known.
func (p params) encoding() encoding {
	if in, known := encodings[p.Text("io_encoding")]; known {
		return in
	}
	return utf8Encoding
}

// decode returns the text in UTF-8. The tables have a letter for every byte; UTF-8 can be damaged.
func (e encoding) decode(text string) (string, bool) {
	if e.table == nil {
		return text, utf8.ValidString(text)
	}
	decoded, err := e.table.NewDecoder().String(text)
	return decoded, err == nil
}

// encode writes text in the encoding; what that cannot express is written as escape says.
func (e encoding) encode(text []byte, escape func(rune) string) []byte {
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
