package plugin

import "github.com/spf13/cobra"

func newResume(s *session) *cobra.Command {
	return &cobra.Command{
		Use:               "resume KIND NAME",
		Short:             "Let an object that was paused go on",
		Example:           "  kubectl regapi resume dnszone example-ru",
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: s.completeObjects(canPause),
		RunE: func(command *cobra.Command, args []string) error {
			return s.setPause(command.Context(), args, "", "resumed")
		},
	}
}
