// Command kubectl-regapi is the kubectl plugin of regapi-operator: see docs/plugin.md.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/regapi-io/regapi-operator/internal/plugin"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal kills the process.
	context.AfterFunc(ctx, stop)
	os.Exit(plugin.Run(ctx, os.Args[1:], plugin.Terminal()))
}
