package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// leashVariable tells a demo that it is the inner one.
const leashVariable = "REGAPI_DEMO_LEASHED"

// leashed runs work in a second process of this same program, which ends its
// work, and everything that it started, as soon as the first process is gone.
// The leash is the pipe on its standard input: the system closes it however the
// first process ends, SIGKILL included, when no signal handler could.
func leashed(work func(context.Context) error) error {
	if os.Getenv(leashVariable) == "" {
		return holdLeash()
	}
	signal.Ignore(syscall.SIGPIPE) // the reader of our output may be gone; cleaning up goes on
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // ends when the first process does
		cancel(errStopped)
	}()
	return work(ctx)
}

// holdLeash starts the second process and waits for it. A signal lets go of the
// leash; the second process then ends in its own time, and well.
func holdLeash() error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)

	self, err := os.Executable()
	if err != nil {
		return err
	}
	inner := exec.Command(self, os.Args[1:]...)
	inner.Env = append(os.Environ(), leashVariable+"=1")
	inner.Stdout, inner.Stderr = os.Stdout, os.Stderr
	inner.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C reaches the first process alone
	leash, err := inner.StdinPipe()
	if err != nil {
		return err
	}
	if err := inner.Start(); err != nil {
		return err
	}
	go func() {
		<-signals
		_ = leash.Close()
	}()

	err = inner.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Exited() {
		os.Exit(exit.ExitCode()) // it has told the user why
	}
	return err
}
