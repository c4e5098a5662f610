package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/regapi-io/regapi-operator/internal/buildinfo"
)

// newVersionCommand says what --version says, and as JSON for programs.
func newVersionCommand() *cobra.Command {
	var format string
	command := &cobra.Command{
		Use:           "version",
		Short:         "Say which build this is",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(command *cobra.Command, _ []string) error {
			info, out := buildinfo.Read(), command.OutOrStdout()
			switch format {
			case "text":
				_, err := fmt.Fprintln(out, "operator", info)
				return err
			case "json":
				return json.NewEncoder(out).Encode(info)
			default:
				return fmt.Errorf("--output %q: give text or json", format)
			}
		},
	}
	command.Flags().StringVarP(&format, "output", "o", "text", "text or json")
	return command
}
