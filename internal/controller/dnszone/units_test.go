package dnszone_test

import (
	"fmt"
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// unit is a name at which somebody else's records stand, what is declared there, and what the name holds then. What stays is
// theirs for ever.
type unit struct {
	theirs   []regapitest.Record
	declared v1alpha1.NameRecords
	ours     []regapitest.Record
	stays    []regapitest.Record
}

// units are names with every mixture that a name can have.
func units() []unit {
	both := v1alpha1.NameRecords{Name: "both", A: []v1alpha1.IPv4Address{"192.0.2.1"}, AAAA: []v1alpha1.IPv6Address{"2001:db8::1"}}
	beside := v1alpha1.NameRecords{Name: "beside", A: []v1alpha1.IPv4Address{"192.0.2.1"}, TXT: []v1alpha1.Text{"ours"}}
	apexMX := regapitest.Record{Name: "@", Type: "MX", Content: "theirs.example.com.", Priority: 10}
	return []unit{
		{[]regapitest.Record{held("*", "A", "192.0.2.66")}, addresses("*", "192.0.2.1"), []regapitest.Record{held("*", "A", "192.0.2.1")}, nil},
		{[]regapitest.Record{held("*.apps", "CNAME", "theirs.example.com.")}, addresses("*.apps", "192.0.2.1"), []regapitest.Record{held("*.apps", "A", "192.0.2.1")}, nil},
		{
			[]regapitest.Record{apexMX, held("@", "A", "192.0.2.66"), held("@", "TXT", "V=SPF1 +all"), held("@", "TXT", "verification=1")},
			v1alpha1.NameRecords{Name: "@", MX: []v1alpha1.MX{{Priority: 10, Host: "mx.example.com"}}, TXT: []v1alpha1.Text{"v=spf1 -all"}},
			[]regapitest.Record{heldMX(10), held("@", "TXT", "v=spf1 -all")},
			[]regapitest.Record{held("@", "A", "192.0.2.66"), held("@", "TXT", "verification=1")},
		},
		{[]regapitest.Record{held("mail._domainkey", "TXT", "k=rsa; p=OLD")}, texts("mail._domainkey", "v=DKIM1; k=rsa; p=NEW"), []regapitest.Record{held("mail._domainkey", "TXT", "v=DKIM1; k=rsa; p=NEW")}, nil},
		{
			[]regapitest.Record{held("_dmarc", "TXT", "v=DMARC1; p=none"), held("_dmarc", "TXT", "v=other")}, texts("_dmarc", "v=DMARC1; p=reject"),
			[]regapitest.Record{held("_dmarc", "TXT", "v=DMARC1; p=reject")}, []regapitest.Record{held("_dmarc", "TXT", "v=other")},
		},
		{[]regapitest.Record{held("xn--80a1acny", "A", "192.0.2.66")}, addresses("почта", "192.0.2.1"), []regapitest.Record{held("xn--80a1acny", "A", "192.0.2.1")}, nil},
		{[]regapitest.Record{held("both", "CNAME", "theirs.example.com.")}, both, []regapitest.Record{held("both", "A", "192.0.2.1"), held("both", "AAAA", "2001:db8::1")}, nil},
		{[]regapitest.Record{held("beside", "CNAME", "theirs.example.com.")}, beside, []regapitest.Record{held("beside", "A", "192.0.2.1"), held("beside", "TXT", "ours")}, nil},
		{
			[]regapitest.Record{held("alias", "A", "192.0.2.66"), held("alias", "A", "192.0.2.67"), held("alias", "AAAA", "2001:db8::66")},
			v1alpha1.NameRecords{Name: "alias", CNAME: "example.com"}, []regapitest.Record{held("alias", "CNAME", "example.com.")}, nil,
		},
		{
			[]regapitest.Record{held("six", "A", "192.0.2.66")}, v1alpha1.NameRecords{Name: "six", AAAA: []v1alpha1.IPv6Address{"2001:DB8:0::1"}},
			[]regapitest.Record{held("six", "AAAA", "2001:db8::1")}, []regapitest.Record{held("six", "A", "192.0.2.66")},
		},
		{[]regapitest.Record{held("lab", "NS", "ns1.theirs.example.")}, v1alpha1.NameRecords{Name: "lab", NS: []v1alpha1.Host{"ns1.example.com"}}, []regapitest.Record{held("lab", "NS", "ns1.example.com.")}, nil},
		{[]regapitest.Record{held("notes", "TXT", "v=note1")}, texts("notes", "v=note2"), []regapitest.Record{held("notes", "TXT", "v=note2")}, []regapitest.Record{held("notes", "TXT", "v=note1")}},
	}
}

func TestEveryMixtureOfANameIsReplacedUnitByUnitAndGivenUp(t *testing.T) {
	for name, behaviour := range map[string]regapitest.Behaviour{
		"as the simulator chooses": {},
		"oddly": {
			DuplicateAdd: regapitest.DuplicateKeep, MissingRemove: regapitest.MissingRefuse, Types: regapitest.TypesAlternate, Priority: regapitest.PriorityAlternate,
			TXT: regapitest.TXTQuoted, IPv6: regapitest.IPv6Expanded, ErrorParams: regapitest.ErrorParamsNull, ElementErrors: regapitest.ElementErrorText,
		},
	} {
		for kind, partner := range map[string]bool{"ordinary": false, "partner": true} {
			t.Run(name+", "+kind, func(t *testing.T) {
				h := newHarness(t, controllertest.Options{Simulator: []regapitest.Option{regapitest.WithBehaviour(behaviour)}})
				h.API.SetPartner(controllertest.Login, partner)
				var declared []v1alpha1.NameRecords
				var theirs, ours, stays []regapitest.Record
				for _, u := range units() {
					declared = append(declared, u.declared)
					theirs, ours, stays = append(theirs, u.theirs...), append(ours, u.ours...), append(stays, u.stays...)
				}
				h.API.SetRecords("example.ru", theirs)
				hundred := int32(100)
				object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{
					DeletionPolicy: v1alpha1.DeletionDelete, DeletionGuard: &v1alpha1.DeletionGuard{MaxPercent: &hundred}, Records: declared,
				})
				h.WaitReady(object)
				h.holds(append(ours, stays...)...)
				h.costs(0, func() {
					h.wipe(object)
					h.touch(object)
					h.WaitReady(object)
				})
				h.remove(object)
				h.holds(stays...)
			})
		}
	}
}

