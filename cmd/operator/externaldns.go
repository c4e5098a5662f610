package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/types"
	clientauthentication "k8s.io/client-go/kubernetes/typed/authentication/v1"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/regapi-io/regapi-operator/internal/controller"
	"github.com/regapi-io/regapi-operator/internal/events"
	"github.com/regapi-io/regapi-operator/internal/provenance"
	"github.com/regapi-io/regapi-operator/internal/zone"
	"github.com/regapi-io/regapi-operator/webhook/externaldns"
)

type externalDNSOptions struct {
	address      string
	insecure     bool
	tlsAddress   string
	audience     string
	allowed      []string
	domains      []string
	dryRun       bool
	readOnly     bool
	maxChanges   int
	maxBody      int64
	answerWithin time.Duration
}

func (o *externalDNSOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.address, "external-dns-bind-address", "", "loopback address to serve the webhook provider of external-dns on, such as 127.0.0.1:8888; empty for none. It asks nobody who they are")
	flags.BoolVar(&o.insecure, "external-dns-insecure-service", false, "let --external-dns-bind-address be any address. Whoever reaches it can change the zones that opt in: a NetworkPolicy has to keep everybody else away")
	flags.StringVar(&o.tlsAddress, "external-dns-tls-bind-address", "", "address to serve it on by TLS, such as :8443, to the callers that --external-dns-allowed-service-accounts names; empty for none")
	flags.StringVar(&o.audience, "external-dns-token-audience", externaldns.DefaultAudience, "audience that the tokens of these callers have to be made for")
	flags.StringSliceVar(&o.allowed, "external-dns-allowed-service-accounts", nil, "service accounts, as namespace/name, that may call by TLS")
	flags.StringSliceVar(&o.domains, "external-dns-domain-filter", nil, "domains that external-dns is served, with all below them, as far as they opt in; empty for all that do")
	flags.BoolVar(&o.dryRun, "external-dns-dry-run", false, "log what external-dns asks for, and write nothing of it")
	flags.BoolVar(&o.readOnly, "external-dns-read-only", false, "show external-dns the records, and ignore its changes")
	flags.IntVar(&o.maxChanges, "external-dns-max-changes", 0, "records that one sync may add and remove in a zone, but for a single name that needs more; the rest comes with later syncs; 0 for any number")
	flags.Int64Var(&o.maxBody, "external-dns-max-body", 32<<20, "largest body of a request in bytes")
	flags.DurationVar(&o.answerWithin, "external-dns-answer-within", 8*time.Second, "how long an answer may take; work that takes longer goes on, and external-dns is told to come back. At most 10s: external-dns gives up after 15s")
}

// check tells what cannot be meant.
func (o *externalDNSOptions) check() error {
	switch {
	case o.address != "" && !o.insecure && !isLoopback(o.address):
		return fmt.Errorf("--external-dns-bind-address %s would let whoever reaches it change records: give a loopback address such as 127.0.0.1:8888, or serve allowed callers with --external-dns-tls-bind-address", o.address)
	case o.tlsAddress != "" && len(o.allowed) == 0:
		return errors.New("--external-dns-tls-bind-address serves nobody: name callers with --external-dns-allowed-service-accounts, such as external-dns/external-dns")
	case o.tlsAddress != "" && o.audience == "":
		return errors.New("--external-dns-token-audience is empty: then a token that was made for somebody else would do")
	case o.answerWithin < time.Second || o.answerWithin > 10*time.Second:
		return fmt.Errorf("--external-dns-answer-within %s: give 1s to 10s", o.answerWithin)
	case o.maxBody < 1<<10:
		return fmt.Errorf("--external-dns-max-body %d: give at least 1024 bytes", o.maxBody)
	case o.maxChanges < 0:
		return fmt.Errorf("--external-dns-max-changes %d: give 0 for any number", o.maxChanges)
	default:
		return nil
	}
}

func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	parsed, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && parsed.IsLoopback())
}

// add serves the webhook provider, with the same connections and locks that the controllers use.
func (o *externalDNSOptions) add(mgr ctrl.Manager, d controller.Dependencies, memory *provenance.Memory, certificate *certificateSource) error {
	if o.address == "" && o.tlsAddress == "" {
		return nil
	}
	domains, err := o.parseDomains()
	if err := errors.Join(o.check(), err); err != nil {
		return err
	}
	secure, err := o.secureListener(mgr.GetConfig(), certificate)
	if err != nil {
		return err
	}
	recorder, err := events.New(mgr, "regapi-external-dns")
	if err != nil {
		return err
	}
	provider := externaldns.NewProvider(externaldns.Settings{
		Reader: mgr.GetClient(), Directory: d.Directory, Editor: d.Editor, Memory: memory, Status: mgr.GetClient(),
		Events: recorder, Metrics: metrics.Registry, Endpoints: d.Directory.Endpoints(),
		Domains: domains, DryRun: o.dryRun, ReadOnly: o.readOnly, MaxChanges: o.maxChanges, MaxBody: o.maxBody, AnswerWithin: o.answerWithin,
	})
	return mgr.Add(&externaldns.Server{Provider: provider, Address: o.address, Secure: secure})
}

func (o *externalDNSOptions) parseDomains() ([]string, error) {
	domains := make([]string, len(o.domains))
	for i, text := range o.domains {
		domain, err := zone.CanonicalDomain(text)
		if err != nil {
			return nil, fmt.Errorf("--external-dns-domain-filter: %w", err)
		}
		domains[i] = domain
	}
	return domains, nil
}

func (o *externalDNSOptions) secureListener(config *rest.Config, certificate *certificateSource) (*externaldns.SecureListener, error) {
	if o.tlsAddress == "" {
		return nil, nil
	}
	allowed, err := o.parseAllowed()
	if err != nil {
		return nil, err
	}
	// Strangers who send tokens must not use up what the controllers need of the API server.
	config = rest.CopyConfig(config)
	config.QPS, config.Burst = 10, 20
	reviews, err := clientauthentication.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("connect to the API server: %w", err)
	}
	served, err := certificate.get()
	if err != nil {
		return nil, err
	}
	return &externaldns.SecureListener{
		Address: o.tlsAddress, GetCertificate: served.GetCertificate,
		Callers: externaldns.NewCallers(reviews.TokenReviews(), o.audience, allowed),
	}, nil
}

func (o *externalDNSOptions) parseAllowed() ([]types.NamespacedName, error) {
	allowed := make([]types.NamespacedName, len(o.allowed))
	for i, text := range o.allowed {
		namespace, name, ok := strings.Cut(text, "/")
		if !ok || namespace == "" || name == "" || strings.Contains(name, "/") {
			return nil, fmt.Errorf("--external-dns-allowed-service-accounts %q: write namespace/name", text)
		}
		allowed[i] = types.NamespacedName{Namespace: namespace, Name: name}
	}
	return allowed, nil
}
