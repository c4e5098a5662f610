package plugin

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/regapi-io/regapi-operator/internal/buildinfo"
	"github.com/regapi-io/regapi-operator/internal/plugin/output"
)

// versions are what the plugin says of itself, and puts into a report.
type versions struct {
	Plugin string `json:"plugin"`
	Commit string `json:"commit"`
	Go     string `json:"go"`
	API    string `json:"api"`
}

func ownVersions() versions {
	build := buildinfo.Read()
	return versions{Plugin: build.Version, Commit: build.Commit, Go: build.Go, API: "regapi.io/v1alpha1"}
}

func newVersion(s *session) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Say which plugin this is",
		Example: "  kubectl regapi version -o json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := ownVersions()
			return output.Document{Name: v.Plugin, Value: v, Text: func(p output.Printer) error {
				_, err := fmt.Fprintf(p.Out, "kubectl-regapi %s, for %s\n", buildinfo.Read(), v.API)
				return err
			}}.Print(s.printer())
		},
	}
}
