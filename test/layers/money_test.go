package layers

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
)

// moving are the functions of REG.API that move money, promise it, or take a promise back.
var moving = []string{
	"bill/change_pay_type", "bill/delete", "domain/accept_or_refuse_entering_list", "domain/create", "domain/set_rereg_bids", "domain/transfer",
	"domain/transfer_to_another_account", "service/create", "service/delete", "service/renew", "service/upgrade", "user/create", "user/refill_balance",
}

// cashier is the only package that calls them.
const cashier = "internal/controller/order"

func TestOnlyTheControllerOfOrdersCallsWhatCostsMoney(t *testing.T) {
	calls := []string{"PayoutAgreement"} // by which a change of name servers or contacts agrees to a price (8.15, 8.20)
	for _, name := range moving {
		function, known := catalog.Find(name)
		if !known {
			t.Fatalf("%s is no function", name)
		}
		calls = append(calls, "."+function.TypedCall()+"(", `"`+name+`"`)
	}
	used := 0
	for _, folder := range []string{"cmd", "internal", "webhook"} {
		err := filepath.WalkDir("../../"+folder, func(file string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || strings.HasPrefix(file, "../../internal/regapi/") {
				return err
			}
			text, err := os.ReadFile(file)
			for _, call := range calls {
				switch {
				case !strings.Contains(string(text), call):
				case strings.HasPrefix(file, "../../"+cashier+"/"):
					used++
				default:
					t.Errorf("%s has %s, which moves money: only %s may", strings.TrimPrefix(file, "../../"), call, cashier)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if used < 3 {
		t.Errorf("%s calls %d of them: the test looks for the wrong words", cashier, used)
	}
}
