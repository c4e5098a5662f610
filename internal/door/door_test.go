package door_test

import (
	"testing"

	"github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
)

func TestNothingThatCostsMoneyOrGivesADomainAwayGoesThroughTheDoor(t *testing.T) {
	reads, writes := 0, 0
	for _, function := range catalog.Functions() {
		verb, why := door.Serves(function.Name)
		switch {
		case verb == "" && why == "":
			t.Errorf("%s is refused without a reason", function.Name)
		case (function.Charges || function.Personal) && verb != "":
			t.Errorf("%s goes through %s", function.Name, verb)
		case verb == door.RawRead && !function.ReadOnly, verb == door.RawWrite && function.ReadOnly:
			t.Errorf("%s goes through %s", function.Name, verb)
		case verb == door.RawRead:
			reads++
		case verb == door.RawWrite:
			writes++
		}
	}
	if reads < 40 || writes < 30 {
		t.Errorf("%d functions that read and %d that write", reads, writes)
	}
	for _, name := range []string{"domain/transfer_to_another_account", "domain/set_new_authinfo", "service/delete", "service/renew", "domain/create", "nothing/at_all"} {
		if verb, _ := door.Serves(name); verb != "" {
			t.Errorf("%s goes through %s", name, verb)
		}
	}
}
