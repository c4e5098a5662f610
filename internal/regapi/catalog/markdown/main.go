// Command markdown writes docs/regapi.md, the table of the functions of REG.API, from the catalogue.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: markdown FILE")
		os.Exit(2)
	}
	if err := os.WriteFile(os.Args[1], []byte(page()), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

const introduction = `<!-- Generated from internal/regapi/catalog by "go generate ./internal/regapi/catalog"; do not edit. -->

# The functions of REG.API v2

What the vendor's documentation knows, and where this project has it. Every function is answered by the
[simulator](simulator.md). The Go client in ` + "`internal/regapi`" + ` has a typed call for each one that bears a name in the column Go;
everything else goes through ` + "`Client.Call`" + `:

` + "```go" + `
zones, err := client.Zone.GetResourceRecords(ctx, regapi.ByName("example.ru"))

var lot struct {
	ID regapi.ID ` + "`json:\"lot_id\"`" + `
}
err = client.Call(ctx, "shop/nop", map[string]string{"dname": "example.ru"}, &lot)
` + "```" + `

- **Section** is that of the newer edition of the documentation. *3.3* means that the function stands in the list of functions and is
  described nowhere; *older* that only the older edition has it, under that number.
- **Callers** are as documented. A function for everyone that acts on an account wants credentials all the same.
- **List** is what one request may name up to 1000 of, with a result of its own for each.
- **Effect** is *reads* if nothing changes at the registrar, and *may charge* if the function can take money from the account.
`

// headings are the categories in the order of the documentation.
var headings = []struct{ category, title string }{
	{"", "Common functions"},
	{"user", "The account"},
	{"bill", "Bills"},
	{"service", "Services"},
	{"domain", "Domains"},
	{"zone", "DNS zones"},
	{"dnssec", "DNSSEC"},
	{"hosting", "Hosting"},
	{"folder", "Folders"},
	{"shop", "The domain shop"},
}

// page is the whole document.
func page() string {
	var text strings.Builder
	text.WriteString(introduction)
	for _, heading := range headings {
		fmt.Fprintf(&text, "\n## %s\n\n", heading.title)
		text.WriteString("| Function | Section | Callers | List | Effect | Go | What it does |\n| --- | --- | --- | --- | --- | --- | --- |\n")
		for _, f := range catalog.Functions() {
			if f.Category() == heading.category {
				text.WriteString(row(f))
			}
		}
	}
	return text.String()
}

func row(f catalog.Function) string {
	section := f.Section
	if f.Status == catalog.Obsolete {
		section = "older " + section
	}
	callers := string(f.Access)
	if f.HTTPSOnly {
		callers += ", HTTPS only"
	}
	effect := "changes"
	switch {
	case f.ReadOnly:
		effect = "reads"
	case f.Charges:
		effect = "may charge"
	}
	return fmt.Sprintf("| `%s` | %s | %s | %s | %s | %s | %s |\n",
		f.Name, section, callers, orDash(string(f.List)), effect, code(f.TypedCall()), f.Summary)
}

func code(name string) string {
	if name == "" {
		return "-"
	}
	return "`" + name + "`"
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
