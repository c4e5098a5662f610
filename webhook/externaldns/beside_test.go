package externaldns

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/provenance"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// recommendedMark gives the ownership text of an endpoint with the values that the docs recommend.
func recommendedMark(e endpoint) endpoint {
	m := markOf(e)
	m.DNSName = "_edns-" + strings.ToLower(e.RecordType) + "." + strings.Replace(e.DNSName, "*", "_wildcard", 1)
	return m
}

func (h *harness) wantTold(words ...string) {
	h.Helper()
	told := h.eventText()
	for _, word := range words {
		if !strings.Contains(told, word) {
			h.Errorf("no event says %q:\n%s", word, told)
		}
	}
}

func byHand(name, kind, content string) regapitest.Record {
	return regapitest.Record{Name: name, Type: kind, Content: content}
}

func TestExternalDNSDoesNotTakeOverWhatIsThere(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", []regapitest.Record{byHand("www", "A", "192.0.2.9")})
	e := rrset("www.example.ru", "A", "192.0.2.1")
	h.apply(changes{Create: []endpoint{e, markOf(e)}})
	h.wantRecords("example.ru", "www A 192.0.2.9")
	h.wantTold("www A 192.0.2.1", "www A 192.0.2.9")
	if h.Writes() != 0 {
		t.Errorf("%d writes", h.Writes())
	}
}

// The reading by which external-dns has planned is trusted; the one after the write shows what was added by hand since.
func TestACreationBesideWhatWasMadeByHandMeanwhileIsUndone(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", nil)
	h.follow("example.ru")
	h.API.SetRecords("example.ru", []regapitest.Record{byHand("www", "A", "192.0.2.9")})
	e, other := rrset("www.example.ru", "A", "192.0.2.1"), rrset("mail.example.ru", "A", "192.0.2.2")
	h.apply(changes{Create: []endpoint{e, markOf(e), other, markOf(other)}})
	h.wantRecords("example.ru", "www A 192.0.2.9", "mail A 192.0.2.2", "a-mail TXT "+mark)
	h.wantTold("www A 192.0.2.9")
}

func TestWhatExternalDNSMadeItselfIsNoStrangerToItsNextCreation(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", nil)
	h.apply(changes{Create: []endpoint{rrset("www.example.ru", "A", "192.0.2.1")}})
	h.apply(changes{Create: []endpoint{rrset("www.example.ru", "A", "192.0.2.2")}}) // It has not listed the zone since.
	h.wantRecords("example.ru", "www A 192.0.2.1", "www A 192.0.2.2")
}

func TestMailByGitAndAddressesByIngressWorkAtOneName(t *testing.T) {
	object := optedIn("example.ru", func(z *v1alpha1.DNSZone) {
		z.Spec.Records = []v1alpha1.NameRecords{{Name: "@", MX: []v1alpha1.MX{{Priority: 10, Host: "mail.example.com"}}, TXT: []v1alpha1.Text{"v=spf1 -all"}}}
	})
	h := newHarness(t, Settings{}, object)
	h.API.SetRecords("example.ru", nil)
	address, mail := rrset("example.ru", "A", "192.0.2.1"), rrset("example.ru", "MX", "5 other.example.com")
	spf, token := rrset("example.ru", "TXT", "v=spf1 ~all"), rrset("example.ru", "TXT", "token=1")
	h.apply(changes{Create: []endpoint{address, recommendedMark(address), mail, recommendedMark(mail), spf, token}})
	h.wantRecords("example.ru", "@ A 192.0.2.1", "_edns-a TXT "+mark, "@ TXT token=1")
	h.wantTold("@ MX 5 other.example.com.", `@ TXT "v=spf1 ~all"`, "records of its own of this name and type")
}

func TestARecordWhoseOwnershipTextIsRefusedIsNotMade(t *testing.T) {
	for name, partner := range map[string]bool{"ordinary": false, "partner": true} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, Settings{}, optedIn("example.ru"))
			h.API.SetRecords("example.ru", nil)
			if partner {
				h.usePartner("example.ru")
			}
			h.refuse("zone/add_txt")
			star := rrset("*.example.ru", "A", "192.0.2.1")
			h.apply(changes{Create: []endpoint{star, recommendedMark(star), rrset("www.example.ru", "A", "192.0.2.2")}})
			if partner { // Its faults are of update_records as a whole.
				return
			}
			h.wantRecords("example.ru", "www A 192.0.2.2")
			h.wantTold("_edns-a._wildcard TXT", "* A 192.0.2.1: its ownership text")
		})
	}
}

