package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
)

func TestThePageInDocsIsUpToDate(t *testing.T) {
	held, err := os.ReadFile("../../../../docs/regapi.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(held), page()); diff != "" {
		t.Errorf("docs/regapi.md is stale; run: go generate ./internal/regapi/catalog\n%s", diff)
	}
}

func TestThePageHasEveryFunctionOnce(t *testing.T) {
	text := page()
	for _, f := range catalog.Functions() {
		if rows := strings.Count(text, "| `"+f.Name+"` |"); rows != 1 {
			t.Errorf("%s stands there %d times", f.Name, rows)
		}
	}
}
