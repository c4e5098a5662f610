package catalog

import (
	"os"
	"strings"
	"testing"
)

// documented returns the fields of each line of a list taken from the documentation.
func documented(t *testing.T, file string) [][]string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var lines [][]string
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			lines = append(lines, strings.Fields(line))
		}
	}
	return lines
}

func TestCatalogHoldsExactlyTheDocumentedFunctions(t *testing.T) {
	want := map[string]bool{}
	for _, line := range documented(t, "newer-edition.txt") {
		name, access, section := line[0], Access(line[1]), line[2]
		status := Documented
		if section == "-" {
			section, status = "3.3", Listed
		}
		want[name] = true
		f, ok := Find(name)
		if !ok || f.Access != access || f.Section != section || f.Status != status {
			t.Errorf("%s: %+v, found %t; documented for %s in %s %s", name, f, ok, access, section, status)
		}
	}
	for _, line := range documented(t, "older-edition-only.txt") {
		name, section := line[0], line[1]
		want[name] = true
		f, ok := Find(name)
		if !ok || f.Section != section || f.Status != Obsolete {
			t.Errorf("%s: %+v, found %t; the older edition has it in %s", name, f, ok, section)
		}
	}
	for _, f := range Functions() {
		if !want[f.Name] {
			t.Errorf("%s is not documented", f.Name)
		}
	}
	if got := len(Functions()); got != len(want) {
		t.Errorf("%d functions, where %d are documented: one stands there twice", got, len(want))
	}
}

func TestCategoryIsWhatStandsBeforeTheSlash(t *testing.T) {
	for name, want := range map[string]string{"nop": "", "zone/add_alias": "zone"} {
		f, ok := Find(name)
		if !ok || f.Category() != want {
			t.Errorf("%s: %q, found %t", name, f.Category(), ok)
		}
	}
}

func TestTypedCallsBearTheNameOfTheFunction(t *testing.T) {
	for name, want := range map[string]string{
		"nop": "Common.Nop", "get_user_id": "Common.GetUserID", "zone/add_aaaa": "Zone.AddAAAA", "domain/get_tld_info": "Domain.GetTLDInfo",
		"domain/set_new_authinfo": "Domain.SetNewAuthInfo", "service/service_get_details": "Service.ServiceGetDetails", "shop/nop": "",
	} {
		if f, ok := Find(name); !ok || f.TypedCall() != want {
			t.Errorf("%s: %q, found %t", name, f.TypedCall(), ok)
		}
	}
}

func TestUnknownFunctionsAreNotFound(t *testing.T) {
	for _, name := range []string{"", "zone", "zone/", "add_alias", "zone/add_alias "} {
		if f, ok := Find(name); ok {
			t.Errorf("%q is %+v", name, f)
		}
	}
}

func TestSummariesFitATable(t *testing.T) {
	for _, f := range Functions() {
		if f.Summary == "" || len(f.Summary) > 80 || strings.ContainsAny(f.Summary, "|\n.") || f.Summary[0] < 'a' || f.Summary[0] > 'z' {
			t.Errorf("%s: summary %q", f.Name, f.Summary)
		}
	}
}
