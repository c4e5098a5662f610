package folder

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/regapi-io/regapi-operator/internal/portion"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Calls are the functions of REG.API that change what folders hold; [regapi.FolderService] has them.
type Calls interface {
	AddServices(ctx context.Context, folder regapi.FolderRef, refs ...regapi.DomainRef) ([]regapi.DomainResult, error)
	RemoveServices(ctx context.Context, folder regapi.FolderRef, refs ...regapi.DomainRef) ([]regapi.DomainResult, error)
	MoveServices(ctx context.Context, from, to regapi.FolderRef, refs ...regapi.DomainRef) ([]regapi.DomainResult, error)
}

// Failure is a change that REG.API did not make.
type Failure struct {
	// Change is its line in the plan; Member what was to be put in, zero if it was to leave.
	Change string
	Member Member
	Err    error
}

// Result is what became of a plan.
type Result struct {
	// Made are the lines of the changes that REG.API says it made.
	Made []string
	// Added are the members among them that were put in.
	Added []Member
	// MovedTo are the folders that took something.
	MovedTo  []Target
	Failures []Failure
	// Counts of what came, went and was moved.
	In, Out, Moved int
}

// Carry carries a plan out: what comes, then what moves, then what goes, so that nothing that moves is ever in no folder. Each goes by lists as
// large as the size says. A list that is refused as a whole is halved, and only a single element is blamed. A lost answer ends it with
// an error: what it has done shows the next reading, and all three functions may be called again.
func Carry(ctx context.Context, calls Calls, id regapi.ID, plan Plan, size *portion.Size) (Result, error) {
	here := regapi.FolderRef{ID: id}
	c := carrier{size: size}
	err := c.send(ctx, len(plan.Add), "put services into the folder", func(i int) regapi.DomainRef { return plan.Add[i].Ref() },
		func(refs []regapi.DomainRef) ([]regapi.DomainResult, error) {
			return calls.AddServices(ctx, here, refs...)
		},
		func(i int, result regapi.DomainResult) {
			member := plan.Add[i]
			if c.note("+ "+member.String(), member, result.Err) {
				if member.ID == 0 {
					member.ID = result.ServiceID
				}
				c.result.Added, c.result.In = append(c.result.Added, member), c.result.In+1
			}
		})
	for _, part := range byTarget(plan.Move) {
		if err != nil {
			break
		}
		to := part[0].To
		err = c.send(ctx, len(part), "move services to folder "+to.Name, func(i int) regapi.DomainRef { return regapi.ByServiceID(part[i].ID) },
			func(refs []regapi.DomainRef) ([]regapi.DomainResult, error) {
				return calls.MoveServices(ctx, here, regapi.FolderRef{ID: to.ID}, refs...)
			},
			func(i int, result regapi.DomainResult) {
				if c.note(fmt.Sprintf("> %s to %s", part[i].Service, to.Name), Member{}, result.Err) {
					c.result.Moved++
				}
			})
		c.result.MovedTo = append(c.result.MovedTo, to)
	}
	if err == nil {
		err = c.send(ctx, len(plan.Remove), "take services out of the folder", func(i int) regapi.DomainRef { return regapi.ByServiceID(plan.Remove[i].ID) },
			func(refs []regapi.DomainRef) ([]regapi.DomainResult, error) {
				return calls.RemoveServices(ctx, here, refs...)
			},
			func(i int, result regapi.DomainResult) {
				if c.note("- "+plan.Remove[i].String(), Member{}, result.Err) {
					c.result.Out++
				}
			})
	}
	return c.result, err
}

// Requests is how many requests a plan takes, with the reading afterwards, as long as no list is refused.
func Requests(plan Plan) int {
	if plan.Empty() {
		return 0
	}
	lists := func(elements int) int { return (elements + regapi.MaxObjects - 1) / regapi.MaxObjects }
	requests := lists(len(plan.Add)) + lists(len(plan.Remove)) + 1
	for _, part := range byTarget(plan.Move) {
		requests += lists(len(part))
	}
	return requests
}

// byTarget cuts moves, which are in order, by the folder that they go to.
func byTarget(moves []Move) [][]Move {
	var parts [][]Move
	for _, move := range moves {
		if last := len(parts) - 1; last >= 0 && parts[last][0].To.ID == move.To.ID {
			parts[last] = append(parts[last], move)
		} else {
			parts = append(parts, []Move{move})
		}
	}
	return parts
}

// carrier gathers what becomes of the parts of a plan.
type carrier struct {
	size   *portion.Size
	result Result
}

// note takes down what became of a change, and says whether it was made.
func (c *carrier) note(change string, member Member, err error) bool {
	if err != nil {
		c.result.Failures = append(c.result.Failures, Failure{change, member, err})
		return false
	}
	c.result.Made = append(c.result.Made, change)
	return true
}

// send makes one kind of change in portions, and tells what became of each element.
func (c *carrier) send(
	ctx context.Context, count int, what string, ref func(int) regapi.DomainRef,
	call func([]regapi.DomainRef) ([]regapi.DomainResult, error), told func(int, regapi.DomainResult),
) error {
	for first := 0; first < count; {
		part := min(c.size.Next(), count-first)
		refs := make([]regapi.DomainRef, part)
		for i := range refs {
			refs[i] = ref(first + i)
		}
		results, err := call(refs)
		if err == nil {
			c.size.Passed(part)
			for i, result := range results {
				told(first+i, result)
			}
			first += part
			continue
		}
		verdict := portion.GiveUp
		if regapi.Divisible(err) {
			verdict = c.size.Failed(part, regapi.Strained(err))
		}
		_, refused := errors.AsType[*regapi.Error](err) // Anything else may have had its effect, and is looked at before it is repeated.
		switch {
		case ctx.Err() != nil || !refused || verdict == portion.GiveUp:
			return fmt.Errorf("%s: %w", what, err)
		case verdict == portion.Blame:
			told(first, regapi.DomainResult{Ref: refs[0], Err: err})
			first++
		}
	}
	return nil
}

// Missing gives the members that a folder does not hold.
func Missing(wanted []Member, held []Service) []Member {
	return slices.Clip(New(wanted, held, Policy{}).Add)
}
