package zone

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func newTarget(t *testing.T, options ...regapitest.Option) (Target, *regapitest.Server) {
	t.Helper()
	simulator, err := regapitest.Start(options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(simulator.Close)
	simulator.AddAccount(regapitest.Account{Login: "customer", Password: "secret"})
	simulator.AddDomain("customer", regapitest.Domain{Name: "example.ru", ServiceID: 12345})
	client, err := regapi.NewClient(
		regapi.WithEndpoint(simulator.URL()),
		regapi.WithCredentials(regapi.Password{Username: "customer", Password: "secret"}),
	)
	if err != nil {
		t.Fatal(err)
	}
	return Target{Domain: "example.ru", Store: &directStore{client: client}}, simulator
}

// directStore makes one call per action, and knows what it is told to know.
type directStore struct {
	client *regapi.Client
	known  *regapi.ZoneRecords
	owner  string
}

func (d *directStore) KnownZone(string) (regapi.ZoneRecords, bool) {
	if d.known == nil {
		return regapi.ZoneRecords{}, false
	}
	return *d.known, true
}

func (d *directStore) ReadZone(ctx context.Context, domain string) (regapi.ZoneRecords, error) {
	zones, err := d.client.Zone.GetResourceRecords(ctx, regapi.ByName(domain))
	if err != nil {
		return regapi.ZoneRecords{}, err
	}
	return zones[0], nil
}

func (d *directStore) WriteZone(ctx context.Context, domain string, actions []regapi.Action, needs [][]int) ([]error, error) {
	results := make([]error, len(actions))
	for n, action := range actions {
		if n < len(needs) && len(needs[n]) > 0 && !slices.ContainsFunc(needs[n], func(need int) bool { return results[need] == nil }) {
			results[n] = errors.New("given up")
			continue
		}
		zones, err := d.client.Zone.Apply(ctx, action, regapi.ByName(domain))
		if err != nil {
			return nil, err
		}
		results[n] = zones[0].Err
	}
	return results, nil
}

func (d *directStore) Owner() string { return d.owner }

func (d *directStore) WriteWeb(ctx context.Context, domain, function string) error {
	return d.client.Call(ctx, function, map[string]any{"dname": domain}, nil)
}

func (d *directStore) WriteSOA(ctx context.Context, domain string, soa regapi.SOA) error {
	zones, err := d.client.Zone.UpdateSOA(ctx, soa, regapi.ByName(domain))
	if err != nil {
		return err
	}
	return zones[0].Err
}

// asking gives an edit that asks for the same changes whatever the zone holds.
func asking(changes ...Change) Edit {
	return Edit{Plan: func(Snapshot) Edits { return Edits{Changes: changes} }}
}

func TestAnEditReadsWritesAndReadsBack(t *testing.T) {
	target, simulator := newTarget(t)
	result, err := NewEditor().Edit(t.Context(), target, asking(Change{Add, addr("www", "192.0.2.1")}, Change{Add, text("www", "hello")}))
	if err != nil || len(result.Failures) > 0 {
		t.Fatalf("%v, failures %v", err, result.Failures)
	}
	if !result.Zone.Has(addr("www", "192.0.2.1")) || !result.Zone.Has(text("www", "hello")) || result.Zone.ServiceID != 12345 {
		t.Errorf("zone %+v", result.Zone)
	}
	if made := len(result.Made()); made != 2 {
		t.Errorf("%d changes made, want 2", made)
	}
	var functions []string
	for _, entry := range simulator.Journal() {
		functions = append(functions, entry.Function)
	}
	want := []string{"zone/get_resource_records", "zone/add_alias", "zone/add_txt", "zone/get_resource_records"}
	if diff := cmp.Diff(want, functions); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestAnEditThatAsksForNothingCostsOneRead(t *testing.T) {
	target, simulator := newTarget(t)
	if _, err := NewEditor().Edit(t.Context(), target, asking()); err != nil {
		t.Fatal(err)
	}
	if calls := len(simulator.Journal()); calls != 1 {
		t.Errorf("%d requests, want 1", calls)
	}
}

func TestAKnownZoneThatNeedsNothingCostsNoRequest(t *testing.T) {
	target, simulator := newTarget(t)
	simulator.AddRecord("example.ru", regapitest.Record{Name: "www", Type: "A", Content: "192.0.2.1"})
	target.Store.(*directStore).known = &regapi.ZoneRecords{Records: []regapi.ResourceRecord{{Subname: "www", Rectype: "A", Content: "192.0.2.1"}}}
	wanted := func(records ...Record) Edit {
		return Edit{Plan: func(current Snapshot) Edits {
			return EditsOf(NewPlan(Declare(records...), Ownership{}, current.Records(), Policy{}))
		}}
	}
	if _, err := NewEditor().Edit(t.Context(), target, wanted(addr("www", "192.0.2.1"))); err != nil || len(simulator.Journal()) != 0 {
		t.Errorf("error %v, %d requests, want none", err, len(simulator.Journal()))
	}
	target.Store.(*directStore).known.Err = &regapi.Error{Code: regapi.CodeDomainIsNotUseRegruNSS}
	if _, err := NewEditor().Edit(t.Context(), target, wanted(addr("www", "192.0.2.1"))); !regapi.IsBlocked(err) || len(simulator.Journal()) != 0 {
		t.Errorf("a zone that cannot be changed: error %v, %d requests", err, len(simulator.Journal()))
	}
	target.Store.(*directStore).known.Err = nil
	// What is known may be old: the record that seems to be missing has been added since.
	simulator.AddRecord("example.ru", regapitest.Record{Name: "ftp", Type: "A", Content: "192.0.2.2"})
	if _, err := NewEditor().Edit(t.Context(), target, wanted(addr("www", "192.0.2.1"), addr("ftp", "192.0.2.2"))); err != nil {
		t.Error(err)
	}
	if reads, all := simulator.Calls("zone/get_resource_records"), len(simulator.Journal()); reads != 1 || all != 1 {
		t.Errorf("%d requests, %d of them reads; want one read", all, reads)
	}
}

func TestNothingIsWrittenWhenThePreparationFails(t *testing.T) {
	target, simulator := newTarget(t)
	failure := errors.New("no")
	edit := asking(Change{Add, addr("www", "192.0.2.1")})
	edit.Prepare = func(context.Context, Edits) error { return failure }
	_, err := NewEditor().Edit(t.Context(), target, edit)
	if !errors.Is(err, failure) || simulator.Calls("zone/add_*") != 0 {
		t.Errorf("error %v, %d writes", err, simulator.Calls("zone/add_*"))
	}
}

func TestEverySpellingOfARecordIsRemoved(t *testing.T) {
	target, _ := newTarget(t, regapitest.WithBehaviour(regapitest.Behaviour{DuplicateAdd: regapitest.DuplicateKeep, IPv6: regapitest.IPv6Given}))
	for _, spelling := range []string{"2001:db8::1", "2001:DB8:0::1"} {
		if err := target.Store.(*directStore).client.Call(t.Context(), "zone/add_aaaa", map[string]any{"dname": "example.ru", "subdomain": "www", "ipaddr": spelling}, nil); err != nil {
			t.Fatal(err)
		}
	}
	result, err := NewEditor().Edit(t.Context(), target, asking(Change{Remove, Record{Name: "www", Type: AAAA, Content: "2001:db8::1"}}))
	if err != nil || len(result.Failures) > 0 || slices.ContainsFunc(result.Zone.Records(), func(r Record) bool { return r.Type == AAAA }) {
		t.Errorf("%v, failures %v, zone %v", err, result.Failures, result.Zone.Records())
	}
}

func TestARefusedChangeDoesNotStopTheOthers(t *testing.T) {
	target, simulator := newTarget(t)
	simulator.Inject(regapitest.Fault{Kind: regapitest.FaultElementError, Function: "zone/add_txt", Code: "TEXT_TOOLONG"})
	result, err := NewEditor().Edit(t.Context(), target, asking(Change{Add, text("a", "x")}, Change{Add, addr("www", "192.0.2.1")}))
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Failures) != 1 || !result.Failures[0].Final() || result.Failures[0].Change.Record != text("a", "x") {
		t.Errorf("failures %v", result.Failures)
	}
	if !result.Zone.Has(addr("www", "192.0.2.1")) {
		t.Error("the other change was not made")
	}
}

func TestAFailureOfTheWholeZoneEndsTheEdit(t *testing.T) {
	for _, fault := range []regapitest.Fault{
		{Kind: regapitest.FaultElementError, Code: "DOMAIN_IS_NOT_USE_REGRU_NSS"}, {Kind: regapitest.FaultRateLimit}, {Kind: regapitest.FaultStatus},
	} {
		target, simulator := newTarget(t)
		fault.Function = "zone/add_*"
		simulator.Inject(fault)
		_, err := NewEditor().Edit(t.Context(), target, asking(Change{Add, text("a", "x")}, Change{Add, text("b", "x")}))
		if err == nil || simulator.Calls("zone/get_resource_records") != 1 {
			t.Errorf("%s: error %v after %d reads, want one before the writes alone", fault.Kind, err, simulator.Calls("zone/get_resource_records"))
		}
	}
}

func TestAChangeThatDoesNotShowIsAFailure(t *testing.T) {
	target, _ := newTarget(t, regapitest.WithBehaviour(regapitest.Behaviour{IgnoreUpdateSOA: true}))
	result, err := NewEditor().Edit(t.Context(), target, Edit{Plan: func(current Snapshot) Edits {
		return Edits{SOA: &regapi.SOA{TTL: time.Hour, MinimumTTL: current.SOA.MinimumTTL}}
	}})
	if err != nil || len(result.Failures) != 1 || !errors.Is(result.Failures[0].Err, ErrNotApplied) || result.Failures[0].Final() {
		t.Errorf("%v, failures %v", err, result.Failures)
	}
}

func TestOneZoneIsEditedOnceAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var locks keyedLock
		var wait sync.WaitGroup
		started := time.Now()
		for _, key := range []string{"a", "a", "a", "b"} {
			wait.Go(func() {
				unlock, err := locks.lock(t.Context(), key)
				if err != nil {
					t.Error(err)
					return
				}
				defer unlock()
				time.Sleep(time.Second)
			})
		}
		wait.Wait()
		if took := time.Since(started); took != 3*time.Second {
			t.Errorf("took %s, want three seconds: one after the other, and the other zone beside them", took)
		}
		if len(locks.locks) != 0 {
			t.Errorf("%d locks are left over", len(locks.locks))
		}
	})
}

// A stranger may say that he holds a domain, and his account may hang while he has his zone of that name edited.
func TestNobodyWaitsForAZoneOfTheSameNameThatSomebodyElseEdits(t *testing.T) {
	editor := NewEditor()
	owned, _ := newTarget(t)
	strangers, _ := newTarget(t)
	strangers.Store.(*directStore).owner = "stranger"
	hanging := Edit{Plan: func(Snapshot) Edits {
		result, err := editor.Edit(t.Context(), owned, asking(Change{Add, addr("www", "192.0.2.1")}))
		if err != nil || len(result.Made()) != 1 {
			t.Errorf("beside it %v was made, %v", result.Made(), err)
		}
		return Edits{}
	}}
	if _, err := editor.Edit(t.Context(), strangers, hanging); err != nil {
		t.Error(err)
	}
}

func TestWaitingForAZoneEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var locks keyedLock
		unlock, err := locks.lock(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := locks.lock(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		unlock()
		if len(locks.locks) != 0 {
			t.Errorf("%d locks are left over", len(locks.locks))
		}
	})
}
