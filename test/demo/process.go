package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// logTailBytes is how much of a log is shown when something failed.
const logTailBytes = 3000

// process is a program that the demo started, with its output in a log file.
type process struct {
	name   string
	cancel context.CancelFunc
	ended  chan struct{}
	err    error // why it ended; read it after ended is closed
}

// start starts a program. It runs until the demo stops; when it ends earlier,
// the demo ends with it.
func (d *demo) start(name, path string, args ...string) error {
	log, err := os.Create(d.logFile(name))
	if err != nil {
		return err
	}
	defer log.Close()

	// Not the context of the run: the order of stopping is the demo's to choose.
	ctx, cancel := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, path, args...)
	command.Dir = d.scratch
	command.Stdout, command.Stderr = log, log
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C reaches the demo alone
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = stopTimeout
	if err := command.Start(); err != nil {
		cancel()
		return err
	}

	p := &process{name: name, cancel: cancel, ended: make(chan struct{})}
	d.stops = append(d.stops, p.stop)
	go func() {
		p.err = command.Wait()
		close(p.ended)
		if ctx.Err() == nil {
			d.abort(fmt.Errorf("%s ended unasked: %s", name, command.ProcessState))
		}
	}()
	return nil
}

// stop asks the program to end and waits until it has; exec kills it when it
// takes longer than stopTimeout.
func (p *process) stop() error {
	p.cancel()
	<-p.ended
	var exit *exec.ExitError
	if errors.As(p.err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL {
		return fmt.Errorf("%s did not end within %s and was killed", p.name, stopTimeout)
	}
	return nil
}

// logTail returns the last lines of a log.
func logTail(path string) []byte {
	log, err := os.ReadFile(path)
	if err != nil {
		return []byte(err.Error() + "\n")
	}
	if len(log) <= logTailBytes {
		return log
	}
	log = log[len(log)-logTailBytes:]
	return log[bytes.IndexByte(log, '\n')+1:]
}
