package controller

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

const soon = 200 * time.Millisecond

func www(addresses ...v1alpha1.IPv4Address) v1alpha1.NameRecords {
	return v1alpha1.NameRecords{Name: "www", A: addresses}
}

// fiftyRecords are records of all nine types, with what DNS has to answer for each name and type.
func fiftyRecords() (entries []v1alpha1.NameRecords, answers map[string][]string) {
	longText := v1alpha1.Text("v=DKIM1; k=rsa; p=" + strings.Repeat("MIIBIjANBgkqhkiG9w0B", 25))
	entries = []v1alpha1.NameRecords{
		{
			Name: "@", A: []v1alpha1.IPv4Address{"192.0.2.1", "192.0.2.2"}, AAAA: []v1alpha1.IPv6Address{"2001:DB8:0:0::1"},
			MX:    []v1alpha1.MX{{Priority: 10, Host: "mx.example.ru"}, {Priority: 65535, Host: "mx2.example.com."}},
			TXT:   []v1alpha1.Text{"v=spf1 mx -all", "site-verification=AbC_123"},
			CAA:   []v1alpha1.CAA{{Tag: "issue", Value: "letsencrypt.org"}, {Flags: 128, Tag: "issuewild", Value: ";"}, {Tag: "iodef", Value: "mailto:ca@example.ru"}},
			HTTPS: []v1alpha1.HTTPS{{Priority: 1, Target: ".", Params: "alpn=h3,h2 ipv4hint=192.0.2.1,192.0.2.2"}},
		},
		{Name: "WWW", CNAME: "Example.RU"},
		{Name: "*.apps", A: []v1alpha1.IPv4Address{"192.0.2.7"}},
		{Name: "почта", CNAME: "пример.рф"},
		{Name: "lab", NS: []v1alpha1.Host{"ns1.example.com", "ns2.example.com"}},
		{Name: "_sip._tcp", SRV: []v1alpha1.SRV{{Priority: 1, Weight: 5, Port: 5060, Target: "sip.example.ru"}, {Priority: 2, Port: 5061, Target: "sip.example.com"}}},
		{Name: "mail._domainkey", TXT: []v1alpha1.Text{longText}},
		{Name: "alias", HTTPS: []v1alpha1.HTTPS{{Priority: 0, Target: "other.example.com"}}},
	}
	answers = map[string][]string{
		"example.ru. A":                   {"192.0.2.1", "192.0.2.2"},
		"example.ru. AAAA":                {"2001:db8::1"},
		"example.ru. MX":                  {"10 mx.example.ru.", "65535 mx2.example.com."},
		"example.ru. TXT":                 {`"site-verification=AbC_123"`, `"v=spf1 mx -all"`},
		"example.ru. CAA":                 {`0 iodef "mailto:ca@example.ru"`, `0 issue "letsencrypt.org"`, `128 issuewild ";"`},
		"example.ru. HTTPS":               {`1 . alpn="h3,h2" ipv4hint="192.0.2.1,192.0.2.2"`},
		"www.example.ru. CNAME":           {"example.ru."},
		"any.apps.example.ru. A":          {"192.0.2.7"},
		"xn--80a1acny.example.ru. CNAME":  {"xn--e1afmkfd.xn--p1ai."},
		"lab.example.ru. NS":              {"ns1.example.com.", "ns2.example.com."},
		"_sip._tcp.example.ru. SRV":       {"1 5 5060 sip.example.ru.", "2 0 5061 sip.example.com."},
		"mail._domainkey.example.ru. TXT": {fmt.Sprintf("%q %q %q", longText[:255], longText[255:510], longText[510:])},
		"alias.example.ru. HTTPS":         {"0 other.example.com."},
	}
	for i := range 30 {
		address := fmt.Sprintf("192.0.2.%d", 100+i)
		entries = append(entries, v1alpha1.NameRecords{Name: fmt.Sprintf("host-%02d", i), A: []v1alpha1.IPv4Address{v1alpha1.IPv4Address(address)}})
		answers[fmt.Sprintf("host-%02d.example.ru. A", i)] = []string{address}
	}
	return entries, answers
}