func TestAnAliasBesideAnythingElseOfSomebodysKeepsTheAddresses(t *testing.T) {
	for _, other := range []regapitest.Record{
		held("www", "HTTPS", ". alpn=h3"), held("www", "CAA", `0 issue "theirs.example"`), {Name: "www", Type: "MX", Content: "theirs.example.com.", Priority: 10},
	} {
		t.Run(other.Type, func(t *testing.T) {
			h := newHarness(t, controllertest.Options{})
			if other.Type == "HTTPS" {
				other.Priority = 1
			}
			h.API.SetRecords("example.ru", []regapitest.Record{held("www", "A", "192.0.2.66"), other})
			before := h.API.Records("example.ru")
			h.costs(0, func() {
				object := h.CreateZone(wwwAlias)
				h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRecordsRefused)
			})
			h.holds(before...)
		})
	}
}

func TestRecordsThatTheZoneListsTwiceGoAtOnce(t *testing.T) {
	h := newHarness(t, controllertest.Options{Simulator: []regapitest.Option{regapitest.WithBehaviour(regapitest.Behaviour{DuplicateAdd: regapitest.DuplicateKeep})}})
	twice := []regapitest.Record{held("www", "A", "192.0.2.66"), held("www", "A", "192.0.2.66"), held("ftp", "A", "192.0.2.7"), held("ftp", "A", "192.0.2.7")}
	h.API.SetRecords("example.ru", twice)
	object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{DeletionPolicy: v1alpha1.DeletionDelete, Records: []v1alpha1.NameRecords{addresses("www", "192.0.2.1"), addresses("ftp", "192.0.2.7")}})
	h.WaitReady(object)
	h.holds(held("www", "A", "192.0.2.1"), twice[2], twice[3])
	h.remove(object)
	h.holds()
}

func TestAThousandValuesAreChangedByAPartnerInFewRequests(t *testing.T) {
	h := newHarness(t, controllertest.Options{}).partner()
	declared := func(octet int) (entries []v1alpha1.NameRecords, records []regapitest.Record) {
		for n := range 1000 {
			name, address := fmt.Sprintf("host-%04d", n), fmt.Sprintf("192.0.%d.%d", octet, n%250)
			entries = append(entries, addresses(name, v1alpha1.IPv4Address(address)))
			records = append(records, held(name, "A", address))
		}
		return entries, records
	}
	first, before := declared(2)
	second, after := declared(3)
	h.API.SetRecords("example.ru", slices.Concat(strangers, before))
	object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{DeletionPolicy: v1alpha1.DeletionDelete, Records: first})
	h.WaitReady(object)
	began := h.Writes()
	h.declare(object, second...)
	h.WaitReady(object)
	h.holds(slices.Concat(strangers, after)...)
	if took := h.Writes() - began; took > 4 {
		t.Errorf("%d write requests for 2000 actions of a Partner", took)
	}
	h.remove(object)
	h.holds(strangers...)
}
