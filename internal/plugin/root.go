package plugin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/plugin/output"
)

// defaultTimeout bounds a verb that does not wait for something by itself.
const defaultTimeout = time.Minute

// Run carries out a command line and gives what the process has to end with.
func Run(ctx context.Context, args []string, streams Streams) int {
	return run(ctx, args, newSession(streams))
}

func run(ctx context.Context, args []string, s *session) int {
	root := newRoot(s)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	s.end()
	if err != nil && !s.started {
		err = exit.With(exit.Usage, err)
	}
	if err != nil && !errors.Is(err, exit.ErrFindings) {
		fmt.Fprintln(s.Err, "Error:", explain(err))
	}
	return int(exit.Of(err))
}

func newRoot(s *session) *cobra.Command {
	root := &cobra.Command{
		Use:   "kubectl-regapi",
		Short: "Ask regapi-operator about domains and zones at REG.RU",
		Long: `Ask regapi-operator about domains and zones at REG.RU, by your kubeconfig and with your rights.

It ends with 0 when all is fine, 1 when there are findings or differences, 2 when the command line cannot be understood or names
what does not exist, 3 when the cluster is out of reach or refuses, 4 when REG.API refuses, and 5 when it takes too long.`,
		Annotations:   map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl regapi"},
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRun: func(command *cobra.Command, _ []string) {
			s.begin(command)
		},
	}
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	s.addFlags(root.PersistentFlags())
	fixed := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return output.Formats, cobra.ShellCompDirectiveNoFileComp
	}
	_ = root.RegisterFlagCompletionFunc("output", fixed) // It fails only for a flag that does not exist.
	for _, verb := range []func(*session) *cobra.Command{
		newVersion, newDoctor, newBudget, newTrace, newReport, newStatus, newExpiring, newOrders, newApprove, newReject, newPause, newResume,
		newImport, newExport, newPlan, newRefresh, newJournal, newRaw, newConsole,
	} {
		root.AddCommand(verb(s))
	}
	return root
}