func TestAWildcardWithoutAReplacementIsNotMade(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", nil)
	star := rrset("*.example.ru", "A", "192.0.2.1")
	m := markOf(star)
	m.DNSName = "_edns-a.*.example.ru"
	h.apply(changes{Create: []endpoint{star, m}})
	h.wantRecords("example.ru")
	h.wantTold("* A 192.0.2.1: its ownership text")
}

func TestACAARecordOfTheRegistryTXTIsRefusedWithTheRemedy(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", nil)
	e := rrset("example.ru", "CAA", `0 issue "letsencrypt.org"`)
	h.apply(changes{Create: []endpoint{e, recommendedMark(e)}})
	h.wantRecords("example.ru")
	h.wantTold("cannot read its own ownership text", "spec.records")
	h.apply(changes{Create: []endpoint{e}}) // Another registry.
	h.wantRecords("example.ru", `@ CAA 0 issue "letsencrypt.org"`)
}

func TestAnAliasOfTheDomainItselfIsRefusedWithTheRemedy(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", nil)
	e := rrset("example.ru", "CNAME", "lb.example.com")
	h.apply(changes{Create: []endpoint{e, recommendedMark(e)}})
	h.wantRecords("example.ru")
	h.wantTold("REG.RU has no ALIAS", "give external-dns addresses")
}

func TestTheNameServersOfTheDomainAreNeitherListedNorRemoved(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", []regapitest.Record{byHand("@", "NS", "ns1.reg.ru."), byHand("sub", "NS", "ns1.example.com.")})
	listed := h.list()
	if len(listed) != 1 || listed[0].DNSName != "sub.example.ru" {
		t.Errorf("listed %+v, want the delegation of sub alone", listed)
	}
	h.apply(changes{Delete: []endpoint{rrset("example.ru", "NS", "ns1.reg.ru")}, Create: []endpoint{rrset("example.ru", "NS", "ns.example.com")}})
	if h.Writes() != 0 {
		t.Errorf("%d writes", h.Writes())
	}
	h.wantTold("@ NS ns1.reg.ru.", "@ NS ns.example.com.", "the registrar's")
}

// memory gives a memory that outlives a provider.
func (h *harness) remembered(memory *provenance.Memory, domain string) (made zone.Set, complete bool) {
	h.Helper()
	made, complete, err := memory.Made(h.Context(), domain)
	if err != nil {
		h.Fatal(err)
	}
	return made, complete
}

func TestWhatExternalDNSMadeWithoutTextsIsKnownAfterARestart(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru", func(z *v1alpha1.DNSZone) { z.Spec.Prune = v1alpha1.PruneAll }))
	h.provider.settings.Memory = provenance.New(h.Kube, "regapi-system")
	h.API.SetRecords("example.ru", []regapitest.Record{byHand("old", "A", "192.0.2.7"), byHand("hand", "A", "192.0.2.8")})
	h.follow("example.ru")
	if _, complete := h.remembered(provenance.New(h.Kube, "regapi-system"), "example.ru"); complete {
		t.Error("known before external-dns has said what it wants")
	}
	h.adjust(rrset("old.example.ru", "A", "192.0.2.7"), rrset("www.example.ru", "A", "192.0.2.1"))
	h.apply(changes{Create: []endpoint{rrset("www.example.ru", "A", "192.0.2.1")}})
	made, complete := h.remembered(provenance.New(h.Kube, "regapi-system"), "example.ru")
	for name, want := range map[string]bool{"old A 192.0.2.7": true, "www A 192.0.2.1": true, "hand A 192.0.2.8": false} {
		fields := strings.Fields(name)
		if made.Has(zone.Record{Name: fields[0], Type: zone.A, Content: fields[2]}) != want {
			t.Errorf("%s: remembered %t, want %t", name, !want, want)
		}
	}
	if !complete || made.Len() != 2 {
		t.Errorf("complete %t, %d records", complete, made.Len())
	}
	h.apply(changes{Delete: []endpoint{rrset("www.example.ru", "A", "192.0.2.1")}})
	if made, _ := h.remembered(provenance.New(h.Kube, "regapi-system"), "example.ru"); made.Len() != 1 {
		t.Errorf("%d records are remembered once one is gone, want 1", made.Len())
	}
}

