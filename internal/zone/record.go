package zone

import (
	"cmp"
	"crypto/sha256"
	"strconv"
)

// Type is the type of a record, such as "A".
type Type string

// The types that REG.API can add (9.2 to 9.10). A zone may hold others, which are compared as they are and never touched.
const (
	A     Type = "A"
	AAAA  Type = "AAAA"
	CNAME Type = "CNAME"
	MX    Type = "MX"
	NS    Type = "NS"
	TXT   Type = "TXT"
	SRV   Type = "SRV"
	CAA   Type = "CAA"
	HTTPS Type = "HTTPS"
)

// hasPriority says whether the priority is part of a record of this type.
func (t Type) hasPriority() bool { return t == MX || t == SRV || t == HTTPS }

// Record is a resource record in canonical form. Two records are the same exactly when they are equal.
type Record struct {
	// Name relative to the zone: "@", "*", or labels in lower case and punycode.
	Name string
	// Type of the record.
	Type Type
	// Priority of an MX, SRV or HTTPS record; 0 for every other type.
	Priority uint16
	// Content by type: an address in its shortest text (A, AAAA); a host name in lower-case punycode with a final dot
	// (CNAME, NS, MX); "weight port target" (SRV); `flags tag "value"` (CAA); "target params" with the params sorted (HTTPS);
	// the bare text (TXT).
	Content string
}

// String gives the record in zone-file notation, relative to the zone and without TTL.
func (r Record) String() string { return string(r.appendTo(nil)) }

func (r Record) appendTo(text []byte) []byte {
	text = append(append(text, r.Name...), ' ')
	text = append(append(text, r.Type...), ' ')
	if r.Type == TXT {
		return strconv.AppendQuote(text, r.Content)
	}
	if r.Type.hasPriority() {
		text = append(strconv.AppendUint(text, uint64(r.Priority), 10), ' ')
	}
	return append(text, r.Content...)
}

// Compare orders records by name, type, priority and content.
func Compare(a, b Record) int {
	return cmp.Or(
		cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.Type, b.Type),
		cmp.Compare(a.Priority, b.Priority),
		cmp.Compare(a.Content, b.Content),
	)
}

// fingerprintSize is the number of bytes that name a record in the status of its owner.
const fingerprintSize = 8

// fingerprint names a record. Eight bytes make a chance match among ten thousand records about one in 10^11.
type fingerprint [fingerprintSize]byte

func (r Record) fingerprint() fingerprint {
	var room [128]byte // Nearly all fit.
	sum := sha256.Sum256(r.appendTo(room[:0]))
	return fingerprint(sum[:fingerprintSize])
}
