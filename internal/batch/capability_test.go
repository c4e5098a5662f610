package batch

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

func TestTheKindOfTheAccountIsProbedOnce(t *testing.T) {
	for partner, want := range map[bool][]string{
		true:  {"add_txt", "reseller_nop", "update_records", "update_records"},
		false: {"add_txt", "reseller_nop", "add_txt", "add_txt", "add_txt"},
	} {
		t.Run(fmt.Sprint(partner), func(t *testing.T) {
			inZones(t, Unknown, 1, func(t *testing.T, account *testAccount) {
				account.simulator.SetPartner(testLogin, partner)
				for _, count := range []int{1, 2, 1} {
					if _, err := account.Write(with(traffic.Change), zoneName(0), texts(count)); err != nil {
						t.Fatal(err)
					}
				}
				if diff := cmp.Diff(want, account.functions()); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
				if got := account.Capability(); (got == Partner) != partner || got == Unknown {
					t.Errorf("capability %s", got)
				}
			})
		})
	}
}

func TestAnAccountThatIsNoPartnerAnyMoreLosesNothing(t *testing.T) {
	inZones(t, Partner, 50, func(t *testing.T, account *testAccount) {
		account.simulator.SetPartner(testLogin, false)
		account.writeAll(with(traffic.Change), t, func(int) []regapi.Action { return texts(2) })
		if diff := cmp.Diff([]string{"update_records", "add_txt", "add_txt"}, account.functions()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		if got := account.Capability(); got != Ordinary {
			t.Errorf("capability %s", got)
		}
	})
}

func TestProbesShareARequest(t *testing.T) {
	inZones(t, Unknown, 1, func(t *testing.T, account *testAccount) {
		account.SetCapability("nonsense")
		account.simulator.Inject(regapitest.Fault{Kind: regapitest.FaultStatus, Count: 3})
		if got, err := account.Probe(t.Context()); err == nil || got != Unknown {
			t.Errorf("%s, %v", got, err)
		}
		account.simulator.SetPartner(testLogin, true)
		account.start(with(traffic.Interactive), zoneName(0), txt("a", "x"))
		for range 3 {
			account.wait.Go(func() {
				if got, err := account.Probe(t.Context()); err != nil || got != Partner {
					t.Errorf("%s, %v", got, err)
				}
			})
		}
		account.wait.Wait()
		if diff := cmp.Diff([]string{"reseller_nop", "reseller_nop", "reseller_nop", "add_txt", "reseller_nop"}, account.functions()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
}

func TestEditsGoTheOrdinaryWayWhileTheKindOfTheAccountCannotBeFoundOut(t *testing.T) {
	inZones(t, Unknown, 1, func(t *testing.T, account *testAccount) {
		account.simulator.Inject(regapitest.Fault{Kind: regapitest.FaultStatus, Function: "reseller_nop"})
		results, err := account.Write(with(traffic.Change), zoneName(0), texts(2))
		if err != nil || !slices.Equal(results, []error{nil, nil}) || account.Capability() != Unknown || account.simulator.Calls("reseller_nop") != 1 {
			t.Errorf("%v, %v, requests %v", results, err, account.functions())
		}
	})
}
