package regapitest

import "slices"

// function is one function of REG.API as the simulator answers it. A category's functions stand in a file of their own; whoever adds
// one adds a line to its table.
type function struct {
	// name is category/function, or the function alone for the common ones.
	name string
	// section is that of the newer edition.
	section string
	access  access
	// list is the name of the list in its answer, noList when it takes none.
	list string
	// httpsOnly functions may not be called in clear (4.2).
	httpsOnly bool
	// write functions change something.
	write bool
	// bareIDs: its examples show service_id as a number. bareErrors: its failed elements carry no result.
	bareIDs, bareErrors bool

	// A function that takes no list is a call; one that does is run on each element.
	call func(*call) (map[string]any, *apiError)
	each func(*call, *element) (map[string]any, *apiError)
	// dress makes a domain of the test mode look as the function's example has it; nil leaves it as all examples have it.
	dress func(*call, *element)
	// describe writes a failed element where the examples show it in a shape of its own; nil, also as its result, means the common shape.
	describe func(*call, *element, *apiError) map[string]any
}

// functions returns every function that the simulator answers, by name.
func functions() map[string]*function {
	table := map[string]*function{}
	for _, f := range slices.Concat(commonFunctions(), userFunctions(), serviceFunctions(), domainFunctions(), zoneFunctions(),
		dnssecFunctions()) {
		table[f.name] = f
	}
	return table
}
