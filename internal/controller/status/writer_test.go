package status

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
)

func TestAPassingFailureKeepsReadinessOfTheSameGenerationOnly(t *testing.T) {
	object := &v1alpha1.DNSZone{}
	object.Generation = 1
	setConditions(object, outcome.Succeeded("fine"))
	setConditions(object, outcome.Of(errors.New("passing")))
	if !ReadyFor(object.Status.Conditions, 1) {
		t.Errorf("readiness was lost: %+v", object.Status.Conditions)
	}
	object.Generation = 2
	setConditions(object, outcome.Of(errors.New("passing")))
	if ReadyFor(object.Status.Conditions, 2) {
		t.Errorf("ready for a spec that was never reconciled: %+v", object.Status.Conditions)
	}
	setConditions(object, outcome.Succeeded("fine"))
	if len(object.Status.Conditions) != 1 {
		t.Errorf("conditions %+v, want Ready alone", object.Status.Conditions)
	}
}

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
