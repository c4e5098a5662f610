package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// TestPeopleAskThroughTheOperator goes through every verb of the plugin that the door serves, by the API server, as people of several roles.
func TestPeopleAskThroughTheOperator(t *testing.T) {
	h := newHouse(t)
	h.specify([]v1alpha1.NameRecords{{Name: "www", A: []v1alpha1.IPv4Address{"192.0.2.80"}}})
	h.eventually("the zone to be as specified", h.readyNow)
	h.admit("viewer", "regapi-viewer", "regapi-operator-plugin-viewer")
	h.admit("reader", "regapi-viewer", "regapi-operator-plugin-viewer", "regapi-operator-plugin-reader")
	h.admit("writer", "regapi-operator-plugin-reader", "regapi-operator-plugin-writer")

	t.Run("what the account holds is imported", h.importsThrough)
	t.Run("a plan says what would change", h.plansThrough)
	t.Run("a function that reads needs the right to read, and one that writes the right to write", h.callsThrough)
	t.Run("a zone is read anew", func(*testing.T) {
		h.wants("reader", exit.Fine, "1 domains read", "refresh", "dnszone", "main", "--wait")
		h.wants("reader", exit.Fine, "domains read", "refresh", "account", "main")
		h.wants("viewer", exit.Cluster, "forbidden", "refresh", "dnszone", "main")
	})
	t.Run("the journal tells who asked, and shows no secret", h.journalThrough)
	t.Run("the console calls one function after the other", func(*testing.T) {
		code, told := h.askWith("reader", "nop\n\nhelp zone/add_alias\nnonsense\nservice/get_list servtype=domain\nexit\n", "console", "--account", "main")
		if code != exit.Fine || !strings.Contains(told, "example.ru") || !strings.Contains(told, "9.2") || !strings.Contains(told, "nonsense is no function") {
			t.Errorf("%d: %s", code, told)
		}
	})
	t.Run("what reads Kubernetes alone works as well", h.asksKubernetes)
	t.Run("who may only look changes and reveals nothing", h.looksOn)
	t.Run("whoever may see one namespace sees that one", func(*testing.T) {
		h.wants("viewer", exit.Fine, "main", "status", "-n", "default")
		h.wants("viewer", exit.Cluster, "forbidden", "status", "-A")
		h.wants("viewer", exit.Cluster, "forbidden", "import", "zones", "--account", "elsewhere/main")
		h.wants("viewer", exit.Usage, "nobody", "import", "zones", "--account", "nobody")
	})
}

func (h *house) importsThrough(t *testing.T) {
	manifests := h.wants("viewer", exit.Fine, "domainName: example.ru", "import", "zones", "--account", "main", "--policy", "Manage")
	if !strings.Contains(manifests, "192.0.2.200") {
		t.Errorf("what nobody declares is not imported:\n%s", manifests)
	}
	h.wants("viewer", exit.Fine, "kind: Domain", "import", "domains", "--account", "main")
	h.api.AddFolder("customer", regapitest.Folder{Name: "shop", Domains: []string{"example.ru"}})
	h.wants("viewer", exit.Fine, "kind: Folder", "import", "folders", "--account", "main")
}

func (h *house) asksKubernetes(t *testing.T) {
	h.wants("viewer", exit.Fine, "of dnszone default/main", "trace", "www.example.ru", "--name-server", h.api.DNSAddr())
	h.wants("viewer", exit.Fine, "zone main in namespace default", "status", "dnszone", "main")
	h.wants("viewer", exit.Cluster, "forbidden", "pause", "dnszone", "main")
	h.wants("admin", exit.Fine, "paused", "pause", "dnszone", "main", "-n", "default")
	h.wants("admin", exit.Fine, "resumed", "resume", "dnszone", "main", "-n", "default")
	h.wants("admin", exit.Fine, "default/main", "budget")
	h.wants("admin", exit.Findings, "available", "doctor", "-n", "default") // No pods run here, and no Lease is kept.
	h.wants("admin", exit.Fine, "Nothing was bought", "orders")
	h.wants("viewer", exit.Fine, "No Domain comes", "expiring")
	h.wants("admin", exit.Fine, "could not be had", "report", "-n", "default", "-f", filepath.Join(t.TempDir(), "report.zip"))
}

