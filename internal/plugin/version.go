package plugin

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/regapi-io/regapi-operator/internal/plugin/output"
)

// version of the plugin: that of the module it was built from.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

type versions struct {
	Plugin string `json:"plugin"`
	Go     string `json:"go"`
	API    string `json:"api"`
}

func newVersion(s *session) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Say which plugin this is",
		Example: "  kubectl regapi version -o json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := versions{Plugin: version(), Go: runtime.Version(), API: "regapi.io/v1alpha1"}
			return output.Document{Name: v.Plugin, Value: v, Text: func(p output.Printer) error {
				_, err := fmt.Fprintf(p.Out, "kubectl-regapi %s, %s, for %s\n", v.Plugin, v.Go, v.API)
				return err
			}}.Print(s.printer())
		},
	}
}
