package regapi

import (
	"net"
	"net/netip"
	"net/url"
	"path"
	"strings"
)

// CanonicalEndpoint gives the one spelling of an address of REG.API: with the scheme and the host in lower case, without the port
// that the scheme means anyhow, and with one slash at the end. Empty means [DefaultEndpoint]. It fails where [NewClient] would.
func CanonicalEndpoint(endpoint string) (string, error) {
	if endpoint == "" {
		endpoint = DefaultEndpoint
	}
	parsed, err := parseEndpoint(endpoint)
	if err != nil {
		return "", err
	}
	folder := path.Clean("/" + parsed.EscapedPath())
	if folder != "/" {
		folder += "/"
	}
	return parsed.Scheme + "://" + canonicalHost(parsed) + folder, nil
}

// EndpointHost gives the host of an address in canonical form, with its port where that is not the scheme's.
func EndpointHost(canonical string) string {
	_, rest, _ := strings.Cut(canonical, "://")
	host, _, _ := strings.Cut(rest, "/")
	return host
}

// IsLoopbackEndpoint says whether an address can only be this machine.
func IsLoopbackEndpoint(canonical string) bool {
	parsed, err := url.Parse(canonical)
	return err == nil && isLoopback(parsed.Hostname())
}

func canonicalHost(endpoint *url.URL) string {
	host := strings.TrimSuffix(strings.ToLower(endpoint.Hostname()), ".")
	if address, err := netip.ParseAddr(host); err == nil {
		host = address.Unmap().String()
	}
	port := endpoint.Port()
	if (endpoint.Scheme == "https" && port == "443") || (endpoint.Scheme == "http" && port == "80") {
		port = ""
	}
	switch {
	case port != "":
		return net.JoinHostPort(host, port)
	case strings.Contains(host, ":"):
		return "[" + host + "]"
	default:
		return host
	}
}
