package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/buildinfo"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

// options of the operator, as its flags give them.
type options struct {
	kubeconfig    string
	namespace     string
	metrics       metricsOptions
	healthAddress string
	pprofAddress  string
	resync        time.Duration
	endpoints     []string
	loopback      bool
	readOnly      bool
	egressPerHour int
	settleWithin  time.Duration
	// ordersNamespace is "" where it is the operator's own.
	ordersNamespace string
	authoritative   []string
	logLevel        string
	logFormat       string
	leader          leaderOptions
	serving         servingOptions
	externalDNS     externalDNSOptions
	certManager     certManagerOptions
	door            doorOptions
	// start begins the work when all is set up; nil is the manager's own Start.
	start func(context.Context, ctrl.Manager) error
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := newCommand().ExecuteContext(ctx); err != nil {
		if !errors.As(err, &logged{}) {
			fmt.Fprintln(os.Stderr, "operator:", err)
		}
		os.Exit(1)
	}
}

// serviceAccountNamespace is where a pod finds its namespace.
const serviceAccountNamespace = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"

func ownNamespace() string {
	if name := os.Getenv(podNamespaceVariable); name != "" {
		return name
	}
	if name, err := os.ReadFile(serviceAccountNamespace); err == nil {
		return strings.TrimSpace(string(name))
	}
	return "default"
}

func newCommand() *cobra.Command {
	var o options
	command := &cobra.Command{
		Use:           "operator",
		Short:         "Keep domains and DNS zones at REG.RU as Kubernetes objects describe them",
		Version:       buildinfo.Read().String(),
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(command *cobra.Command, _ []string) error { return run(command.Context(), o) },
	}
	command.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	o.addFlags(command.Flags())
	command.AddCommand(newProxyCommand(), newProbeCommand(), newVersionCommand())
	return command
}

func (o *options) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.kubeconfig, "kubeconfig", "", "kubeconfig file; without it $KUBECONFIG, the cluster that this runs in, or ~/.kube/config")
	flags.StringVar(&o.healthAddress, "health-probe-bind-address", ":8081", "address to serve /healthz and /readyz on; 0 for none")
	flags.StringVar(&o.pprofAddress, "pprof-bind-address", "0", "address to serve profiles of CPU and memory on, to whoever reaches it; 0 for none")
	flags.StringVar(&o.namespace, "namespace", ownNamespace(), "the operator's own namespace: of the ledgers of request budgets and of spending, Orders, the election's Lease, the serving certificate, and its own pod")
	flags.DurationVar(&o.resync, "resync-interval", 10*time.Minute, "how often every account is swept; a sweep costs up to five requests per thousand domains")
	flags.BoolVar(&o.readOnly, "read-only", false, "change nothing at the registrar, whoever asks: objects are read, and their status says what would be changed")
	flags.IntVar(&o.egressPerHour, "egress-requests-per-hour", budget.DefaultRequestsPerHour, "requests an hour that all accounts together make from this address to one host, of which REG.API grants 1200. Up to 60 checks of credentials that are refused come on top")
	flags.StringSliceVar(&o.endpoints, "endpoints", []string{v1alpha1.DefaultEndpoint}, "addresses of REG.API that Accounts may name: credentials are sent nowhere else. Two hosts whose requests count together are given as a.example.ru=b.example.ru")
	flags.BoolVar(&o.loopback, "allow-loopback-endpoints", false, "let Accounts name any address of this machine as well: for a simulator, and never where others may create Accounts")
	flags.StringVar(&o.ordersNamespace, "orders-namespace", "", "namespace of Orders and of the ledgers of spending, which all Deployments of the operator in a cluster share; its own by default")
	flags.DurationVar(&o.settleWithin, "orders-settle-within", 0, "how soon effects of orders show at a simulator, in place of a day; whatever else orders wait for shrinks alike. It goes with --endpoints at 127.0.0.1 alone")
	_ = flags.MarkHidden("orders-settle-within") // Against the real service it would pay twice.
	flags.StringSliceVar(&o.authoritative, "authoritative-servers", []string{"ns1.reg.ru:53", "ns2.reg.ru:53"}, "name servers, as host:port, that are asked whether changes are published; empty to ask nobody")
	flags.StringVar(&o.logLevel, "log-level", "info", "debug, info, warn or error")
	flags.StringVar(&o.logFormat, "log-format", "text", "text or json")
	o.metrics.addFlags(flags)
	o.leader.addFlags(flags)
	o.serving.addFlags(flags)
	o.externalDNS.addFlags(flags)
	o.certManager.addFlags(flags)
	o.door.addFlags(flags)
}
