package regapi

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// documentedUpdate is the example of 9.12.
var documentedUpdate = ZoneUpdate{Ref: ByName("test.ru"), Actions: []Action{
	AddAlias{"www", netip.MustParseAddr("11.22.33.44")},
	AddCNAME{"@", "www.test.ru"},
}}

func TestUpdateIsSentAsDocumented(t *testing.T) {
	client, stub := answering(t, domainsAnswer(`{"dname":"test.ru","service_id":12345,"result":"success",
		"action_list":[{"action":"add_alias","result":"success"},{"action":"add_cname","result":"success"}]}`))
	results, err := client.Zone.UpdateRecords(t.Context(), []ZoneUpdate{documentedUpdate})
	if err != nil || results[0].Err != nil || results[0].ServiceID != 12345 || len(results[0].Actions) != 2 {
		t.Errorf("%+v, %v", results, err)
	}
	want := map[string]any{"domains": []any{map[string]any{"dname": "test.ru", "action_list": []any{
		map[string]any{"action": "add_alias", "subdomain": "www", "ipaddr": "11.22.33.44"},
		map[string]any{"action": "add_cname", "subdomain": "@", "canonical_name": "www.test.ru"},
	}}}}
	if diff := cmp.Diff(want, stub.input(t)); diff != "" {
		t.Error(diff)
	}
}

// What an update says of actions and zones of which the answer says nothing.
const (
	cnameMissing = "zone/add_cname test.ru: the answer does not mention it"
	aliasMissing = "zone/add_alias test.ru: the answer does not mention it"
	zoneMissing  = "zone/update_records test.ru: the answer does not mention it"
	zoneSilent   = "zone/update_records test.ru: the answer gives no result for it"
	zoneInvalid  = "zone/update_records test.ru: INVALID_ACTION: Invalid action: add_alias"
)

// updateOutcomes are answers to documentedUpdate.
var updateOutcomes = map[string]struct {
	element string
	domain  string
	actions []string
}{
	"documented failure": {
		`{"dname":"test.ru","error_params":{"action":"add_alias"},"error_code":"INVALID_ACTION","error_text":"Invalid action: add_alias"}`,
		zoneInvalid,
		[]string{zoneInvalid, zoneInvalid},
	},
	"no result, good actions": {
		`{"dname":"test.ru","action_list":[{"action":"add_alias","result":"success"},{"action":"add_cname","result":"success"}]}`,
		"<nil>", []string{"<nil>", "<nil>"},
	},
	"no result, a bad action": {
		`{"dname":"test.ru","action_list":[{"action":"add_alias","result":"success"},{"action":"add_cname","error_code":"CONFLICT_CNAME"}]}`,
		"zone/add_cname test.ru: CONFLICT_CNAME", []string{"<nil>", "zone/add_cname test.ru: CONFLICT_CNAME"},
	},
	"success with a bad action": {
		`{"dname":"test.ru","result":"success","action_list":[{"action":"add_alias","result":"success"},{"action":"add_cname","result":"error","error_code":"CONFLICT_CNAME"}]}`,
		"zone/add_cname test.ru: CONFLICT_CNAME", []string{"<nil>", "zone/add_cname test.ru: CONFLICT_CNAME"},
	},
	"success that leaves an action out": {
		`{"dname":"test.ru","result":"success","action_list":[{"action":"add_alias","result":"success"}]}`,
		cnameMissing, []string{"<nil>", cnameMissing},
	},
	"success with an empty list": {
		`{"dname":"test.ru","result":"success","action_list":[]}`,
		aliasMissing,
		[]string{aliasMissing, cnameMissing},
	},
	"actions in another order": {
		`{"dname":"test.ru","result":"success","action_list":[{"action":"add_cname","result":"success"},{"action":"add_alias","result":"success"}]}`,
		aliasMissing,
		[]string{aliasMissing, cnameMissing},
	},
	"success without a list": {`{"dname":"test.ru","result":"success"}`, "<nil>", []string{"<nil>", "<nil>"}},
	"nothing said": {
		`{"dname":"test.ru"}`, zoneSilent,
		[]string{zoneSilent, zoneSilent},
	},
	"not mentioned": {
		`{"dname":"other.ru","result":"success"}`, zoneMissing,
		[]string{zoneMissing, zoneMissing},
	},
}

func TestUpdateTellsTheOutcomeOfEveryAction(t *testing.T) {
	for name, c := range updateOutcomes {
		client, _ := answering(t, domainsAnswer(c.element))
		results, err := client.Zone.UpdateRecords(t.Context(), []ZoneUpdate{documentedUpdate})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var actions []string
		for _, action := range results[0].Actions {
			actions = append(actions, fmt.Sprint(action.Err))
		}
		if got := fmt.Sprint(results[0].Err); got != c.domain {
			t.Errorf("%s: domain %s", name, got)
		}
		if diff := cmp.Diff(c.actions, actions); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestUpdateOfNothingCostsNoRequest(t *testing.T) {
	client, stub := answering(t, domainsAnswer())
	if results, err := client.Zone.UpdateRecords(t.Context(), nil); err != nil || len(results) != 0 || stub.requests() != 0 {
		t.Errorf("%v, %v, %d requests", results, err, stub.requests())
	}
}