func (h *house) plansThrough(t *testing.T) {
	h.wants("viewer", exit.Fine, "no change", "plan", "dnszone", "main")
	file := filepath.Join(t.TempDir(), "zone.yaml")
	_, exported := h.ask("viewer", "export", "dnszone", "main")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(exported, "192.0.2.80", "192.0.2.81")), 0o600); err != nil {
		t.Fatal(err)
	}
	told := h.wants("viewer", exit.Findings, "+ www A 192.0.2.81", "plan", "-f", file)
	if !strings.Contains(told, "- www A 192.0.2.80") || !strings.Contains(told, "about 3 requests") {
		t.Error(told)
	}
	if records := h.api.Records("example.ru"); !strings.Contains(recordsText(records), "192.0.2.80") {
		t.Errorf("a plan has changed the zone: %v", records)
	}
	h.wants("writer", exit.Cluster, "forbidden", "plan", "dnszone", "main")
	h.plansAllKinds(t, exported)
}

// plansAllKinds plans a file of several kinds, of which only the zone is applied.
func (h *house) plansAllKinds(t *testing.T, zone string) {
	file := filepath.Join(t.TempDir(), "all.yaml")
	rest := `
---
apiVersion: regapi.io/v1alpha1
kind: Domain
metadata: {name: main, namespace: default}
spec: {accountRef: {name: main}, domainName: example.ru, delegation: Suspended}
---
apiVersion: regapi.io/v1alpha1
kind: Folder
metadata: {name: fresh, namespace: default}
spec: {accountRef: {name: main}, members: [{domainName: example.ru}]}
---
apiVersion: regapi.io/v1alpha1
kind: Order
metadata: {name: example.ru.1, namespace: default}
spec: {}
`
	if err := os.WriteFile(file, []byte(zone+rest), 0o600); err != nil {
		t.Fatal(err)
	}
	before := len(h.api.Journal(regapitest.Writes()))
	told := h.wants("viewer", exit.Findings, "2 of 4 objects would change something", "plan", "-f", file)
	for _, want := range []string{
		"dnszone/main (example.ru): no change", "domain/main (example.ru): 1 changes", "  suspend the delegation", `  make the folder "fresh"`, "+ example.ru",
		"order/example.ru.1: it has no plan",
	} {
		if !strings.Contains(told, want) {
			t.Errorf("no %q:\n%s", want, told)
		}
	}
	if writes := len(h.api.Journal(regapitest.Writes())) - before; writes != 0 {
		t.Errorf("%d requests of a plan change something", writes)
	}
	h.wants("viewer", exit.Usage, "not found", "plan", "domain", "main")
	h.wants("writer", exit.Cluster, "forbidden", "plan", "-f", file)
}

func recordsText(records []regapitest.Record) string {
	var text strings.Builder
	for _, record := range records {
		text.WriteString(record.Name + " " + record.Content + "\n")
	}
	return text.String()
}

func (h *house) callsThrough(t *testing.T) {
	h.wants("reader", exit.Fine, "192.0.2.200", "raw", "zone/get_resource_records", "domain_name=example.ru", "--account", "main")
	h.wants("reader", exit.Cluster, "forbidden", "raw", "zone/add_alias", "domain_name=example.ru", "subdomain=raw", "ipaddr=192.0.2.7", "--account", "main")
	h.wants("writer", exit.Fine, "", "raw", "zone/add_alias", "domain_name=example.ru", "subdomain=raw", "ipaddr=192.0.2.7", "--account", "main")
	if records := h.api.Records("example.ru"); !strings.Contains(recordsText(records), "raw 192.0.2.7") {
		t.Errorf("%v", records)
	}
	h.wants("writer", exit.Registrar, "Error:", "raw", "zone/get_resource_records", "--account", "main")
	for _, dear := range []string{"service/renew", "domain/create", "domain/transfer_to_another_account", "domain/set_new_authinfo"} {
		h.wants("writer", exit.Usage, "does not go through the operator", "raw", dear, "domain_name=example.ru", "--account", "main")
	}
	for _, function := range []string{"nop", "user/get_balance", "domain/get_nss", "zone/nop"} {
		h.wants("viewer", exit.Cluster, "forbidden", "raw", function, "--account", "main")
	}
}

