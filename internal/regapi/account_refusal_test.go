package regapi

import "testing"

func TestAnUnknownRefusalOfTheAccountRestsLikeADenial(t *testing.T) {
	for _, c := range []struct {
		function string
		code     ErrorCode
		want     Class
	}{
		{"nop", "SOMETHING_NEW", ClassDenied},
		{"nop", CodeServiceUnavailable, ClassTransient},
		{"nop", "", ClassTransient},
		{"zone/nop", "SOMETHING_NEW", ClassTransient},
	} {
		refusal := &Error{Function: c.function, Code: c.code}
		if got := refusal.Class(); got != c.want || IsDenied(refusal) != (c.want == ClassDenied) {
			t.Errorf("%s %s: %v", c.function, c.code, got)
		}
		if denied := c.want == ClassDenied; denied != (Remedy(refusal) == remedyAccount) {
			t.Errorf("%s %s: remedy %q", c.function, c.code, Remedy(refusal))
		}
	}
}
