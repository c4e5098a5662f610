package regapitest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestServicesAreListedAndDescribed(t *testing.T) {
	w := newWorld(t)
	w.AddDomain("alice", Domain{Name: "gone.ru", State: "O"})
	w.AddDomain("alice", Domain{Name: "frozen.ru", ServiceID: 503, State: "S", Created: "2020-01-02", Expires: "2030-01-02", Subtype: "test"})
	list := w.alice("service/get_list", "servtype", "domain")
	names := []string{}
	for _, item := range list.Answer["services"].([]any) {
		names = append(names, item.(map[string]any)["dname"].(string))
	}
	if diff := cmp.Diff([]string{"example.ru", "frozen.ru", "пример.рф"}, names); diff != "" {
		t.Errorf("names:\n%s", diff)
	}
	if hosting := w.alice("service/get_list", "servtype", "srv_hosting_plesk").Answer["services"].([]any); len(hosting) != 0 {
		t.Errorf("hosting %v", hosting)
	}
	info := w.alice("service/get_info", "service_id", "503", "show_folders", "1").element(t, 0)
	want := map[string]any{
		"creation_date": "2020-01-02", "expiration_date": "2030-01-02", "result": "success", "service_id": "503", "servtype": "domain", "state": "S",
		"subtype": "test", "folders": []any{},
	}
	if diff := cmp.Diff(want, info); diff != "" {
		t.Errorf("info:\n%s", diff)
	}
	if id := w.alice("service/get_info", "dname", "example.ru").element(t, 0)["user_servid"]; id != "abc123" {
		t.Errorf("user_servid %v", id)
	}
	if login, there := w.bob("service/get_info", "dname", "partner.ru").element(t, 0)["user2_login"]; !there || login != "" {
		t.Errorf("user2_login %v for a Partner", login)
	}
}
