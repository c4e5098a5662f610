package plugin

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/purchase"
)

// words are what a person may say of an order.
var words = map[string]purchase.Word{"paid": purchase.SaysYes, "not-placed": purchase.SaysNot}

func newSettle(s *session) *cobra.Command {
	as := ""
	command := &cobra.Command{
		Use:   "settle NAME --as paid|not-placed",
		Short: "Say what became of an order that nothing tells of",
		Long: `Say what became of an order of which the operator cannot know whether money moved. Look into the registrar's panel first, at the bill and
at the last paid day of the domain: paid settles the order, not-placed withdraws it, so that the Domain may order again.`,
		Example: "  kubectl regapi orders settle example.ru.1 --as not-placed",
		Args:    cobra.ExactArgs(1),
		ValidArgsFunction: func(command *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return s.namesOf(command.Context(), kinds[len(kinds)-1]), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(command *cobra.Command, args []string) error { return s.settle(command.Context(), args[0], as) },
	}
	command.Flags().StringVar(&as, "as", "", "paid or not-placed")
	_ = command.RegisterFlagCompletionFunc("as", cobra.FixedCompletions([]string{"paid", "not-placed"}, cobra.ShellCompDirectiveNoFileComp))
	return command
}

func (s *session) settle(ctx context.Context, name, as string) error {
	word, known := words[as]
	if !known {
		return exit.With(exit.Usage, fmt.Errorf("--as %q: say paid or not-placed, after a look into the registrar's panel", as))
	}
	kube, err := s.cluster()
	if err != nil {
		return err
	}
	found, err := s.get(ctx, kube, kinds[len(kinds)-1], name)
	if err != nil {
		return err
	}
	order := found.(*v1alpha1.Order)
	if !needsWord(order) {
		return exit.With(exit.Findings, fmt.Errorf("order %s is %s and needs nobody's word: only Unclear and Blocked (BillGone) do", name, order.Status.State))
	}
	if err := annotateAsSeen(ctx, kube, order, v1alpha1.AnnotationSettle, string(word)); err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "order/%s settled as %s\n", name, as)
	return nil
}
