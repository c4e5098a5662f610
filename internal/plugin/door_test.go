package plugin

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/holdings"
	"github.com/regapi-io/regapi-operator/internal/journal"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
)

// atDoor gives a desk before an API server that answers some paths, and what it was asked.
func atDoor(t *testing.T, answers map[string]any, objects ...client.Object) (*desk, *[]string) {
	t.Helper()
	asked, mu := &[]string{}, sync.Mutex{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		query := r.URL.Query()
		query.Del("timeout") // The client's own.
		r.URL.RawQuery = query.Encode()
		mu.Lock()
		defer mu.Unlock()
		*asked = append(*asked, strings.TrimSpace(r.Method+" "+strings.TrimPrefix(r.URL.String(), door.Prefix)+" "+string(body)))
		answer, known := answers[strings.TrimPrefix(r.URL.Path, door.Prefix+"/namespaces/team/")]
		if status, refused := answer.(metav1.Status); refused {
			status.Kind, status.APIVersion, status.Status = "Status", "v1", metav1.StatusFailure
			w.WriteHeader(int(status.Code))
			answer = status
		} else if !known {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	d := newDesk(t, objects...)
	d.server = server.URL
	return d, asked
}

func TestThePlanOfAZoneIsShownWholeWithItsCost(t *testing.T) {
	answer := door.PlanAnswer{
		Subject: "shop.ru", Changes: []string{"+ www A 192.0.2.2", "- www A 192.0.2.1"}, Add: 1, Remove: 1, Requests: 2, Hash: "5d3f0a91c2be",
		Held: "PlanNeedsApproval", Message: "the plan has to be approved", Refused: []string{"a CNAME b.: another record stands there"},
	}
	none := door.PlanAnswer{Subject: "example.ru", Changes: []string{}}
	d, asked := atDoor(t, map[string]any{"dnszones/shop-ru/plan": answer, "dnszones/example-ru/plan": none, "domains/shop-ru/plan": none})
	golden(t, "plan.txt", d.run(exit.Findings, "plan", "dnszone", "shop-ru"))
	golden(t, "plan-none.txt", d.run(exit.Fine, "plan", "-f", "testdata/export.yaml"))
	golden(t, "plan.json", d.run(exit.Findings, "plan", "dnszone", "shop-ru", "-o", "json"))
	if !strings.Contains(strings.Join((*asked)[1:], " "), `"spec":{`) || !strings.HasSuffix((*asked)[0], "plan {}") {
		t.Errorf("asked %q", *asked)
	}
	d.run(exit.Usage, "plan")
	d.run(exit.Usage, "plan", "dnszone", "shop-ru", "old")
	d.run(exit.Usage, "plan", "dnszone", "shop-ru", "-f", "testdata/export.yaml")
	d.run(exit.Usage, "plan", "order", "shop.ru.1")
	d.run(exit.Usage, "plan", "-f", "testdata/plan.txt")
	d.run(exit.Usage, "plan", "-f", "testdata/nothing.yaml")
}

func TestThePlanOfADomainTellsWhatItCosts(t *testing.T) {
	renewal := door.PlanAnswer{
		Subject: "shop.ru", Changes: []string{"have the registrar's own renewal switched off", "order shop.ru.1: renew the domain for 1 years"}, Requests: 11,
		Charges: []door.Charge{{What: "renew the domain for 1 years", Price: "199.00", AtMost: "1000"}}, Later: []string{"the keys of the domain were changed at the registrar: that is still to show"},
	}
	d, asked := atDoor(t, map[string]any{"domains/shop-ru/plan": renewal})
	golden(t, "plan-domain.txt", d.run(exit.Findings, "plan", "domain", "shop-ru"))
	if want := "POST /namespaces/team/domains/shop-ru/plan {}"; (*asked)[0] != want {
		t.Errorf("asked %q", (*asked)[0])
	}
}

// A file as people have it: several documents, of all kinds and of kinds that are not ours.
const mixed = `apiVersion: regapi.io/v1alpha1
kind: Account
metadata: {name: main}
spec: {secretRef: {name: regru}}
---
apiVersion: regapi.io/v1alpha1
kind: Domain
metadata: {name: shop-ru, namespace: team}
spec: {accountRef: {name: main}, domainName: shop.ru}
---
# nothing in here
---
apiVersion: v1
kind: Secret
metadata: {name: regru}
stringData: {password: x}
---
apiVersion: v1
kind: List
items:
- apiVersion: regapi.io/v1alpha1
  kind: Folder
  metadata: {name: shop}
  spec: {accountRef: {name: main}}
- apiVersion: regapi.io/v1alpha1
  kind: DNSZone
  metadata: {name: shop-ru}
  spec: {accountRef: {name: main}, domainName: shop.ru}
- apiVersion: regapi.io/v1alpha1
  kind: Order
  metadata: {name: shop.ru.1}
`

func TestTheObjectsOfAFileAreAllPlanned(t *testing.T) {
	nothing := door.PlanAnswer{Subject: "shop.ru", Changes: []string{}}
	answers := map[string]any{
		"domains/shop-ru/plan": nothing, "dnszones/shop-ru/plan": nothing,
		"folders/shop/plan": door.PlanAnswer{Subject: "shop", Changes: []string{"make the folder \"shop\"", "+ shop.ru"}, Add: 1, Requests: 4},
	}
	d, asked := atDoor(t, answers)
	d.answers = mixed
	golden(t, "plan-file.txt", d.run(exit.Findings, "plan", "-f", "-"))
	if len(*asked) != 3 {
		t.Errorf("asked %q", *asked)
	}
	golden(t, "plan.name", d.run(exit.Findings, "plan", "-f", "-", "-o", "name"))
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "all.yaml"), []byte(mixed), 0o600); err != nil {
		t.Fatal(err)
	}
	answers["folders/shop/plan"] = nothing
	if told := d.run(exit.Fine, "plan", "-f", folder); !strings.Contains(told, "5 objects: nothing would change") {
		t.Error(told)
	}
	d.answers = strings.ReplaceAll(mixed, "name: shop.ru.1", "")
	if told := d.run(exit.Usage, "plan", "-f", "-"); !strings.Contains(told, "a Order has no metadata.name") {
		t.Error(told)
	}
}

