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

// listItem is the outcome of one reference.
type listItem struct {
	DomainResult
}

// taking is given each outcome as it is judged, with the element of the answer; that is nil where there is none, and is gone
// afterwards: of a large answer only what is wanted stays.
type taking func(index int, item *listItem, element object, redactor *redactor)

// list sends one request and returns an item for each reference, in the order of the references.
// Without references it sends nothing.
func (c *Client) list(ctx context.Context, call listCall) ([]listItem, error) {
	return c.listTaking(ctx, call, nil)
}

// listTaking is list for functions whose elements tell more than their results; take may be nil.
func (c *Client) listTaking(ctx context.Context, call listCall, take taking) ([]listItem, error) {
	if err := call.validate(); err != nil {
		return nil, err
	}
	if len(call.refs) == 0 {
		return nil, nil
	}
	answer, err := c.doList(ctx, call.function, call.body(), len(call.refs), call.members()...)
	if refusal := ofElement(err); refusal != nil {
		item := call.failed(call.refs[0], refusal)
		if take != nil {
			take(0, &item, nil, nil)
		}
		return []listItem{item}, nil
	}
	if err != nil {
		return nil, err
	}
	elements, ok := call.elements(answer)
	if !ok {
		return nil, unusable(call.function, "JSON without the list "+call.kind.member, answer)
	}
	items := call.items(elements, answer.redactor, take)
	if len(items) == 1 {
		answer.fared(items[0].Err)
	}
	return items, nil
}

// members are the members of the answer under which the list may stand.
func (l listCall) members() []string {
	if l.orMember == "" {
		return []string{l.kind.member}
	}
	return []string{l.kind.member, l.orMember}
}

// elements gives the list of an answer, if it has one.
func (l listCall) elements(answer *Answer) ([]json.RawMessage, bool) {
	for _, member := range l.members() {
		if elements, ok := answer.lists[member]; ok {
			return elements, true
		}
	}
	return nil, false
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

// items judges the element of each reference.
func (l listCall) items(elements []json.RawMessage, redactor *redactor, take taking) []listItem {
	matches := l.match(elements)
	items := make([]listItem, len(l.refs))
	for i, ref := range l.refs {
		element := matches[i].members
		items[i] = l.item(ref, element, redactor)
		if element != nil && matches[i].contradicted && items[i].Err == nil {
			items[i].Err = contradictory(l.function, ref)
		}
		if take != nil {
			take(i, &items[i], element, redactor)
		}
		matches[i].members = nil
	}
	return items
}

func (l listCall) item(ref DomainRef, element object, redactor *redactor) listItem {
	if element == nil {
		return l.failed(ref, notMentioned(l.function, ref))
	}
	item := l.failed(ref, nil)
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
	return listItem{DomainResult{Ref: ref, Domain: ref.Name, ServiceID: ref.ServiceID, Err: err}}
}

// notMentioned is the failure of what the answer leaves out; without a code, it is transient.
func notMentioned(function string, ref DomainRef) *Error {
	return &Error{Function: function, Domain: ref.String(), Text: "the answer does not mention it"}
}

// misshapen is the failure of an element that cannot be read; without a code, it is transient.
func misshapen(function string, ref DomainRef) *Error {
	return &Error{Function: function, Domain: ref.String(), Text: "the answer for it has an undocumented shape"}
}

// contradictory is the failure of what the answer tells two things of; without a code, it is transient.
func contradictory(function string, ref DomainRef) *Error {
	return &Error{Function: function, Domain: ref.String(), Text: "the answer contradicts itself about it"}
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

// decode decodes what a function documents of an element, and reports whether there is something. What is needed and has a
// shape of its own is a failure of this element alone; anything else that cannot be read is not known.
func (i *listItem) decode(call listCall, element object, into any) bool {
	if i.Err != nil {
		return false
	}
	err := element.decode(into, call.needed)
	if err != nil {
		i.Err = misshapen(call.function, i.Ref)
	}
	return err == nil
}
