package regapi

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
)

// each calls a list function that takes nothing but references and answers nothing but success.
func (c *Client) each(ctx context.Context, function string, kind listKind, refs []DomainRef) ([]DomainResult, error) {
	items, err := c.list(ctx, listCall{function: function, kind: kind, refs: refs})
	return results(items), err
}

// collect calls a list function and makes an R of each result. What an element documents beyond its
// result is decoded into an E, which stays the zero value where the result has an Err.
func collect[E, R any](ctx context.Context, c *Client, call listCall, build func(DomainResult, E) R) ([]R, error) {
	collected := make([]R, len(call.refs))
	items, err := c.listTaking(ctx, call, func(i int, item *listItem, element object, _ *redactor) {
		var decoded E
		if element == nil || !item.decode(call, element, &decoded) {
			var none E
			decoded = none // a decoder that failed halfway leaves a part behind
		}
		collected[i] = build(item.DomainResult, decoded)
	})
	if err != nil || items == nil {
		return nil, err
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

// members calls a function that answers with a list of its own accord, under the given member; "" is the answer itself. An
// element that cannot be read is the zero value: it is there, and no more is known of it. An answer without the list must not
// pass for an empty one.
func members[T any](ctx context.Context, c *Client, function string, params parameters, member string) ([]T, error) {
	if params == nil {
		params = parameters{} // a nil map is null in JSON, not an object
	}
	answer, err := c.doList(ctx, function, params, 0, member)
	if err != nil {
		return nil, err
	}
	elements, ok := answer.lists[member]
	if !ok {
		return nil, unusable(function, strings.TrimSpace("JSON without the list "+member), answer)
	}
	return decodeEach[T](elements), nil
}

// requiring decodes into what answer points to, and refuses an object without the given member: a
// price list without prices must not pass for an empty one. Other members may be missing, and odd.
func requiring(member string, answer any) *requirement {
	return &requirement{member: member, answer: answer}
}

// tolerating decodes into what answer points to, member by member.
func tolerating(answer any) *requirement { return requiring("", answer) }

type requirement struct {
	member string
	answer any
}

// UnmarshalJSON makes json.Unmarshal fail where the member is missing, null or of another kind.
func (r *requirement) UnmarshalJSON(raw []byte) error {
	payload, _ := decodeObject(raw)
	if r.member != "" && !payload.holds(r.member) {
		return errors.New("incomplete")
	}
	return payload.decode(r.answer, r.member)
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
