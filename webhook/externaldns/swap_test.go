package externaldns

import (
	"strings"
	"testing"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// REG.API takes neither the new record nor the old one any more: somebody is told, nothing else waits for it, and it is tried
// again with the next order.
func TestANameThatIsLeftEmptyIsToldAndPutBackLater(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", nil)
	address, alias := rrset("www.example.ru", "A", "192.0.2.1"), rrset("www.example.ru", "CNAME", "example.com")
	h.apply(changes{Create: []endpoint{address, markOf(address)}})
	h.refuse("zone/add_cname")
	h.refuse("zone/add_alias")
	asked := replace(address, alias)
	h.apply(asked)
	h.wantRecords("example.ru", "a-www TXT "+mark)
	h.wantTold("www A 192.0.2.1: it was removed", "the name is empty")

	other := rrset("note.example.ru", "TXT", "arrives all the same")
	h.apply(changes{Create: []endpoint{other}})
	h.wantRecords("example.ru", "a-www TXT "+mark, "note TXT arrives all the same")
	h.API.ClearFaults()
	h.apply(changes{Delete: []endpoint{other}})
	h.wantRecords("example.ru", "a-www TXT "+mark, "www A 192.0.2.1")
	if entry, err := h.provider.settings.Memory.Of(h.Context(), "example.ru"); err != nil || len(entry.Taken) > 0 {
		t.Errorf("still noted: %v, %v", entry.Taken, err)
	}
}

func TestASwapTakesNothingIfTheOwnershipTextOfTheNewRecordIsRefused(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", nil)
	address, alias := rrset("www.example.ru", "A", "192.0.2.1"), rrset("www.example.ru", "CNAME", "example.com")
	h.apply(changes{Create: []endpoint{address, markOf(address)}})
	h.refuse("zone/add_txt")
	h.API.ResetJournal()
	h.apply(replace(address, alias))
	h.wantRecords("example.ru", "www A 192.0.2.1", "a-www TXT "+mark)
	if removed := h.API.Journal(regapitest.OfFunction("zone/remove_record")); len(removed) > 0 {
		t.Errorf("%d removals", len(removed))
	}
	if told := h.eventText(); !strings.Contains(told, "www CNAME example.com.: its ownership text") {
		t.Errorf("events %s", told)
	}
}
