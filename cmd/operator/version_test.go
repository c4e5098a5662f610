package main

import (
	"bytes"
	"encoding/json"
	"runtime"
	"strings"
	"testing"

	"github.com/regapi-io/regapi-operator/internal/buildinfo"
)

// said is what a command line of the operator writes.
func said(t *testing.T, arguments ...string) (string, error) {
	t.Helper()
	command, out := newCommand(), &bytes.Buffer{}
	command.SetArgs(arguments)
	command.SetOut(out)
	err := command.ExecuteContext(t.Context())
	return out.String(), err
}

func TestAPersonAsksWhichBuildThisIs(t *testing.T) {
	want := "operator " + buildinfo.Read().String() + "\n"
	for _, asked := range []string{"version", "--version"} {
		if text, err := said(t, asked); err != nil || text != want {
			t.Errorf("%s: %q, %v, want %q", asked, text, err, want)
		}
	}
	var info buildinfo.Info
	if text, err := said(t, "version", "-o", "json"); err != nil || json.Unmarshal([]byte(text), &info) != nil || info.Go != runtime.Version() {
		t.Errorf("%s, %v", text, err)
	}
	if _, err := said(t, "version", "-o", "yaml"); err == nil || !strings.Contains(err.Error(), "text or json") {
		t.Error(err)
	}
}
