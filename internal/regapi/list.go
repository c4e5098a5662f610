package regapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
)

// listKind says under which member a function takes and answers its list (2.2.4.4).
type listKind struct {
	member    string // of request and answer alike
	nameField string // how an element of the request calls the domain name
}

var (
	domainList  = listKind{member: "domains", nameField: "dname"}
	serviceList = listKind{member: "services", nameField: "domain_name"}
)

// listCall is one request about many domains or services.
type listCall struct {
	function string
	kind     listKind
	refs     []DomainRef
	// params are the parameters common to all elements.
	params map[string]any
	// extras are further fields of single elements, by position; nil if there are none.
	extras []map[string]any
	// succeeded tells whether an element is a success; nil means result "success".
	succeeded func(object) bool
	// orMember is the member that some answers to this function use instead of the kind's; "" if
	// there are none.
	orMember string
	// needed is the member without which a success cannot be read; "" if there is none. It must
	// not pass for an empty one: that would be a zone without records.
	needed string
}

// listItem is the outcome of one reference and, if it succeeded, the element of the answer.
type listItem struct {
	DomainResult
	element object
}

// list sends one request and returns an item for each reference, in the order of the references.
// Without references it sends nothing.
func (c *Client) list(ctx context.Context, call listCall) ([]listItem, error) {
	items, answer, err := c.listWithAnswer(ctx, call)
	if len(items) == 1 {
		answer.fared(items[0].Err)
	}
	return items, err
}

// listWithAnswer is list for functions whose elements hold further errors. Of a call with a single
// element the caller tells the answer how it fared.
func (c *Client) listWithAnswer(ctx context.Context, call listCall) ([]listItem, *Answer, error) {
	if err := call.validate(); err != nil {
		return nil, nil, err
	}
	if len(call.refs) == 0 {
		return nil, nil, nil
	}
	answer, err := c.do(ctx, call.function, call.body())
	if refusal := ofElement(err); refusal != nil {
		return []listItem{call.failed(call.refs[0], refusal)}, &Answer{}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	elements, ok := decodeList(answer.Payload, call.kind.member)
	if !ok && call.orMember != "" {
		elements, ok = decodeList(answer.Payload, call.orMember)
	}
	if !ok {
		return nil, nil, unusable(call.function, "JSON without the list "+call.kind.member, answer)
	}
	return call.items(elements, answer.redactor), answer, nil
}

// ofElement returns err if it is the refusal of an element: a [RefusalMemory] gives that of a
// single element for the whole request.
func ofElement(err error) error {
	if refusal, ok := errors.AsType[*Error](err); ok && refusal.Domain != "" {
		return err
	}
	return nil
}

// validate refuses lists that REG.API would refuse as a whole.
func (l listCall) validate() error {
	if len(l.refs) > MaxObjects {
		return refuse(l.function, CodeTooManyObjectsInOneRequest,
			fmt.Sprintf("%d objects in one request, where %d are allowed", len(l.refs), MaxObjects))
	}
	for i, ref := range l.refs {
		if ref.IsZero() {
			return refuse(l.function, CodeServiceNotSpecified, fmt.Sprintf("element %d identifies nothing", i))
		}
	}
	return nil
}

// body is the input_data of the request.
func (l listCall) body() map[string]any {
	elements := make([]map[string]any, len(l.refs))
	for i, ref := range l.refs {
		elements[i] = ref.fields(l.kind.nameField)
		if l.extras != nil {
			maps.Copy(elements[i], l.extras[i])
		}
	}
	body := map[string]any{l.kind.member: elements}
	maps.Copy(body, l.params)
	return body
}

// decodeList returns the elements of a list in the answer; what is no object becomes nil, and so
// belongs to no reference.
func decodeList(payload json.RawMessage, member string) ([]object, bool) {
	answer, ok := decodeObject(payload)
	if !ok {
		return nil, false
	}
	var raw []json.RawMessage
	if json.Unmarshal(answer[member], &raw) != nil || raw == nil {
		return nil, false
	}
	elements := make([]object, len(raw))
	for i := range raw {
		elements[i], _ = decodeObject(raw[i])
	}
	return elements, true
}

// items judges the element of each reference.
func (l listCall) items(elements []object, redactor *redactor) []listItem {
	matches := matchElements(l.refs, elements)
	items := make([]listItem, len(l.refs))
	for i, ref := range l.refs {
		items[i] = l.item(ref, matches[i], redactor)
	}
	return items
}

func (l listCall) item(ref DomainRef, element object, redactor *redactor) listItem {
	if element == nil {
		return l.failed(ref, notMentioned(l.function, ref))
	}
	item := l.failed(ref, nil)
	item.element = element
	if name := element.text("dname"); name != "" {
		item.Domain = name
	}
	if id := parseID(element.text("service_id")); id != 0 {
		item.ServiceID = id
	}
	succeeded := object.succeeded
	if l.succeeded != nil {
		succeeded = l.succeeded
	}
	if !succeeded(element) {
		item.Err = elementFailure(element, redactor, l.function, ref)
	} else if l.needed != "" && !element.holds(l.needed) {
		item.Err = misshapen(l.function, ref)
	}
	return item
}

// failed is the outcome of a reference that the answer says nothing about.
func (l listCall) failed(ref DomainRef, err error) listItem {
	return listItem{DomainResult: DomainResult{Ref: ref, Domain: ref.Name, ServiceID: ref.ServiceID, Err: err}}
}

// notMentioned is the failure of what the answer leaves out; without a code, it is transient.
func notMentioned(function string, ref DomainRef) *Error {
	return &Error{Function: function, Domain: ref.String(), Text: "the answer does not mention it"}
}

// misshapen is the failure of an element that cannot be read; without a code, it is transient.
func misshapen(function string, ref DomainRef) *Error {
	return &Error{Function: function, Domain: ref.String(), Text: "the answer for it has an undocumented shape"}
}

// elementFailure never returns nil: an element that is no success and gives no reason failed, too.
func elementFailure(element object, redactor *redactor, function string, ref DomainRef) error {
	if refusal := element.refusal(redactor, function, ref.String()); refusal != nil {
		return refusal
	}
	return &Error{Function: function, Domain: ref.String(), Text: "the answer gives no result for it"}
}

// results drops what only the decoding of elements needs.
func results(items []listItem) []DomainResult {
	if items == nil {
		return nil
	}
	bare := make([]DomainResult, len(items))
	for i := range items {
		bare[i] = items[i].DomainResult
	}
	return bare
}

// decodeElement decodes what a function documents of an element; a shape of its own is a failure of
// this element alone.
func (i *listItem) decodeElement(function string, into any) {
	if i.Err != nil {
		return
	}
	raw, err := json.Marshal(i.element)
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		i.Err = misshapen(function, i.Ref)
	}
}
