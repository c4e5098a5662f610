package bench

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/inventory"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// withConnection runs a test with the connection of an account that holds so many domains, in simulated time.
func withConnection(t *testing.T, domains int, test func(api *regapitest.Server, o *ourClient)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		api := regapitest.New(regapitest.WithLatency(latency))
		defer api.Close()
		api.AddAccount(regapitest.Account{Login: customer, Password: password, Balance: regapitest.Balance{Prepay: "1000"}})
		for n := range domains {
			api.AddDomain(customer, regapitest.Domain{Name: domainName(n), Records: simulated(foreign)})
		}
		o := startOperator(account.Settings{Options: []regapi.Option{regapi.WithTransport(api.Transport())}}, customer)
		defer o.stop()
		test(api, &ourClient{t, o, o.connect(t, api, customer)})
	})
}

func TestAStartReadsEveryZoneOnce(t *testing.T) {
	withConnection(t, 1000, func(api *regapitest.Server, o *ourClient) {
		forEach(1000, func(n int) {
			o.Follow(o.Connection, domainName(n), domainName(n), inventory.Records)
			if _, err := o.ReadZone(traffic.WithPriority(o.Context(), traffic.Change), domainName(n)); err != nil {
				t.Errorf("%s: %v", domainName(n), err)
			}
		})
		if readings := api.Calls("zone/get_resource_records"); readings != 1 {
			t.Errorf("%d readings", readings)
		}
	})
}

func TestARefusalIsForgottenWhenASweepSeesTheZoneChanged(t *testing.T) {
	withConnection(t, 1, func(api *regapitest.Server, o *ourClient) {
		inTheWay := regapitest.Record{Name: "held", Type: "CNAME", Content: "example.com."}
		api.AddRecord(domainName(0), inTheWay)
		o.Follow(o.Connection, domainName(0), domainName(0), inventory.Records)
		ctx := traffic.WithPriority(o.Context(), traffic.Change)
		add := []regapi.Action{regapi.AddAlias{Subdomain: "held", IPAddr: netip.MustParseAddr("192.0.2.1")}}
		for range 3 * 60 { // somebody asks every minute, and is refused or held back
			if results, err := o.WriteZone(ctx, domainName(0), add, nil); err != nil || !regapi.IsConflict(results[0]) {
				t.Fatalf("%v, %v", results, err)
			}
			time.Sleep(time.Minute)
		}
		for tries := api.Calls("zone/add_alias"); api.Calls("zone/add_alias") == tries; time.Sleep(time.Minute) {
			_, _ = o.WriteZone(ctx, domainName(0), add, nil)
		}
		api.RemoveRecord(domainName(0), inTheWay)
		if results, _ := o.WriteZone(ctx, domainName(0), add, nil); results == nil || results[0] == nil {
			t.Error("what was refused a minute ago is not held back")
		}
		time.Sleep(defaultSweep + defaultSweep/5)
		if results, err := o.WriteZone(ctx, domainName(0), add, nil); err != nil || results[0] != nil {
			t.Errorf("after the sweep: %v, %v", results, err)
		}
	})
}