func (h *harness) checkAnswers(answers map[string][]string) {
	h.Helper()
	for question, want := range answers {
		name, kind, _ := strings.Cut(question, " ")
		got := h.resolve(name, dns.StringToType[kind])
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			h.Errorf("%s (-want +got):\n%s", question, diff)
		}
	}
}

func TestAZoneOfFiftyRecordsIsServedAndThenLeftAlone(t *testing.T) {
	for name, behaviour := range map[string]regapitest.Behaviour{
		"as the simulator chooses": {DuplicateAdd: regapitest.DuplicateKeep},
		"spelled as oddly as the field has seen it": {
			DuplicateAdd: regapitest.DuplicateKeep, Types: regapitest.TypesAlternate, Priority: regapitest.PriorityAlternate, TXT: regapitest.TXTQuoted, IPv6: regapitest.IPv6Expanded,
			ErrorParams: regapitest.ErrorParamsNull, ElementErrors: regapitest.ElementErrorText, ResultInNSS: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, harnessOptions{sweeps: soon, simulator: []regapitest.Option{regapitest.WithBehaviour(behaviour)}})
			entries, answers := fiftyRecords()
			object := h.createZone(entries...)
			h.waitReady(object)
			if object.Status.Records != 50 {
				t.Errorf("status shows %d records, want 50", object.Status.Records)
			}
			h.checkAnswers(answers)
			if held := len(h.api.Records("example.ru")); held != 50 {
				t.Errorf("the zone holds %d records, want 50: %v", held, h.api.Records("example.ru"))
			}
			if writes := h.writes(); writes != 50 {
				t.Errorf("%d write requests, want 50", writes)
			}
			version := object.ResourceVersion
			h.resyncs(3)
			if writes := h.writes(); writes != 50 {
				t.Errorf("%d write requests after more reconciliations, want still 50", writes)
			}
			if err := h.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil || object.ResourceVersion != version {
				t.Errorf("the object was written without need: %v", err)
			}
			if most := h.api.MaxInFlight(testLogin); most != 1 {
				t.Errorf("%d requests in flight at once, want 1", most)
			}
		})
	}
}

