package regapitest

import (
	"crypto/ecdh"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// The words of [Domain.DNSSEC]; updating is what dnssec/get_status says while a change is under way (10.2).
const (
	dnssecEnabled     = "enabled"
	dnssecDisabled    = "disabled"
	dnssecUpdating    = "updating"
	dnssecUnsupported = "unsupported"
)

// The flags of the two kinds of DNSKEY (RFC 4034, 2.1.1) and the algorithm and digest that the documentation's example shows (10.7).
const (
	flagsZSK  = dns.ZONE
	flagsKSK  = dns.ZONE | dns.SEP
	algorithm = dns.ECDSAP256SHA256
)

// signing is what a domain's DNSSEC is at a moment: keys of the registrar's name servers, or what the parent zone was told about other ones.
type signing struct {
	enabled bool
	// keys are those of the domain on the registrar's name servers.
	keys []zoneKey
	// parent are the records that dnssec/add_keys sent to the parent zone.
	parent []*dns.DS
}

// zoneKey is a key with, where it is a KSK, the DS that stands for it in the parent zone.
type zoneKey struct {
	*dns.DNSKEY
	ds *dns.DS
}

// dnssec is the signing of one domain. Changes take time: until then the old state holds and its status is updating (10.3).
type dnssec struct {
	unsupported   bool
	current, next signing
	until         time.Time
	// generation numbers the keys, so that each is another.
	generation int
}

// settle lets a change that is due take effect and returns what holds.
func (s *dnssec) settle(now time.Time) signing {
	if !s.updating(now) {
		s.current = s.next
	}
	return s.current
}

// atParent are the records that the parent zone holds: those that it was sent, or those of the registrar's own keys, also when the domain has moved
// to other name servers since.
func (s signing) atParent() []*dns.DS {
	if s.parent != nil {
		return s.parent
	}
	records := []*dns.DS{}
	for _, key := range s.keys {
		if key.ds != nil {
			records = append(records, key.ds)
		}
	}
	return records
}

// chain is what a validating resolver makes of a domain: with nothing at the parent it is insecure; it is secure if the parent's records stand for a
// key of the name servers that are asked, of which only the registrar's own are known here; else it is bogus.
func (d *domain) chain(now time.Time) string {
	holds := d.dnssec.settle(now)
	switch {
	case len(holds.atParent()) == 0:
		return chainInsecure
	case d.delegatedHere() && holds.parent == nil, !d.delegatedHere() && holds.parent != nil:
		return chainSecure
	default:
		return chainBogus
	}
}

// What a validating resolver makes of a domain (RFC 4035, 4.3).
const (
	chainInsecure = "insecure"
	chainSecure   = "secure"
	chainBogus    = "bogus"
)

func (s *dnssec) updating(now time.Time) bool { return now.Before(s.until) }

// change starts a change that takes effect after the given delay.
func (s *dnssec) change(now time.Time, delay time.Duration, to signing) {
	s.settle(now)
	s.next, s.until = to, now.Add(delay)
}

func (s *dnssec) status(now time.Time) string {
	switch {
	case s.updating(now):
		return dnssecUpdating
	case s.settle(now).enabled:
		return dnssecEnabled
	default:
		return dnssecDisabled
	}
}

// freshKey makes a public key that no other domain or generation has. The simulator signs nothing, so that the private one is not kept.
func (s *dnssec) freshKey(name string, flags uint16) zoneKey {
	s.generation++
	seed := sha256.Sum256([]byte(name + " " + strconv.Itoa(int(flags)) + " " + strconv.Itoa(s.generation)))
	private, err := ecdh.P256().NewPrivateKey(seed[:])
	if err != nil { // a hash that is no scalar of the curve: one in 2^32
		return s.freshKey(name, flags)
	}
	const uncompressed = 1 // the prefix that RFC 6605, 4 leaves out
	public := base64.StdEncoding.EncodeToString(private.PublicKey().Bytes()[uncompressed:])
	key := &dns.DNSKEY{
		Hdr:   dns.RR_Header{Name: dns.Fqdn(name), Rrtype: dns.TypeDNSKEY, Class: dns.ClassINET},
		Flags: flags, Protocol: 3, Algorithm: algorithm, PublicKey: public,
	}
	if flags != flagsKSK {
		return zoneKey{DNSKEY: key}
	}
	return zoneKey{DNSKEY: key, ds: key.ToDS(dns.SHA256)}
}

// freshKeys is what enabling makes: a ZSK and a KSK, in the order of the example (10.7).
func (s *dnssec) freshKeys(name string) []zoneKey {
	return []zoneKey{s.freshKey(name, flagsZSK), s.freshKey(name, flagsKSK)}
}

// renewed is the present signing with another key in the place of that with the given flags.
func (s *dnssec) renewed(now time.Time, name string, flags uint16) signing {
	to := s.settle(now)
	keys := []zoneKey{}
	for _, key := range to.keys {
		if key.Flags == flags {
			key = s.freshKey(name, flags)
		}
		keys = append(keys, key)
	}
	to.keys = keys
	return to
}

// digestLengths are those of the types of digests, in hexadecimal digits (RFC 3658, 4509, 6605).
var digestLengths = map[uint8]int{dns.SHA1: 40, dns.SHA256: 64, dns.SHA384: 96}

// parseParentRecord reads a DS record, or the DS that a DNSKEY record of a KSK stands for: "test.ru. 3600 IN DS …" (10.8).
func parseParentRecord(zone, text string) (*dns.DS, bool) {
	rr, err := dns.NewRR(text)
	if err != nil || rr == nil || !strings.EqualFold(rr.Header().Name, dns.Fqdn(zone)) {
		return nil, false
	}
	switch rr := rr.(type) {
	case *dns.DS:
		return rr, digestLengths[rr.DigestType] == len(rr.Digest)
	case *dns.DNSKEY:
		if rr.Flags&dns.SEP == 0 {
			return nil, false
		}
		ds := rr.ToDS(dns.SHA256)
		return ds, ds != nil
	default:
		return nil, false
	}
}

// shownKey is one of the registrar's keys with, for a KSK, its DS: the TTL is left out, as in the example (10.7).
func shownKey(zone string, key zoneKey) map[string]any {
	owner := dns.Fqdn(zone)
	shown := map[string]any{
		"DNSKEY": fmt.Sprintf("%s IN DNSKEY %d %d %d %s", owner, key.Flags, key.Protocol, key.Algorithm, key.PublicKey),
	}
	if ds := key.ds; ds != nil {
		shown["DS"] = fmt.Sprintf("%s IN DS %d %d %d %s", owner, ds.KeyTag, ds.Algorithm, ds.DigestType, strings.ToLower(ds.Digest))
	}
	return shown
}

// shownParent is a record as the parent zone keeps it, in the fields of the example (10.7).
func shownParent(ds *dns.DS) map[string]any {
	return map[string]any{
		"alg": textNumeral(int64(ds.Algorithm)), "digest": strings.ToUpper(ds.Digest), "digtype": textNumeral(int64(ds.DigestType)),
		"keytag": textNumeral(int64(ds.KeyTag)),
	}
}

// newDNSSEC is the state that a seed asks for: enabled, disabled (also when empty) or unsupported.
func newDNSSEC(name, state string) (dnssec, error) {
	var s dnssec
	switch state {
	case dnssecEnabled:
		s.next = signing{enabled: true, keys: s.freshKeys(name)}
	case dnssecUnsupported:
		s.unsupported = true
	case "", dnssecDisabled:
	default:
		return dnssec{}, fmt.Errorf("dnssec %q is none of enabled, disabled, unsupported", state)
	}
	return s, nil
}
