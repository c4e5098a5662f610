package zone

import (
	"strings"
	"testing"
)

const idnZone = "xn--e1afmkfd.xn--p1ai" // пример.рф

func TestANameOfASpecIsReadInEverySpelling(t *testing.T) {
	for _, test := range []struct{ domain, name, want string }{
		{"example.ru", "", "@"},
		{"example.ru", "@", "@"},
		{"example.ru", "example.ru", "@"},
		{"example.ru", "Example.RU.", "@"},
		{"example.ru", "www", "www"},
		{"example.ru", "WWW", "www"},
		{"example.ru", "www.example.ru", "www"},
		{"example.ru", "www.Example.RU", "www"},
		{"example.ru", "www.example.ru.", "www"},
		{"example.ru", "*", "*"},
		{"example.ru", "*.apps.example.ru", "*.apps"},
		{"example.ru", "www.example.ru.example.ru", "www.example.ru"},
		{"example.ru", "wwwexample.ru", "wwwexample.ru"},
		{"example.ru", "first+last._domainkey", "first+last._domainkey"},
		{idnZone, "почта", "xn--80a1acny"},
		{idnZone, "почта.пример.рф", "xn--80a1acny"},
		{idnZone, "ПОЧТА.Пример.РФ.", "xn--80a1acny"},
		{idnZone, "почта.xn--e1afmkfd.xn--p1ai", "xn--80a1acny"},
		{idnZone, "XN--80A1ACNY.XN--E1AFMKFD.XN--P1AI", "xn--80a1acny"},
		{idnZone, "пример.рф", "@"},
		{idnZone, "чаи\u0306", "xn--80as4b"}, // й in two characters, as macOS writes it
	} {
		got, err := CanonicalRelative(test.name, test.domain)
		if err != nil || got != test.want {
			t.Errorf("%q in %s: %q, %v; want %q", test.name, test.domain, got, err, test.want)
		}
	}
}

// What is not looked up in the tables of Unicode is what they would make of it.
func FuzzAPlainNameIsAsTheTablesSay(f *testing.F) {
	for _, name := range []string{"www", "*.apps", "_dmarc", "a--b", "-", "ab--c.example.ru", "xn--80a1acny", "WWW", "a..b", "почта", "7", ".", "a.xn--", "x\u0301"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if !isPlain(name) {
			return
		}
		ascii, err := names.ToASCII(name)
		if err != nil || strings.ToLower(ascii) != name {
			t.Fatalf("%q is taken as it is; the tables say %q, %v", name, ascii, err)
		}
		for label := range strings.SplitSeq(name, ".") {
			if plain, thorough := checkLabel(label, true), checkLabel(label, false); (plain == nil) != (thorough == nil) {
				t.Fatalf("label %q: %v; the tables say %v", label, plain, thorough)
			}
		}
	})
}

func TestANameThatIsNotInTheZoneSaysWhatToDo(t *testing.T) {
	for name, want := range map[string]string{
		"www.example.com.":      "is not in the zone of example.ru",
		"www.":                  "leave the dot off",
		"a..b":                  "remove the extra dot",
		"www.example.ru..":      "remove the extra dot",
		"a b":                   "has a space",
		strings.Repeat("ж", 64): "more than 63 characters in punycode",
	} {
		if got, err := CanonicalRelative(name, "example.ru"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q, %v; want an error with %q", name, got, err, want)
		}
	}
}

