package plugin

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
)

func newReject(s *session) *cobra.Command {
	quote := quoteOptions{}
	command := &cobra.Command{
		Use:   "reject KIND NAME",
		Short: "Take back an approval that the operator has not used yet",
		Long: `Take back the approval of a plan or quote that still waits. What waits goes on waiting, and nothing of it is done: to be rid of it, correct
the spec; of a quote, take spec.renewal away from the Domain. What the operator has begun to carry out is not undone.`,
		Example:           "  kubectl regapi reject dnszone example-ru",
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: s.completeObjects(canWait),
		RunE: func(command *cobra.Command, args []string) error {
			return s.reject(command.Context(), args, quote)
		},
	}
	quote.addFlags(command.Flags())
	return command
}

func (s *session) reject(ctx context.Context, args []string, quote quoteOptions) error {
	found, err := s.choose(ctx, args, canWait, 0, "rejected, one at a time")
	if err != nil {
		return err
	}
	if quote.namespace, err = s.namespace(); err != nil {
		return err
	}
	waiting, err := waitsFor(ctx, found.kube, found.object, quote)
	if err != nil {
		return err
	}
	taken := 0
	for _, w := range waiting {
		if !w.given() {
			continue
		}
		if err := annotateAsSeen(ctx, found.kube, w.on, w.annotation, w.withdrawn()); err != nil {
			return err
		}
		taken++
		fmt.Fprintf(s.Out, "%s: approval %s taken back\n", w.what, w.hash)
	}
	if taken == 0 {
		return exit.With(exit.Findings, fmt.Errorf("nothing of %s is approved and waits still", found))
	}
	return nil
}