func TestOneObjectThatCannotBePlannedHidesNoOther(t *testing.T) {
	refusal := metav1.Status{Code: http.StatusFailedDependency, Reason: door.ReasonRegistrar, Message: "REG.API: DOMAIN_NOT_FOUND"}
	fine := door.PlanAnswer{Subject: "shop.ru", Changes: []string{"+ www A 192.0.2.2"}, Add: 1, Requests: 2}
	d, _ := atDoor(t, map[string]any{"domains/shop-ru/plan": refusal, "dnszones/shop-ru/plan": fine, "folders/shop/plan": fine})
	d.answers = mixed
	golden(t, "plan-broken.txt", d.run(exit.Registrar, "plan", "-f", "-"))
	all, _ := atDoor(t, nil)
	all.answers = mixed[strings.Index(mixed, "kind: List")-len("apiVersion: v1\n") : strings.Index(mixed, "- apiVersion: regapi.io/v1alpha1\n  kind: Order")]
	if told := all.run(exit.Cluster, "plan", "-f", "-"); strings.Count(told, "serves no door") != 1 {
		t.Errorf("everything fails alike, and is told more than once, or not:\n%s", told)
	}
}

func TestARefreshAsksForTheDomainAndWaitsForTheObject(t *testing.T) {
	zone := zoneOf("example-ru", ready())
	d, asked := atDoor(t, map[string]any{"accounts/main/refresh": door.Refreshed{Domains: 1}}, zone, guarded(), account())
	golden(t, "refresh.txt", d.run(exit.Fine, "refresh", "dnszone", "example-ru", "--wait"))
	if want := `POST /namespaces/team/accounts/main/refresh {"domains":["example.ru"]}`; (*asked)[0] != want {
		t.Errorf("asked %q", (*asked)[0])
	}
	d.run(exit.Findings, "refresh", "dnszone", "shop-ru", "--wait")
	d.run(exit.Usage, "refresh", "folder", "shop")
}

