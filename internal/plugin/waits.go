package plugin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/purchase"
)

// wait is something that waits for a person's approval.
type wait struct {
	what, hash string
	// lines show it, and more is how many of them the status leaves out.
	lines []string
	more  int
	// on is the object whose annotation approves it.
	on         client.Object
	annotation string
	// several says that the annotation holds several hashes, separated by commas.
	several bool
}

// approved is the value of the annotation that approves it beside what is approved already.
func (w wait) approved() string {
	if !w.several {
		return w.hash
	}
	return strings.Join(append(w.others(), w.hash), ",")
}

// withdrawn is the value of the annotation without the approval.
func (w wait) withdrawn() string {
	if !w.several {
		return ""
	}
	return strings.Join(w.others(), ",")
}

// given says whether the annotation approves it already.
func (w wait) given() bool {
	return slices.Contains(hashesIn(w.on.GetAnnotations()[w.annotation]), w.hash)
}

func (w wait) others() []string {
	return slices.DeleteFunc(hashesIn(w.on.GetAnnotations()[w.annotation]), func(hash string) bool { return hash == w.hash })
}

func hashesIn(text string) []string {
	var hashes []string
	for hash := range strings.SplitSeq(text, ",") {
		if hash = strings.TrimSpace(hash); hash != "" {
			hashes = append(hashes, hash)
		}
	}
	return hashes
}

// canWait says whether objects of a kind wait for approvals.
func canWait(k kind) bool { return k.name == "dnszone" || k.name == "folder" || k.name == "order" }

// quoteOptions says which Account pays for an Order, and where to look for the Domain that asked for it.
type quoteOptions struct{ account, namespace string }

func (q *quoteOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&q.account, "account", "", "the Account that pays for an Order, as NAMESPACE/NAME; otherwise that of the Domain which asked for it")
}

// waitsFor gives what of an object waits for approval.
func waitsFor(ctx context.Context, kube client.Client, o object, quote quoteOptions) ([]wait, error) {
	switch o := o.(type) {
	case *v1alpha1.DNSZone:
		return zoneWaits(o), nil
	case *v1alpha1.Folder:
		if plan := o.Status.Plan; plan != nil && waitsBy(o, v1alpha1.ReasonPlanNeedsApproval) {
			return []wait{{
				what: fmt.Sprintf("The plan of folder/%s (%d in, %d out, %d moved)", o.Name, plan.Add, plan.Remove, plan.Move), hash: plan.Hash, lines: plan.Changes,
				more: max(int(plan.Add+plan.Remove+plan.Move)-len(plan.Changes), 0), on: o, annotation: v1alpha1.AnnotationApprovePlan,
			}}, nil
		}
	case *v1alpha1.Order:
		return quoteWaits(ctx, kube, o, quote)
	}
	return nil, nil
}

// waitsBy says whether an object says that it waits for approval.
func waitsBy(o object, reason string) bool {
	ready := meta.FindStatusCondition(*o.GetConditions(), v1alpha1.ConditionReady)
	return ready != nil && ready.Reason == reason
}

func zoneWaits(zone *v1alpha1.DNSZone) []wait {
	var waiting []wait
	if plan := zone.Status.Plan; plan != nil && waitsBy(zone, v1alpha1.ReasonPlanNeedsApproval) {
		waiting = append(waiting, wait{
			what: fmt.Sprintf("The plan of dnszone/%s (%d added, %d removed)", zone.Name, plan.Add, plan.Remove), hash: plan.Hash, lines: plan.Changes,
			more: max(int(plan.Add+plan.Remove)-len(plan.Changes), 0), on: zone, annotation: v1alpha1.AnnotationApprovePlan,
		})
	}
	if adoption := zone.Status.Adoption; adoption != nil {
		waiting = append(waiting, wait{
			what: fmt.Sprintf("Replacing %d values of somebody else in dnszone/%s", adoption.Count, zone.Name), hash: adoption.Hash, lines: adoption.Units,
			more: max(int(adoption.Count)-len(adoption.Units), 0), on: zone, annotation: v1alpha1.AnnotationApproveAdoption,
		})
	}
	return waiting
}

