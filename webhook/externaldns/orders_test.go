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
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

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
