package plugin

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/plugin/output"
)

func newApprove(s *session) *cobra.Command {
	quote := quoteOptions{}
	command := &cobra.Command{
		Use:   "approve KIND NAME [HASH]",
		Short: "Approve exactly the plan or quote that was shown",
		Long: `Approve what waits for a person: the plan of a DNSZone or Folder that the deletion guard stops, the values of somebody else that a DNSZone
would replace, or the quote of an Order. Without a hash it shows what waits and asks, on a terminal; with one it approves exactly that,
and ends with 1 if something else waits by now.`,
		Example: `  kubectl regapi approve dnszone example-ru
  kubectl regapi approve dnszone example-ru 5d3f0a91c2be
  kubectl regapi approve order example.ru.1 3f2a9c01b4d5e6f7`,
		Args:              cobra.RangeArgs(1, 3),
		ValidArgsFunction: s.completeObjects(canWait),
		RunE: func(command *cobra.Command, args []string) error {
			return s.approve(command.Context(), args, quote)
		},
	}
	quote.addFlags(command.Flags())
	return command
}

func (s *session) approve(ctx context.Context, args []string, quote quoteOptions) error {
	found, err := s.choose(ctx, args, canWait, 1, "approved, with one hash at most")
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
	if len(waiting) == 0 {
		return exit.With(exit.Findings, fmt.Errorf("%s waits for no approval: kubectl regapi status %s says how it stands", found, found))
	}
	if len(found.rest) == 0 {
		return s.askFor(ctx, found.kube, waiting)
	}
	for _, w := range waiting {
		if w.hash == found.rest[0] {
			return s.approveOne(ctx, found.kube, w)
		}
	}
	for _, w := range waiting {
		w.print(s.printer())
	}
	return exit.With(exit.Findings, fmt.Errorf("nothing waits by the hash %s: it has changed since you looked, and the above is what waits now", found.rest[0]))
}

// askFor shows what waits, and asks for each.
func (s *session) askFor(ctx context.Context, kube client.Client, waiting []wait) error {
	answers := bufio.NewScanner(s.In)
	for _, w := range waiting {
		w.print(s.printer())
		if !s.Interactive {
			return exit.With(exit.Usage, fmt.Errorf("nobody can be asked here: give the hash of what you have seen, %s", w.hash))
		}
		fmt.Fprint(s.Err, "Approve exactly this? [y/N] ")
		if !answers.Scan() || !strings.EqualFold(strings.TrimSpace(answers.Text()), "y") {
			fmt.Fprintln(s.Out, "Not approved.")
			return exit.ErrFindings
		}
		if err := s.approveOne(ctx, kube, w); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) approveOne(ctx context.Context, kube client.Client, w wait) error {
	if err := annotateAsSeen(ctx, kube, w.on, w.annotation, w.approved()); err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "%s approved: %s\n", w.what, w.hash)
	return nil
}

func (w wait) print(p output.Printer) {
	fmt.Fprintf(p.Out, "%s waits, by the hash %s:\n", w.what, w.hash)
	for _, line := range w.lines {
		fmt.Fprintln(p.Out, "  "+line)
	}
	if w.more > 0 {
		fmt.Fprintf(p.Out, "  and %d more that the status has no room for\n", w.more)
	}
}
