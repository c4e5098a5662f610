package plugin

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/plugin/output"
)

// finding is how an object stands, on one line.
type finding struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	// Subject is the domain, folder or login that it is about.
	Subject string `json:"subject,omitempty"`
	Ready   string `json:"ready"`
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
	// Remedy is a command, where there is one.
	Remedy string `json:"remedy,omitempty"`
	// Fine says that there is nothing to do.
	Fine bool `json:"fine"`
}

// look says how an object stands. What has to be told first comes first: a person is needed, then work under way, then Ready.
func look(k kind, o object) finding {
	f := finding{Kind: k.name, Namespace: o.GetNamespace(), Name: o.GetName(), Subject: subjectOf(o), Ready: string(metav1.ConditionUnknown)}
	conditions := *o.GetConditions()
	ready := meta.FindStatusCondition(conditions, v1alpha1.ConditionReady)
	if ready == nil {
		f.Reason, f.Message = "NotSeen", "the operator has not looked at it yet: kubectl regapi doctor says whether it runs"
		return f
	}
	f.Ready, f.Reason, f.Message = string(ready.Status), ready.Reason, ready.Message
	for _, kind := range []string{v1alpha1.ConditionStalled, v1alpha1.ConditionReconciling} {
		if c := meta.FindStatusCondition(conditions, kind); c != nil && c.Status == metav1.ConditionTrue {
			f.Reason, f.Message = c.Reason, c.Message
			break
		}
	}
	stalled := meta.IsStatusConditionTrue(conditions, v1alpha1.ConditionStalled)
	working := meta.IsStatusConditionTrue(conditions, v1alpha1.ConditionReconciling)
	f.Fine = ready.Status == metav1.ConditionTrue && ready.ObservedGeneration == o.GetGeneration() && !stalled && !working
	if f.Fine && plansOf(o) > 0 {
		f.Fine = false // Observed, with something that Manage would change.
	}
	if ready.Status == metav1.ConditionTrue && ready.ObservedGeneration != o.GetGeneration() && !stalled && !working {
		f.Reason, f.Message = "SpecChanged", "the operator has not looked at the present spec yet"
	}
	if !f.Fine {
		f.Remedy = remedyFor(k, o, f.Reason)
	}
	return f
}

// subjectOf is what people know the object by.
func subjectOf(o object) string {
	switch o := o.(type) {
	case *v1alpha1.DNSZone:
		return string(o.Spec.DomainName)
	case *v1alpha1.Domain:
		return string(o.Spec.DomainName)
	case *v1alpha1.Folder:
		return o.NameAtRegistrar()
	case *v1alpha1.Order:
		return o.Spec.DomainName
	default:
		return ""
	}
}

// plansOf is how many changes wait in the status of an object.
func plansOf(o object) int {
	switch o := o.(type) {
	case *v1alpha1.DNSZone:
		if o.Status.Plan != nil {
			return max(int(o.Status.Plan.Add+o.Status.Plan.Remove), len(o.Status.Plan.Changes))
		}
	case *v1alpha1.Folder:
		if o.Status.Plan != nil {
			return max(int(o.Status.Plan.Add+o.Status.Plan.Remove+o.Status.Plan.Move), len(o.Status.Plan.Changes))
		}
	}
	return 0
}

// findingsOf looks at all objects of some kinds.
func findingsOf(ctx context.Context, kube client.Reader, which []kind, options []client.ListOption) ([]finding, error) {
	var all []finding
	for _, k := range which {
		list := k.list()
		if err := kube.List(ctx, list, options...); err != nil {
			return nil, fmt.Errorf("list %ss: %w", k.name, err)
		}
		var found []finding
		for _, o := range itemsOf(list) {
			found = append(found, look(k, o))
		}
		slices.SortFunc(found, func(a, b finding) int {
			return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
		})
		all = append(all, found...)
	}
	return all, nil
}

// findingList prints findings.
func findingList(found []finding, namespaces bool, empty string) output.List[finding] {
	columns := []output.Column[finding]{
		{Header: "KIND", Cell: func(f finding) string { return f.Kind }},
		{Header: "NAME", Cell: func(f finding) string { return f.Name }},
		{Header: "SUBJECT", Wide: true, Cell: func(f finding) string { return cmp.Or(f.Subject, "-") }},
		{Header: "READY", Cell: func(f finding) string { return f.Ready }},
		{Header: "REASON", Cell: func(f finding) string { return f.Reason }},
		{Header: "WHAT IT SAYS, AND WHAT TO DO", Cell: func(f finding) string {
			if f.Remedy == "" {
				return f.Message
			}
			return strings.TrimSuffix(f.Message, ".") + " → " + f.Remedy
		}},
	}
	if namespaces {
		columns = append([]output.Column[finding]{{Header: "NAMESPACE", Cell: func(f finding) string { return f.Namespace }}}, columns...)
	}
	return output.List[finding]{Columns: columns, Items: found, Empty: empty, Name: func(f finding) string { return f.Kind + "/" + f.Name }}
}

// isStalled says that nothing goes on with an object until somebody acts.
func isStalled(o object) bool {
	return meta.IsStatusConditionTrue(*o.GetConditions(), v1alpha1.ConditionStalled)
}
