package text

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTextsAreCutBetweenCharacters(t *testing.T) {
	for limit := 4; limit < 30; limit++ {
		cut := Shorten(strings.Repeat("я", 20), limit)
		if len(cut) > limit || !utf8.ValidString(cut) || !strings.HasSuffix(cut, "…") {
			t.Errorf("limit %d: %q", limit, cut)
		}
	}
	if got := Shorten("short", 10); got != "short" {
		t.Errorf("got %q", got)
	}
}
