package door_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	wire "github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/inventory"
	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/webhook/webhooktest"
)

func TestEachRightReachesAllFunctionsOfTheCatalogueThatAreItsOwnAndNoOther(t *testing.T) {
	h := newHarness(t)
	reached := map[string]int{}
	for _, function := range catalog.Functions() {
		through, _ := wire.Serves(function.Name)
		for _, verb := range []string{wire.RawRead, wire.RawWrite} {
			before := len(h.API.Journal())
			code, text := h.ask("POST", wire.Accounts, "main", verb, "", wire.Call{Function: function.Name})
			sent := slices.Contains(h.sent(before), function.Name)
			switch {
			case sent != (verb == through):
				t.Errorf("%s goes through %s, and by %s it was sent: %v (%d, %s)", function.Name, through, verb, sent, code, text)
			case sent && code != http.StatusOK && code != http.StatusFailedDependency:
				t.Errorf("%s by %s: %d, %s", function.Name, verb, code, text)
			case !sent && (code != http.StatusBadRequest || !strings.Contains(string(text), "does not go through accounts/"+verb)):
				t.Errorf("%s by %s: %d, %s", function.Name, verb, code, text)
			case sent:
				reached[verb]++
			}
		}
	}
	if reached[wire.RawRead] < 40 || reached[wire.RawWrite] < 30 {
		t.Errorf("reached %v", reached)
	}
}

func TestWhatCostsMoneyOrGivesSomethingAwayIsRefusedWithItsReason(t *testing.T) {
	h := newHarness(t)
	for function, why := range map[string]string{
		"service/renew": "cost money", "domain/create": "cost money", "domain/update_nss": "cost money", "domain/transfer_to_another_account": "give something away",
		"domain/set_new_authinfo": "give something away", "service/delete": "give something away", "domain/get_docs_upload_uri": "into the account",
		"zone/nonsense": "no function of this name", "": "no function of this name",
	} {
		for _, verb := range []string{wire.RawRead, wire.RawWrite} {
			if status := h.refused(http.StatusBadRequest, "POST", wire.Accounts, "main", verb, "", wire.Call{Function: function}); !strings.Contains(status.Message, why) {
				t.Errorf("%s by %s: %s", function, verb, status.Message)
			}
		}
	}
	if sent := h.sent(0); len(sent) != 0 {
		t.Errorf("sent %q", sent)
	}
}

func TestAnswersAndJournalHoldNoContactNorKeyNorCredential(t *testing.T) {
	h := newHarness(t)
	everything := ""
	for _, call := range []wire.Call{
		{Function: "service/get_details", Params: map[string]any{"domains": []any{map[string]any{"dname": "example.ru"}}}},
		{Function: "service/get_details", Params: map[string]any{"domain_name": "example.ru"}},
		{Function: "nop"},
	} {
		var answer wire.Answer
		h.wants(http.StatusOK, &answer, "POST", wire.Accounts, "main", wire.RawRead, "", call)
		if len(answer.Answer) < 10 {
			t.Errorf("%s: %s", call.Function, answer.Answer)
		}
		everything += string(answer.Answer)
	}
	if !strings.Contains(everything, "example.ru") {
		t.Errorf("nothing of the domain is told: %s", everything)
	}
	refusal := h.refused(http.StatusFailedDependency, "POST", wire.Accounts, "main", wire.RawWrite, "", wire.Call{
		Function: "domain/update_private_person_flag", Params: map[string]any{"domain_name": "nowhere.ru", "person": contacts["person"], "password": webhooktest.Password},
	})
	_, kept := h.ask("GET", wire.Accounts, "main", wire.Journal, "", nil)
	everything += refusal.Message + string(kept)
	for field, secret := range contacts {
		if field != "country" && strings.Contains(everything, secret) {
			t.Errorf("the %s of the registrant is told", field)
		}
	}
	if strings.Contains(everything, webhooktest.Password) {
		t.Error("the password is told")
	}
}

// A refusal below a success may quote what the request says of a person, or what the registrar knows of one.
func TestRefusalsOfSingleDomainsHoldNoContact(t *testing.T) {
	h := newHarness(t)
	told := strings.Join(slices.Sorted(maps.Values(contacts)), "; ")
	domains := []any{map[string]any{"dname": "example.ru"}}
	for verb, call := range map[string]wire.Call{
		wire.RawRead:  {Function: "service/get_details", Params: map[string]any{"domains": domains}},
		wire.RawWrite: {Function: "domain/update_private_person_flag", Params: map[string]any{"domains": domains, "contacts": contacts}},
	} {
		h.API.Inject(regapitest.Fault{
			Kind: regapitest.FaultElementError, Function: call.Function, Code: "PARAMETER_INCORRECT", ErrorParams: map[string]string{"param": told}, Count: 1,
		})
		var answer wire.Answer
		h.wants(http.StatusOK, &answer, "POST", wire.Accounts, "main", verb, "", call)
		if !strings.Contains(string(answer.Answer), "PARAMETER_INCORRECT") {
			t.Errorf("%s: the code is not told: %s", call.Function, answer.Answer)
		}
		for field, secret := range contacts {
			if field != "country" && strings.Contains(string(answer.Answer), secret) {
				t.Errorf("%s tells the %s: %s", call.Function, field, answer.Answer)
			}
		}
	}
}

func TestAWrittenZoneIsReadAnewBeforeAnybodyGoesByIt(t *testing.T) {
	h := newHarness(t)
	records := func() string {
		var held struct {
			Domains []struct{ Records []struct{ Content string } }
		}
		h.wants(http.StatusOK, &held, "GET", wire.Accounts, "main", wire.Inventory, "?records=true", nil)
		return fmt.Sprint(held)
	}
	h.Directory.Follow(h.Connection(), "test", "example.ru", inventory.Records) // As its DNSZone does.
	if _, err := h.Connection().Inventory.Facts(t.Context(), "example.ru", inventory.Records); err != nil {
		t.Fatal(err)
	}
	if before := records(); !strings.Contains(before, "192.0.2.1") {
		t.Fatal(before)
	}
	asked := h.API.Calls("zone/get_resource_records")
	records()
	if again := h.API.Calls("zone/get_resource_records") - asked; again != 0 {
		t.Errorf("%d requests for what is known", again)
	}
	h.wants(http.StatusOK, nil, "POST", wire.Accounts, "main", wire.RawWrite, "", wire.Call{
		Function: "zone/add_alias", Params: map[string]any{"domain_name": "example.ru", "subdomain": "raw", "ipaddr": "192.0.2.77"},
	})
	if after := records(); !strings.Contains(after, "192.0.2.77") {
		t.Errorf("the zone is as it was: %s", after)
	}
}

func TestAnHourThatIsSpentIsARefusalOfTheRegistrar(t *testing.T) {
	h := newHarness(t)
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultRateLimit, Function: "nop"})
	status := h.refused(http.StatusFailedDependency, "POST", wire.Accounts, "main", wire.RawRead, "", wire.Call{Function: "nop"})
	if status.Reason != wire.ReasonRegistrar {
		t.Errorf("%+v", status)
	}
	// The budget is frozen for now: nothing more is sent.
	before := len(h.API.Journal())
	status = h.refused(http.StatusFailedDependency, "POST", wire.Accounts, "main", wire.RawRead, "", wire.Call{Function: "user/get_balance"})
	if sent := len(h.API.Journal()) - before; sent != 0 || status.Reason != wire.ReasonRegistrar {
		t.Errorf("%d sent, %+v", sent, status)
	}
}
