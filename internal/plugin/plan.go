package plugin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/types"

	"github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/plugin/output"
	"github.com/regapi-io/regapi-operator/internal/purchase"
)

// plansAtOnce is how many plans are asked for at a time: the operator reads the zones of those together.
const plansAtOnce = 100

// planned is the plan of one object.
type planned struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	door.PlanAnswer
	// Problem is why there is no plan.
	Problem string `json:"problem,omitempty"`

	err error
}

func newPlan(s *session) *cobra.Command {
	files := []string{}
	command := &cobra.Command{
		Use:   "plan KIND NAME | -f FILE",
		Short: "Show the whole plan of an object, with its cost in requests and money",
		Long: `Show what the operator would change at the registrar for a DNSZone, Domain or Folder: for one that is there, or for those in files and folders,
whether they are applied or not. Zones and folders of the registrar are read for that now; what is known of a domain is what the last sweep saw. The
status of an object holds the first lines of its plan, and only while something keeps it from being carried out.

It ends with 1 if anything would change.`,
		Example: `  kubectl regapi plan dnszone example-ru
  kubectl regapi plan domain example-ru
  kubectl regapi plan -f git/dns`,
		Args:              cobra.MaximumNArgs(2),
		ValidArgsFunction: s.completeObjects(canPlan),
		RunE: func(command *cobra.Command, args []string) error {
			return s.plan(command.Context(), args, files)
		},
	}
	command.Flags().StringSliceVarP(&files, "filename", "f", nil, "files or folders with manifests, - for standard input")
	return command
}

// planResources are those of the door, by kind.
var planResources = map[string]string{"domain": door.Domains, "dnszone": door.DNSZones, "folder": door.Folders}

func canPlan(k kind) bool { return planResources[k.name] != "" }

func (s *session) plan(ctx context.Context, args, files []string) error {
	wanted, err := s.toPlan(args, files)
	if err != nil {
		return err
	}
	through, err := s.doorway()
	if err != nil {
		return err
	}
	done := s.waiting("Planning")
	plans := make([]planned, len(wanted))
	turns := make(chan struct{}, plansAtOnce)
	var all sync.WaitGroup
	for i, object := range wanted {
		turns <- struct{}{}
		all.Go(func() {
			defer func() { <-turns }()
			plans[i] = object.plan(ctx, through, len(wanted) > 1)
		})
	}
	all.Wait()
	done()
	if err := hopeless(plans); err != nil {
		return err
	}
	return s.showPlans(plans)
}

// plan asks for the plan of a manifest, which may be one of many.
func (m written) plan(ctx context.Context, through *doorway, many bool) planned {
	p := planned{Kind: strings.ToLower(m.Kind), Namespace: m.Metadata.Namespace, Name: m.Metadata.Name}
	if p.Problem = unplannable[p.Kind]; p.Problem != "" {
		p.Changes = []string{}
		return p
	}
	of := types.NamespacedName{Namespace: p.Namespace, Name: p.Name}
	if err := through.post(ctx, of, planResources[p.Kind], door.Plan, door.PlanRequest{Spec: m.Spec, Many: many}, &p.PlanAnswer); err != nil {
		p.err = fmt.Errorf("plan %s/%s: %w", p.Kind, p.Name, err)
		p.Problem, p.Changes = explain(err), []string{}
	}
	return p
}

// unplannable says of the kinds without a plan what applying them does.
var unplannable = map[string]string{
	"account": "it has no plan: whether REG.API accepts its credentials shows its status once it is applied, and that changes nothing at the registrar",
	"order":   "it has no plan: Orders are made by the operator alone, and one that somebody else makes is refused and buys nothing",
}

// hopeless gives the error of plans that have all failed alike, as they do where nobody answers.
func hopeless(plans []planned) error {
	for _, p := range plans {
		if p.err == nil || p.Problem != plans[0].Problem {
			return nil
		}
	}
	return plans[0].err
}

// toPlan gives the objects to plan.
func (s *session) toPlan(args, files []string) ([]written, error) {
	namespace, err := s.namespace()
	if err != nil {
		return nil, err
	}
	if len(files) > 0 {
		if len(args) > 0 {
			return nil, exit.With(exit.Usage, errors.New("name an object or files, not both"))
		}
		return s.manifestsIn(files, namespace)
	}
	k, name, rest, err := kindAndName(args)
	if err != nil {
		return nil, err
	}
	if why := unplannable[k.name]; why != "" {
		return nil, exit.With(exit.Usage, fmt.Errorf("%s/%s: %s", k.name, name, why))
	}
	if len(rest) > 0 {
		return nil, exit.With(exit.Usage, fmt.Errorf("one object at a time, or those of files with -f: %q is too much", rest[0]))
	}
	one := written{Kind: k.name}
	one.Metadata.Namespace, one.Metadata.Name = namespace, name
	return []written{one}, nil
}

