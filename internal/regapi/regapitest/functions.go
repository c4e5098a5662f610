package regapitest

import (
	"maps"

	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// handler is how the simulator answers one function. A category's handlers stand in a file of its own, by the names of the catalogue.
//
// A function that takes no list is a call; one that does is run on each element, by its call where it has one.
type handler struct {
	call func(*call) (map[string]any, *refusal.Error)
	each elementFunction
	// bareIDs: its examples show service_id as a number. bareErrors: its failed elements carry no result.
	bareIDs, bareErrors bool
	// costs tells of a request whether it moves money: two such of one account must not run at once, else BILLING_LOCK (1.2). Nil means never.
	costs func(*call) bool
	// registered functions change what the registry has: a domain that is not registered is DOMAIN_IS_NOT_ACTIVE to them.
	registered bool
	// zone functions name in production the type of service beside its number, which is text in all of them.
	zone bool
	// identify finds what an element means; nil finds a service of the caller's.
	identify func(*call, *element) *refusal.Error
	// flat functions answer a request without a list with the members of its only element, and its error at the top.
	flat bool
	// prepare does for a list what does not belong to one element, before any of them; its error stands at the top.
	prepare func(*call) *refusal.Error
	// complete adds to the answer of a list what does not belong to one element.
	complete func(*call, map[string]any)
	// dress makes a domain of the test mode look as the function's example has it; nil leaves it as all examples have it.
	dress func(*call, *element)
	// describe writes a failed element where the examples show it in a shape of its own; nil, also as its result, means the common shape.
	describe func(*call, *element, *refusal.Error) map[string]any
}

type elementFunction func(*call, *element) (map[string]any, *refusal.Error)

// function is a function of the catalogue with its handler.
type function struct {
	catalog.Function
	handler
}

// functions returns every function that the simulator answers, by name.
func functions() map[string]*function {
	handlers := map[string]handler{}
	for _, category := range []map[string]handler{
		commonHandlers(), userHandlers(), billHandlers(), serviceHandlers(), domainHandlers(), zoneHandlers(), dnssecHandlers(), hostingHandlers(),
		shopHandlers(),
		folderHandlers(),
	} {
		maps.Copy(handlers, category)
	}
	table := map[string]*function{}
	for _, f := range catalog.Functions() {
		if h, ok := handlers[f.Name]; ok {
			table[f.Name] = &function{Function: f, handler: h}
		}
	}
	return table
}
