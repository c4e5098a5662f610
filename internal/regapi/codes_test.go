package regapi

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// declaredCodes are the values of the constants in codes.go.
func declaredCodes(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if spec.Doc == nil || !strings.HasPrefix(spec.Doc.Text(), spec.Names[0].Name+": ") {
			t.Errorf("%s has no comment of its own", spec.Names[0].Name)
		}
		code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, code)
		return false
	})
	slices.Sort(codes)
	return codes
}

// documentedCodes are those of the tables and NO_CERTIFICATE, which clients have only seen.
func documentedCodes(t *testing.T) []string {
	t.Helper()
	list, err := os.ReadFile("testdata/error_codes.txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(list))
}

func TestEveryDocumentedCodeHasAConstant(t *testing.T) {
	if diff := cmp.Diff(documentedCodes(t), declaredCodes(t)); diff != "" {
		t.Errorf("documented (-) and declared (+) codes differ:\n%s", diff)
	}
}

func TestEveryDocumentedCodeHasAClass(t *testing.T) {
	for _, code := range documentedCodes(t) {
		if _, classified := classes[ErrorCode(code)]; !classified {
			t.Errorf("%s has no class", code)
		}
	}
	if len(classes) != len(documentedCodes(t)) {
		t.Errorf("%d classified codes, %d documented", len(classes), len(documentedCodes(t)))
	}
}

func TestEveryRemedyIsForADocumentedCode(t *testing.T) {
	for code, sentence := range remedies {
		if _, known := classes[code]; !known {
			t.Errorf("%s is not documented", code)
		}
		if !strings.HasSuffix(sentence, ".") {
			t.Errorf("%s: %q is no sentence", code, sentence)
		}
	}
	for code, class := range classes {
		if class == ClassDenied && remedies[code] == "" {
			t.Errorf("%s shuts the account out and has no remedy", code)
		}
	}
}