func TestDriftIsPutRightAndForeignRecordsStay(t *testing.T) {
	h := newHarness(t, harnessOptions{sweeps: soon})
	foreign := regapitest.Record{Name: "legacy", Type: "A", Content: "192.0.2.99"}
	beside := regapitest.Record{Name: "www", Type: "TXT", Content: "somebody else's"}
	h.api.AddRecord("example.ru", foreign)
	object := h.createZone(www("192.0.2.1"), v1alpha1.NameRecords{Name: "ftp", CNAME: "example.com"})
	h.waitReady(object)
	h.api.AddRecord("example.ru", beside)

	// An edit in the registrar's panel takes one record away and puts another in its place.
	h.api.RemoveRecord("example.ru", regapitest.Record{Name: "www", Type: "A", Content: "192.0.2.1"})
	h.api.AddRecord("example.ru", regapitest.Record{Name: "www", Type: "A", Content: "192.0.2.66"})
	h.api.RemoveRecord("example.ru", regapitest.Record{Name: "ftp", Type: "CNAME", Content: "example.com."})

	want := []regapitest.Record{
		{Name: "ftp", Type: "CNAME", Content: "example.com."}, foreign,
		{Name: "www", Type: "A", Content: "192.0.2.1"}, beside,
	}
	h.eventually("the zone to be put right", func() error {
		if diff := cmp.Diff(want, h.api.Records("example.ru")); diff != "" {
			return fmt.Errorf("records (-want +got):\n%s", diff)
		}
		return nil
	})
	h.resyncs(2)
	if diff := cmp.Diff(want, h.api.Records("example.ru")); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func TestRecordsThatLeaveTheSpecLeaveTheZone(t *testing.T) {
	h := newHarness(t, harnessOptions{})
	adopted := regapitest.Record{Name: "ftp", Type: "A", Content: "192.0.2.5"}
	h.api.AddRecord("example.ru", adopted)
	object := h.createZone(www("192.0.2.1", "192.0.2.2"), v1alpha1.NameRecords{Name: "ftp", A: []v1alpha1.IPv4Address{"192.0.2.5"}})
	h.waitReady(object)
	if writes := h.writes(); writes != 2 {
		t.Errorf("%d write requests, want 2: an identical record is adopted without one", writes)
	}
	change(h, object, func(z *v1alpha1.DNSZone) { z.Spec.Records = []v1alpha1.NameRecords{www("192.0.2.2")} })
	h.waitReady(object)
	want := []regapitest.Record{adopted, {Name: "www", Type: "A", Content: "192.0.2.2"}}
	if diff := cmp.Diff(want, h.api.Records("example.ru")); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func TestACNAMEAndAnAddressChangePlaces(t *testing.T) {
	h := newHarness(t, harnessOptions{})
	object := h.createZone(www("192.0.2.1"))
	h.waitReady(object)
	for _, step := range []struct {
		records v1alpha1.NameRecords
		want    regapitest.Record
	}{
		{v1alpha1.NameRecords{Name: "www", CNAME: "example.com"}, regapitest.Record{Name: "www", Type: "CNAME", Content: "example.com."}},
		{v1alpha1.NameRecords{Name: "www", CNAME: "example.org"}, regapitest.Record{Name: "www", Type: "CNAME", Content: "example.org."}},
		{www("192.0.2.1"), regapitest.Record{Name: "www", Type: "A", Content: "192.0.2.1"}},
	} {
		change(h, object, func(z *v1alpha1.DNSZone) { z.Spec.Records = []v1alpha1.NameRecords{step.records} })
		h.waitReady(object)
		if diff := cmp.Diff([]regapitest.Record{step.want}, h.api.Records("example.ru")); diff != "" {
			t.Errorf("records (-want +got):\n%s", diff)
		}
	}
}

func TestAFailedElementUnderASuccessIsReportedAndRetried(t *testing.T) {
	h := newHarness(t, harnessOptions{})
	h.api.Inject(regapitest.Fault{Kind: regapitest.FaultElementError, Function: "zone/add_alias", Count: 2, Code: "INTERNAL_ERROR"})
	object := h.createZone(www("192.0.2.1"), v1alpha1.NameRecords{Name: "ftp", CNAME: "example.com"})
	h.eventually("the failure to show", func() error {
		if err := h.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		reconciling := meta.FindStatusCondition(object.Status.Conditions, v1alpha1.ConditionReconciling)
		if reconciling == nil || !strings.Contains(reconciling.Message, "add www A 192.0.2.1") || !strings.Contains(reconciling.Message, "INTERNAL_ERROR") {
			return fmt.Errorf("conditions %+v", object.Status.Conditions)
		}
		return nil
	})
	h.checkInvariants(object)
	if meta.IsStatusConditionTrue(object.Status.Conditions, v1alpha1.ConditionReady) {
		t.Error("Ready although a record is missing")
	}
	if object.Status.Records != 1 {
		t.Errorf("%d records in the zone, want 1: a failed record does not stop the others", object.Status.Records)
	}
	h.waitReady(object)
	if got := h.resolve("www.example.ru", dns.TypeA); len(got) != 1 {
		t.Errorf("www resolves to %v", got)
	}
}

func TestASuccessThatTheZoneDoesNotShowIsNotTakenForDone(t *testing.T) {
	h := newHarness(t, harnessOptions{simulator: []regapitest.Option{regapitest.WithBehaviour(regapitest.Behaviour{IgnoreUpdateSOA: true})}})
	object := h.createZoneWith(v1alpha1.DNSZoneSpec{SOA: &v1alpha1.SOA{TTL: &metav1.Duration{Duration: time.Hour}}, Records: []v1alpha1.NameRecords{www("192.0.2.1")}})
	ready := h.waitFor(object, metav1.ConditionUnknown, v1alpha1.ReasonRetrying)
	if !strings.Contains(ready.Message, "set the SOA") {
		t.Errorf("message %q", ready.Message)
	}
}

func TestARefusedRecordIsNamedAndTheOthersAreInPlace(t *testing.T) {
	h := newHarness(t, harnessOptions{sweeps: soon, simulator: []regapitest.Option{regapitest.WithBehaviour(regapitest.Behaviour{TXTLimit: 10})}})
	object := h.createZone(www("192.0.2.1"),
		v1alpha1.NameRecords{Name: "long", TXT: []v1alpha1.Text{"twelve bytes"}},
		v1alpha1.NameRecords{Name: strings.Repeat("x", 64), TXT: []v1alpha1.Text{"x"}})
	ready := h.waitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRecordsRefused)
	for _, want := range []string{`long TXT "twelve bytes"`, "TEXT_TOOLONG", "Shorten the text", "more than 63 characters"} {
		if !strings.Contains(ready.Message, want) {
			t.Errorf("message %q lacks %q", ready.Message, want)
		}
	}
	if got := h.resolve("www.example.ru", dns.TypeA); len(got) != 1 {
		t.Errorf("www resolves to %v", got)
	}
	if len(object.Status.Refused) != 2 {
		t.Errorf("refused: %+v", object.Status.Refused)
	}
	writes := h.writes()
	h.resyncs(3)
	if h.writes() != writes {
		t.Error("a refused record is tried again although nothing has changed")
	}
	change(h, object, func(z *v1alpha1.DNSZone) {
		z.Spec.Records = []v1alpha1.NameRecords{www("192.0.2.1"), {Name: "long", TXT: []v1alpha1.Text{"short"}}}
	})
	h.waitReady(object)
	if len(object.Status.Refused) != 0 {
		t.Errorf("refused: %+v", object.Status.Refused)
	}
}

func TestACNAMEBesideAForeignRecordIsBlockedWithoutARequest(t *testing.T) {
	h := newHarness(t, harnessOptions{sweeps: soon})
	foreign := regapitest.Record{Name: "www", Type: "A", Content: "192.0.2.99"}
	h.api.AddRecord("example.ru", foreign)
	object := h.createZone(v1alpha1.NameRecords{Name: "www", CNAME: "example.com"}, v1alpha1.NameRecords{Name: "ftp", CNAME: "example.com"})
	ready := h.waitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRecordsRefused)
	if !strings.Contains(ready.Message, "www A 192.0.2.99") {
		t.Errorf("message %q does not name what is in the way", ready.Message)
	}
	if writes := h.writes(); writes != 1 {
		t.Errorf("%d write requests, want 1", writes)
	}
	h.api.RemoveRecord("example.ru", foreign)
	h.waitReady(object)
}

