package plugin

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/plugin/output"
)

// lastEvents is how many events of an object are told.
const lastEvents = 20

// story is all that is known of an object.
type story struct {
	Finding    finding            `json:"finding"`
	Spec       any                `json:"spec"`
	Seen       any                `json:"seen"`
	Conditions []metav1.Condition `json:"conditions"`
	Events     []told             `json:"events"`
	// EventsHidden says that the caller may not see events.
	EventsHidden bool                   `json:"eventsHidden,omitempty"`
	Budget       *v1alpha1.BudgetStatus `json:"budget,omitempty"`
}

// told is an event of an object.
type told struct {
	At     time.Time `json:"at"`
	Type   string    `json:"type"`
	Reason string    `json:"reason"`
	Note   string    `json:"note"`
}

// story tells all of one object.
func (s *session) story(ctx context.Context, args []string) error {
	defer s.waiting("Reading")()
	found, err := s.choose(ctx, args, func(kind) bool { return true }, 0, "told of, one at a time")
	if err != nil {
		return err
	}
	k, kube, o := found.kind, found.kube, found.object
	told := story{Finding: look(k, o), Conditions: *o.GetConditions()}
	told.Spec, told.Seen = specAndSeen(o)
	if told.Events, err = eventsOf(ctx, kube, o); apierrors.IsForbidden(err) {
		told.EventsHidden = true
	} else if err != nil {
		return err
	}
	told.Budget = budgetOf(ctx, kube, o)
	document := output.Document{Name: found.String(), Value: told, Text: told.print}
	if err := document.Print(s.printer()); err != nil {
		return err
	}
	if !told.Finding.Fine {
		return exit.ErrFindings
	}
	return nil
}

// get reads one object: an Order in the operator's namespace, unless a namespace is named.
func (s *session) get(ctx context.Context, kube client.Client, k kind, name string) (object, error) {
	namespace, err := s.namespace()
	if err != nil {
		return nil, err
	}
	if k.name == "order" && s.overrides.Context.Namespace == "" {
		namespace = s.operatorNamespace
	}
	o := k.one()
	return o, kube.Get(ctx, types.NamespacedName{Namespace: namespace, Name: name}, o)
}

// specAndSeen gives the spec of an object, and its status without what is told elsewhere or is for the operator's eyes alone.
func specAndSeen(o object) (spec, seen any) {
	switch o := o.DeepCopyObject().(type) {
	case *v1alpha1.Account:
		o.Status.Conditions = nil
		return o.Spec, o.Status
	case *v1alpha1.Domain:
		o.Status.Conditions = nil
		return o.Spec, o.Status
	case *v1alpha1.DNSZone:
		o.Status.Conditions, o.Status.Owned, o.Status.Approvals = nil, v1alpha1.OwnedRecords{}, v1alpha1.ZoneApprovals{}
		return o.Spec, o.Status
	case *v1alpha1.Folder:
		o.Status.Conditions, o.Status.Owned, o.Status.Yielded, o.Status.Settled, o.Status.Approvals = nil, v1alpha1.OwnedMembers{}, nil, "", v1alpha1.FolderApprovals{}
		return o.Spec, o.Status
	case *v1alpha1.Order:
		o.Status.Conditions = nil
		return o.Spec, o.Status
	default:
		return nil, nil
	}
}

// eventsOf gives the last events of an object, the newest first. Those of objects in namespace default lie elsewhere, too.
func eventsOf(ctx context.Context, kube client.Reader, o object) ([]told, error) {
	var list corev1.EventList
	if err := kube.List(ctx, &list, client.InNamespace(o.GetNamespace())); err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	events := []told{}
	for _, e := range list.Items {
		if e.InvolvedObject.UID != o.GetUID() || o.GetUID() == "" {
			continue
		}
		at := e.LastTimestamp.Time
		if e.Series != nil {
			at = e.Series.LastObservedTime.Time
		}
		if at.IsZero() {
			at = cmp.Or(e.EventTime.Time, e.CreationTimestamp.Time)
		}
		events = append(events, told{At: at.UTC(), Type: e.Type, Reason: e.Reason, Note: e.Message})
	}
	slices.SortStableFunc(events, func(a, b told) int { return b.At.Compare(a.At) })
	return events[:min(len(events), lastEvents)], nil
}

// budgetOf gives the budget of the object's Account, nil where that may not be read.
func budgetOf(ctx context.Context, kube client.Reader, o object) *v1alpha1.BudgetStatus {
	account, ok := o.(*v1alpha1.Account)
	if !ok {
		ref, has := accountRefOf(o)
		if !has {
			return nil
		}
		account = &v1alpha1.Account{}
		if err := kube.Get(ctx, ref.KeyFrom(o.GetNamespace()), account); err != nil {
			return nil
		}
	}
	return &account.Status.Budget
}

// accountRefOf gives the reference of an object to its Account.
func accountRefOf(o object) (v1alpha1.AccountReference, bool) {
	switch o := o.(type) {
	case *v1alpha1.DNSZone:
		return o.Spec.AccountRef, true
	case *v1alpha1.Domain:
		return o.Spec.AccountRef, true
	case *v1alpha1.Folder:
		return o.Spec.AccountRef, true
	default:
		return v1alpha1.AccountReference{}, false
	}
}

func (t story) print(p output.Printer) error {
	f := t.Finding
	fmt.Fprintf(p.Out, "%s %s in namespace %s (%s)\nReady: %s, %s\n", f.Kind, f.Name, f.Namespace, cmp.Or(f.Subject, f.Kind), f.Ready, cmp.Or(f.Reason, "-"))
	fmt.Fprint(p.Out, output.Wrap(cmp.Or(f.Message, "-"), p.Width, 2))
	if f.Remedy != "" {
		fmt.Fprintf(p.Out, "What to do:\n  %s\n", f.Remedy)
	}
	for _, part := range []struct {
		title string
		value any
	}{{"Asked for", t.Spec}, {"Seen", t.Seen}} {
		text, err := yaml.Marshal(part.value)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.Out, "\n%s:\n", part.title)
		for line := range strings.Lines(string(text)) {
			fmt.Fprint(p.Out, "  ", line)
		}
	}
	fmt.Fprintln(p.Out, "\nConditions:")
	for _, c := range t.Conditions {
		fmt.Fprintf(p.Out, "  %s %s, %s, since %s\n", c.Type, c.Status, c.Reason, c.LastTransitionTime.UTC().Format(time.RFC3339))
		fmt.Fprint(p.Out, output.Wrap(c.Message, p.Width, 4))
	}
	fmt.Fprintln(p.Out, "\nLast events:")
	switch {
	case t.EventsHidden:
		fmt.Fprintln(p.Out, "  your role does not let you list events")
	case len(t.Events) == 0:
		fmt.Fprintln(p.Out, "  none")
	}
	for _, e := range t.Events {
		fmt.Fprintf(p.Out, "  %s %s %s\n", e.At.Format(time.RFC3339), e.Type, e.Reason)
		fmt.Fprint(p.Out, output.Wrap(e.Note, p.Width, 4))
	}
	if t.Budget != nil && t.Budget.RequestsPerHour > 0 {
		fmt.Fprintf(p.Out, "\nBudget of the Account: about %d of %d requests left in this hour\n", t.Budget.Left, t.Budget.RequestsPerHour)
	}
	return nil
}
