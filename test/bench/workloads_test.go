package bench

import (
	"context"
	"flag"
	"fmt"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/inventory"
	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/traffic"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

var compare = flag.Bool("compare", false, "let the plain client do every workload, too, and print what both needed")

const (
	customer   = "customer"
	everything = inventory.Records | inventory.Delegation | inventory.Signing
	// defaultSweep is the interval at which everything is read again unless a flag says otherwise.
	defaultSweep = 10 * time.Minute
)

// workload is a piece of work for an account that holds some domains. Both clients do it in bubbles of their own, against
// simulators set up alike.
type workload struct {
	title   string
	domains int
	partner bool
	// records are what the nth zone holds at first; nil means none.
	records func(n int) []regapitest.Record

	ours  func(b *bubble, o *ourClient)
	plain func(b *bubble, p *plainClient)
}

// bubble is what happens in simulated time: a simulator, and a meter that begins when the preparations are done.
type bubble struct {
	*testing.T
	*meter
	api *regapitest.Server
}

// ourClient is the product with the connection of the account.
type ourClient struct {
	*testing.T
	*operator
	*account.Connection
}

// measure does the workload with the product, and gives what it has cost. The figures are checked by the caller; with
// -compare the plain client follows, and both are printed.
func (w workload) measure(t *testing.T) figures {
	t.Helper()
	ours := w.inBubble(t, func(b *bubble) {
		o := startOperator(account.Settings{Options: []regapi.Option{regapi.WithTransport(b.api.Transport())}}, customer)
		defer o.stop()
		w.ours(b, &ourClient{b.T, o, o.connect(b.T, b.api, customer)})
	})
	if ours.refused > 0 {
		t.Errorf("REG.API had to refuse %d requests for their rate", ours.refused)
	}
	if *compare {
		plain := w.inBubble(t, func(b *bubble) { w.plain(b, newPlainClient(b.T, b.api)) })
		printTable(t, os.Stdout, w.title, ours, plain)
	}
	return ours
}

func (w workload) inBubble(t *testing.T, do func(b *bubble)) (cost figures) {
	t.Helper()
	m := newMeter()
	defer m.close()
	synctest.Test(t, func(t *testing.T) {
		// The journal would count as memory, and grow with the number of requests.
		api := regapitest.New(regapitest.WithLatency(latency), regapitest.WithHook(m.count), regapitest.WithJournalLimit(1))
		defer api.Close()
		api.AddAccount(regapitest.Account{Login: customer, Password: password, Partner: w.partner, Balance: regapitest.Balance{Prepay: "1000"}})
		for n := range w.domains {
			d := regapitest.Domain{Name: domainName(n)}
			if w.records != nil {
				d.Records = w.records(n)
			}
			api.AddDomain(customer, d)
		}
		b := &bubble{T: t, meter: m, api: api}
		b.begin()
		do(b)
		cost = b.end()
	})
	return cost
}

func domainName(n int) string { return fmt.Sprintf("domain-%d.ru", n) }

// forEach does something for every domain, all at once, as the controllers do after a start.
func forEach(domains int, do func(n int)) {
	var working sync.WaitGroup
	for n := range domains {
		working.Go(func() { do(n) })
	}
	working.Wait()
}

// learn makes the inventory follow everything about every domain, and waits until it knows it.
func (o *ourClient) learn(domains int) {
	o.Helper()
	for n := range domains {
		o.Follow(o.Connection, domainName(n), domainName(n), everything)
	}
	for n := range domains {
		facts, err := o.Inventory.Facts(o.Context(), domainName(n), everything)
		if err != nil || facts.Service == nil || facts.Zone.Err != nil || facts.Delegation.Err != nil || facts.Signing.Err != nil {
			o.Fatalf("%s: %+v, %v", domainName(n), facts, err)
		}
	}
}

// write brings a zone to hold the wanted records and none of the obsolete ones, trying again as the controllers do.
func (o *ourClient) write(domain string, want, obsolete []zone.Record) {
	o.Helper()
	ctx := traffic.WithPriority(o.Context(), traffic.Change)
	owned := zone.Ownership{Confirmed: zone.SetOf(obsolete...)}
	edit := zone.Edit{Plan: func(current zone.Snapshot) zone.Edits {
		return zone.EditsOf(zone.NewPlan(zone.Declare(want...), owned, current.Records(), zone.Policy{}))
	}}
	var err error
	for failures := range 100 {
		var result zone.Result
		result, err = o.Edit(ctx, zone.Target{Domain: domain, Store: o.Connection}, edit)
		if err == nil {
			for _, failure := range result.Failures {
				o.Errorf("%s: %v", domain, failure)
			}
			return
		}
		if !pause.For(ctx, backoff(err, failures)) {
			break
		}
	}
	o.Errorf("%s: %v", domain, err)
}

// sweep reads everything about all domains of an account, and its balance.
func sweep(domains int) workload {
	return workload{
		title: fmt.Sprintf("Read records, name servers, DNSSEC and expiry of %d domains, and the balance", domains), domains: domains,
		records: func(n int) []regapitest.Record {
			return []regapitest.Record{
				{Name: "@", Type: "A", Content: address(n)}, {Name: "www", Type: "CNAME", Content: "example.ru."},
				{Name: "@", Type: "MX", Content: "mx.example.ru.", Priority: 10}, {Name: "@", Type: "TXT", Content: "v=spf1 mx -all"},
			}
		},
		ours: func(_ *bubble, o *ourClient) {
			o.learn(domains)
			if balance := o.Inventory.Summary().Balance.Prepay; balance == "" {
				o.Error("the balance is not known")
			}
		},
		plain: func(_ *bubble, p *plainClient) {
			for n := range domains {
				p.observe(domainName(n))
			}
			p.insist(func(ctx context.Context) error {
				_, err := p.User.GetBalance(ctx, "")
				return err
			})
		},
	}
}

// address gives an address of its own to each of some ten thousand zones.
func address(n int) string { return fmt.Sprintf("198.51.%d.%d", n/250, n%250) }

func TestASweepOfAThousandDomainsTakesFiveRequests(t *testing.T) {
	if spent := sweep(1000).measure(t).requests(); spent > 5 {
		t.Errorf("%d requests, want at most 5", spent)
	}
}

func TestASweepOfTenThousandDomainsTakesFortyOneRequests(t *testing.T) {
	if spent := sweep(10_000).measure(t).requests(); spent > 41 {
		t.Errorf("%d requests, want at most 41", spent)
	}
}

func TestAnIdleHourWithAThousandZonesTakesATenthOfTheBudget(t *testing.T) {
	const zones, rounds = 1000, int(time.Hour / defaultSweep)
	idle := workload{
		title: "Keep 1000 zones for an hour in which nothing changes (six rounds of reading everything that is followed)", domains: zones,
		records: func(n int) []regapitest.Record {
			return []regapitest.Record{{Name: "@", Type: "A", Content: address(n)}}
		},
		ours: func(b *bubble, o *ourClient) {
			o.learn(zones)
			b.begin()
			for range rounds {
				time.Sleep(defaultSweep)
				forEach(zones, func(n int) {
					o.write(domainName(n), []zone.Record{{Name: "@", Type: zone.A, Content: address(n)}}, nil)
				})
			}
		},
		plain: func(_ *bubble, p *plainClient) {
			for round := range rounds {
				due := time.Now().Add(defaultSweep)
				for n := range zones {
					p.write(domainName(n), []zone.Record{{Name: "@", Type: zone.A, Content: address(n)}}, nil)
				}
				if rest := time.Until(due); round+1 < rounds && rest > 0 {
					time.Sleep(rest)
				}
			}
		},
	}
	spent := idle.measure(t).requests()
	if spent > budget.DefaultRequestsPerHour/10 {
		t.Errorf("%d requests, want at most a tenth of %d", spent, budget.DefaultRequestsPerHour)
	}
	if spent < 5*(rounds-1) {
		t.Errorf("%d requests: the sweeps did not take place", spent)
	}
}

// edits is a workload that brings every zone to hold what is wanted of it, and none of what is obsolete.
func edits(title string, zones int, want, obsolete func(n int) []zone.Record) workload {
	return workload{
		title: title, domains: zones,
		records: func(n int) []regapitest.Record { return simulated(obsolete(n)) },
		ours: func(_ *bubble, o *ourClient) {
			for n := range zones {
				o.Follow(o.Connection, domainName(n), domainName(n), inventory.Records)
			}
			forEach(zones, func(n int) { o.write(domainName(n), want(n), obsolete(n)) })
		},
		plain: func(_ *bubble, p *plainClient) {
			for n := range zones {
				p.write(domainName(n), want(n), obsolete(n))
			}
		},
	}.checked(want)
}

// checked makes both clients prove that every zone holds what was wanted.
func (w workload) checked(want func(n int) []zone.Record) workload {
	check := func(b *bubble) {
		b.Helper()
		for n := range w.domains {
			if held, wanted := canonical(b.api.Records(domainName(n))), membership(want(n)); !sameMembers(held, wanted) {
				b.Fatalf("%s holds %v, want %v", domainName(n), held, wanted)
			}
		}
	}
	ours, plain := w.ours, w.plain
	w.ours = func(b *bubble, o *ourClient) { ours(b, o); check(b) }
	w.plain = func(b *bubble, p *plainClient) { plain(b, p); check(b) }
	return w
}

func TestFiveHundredZonesGetTheSameFourRecordsWithFourWrites(t *testing.T) {
	same := []zone.Record{
		{Name: "@", Type: zone.A, Content: "192.0.2.1"}, {Name: "www", Type: zone.CNAME, Content: "balancer.example.ru."},
		{Name: "@", Type: zone.MX, Priority: 10, Content: "mx.example.ru."}, {Name: "@", Type: zone.TXT, Content: "v=spf1 mx -all"},
	}
	work := edits("Put the same 4 records into 500 zones, ordinary account", 500,
		func(int) []zone.Record { return same }, func(int) []zone.Record { return nil })
	if spent := work.measure(t).writes; spent > 4 {
		t.Errorf("%d writes, want at most 4", spent)
	}
}

func TestTwoHundredZonesGetTwentyChangesEachWithOneWrite(t *testing.T) {
	texts := func(what string) func(n int) []zone.Record {
		return func(n int) (records []zone.Record) {
			for i := range 10 {
				records = append(records, zone.Record{Name: fmt.Sprintf("host-%d", i), Type: zone.TXT, Content: fmt.Sprintf("%s %d of %d", what, i, n)})
			}
			return records
		}
	}
	work := edits("Make 20 different changes in each of 200 zones (10 records added, 10 removed), Partner account", 200, texts("new"), texts("old"))
	work.partner = true
	if spent := work.measure(t).writes; spent > 1 {
		t.Errorf("%d writes, want at most 1", spent)
	}
}

// What is different in every zone costs an ordinary account a request for each of them: more than an hour may hold.
func TestAThousandZonesAreFilledWithoutARefusalForRate(t *testing.T) {
	const zones, alike = 1000, 4
	// What the fairness between zones may cost; see internal/account.
	const fairness = zones / 20
	work := edits("Put 5 records into 1000 zones, 4 of them alike, ordinary account", zones, func(n int) []zone.Record {
		return []zone.Record{
			{Name: "@", Type: zone.A, Content: "192.0.2.1"}, {Name: "www", Type: zone.CNAME, Content: "balancer.example.ru."},
			{Name: "@", Type: zone.MX, Priority: 10, Content: "mx.example.ru."}, {Name: "@", Type: zone.TXT, Content: "v=spf1 mx -all"},
			{Name: "@", Type: zone.TXT, Content: fmt.Sprintf("verification=%d", n)},
		}
	}, func(int) []zone.Record { return nil })
	spent := work.measure(t)
	if spent.writes > zones+alike+fairness {
		t.Errorf("%d writes, want one per zone and hardly more", spent.writes)
	}
	if spent.simulated > 2*time.Hour {
		t.Errorf("it took %s, and two hours have room for it", spent.simulated)
	}
}

func TestAnInteractiveRequestOvertakesFiveThousand(t *testing.T) {
	const queued = 5000
	urgent := workload{
		title:   "Answer one interactive request 10 minutes after 5000 background requests were queued",
		domains: queued,
		ours: func(b *bubble, o *ourClient) {
			background, end := context.WithTimeout(b.Context(), 12*time.Hour)
			defer end()
			var working sync.WaitGroup
			defer working.Wait()
			defer end()
			for n := range queued {
				working.Go(func() { _, _ = o.Client.Zone.Nop(background, regapi.ByName(domainName(n))) }) // Cut off by the end.
			}
			synctest.Wait() // One is under way, the others wait.
			o.interrupt(b)
			time.Sleep(10 * time.Minute)
			b.begin()
			o.interrupt(b)
		},
		plain: func(b *bubble, p *plainClient) {
			var working sync.WaitGroup
			defer working.Wait()
			background, end := context.WithCancel(b.Context())
			defer end()
			working.Go(func() {
				for n := 0; n < queued && background.Err() == nil; n++ {
					for background.Err() == nil {
						if _, err := p.Zone.Nop(background, regapi.ByName(domainName(n))); err == nil {
							break
						}
						pause.For(background, plainPause)
					}
				}
			})
			time.Sleep(10 * time.Minute)
			b.begin()
			p.readZone(domainName(0))
		},
	}
	if took := urgent.measure(t).simulated; took > 2*latency {
		t.Errorf("it took %s, want no more than the request under way and its own", took)
	}
}

// interrupt makes an interactive request, which may wait for the one under way alone.
func (o *ourClient) interrupt(b *bubble) {
	o.Helper()
	before, start := b.figures().requests(), time.Now()
	zones, err := o.Client.Zone.GetResourceRecords(traffic.WithPriority(o.Context(), traffic.Interactive), regapi.ByName(domainName(0)))
	if err := firstError(err, zones, func(read regapi.ZoneRecords) error { return read.Err }); err != nil {
		o.Fatal(err)
	}
	synctest.Wait()
	if others := b.figures().requests() - before - 1; others > 1 || time.Since(start) > 2*latency {
		o.Errorf("%d requests went before it, and it took %s; want only the one under way", others, time.Since(start))
	}
}
