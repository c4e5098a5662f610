package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// runTimeout bounds one run of the demo on a machine that runs other tests too.
const runTimeout = 5 * time.Minute

// testOptions finds the programs where `make test` has put them.
func testOptions(t *testing.T) options {
	t.Helper()
	o := options{binaries: os.Getenv("DEMO_BIN"), assets: os.Getenv("KUBEBUILDER_ASSETS"), repository: "../..", check: true}
	if o.binaries == "" || o.assets == "" {
		t.Fatal("DEMO_BIN or KUBEBUILDER_ASSETS is not set: run `make test`, which builds what this test needs")
	}
	if err := o.complete(); err != nil {
		t.Fatal(err)
	}
	return o
}

func TestEverySampleBecomesReadyAndEveryRecordIsServed(t *testing.T) {
	o := testOptions(t)
	ctx, cancel := context.WithTimeout(t.Context(), runTimeout)
	defer cancel()

	var out bytes.Buffer
	err := runDemo(ctx, o, &out)
	if err != nil {
		t.Fatalf("the demo failed: %v\n%s", err, out.String())
	}
	t.Log(out.String())
}

func TestNothingIsLeftBehind(t *testing.T) {
	o := testOptions(t)
	for name, test := range map[string]struct {
		signal os.Signal
		killed bool
	}{
		"by Ctrl-C":         {signal: os.Interrupt},
		"by a sudden death": {signal: syscall.SIGKILL, killed: true},
	} {
		t.Run(name, func(t *testing.T) {
			scratch := t.TempDir()
			err := startAndSignal(t, o, scratch, test.signal)

			var exit *exec.ExitError
			if killed := errors.As(err, &exit) && !exit.Exited(); killed != test.killed || (err != nil && !killed) {
				t.Errorf("the demo ended with %v", err)
			}
			if left, _ := filepath.Glob(filepath.Join(scratch, "*")); len(left) > 0 {
				t.Errorf("files are left: %v", left)
			}
			if left := processesNaming(t, scratch); len(left) > 0 {
				t.Errorf("processes are left: %v", left)
			}
		})
	}
}

// startAndSignal runs the demo with its files in scratch, signals it once
// everything runs, and returns how it ended. By then its output is closed by
// every process that could write to it.
func startAndSignal(t *testing.T, o options, scratch string, signal os.Signal) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), runTimeout)
	defer cancel()
	command := exec.CommandContext(ctx, o.binary("demo"), "--binaries="+o.binaries, "--repository="+o.repository)
	command.Env = append(os.Environ(), "TMPDIR="+scratch, "KUBEBUILDER_ASSETS="+o.assets)
	command.Stderr = os.Stderr
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}

	running := false
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if !strings.HasPrefix(lines.Text(), "Ctrl-C stops everything") {
			continue
		}
		running = true
		if len(processesNaming(t, scratch)) == 0 {
			t.Error("no process names the scratch folder, so that none could be found left behind")
		}
		if err := command.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
	}
	if !running {
		t.Error("the demo ended before everything ran")
	}
	return command.Wait()
}

// processesNaming lists the command lines that name a folder: all programs of a
// demo are told to keep their files in its scratch folder.
func processesNaming(t *testing.T, folder string) []string {
	t.Helper()
	var found []string
	for _, commandLine := range commandLines(t) {
		if strings.Contains(commandLine, folder) {
			found = append(found, commandLine)
		}
	}
	return found
}

// commandLines lists the command lines of all processes: from /proc, since a
// small Linux image has no ps, and by ps where there is no /proc.
func commandLines(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		list, err := exec.CommandContext(t.Context(), "ps", "-A", "-o", "args=").Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(string(list), "\n")
	}
	var lines []string
	for _, file := range files {
		line, err := os.ReadFile(file)
		if err != nil {
			continue // it ended meanwhile
		}
		lines = append(lines, strings.ReplaceAll(string(line), "\x00", " "))
	}
	return lines
}
