package main

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

func TestFlagsOfExternalDNSThatCannotBeMeantAreRefusedWithARemedy(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"loopback":             {args: []string{"--external-dns-bind-address=127.0.0.1:8888"}},
		"loopback, IPv6":       {args: []string{"--external-dns-bind-address=[::1]:8888"}},
		"localhost":            {args: []string{"--external-dns-bind-address=localhost:8888"}},
		"every address":        {args: []string{"--external-dns-bind-address=:8888"}, want: "--external-dns-tls-bind-address"},
		"an outer address":     {args: []string{"--external-dns-bind-address=192.0.2.1:8888"}, want: "--external-dns-tls-bind-address"},
		"no port":              {args: []string{"--external-dns-bind-address=127.0.0.1"}, want: "--external-dns-tls-bind-address"},
		"insecure":             {args: []string{"--external-dns-bind-address=:8888", "--external-dns-insecure-service"}},
		"TLS":                  {args: []string{"--external-dns-tls-bind-address=:8443", "--external-dns-allowed-service-accounts=a/b"}},
		"TLS for nobody":       {args: []string{"--external-dns-tls-bind-address=:8443"}, want: "--external-dns-allowed-service-accounts"},
		"TLS for any audience": {args: []string{"--external-dns-tls-bind-address=:8443", "--external-dns-allowed-service-accounts=a/b", "--external-dns-token-audience="}, want: "--external-dns-token-audience"},
		"too slow":             {args: []string{"--external-dns-answer-within=20s"}, want: "1s to 10s"},
		"too small":            {args: []string{"--external-dns-max-body=1"}, want: "1024"},
		"negative":             {args: []string{"--external-dns-max-changes=-1"}, want: "0 for any"},
		"no account":           {args: []string{"--external-dns-allowed-service-accounts=external-dns"}, want: "namespace/name"},
		"no domain":            {args: []string{"--external-dns-domain-filter=a..b"}, want: "--external-dns-domain-filter"},
	} {
		t.Run(name, func(t *testing.T) {
			var o externalDNSOptions
			flags := pflag.NewFlagSet("", pflag.ContinueOnError)
			o.addFlags(flags)
			if err := flags.Parse(c.args); err != nil {
				t.Fatal(err)
			}
			wantError(t, c.want, o.check, func() error { _, err := o.parseAllowed(); return err }, func() error { _, err := o.parseDomains(); return err })
		})
	}
}

func TestFlagsOfTheProxyThatCannotBeMeantAreRefusedWithARemedy(t *testing.T) {
	good := []string{"--operator-url=https://operator:8443", "--operator-ca-file=ca.crt", "--token-file=token"}
	for name, c := range map[string]struct{ arg, want string }{
		"good":               {},
		"no URL":             {"--operator-url=", "--operator-url"},
		"no TLS":             {"--operator-url=http://operator:8443", "https"},
		"no authority":       {"--operator-ca-file=", "regapi-operator-ca"},
		"no token":           {"--token-file=", "projected"},
		"open to everybody":  {"--listen-address=:8888", "loopback"},
		"slower than it may": {"--answer-within=15s", "2s to 10s"},
		"too small":          {"--max-body=0", "1024"},
	} {
		t.Run(name, func(t *testing.T) {
			var o proxyOptions
			flags := pflag.NewFlagSet("", pflag.ContinueOnError)
			o.addFlags(flags)
			args := good
			if c.arg != "" {
				args = append(args[:len(args):len(args)], c.arg)
			}
			if err := flags.Parse(args); err != nil {
				t.Fatal(err)
			}
			wantError(t, c.want, func() error { _, err := o.check(); return err })
		})
	}
}

// wantError runs checks, of which one has to fail with a text, or none where the text is empty.
func wantError(t *testing.T, want string, checks ...func() error) {
	t.Helper()
	var told strings.Builder
	for _, check := range checks {
		if err := check(); err != nil {
			told.WriteString(err.Error())
		}
	}
	if !strings.Contains(told.String(), want) || (want == "" && told.Len() > 0) {
		t.Errorf("told %q, want %q", told.String(), want)
	}
}
