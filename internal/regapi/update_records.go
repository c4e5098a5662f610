package regapi

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
)

// ZoneUpdate is a list of changes for one zone, in order.
type ZoneUpdate struct {
	Ref     DomainRef
	Actions []Action
}

// ZoneUpdateResult is the outcome of a [ZoneUpdate].
type ZoneUpdateResult struct {
	// DomainResult holds an Err unless every action succeeded.
	DomainResult
	// Actions has an element for each action of the update, in order.
	Actions []ActionResult
}

// ActionResult is the outcome of one action.
type ActionResult struct {
	// Action is the name, such as "add_alias".
	Action string
	Err    error
}

// UpdateRecords makes several changes in up to 1000 zones with one request; Partners only, others
// get RESELLER_AUTH_FAILED of ClassBlocked (9.12). Actions run in order; after one that fails, the
// rest of its zone's list is ignored.
func (z *ZoneService) UpdateRecords(ctx context.Context, updates []ZoneUpdate) ([]ZoneUpdateResult, error) {
	const function = "zone/update_records"
	call := listCall{function: function, kind: domainList, succeeded: actionsAnswered}
	for _, update := range updates {
		actions, err := actionList(update.Actions)
		if err != nil {
			return nil, err
		}
		call.refs = append(call.refs, update.Ref)
		call.extras = append(call.extras, map[string]any{"action_list": actions})
	}
	results := make([]ZoneUpdateResult, len(updates))
	items, err := z.client.listTaking(ctx, call, func(i int, item *listItem, element object, redactor *redactor) {
		results[i] = updateResult(item, element, updates[i].Actions, redactor)
		item.Err = results[i].Err
	})
	if err != nil || items == nil {
		return nil, err
	}
	return results, nil
}

// actionList writes actions as elements of action_list.
func actionList(actions []Action) ([]json.RawMessage, error) {
	list := make([]json.RawMessage, len(actions))
	for i, action := range actions {
		text, err := actionText(action)
		if err != nil {
			return nil, err
		}
		named, err := json.Marshal(map[string]string{"action": action.ActionName()})
		if err != nil {
			return nil, err
		}
		list[i] = joinObjects(named, text)
	}
	return list, nil
}

// joinObjects makes one JSON object of two that share no member, of which the first has one.
func joinObjects(first, second []byte) []byte {
	if string(second) == "{}" {
		return first
	}
	return slices.Concat(first[:len(first)-1], []byte(","), second[1:])
}

// actionsAnswered accepts an element with result "success", and one without any result that tells
// of its actions instead: both occur (9.12), and the actions are judged one by one.
func actionsAnswered(element object) bool {
	if _, given := element["result"]; given {
		return element.succeeded()
	}
	return !element.complains() && len(elementActions(element)) > 0
}

// elementActions returns the outcomes of an element's actions; nil if it tells none.
func elementActions(element object) []object {
	var raw []json.RawMessage
	if json.Unmarshal(element["action_list"], &raw) != nil {
		return nil
	}
	actions := make([]object, len(raw))
	for i := range raw {
		actions[i], _ = decodeObject(raw[i])
	}
	return actions
}

// updateResult pairs the actions of a zone with their outcomes, which come in the same order. The
// zone's own error gives way to that of an action if it names no code.
func updateResult(item *listItem, element object, actions []Action, redactor *redactor) ZoneUpdateResult {
	result := ZoneUpdateResult{DomainResult: item.DomainResult, Actions: make([]ActionResult, len(actions))}
	outcomes := elementActions(element)
	for i, action := range actions {
		result.Actions[i] = ActionResult{Action: action.ActionName(), Err: item.Err}
		switch {
		case i < len(outcomes):
			result.Actions[i].Err = actionFailure(outcomes[i], action, item.Ref, redactor)
		case item.Err == nil && outcomes != nil:
			result.Actions[i].Err = notMentioned("zone/"+action.ActionName(), item.Ref)
		}
		if failure := result.Actions[i].Err; failure != nil && !hasAnyCode(result.Err) {
			if result.Err == nil || hasAnyCode(failure) {
				result.Err = failure
			}
		}
	}
	return result
}

// hasAnyCode reports whether err is a refusal that names its code.
func hasAnyCode(err error) bool {
	refusal, ok := errors.AsType[*Error](err)
	return ok && refusal.Code != ""
}

// actionFailure judges the outcome of one action.
func actionFailure(outcome object, action Action, ref DomainRef, redactor *redactor) error {
	function := "zone/" + action.ActionName()
	if outcome == nil {
		return notMentioned(function, ref)
	}
	if name := outcome.text("action"); name != "" && name != action.ActionName() {
		return notMentioned(function, ref)
	}
	if outcome.succeeded() {
		return nil
	}
	return elementFailure(outcome, redactor, function, ref)
}
