package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// orderRuns is how many seeded runs of orders are followed: each is an order of another login, operation, faults and kills.
// `make test-kills RUNS=500` follows many.
var orderRuns = flag.Int("order-runs", 8, "seeded runs of orders during which the operator is killed")

const (
	// perWorld is how many runs share an API server and a process: whatever kills it for one strikes the others in the middle of theirs.
	perWorld = 25
	// showsSoon is how late an effect may show, and settleSoon how long orders wait for that.
	showsSoon, settleSoon = 2 * time.Second, 6 * time.Second
	// lateKill is when a process dies for which no moment comes.
	lateKill = 12 * time.Second
	// ordersPatience bounds the wait for the ends of all orders of a world.
	ordersPatience = 5 * time.Minute
)

// TestKilledAtAnyRequestAnOrderIsPaidOnce kills the operator at random moments of its requests while it registers, renews, restores and transfers
// domains and pays for them, with answers lost and errors after success mixed in, and effects that come late. What each order came to is held
// against the registrar's own books.
func TestKilledAtAnyRequestAnOrderIsPaidOnce(t *testing.T) {
	for first := 0; first < *orderRuns; first += perWorld {
		t.Run(fmt.Sprint("from seed ", first), func(t *testing.T) { followOrders(t, first, min(first+perWorld, *orderRuns)) })
	}
}

func followOrders(t *testing.T, first, end int) {
	t.Helper()
	w := newWorld(t)
	w.flags = []string{
		"--orders-settle-within", settleSoon.String(), "--endpoints", w.api.URL(), "--egress-requests-per-hour", "1000000", "--resync-interval", "10m",
	}
	w.registrant()
	late := showsSoon
	w.api.SetDelays(regapitest.Delays{Renewal: &late, Order: &late})
	var runs []*orderRun
	var moments []moment
	for seed := first; seed < end; seed++ {
		run := newOrderRun(w.api, seed)
		run.prepare(w)
		runs = append(runs, run)
		for range 1 + run.chance.IntN(2) {
			moments = append(moments, run.moment())
		}
	}
	w.proveLogins(runs)
	for _, run := range runs {
		w.asker(run)
	}
	planned := len(moments)
	struck := w.killAtAll(moments)
	w.endOrders(runs)
	for _, run := range runs {
		run.check(w)
	}
	t.Logf("%d orders, killed at %d of %d moments; %d requests", len(runs), struck, planned, len(w.api.Journal()))
}

// orderRun is one order, of a login of its own at one of the simulators.
type orderRun struct {
	seed        int
	api         *regapitest.Server
	login, name string
	operation   purchase.Operation
	price       int64 // in hundredths of a rouble
	chance      *rand.Rand
}

func newOrderRun(api *regapitest.Server, seed int) *orderRun {
	r := &orderRun{seed: seed, api: api, login: fmt.Sprint("customer", seed), chance: rand.New(rand.NewPCG(uint64(seed), 7))}
	r.operation = []purchase.Operation{purchase.Register, purchase.Renew, purchase.Restore, purchase.Transfer}[seed%4]
	r.name, r.price = fmt.Sprintf("d%d.ru", seed), 590_00
	if r.operation == purchase.Restore {
		r.name, r.price = fmt.Sprintf("d%d.com", seed), 5450_00
	}
	return r
}

// orderingBy are the functions that order, in the sequence of orderRun.operation.
var orderingBy = map[purchase.Operation]string{
	purchase.Register: "domain/create", purchase.Renew: "service/renew", purchase.Restore: "service/renew", purchase.Transfer: "domain/transfer",
}

// moment is when a process dies: at a stage of the nth request of a login for one of some functions, or a little after it, so that it dies between a
// request and what it writes down as well.
type moment struct {
	login, functions string // any function where it is empty
	nth              int
	stage            regapitest.Stage
	after            time.Duration
}

func (r *orderRun) moment() moment {
	m := moment{
		login: r.login, nth: 1 + r.chance.IntN(25), stage: []regapitest.Stage{regapitest.StageReceived, regapitest.StageApplied, regapitest.StageAnswered}[r.chance.IntN(3)],
		after: time.Duration(r.chance.IntN(3)) * time.Duration(r.chance.IntN(20)) * time.Millisecond,
	}
	if r.chance.IntN(2) == 0 {
		m.nth, m.functions = 1, orderingBy[r.operation]+" bill/change_pay_type bill/delete"
	}
	return m
}

// strikes says whether a moment may be in a request.
func (m moment) strikes(stage regapitest.Stage, entry *regapitest.Entry) bool {
	return stage == m.stage && entry.Login == m.login && (m.functions == "" || slices.Contains(strings.Fields(m.functions), entry.Function))
}

// prepare makes what the order needs, and lets one of its calls go wrong.
func (r *orderRun) prepare(w *world) {
	w.Helper()
	r.provide()
	fault := []regapitest.Fault{
		{Kind: regapitest.FaultDropAnswer}, {Kind: regapitest.FaultErrorAfter}, {Kind: regapitest.FaultDropRequest}, {Kind: regapitest.FaultGarbage},
		{Kind: regapitest.FaultError, Code: "BILLING_LOCK"}, {Kind: regapitest.FaultError, Code: "DOMAIN_ORDER_LOCKED"},
	}[r.chance.IntN(6)]
	fault.Login, fault.Count = r.login, 1
	fault.Function = []string{orderingBy[r.operation], "bill/change_pay_type"}[r.chance.IntN(2)]
	r.api.Inject(fault)
	w.spender(r.login)
}

