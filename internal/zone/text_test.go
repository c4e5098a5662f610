package zone

import (
	"strings"
	"testing"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// spellingsOf are those in which REG.API may list a text.
func spellingsOf(text string) map[string]string {
	var pieces []string
	for i := 0; i < len(text); i += 255 {
		pieces = append(pieces, quote(text[i:min(i+255, len(text))]))
	}
	return map[string]string{
		"plain":        text,
		"escaped":      quote(text),
		"cut":          strings.Join(pieces, " "),
		"semicolons":   strings.ReplaceAll(quote(text), ";", `\;`),
		"quoted":       `"` + text + `"`,
		"quoted, wide": ` "` + text + `" `,
	}
}

func TestATextIsReadInEverySpelling(t *testing.T) {
	for _, want := range []string{
		"v=spf1 mx -all", `say "yes"`, `"yes" she said`, `she said "yes"`, `half "quoted`, `C:\dir`, `\\server\share`, `ends in \`, `"`, `\`,
		`{"a": "b"}`, "v=DKIM1; k=rsa; p=MIGf", strings.Repeat(`x"y\z;`, 100),
	} {
		for style, spelling := range spellingsOf(want) {
			got := FromAPI(regapi.ResourceRecord{Subname: "t", Rectype: "TXT", Content: spelling})
			if got != text("t", want) {
				t.Errorf("%s %s\n got %q\nwant %q", style, spelling, got.Content, want)
			}
		}
	}
}

func TestATextIsUnderstoodAsItIsMeant(t *testing.T) {
	for written, want := range map[string]string{
		`v=spf1 -all`:                   "v=spf1 -all",
		`"v=spf1 -all"`:                 "v=spf1 -all",
		`"v=spf1 " "-all"`:              "v=spf1 -all",
		"v=spf1 -all\n":                 "v=spf1 -all",
		`  "v=spf1 -all "  `:            "v=spf1 -all",
		`v=DKIM1\; k=rsa\; p=MIGf`:      "v=DKIM1; k=rsa; p=MIGf",
		`"v=DKIM1\; k=rsa\; p=MIGf"`:    "v=DKIM1; k=rsa; p=MIGf",
		`"say \"yes\""`:                 `say "yes"`,
		`say "yes"`:                     `say "yes"`,
		`C:\dir`:                        `C:\dir`,
		`"C:\\dir"`:                     `C:\dir`,
		`{"a": "b"}`:                    `{"a": "b"}`,
		`heritage=external-dns,a=b,"c"`: `heritage=external-dns,a=b,"c"`,
	} {
		if got := understood(t, written); got != want {
			t.Errorf("%s\n got %s\nwant %s", written, got, want)
		}
	}
}

func TestATextThatCannotBeKeptSaysWhy(t *testing.T) {
	for written, want := range map[string]string{
		"":                   "the text is empty",
		`""`:                 "the text is empty",
		`" "`:                "the text is empty",
		"привет":             `'п' is not a printable ASCII character`,
		"two\nlines":         `'\n' is not a printable ASCII character`,
		`"a" or "b"`:         "leave off those around it",
		`"say "yes""`:        "leave off those around it",
		`"\"v=spf1 -all\""`:  "leave the quotes off",
		`two \\ backslashes`: `reads as two \ backslashes`,
		`an \" escape`:       `reads as an " escape`,
		`a" "b`:              "reads as ab",
		`a\\;b "`:            "without backslashes before it",
	} {
		_, invalid := FromSpec([]v1alpha1.NameRecords{{Name: "t", TXT: []v1alpha1.Text{v1alpha1.Text(written)}}}, "example.ru")
		if len(invalid) != 1 || !strings.Contains(invalid[0].Reason, want) {
			t.Errorf("%q: %+v, want %q", written, invalid, want)
		}
	}
}

func understood(t *testing.T, written string) string {
	t.Helper()
	records, invalid := FromSpec([]v1alpha1.NameRecords{{Name: "t", TXT: []v1alpha1.Text{v1alpha1.Text(written)}}}, "example.ru")
	if len(records) != 1 || len(invalid) > 0 {
		t.Fatalf("%s: records %v, invalid %+v", written, records, invalid)
	}
	return records[0].Content
}

// FuzzText checks that every text that a spec can ask for reads back as itself in each spelling, so that two texts are never
// one in any of them; that understanding a text twice changes nothing; and that CAA values, which are listed likewise, do too.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"v=spf1 -all", `"a" "b"`, `say "yes"`, `a\;b`, `C:\dir\\x`, `"\"x\""`, `a\\b`, `a""b`, `\`, `"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, written string) {
		want, err := canonicalText(written)
		if err != nil {
			return
		}
		if again, err := canonicalText(want); err != nil || again != want {
			t.Errorf("%q, understood again: %q, %v", want, again, err)
		}
		for style, spelling := range spellingsOf(want) {
			if got := readTXT(spelling); got != want {
				t.Errorf("%s %s\n got %q\nwant %q", style, spelling, got, want)
			}
			caa := FromAPI(regapi.ResourceRecord{Subname: "@", Rectype: "CAA", Content: "0 iodef " + spelling})
			if wanted := caaContent(0, "iodef", want); caa.Content != wanted {
				t.Errorf("CAA %s %s\n got %s\nwant %s", style, spelling, caa.Content, wanted)
			}
		}
	})
}
