package harness

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	// stopTimeout is the time from SIGTERM to SIGKILL.
	stopTimeout = time.Minute
	// logTailBytes is how much of a log is shown when a test fails.
	logTailBytes = 6000
)

// Process is a program that a test started. Its output, standard and error alike, goes to a log file.
type Process struct {
	name  string
	log   string
	cmd   *exec.Cmd
	ended chan struct{}
}

// Start starts a program, which runs until it is stopped or the test ends. The name names it in messages.
func Start(t testing.TB, name, path string, args ...string) *Process {
	t.Helper()
	return StartCommand(t, name, exec.Command(path, args...))
}

// StartCommand is Start for a command with an environment or a folder of its own.
func StartCommand(t testing.TB, name string, command *exec.Cmd) *Process {
	t.Helper()
	folder := t.TempDir()
	if command.Dir == "" {
		command.Dir = folder
	}
	p := &Process{name: name, log: filepath.Join(folder, name+".log"), cmd: command, ended: make(chan struct{})}
	log, err := os.Create(p.log)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	command.Stdout, command.Stderr = log, log
	command.SysProcAttr = dieWithParent()
	if err := command.Start(); err != nil {
		t.Fatalf("start %s: %v", name, err)
	}
	go func() {
		_ = command.Wait() // ProcessState tells how it ended
		close(p.ended)
	}()
	t.Cleanup(func() {
		p.Stop(t)
		if t.Failed() {
			t.Logf("%s ended with %s; its output ends with\n%s", name, command.ProcessState, tail(p.log))
		}
	})
	return p
}

// PID is the id of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Alive says whether the process still runs.
func (p *Process) Alive() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// Ended is closed when the process has ended.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// State tells how the process ended; nil while it runs.
func (p *Process) State() *os.ProcessState {
	if p.Alive() {
		return nil
	}
	return p.cmd.ProcessState
}

// Stop asks the process to end, waits until it has, and kills it when that takes too long, which fails the test. A process
// that has ended already is left alone.
func (p *Process) Stop(t testing.TB) {
	t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // fails when it has ended
	deadline := time.NewTimer(stopTimeout)
	defer deadline.Stop()
	select {
	case <-p.ended:
	case <-deadline.C:
		t.Errorf("%s did not end within %s and was killed", p.name, stopTimeout)
		p.Kill(t)
	}
}

// Kill ends the process without giving it a chance to clean up.
func (p *Process) Kill(t testing.TB) {
	t.Helper()
	_ = p.cmd.Process.Kill() // fails when it has ended
	<-p.ended
}

// Log returns all that the process has printed so far.
func (p *Process) Log(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(p.log)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// RequireAlive fails the test when the process has ended.
func (p *Process) RequireAlive(t testing.TB) {
	t.Helper()
	if !p.Alive() {
		t.Fatalf("%s ended by itself: %s", p.name, p.cmd.ProcessState)
	}
}

// Run runs a program to its end, with the text as its input, and returns its standard output.
func Run(t testing.TB, input, path string, args ...string) string {
	t.Helper()
	output, err := run(t, input, path, args...)
	if err != nil {
		t.Fatal(err)
	}
	return output
}

func run(t testing.TB, input, path string, args ...string) (string, error) {
	command := exec.CommandContext(t.Context(), path, args...)
	command.Stdin = strings.NewReader(input)
	command.Env = append(os.Environ(), "KUBERC=off")
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return stdout.String(), fmt.Errorf("%s: %w: %s", strings.Join(command.Args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return stdout.String(), nil
}

// tail returns the last lines of a log.
func tail(path string) string {
	log, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	if len(log) <= logTailBytes {
		return string(log)
	}
	_, whole, _ := bytes.Cut(log[len(log)-logTailBytes:], []byte("\n"))
	return string(whole)
}