func TestWhoeverWaitsInVainIsToldForWhat(t *testing.T) {
	waiting := zoneOf("new-ru", nil)
	d, _ := atDoor(t, map[string]any{"accounts/main/refresh": door.Refreshed{Domains: 1}}, waiting)
	if told := d.run(exit.Timeout, "refresh", "dnszone", "new-ru", "--wait", "--timeout", "1200ms"); !strings.Contains(told, "NotSeen") {
		t.Error(told)
	}
}

func TestTheJournalIsShownAsATable(t *testing.T) {
	entry := journal.Entry{
		Number: 7, At: today, Account: "team/main", Function: "zone/update_records", Domains: []string{"example.ru", "shop.ru"}, MoreDomains: 3, AskedBy: "object", Code: "OK",
		Milliseconds: 312, Request: json.RawMessage(`{"domains":[]}`), Answer: json.RawMessage(`{"domains":[]}`),
	}
	refused := journal.Entry{Number: 8, At: today.Add(time.Second), Function: "nop", AskedBy: "operator", Code: "PASSWORD_AUTH_FAILED", Milliseconds: 80}
	d, asked := atDoor(t, map[string]any{"accounts/main/journal": door.Page{Entries: []journal.Entry{entry, refused}, Last: 8}})
	golden(t, "journal.txt", d.run(exit.Fine, "journal", "--account", "main", "--function", "zone/*"))
	golden(t, "journal-wide.txt", d.run(exit.Fine, "journal", "--account", "main", "-o", "wide"))
	if want := "GET /namespaces/team/accounts/main/journal?function=zone%2F%2A"; (*asked)[0] != want {
		t.Errorf("asked %q", (*asked)[0])
	}
	d.run(exit.Usage, "journal")
}

func TestARawCallGoesTheWayOfItsRight(t *testing.T) {
	answer := door.Answer{Answer: json.RawMessage(`{"login":"***","user_id":7}`)}
	refusal := metav1.Status{Code: http.StatusFailedDependency, Reason: door.ReasonRegistrar, Message: "REG.API: DOMAIN_NOT_FOUND"}
	d, asked := atDoor(t, map[string]any{"accounts/main/rawread": answer, "accounts/main/rawwrite": refusal})
	golden(t, "raw.txt", d.run(exit.Fine, "raw", "nop", "--account", "main"))
	d.run(exit.Registrar, "raw", "zone/clear", "--account", "team/main", `domains=[{"dname":"example.ru"}]`)
	if want := `POST /namespaces/team/accounts/main/rawwrite {"function":"zone/clear","params":{"domains":[{"dname":"example.ru"}]}}`; (*asked)[1] != want {
		t.Errorf("asked %q", (*asked)[1])
	}
	golden(t, "raw-money.txt", d.run(exit.Usage, "raw", "service/renew", "--account", "main"))
	for _, slip := range [][]string{{"raw"}, {"raw", "nop"}, {"raw", "nap", "--account", "main"}, {"raw", "nop", "x", "--account", "main"}, {"raw", "nop", "x=[", "--account", "main"}} {
		d.run(exit.Usage, slip...)
	}
}

func TestARawCallOfWhichREGAPIRefusesAPartDoesNotPassForDone(t *testing.T) {
	answer := door.Answer{Answer: json.RawMessage(`{"domains":[{"dname":"a.ru","result":"success"},{"dname":"b.ru","result":"error","error_code":"DOMAIN_NOT_FOUND"}]}`)}
	d, _ := atDoor(t, map[string]any{"accounts/main/rawwrite": answer})
	told := d.run(exit.Registrar, "raw", "zone/clear", "--account", "main", `domains=[{"dname":"a.ru"},{"dname":"b.ru"}]`)
	if !strings.Contains(told, "a.ru") || !strings.Contains(told, "refused 1 elements") {
		t.Error(told)
	}
}

