package zone

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Prune says which records that are not desired are removed.
type Prune string

// The ways to prune.
const (
	// PruneOwned removes what the owner created. It is the default.
	PruneOwned Prune = ""
	// PruneAll also removes what somebody else created, but for names of external-dns and ACME challenges.
	PruneAll Prune = "All"
	// PruneNone removes nothing, not even what the owner created.
	PruneNone Prune = "None"
)

// Policy bounds what a plan may do.
type Policy struct {
	Prune Prune
	// Protected are patterns of names, in canonical form, at which nothing is removed. A star stands for any characters but
	// a dot; a pattern without one is a name.
	Protected []string
	// Kept are records that somebody else needs though nobody desires them, such as those of web forwarding.
	Kept Set
}

// Protects says whether the name of a record is protected.
func (p Policy) Protects(record Record) bool {
	return slices.ContainsFunc(p.Protected, func(pattern string) bool {
		if pattern == record.Name {
			return true
		}
		matched, err := path.Match(strings.ReplaceAll(pattern, ".", "/"), strings.ReplaceAll(record.Name, ".", "/"))
		return err == nil && matched
	})
}

// challengeLabel begins the names of ACME challenges (RFC 8555, 8.4).
const challengeLabel = "_acme-challenge"

func isChallenge(name string) bool {
	return name == challengeLabel || strings.HasPrefix(name, challengeLabel+".")
}

// externalDNS knows which names external-dns manages, by the ownership texts that it leaves in the zone.
type externalDNS struct {
	// exact are names that are surely managed: a text stands at the name, or at the name behind a record type (a-www).
	exact map[string]Record
	// near are names that may be: the text's name can be made from them by a prefix or suffix of the user's choice
	// (--txt-prefix, --txt-suffix). They are good enough to keep from removing anything, and not to keep from adding.
	near map[string]Record
}

// recordTypePrefixes are what external-dns puts before the name of an ownership text.
var recordTypePrefixes = []string{"a-", "aaaa-", "cname-", "mx-", "ns-", "srv-", "txt-", "ptr-", "naptr-", "caa-", "https-"}

func findExternalDNS(current []Record) externalDNS {
	found := externalDNS{exact: map[string]Record{}, near: map[string]Record{}}
	for _, record := range current {
		if record.Type != TXT || !strings.HasPrefix(strings.Trim(record.Content, `"`), "heritage=external-dns") {
			continue
		}
		found.exact[record.Name] = record
		for _, prefix := range recordTypePrefixes {
			if name, ok := strings.CutPrefix(record.Name, prefix); ok {
				found.exact[name] = record
			}
		}
		for _, name := range namesBehind(record.Name) {
			found.near[name] = record
		}
	}
	return found
}

// namesBehind gives every name that the name of an ownership text can be made from by a prefix or a suffix.
func namesBehind(mark string) []string {
	names := []string{mark}
	firstEnd := strings.IndexByte(mark+".", '.')
	for i := range len(mark) {
		if mark[i] != '-' && mark[i] != '.' {
			continue
		}
		names = append(names, mark[i+1:])
		if i < firstEnd {
			names = append(names, mark[:i]+mark[firstEnd:])
		}
	}
	return names
}

// manages says whether external-dns surely manages a name, and by which text.
func (e externalDNS) manages(name string) (mark Record, managed bool) {
	mark, managed = e.exact[name]
	return mark, managed
}

// mayManage says whether external-dns may manage a name.
func (e externalDNS) mayManage(name string) bool {
	if _, managed := e.exact[name]; managed {
		return true
	}
	_, near := e.near[name]
	return near
}

// Guard keeps a slip in a spec from emptying a zone.
type Guard struct {
	// MaxPercent of the zone's records that a plan may remove.
	MaxPercent int
	// MinRecords is the size from which on the percentage counts.
	MinRecords int
}

// DefaultGuard stops plans that remove more than 30 % of ten records or more.
var DefaultGuard = Guard{MaxPercent: 30, MinRecords: 10}

// Objects says why a plan for a zone that holds so many records has to be approved first; "" if it need not be.
func (g Guard) Objects(plan Plan, held int) string {
	removed := plan.Removed()
	for _, record := range removed {
		if record.Name == apex && record.Type == NS {
			return fmt.Sprintf("it removes %q, a name server of the zone itself", record)
		}
	}
	if held >= g.MinRecords && len(removed)*100 > held*g.MaxPercent {
		return fmt.Sprintf("it removes %d of %d records, more than %d %%", len(removed), held, g.MaxPercent)
	}
	return ""
}
