package plugin

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
)

// lookEvery is how often an object is looked at that is waited for.
const lookEvery = time.Second

func newRefresh(s *session) *cobra.Command {
	wait := false
	command := &cobra.Command{
		Use:   "refresh KIND NAME",
		Short: "Have a zone, or all of an account, read from REG.API now",
		Long: `Have the zone of a DNSZone or Domain read from REG.API now, or those of all domains of an Account, and their objects looked at. It costs one
request, or one for each thousand domains. With --wait it waits until the object is as its spec asks, and ends with 1 if somebody has to act first.`,
		Example:           "  kubectl regapi refresh dnszone example-ru --wait",
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: s.completeObjects(canRefresh),
		RunE: func(command *cobra.Command, args []string) error {
			return s.refresh(command.Context(), args, wait)
		},
	}
	command.Flags().BoolVar(&wait, "wait", false, "wait until the object is as its spec asks")
	return command
}

func canRefresh(k kind) bool { return k.name == "account" || k.name == "dnszone" || k.name == "domain" }

func (s *session) refresh(ctx context.Context, args []string, wait bool) error {
	found, err := s.choose(ctx, args, canRefresh, 0, "refreshed, one at a time")
	if err != nil {
		return err
	}
	kube, o := found.kube, found.object
	of, asked := client.ObjectKeyFromObject(o), door.RefreshRequest{}
	if ref, has := accountRefOf(o); has {
		of, asked.Domains = ref.KeyFrom(o.GetNamespace()), []string{subjectOf(o)}
	}
	through, err := s.doorway()
	if err != nil {
		return err
	}
	done := s.waiting("Reading")
	var answer door.Refreshed
	err = through.post(ctx, of, door.Accounts, door.Refresh, asked, &answer)
	done()
	if err != nil {
		return err
	}
	for _, domain := range slices.Sorted(maps.Keys(answer.Problems)) {
		fmt.Fprintf(s.Out, "%s: %s\n", domain, answer.Problems[domain])
	}
	fmt.Fprintf(s.Out, "%s: %d domains read\n", found, answer.Domains-len(answer.Problems))
	if wait {
		return s.awaitFine(ctx, kube, found.kind, o)
	}
	if len(answer.Problems) > 0 {
		return exit.ErrFindings
	}
	return nil
}

// awaitFine waits until an object is fine, or somebody has to act.
func (s *session) awaitFine(ctx context.Context, kube client.Client, k kind, o object) error {
	defer s.waiting("Waiting for the operator")()
	for {
		if err := kube.Get(ctx, client.ObjectKeyFromObject(o), o); err != nil {
			return err
		}
		f := look(k, o)
		switch {
		case f.Fine:
			fmt.Fprintf(s.Out, "%s/%s: %s\n", f.Kind, f.Name, f.Message)
			return nil
		case f.Remedy != "" || isStalled(o):
			if err := findingList([]finding{f}, false, "").Print(s.printer()); err != nil {
				return err
			}
			return exit.ErrFindings
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s/%s is %s: %s: %w", f.Kind, f.Name, f.Reason, f.Message, ctx.Err())
		case <-time.After(lookEvery):
		}
	}
}
