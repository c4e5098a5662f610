package regapi

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
)

// each calls a list function that takes nothing but references and answers nothing but success.
func (c *Client) each(ctx context.Context, function string, kind listKind, refs []DomainRef) ([]DomainResult, error) {
	items, err := c.list(ctx, listCall{function: function, kind: kind, refs: refs})
	return results(items), err
}

// collect calls a list function and makes an R of each result. What an element documents beyond its
// result is decoded into an E, which stays the zero value where the result has an Err.
func collect[E, R any](ctx context.Context, c *Client, call listCall, build func(DomainResult, E) R) ([]R, error) {
	items, err := c.list(ctx, call)
	if err != nil || items == nil {
		return nil, err
	}
	collected := make([]R, len(items))
	for i := range items {
		var element E
		items[i].decodeElement(call.function, &element)
		if items[i].Err != nil {
			var none E
			element = none // a decoder that failed halfway leaves a part behind
		}
		collected[i] = build(items[i].DomainResult, element)
	}
	return collected, nil
}

// on calls a function about one domain or service and decodes what it answers, unless answer is
// nil.
func (c *Client) on(ctx context.Context, function string, ref DomainRef, params parameters, answer any) error {
	if ref.IsZero() {
		return refuse(function, CodeServiceNotSpecified, "the reference identifies nothing")
	}
	body := ref.fields("domain_name")
	maps.Copy(body, params)
	return c.Call(ctx, function, body, answer)
}

// members calls a function that answers with a list of its own accord, under the given member. An
// answer without the list must not pass for an empty one.
func members[T any](ctx context.Context, c *Client, function string, params parameters, member string) ([]T, error) {
	if params == nil {
		params = parameters{} // a nil map is null in JSON, not an object
	}
	answer, err := c.do(ctx, function, params)
	if err != nil {
		return nil, err
	}
	payload, _ := decodeObject(answer.Payload)
	var list []T
	if json.Unmarshal(payload[member], &list) != nil || list == nil {
		return nil, unusable(function, "JSON without the list "+member, answer)
	}
	return list, nil
}

// array calls a function whose answer is a list without a name.
func array[T any](ctx context.Context, c *Client, function string, params parameters) ([]T, error) {
	answer, err := c.do(ctx, function, params)
	if err != nil {
		return nil, err
	}
	var list []T
	if json.Unmarshal(answer.Payload, &list) != nil || list == nil {
		return nil, unusable(function, "JSON without a list", answer)
	}
	return list, nil
}

// requiring decodes into what answer points to, and refuses an object without the given member: a
// price list without prices must not pass for an empty one.
func requiring(member string, answer any) *requirement {
	return &requirement{member: member, answer: answer}
}

type requirement struct {
	member string
	answer any
}

// UnmarshalJSON makes json.Unmarshal fail where the member is missing or null.
func (r *requirement) UnmarshalJSON(raw []byte) error {
	if payload, _ := decodeObject(raw); !payload.holds(r.member) {
		return errors.New("incomplete")
	}
	return json.Unmarshal(raw, r.answer)
}

// successWord accepts the words that a function documents as success.
func successWord(words ...string) func(object) bool {
	return func(element object) bool {
		return slices.Contains(words, element.text("result")) && !element.complains()
	}
}

// answeredWithout accepts what some sections document as success: a member without any result.
func answeredWithout(member string) func(object) bool {
	return func(element object) bool {
		if _, given := element["result"]; given {
			return element.succeeded()
		}
		return element.holds(member) && !element.complains()
	}
}
