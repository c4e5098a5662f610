package regapi

import (
	"testing"
	"time"
)

func TestIDReadsNumbersStringsAndNull(t *testing.T) {
	cases := map[string]ID{
		`12345`: 12345, `"12345"`: 12345, `null`: 0, `""`: 0, `0`: 0, `"22bug22"`: 0, `-5`: 0, `1.5`: 0,
		`{}`: 0, `[]`: 0, `true`: 0, `99999999999999999999`: 0,
	}
	for raw, want := range cases {
		id := ID(1)
		if err := id.UnmarshalJSON([]byte(raw)); err != nil || id != want {
			t.Errorf("%s: got %d, %v", raw, id, err)
		}
	}
}

func TestIntReadsNumbersStringsAndNull(t *testing.T) {
	for raw, want := range map[string]Int{`10`: 10, `"10"`: 10, `0`: 0, `"0"`: 0, `null`: 0, `""`: 0, `-3`: -3} {
		number := Int(1)
		if err := number.UnmarshalJSON([]byte(raw)); err != nil || number != want {
			t.Errorf("%s: got %d, %v", raw, number, err)
		}
	}
	for _, raw := range []string{`"ten"`, `1.5`, `99999999999999999999`, `{}`} {
		number := Int(1)
		if err := number.UnmarshalJSON([]byte(raw)); err != nil || number != 0 {
			t.Errorf("%s: got %d, %v", raw, number, err)
		}
		if err := new(exactInt).UnmarshalJSON([]byte(raw)); err == nil {
			t.Errorf("%s: accepted as a part of an identity", raw)
		}
	}
}

func TestDateReadsDaysAndTheirAbsence(t *testing.T) {
	cases := map[string]string{
		`"2011-04-18"`: "2011-04-18", `"2011-04-18 12:30:00"`: "2011-04-18", `"0000-00-00"`: "",
		`"0000-00-00 00:00:00"`: "", `""`: "", `null`: "",
	}
	for raw, want := range cases {
		date := NewDate(1999, time.May, 1)
		if err := date.UnmarshalJSON([]byte(raw)); err != nil || date.String() != want || date.IsZero() != (want == "") {
			t.Errorf("%s: got %q, %v", raw, date, err)
		}
		if text, err := date.MarshalJSON(); err != nil || string(text) != `"`+want+`"` {
			t.Errorf("%s: written as %s, %v", raw, text, err)
		}
	}
	for _, raw := range []string{`"18.04.2011"`, `"2011-02-30"`, `20110418`, `[]`} {
		date := NewDate(1999, time.May, 1)
		if err := date.UnmarshalJSON([]byte(raw)); err != nil || !date.IsZero() {
			t.Errorf("%s: got %s, %v", raw, date, err)
		}
	}
	if midnight := NewDate(2011, time.April, 18).Time(); midnight != time.Date(2011, 4, 18, 0, 0, 0, 0, time.UTC) {
		t.Errorf("midnight is %s", midnight)
	}
}

func TestMoneyComparesExactly(t *testing.T) {
	cases := []struct {
		a, b string
		want int
	}{
		{`"0.1"`, `0.10`, 0}, {`"1000"`, `999.99`, 1}, {`-0.01`, `null`, -1}, {`""`, `"0"`, 0},
		{`"9007199254740993"`, `"9007199254740992"`, 1},
	}
	for _, c := range cases {
		var a, b Money
		if err := a.UnmarshalJSON([]byte(c.a)); err != nil {
			t.Fatal(err)
		}
		if err := b.UnmarshalJSON([]byte(c.b)); err != nil {
			t.Fatal(err)
		}
		if got := a.Cmp(b); got != c.want {
			t.Errorf("%s against %s: %d", a, b, got)
		}
	}
	for _, raw := range []string{`"1,5"`, `"1e9"`, `1e9`, `"free"`, `"--1"`, `{}`, `true`} {
		var odd Money
		if err := odd.UnmarshalJSON([]byte(raw)); err != nil || odd.Known() {
			t.Errorf("%s: got %s, %v", raw, odd, err)
		}
		if limit := Money("1000000"); odd.Cmp(limit) <= 0 || limit.Cmp(odd) >= 0 || odd.Cmp(MoneyUnknown) != 0 {
			t.Errorf("%s: a limit lets it pass", raw)
		}
	}
	if Money("").String() != "0" || Money("nonsense").Rat().Sign() != 0 {
		t.Error("no amount is not nothing")
	}
}

func TestTTLReadsSecondsAndSuffixes(t *testing.T) {
	cases := map[string]time.Duration{
		"600": 10 * time.Minute, "10m": 10 * time.Minute, "12h": 12 * time.Hour, "1d": 24 * time.Hour, "2w": 14 * 24 * time.Hour,
		"30s": 30 * time.Second, "0": 0, "1D": 24 * time.Hour, "2147483647": 2147483647 * time.Second,
	}
	for text, want := range cases {
		if got, err := ParseTTL(text); err != nil || got != want {
			t.Errorf("%q: got %s, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "d", "-1", "1.5h", "1 d", "1dd", "1y", "2147483648", "35792w", "0x10", "+5"} {
		if got, err := ParseTTL(text); err == nil {
			t.Errorf("%q: got %s", text, got)
		}
	}
}
