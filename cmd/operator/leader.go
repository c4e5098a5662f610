package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/uuid"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/internal/leader"
)

// podNameVariable and podNamespaceVariable are set from the downward API.
const (
	podNameVariable      = "POD_NAME"
	podNamespaceVariable = "POD_NAMESPACE"
)

type leaderOptions struct {
	elect         bool
	leaseDuration time.Duration
	renewDeadline time.Duration
	retryPeriod   time.Duration
	pod           string
	// term of this process, where one is elected.
	term *leader.Term
}

func (o *leaderOptions) addFlags(flags *pflag.FlagSet) {
	flags.BoolVar(&o.elect, "leader-elect", false, "elect a leader among several replicas; only the leader works")
	flags.DurationVar(&o.leaseDuration, "leader-elect-lease-duration", 15*time.Second, "how long after the last sign of life of a leader another may lead")
	flags.DurationVar(&o.renewDeadline, "leader-elect-renew-deadline", 10*time.Second, "how long a leader may fail to give a sign of life before it ends itself; shorter than the lease")
	flags.DurationVar(&o.retryPeriod, "leader-elect-retry-period", 2*time.Second, "pause between two tries to lead, and between two signs of life")
	flags.StringVar(&o.pod, "pod-name", os.Getenv(podNameVariable), "name of the pod that this runs in, which is labelled "+leader.Label+"="+leader.LabelValue+" while it leads, so that a Service selects it; by default $"+podNameVariable+", and without either nothing is labelled")
}

// leaseName is the name of the Lease.
const leaseName = "regapi-operator"

// setUp makes the manager elect a leader.
func (o *leaderOptions) setUp(manager *ctrl.Options, config *rest.Config, namespace string) error {
	manager.LeaderElection = o.elect
	manager.LeaderElectionID = leaseName
	manager.LeaderElectionNamespace = namespace
	// A leader that stops hands over at once: nothing runs after the manager has stopped.
	manager.LeaderElectionReleaseOnCancel = true
	manager.LeaseDuration, manager.RenewDeadline, manager.RetryPeriod = &o.leaseDuration, &o.renewDeadline, &o.retryPeriod
	if !o.elect || namespace == "" {
		return nil // The manager finds the namespace itself, or has nothing to elect.
	}
	lock, err := o.lock(config, namespace)
	if err != nil {
		return fmt.Errorf("set up the election of a leader: %w", err)
	}
	o.term = leader.NewTerm(o.leaseDuration)
	manager.LeaderElectionResourceLockInterface = o.term.Watch(lock)
	return nil
}

// lock is the Lease as the manager would make it, so that replicas of either kind know each other.
func (o *leaderOptions) lock(config *rest.Config, namespace string) (resourcelock.Interface, error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, err
	}
	return resourcelock.NewFromKubeconfig(resourcelock.LeasesResourceLock, namespace, leaseName,
		resourcelock.ResourceLockConfig{Identity: host + "_" + string(uuid.NewUUID())}, config, o.renewDeadline)
}

// add labels the pod while it leads.
func (o *leaderOptions) add(mgr ctrl.Manager, namespace string) error {
	if o.pod == "" {
		return nil
	}
	direct, err := client.New(mgr.GetConfig(), client.Options{Scheme: mgr.GetScheme()})
	if err != nil {
		return fmt.Errorf("connect to the API server: %w", err)
	}
	return mgr.Add(leader.NewLabeller(direct, types.NamespacedName{Namespace: namespace, Name: o.pod}))
}

// leads is what says whether this process may write; nil where nobody is elected.
func (o *leaderOptions) leads() func() bool {
	if o.term == nil {
		return nil
	}
	return o.term.Holds
}
