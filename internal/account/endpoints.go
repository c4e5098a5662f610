package account

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Endpoints are the addresses that credentials may be sent to. Whoever may create Accounts would have the operator send any Secret
// of his namespace anywhere otherwise. The zero value is REG.RU's alone.
type Endpoints struct {
	allowed  map[string]bool
	order    []string // of what is allowed, as it was given
	loopback bool
	// sharing has, for a host, the one whose budget it shares.
	sharing map[string]string
}

// ParseEndpoints reads addresses, of which none means REG.RU's, and pairs of hosts such as "a.example.ru=b.example.ru", whose
// requests leave from one budget. With loopback every address of this machine is allowed as well.
func ParseEndpoints(entries []string, loopback bool) (Endpoints, error) {
	e := Endpoints{loopback: loopback, sharing: map[string]string{}}
	for _, entry := range entries {
		if host, with, ok := strings.Cut(entry, "="); ok && !strings.Contains(entry, "://") {
			if host == "" || with == "" || strings.ContainsAny(entry, "/ ") {
				return Endpoints{}, fmt.Errorf("%q: write two hosts, as in a.example.ru=b.example.ru", entry)
			}
			e.sharing[strings.ToLower(host)] = strings.ToLower(with)
			continue
		}
		canonical, err := regapi.CanonicalEndpoint(entry)
		if err != nil {
			return Endpoints{}, fmt.Errorf("%q: %w", entry, err)
		}
		if e.allowed == nil {
			e.allowed = map[string]bool{}
		}
		if !e.allowed[canonical] {
			e.order = append(e.order, canonical)
		}
		e.allowed[canonical] = true
	}
	return e, nil
}

// Endpoints gives the addresses that were named, in canonical form and in that order; none where REG.RU's is the only one.
func (d *Directory) Endpoints() []string { return slices.Clone(d.settings.Endpoints.order) }

// endpoint is an address in canonical form, and the host whose budget its requests leave from.
type endpoint struct{ address, egress string }

// find gives the endpoint that an Account names, if credentials may be sent there.
func (e Endpoints) find(account *v1alpha1.Account) (endpoint, error) {
	address, err := regapi.CanonicalEndpoint(account.Spec.Endpoint)
	if err != nil {
		return endpoint{}, &Unavailable{Reason: v1alpha1.ReasonInvalidSpec, Message: "spec.endpoint: " + err.Error()}
	}
	allowed := e.allowed[address] || (e.allowed == nil && address == regapi.DefaultEndpoint) || (e.loopback && regapi.IsLoopbackEndpoint(address))
	if !allowed {
		return endpoint{}, &Unavailable{
			Reason: v1alpha1.ReasonEndpointNotAllowed,
			Message: "spec.endpoint: the operator sends no credentials to this address. Leave the field out for REG.RU, or have whoever " +
				"runs the operator name the address in its flag --endpoints",
		}
	}
	host := regapi.EndpointHost(address)
	return endpoint{address, cmp.Or(e.sharing[host], host)}, nil
}
