package traffic

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
)

func TestReadOnlySendsNothingThatIsNotKnownToRead(t *testing.T) {
	var sent []string
	handler := ReadOnly(true)(regapi.HandlerFunc(func(_ context.Context, request *regapi.Request) (*regapi.Answer, error) {
		sent = append(sent, request.Function)
		return &regapi.Answer{}, nil
	}))
	reads := 0
	for _, f := range append(catalog.Functions(), catalog.Function{Name: "zone/invented_later"}) {
		before := len(sent)
		_, err := handler.Do(t.Context(), &regapi.Request{Function: f.Name})
		went := len(sent) > before
		if went != f.ReadOnly || went != (err == nil) {
			t.Errorf("%s: sent %v, %v", f.Name, went, err)
		}
		if went {
			reads++
			continue
		}
		if _, told := errors.AsType[*ReadOnlyError](err); !told || !regapi.NeverSent(err) || !regapi.IsBlocked(err) || !strings.Contains(err.Error(), "--read-only") {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	if reads < 20 {
		t.Errorf("%d functions read", reads)
	}
}