// quoteWaits gives the quote of an Order. It is approved on the Domain that asked for it, by whoever owns that, and on the Account that pays where that says
// so.
func quoteWaits(ctx context.Context, kube client.Client, order *v1alpha1.Order, quote quoteOptions) ([]wait, error) {
	if purchase.State(order.Status.State) != purchase.AwaitingApproval {
		return nil, nil
	}
	domain, err := askerOf(ctx, kube, order, quote.namespace)
	if err != nil {
		return nil, err
	}
	account, err := payerOf(ctx, kube, order, domain, quote.account)
	if err != nil {
		return nil, err
	}
	on := client.Object(account)
	if spending := account.Spec.Spending; spending != nil && spending.Approval == v1alpha1.ApprovalWithinLimits {
		if domain == nil {
			return nil, exit.With(exit.Findings, fmt.Errorf(
				"the Domain that asked for order %s is gone, or in a namespace that you may not read: it is approved there, since spec.spending.approval of its Account leaves that to it", order.Name))
		}
		on = domain
	}
	price := order.Status.Price
	if bill := order.Status.Bill; bill != nil && bill.Price != "" {
		price = bill.Price
	}
	lines := []string{
		fmt.Sprintf("%s %s for %d years", order.Spec.Operation, order.Spec.DomainName, order.Spec.Years),
		fmt.Sprintf("%s roubles, paid by account %s in namespace %s", price, account.Name, account.Namespace),
	}
	if order.Spec.BaseExpiry != "" {
		lines[0] += " from " + order.Spec.BaseExpiry + " on"
	}
	return []wait{{
		what: fmt.Sprintf("The quote of order/%s", order.Name), hash: order.Status.Digest, lines: lines, on: on, annotation: v1alpha1.AnnotationApproveQuote, several: true,
	}}, nil
}

// askerOf finds the Domain that asked for an Order: in all namespaces, or where those may not be read, in one. It is nil where there is none.
func askerOf(ctx context.Context, kube client.Client, order *v1alpha1.Order, namespace string) (*v1alpha1.Domain, error) {
	var domains v1alpha1.DomainList
	err := kube.List(ctx, &domains)
	if apierrors.IsForbidden(err) {
		err = kube.List(ctx, &domains, client.InNamespace(namespace))
	}
	if err != nil && !apierrors.IsForbidden(err) {
		return nil, fmt.Errorf("find the Domain that asked for the Order: %w", err)
	}
	asked, _, _ := strings.Cut(order.Annotations[v1alpha1.AnnotationAskedBy], "/")
	for i := range domains.Items {
		if domain := &domains.Items[i]; string(domain.UID) == asked {
			return domain, nil
		}
	}
	return nil, nil
}

// payerOf reads the Account that pays for an Order: the one that is named, or that of the Domain which asked for it.
func payerOf(ctx context.Context, kube client.Client, order *v1alpha1.Order, domain *v1alpha1.Domain, named string) (*v1alpha1.Account, error) {
	account := &v1alpha1.Account{}
	namespace, name, whole := strings.Cut(named, "/")
	switch {
	case whole:
		return account, kube.Get(ctx, types.NamespacedName{Namespace: namespace, Name: name}, account)
	case named != "":
		return nil, exit.With(exit.Usage, fmt.Errorf("--account %s: write NAMESPACE/NAME", named))
	case domain == nil:
		return nil, exit.With(exit.Findings, fmt.Errorf(
			"the Domain that asked for order %s is gone, or in a namespace that you may not read: name the Account that pays with --account NAMESPACE/NAME", order.Name))
	default:
		return account, kube.Get(ctx, domain.Spec.AccountRef.KeyFrom(domain.Namespace), account)
	}
}
