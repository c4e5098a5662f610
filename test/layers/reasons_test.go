package layers

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// spoken are the packages whose constants controllers show in conditions, each with how it is told which of them those are: by a part of the name, or
// by the type.
var spoken = map[string]func(name, ofType string) bool{
	"api/v1alpha1": func(name, _ string) bool {
		return strings.HasPrefix(name, "Reason") || strings.HasPrefix(name, "Condition")
	},
	"internal/purchase": func(_, ofType string) bool { return ofType == "Reason" || ofType == "State" },
}

func TestEachConditionAndReasonOfAControllerIsNamedInItsTests(t *testing.T) {
	words := map[string]string{} // by package and name
	for folder, isOne := range spoken {
		for name, value := range constants(t, "../../"+folder, isOne) {
			words[filepath.Base(folder)+"."+name] = value
		}
	}
	controllers, err := filepath.Glob("../../internal/controller/*/controller.go")
	if err != nil || len(controllers) < 5 || len(words) < 80 {
		t.Fatalf("%d controllers, %d words, %v", len(controllers), len(words), err)
	}
	for _, file := range controllers {
		folder := filepath.Dir(file)
		tested := said(t, folder, words, true)
		for _, value := range slices.Sorted(maps.Keys(said(t, folder, words, false))) {
			if !tested[value] {
				t.Errorf("no test in %s reaches %s", folder[len("../../"):], value)
			}
		}
	}
}

// sources parses the files of a folder: the tests, or the others.
func sources(t *testing.T, folder string, tests bool) (files []*ast.File) {
	t.Helper()
	names, err := filepath.Glob(folder + "/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") != tests {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// constants gives the values of some constants of a package, which are texts.
func constants(t *testing.T, folder string, isOne func(name, ofType string) bool) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, file := range sources(t, folder, false) {
		ast.Inspect(file, func(node ast.Node) bool {
			spec, isValue := node.(*ast.ValueSpec)
			if !isValue || len(spec.Names) != 1 || len(spec.Values) != 1 {
				return true
			}
			ofType, _ := spec.Type.(*ast.Ident)
			if ofType == nil {
				ofType = &ast.Ident{}
			}
			if text := textOf(spec.Values[0]); text != "" && isOne(spec.Names[0].Name, ofType.Name) {
				found[spec.Names[0].Name] = text
			}
			return true
		})
	}
	return found
}

// textOf gives the text of a literal; "" where it is none.
func textOf(node ast.Node) string {
	literal, ok := node.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return ""
	}
	text, _ := strconv.Unquote(literal.Value) // The parser has read it already.
	return text
}

// said gives the words that the tests of a folder, or its other files, name: by their constants, and in tests by their values, too.
func said(t *testing.T, folder string, words map[string]string, tests bool) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, file := range sources(t, folder, tests) {
		ast.Inspect(file, func(node ast.Node) bool {
			if selector, isSelector := node.(*ast.SelectorExpr); isSelector {
				if of, isName := selector.X.(*ast.Ident); isName {
					found[words[of.Name+"."+selector.Sel.Name]] = true
				}
			}
			if tests {
				found[textOf(node)] = true
			}
			return true
		})
	}
	delete(found, "")
	return found
}
