// Command certmanager is the controller of cert-manager with its own
// controllers, clients and informers, and with the few of its flags that the
// end-to-end tests set.
//
// cert-manager publishes the packages of its controller but not the module of
// the program that starts them, so this one does. What it leaves out has no
// part in issuing: leader election, the metrics server, the gateway and Vault
// and Venafi issuers.
package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"
	logsapi "k8s.io/component-base/logs/api/v1"

	"github.com/cert-manager/cert-manager/pkg/controller"
	"github.com/cert-manager/cert-manager/pkg/logs"

	// Each registers its controllers in controller.Known.
	_ "github.com/cert-manager/cert-manager/pkg/controller/acmechallenges"
	_ "github.com/cert-manager/cert-manager/pkg/controller/acmeorders"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/acme"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/approver"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/ca"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/selfsigned"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/issuing"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/keymanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/readiness"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/requestmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/revisionmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/trigger"
	_ "github.com/cert-manager/cert-manager/pkg/controller/clusterissuers"
	_ "github.com/cert-manager/cert-manager/pkg/controller/issuers"

	// Each registers its kind of issuer.
	_ "github.com/cert-manager/cert-manager/pkg/issuer/acme"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/ca"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/selfsigned"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "certmanager:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	logs.InitLogs()
	options, workers, err := parse(args)
	if err != nil {
		return err
	}
	defer logs.FlushLogs()

	factory, err := controller.NewContextFactory(ctx, options)
	if err != nil {
		return err
	}
	return start(ctx, factory, workers)
}

// parse reads the flags, named and defaulted as upstream's. They have a set of
// their own: controller-runtime, which cert-manager imports, puts a
// --kubeconfig into the common one.
func parse(args []string) (options controller.ContextOptions, workers int, err error) {
	logging := logsapi.NewLoggingConfiguration()
	recursiveOnly := false

	flags := pflag.NewFlagSet("certmanager", pflag.ContinueOnError)
	flags.StringVar(&options.Kubeconfig, "kubeconfig", "", "path of the kubeconfig")
	flags.StringVar(&options.ClusterResourceNamespace, "cluster-resource-namespace", "kube-system",
		"namespace of what a ClusterIssuer refers to")
	flags.IntVar(&workers, "concurrent-workers", 5, "number of workers of each controller")
	flags.IntVar(&options.MaxConcurrentChallenges, "max-concurrent-challenges", 60,
		"number of challenges processed at once")
	flags.StringSliceVar(&options.DNS01Nameservers, "dns01-recursive-nameservers", nil,
		"name servers, host:port, that the self-check asks")
	flags.BoolVar(&recursiveOnly, "dns01-recursive-nameservers-only", false,
		"ask those name servers alone and not the zone's own")
	flags.DurationVar(&options.DNS01CheckRetryPeriod, "dns01-check-retry-period", 10*time.Second,
		"time between two self-checks")
	flags.DurationVar(&options.CertificateRequestMinimumBackoffDuration, "certificate-request-minimum-backoff-duration",
		time.Hour, "time before a certificate that could not be issued is tried again, doubled at each further failure")
	logs.AddFlagsNonDeprecated(logging, flags)
	if err := flags.Parse(args); err != nil {
		return options, 0, err
	}
	if err := logs.ValidateAndApply(logging); err != nil {
		return options, 0, err
	}

	options.DNS01CheckAuthoritative = !recursiveOnly
	options.CertificateRequestMaximumBackoffDuration = 32 * time.Hour
	return options, workers, nil
}

// start runs every known controller until ctx ends or one of them fails.
func start(ctx context.Context, factory *controller.ContextFactory, workers int) error {
	group, ctx := errgroup.WithContext(ctx)
	known := controller.Known()
	for _, name := range slices.Sorted(maps.Keys(known)) {
		c, err := known[name](factory)
		if err != nil {
			return fmt.Errorf("controller %s: %w", name, err)
		}
		group.Go(func() error { return c.Run(workers, ctx) })
	}

	// The informers are shared by all contexts of the factory, and start last:
	// only now has every controller asked for its own.
	shared, err := factory.Build()
	if err != nil {
		return err
	}
	shared.SharedInformerFactory.Start(ctx.Done())
	shared.KubeSharedInformerFactory.Start(ctx.Done())
	shared.HTTP01ResourceMetadataInformersFactory.Start(ctx.Done())
	return group.Wait()
}
