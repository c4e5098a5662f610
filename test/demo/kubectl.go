package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// kubectl calls kubectl as the administrator and returns its standard output.
func (d *demo) kubectl(ctx context.Context, stdin []byte, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout+toolTimeout)
	defer cancel()
	command := exec.CommandContext(ctx, d.asset("kubectl"), append([]string{"--cache-dir=" + d.scratchFile("kubectl-cache")}, args...)...)
	command.Env = append(os.Environ(), "KUBECONFIG="+d.kubeconfig, "KUBERC=off")
	command.Stdin = bytes.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return stdout.String(), fmt.Errorf("kubectl %s: %w: %s", args[0], err, strings.TrimSpace(stderr.String()))
	}
	return stdout.String(), nil
}

// indent sets the output of a program off from the demo's own words.
func indent(output string) string {
	var b strings.Builder
	for line := range strings.Lines(output) {
		b.WriteString("    " + line)
	}
	return b.String()
}
