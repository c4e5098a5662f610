package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/regapi-io/regapi-operator/internal/buildinfo"
	"github.com/regapi-io/regapi-operator/webhook/externaldns/proxy"
)

// proxyOptions are those of the sidecar of external-dns.
type proxyOptions struct {
	address       string
	healthAddress string
	operatorURL   string
	serverName    string
	caFile        string
	tokenFile     string
	maxBody       int64
	answerWithin  time.Duration
	logLevel      string
	logFormat     string
}

func newProxyCommand() *cobra.Command {
	var o proxyOptions
	command := &cobra.Command{
		Use:   "external-dns-proxy",
		Short: "Pass the requests of external-dns, in whose pod this runs, on to the operator",
		Long: `Pass the requests of external-dns, in whose pod this runs, on to the operator.

The proxy knows no credentials of REG.API and asks nothing of Kubernetes. It shows the operator the token of its pod's service
account, and answers external-dns in time whatever the operator does.`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return o.run(command.Context()) },
	}
	o.addFlags(command.Flags())
	return command
}

func (o *proxyOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.address, "listen-address", "127.0.0.1:8888", "loopback address to serve external-dns on")
	flags.StringVar(&o.healthAddress, "health-bind-address", ":8080", "address to serve /healthz and /metrics on")
	flags.StringVar(&o.operatorURL, "operator-url", "", "where the operator serves by TLS, such as https://regapi-operator.regapi-system.svc:8443; required")
	flags.StringVar(&o.serverName, "operator-server-name", "", "name that the operator's certificate has to be for; by default the host of --operator-url")
	flags.StringVar(&o.caFile, "operator-ca-file", "", "file with the authorities, in PEM, that the operator's certificate is checked by; read for every connection; required")
	flags.StringVar(&o.tokenFile, "token-file", "", "file with the service account's token, which has to be made for the operator's audience; read for every request; required")
	flags.Int64Var(&o.maxBody, "max-body", 32<<20, "largest body of a request in bytes")
	flags.DurationVar(&o.answerWithin, "answer-within", 9*time.Second, "how long an answer may take, 2s to 10s; it should be more than the operator's --external-dns-answer-within")
	flags.StringVar(&o.logLevel, "log-level", "info", "debug, info, warn or error")
	flags.StringVar(&o.logFormat, "log-format", "text", "text or json")
}

// check tells what cannot be meant.
func (o *proxyOptions) check() (*url.URL, error) {
	operator, err := url.Parse(o.operatorURL)
	switch {
	case err != nil || operator.Scheme != "https" || operator.Host == "":
		return nil, fmt.Errorf("--operator-url %q: give an https address, such as https://regapi-operator.regapi-system.svc:8443", o.operatorURL)
	case o.caFile == "":
		return nil, errors.New("--operator-ca-file is required: mount the ConfigMap regapi-operator-ca and name its ca.crt")
	case o.tokenFile == "":
		return nil, errors.New("--token-file is required: mount a projected service account token")
	case !isLoopback(o.address):
		return nil, fmt.Errorf("--listen-address %s would lend our token to whoever reaches it: give a loopback address such as 127.0.0.1:8888", o.address)
	case o.answerWithin < 2*time.Second || o.answerWithin > 10*time.Second:
		return nil, fmt.Errorf("--answer-within %s: give 2s to 10s", o.answerWithin)
	case o.maxBody < 1<<10:
		return nil, fmt.Errorf("--max-body %d: give at least 1024 bytes", o.maxBody)
	default:
		return operator, nil
	}
}

func (o *proxyOptions) run(ctx context.Context) (err error) {
	if err := (&options{logLevel: o.logLevel, logFormat: o.logFormat}).setUpLogging(); err != nil {
		return err
	}
	defer func() { err = logEnd(err) }()
	operator, err := o.check()
	if err != nil {
		return err
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), buildinfo.Read().Collector())
	made := proxy.New(proxy.Settings{
		OperatorURL: operator, ServerName: o.serverName, CAFile: o.caFile, TokenFile: o.tokenFile,
		MaxBody: o.maxBody, AnswerWithin: o.answerWithin, Metrics: registry, Logger: ctrl.Log.WithName("external-dns-proxy"),
	})
	requests, err := net.Listen("tcp", o.address)
	if err != nil {
		return fmt.Errorf("serve external-dns: %w", err)
	}
	health, err := net.Listen("tcp", o.healthAddress)
	if err != nil {
		return errors.Join(fmt.Errorf("serve health: %w", err), requests.Close())
	}
	return made.Serve(ctx, requests, health, registry)
}
