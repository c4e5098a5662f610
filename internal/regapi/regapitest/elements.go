package regapitest

import (
	"maps"
	"strconv"

	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/form"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// maxElements is how many objects one request may name (2.2.4.4).
const maxElements = 1000

// The keys under which lists of objects are given and answered.
const (
	domainsList  = string(catalog.Domains)
	servicesList = string(catalog.Services)
)

// element is one object that a function is asked to work on: an element of a list, or the object that a request without a list names.
type element struct {
	// own are the element's own fields; common, those of the request, which hold where the element says nothing.
	own, common form.Params
	index       int
	// found is how many elements of the request were found before this one, in the test mode.
	found int
	// single tells that the request had no list.
	single bool
	// service is what the element means; domain is set where that is a domain.
	service *service
	domain  *domain
	// lot is what an element of the domain shop means.
	lot *lot
	// changed tells that the zone changed.
	changed bool
}

// Text returns a scalar parameter of the function: the element's own, else the common one.
func (e *element) Text(name string) string {
	if e.own.Has(name) {
		return e.own.Text(name)
	}
	return e.common.Text(name)
}

func (e *element) Has(name string) bool { return e.own.Has(name) || e.common.Has(name) }

func (e *element) Value(name string) any {
	if e.own.Has(name) {
		return e.own.Value(name)
	}
	return e.common.Value(name)
}

// givenName is the domain name that the element was identified with; documented both as domain_name and, in the examples, as dname.
func (e *element) givenName() string {
	if name := e.own.Text("dname"); name != "" {
		return name
	}
	return e.own.Text("domain_name")
}

// label names the element in the journal.
func (e *element) label() string {
	if e.service != nil && e.service.Name != "" {
		return e.service.Name
	}
	for _, key := range identifiers {
		if value := e.own.Text(key); value != "" {
			return value
		}
	}
	return ""
}

// identifiers are the parameters that identify a service (2.2.4.3), with the short form of the examples.
var identifiers = []string{"service_id", "user_servid", "dname", "domain_name", "servtype", "uplink_service_id", "subtype"}

// echo is what an element that could not be identified is answered with beside its error: what was asked (2.2.4.4).
func (e *element) echo() map[string]any {
	asked := e.own.Scalars()
	if !e.single {
		return asked
	}
	echo := map[string]any{}
	for _, key := range identifiers {
		if value, ok := asked[key]; ok {
			echo[key] = value
		}
	}
	if name, ok := echo["domain_name"]; ok && echo["dname"] == nil {
		echo["dname"] = name
		delete(echo, "domain_name")
	}
	return echo
}

// shownName is the domain's name in answers: as it was given, or as service/get_list shows it.
func (e *element) shownName() string {
	if name := e.givenName(); name != "" {
		return name
	}
	return dnszone.UnicodeName(e.service.Name)
}

// alone is the request as its only element.
func (c *call) alone() *element { return &element{own: c.params, common: form.Params{}, single: true} }

// elements splits a request into the objects that it names. Both list names are understood by every function that takes lists.
func (c *call) elements() ([]*element, *refusal.Error) {
	list, given := any(nil), ""
	for _, key := range []string{domainsList, servicesList} {
		if c.params.Has(key) {
			list, given = c.params.Value(key), key
			break
		}
	}
	if given == "" {
		single := c.alone()
		if !single.identifiable() {
			return nil, refusal.New("NO_DOMAIN")
		}
		return []*element{single}, nil
	}
	items, ok := list.([]any)
	if !ok {
		return nil, refusal.Incorrect(given)
	}
	elements := c.spread(items)
	if len(elements) == 0 {
		return nil, refusal.New("NO_DOMAIN")
	}
	if len(elements) > maxElements {
		return nil, refusal.New("TOO_MANY_OBJECTS_IN_ONE_REQUEST", "max_objects", strconv.Itoa(maxElements))
	}
	return elements, nil
}

func (e *element) identifiable() bool {
	for _, key := range identifiers[:4] {
		if e.own.Text(key) != "" {
			return true
		}
	}
	return e.own.Text("uplink_service_id") != ""
}

// spread makes one element of each item, and several of one that names several domains (9.18, 9.19).
func (c *call) spread(items []any) []*element {
	elements := make([]*element, 0, len(items))
	for _, item := range items {
		own, _ := item.(form.Params)
		names, several := own["dname"].(form.Repeated)
		if !several || c.srv.behaviour.DuplicateKeys == DuplicateKeysLast {
			elements = append(elements, &element{own: own, common: c.params, index: len(elements)})
			continue
		}
		for _, name := range names {
			one := maps.Clone(own)
			one["dname"] = name
			elements = append(elements, &element{own: one, common: c.params, index: len(elements)})
		}
	}
	return elements
}

// names returns the canonical names of the domains that a request names, as far as they can be told: what faults are matched against.
func (c *call) names() []string {
	elements, err := c.elements()
	if err != nil {
		return nil
	}
	names := []string{}
	for _, e := range elements {
		if name, err := dnszone.CanonicalDomain(e.givenName()); err == nil {
			names = append(names, name)
			continue
		}
		// The caller is not known yet, so whose domain it is does not matter.
		if d := c.srv.state.identified(e.own.Text("service_id"), e.own.Text("user_servid")); d != nil {
			names = append(names, d.Name)
		}
	}
	return names
}

// answerList runs a function on each element and gathers the answers under the function's list name. Even where everyone may call a function, its
// list names what belongs to somebody.
func (c *call) answerList() (map[string]any, *refusal.Error) {
	if c.account == nil {
		return nil, refusal.New("NO_USERNAME")
	}
	elements, err := c.elements()
	if err != nil {
		return nil, err
	}
	if c.fn.prepare != nil {
		if err := c.fn.prepare(c); err != nil {
			return nil, err
		}
	}
	answers, err := c.runElements(elements, c.answerElement)
	if err != nil {
		return nil, err
	}
	if elements[0].single && c.fn.flat {
		return answers[0].(map[string]any), nil
	}
	answer := map[string]any{string(c.fn.List): answers}
	if c.fn.complete != nil {
		c.fn.complete(c, answer)
	}
	return answer, nil
}

// runElements runs a function on each element; one that fails is answered with its error, unless that has to stand at the top.
func (c *call) runElements(elements []*element, run func(*element) (map[string]any, *refusal.Error)) ([]any, *refusal.Error) {
	c.entry.Elements = len(elements)
	answers := make([]any, 0, len(elements))
	for _, e := range elements {
		answer, err := run(e)
		if err != nil {
			c.entry.ElementErrors = append(c.entry.ElementErrors, ElementError{Element: e.label(), Code: err.Code})
			if e.single && (c.fn.flat || c.srv.behaviour.SingleErrors == SingleErrorTop) {
				return nil, err
			}
			answer = c.failedElement(e, err)
		}
		answers = append(answers, answer)
	}
	return answers, nil
}

func (c *call) answerElement(e *element) (map[string]any, *refusal.Error) {
	identify := c.fn.identify
	if identify == nil {
		identify = (*call).identify
	}
	if err := identify(c, e); err != nil {
		return nil, err
	}
	if c.test && c.fn.dress != nil {
		c.fn.dress(c, e)
	}
	if err := c.srv.elementFault(target{function: c.fn.Name, login: c.entry.Login, domains: []string{e.label()}}); err != nil {
		return nil, err
	}
	answer, err := c.fn.each(c, e)
	if e.changed && !c.test {
		c.touch()
		e.domain.zone.Publish(c.now, c.srv.publishDelay)
	}
	return answer, err
}

// touch notes for the journal that the request changed something; in the test mode nothing can.
func (c *call) touch() { c.changed = !c.test }

// failedElement is the answer of an element that failed. Functions whose documentation shows such elements without result leave it out.
func (c *call) failedElement(e *element, err *refusal.Error) map[string]any {
	if c.fn.describe != nil {
		if answer := c.fn.describe(c, e, err); answer != nil {
			return answer
		}
	}
	answer := e.echo()
	if e.service != nil {
		answer = c.named(e)
	}
	c.describe(answer, err)
	if c.fn.bareErrors {
		return answer
	}
	answer["result"] = "error"
	if c.srv.behaviour.ElementErrors == ElementErrorText {
		answer["result"] = answer["error_text"]
		delete(answer, "error_text")
	}
	return answer
}

// named is the beginning of every element's answer: which service it is.
func (c *call) named(e *element) map[string]any {
	id := textNumeral(e.service.ServiceID)
	id.number = c.fn.bareIDs
	named := map[string]any{"dname": e.shownName(), "service_id": id}
	if c.fn.zone {
		id.seen = seenText
		named["service_id"] = id
		if c.asInProduction() {
			named["servtype"] = e.service.Servtype
		}
	}
	return named
}

// asInProduction tells whether answers have the members that only clients in production have seen.
func (c *call) asInProduction() bool {
	return !c.test && c.srv.behaviour.Types != TypesDocumented
}

// succeeded is the answer of an element about which there is no more to say than success.
func (c *call) succeeded(e *element) map[string]any {
	answer := c.named(e)
	answer["result"] = "success"
	return answer
}
