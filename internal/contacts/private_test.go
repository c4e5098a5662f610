package contacts

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// What is written down of requests and answers is struck out by the names of its members, since an answer tells of contacts that no request named.
func TestWhatIsWrittenDownHidesEveryField(t *testing.T) {
	for zone, f := range forms {
		for _, field := range slices.Concat(f.common, f.person, f.organization) {
			text, err := json.Marshal(map[string]any{"details": map[string]string{field.name: "the value of a person"}})
			if err != nil {
				t.Fatal(err)
			}
			if written, err := regapi.Redact("service/get_info", nil, text); err != nil || strings.Contains(string(written), "the value") {
				t.Errorf("%s of .%s is told: %s, %v", field.name, zone, written, err)
			}
		}
	}
}
