package regapitest

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/form"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// maxNameServers is how many servers a domain can have, ns0 to ns12: the documented limit of .ru (8.27), although 8.20 lists ns0 to ns3 alone.
const maxNameServers = 13

// minNameServers is how many a registration must name (8.7).
const minNameServers = 2

// nameServersOf reads name servers with their addresses as [Domain.NameServers] has them: from the object nss, or from form fields (8.20).
// It is nil when none are named. Addresses count only for servers in the domain itself, which must have them.
//
// Errors: INVALID_NSS.
func nameServersOf(e *element, domain string) ([]string, *refusal.Error) {
	var given form.Params
	if object, ok := e.Value("nss").(form.Params); ok {
		given = object
	}
	field := func(name string) any {
		if given != nil {
			return given.Value(name)
		}
		return e.Value(name)
	}
	for _, params := range []form.Params{given, e.own, e.common} {
		if hasSurplusServer(params) {
			return nil, refusal.New("INVALID_NSS")
		}
	}
	servers, hosts := []string(nil), []string{}
	for number := range maxNameServers {
		name := "ns" + strconv.Itoa(number)
		host, _ := field(name).(string)
		if host == "" {
			continue
		}
		server, ok := nameServer(host, field(name+"ip"), domain)
		if !ok || slices.Contains(hosts, nameServerHost(server)) {
			return nil, refusal.New("INVALID_NSS")
		}
		servers, hosts = append(servers, server), append(hosts, nameServerHost(server))
	}
	return servers, nil
}

// hasSurplusServer tells whether parameters name a server beyond the last one that there can be.
func hasSurplusServer(params form.Params) bool {
	for name := range params {
		digits, named := strings.CutPrefix(name, "ns")
		number, err := strconv.Atoi(digits)
		if named && err == nil && number >= maxNameServers && params.Text(name) != "" {
			return true
		}
	}
	return false
}

// nameServer writes a server with the addresses that it needs.
func nameServer(host string, addresses any, domain string) (string, bool) {
	const minHost, maxHost = 6, 80
	host, ok := dnszone.CanonicalHost(host, domain)
	if !ok || len(host) < minHost || len(host) > maxHost || !strings.Contains(host, ".") {
		return "", false
	}
	if host != domain && !strings.HasSuffix(host, "."+domain) {
		return host, true
	}
	parts := []string{host}
	for _, text := range texts(addresses) {
		for word := range strings.FieldsFuncSeq(text, func(letter rune) bool { return letter == ',' || letter == ' ' }) {
			address, err := netip.ParseAddr(word)
			if err != nil {
				return "", false
			}
			parts = append(parts, address.String())
		}
	}
	return strings.Join(parts, " "), len(parts) > 1
}