func TestLifetimesOfTheZoneAreSetAndKept(t *testing.T) {
	h := newHarness(t, harnessOptions{sweeps: soon})
	object := h.createZoneWith(v1alpha1.DNSZoneSpec{SOA: &v1alpha1.SOA{TTL: &metav1.Duration{Duration: 90 * time.Minute}}})
	h.waitReady(object)
	soa := h.api.SOA("example.ru")
	if soa.TTL != 5400 || soa.MinimumTTL != 12*3600 {
		t.Errorf("SOA %+v, want a TTL of 5400 and the negative one untouched", soa)
	}
	h.resyncs(2)
	if writes := h.writes(); writes != 1 {
		t.Errorf("%d write requests, want 1", writes)
	}
}

func TestAZoneThatIsDelegatedElsewhereIsNotWritten(t *testing.T) {
	h := newHarness(t, harnessOptions{})
	h.api.SetDelegation("example.ru", "ns1.example.com", "ns2.example.com")
	object := h.createZone(www("192.0.2.1"))
	ready := h.waitFor(object, metav1.ConditionFalse, v1alpha1.ReasonNotDelegated)
	if !strings.Contains(ready.Message, "ns1.reg.ru") {
		t.Errorf("message %q lacks the remedy", ready.Message)
	}
	if writes := h.writes(); writes != 0 {
		t.Errorf("%d write requests, want none", writes)
	}
}

