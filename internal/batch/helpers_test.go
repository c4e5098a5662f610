package batch

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

const testLogin, testPassword = "customer", "s3cret-value"

// latency is what every request takes, by the bubble's clock.
const latency = 300 * time.Millisecond

// testAccount is a simulated account with its zones, inside a bubble.
type testAccount struct {
	*Zones
	simulator *regapitest.Server
	domains   []string
	wait      sync.WaitGroup
}

// inZones runs a test on a simulated clock with an account of that many domains. Nothing closes its zones: the bubble
// itself fails the test if a goroutine is left.
func inZones(t *testing.T, capability Capability, domains int, test func(t *testing.T, account *testAccount), options ...Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		account := &testAccount{simulator: newBubbleSimulator(t, capability == Partner, domains)}
		for i := range domains {
			account.domains = append(account.domains, zoneName(i))
		}
		account.Zones = New(newBubbleClient(t, account.simulator), append([]Option{WithApplied(shows)}, options...)...)
		account.SetCapability(capability)
		test(t, account)
		account.wait.Wait()
	})
}

func newBubbleSimulator(t *testing.T, partner bool, domains int) *regapitest.Server {
	t.Helper()
	simulator := regapitest.New(regapitest.WithLatency(latency), regapitest.WithHourlyLimit(0))
	t.Cleanup(simulator.Close)
	simulator.AddAccount(regapitest.Account{Login: testLogin, Password: testPassword, Partner: partner})
	for i := range domains {
		simulator.AddDomain(testLogin, regapitest.Domain{Name: zoneName(i), ServiceID: int64(1000 + i)})
	}
	return simulator
}

func newBubbleClient(t *testing.T, simulator *regapitest.Server, options ...regapi.Option) *regapi.Client {
	t.Helper()
	client, err := regapi.NewClient(append([]regapi.Option{
		regapi.WithEndpoint(simulator.URL()),
		regapi.WithTransport(simulator.Transport()),
		regapi.WithCredentials(regapi.Password{Username: testLogin, Password: testPassword}),
	}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// idle reports whether no goroutine runs for the zones.
func (a *testAccount) idle() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !slices.ContainsFunc(a.desks, func(d *desk) bool { return d.running })
}

func zoneName(i int) string { return fmt.Sprintf("zone%d.ru", i) }

// call is a call of Write that runs.
type call struct {
	results []error
	err     error
	done    chan struct{}
}

// start begins to write and returns when the call waits.
func (a *testAccount) start(ctx context.Context, domain string, actions ...regapi.Action) *call {
	c := &call{done: make(chan struct{})}
	a.wait.Go(func() {
		defer close(c.done)
		c.results, c.err = a.Write(ctx, domain, actions)
	})
	synctest.Wait()
	return c
}

// writeAll writes in all zones at once.
func (a *testAccount) writeAll(ctx context.Context, t *testing.T, actionsOf func(zone int) []regapi.Action) {
	t.Helper()
	var wait sync.WaitGroup
	for i, domain := range a.domains {
		wait.Go(func() {
			results, err := a.Write(ctx, domain, actionsOf(i))
			if err != nil || slices.ContainsFunc(results, func(err error) bool { return err != nil }) {
				t.Errorf("%s: error %v, results %v", domain, err, results)
			}
		})
	}
	wait.Wait()
}

// writes is how many requests changed something, or tried to.
func (a *testAccount) writes() int { return len(a.simulator.Journal(regapitest.Writes())) }

// functions gives the functions called so far, without their category.
func (a *testAccount) functions() []string {
	var functions []string
	for _, entry := range a.simulator.Journal() {
		functions = append(functions, strings.TrimPrefix(entry.Function, "zone/"))
	}
	return functions
}

func (a *testAccount) holds(domain, name, content string) bool {
	return slices.ContainsFunc(a.simulator.Records(domain), func(r regapitest.Record) bool { return r.Name == name && r.Content == content })
}

func with(priority traffic.Priority) context.Context {
	return traffic.WithPriority(context.Background(), priority)
}

func txt(name, text string) regapi.Action { return regapi.AddTXT{Subdomain: name, Text: text} }

func addr(name string, last byte) regapi.Action {
	return regapi.AddAlias{Subdomain: name, IPAddr: netip.AddrFrom4([4]byte{192, 0, 2, last})}
}

func cname(name, target string) regapi.Action {
	return regapi.AddCNAME{Subdomain: name, CanonicalName: target}
}

// badAction is one that REG.API refuses and the client does not.
func badAction(name string) regapi.Action { return cname(name, "not a host") }

// texts gives that many actions.
func texts(count int) []regapi.Action {
	actions := make([]regapi.Action, count)
	for i := range actions {
		actions[i] = txt(fmt.Sprintf("n%d", i), "x")
	}
	return actions
}

// shows is an [Applied] for the records that the tests make.
func shows(current []regapi.ResourceRecord, action regapi.Action) (applied, known bool) {
	adds := true
	var record regapi.ResourceRecord
	switch action := action.(type) {
	case regapi.AddAlias:
		record = regapi.ResourceRecord{Subname: action.Subdomain, Rectype: "A", Content: action.IPAddr.String()}
	case regapi.AddTXT:
		record = regapi.ResourceRecord{Subname: action.Subdomain, Rectype: "TXT", Content: action.Text}
	case regapi.AddCNAME:
		record = regapi.ResourceRecord{Subname: action.Subdomain, Rectype: "CNAME", Content: action.CanonicalName}
	case regapi.AddMX:
		record = regapi.ResourceRecord{Subname: action.Subdomain, Rectype: "MX", Content: action.MailServer, Prio: action.Priority}
	case regapi.RemoveRecord:
		adds = false
		record = regapi.ResourceRecord{Subname: action.Subdomain, Rectype: action.RecordType, Content: action.Content, Prio: action.Priority}
	default:
		return false, false
	}
	found := slices.ContainsFunc(current, func(other regapi.ResourceRecord) bool {
		return other.Subname == record.Subname && other.Rectype == record.Rectype && other.Prio == record.Prio &&
			strings.TrimSuffix(other.Content, ".") == strings.TrimSuffix(record.Content, ".")
	})
	return found == adds, true
}