func TestAProtectedPatternNamesRecords(t *testing.T) {
	for _, test := range []struct {
		domain, pattern string
		matches, misses []string
	}{
		{"example.ru", "@", []string{"@"}, []string{"www", "*"}},
		{"example.ru", "example.ru", []string{"@"}, []string{"example.ru"}},
		{"example.ru", "www.example.ru", []string{"www"}, []string{"www.example.ru", "@"}},
		{"example.ru", "WWW.Example.RU.", []string{"www"}, []string{"@"}},
		{"example.ru", "*.internal", []string{"a.internal", "*.internal", "xn--80a1acny.internal"}, []string{"internal", "a.b.internal"}},
		{"example.ru", "*.internal.example.ru", []string{"a.internal"}, []string{"internal"}},
		{"example.ru", "db?", []string{"db1", "dbx"}, []string{"db", "db10", "db.1"}},
		{"example.ru", "*-db-*", []string{"a-db-b", "a-db-db-b", "-db-"}, []string{"a-db", "a-d-b"}},
		{"example.ru", "*", []string{"@", "www", "*"}, []string{"a.b"}},
		{"example.ru", "*.*", []string{"a.b"}, []string{"a", "a.b.c"}},
		{"example.ru", "a[b]", []string{"a[b]"}, []string{"ab"}},
		{"example.ru", "поч*", []string{"xn--80a1acny", "xn--80ayedqc5a"}, []string{"www", "xn--e1afmkfd"}},
		{"example.ru", "ПОЧ??", []string{"xn--80a1acny"}, []string{"xn--80ayedqc5a"}},
		{"example.ru", "*чта.a", []string{"xn--80a1acny.a"}, []string{"xn--80a1acny"}},
		{"example.ru", "?????", []string{"xn--80a1acny", "mails"}, []string{"www"}},
		{"example.ru", "xn--80a*", []string{"xn--80a1acny"}, []string{"xn--e1afmkfd"}},
		{"example.ru", "*и\u0306", []string{"xn--80as4b"}, []string{"xn--80a1acny"}},
		{idnZone, "почта.Пример.РФ", []string{"xn--80a1acny"}, []string{"@"}},
		{idnZone, "поч*.xn--e1afmkfd.xn--p1ai.", []string{"xn--80a1acny"}, []string{"@"}},
		{idnZone, "пример.рф", []string{"@"}, []string{"www"}},
	} {
		pattern, err := ReadPattern(test.pattern, test.domain)
		if err != nil {
			t.Errorf("%s: %v", test.pattern, err)
		}
		for _, name := range test.matches {
			if !pattern.Match(name) {
				t.Errorf("%s (%s) leaves %s unprotected", test.pattern, pattern, name)
			}
		}
		for _, name := range test.misses {
			if pattern.Match(name) {
				t.Errorf("%s (%s) protects %s", test.pattern, pattern, name)
			}
		}
	}
}

func TestAPatternThatNamesNothingIsToldApart(t *testing.T) {
	patterns, invalid := ReadPatterns([]string{"www.example.com.", "a..b", "mail"}, "example.ru")
	if len(patterns) != 1 || !patterns.Match("mail") || patterns.Match("www") {
		t.Errorf("patterns: %v", patterns)
	}
	if len(invalid) != 2 || !strings.Contains(invalid[0].Reason, "not in the zone of example.ru") || !strings.Contains(invalid[1].Reason, "extra dot") {
		t.Errorf("invalid: %+v", invalid)
	}
}

// FuzzPattern checks that the name of a record protects that record in every spelling, and that a star protects each of its
// beginnings.
func FuzzPattern(f *testing.F) {
	f.Add("www", "example.ru")
	f.Add("почта.офис", "пример.рф")
	f.Add("чаи\u0306", "example.ru")
	f.Fuzz(func(t *testing.T, name, domain string) {
		domain, err := CanonicalDomain(domain)
		if err != nil || strings.ContainsAny(domain, "*?@") {
			t.Skip()
		}
		canonical, err := CanonicalRelative(name, domain)
		if err != nil || strings.ContainsAny(canonical, "*?") {
			t.Skip()
		}
		complete := canonical + "." + domain
		if canonical == apex {
			complete = domain
		}
		spellings := []string{name, complete, complete + ".", strings.ToUpper(complete)}
		if canonical != apex && !strings.HasSuffix("."+canonical, "."+domain) {
			spellings = append(spellings, canonical, "*"+canonical, canonical+"*")
		}
		for _, spelling := range spellings {
			if pattern, err := ReadPattern(spelling, domain); err != nil || !pattern.Match(canonical) {
				t.Errorf("%q in %s (%v, %v) does not match %s", spelling, domain, pattern, err, canonical)
			}
		}
	})
}
