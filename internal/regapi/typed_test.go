package regapi

import (
	"reflect"
	"strings"
	"testing"

	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
)

// beyondTheCatalog are the methods of services that are no function of their own.
var beyondTheCatalog = map[string]bool{
	"Zone.Apply": true, // every zone/add_* and zone/remove_record
}

// typedCalls returns the methods of the services of a client, such as "Zone.AddAlias".
func typedCalls() map[string]bool {
	methods := map[string]bool{}
	client := reflect.TypeFor[Client]()
	for i := range client.NumField() {
		service := client.Field(i)
		if !service.IsExported() || !strings.HasSuffix(service.Type.String(), "Service") {
			continue
		}
		for j := range service.Type.NumMethod() {
			methods[service.Name+"."+service.Type.Method(j).Name] = true
		}
	}
	return methods
}

func TestEveryFunctionOfTheTypedCategoriesHasATypedCall(t *testing.T) {
	methods := typedCalls()
	for _, function := range catalog.Functions() {
		name := function.TypedCall()
		if name == "" {
			continue
		}
		if !methods[name] {
			t.Errorf("%s has no %s", function.Name, name)
		}
		delete(methods, name)
	}
	for name := range methods {
		if !beyondTheCatalog[name] {
			t.Errorf("%s is no documented function", name)
		}
	}
}

func TestEveryTypedCallHasADocumentedExample(t *testing.T) {
	shown := map[string]bool{downloadCertificate: true} // its example is a file, with a test of its own
	for _, documented := range documentedCalls() {
		shown[documented.function] = true
	}
	elsewhere := map[string]bool{"": true, "zone": true} // services_test.go and zone_test.go
	for _, function := range catalog.Functions() {
		if function.TypedCall() != "" && !elsewhere[function.Category()] && !shown[function.Name] {
			t.Errorf("%s has no example", function.Name)
		}
	}
}
