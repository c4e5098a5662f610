package zone

import (
	"slices"
	"strings"
)

// The kinds of texts of which a name has one: whoever reads them takes two for none.
const (
	kindSPF    = "v=spf1"     // RFC 7208, 3.2
	kindDMARC  = "v=DMARC1"   // RFC 7489, 6.3 and 7.1
	kindDKIM   = "v=DKIM1"    // RFC 6376, 3.6.1 and 3.6.2.2
	kindSTS    = "v=STSv1"    // RFC 8461, 3.1
	kindTLSRPT = "v=TLSRPTv1" // RFC 8460, 3
	kindBIMI   = "v=BIMI1"    // draft-brand-indicators-for-message-identification, 4.2
)

// KindOf gives the kind of a text of which its name has one, as its version tag: "v=spf1", "v=DMARC1" and so on. It is ""
// for a text that stands by itself, which is every other one however it begins, and for records of other types.
//
// But for SPF a version counts only at the names where its readers look for it, in the zone and in each subdomain.
func KindOf(r Record) string {
	if r.Type != TXT {
		return ""
	}
	if version, _, _ := strings.Cut(r.Content, " "); strings.EqualFold(version, kindSPF) {
		return kindSPF
	}
	labels := strings.Split(r.Name, ".")
	switch at := func(label string) int { return slices.Index(labels, label) }; {
	case at("_dmarc") == 0, at("_dmarc") > 1 && labels[at("_dmarc")-1] == "_report":
		return versionIs(r.Content, kindDMARC)
	case at("_domainkey") > 0:
		return dkimKind(r.Content)
	case at("_bimi") > 0:
		return versionIs(r.Content, kindBIMI)
	case at("_mta-sts") == 0:
		return versionIs(r.Content, kindSTS)
	case at("_smtp") == 0 && at("_tls") == 1:
		return versionIs(r.Content, kindTLSRPT)
	default:
		return ""
	}
}

// versionIs gives the kind if the first tag of a text says so, and "" otherwise. Unlike that of SPF these versions are
// case-sensitive: with another case their readers do not see the text.
func versionIs(text, kind string) string {
	tag, _, _ := strings.Cut(text, ";")
	if name, value := splitTag(tag); name+"="+value == kind {
		return kind
	}
	return ""
}

// dkimKind also knows a key without a version, which is optional: a list of tags with k= or p= among them.
func dkimKind(text string) string {
	isKey := false
	for i, tag := range strings.Split(text, ";") {
		switch name, _ := splitTag(tag); {
		case name == "v" && i == 0:
			return versionIs(text, kindDKIM)
		case name == "k" || name == "p":
			isKey = true
		}
	}
	if isKey {
		return kindDKIM
	}
	return ""
}

// splitTag reads "name = value"; name is "" where there is no equals sign.
func splitTag(tag string) (name, value string) {
	name, value, found := strings.Cut(tag, "=")
	if !found {
		return "", ""
	}
	return strings.TrimSpace(name), strings.TrimSpace(value)
}
