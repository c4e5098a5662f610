package plugin

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/plugin/output"
)

// Verdicts of a check.
const (
	verdictOK   = "OK"
	verdictWarn = "WARN"
	verdictFail = "FAIL"
)

// leaseOld is how long a leader may have given no sign of life.
const leaseOld = time.Minute

// check is what the doctor found out about one thing.
type check struct {
	Check   string `json:"check"`
	Verdict string `json:"verdict"`
	Says    string `json:"says"`
	// Remedy is a command.
	Remedy string `json:"remedy,omitempty"`
}

func newDoctor(s *session) *cobra.Command {
	var in where
	command := &cobra.Command{
		Use:   "doctor",
		Short: "Look at the installation, and say what is wrong with it",
		Long: `Look at what the operator needs: its kinds, its pods and which of them leads, its APIServices, the Accounts with their budgets, and whether REG.API
accepts the address that requests leave from. What you may not see is said so, and is no fault of the installation.

It ends with 1 if something is wrong, or cannot be seen.`,
		Example: "  kubectl regapi doctor -A",
		Args:    cobra.NoArgs,
		RunE:    func(command *cobra.Command, _ []string) error { return s.doctor(command.Context(), in) },
	}
	in.addFlags(command.Flags())
	return command
}

func (s *session) doctor(ctx context.Context, in where) error {
	defer s.waiting("Looking")()
	kube, err := s.cluster()
	if err != nil {
		return err
	}
	options, err := in.options(s)
	if err != nil {
		return err
	}
	checks, err := checkKinds(kube)
	if err != nil {
		return fmt.Errorf("look for the operator's kinds: %w", err)
	}
	checks = append(checks, s.checkPods(ctx, kube)...)
	checks = append(checks, s.checkLease(ctx, kube))
	checks = append(checks, checkAPIServices(ctx, kube)...)
	checks = append(checks, checkAccounts(ctx, kube, options)...)
	if err := checkList(checks).Print(s.printer()); err != nil {
		return err
	}
	if slices.ContainsFunc(checks, func(c check) bool { return c.Verdict != verdictOK }) {
		return exit.ErrFindings
	}
	return nil
}

// checkKinds looks for the CRDs.
func checkKinds(kube client.Client) ([]check, error) {
	var missing []string
	for _, name := range []string{"Account", "Domain", "DNSZone", "Folder", "Order"} {
		if _, err := kube.RESTMapper().RESTMapping(schema.GroupKind{Group: v1alpha1.GroupVersion.Group, Kind: name}, v1alpha1.GroupVersion.Version); meta.IsNoMatchError(err) {
			missing = append(missing, name)
		} else if err != nil {
			return nil, err
		}
	}
	if len(missing) > 0 {
		return []check{{"kinds", verdictFail, "the cluster does not know " + strings.Join(missing, ", "), "make install"}}, nil
	}
	return []check{{"kinds", verdictOK, "the cluster knows all of regapi.io/v1alpha1", ""}}, nil
}

// unseen says that something may not be seen, or is out of reach.
func unseen(what string, err error) check {
	if apierrors.IsForbidden(err) {
		return check{what, verdictWarn, "your role does not let you see it: " + err.Error(), ""}
	}
	return check{what, verdictFail, err.Error(), ""}
}

// checkPods looks for the operator and its leader.
func (s *session) checkPods(ctx context.Context, kube client.Reader) []check {
	var pods corev1.PodList
	err := kube.List(ctx, &pods, client.InNamespace(s.operatorNamespace), client.MatchingLabels{"app.kubernetes.io/name": "regapi-operator"})
	if err != nil {
		return []check{unseen("pods", err)}
	}
	ready, leaders := 0, []string{}
	for _, pod := range pods.Items {
		for _, condition := range pod.Status.Conditions {
			if condition.Type == corev1.PodReady && condition.Status == corev1.ConditionTrue {
				ready++
			}
		}
		if pod.Labels["regapi.io/leader"] == "true" {
			leaders = append(leaders, pod.Name)
		}
	}
	look := "kubectl get pods -n " + s.operatorNamespace + " -l app.kubernetes.io/name=regapi-operator"
	logs := "kubectl logs -n " + s.operatorNamespace + " -l app.kubernetes.io/name=regapi-operator --tail=50"
	var found []check
	switch {
	case len(pods.Items) == 0:
		return []check{{"pods", verdictFail, "no pod of the operator runs in namespace " + s.operatorNamespace + ": give the right one with --operator-namespace", look}}
	case ready < len(pods.Items):
		found = append(found, check{"pods", verdictFail, fmt.Sprintf("%d of %d pods are ready", ready, len(pods.Items)), logs})
	default:
		found = append(found, check{"pods", verdictOK, fmt.Sprintf("%d ready", ready), ""})
	}
	if len(leaders) != 1 {
		return append(found, check{"leader", verdictFail, fmt.Sprintf("%d pods have the label regapi.io/leader=true, and one should", len(leaders)), logs})
	}
	return append(found, check{"leader", verdictOK, leaders[0], ""})
}

