package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// options are the flags as they were given.
type options struct {
	listen, dnsListen, controlListen string
	seedFile, caFile, readyFile      string
	stateFile                        string
	tls                              bool
	latency, publishDelay            time.Duration
	dnssecDelay, orderDelay          time.Duration
	renewalDelay                     time.Duration
	hourlyLimit                      int
	chance                           uint64
	faults                           []string
}

func newCommand() *cobra.Command {
	var o options
	command := &cobra.Command{
		Use:           "regapi-sim",
		Short:         "Serve a simulated REG.API v2 and the DNS zones that it holds",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(command *cobra.Command, _ []string) error { return run(command.Context(), o) },
	}
	flags := command.Flags()
	flags.StringVar(&o.listen, "listen", "127.0.0.1:8053", "address of the API")
	flags.StringVar(&o.dnsListen, "dns-listen", "127.0.0.1:8055", "address of DNS, UDP and TCP")
	flags.StringVar(&o.controlListen, "control-listen", "127.0.0.1:8054", "address of the control endpoint, on loopback")
	flags.StringVar(&o.seedFile, "seed", "", "YAML `file` with accounts, domains, behaviour and faults")
	flags.BoolVar(&o.tls, "tls", false, "serve HTTPS with a certificate of a generated CA")
	flags.StringVar(&o.caFile, "ca-out", "", "`file` to write the CA's certificate to, with --tls")
	flags.DurationVar(&o.latency, "latency", 0, "least time that every request takes")
	flags.DurationVar(&o.publishDelay, "publish-delay", 0, "time from a change to its appearance in DNS")
	flags.DurationVar(&o.dnssecDelay, "dnssec-delay", time.Minute, "time that a change of DNSSEC takes")
	flags.DurationVar(&o.orderDelay, "order-delay", 0, "time that the registry takes for a registration or a transfer")
	flags.DurationVar(&o.renewalDelay, "renewal-delay", 0, "time that a renewal takes to show once it is paid")
	flags.IntVar(&o.hourlyLimit, "hourly-limit", 1200, "requests per hour of a user and of an address, 0 for no limit")
	flags.Uint64Var(&o.chance, "chance", 0, "seed of everything that is left to chance")
	flags.StringArrayVar(&o.faults, "fault", nil, "fault such as kind=drop-answer,function=zone/*,count=3; repeatable")
	flags.StringVar(&o.stateFile, "state", "", "`file` to go on from, where it exists, instead of the seed, and to save the state to at the end")
	flags.StringVar(&o.readyFile, "ready-file", "", "`file` to write the addresses to, as JSON, once all listeners are up")
	return command
}

// check refuses flags that would have no effect, and numbers that mean nothing.
func (o options) check() error {
	for _, flag := range []struct {
		name  string
		value time.Duration
	}{
		{"latency", o.latency}, {"publish-delay", o.publishDelay}, {"dnssec-delay", o.dnssecDelay}, {"order-delay", o.orderDelay},
		{"renewal-delay", o.renewalDelay},
	} {
		if flag.value < 0 {
			return fmt.Errorf("--%s: %v is negative", flag.name, flag.value)
		}
	}
	if o.hourlyLimit < 0 {
		return fmt.Errorf("--hourly-limit: %d is negative", o.hourlyLimit)
	}
	if o.caFile != "" && !o.tls {
		return errors.New("--ca-out has no effect without --tls")
	}
	return nil
}

func (o options) server(logger *slog.Logger) []regapitest.Option {
	options := []regapitest.Option{
		regapitest.WithListen(o.listen), regapitest.WithDNSListen(o.dnsListen), regapitest.WithLatency(o.latency),
		regapitest.WithPublishDelay(o.publishDelay), regapitest.WithHourlyLimit(o.hourlyLimit), regapitest.WithSeed(o.chance),
		regapitest.WithDNSSECDelay(o.dnssecDelay), regapitest.WithOrderDelay(o.orderDelay),
		regapitest.WithRenewalDelay(o.renewalDelay),
		regapitest.WithLogger(logger),
	}
	if o.tls {
		options = append(options, regapitest.WithTLS())
	}
	return options
}

// seed reads the seed file and adds the faults of the command line to its own.
func (o options) seed() (regapitest.Seed, error) {
	var seed regapitest.Seed
	if o.seedFile != "" {
		text, err := os.ReadFile(o.seedFile)
		if err != nil {
			return seed, fmt.Errorf("read the seed: %w", err)
		}
		if seed, err = regapitest.ParseSeed(text); err != nil {
			return seed, fmt.Errorf("%s: %w", o.seedFile, err)
		}
	}
	for _, text := range o.faults {
		spec, err := regapitest.ParseFault(text)
		if err != nil {
			return seed, err
		}
		seed.Faults = append(seed.Faults, spec)
	}
	return seed, seed.Check()
}
