package ordering

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// Registrars are the name servers of the registrar, which serve the zone that it keeps, and sign it. Nobody may change them.
var Registrars = []regapi.NameServer{{Name: "ns1.reg.ru"}, {Name: "ns2.reg.ru"}}

// NameServers gives the name servers that a Domain asks for, in canonical form; none if it names none. A server within the domain needs its
// addresses, and no other may have any (8.20).
func NameServers(domain *v1alpha1.Domain, name string) (servers []regapi.NameServer, err error) {
	for _, asked := range domain.Spec.NameServers {
		host, err := zone.CanonicalDomain(asked.Name)
		if err != nil {
			return nil, fmt.Errorf("spec.nameServers: %w", err)
		}
		if slices.ContainsFunc(servers, func(s regapi.NameServer) bool { return s.Name == host }) {
			return nil, fmt.Errorf("spec.nameServers: %s is there twice: leave one out", asked.Name)
		}
		within := host == name || strings.HasSuffix(host, "."+name)
		switch {
		case within && len(asked.Addresses) == 0:
			return nil, fmt.Errorf("spec.nameServers: %s lies in the domain itself, so that nobody would find it: give its addresses", asked.Name)
		case !within && len(asked.Addresses) > 0:
			return nil, fmt.Errorf("spec.nameServers: %s lies in another domain, which knows its addresses: leave them out", asked.Name)
		}
		for _, address := range asked.Addresses {
			if _, err := netip.ParseAddr(address); err != nil {
				return nil, fmt.Errorf("spec.nameServers: %q of %s is no address: write one such as 192.0.2.1 or 2001:db8::1", address, asked.Name)
			}
		}
		servers = append(servers, regapi.NameServer{Name: host, IPs: asked.Addresses})
	}
	return servers, nil
}

// serversText writes name servers down for an Order: a server each, with its addresses behind it. The same servers have the same text.
func serversText(servers []regapi.NameServer) (texts []string) {
	for _, server := range servers {
		texts = append(texts, strings.Join(append([]string{server.Name}, canonicalAddresses(server.IPs)...), " "))
	}
	return texts
}

// ServersOf reads what serversText wrote.
func ServersOf(texts []string) (servers []regapi.NameServer) {
	for _, text := range texts {
		if fields := strings.Fields(text); len(fields) > 0 {
			servers = append(servers, regapi.NameServer{Name: fields[0], IPs: fields[1:]})
		}
	}
	return servers
}

// SameServers says whether a domain is delegated to some servers, in whatever order. Addresses count where the registrar tells any.
func SameServers(held, wanted []regapi.NameServer) bool {
	if len(held) != len(wanted) {
		return false
	}
	return !slices.ContainsFunc(wanted, func(want regapi.NameServer) bool {
		return !slices.ContainsFunc(held, func(has regapi.NameServer) bool {
			return regapi.CanonicalName(strings.TrimSuffix(has.Name, ".")) == want.Name && (len(has.IPs) == 0 || sameAddresses(has.IPs, want.IPs))
		})
	})
}

func sameAddresses(a, b []string) bool {
	return slices.Equal(canonicalAddresses(a), canonicalAddresses(b))
}

func canonicalAddresses(texts []string) (all []string) {
	for _, text := range texts {
		if address, err := netip.ParseAddr(text); err == nil {
			text = address.String()
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return all
}
