package traffic

import (
	"context"
	"strings"
)

// Askers are on whose behalf a request is made; a request that carries the work of several has several. It decides nothing, and is for
// whoever wants to know where requests go.
type Askers uint8

// Who asks.
const (
	// ByObject is an object of ours: an Account, Domain, DNSZone, Folder or Order.
	ByObject Askers = 1 << iota
	// ByExternalDNS is external-dns.
	ByExternalDNS
	// ByChallenge is a challenge of cert-manager.
	ByChallenge
	// BySweep is the background sweep.
	BySweep
	// ByPerson is a person, through the plugin.
	ByPerson
)

var askerNames = []string{"object", "external-dns", "challenge", "sweep", "person"}

// String names them, separated by commas; operator where nobody in particular asks.
func (a Askers) String() string {
	var names []string
	for i, name := range askerNames {
		if a&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	if names == nil {
		return "operator"
	}
	return strings.Join(names, ",")
}

type askersKey struct{}

// WithAskers says on whose behalf the requests of a context are made.
func WithAskers(ctx context.Context, askers Askers) context.Context {
	return context.WithValue(ctx, askersKey{}, askers)
}

// AskersOf returns on whose behalf the requests of a context are made; none if it does not say.
func AskersOf(ctx context.Context) Askers {
	askers, _ := ctx.Value(askersKey{}).(Askers)
	return askers
}
