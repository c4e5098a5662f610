package plugin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/plugin/output"
)

// planned is the plan of one object.
type planned struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	door.PlanAnswer
}

func newPlan(s *session) *cobra.Command {
	files := []string{}
	command := &cobra.Command{
		Use:   "plan dnszone NAME | -f FILE",
		Short: "Show the whole plan of a zone, with its cost in requests",
		Long: `Show what the operator would change in a zone, which is read for that now: of a DNSZone that is there, or of those in files, whether they are
applied or not. The status of an object holds the first lines of its plan, and only while something keeps it from being carried out.

It ends with 1 if anything would change.`,
		Example: `  kubectl regapi plan dnszone example-ru
  kubectl regapi plan -f zones.yaml`,
		Args:              cobra.MaximumNArgs(2),
		ValidArgsFunction: s.completeObjects(func(k kind) bool { return k.name == "dnszone" }),
		RunE: func(command *cobra.Command, args []string) error {
			return s.plan(command.Context(), args, files)
		},
	}
	command.Flags().StringSliceVarP(&files, "filename", "f", nil, "files with DNSZones, - for standard input")
	return command
}

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
	plans := []planned{}
	for _, zone := range wanted {
		p := planned{Namespace: zone.Namespace, Name: zone.Name}
		request := door.PlanRequest{}
		if len(files) > 0 {
			request.Spec = &zone.Spec
		}
		of := types.NamespacedName{Namespace: zone.Namespace, Name: zone.Name}
		if err = through.post(ctx, of, door.DNSZones, door.Plan, request, &p.PlanAnswer); err != nil {
			err = fmt.Errorf("plan %s: %w", zone.Name, err)
			break
		}
		plans = append(plans, p)
	}
	done()
	if err != nil {
		return err
	}
	return s.showPlans(plans)
}

// toPlan gives the objects to plan.
func (s *session) toPlan(args, files []string) ([]v1alpha1.DNSZone, error) {
	namespace, err := s.namespace()
	if err != nil {
		return nil, err
	}
	if len(files) > 0 {
		if len(args) > 0 {
			return nil, exit.With(exit.Usage, errors.New("name an object or files, not both"))
		}
		return s.zonesIn(files, namespace)
	}
	k, name, rest, err := kindAndName(args)
	if err != nil {
		return nil, err
	}
	if k.name != "dnszone" || len(rest) > 0 {
		return nil, exit.With(exit.Usage, errors.New("a plan is one of a DNSZone: kubectl regapi plan dnszone NAME; that of a folder is in its status"))
	}
	zone := v1alpha1.DNSZone{}
	zone.Namespace, zone.Name = namespace, name
	return []v1alpha1.DNSZone{zone}, nil
}

// zonesIn reads the DNSZones of files, and passes over what else is in them.
func (s *session) zonesIn(files []string, namespace string) ([]v1alpha1.DNSZone, error) {
	var zones []v1alpha1.DNSZone
	for _, name := range files {
		file := io.NopCloser(s.In)
		if name != "-" {
			opened, err := os.Open(name)
			if err != nil {
				return nil, exit.With(exit.Usage, err)
			}
			file = opened
		}
		decoder := yaml.NewYAMLOrJSONDecoder(file, 4096)
		for {
			var zone v1alpha1.DNSZone
			err := decoder.Decode(&zone)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				file.Close()
				return nil, exit.With(exit.Usage, fmt.Errorf("%s: %w", name, err))
			}
			if zone.Kind == "DNSZone" {
				zone.Namespace = cmp.Or(zone.Namespace, namespace)
				zones = append(zones, zone)
			}
		}
		file.Close()
	}
	if len(zones) == 0 {
		return nil, exit.With(exit.Usage, fmt.Errorf("%s: no DNSZone is in there", strings.Join(files, ", ")))
	}
	return zones, nil
}

func (s *session) showPlans(plans []planned) error {
	document := output.Document{Value: map[string]any{"items": plans}, Text: func(p output.Printer) error {
		for _, plan := range plans {
			plan.print(p)
		}
		return nil
	}}
	if s.format == output.Name {
		for _, plan := range plans {
			if len(plan.Changes) > 0 {
				fmt.Fprintf(s.Out, "dnszone/%s\n", plan.Name)
			}
		}
	} else if err := document.Print(s.printer()); err != nil {
		return err
	}
	for _, plan := range plans {
		if len(plan.Changes)+len(plan.Refused)+len(plan.Asked) > 0 {
			return exit.ErrFindings
		}
	}
	return nil
}

func (p planned) print(to output.Printer) {
	if len(p.Changes) == 0 {
		fmt.Fprintf(to.Out, "dnszone/%s (%s): no change\n", p.Name, p.Domain)
	} else {
		fmt.Fprintf(to.Out, "dnszone/%s (%s): %d added, %d removed, about %d requests, no money\n", p.Name, p.Domain, p.Add, p.Remove, p.Requests)
	}
	for _, line := range p.Changes {
		fmt.Fprintln(to.Out, "  "+line)
	}
	if p.Held != "" {
		fmt.Fprint(to.Out, output.Wrap(fmt.Sprintf("It is not carried out (%s): %s", p.Held, p.Message), to.Width, 2))
	}
	for title, lines := range map[string][]string{"Not as declared:": p.Refused, "Values of somebody else that wait for approval:": p.Asked} {
		if len(lines) > 0 {
			fmt.Fprintln(to.Out, "  "+title)
		}
		for _, line := range lines {
			fmt.Fprint(to.Out, output.Wrap(line, to.Width, 4))
		}
	}
}
