// Command externaldns is the real external-dns, at the version that go.mod
// pins, for the end-to-end tests.
//
// It is upstream's program and nothing else: upstream's own main calls the same
// function. It has a module of its own because external-dns brings the clients of
// two dozen DNS providers, and because it needs replacements that the product's
// go.mod must not have.
package main

import (
	"sigs.k8s.io/external-dns/controller"
)

func main() {
	controller.Execute()
}