func TestAKilledProcessLeavesNoNameEmpty(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", nil)
	h.provider.settings.Memory = provenance.New(h.Kube, "regapi-system")
	taken := zone.Record{Name: "www", Type: zone.A, Content: "192.0.2.1"}
	err := h.provider.settings.Memory.Change(h.Context(), "example.ru", func(e *provenance.Entry) {
		e.Taken, e.Of = []zone.Record{taken}, "default/main" // As it stands if the process is killed after the removal.
	})
	if err != nil {
		t.Fatal(err)
	}
	h.provider.settings.Memory = provenance.New(h.Kube, "regapi-system")
	h.provider.Recover()
	h.provider.running.Wait()
	h.wantRecords("example.ru", "www A 192.0.2.1")
	if left, err := provenance.New(h.Kube, "regapi-system").Unsettled(h.Context()); err != nil || len(left) > 0 {
		t.Errorf("still noted: %v, %v", left, err)
	}
}

func TestWhatASwapTakesIsWrittenDownAhead(t *testing.T) {
	h := newHarness(t, Settings{AnswerWithin: 200 * time.Millisecond}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", nil)
	address, alias := rrset("www.example.ru", "A", "192.0.2.1"), rrset("www.example.ru", "CNAME", "example.com")
	h.apply(changes{Create: []endpoint{address}})
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultLatency, Function: "zone/remove_record", Latency: time.Second})
	h.wantStatus(http.StatusServiceUnavailable, "POST", "/records", changes{Delete: []endpoint{address}, Create: []endpoint{alias}})
	entry, err := h.provider.settings.Memory.Of(h.Context(), "example.ru")
	if err != nil || len(entry.Taken) != 1 || entry.Of != "default/main" {
		t.Errorf("noted %+v: %v", entry.Taken, err)
	}
	h.wait()
	h.wantRecords("example.ru", "www CNAME example.com.")
	if entry, _ := h.provider.settings.Memory.Of(h.Context(), "example.ru"); len(entry.Taken) > 0 {
		t.Errorf("still noted: %v", entry.Taken)
	}
}

func TestANewerOrderReplacesWhatWasNotSent(t *testing.T) {
	h := newHarness(t, Settings{AnswerWithin: 200 * time.Millisecond}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", nil)
	h.follow("example.ru")
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultLatency, Function: "zone/add_alias", Latency: 150 * time.Millisecond})
	var first changes
	for i := range 40 {
		first.Create = append(first.Create, rrset(fmt.Sprintf("n%d.example.ru", i), "A", fmt.Sprintf("192.0.2.%d", i+1)))
	}
	h.wantStatus(http.StatusServiceUnavailable, "POST", "/records", first)
	h.wantStatus(http.StatusServiceUnavailable, "POST", "/records", first) // The same again begins nothing new.
	second := changes{Create: []endpoint{rrset("other.example.ru", "A", "192.0.2.99")}}
	for h.ask("POST", "/records", second).status != http.StatusNoContent {
	}
	if sent := h.API.Calls("zone/add_alias"); sent > 10 {
		t.Errorf("%d additions were sent, though external-dns had changed its mind", sent)
	}
}

func TestAListingWithoutAnOrderCancelsWhatWasNotSent(t *testing.T) {
	h := newHarness(t, Settings{AnswerWithin: 200 * time.Millisecond, QuietAfter: 300 * time.Millisecond}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", nil)
	h.follow("example.ru")
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultLatency, Function: "zone/add_alias", Latency: 200 * time.Millisecond})
	var first changes
	for i := range 40 {
		first.Create = append(first.Create, rrset(fmt.Sprintf("n%d.example.ru", i), "A", fmt.Sprintf("192.0.2.%d", i+1)))
	}
	h.wantStatus(http.StatusServiceUnavailable, "POST", "/records", first)
	h.list()
	h.wait()
	if sent := h.API.Calls("zone/add_alias"); sent > 15 {
		t.Errorf("%d additions were sent, though external-dns wants none any longer", sent)
	}
}

func TestAZoneThatOptsInAfterExternalDNSHasStartedIsTold(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"), optedIn("later.ru", says(v1alpha1.ExternalDNSDisabled)))
	h.wantFilter("example.ru")
	h.list()
	if told := h.eventText(); told != "" {
		t.Errorf("told %s", told)
	}
	var later v1alpha1.DNSZone
	if err := h.Kube.Get(t.Context(), client.ObjectKeyFromObject(optedIn("later.ru")), &later); err != nil {
		t.Fatal(err)
	}
	later.Spec.ExternalDNS = v1alpha1.ExternalDNSEnabled
	if err := h.Kube.Update(t.Context(), &later); err != nil {
		t.Fatal(err)
	}
	h.list()
	h.wantTold("ExternalDNSRestartNeeded", "later.ru")
	h.list()
	if told := h.eventText(); told != "" {
		t.Errorf("told again: %s", told)
	}
	h.wantFilter("example.ru", "later.ru")
}

