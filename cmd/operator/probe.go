package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

// probeTimeout bounds each question: what takes longer is not well.
const probeTimeout = 10 * time.Second

// newProbeCommand makes the command that helm test runs in a pod of its own: whether the operator can be reached, and is well.
func newProbeCommand() *cobra.Command {
	return &cobra.Command{
		Use:           "probe URL...",
		Short:         "Ask addresses of an operator, such as http://regapi-operator-metrics:8081/readyz, and fail unless all answer with 200",
		Args:          cobra.MinimumNArgs(1),
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(command *cobra.Command, addresses []string) error {
			for _, address := range addresses {
				if err := probe(command.Context(), address); err != nil {
					return err
				}
				fmt.Fprintln(command.OutOrStdout(), address, "is well")
			}
			return nil
		},
	}
}

func probe(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", address, answer.Status)
	}
	return nil
}