// looksOn asks for every function, by raw and by console, as somebody who has but what is added to the cluster's own role view, and reads what a viewer
// may: nothing is sent on his behalf, and no Secret is among it.
func (h *house) looksOn(t *testing.T) {
	h.admit("watcher", h.aggregated("view"))
	var lines strings.Builder
	asked := 0
	for _, function := range catalog.Functions() {
		lines.WriteString(function.Name + " domain_name=example.ru\n")
		if verb, _ := door.Serves(function.Name); verb != "" {
			asked++
		}
	}
	h.wants("watcher", exit.Fine, "no change", "plan", "dnszone", "main")
	before := len(h.api.Journal(regapitest.Writes()))
	_, told := h.askWith("watcher", lines.String(), "console", "--account", "main")
	if forbidden := strings.Count(told, "is forbidden: User \"watcher\" cannot create resource"); forbidden != asked || strings.Contains(told, "{") {
		t.Errorf("%d of %d functions are forbidden:\n%s", forbidden, asked, told)
	}
	for _, function := range []string{"nop", "service/get_details", "zone/add_alias", "zone/clear", "user/get_balance"} {
		h.wants("watcher", exit.Cluster, "forbidden", "raw", function, "domain_name=example.ru", "--account", "main")
	}
	h.wants("watcher", exit.Cluster, "forbidden", "journal", "--account", "main")
	h.wants("watcher", exit.Cluster, "forbidden", "refresh", "account", "main")
	h.wants("watcher", exit.Cluster, "forbidden", "pause", "dnszone", "main")
	if writes := len(h.api.Journal(regapitest.Writes())) - before; writes != 0 {
		t.Errorf("%d requests change something", writes)
	}
	// The password that the operator knows is in nothing that he can have shown.
	report := filepath.Join(t.TempDir(), "report.zip")
	for _, args := range [][]string{
		{"status"}, {"status", "account", "main", "-o", "yaml"}, {"export"}, {"import", "all", "--account", "main"}, {"trace", "www.example.ru"}, {"doctor"}, {"budget"}, {"orders"},
		{"expiring"}, {"report", "-f", report, "--plain"}, {"plan", "dnszone", "main", "-o", "json"}, {"version"},
	} {
		if _, told := h.ask("watcher", args...); strings.Contains(told, "secret\n") || strings.Contains(told, "password: s") {
			t.Errorf("%v tells the password:\n%s", args, told)
		}
	}
}

func (h *house) journalThrough(t *testing.T) {
	told := h.wants("reader", exit.Fine, "zone/add_alias", "journal", "--account", "main", "--function", "zone/*", "--domain", "example.ru", "-o", "json")
	for _, want := range []string{`"askedBy": "person"`, `"askedBy": "object"`, `"code": "OK"`} {
		if !strings.Contains(told, want) {
			t.Errorf("no %s:\n%s", want, told)
		}
	}
	if _, all := h.ask("reader", "journal", "--account", "main", "-o", "json"); strings.Contains(all, "secret") || !strings.Contains(all, "sweep") {
		t.Errorf("a secret, or no sweep:\n%s", all)
	}
	h.wants("viewer", exit.Cluster, "forbidden", "journal", "--account", "main")
	h.wants("reader", exit.Fine, "zone/get_resource_records", "journal", "--account", "main", "--follow", "--timeout", "3s")
}