func (h *harness) object(domain string) *v1alpha1.DNSZone {
	h.Helper()
	var found v1alpha1.DNSZone
	if err := h.Kube.Get(h.Context(), client.ObjectKeyFromObject(optedIn(domain)), &found); err != nil {
		h.Fatal(err)
	}
	return &found
}

func TestARefusalIsVisibleAsLongAsItLastsAndCanBeTriedAgain(t *testing.T) {
	h := newHarness(t, Settings{QuietAfter: 20 * time.Millisecond}, optedIn("example.ru"))
	h.provider.settings.Status = h.Kube
	h.API.SetRecords("example.ru", nil)
	h.refuse("zone/add_alias")
	asked := changes{Create: []endpoint{rrset("www.example.ru", "A", "192.0.2.1"), rrset("x.example.ru", "A", "none")}}
	wantShown := func(count int32, reasons ...string) {
		t.Helper()
		var got []string
		status := h.object("example.ru").Status.ExternalDNS
		for _, r := range status.Records {
			got = append(got, r.Record+" "+r.Reason)
		}
		if diff := cmp.Diff(reasons, got); diff != "" || status.Refused != count {
			t.Errorf("status %d (-want +got):\n%s", status.Refused, diff)
		}
		if series := testutil.CollectAndCount(h.provider.metrics.lasting); series != len(reasons) {
			t.Errorf("%d series of the gauge, want %d", series, len(reasons))
		}
	}
	for range 2 {
		h.apply(asked)
		wantShown(2, "x A none Invalid", "www A 192.0.2.1 PARAMETER_INCORRECT")
	}
	h.API.ClearFaults()
	before := h.Writes()
	h.apply(asked)
	if again := h.Writes() - before; again != 0 {
		t.Errorf("%d writes before anybody asked for them", again)
	}
	object := h.object("example.ru")
	object.Annotations = map[string]string{v1alpha1.AnnotationRetryExternalDNS: "1"}
	if err := h.Kube.Update(t.Context(), object); err != nil {
		t.Fatal(err)
	}
	h.apply(asked)
	h.wantRecords("example.ru", "www A 192.0.2.1")
	wantShown(1, "x A none Invalid")

	h.list() // And then it orders nothing.
	ended := make(chan struct{})
	go func() { h.provider.running.Wait(); close(ended) }()
	<-ended
	wantShown(0)
}

func TestOneEventListsTheRecordsOfAnOrder(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", nil)
	var asked changes
	for i := range 100 {
		asked.Create = append(asked.Create, rrset(fmt.Sprintf("n%d.example.ru", i), "A", "192.0.2.1"), rrset(fmt.Sprintf("b%d.example.ru", i), "A", "none"))
	}
	h.apply(asked)
	lines := h.EventLines()
	if len(lines) != 2 || !strings.Contains(lines[0], "+ n0 A 192.0.2.1; ") || !strings.Contains(lines[0], " more") || !strings.Contains(lines[1], "b1 A none: ") {
		t.Errorf("events %v", lines)
	}
	for _, line := range lines {
		if len(line) > maxNote+len("Warning ExternalDNSRefused ") {
			t.Errorf("%d bytes", len(line))
		}
	}
}

// A long order lives through the syncs that repeat it: each lists first, and orders within seconds.
func TestAListingBeforeEachRepetitionDoesNotStarveALongOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewProvider(Settings{})
		defer p.Close()
		ctx := withCaller(t.Context(), "external-dns")
		cancelled := make(chan error, 1)
		j := &job{order: &order{domain: "example.ru"}, caller: "external-dns", cancel: func(err error) { cancelled <- err }, done: make(chan struct{})}
		p.ordering(ctx, []*order{j.order})
		p.jobs["example.ru"] = j
		p.settings.Reader = nothingThere{}
		for range 10 {
			time.Sleep(time.Minute)
			p.listed(ctx, servedZones{})
			time.Sleep(5 * time.Second)
			p.ordering(ctx, []*order{j.order})
			time.Sleep(20 * time.Second)
		}
		select {
		case err := <-cancelled:
			t.Fatalf("cancelled: %v", err)
		default:
		}
		p.listed(ctx, servedZones{})
		time.Sleep(20 * time.Second)
		select {
		case err := <-cancelled:
			if !errors.Is(err, errReplaced) {
				t.Errorf("cancelled: %v", err)
			}
		default:
			t.Error("goes on though external-dns wants nothing more")
		}
	})
}

// nothingThere is an empty cluster.
type nothingThere struct{ client.Reader }

// List finds nothing.
func (nothingThere) List(context.Context, client.ObjectList, ...client.ListOption) error { return nil }
