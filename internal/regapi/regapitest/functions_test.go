package regapitest

import (
	"testing"

	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
)

func TestEveryFunctionOfTheCatalogueIsAnswered(t *testing.T) {
	answered := functions()
	for _, f := range catalog.Functions() {
		h := answered[f.Name]
		if h == nil {
			t.Errorf("%s is not answered", f.Name)
			continue
		}
		if h.call == nil && h.each == nil {
			t.Errorf("%s has a handler that does nothing", f.Name)
		}
		if h.call == nil && f.List == catalog.NoList {
			t.Errorf("%s takes no list and has a handler for elements alone", f.Name)
		}
	}
}

func TestWhatCostsMoneyIsNotReadOnly(t *testing.T) {
	for name, f := range functions() {
		if f.costs != nil && f.ReadOnly {
			t.Errorf("%s is paid and read-only", name)
		}
	}
}

func TestFunctionsThatAreOpenToEveryoneStillWantToKnowWhoseThingsTheyChange(t *testing.T) {
	w := newWorld(t)
	for name, f := range functions() {
		if f.Access != catalog.Everyone || f.ReadOnly {
			continue
		}
		answered := w.send(name, formOf("dname", "example.ru", "folder_name", "one", "servtype", "srv_webfwd", "lot_id", "1")).decode(t)
		if answered.ErrorCode != "NO_USERNAME" {
			t.Errorf("%s without credentials: %+v", name, answered)
		}
	}
}