func TestOnlyTheOlderOfTwoObjectsRulesAZone(t *testing.T) {
	h := newHarness(t, harnessOptions{})
	h.api.AddDomain(testLogin, regapitest.Domain{Name: "пример.рф"})
	first := h.createZoneWith(v1alpha1.DNSZoneSpec{DomainName: "пример.рф", Records: []v1alpha1.NameRecords{www("192.0.2.1")}})
	h.waitReady(first)
	time.Sleep(time.Until(first.CreationTimestamp.Add(time.Second))) // The API server counts creation in seconds.
	second := h.createZoneWith(v1alpha1.DNSZoneSpec{DomainName: "xn--e1afmkfd.xn--p1ai", Records: []v1alpha1.NameRecords{www("192.0.2.2")}})
	ready := h.waitFor(second, metav1.ConditionFalse, v1alpha1.ReasonConflict)
	if !strings.Contains(ready.Message, first.Name) {
		t.Errorf("message %q does not name the other object", ready.Message)
	}
	if got := h.resolve("www.xn--e1afmkfd.xn--p1ai", dns.TypeA); len(got) != 1 || got[0] != "192.0.2.1" {
		t.Errorf("www resolves to %v", got)
	}
	if err := h.Delete(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	h.waitReady(second)
}

func TestDeletionFollowsItsPolicy(t *testing.T) {
	foreign := regapitest.Record{Name: "legacy", Type: "A", Content: "192.0.2.99"}
	own := regapitest.Record{Name: "www", Type: "A", Content: "192.0.2.1"}
	for policy, want := range map[v1alpha1.DeletionPolicy][]regapitest.Record{
		v1alpha1.DeletionRetain: {foreign, own},
		v1alpha1.DeletionDelete: {foreign},
	} {
		t.Run(string(policy), func(t *testing.T) {
			h := newHarness(t, harnessOptions{})
			h.api.AddRecord("example.ru", foreign)
			object := h.createZoneWith(v1alpha1.DNSZoneSpec{DeletionPolicy: policy, Records: []v1alpha1.NameRecords{
				www("192.0.2.1"), {Name: "legacy", A: []v1alpha1.IPv4Address{"192.0.2.99"}},
			}})
			h.waitReady(object)
			if err := h.Delete(t.Context(), object); err != nil {
				t.Fatal(err)
			}
			h.eventually("the object to go", func() error {
				if err := h.Get(t.Context(), client.ObjectKeyFromObject(object), object); !apierrors.IsNotFound(err) {
					return fmt.Errorf("still there: %w", err)
				}
				return nil
			})
			if diff := cmp.Diff(want, h.api.Records("example.ru")); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
		})
	}
}

func TestADeletionThatCannotReachTheZoneSaysWhy(t *testing.T) {
	h := newHarness(t, harnessOptions{})
	object := h.createZoneWith(v1alpha1.DNSZoneSpec{DeletionPolicy: v1alpha1.DeletionDelete, Records: []v1alpha1.NameRecords{www("192.0.2.1")}})
	h.waitReady(object)
	if err := h.Delete(t.Context(), &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: h.namespace, Name: "main"}}); err != nil {
		t.Fatal(err)
	}
	h.waitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAccountNotFound)
	if err := h.Delete(t.Context(), object); err != nil {
		t.Fatal(err)
	}
	h.eventually("the deletion to say why it waits", func() error {
		if err := h.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		if ready := meta.FindStatusCondition(object.Status.Conditions, v1alpha1.ConditionReady); !strings.Contains(ready.Message, "not removed yet") {
			return fmt.Errorf("message %q", ready.Message)
		}
		return nil
	})
}

