package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
)

// live is a zone as it was kept by hand.
func live(domain string) []seedDomain {
	return []seedDomain{{Name: domain, Records: []seedRecord{
		{"www", "A", "192.0.2.5"}, {"old", "A", "192.0.2.7"}, {"@", "TXT", "v=spf1 mx -all"}, foreign,
	}}}
}

const (
	liveRecords = `records: [{name: www, a: [192.0.2.5]}, {name: old, a: [192.0.2.7]}, {name: "@", txt: [v=spf1 mx -all]}]`
	// editedRecords are liveRecords after one change in Git: another address, another SPF, and old is gone.
	editedRecords = `records: [{name: www, a: [192.0.2.99]}, {name: "@", txt: [v=spf1 a mx -all]}]`

	handedRecords = `records: [{name: www, a: [192.0.2.5]}]`
)

var (
	liveAnswers   = answers{"www A": {"192.0.2.5"}, "old A": {"192.0.2.7"}, "@ TXT": {`"v=spf1 mx -all"`}, foreign.Name + " A": {foreign.Content}}
	editedAnswers = answers{"www A": {"192.0.2.99"}, "old A": nil, "@ TXT": {`"v=spf1 a mx -all"`}, foreign.Name + " A": {foreign.Content}}
	handedAnswers = answers{"www A": {"192.0.2.5"}, "shop A": {"192.0.2.8"}}
	movedAnswers  = answers{"www A": {"192.0.2.5"}, "old A": {"192.0.2.7"}, "@ TXT": {`"v=spf1 mx -all"`}}
)

// recipes are those of docs/dnszone.md, with what the account holds before them.
var recipes = []recipe{
	{"Adopt a live zone", live("adopted.ru"), []move{
		unwritten(
			apply("adopted", "adopted.ru", `managementPolicy: Observe`, `records: [{name: www, a: [192.0.2.99]}, {name: "@", txt: [v=spf1 mx -all]}]`),
			shows("adopted", "{.status.plan.changes}", "- www A 192.0.2.5"),
			shows("adopted", "{.status.unmanaged.names}", "old"),
			apply("adopted", "adopted.ru", `managementPolicy: Observe`, liveRecords),
			shows("adopted", "{.status.conditions[?(@.type=='Synced')].status}", "True"),
			apply("adopted", "adopted.ru", `managementPolicy: Manage`, liveRecords),
			ready("adopted"),
			serves("adopted.ru", liveAnswers),
		),
		apply("adopted", "adopted.ru", `managementPolicy: Manage`, editedRecords),
		serves("adopted.ru", editedAnswers),
	}},
	{"Rename an object", live("renamed.ru"), []move{
		apply("first", "renamed.ru", `deletionPolicy: Delete`, liveRecords),
		ready("first"),
		unwritten(
			apply("second", "renamed.ru", `deletionPolicy: Delete`, liveRecords),
			shows("second", "{.status.conditions[?(@.type=='Ready')].reason}", "Conflict"),
			kubectl("delete", "dnszone", "first"),
			ready("second"),
			serves("renamed.ru", liveAnswers),
		),
		apply("second", "renamed.ru", `deletionPolicy: Delete`, editedRecords),
		serves("renamed.ru", editedAnswers),
	}},
	{"Hand a record over", []seedDomain{{Name: "handed.ru"}}, []move{
		apply("handed", "handed.ru", `records: [{name: www, a: [192.0.2.5]}, {name: shop, a: [192.0.2.8]}]`),
		ready("handed"),
		apply("handed", "handed.ru", `prune: None`, handedRecords),
		ready("handed"),
		apply("handed", "handed.ru", `prune: Owned`, handedRecords),
		ready("handed"),
		shows("handed", "{.status.unmanaged.names}", "shop"),
		serves("handed.ru", handedAnswers),
	}},
	{"Move a zone in from another provider", []seedDomain{{Name: "moved.ru", NameServers: []string{"ns1.example.com", "ns2.example.com"}}}, []move{
		unwritten(
			apply("moved", "moved.ru", liveRecords),
			shows("moved", "{.status.conditions[?(@.type=='Delegated')].message}", "ns1.example.com"),
		),
		delegate("moved.ru", "ns1.reg.ru", "ns2.reg.ru"),
		ready("moved"),
		serves("moved.ru", movedAnswers),
	}},
	{"Come back from a lost cluster", live("restored.ru"), []move{
		apply("restored", "restored.ru", `deletionPolicy: Delete`, liveRecords),
		ready("restored"),
		unwritten(
			lose("restored"),
			apply("restored", "restored.ru", `deletionPolicy: Delete`, liveRecords),
			ready("restored"),
		),
		apply("restored", "restored.ru", `deletionPolicy: Delete`, editedRecords),
		serves("restored.ru", editedAnswers),
	}},
}

func TestTheRecipesOfTheDocsWorkAsWritten(t *testing.T) {
	o := testOptions(t)
	var out bytes.Buffer
	d := &demo{options: o, out: &out, scratch: t.TempDir()}
	steps := d.opening()
	for _, recipe := range recipes {
		d.more = append(d.more, recipe.zones...)
		steps = append(steps, step{recipe.title, func(ctx context.Context) error { return d.follow(ctx, recipe.moves) }})
	}
	ctx, cancel := context.WithTimeout(t.Context(), runTimeout)
	defer cancel()
	if err := d.conduct(ctx, steps); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	t.Log(out.String())
}

func TestTheDocsHaveEveryRecipe(t *testing.T) {
	page, err := os.ReadFile("../../docs/dnszone.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, recipe := range recipes {
		if !strings.Contains(string(page), "**"+recipe.title) {
			t.Errorf("docs/dnszone.md has no recipe %q", recipe.title)
		}
	}
}
