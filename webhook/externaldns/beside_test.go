package externaldns

import (
	"net/http"
	"strings"
	"testing"
	"time"

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
	h := newHarness(t, Settings{AnswerWithin: time.Second}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", nil)
	address, alias := rrset("www.example.ru", "A", "192.0.2.1"), rrset("www.example.ru", "CNAME", "example.com")
	h.apply(changes{Create: []endpoint{address}})
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultLatency, Function: "zone/remove_record", Latency: 3 * time.Second})
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
