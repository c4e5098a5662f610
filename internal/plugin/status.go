package plugin

import (
	"context"
	"slices"

	"github.com/spf13/cobra"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
)

func newStatus(s *session) *cobra.Command {
	var in where
	command := &cobra.Command{
		Use:   "status [KIND [NAME]]",
		Short: "Show each Account, and of all else what is not fine, with its remedy",
		Long: `Show a line for each Account, and for each other object that is not as its spec asks, with what to do about it; with a kind only those of
it, and with a name the whole story of one object: its spec against what was seen, conditions, the last events, and the budget of its Account.

It ends with 1 if anything is not fine.`,
		Example: `  kubectl regapi status -A
  kubectl regapi status dnszone example-ru -n team`,
		Args:              cobra.MaximumNArgs(2),
		ValidArgsFunction: s.completeObjects(func(kind) bool { return true }),
		RunE: func(command *cobra.Command, args []string) error {
			if len(args) == 2 || len(args) == 1 && slices.Contains([]byte(args[0]), '/') {
				return s.story(command.Context(), args)
			}
			return s.status(command.Context(), args, in)
		},
	}
	in.addFlags(command.Flags())
	return command
}

// status tells how the objects stand.
func (s *session) status(ctx context.Context, args []string, in where) error {
	defer s.waiting("Reading")()
	which := kinds
	if len(args) == 1 {
		k, err := kindOf(args[0])
		if err != nil {
			return err
		}
		which = []kind{k}
	}
	kube, err := s.cluster()
	if err != nil {
		return err
	}
	options, err := in.options(s)
	if err != nil {
		return err
	}
	all, err := findingsOf(ctx, kube, which, options)
	if err != nil {
		return err
	}
	shown := slices.DeleteFunc(slices.Clone(all), func(f finding) bool { return f.Fine && f.Kind != "account" })
	empty := "There is nothing of regapi.io here: -A looks in all namespaces, and kubectl regapi doctor at the installation."
	if len(all) > 0 {
		empty = "All is fine."
	}
	if err := findingList(shown, in.all, empty).Print(s.printer()); err != nil {
		return err
	}
	if slices.ContainsFunc(shown, func(f finding) bool { return !f.Fine }) {
		return exit.ErrFindings
	}
	return nil
}

// completeObjects completes a kind, and then the names of its objects.
func (s *session) completeObjects(which func(kind) bool) cobra.CompletionFunc {
	return func(command *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return kindNames(which), cobra.ShellCompDirectiveNoFileComp
		}
		if len(args) > 1 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		k, err := kindOf(args[0])
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return s.namesOf(command.Context(), k), cobra.ShellCompDirectiveNoFileComp
	}
}

// namesOf gives the names of the objects of a kind; none where they cannot be had, since a completion is no place for errors.
func (s *session) namesOf(ctx context.Context, k kind) []string {
	kube, err := s.cluster()
	if err != nil {
		return nil
	}
	options, err := (&where{}).options(s)
	if k.name == "order" {
		options = []client.ListOption{client.InNamespace(s.operatorNamespace)}
	}
	list := k.list()
	if err != nil || kube.List(ctx, list, options...) != nil {
		return nil
	}
	var names []string
	for _, o := range itemsOf(list) {
		names = append(names, o.GetName())
	}
	return names
}
