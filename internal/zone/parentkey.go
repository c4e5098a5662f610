package zone

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// ParentKey is a key of a domain as its parent zone knows it: a DS record. It can be compared.
type ParentKey struct {
	Tag                   uint16
	Algorithm, DigestType uint8
	// Digest in small hexadecimal digits.
	Digest string
}

// ParseParentKey reads a DS or DNSKEY record that is written without its owner, such as "DS 2371 13 2 4508a7…". Of a DNSKEY the digest is the usual
// one, SHA-256.
func ParseParentKey(domain, text string) (ParentKey, error) {
	record, err := dns.NewRR(ParentKeyRecord(domain, text))
	if err != nil {
		return ParentKey{}, fmt.Errorf("%q is neither a DS nor a DNSKEY record: %w", text, err)
	}
	switch record := record.(type) {
	case *dns.DS:
		return parentKeyOf(record), nil
	case *dns.DNSKEY:
		if ds := record.ToDS(dns.SHA256); ds != nil {
			return parentKeyOf(ds), nil
		}
	}
	return ParentKey{}, fmt.Errorf("%q is neither a DS nor a DNSKEY record", text)
}

// ParentKeyRecord writes such a key as dnssec/add_keys takes it, with its owner (10.8).
func ParentKeyRecord(domain, text string) string { return domain + ". IN " + text }

func parentKeyOf(ds *dns.DS) ParentKey {
	return ParentKey{ds.KeyTag, ds.Algorithm, ds.DigestType, strings.ToLower(ds.Digest)}
}

// KeysAtParent gives the keys that the parent zone knows, of what dnssec/get_records tells: the DS beside the registrar's own keys, or the fields of
// the parent's records (10.7). What cannot be read is left out.
func KeysAtParent(records []regapi.DNSSECRecord) (keys []ParentKey) {
	for _, record := range records {
		if record.DS != "" {
			if ds, err := dns.NewRR(record.DS); err == nil {
				if ds, ok := ds.(*dns.DS); ok {
					keys = append(keys, parentKeyOf(ds))
				}
			}
			continue
		}
		tag, tagErr := strconv.ParseUint(record.Parent["keytag"], 10, 16)
		algorithm, algorithmErr := strconv.ParseUint(record.Parent["alg"], 10, 8)
		kind, kindErr := strconv.ParseUint(record.Parent["digtype"], 10, 8)
		if tagErr == nil && algorithmErr == nil && kindErr == nil {
			keys = append(keys, ParentKey{uint16(tag), uint8(algorithm), uint8(kind), strings.ToLower(record.Parent["digest"])})
		}
	}
	return keys
}

// IsOf says whether both stand for the same key, as far as can be told: digests of different types cannot be compared.
func (k ParentKey) IsOf(other ParentKey) bool {
	return k.Tag == other.Tag && k.Algorithm == other.Algorithm && (k.DigestType != other.DigestType || k.Digest == other.Digest)
}

// String writes the key as a DS record without its owner.
func (k ParentKey) String() string {
	return fmt.Sprintf("DS %d %d %d %s", k.Tag, k.Algorithm, k.DigestType, k.Digest)
}
