package folder

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regapi-io/regapi-operator/internal/portion"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// calls is a REG.API that notes what it is asked for, refuses some services, and whole lists that hold one.
type calls struct {
	made    []string
	refused map[regapi.ID]bool
	spoilt  regapi.ID
	lost    int // the answer of that call is lost; none if it is 0
}

func (c *calls) call(function string, refs []regapi.DomainRef) ([]regapi.DomainResult, error) {
	c.made = append(c.made, fmt.Sprintf("%s %d", function, len(refs)))
	if len(c.made) == c.lost {
		return nil, &regapi.TransportError{Function: function, Reason: "no answer"}
	}
	results := make([]regapi.DomainResult, len(refs))
	for i, ref := range refs {
		if ref.ServiceID == c.spoilt {
			return nil, &regapi.Error{Function: function, Code: regapi.CodeParameterIncorrect}
		}
		results[i] = regapi.DomainResult{Ref: ref, ServiceID: ref.ServiceID}
		if c.refused[ref.ServiceID] {
			results[i].Err = &regapi.Error{Function: function, Code: regapi.CodeDomainNotFound, Domain: ref.String()}
		}
	}
	return results, nil
}

func (c *calls) AddServices(_ context.Context, _ regapi.FolderRef, refs ...regapi.DomainRef) ([]regapi.DomainResult, error) {
	return c.call("add", refs)
}

func (c *calls) RemoveServices(_ context.Context, _ regapi.FolderRef, refs ...regapi.DomainRef) ([]regapi.DomainResult, error) {
	return c.call("remove", refs)
}

func (c *calls) MoveServices(_ context.Context, _, to regapi.FolderRef, refs ...regapi.DomainRef) ([]regapi.DomainResult, error) {
	return c.call("move to "+to.ID.String(), refs)
}

// planOf adds so many services, moves some to two folders and takes some out.
func planOf(added, moved, removed int) Plan {
	var plan Plan
	for n := range added {
		plan.Add = append(plan.Add, Member{ID: regapi.ID(1 + n)})
	}
	for n := range moved {
		plan.Move = append(plan.Move, Move{Service{ID: regapi.ID(10_001 + n)}, Target{ID: regapi.ID(70 + 2*n/max(moved, 1))}})
	}
	for n := range removed {
		plan.Remove = append(plan.Remove, Service{ID: regapi.ID(20_001 + n)})
	}
	return plan
}

func TestAPlanGoesByListsAndWhatLeavesComesLast(t *testing.T) {
	api := &calls{}
	result, err := Carry(t.Context(), api, 5, planOf(2500, 20, 1001), portion.New(regapi.MaxObjects))
	want := []string{"add 1000", "add 1000", "add 500", "move to 70 10", "move to 71 10", "remove 1000", "remove 1"}
	if diff := cmp.Diff(want, api.made); diff != "" || err != nil || result.In != 2500 || result.Moved != 20 || result.Out != 1001 {
		t.Errorf("%v, %d in, %d moved, %d out; calls (-want +got):\n%s", err, result.In, result.Moved, result.Out, diff)
	}
}

func TestOneBadServiceTakesNoOtherWithIt(t *testing.T) {
	api := &calls{refused: map[regapi.ID]bool{7: true}, spoilt: 613}
	result, err := Carry(t.Context(), api, 5, planOf(1000, 0, 0), portion.New(regapi.MaxObjects))
	if err != nil || result.In != 998 || len(result.Failures) != 2 {
		t.Errorf("%d in, %d failures, %v", result.In, len(result.Failures), err)
	}
	for _, failure := range result.Failures {
		if id := failure.Member.ID; id != 7 && id != 613 {
			t.Errorf("blamed is %v", failure)
		}
	}
	if len(api.made) > 25 {
		t.Errorf("%d requests", len(api.made))
	}
}

func TestALostAnswerEndsItWithoutARepetition(t *testing.T) {
	api := &calls{lost: 2}
	result, err := Carry(t.Context(), api, 5, planOf(2000, 0, 3), portion.New(regapi.MaxObjects))
	if _, lost := errors.AsType[*regapi.TransportError](err); !lost || result.In != 1000 || !slices.Equal(api.made, []string{"add 1000", "add 1000"}) {
		t.Errorf("%v, %d in, calls %v", err, result.In, api.made)
	}
}
