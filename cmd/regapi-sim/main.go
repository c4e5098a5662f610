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
	if err := newCommand().ExecuteContext(untilSignal()); err != nil {
		fmt.Fprintln(os.Stderr, "regapi-sim:", err)
		os.Exit(1)
	}
}

// untilSignal returns a context that ends with the first SIGINT or SIGTERM; a second one kills the process.
func untilSignal() context.Context {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx
}
