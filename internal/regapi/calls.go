package regapi

import "context"

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