func TestADeletionLetsGoWhenWhatItNeedsStaysAway(t *testing.T) {
	h := newHarness(t, harnessOptions{grace: time.Second})
	object := h.createZoneWith(v1alpha1.DNSZoneSpec{DeletionPolicy: v1alpha1.DeletionDelete, Records: []v1alpha1.NameRecords{www("192.0.2.1")}})
	h.waitReady(object)
	if err := h.Delete(t.Context(), &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: h.namespace, Name: "main"}}); err != nil {
		t.Fatal(err)
	}
	h.waitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAccountNotFound)
	if err := h.Delete(t.Context(), object); err != nil {
		t.Fatal(err)
	}
	h.eventually("the object to go", func() error {
		if err := h.Get(t.Context(), client.ObjectKeyFromObject(object), object); !apierrors.IsNotFound(err) {
			return fmt.Errorf("still there: %w", err)
		}
		return nil
	})
	h.eventually("the event that says what stays", func() error {
		var recorded eventsv1.EventList
		if err := h.List(t.Context(), &recorded, client.InNamespace(h.namespace)); err != nil {
			return err
		}
		for _, event := range recorded.Items {
			if event.Reason == "RecordsLeftBehind" && strings.Contains(event.Note, "example.ru") {
				return nil
			}
		}
		return fmt.Errorf("%d events, none of them", len(recorded.Items))
	})
	if held := h.api.Records("example.ru"); len(held) != 1 {
		t.Errorf("records %v", held)
	}
}

func TestAThrottledZoneWaitsForItsTurn(t *testing.T) {
	h := newHarness(t, harnessOptions{})
	object := h.createZone(www("192.0.2.1"))
	h.waitReady(object)
	// A write, since reads may as well be those of a sweep.
	h.api.Inject(regapitest.Fault{Kind: regapitest.FaultRateLimit, Function: "zone/add_*", Count: 1})
	change(h, object, func(z *v1alpha1.DNSZone) { z.Spec.Records = []v1alpha1.NameRecords{www("192.0.2.2")} })
	ready := h.waitFor(object, metav1.ConditionUnknown, v1alpha1.ReasonThrottled)
	if !meta.IsStatusConditionTrue(object.Status.Conditions, v1alpha1.ConditionReconciling) {
		t.Errorf("conditions %+v", object.Status.Conditions)
	}
	if ready.Message == "" || h.api.Refusals() != 0 {
		t.Errorf("message %q, %d real refusals", ready.Message, h.api.Refusals())
	}
}

func TestEveryFaultOfTheServiceIsOvercome(t *testing.T) {
	for _, fault := range []regapitest.Fault{
		{Kind: regapitest.FaultDropRequest}, {Kind: regapitest.FaultDropAnswer}, {Kind: regapitest.FaultStatus}, {Kind: regapitest.FaultGarbage},
		{Kind: regapitest.FaultTruncated}, {Kind: regapitest.FaultHTML}, {Kind: regapitest.FaultError, Code: "SERVICE_UNAVAILABLE"},
	} {
		t.Run(string(fault.Kind), func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, harnessOptions{simulator: []regapitest.Option{regapitest.WithBehaviour(regapitest.Behaviour{DuplicateAdd: regapitest.DuplicateKeep})}})
			fault.Function, fault.Count, fault.Skip = "zone/add_*", 2, 1
			h.api.Inject(fault)
			object := h.createZone(www("192.0.2.1", "192.0.2.2", "192.0.2.3"))
			h.waitReady(object)
			if held := h.api.Records("example.ru"); len(held) != 3 {
				t.Errorf("records %v, want three", held)
			}
			if strings.Contains(h.logs.String(), testPassword) {
				t.Error("the password is in the logs")
			}
		})
	}
}