func (s *session) showPlans(plans []planned) error {
	document := output.Document{Value: map[string]any{"items": plans}, Text: func(p output.Printer) error {
		for _, plan := range plans {
			plan.print(p)
		}
		if len(plans) > 1 {
			fmt.Fprintln(p.Out, totalOf(plans))
		}
		return nil
	}}
	if s.format == output.Name {
		for _, plan := range plans {
			if len(plan.Changes) > 0 {
				fmt.Fprintf(s.Out, "%s/%s\n", plan.Kind, plan.Name)
			}
		}
	} else if err := document.Print(s.printer()); err != nil {
		return err
	}
	failed, differs := []error(nil), false
	for _, plan := range plans {
		differs = differs || len(plan.Changes)+len(plan.Refused)+len(plan.Asked) > 0
		if plan.err != nil {
			failed = append(failed, plan.err)
		}
	}
	switch {
	case len(failed) > 1:
		return exit.With(exit.Of(failed[0]), fmt.Errorf("%d of %d objects could not be planned: %w", len(failed), len(plans), failed[0]))
	case len(failed) == 1:
		return failed[0]
	case differs:
		return exit.ErrFindings
	default:
		return nil
	}
}

// totalOf says what several plans come to.
func totalOf(plans []planned) string {
	changing, requests := 0, 0
	var charges []door.Charge
	for _, plan := range plans {
		if len(plan.Changes) > 0 {
			changing++
		}
		requests += plan.Requests
		charges = append(charges, plan.Charges...)
	}
	if changing == 0 {
		return fmt.Sprintf("%d objects: nothing would change", len(plans))
	}
	return fmt.Sprintf("%d of %d objects would change something: about %d requests, %s", changing, len(plans), requests, moneyOf(charges))
}

// moneyOf says what charges come to: by the price list as far as that tells, and else by what the specs allow.
func moneyOf(charges []door.Charge) string {
	var total purchase.Amount
	prefix := ""
	for _, charge := range charges {
		price, err := purchase.ParseAmount(charge.Price)
		if err != nil {
			prefix = "at most "
			price, err = purchase.ParseAmount(charge.AtMost)
		}
		if err != nil {
			return "money of which nobody knows how much"
		}
		total += price
	}
	if len(charges) == 0 {
		return "no money"
	}
	return prefix + total.String() + " roubles"
}

// head is the first line of a plan.
func (p planned) head() string {
	name := fmt.Sprintf("%s/%s", p.Kind, p.Name)
	if p.Subject != "" {
		name += " (" + p.Subject + ")"
	}
	counted := fmt.Sprintf("%d added, %d removed", p.Add, p.Remove)
	if p.Add+p.Remove == 0 {
		counted = fmt.Sprintf("%d changes", len(p.Changes))
	}
	switch {
	case p.Problem != "":
		return name + ": " + p.Problem
	case len(p.Changes) == 0:
		return name + ": no change"
	default:
		return fmt.Sprintf("%s: %s, about %d requests, %s", name, counted, p.Requests, moneyOf(p.Charges))
	}
}

func (p planned) print(to output.Printer) {
	fmt.Fprint(to.Out, output.Wrap(p.head(), to.Width, 0))
	for _, line := range p.Changes {
		fmt.Fprintln(to.Out, "  "+line)
	}
	if p.Held != "" {
		fmt.Fprint(to.Out, output.Wrap(fmt.Sprintf("It is not carried out (%s): %s", p.Held, p.Message), to.Width, 2))
	}
	var money []string
	for _, charge := range p.Charges {
		money = append(money, chargeLine(charge))
	}
	for _, part := range []struct {
		title string
		lines []string
	}{{"Money:", money}, {"Not as declared:", p.Refused}, {"Values of somebody else that wait for approval:", p.Asked}, {"By itself, later:", p.Later}} {
		if len(part.lines) > 0 {
			fmt.Fprintln(to.Out, "  "+part.title)
		}
		for _, line := range part.lines {
			fmt.Fprint(to.Out, output.Wrap(line, to.Width, 4))
		}
	}
}

func chargeLine(charge door.Charge) string {
	price, most := "no price list tells how much", "no bound"
	if charge.Price != "" {
		price = charge.Price + " roubles by the price list"
	}
	if charge.AtMost != "" {
		most = "at most " + charge.AtMost
	}
	return fmt.Sprintf("%s: %s, by the spec %s", charge.What, price, most)
}
