package layers

import (
	"os/exec"
	"strings"
	"testing"
)

func TestAnOlderGoIsRefusedWithASentence(t *testing.T) {
	for here, says := range map[string]string{
		"go1.26.0": "", "go1.26.8": "", "go1.26": "", "go1.27rc1": "", "go2.0": "",
		"go1.25.9": "Go 1.25.9 is too old: install Go 1.26.0 or later", "go1.9": "Go 1.9 is too old", "": "Go is not here: install Go 1.26.0 or later",
	} {
		said, err := exec.CommandContext(t.Context(), "../../hack/go-version.sh", here, "1.26.0").Output()
		if err != nil || (says == "") != (len(said) == 0) || !strings.HasPrefix(string(said), says) {
			t.Errorf("%q: %q, %v", here, said, err)
		}
	}
}
