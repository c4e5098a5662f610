// Command regapi-sim serves a simulated REG.API v2 and the DNS zones that it holds, for tests and demonstrations: see docs/simulator.md.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := newCommand().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "regapi-sim:", err)
		os.Exit(1)
	}
}