func TestWithCredentialsOfOnesOwnMoneyTakesAYes(t *testing.T) {
	api, flags := registrarWith(t, "secret-of-alice")
	d := newDesk(t)
	if told := d.run(exit.Fine, append([]string{"raw", "nop"}, flags...)...); !strings.Contains(told, "alice") {
		t.Error(told)
	}
	renew := append([]string{"raw", "service/renew", "service_id=11", "period=1"}, flags...)
	before := len(api.Journal())
	d.run(exit.Usage, renew...)
	if made := len(api.Journal()) - before; made != 0 {
		t.Errorf("%d requests without a yes", made)
	}
	d.run(exit.Registrar, append(renew, "--yes")...) // There is no money on the account.
	if made := len(api.Journal()) - before; made != 1 {
		t.Errorf("%d requests with one", made)
	}
}

func TestTheConsoleGoesOnAfterAnErrorAndEndsWithTheLast(t *testing.T) {
	d, _ := atDoor(t, map[string]any{"accounts/main/rawread": door.Answer{Answer: json.RawMessage(`{"user_id":7}`)}})
	d.answers = "help zone/add_alias\nnop 'x\nnap\nnop\n"
	golden(t, "console.txt", d.run(exit.Fine, "console", "--account", "main"))
	d.answers = "nap\nexit\n"
	d.run(exit.Usage, "console", "--account", "main")
}

func TestTabCompletesFunctionsAndParametersAsFarAsTheyAgree(t *testing.T) {
	for line, want := range map[string]string{
		"zone/add_al": "zone/add_alias ", "zone/add_a": "zone/add_a", "zone/add_alias ip": "zone/add_alias ipaddr=", "help zone/get": "help zone/get_resource_records ", "bi": "bill/",
	} {
		got, at, ok := completeLine(line, len(line), '\t')
		if !ok || got != want || at != len(got) {
			t.Errorf("%q becomes %q, %d, %v", line, got, at, ok)
		}
	}
	if _, _, ok := completeLine("xyz", 3, '\t'); ok {
		t.Error("nothing was completed")
	}
	if _, _, ok := completeLine("zone/", 5, 'a'); ok {
		t.Error("a letter was completed")
	}
}

func TestEveryFunctionOfTheCatalogueIsCompletedAndExplained(t *testing.T) {
	d, _ := atDoor(t, nil)
	d.answers = "help\n"
	told := d.run(exit.Fine, "console", "--account", "main")
	for _, name := range functionNames() {
		if !strings.Contains(told, name+" ") {
			t.Errorf("help does not list %s", name)
		}
	}
	completed := d.run(exit.Fine, "__complete", "raw", "")
	for _, name := range functionNames() {
		if !strings.Contains(completed, name+"\n") {
			t.Errorf("raw does not complete %s", name)
		}
	}
}

func TestAnImportThroughTheOperatorNeedsNoCredentials(t *testing.T) {
	held := holdings.Holdings{Domains: []holdings.Domain{{Name: "example.ru", ServiceID: "1", Records: []holdings.Record{{Name: "www", Type: "A", Content: "192.0.2.1"}}}}}
	d, asked := atDoor(t, map[string]any{"accounts/main/inventory": held})
	if told := d.run(exit.Fine, "import", "zones", "--account", "main"); !strings.Contains(told, "192.0.2.1") || (*asked)[0] != "GET /namespaces/team/accounts/main/inventory?records=true" {
		t.Errorf("%s, asked %q", told, *asked)
	}
	golden(t, "no-door.txt", d.run(exit.Cluster, "journal", "--account", "main"))
}
