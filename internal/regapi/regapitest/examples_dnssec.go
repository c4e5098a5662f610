package regapitest

import (
	"time"

	"github.com/miekg/dns"
)

// The records of the example of dnssec/get_records (10.7).
const (
	exampleZSK       = "CPaFmHh6q/b1zQbXp4w8J3sXUp+YK6BfxzSam/qgps/i5JSiXSQ4kD5v433qdnbnocSyZIDw9EqiAQUbVE/M4g=="
	exampleKSK       = "X2ehOZBEVxU6baEa58fQx/6Y+gckDeq85XGFW8o6jWFB19wtv6aqdc8ycpIrQaZ4bSLYM7ZyLPJtP6UOkzslDg=="
	exampleKSKDigest = "cbb775347bdbdff6e1d832595df06add7e610732db131c0f5d3d295e85ae0bef"
	exampleDS        = "test.com. IN DS 2371 13 2 17F3E3F4E7FD813432C8E989BD74728BFE9BCA6B518BE2F1155D9EA352067997"
)

// exampleOtherID is the service_id of test.com in section 10.
const exampleOtherID = 6789

// exampleNameServers are those of a domain that is not with the registrar's.
var exampleNameServers = []string{"ns1.example.net", "ns2.example.net"}

// dressForDNSSEC gives the test user's domains the states that the examples of section 10 show: test.com is being updated, or on other name servers
// where the example is about these; test.net has what makes the function fail; any other domain is signed.
func dressForDNSSEC(c *call, e *element) {
	d := e.domain
	switch d.Name {
	case "test.com":
		d.ServiceID = exampleOtherID
		switch c.fn.Name {
		case "dnssec/get_records", "dnssec/add_keys":
			ds, _ := parseParentRecord(d.Name, exampleDS)
			d.NameServers, d.dnssec.next = exampleNameServers, signing{enabled: true, parent: []*dns.DS{ds}}
		default:
			d.dnssec.until = c.now.Add(time.Hour)
		}
	case "test.net":
		switch c.fn.Name {
		case "dnssec/enable", "dnssec/renew_ksk", "dnssec/renew_zsk":
			d.NameServers = exampleNameServers
		case "dnssec/disable":
			d.State = "N"
		default:
			d.dnssec.unsupported = true
		}
	default:
		if c.fn.Name == "dnssec/add_keys" {
			d.NameServers = exampleNameServers
		}
		d.dnssec.next = signing{enabled: true, keys: exampleKeys(d.Name)}
	}
}

func exampleKeys(name string) []zoneKey {
	key := func(flags uint16, public string) *dns.DNSKEY {
		return &dns.DNSKEY{Hdr: dns.RR_Header{Name: dns.Fqdn(name)}, Flags: flags, Protocol: 3, Algorithm: algorithm, PublicKey: public}
	}
	ksk := key(flagsKSK, exampleKSK)
	// Its DS is not what the key has for any of the example's names.
	ds := &dns.DS{KeyTag: ksk.KeyTag(), Algorithm: algorithm, DigestType: dns.SHA256, Digest: exampleKSKDigest}
	return []zoneKey{{DNSKEY: key(flagsZSK, exampleZSK)}, {DNSKEY: ksk, ds: ds}}
}
