package refusal

import (
	"maps"
	"testing"
)

func allPhrases() map[string]phrase {
	all := map[string]phrase{}
	for _, table := range phraseTables {
		maps.Copy(all, table)
	}
	return all
}

func TestEveryCodeHasATextInBothLanguages(t *testing.T) {
	for _, code := range []string{AccountRate, IPRate} {
		if p := phraseOf(code); p.en == code || p.ru == code {
			t.Errorf("%s has no text", code)
		}
	}
	for code, p := range allPhrases() {
		// The documentation leaves this one empty.
		if code != "UNSUPPORTED_UNICODE_SYMBOL" && (p.en == "" || p.ru == "") {
			t.Errorf("%s: %+v", code, p)
		}
	}
}