// provide makes what the registrar has to have for the order: a login with money, and the domain.
func (r *orderRun) provide() {
	r.api.AddAccount(regapitest.Account{Login: r.login, Password: "secret", UserID: r.userID()})
	r.api.TopUp(r.login, "20000")
	switch r.operation {
	case purchase.Renew, purchase.Restore:
		days := 20
		if r.operation == purchase.Restore {
			days = -40
		}
		r.api.AddDomain(r.login, regapitest.Domain{
			Name: r.name, ServiceID: r.serviceID(), Created: "2020-01-02", Expires: time.Now().AddDate(0, 0, days).Format(time.DateOnly),
		})
	case purchase.Transfer:
		r.api.AddRegistryName(regapitest.RegistryName{Name: r.name, AuthInfo: "the-right-key"})
	}
}

func (r *orderRun) serviceID() int64 { return int64(900_000 + r.seed) }

func (r *orderRun) userID() int64 { return int64(70_000 + r.seed) }

// proveLogins runs the operator until it knows every login: checks of credentials whose answers are lost again and again wait for a quarter of an
// hour each, and are not what is looked for here.
func (w *world) proveLogins(runs []*orderRun) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), ordersPatience)
	defer cancel()
	command, output := w.start(ctx)
	defer func() {
		cancel()
		_ = command.Wait() // Killed by us.
	}()
	for _, run := range runs {
		for !w.accountReady(run.login) {
			select {
			case <-ctx.Done():
				w.Fatalf("the Account %s does not become Ready; output of the operator:\n%.3000s", run.login, output)
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
}

// killAtAll runs the operator again and again, and kills it at each of the moments; it gives how many of them came. One that comes to nothing for a
// while is killed once more, and then no more.
func (w *world) killAtAll(moments []moment) (struck int) {
	w.Helper()
	for before := -1; before != struck; {
		before = struck
		ctx, cancel := context.WithTimeout(w.Context(), lateKill)
		command, output := w.start(ctx)
		w.trap.listen(func(stage regapitest.Stage, entry *regapitest.Entry) {
			for i := range moments {
				m := &moments[i]
				if m.nth == 0 || !m.strikes(stage, entry) {
					continue
				}
				if m.nth--; m.nth == 0 {
					struck++
					time.AfterFunc(m.after, func() { _ = command.Process.Kill() })
				}
			}
		})
		err := command.Wait()
		w.trap.listen(nil)
		cancel()
		if err == nil || command.ProcessState.Exited() {
			w.Fatalf("the operator ended by itself (%v); its output:\n%s", err, output)
		}
	}
	return struck
}

// endOrders runs the operator until each order is closed. A person removes the bills whose number was lost, as the condition asks for.
func (w *world) endOrders(runs []*orderRun) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), ordersPatience)
	defer cancel()
	command, output := w.start(ctx)
	defer func() {
		cancel()
		_ = command.Wait() // Killed by us.
	}()
	for _, run := range runs {
		for {
			o := w.order(run.name)
			if purchase.State(o.Status.State).Closed() || o.Status.State == "Unclear" {
				break
			}
			if o.Status.Reason == string(purchase.ForeignBill) {
				run.removeBills(w)
			}
			select {
			case <-ctx.Done():
				w.Fatalf("the order of seed %d does not come to its end: %s; the operator said:\n%s", run.seed, w.tell(run.name), about(output, run.name))
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
}

// owner is the person whose login it is, beside the operator.
func (r *orderRun) owner() *regapi.Client {
	owner, err := regapi.NewClient(regapi.WithEndpoint(r.api.URL()), regapi.WithCredentials(regapi.Password{Username: r.login, Password: "secret"}))
	if err != nil {
		panic(err) // Both are the test's own.
	}
	return owner
}

// bills are those of the login that nobody has paid.
func (r *orderRun) bills(ctx context.Context) ([]regapi.Bill, error) {
	return r.owner().Bill.GetNotPayed(ctx, regapi.Page{Limit: 1000})
}

// removeBills is the owner, who deletes the bills that nobody paid.
func (r *orderRun) removeBills(w *world) {
	w.Helper()
	bills, err := r.bills(w.Context())
	if err != nil {
		return // It is asked again.
	}
	for _, bill := range bills {
		r.api.DeleteBill(int64(bill.BillID))
	}
}

// spent is what has left the login's balance for good, in hundredths of a rouble.
func (r *orderRun) spent() int64 {
	books := r.api.Books(r.login)
	return books.Out - books.Back
}

// check holds what the order came to against the registrar's books.
func (r *orderRun) check(w *world) {
	w.Helper()
	if out := r.spent(); w.order(r.name).Status.State != "Settled" || out != r.price {
		w.Errorf("seed %d, %s: %d hundredths were spent, want %d; %s", r.seed, r.operation, out, r.price, w.tell(r.name))
	}
}