// checkLease holds the leader's last sign of life against the clock of this machine.
func (s *session) checkLease(ctx context.Context, kube client.Reader) check {
	var leases coordinationv1.LeaseList
	if err := kube.List(ctx, &leases, client.InNamespace(s.operatorNamespace)); err != nil {
		return unseen("clock", err)
	}
	for _, lease := range leases.Items {
		if !strings.Contains(lease.Name, "regapi") || lease.Spec.RenewTime == nil {
			continue
		}
		age := s.Now().Sub(lease.Spec.RenewTime.Time)
		switch {
		case age > leaseOld:
			return check{"clock", verdictFail, fmt.Sprintf("the leader gave its last sign of life %s ago, or the clocks here and there differ so much", age.Round(time.Second)), "date -u"}
		case age < -leaseOld:
			return check{"clock", verdictWarn, fmt.Sprintf("the clock of the leader is %s ahead of this one", (-age).Round(time.Second)), "date -u"}
		}
		return check{"clock", verdictOK, "the leader has just given a sign of life", ""}
	}
	return check{"clock", verdictWarn, "no Lease of a leader is there: the operator runs without --leader-elect, or not at all", ""}
}

// checkAPIServices looks at what would block the deletion of namespaces.
func checkAPIServices(ctx context.Context, kube client.Reader) []check {
	var found []check
	for _, name := range []string{"v1alpha1.acme.regapi.io", door.APIServiceName} {
		service := &unstructured.Unstructured{}
		service.SetGroupVersionKind(schema.GroupVersionKind{Group: "apiregistration.k8s.io", Version: "v1", Kind: "APIService"})
		err := kube.Get(ctx, client.ObjectKey{Name: name}, service)
		switch {
		case apierrors.IsNotFound(err):
			found = append(found, check{"APIService " + name, verdictOK, "not installed", ""})
			continue
		case err != nil:
			found = append(found, unseen("APIService "+name, err))
			continue
		}
		found = append(found, availabilityOf(name, service))
	}
	return found
}

func availabilityOf(name string, service *unstructured.Unstructured) check {
	conditions, _, _ := unstructured.NestedSlice(service.Object, "status", "conditions")
	for _, one := range conditions {
		condition, _ := one.(map[string]any)
		if condition["type"] == "Available" && condition["status"] == "True" {
			return check{"APIService " + name, verdictOK, "available", ""}
		}
		if condition["type"] == "Available" {
			return check{"APIService " + name, verdictFail, fmt.Sprintf("%v: while it is so, no namespace of the cluster can be deleted", condition["message"]), "kubectl describe apiservice " + name}
		}
	}
	return check{"APIService " + name, verdictWarn, "the API server has not looked at it yet", "kubectl describe apiservice " + name}
}

// checkAccounts looks at each Account, at its budget, and at what REG.API says of the address.
func checkAccounts(ctx context.Context, kube client.Reader, options []client.ListOption) []check {
	var accounts v1alpha1.AccountList
	if err := kube.List(ctx, &accounts, options...); err != nil {
		return []check{unseen("accounts", err)}
	}
	if len(accounts.Items) == 0 {
		return []check{{"accounts", verdictWarn, "there is none here: -A looks into all namespaces, docs/account.md says how to make one", ""}}
	}
	var found []check
	for i := range accounts.Items {
		account := &accounts.Items[i]
		name, f := "account "+account.Namespace+"/"+account.Name, look(kinds[0], account)
		switch {
		case strings.Contains(f.Message, "ACCESS_DENIED_FROM_IP"):
			found = append(found, check{name, verdictFail, "REG.API does not accept the address that requests leave from: put it on the allow-list in the registrar's API settings. " + f.Message, ""})
		case !f.Fine:
			found = append(found, check{name, verdictFail, f.Reason + ": " + f.Message, f.Remedy})
		default:
			found = append(found, check{name, verdictOK, "REG.API accepts the credentials and the address", ""})
		}
		if b := account.Status.Budget; b.RequestsPerHour > 0 && 10*b.Left < b.RequestsPerHour {
			found = append(found, check{"budget of " + name, verdictWarn, fmt.Sprintf("less than a tenth of %d requests an hour is left", b.RequestsPerHour), "kubectl regapi budget"})
		}
	}
	return found
}

func checkList(checks []check) output.List[check] {
	return output.List[check]{Items: checks, Name: func(c check) string { return c.Check }, Columns: []output.Column[check]{
		{Header: "VERDICT", Cell: func(c check) string { return c.Verdict }},
		{Header: "CHECK", Cell: func(c check) string { return c.Check }},
		{Header: "WHAT IT SAYS, AND WHAT TO DO", Cell: func(c check) string {
			return strings.TrimSuffix(c.Says+" → "+c.Remedy, " → ")
		}},
	}}
}
