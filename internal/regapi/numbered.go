package regapi

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// numberedCall is one request about many things that have nothing but a number: bills (6.1), offers
// of domains (8.25).
type numberedCall struct {
	function string
	// member of request and answer holds the elements; key is the member of an element that holds
	// its number; noun is what an error calls it.
	member, key, noun string
	ids               []ID
	// elements of the request, by position.
	elements  []any
	params    parameters
	succeeded func(object) bool
}

// numberedItem is the outcome of one number.
type numberedItem struct {
	id      ID
	element object
	err     error
}

// numbered sends one request and returns an item for each number, in their order. Without numbers
// it sends nothing.
func (c *Client) numbered(ctx context.Context, call numberedCall) ([]numberedItem, error) {
	if len(call.ids) > MaxObjects {
		return nil, refuse(call.function, CodeTooManyObjectsInOneRequest,
			fmt.Sprintf("%d objects in one request, where %d are allowed", len(call.ids), MaxObjects))
	}
	if len(call.ids) == 0 {
		return nil, nil
	}
	body := parameters{call.member: call.elements}
	maps.Copy(body, call.params)
	answer, err := c.doList(ctx, call.function, body, len(call.ids), call.member)
	if refusal := ofElement(err); refusal != nil {
		return call.failed(refusal), nil
	}
	if err != nil {
		return nil, err
	}
	elements, ok := answer.lists[call.member]
	if !ok {
		return nil, unusable(call.function, "JSON without the list "+call.member, answer)
	}
	items := call.items(elements, answer.redactor)
	if len(items) == 1 {
		answer.fared(items[0].err)
	}
	return items, nil
}

// failed is the outcome of a request with a single number.
func (n numberedCall) failed(err error) []numberedItem {
	return []numberedItem{{id: n.ids[0], err: err}}
}

// items pairs each number with the elements that bear it, in order. Where there are more of them than of the number, the first
// that failed counts.
func (n numberedCall) items(elements []json.RawMessage, redactor *redactor) []numberedItem {
	waiting := map[ID][]object{}
	for i := range elements {
		if element, ok := decodeObject(elements[i]); ok {
			id := parseID(element.text(n.key))
			waiting[id] = append(waiting[id], element)
		}
	}
	wanted := map[ID]int{}
	for _, id := range n.ids {
		wanted[id]++
	}
	items := make([]numberedItem, len(n.ids))
	for i, id := range n.ids {
		items[i].id = id
		queue := waiting[id]
		if failed := slices.IndexFunc(queue, n.fails); failed > 0 && len(queue) > wanted[id] {
			queue = queue[failed:]
		}
		if wanted[id]--; len(queue) > 0 {
			items[i].element, waiting[id] = queue[0], queue[1:]
		}
		items[i].err = n.failure(items[i], redactor)
	}
	return items
}

func (n numberedCall) fails(element object) bool { return !n.succeeded(element) }

// failure is nil for a success alone.
func (n numberedCall) failure(item numberedItem, redactor *redactor) error {
	subject := n.noun + " " + item.id.String()
	if item.element == nil {
		return &Error{Function: n.function, Domain: subject, Text: "the answer does not mention it"}
	}
	if n.succeeded(item.element) {
		return nil
	}
	if refusal := item.element.refusal(redactor, n.function, subject); refusal != nil {
		return refusal
	}
	return &Error{Function: n.function, Domain: subject, Text: "the answer gives no result for it"}
}

// decode decodes what an element tells, of a failed one, too.
func (n numberedItem) decode(into any) error { return n.element.decode(into, "") }
