package traffic

import (
	"context"
	"errors"
	"testing"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

func TestAProcessThatLeadsNoMoreOnlyReads(t *testing.T) {
	leads, sent := true, 0
	handler := Fence(func() bool { return leads })(regapi.HandlerFunc(func(context.Context, *regapi.Request) (*regapi.Answer, error) {
		sent++
		return &regapi.Answer{}, nil
	}))
	ask := func(function string) error {
		_, err := handler.Do(t.Context(), &regapi.Request{Function: function})
		return err
	}
	if err := errors.Join(ask("zone/update_records"), ask("zone/get_resource_records")); err != nil || sent != 2 {
		t.Fatalf("%d sent by the leader, %v", sent, err)
	}
	leads = false
	if err := ask("zone/get_resource_records"); err != nil || sent != 3 {
		t.Errorf("%d sent, %v: a reading does no harm", sent, err)
	}
	for _, function := range []string{"zone/update_records", "bill/change_pay_type", "zone/invented_later"} {
		err := ask(function)
		if _, told := errors.AsType[*NotLeadingError](err); !told || sent != 3 || !regapi.NeverSent(err) || !regapi.IsTransient(err) {
			t.Errorf("%s: %v, %d sent", function, err, sent)
		}
	}
}
