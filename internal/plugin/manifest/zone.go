package manifest

import (
	"cmp"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// Settings are what all objects of an import have in common.
type Settings struct {
	Namespace string
	Account   v1alpha1.AccountReference
	Policy    v1alpha1.ManagementPolicy
}

// LeftOut is what an import does not write, and why.
type LeftOut struct {
	Domain string `json:"domain"`
	// Record in zone-file notation; empty where it is the domain as a whole.
	Record string `json:"record,omitempty"`
	Why    string `json:"why"`
	// Expected says that it is somebody's, and right to leave out.
	Expected bool `json:"expected"`
}

// Zone gives the object for a zone of a domain in canonical form, with all of its records that somebody has to declare.
func (s Settings) Zone(domain string, records []zone.Record, name string) (v1alpha1.DNSZone, []LeftOut) {
	mine, left := sort(domain, records)
	entries, unsayable := entriesOf(mine, domain)
	object := v1alpha1.DNSZone{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion.String(), Kind: "DNSZone"},
		ObjectMeta: metav1.ObjectMeta{Namespace: s.Namespace, Name: name},
		Spec: v1alpha1.DNSZoneSpec{
			AccountRef: s.Account, DomainName: v1alpha1.DomainName(readableDomain(domain)), ManagementPolicy: s.Policy, Records: entries,
		},
	}
	left = append(left, unsayable...)
	slices.SortFunc(left, func(a, b LeftOut) int { return cmp.Compare(a.Record, b.Record) })
	return object, left
}

// sort parts what nobody is known to manage from what is somebody's. The plan of an empty declaration knows.
func sort(domain string, records []zone.Record) (mine []zone.Record, left []LeftOut) {
	mine = zone.NewPlan(zone.Declaration{}, zone.Ownership{}, records, zone.Policy{}).Unmanaged
	for _, record := range records {
		if slices.Contains(mine, record) {
			continue
		}
		why := "external-dns made it, or may have: it stays external-dns's"
		switch {
		case record.Registrar():
			why = "the registrar's own: it changes with the delegation of the domain"
		case zone.IsChallenge(record):
			why = "an ACME challenge: it goes by itself"
		}
		left = append(left, LeftOut{Domain: domain, Record: record.String(), Why: why, Expected: true})
	}
	return mine, left
}

// Domain gives the object for a domain. It asks for nothing but to be looked at.
func (s Settings) Domain(domain, name string) v1alpha1.Domain {
	return v1alpha1.Domain{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion.String(), Kind: "Domain"},
		ObjectMeta: metav1.ObjectMeta{Namespace: s.Namespace, Name: name},
		Spec:       v1alpha1.DomainSpec{AccountRef: s.Account, DomainName: v1alpha1.DomainName(readableDomain(domain))},
	}
}
