package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

func main() {
	if err := newCommand().Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func newCommand() *cobra.Command {
	o := options{assets: os.Getenv("KUBEBUILDER_ASSETS")}
	command := &cobra.Command{
		Use:           "demo",
		Short:         "Run control plane, REG.API simulator and operator on loopback and apply config/samples",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(command *cobra.Command, _ []string) error {
			return leashed(func(ctx context.Context) error {
				return runDemo(ctx, o, command.OutOrStdout())
			})
		},
	}
	flags := command.Flags()
	flags.StringVar(&o.binaries, "binaries", "bin", "folder with operator, regapi-sim and kubectl-regapi")
	flags.StringVar(&o.repository, "repository", ".", "folder with config")
	flags.BoolVar(&o.check, "check", false, "check the result and exit")
	command.AddCommand(newLookupCommand())
	return command
}

// options say where to find what the demo needs.
type options struct {
	binaries   string // folder with operator, regapi-sim and kubectl-regapi
	assets     string // folder with etcd, kube-apiserver, kubectl and perhaps kube-controller-manager
	repository string // folder with config
	check      bool   // check the result and exit
}

// complete makes the paths absolute and fails when a program is missing.
func (o *options) complete() error {
	if o.assets == "" {
		return errors.New("KUBEBUILDER_ASSETS is not set: run `make demo`, `make demo-test` or `make test`, which build what is needed")
	}
	for _, folder := range []*string{&o.binaries, &o.assets, &o.repository} {
		absolute, err := filepath.Abs(*folder)
		if err != nil {
			return err
		}
		*folder = absolute
	}
	for _, name := range []string{"operator", "regapi-sim", "kubectl-regapi"} {
		if _, err := os.Stat(o.binary(name)); err != nil {
			return fmt.Errorf("%w: run `make build`", err)
		}
	}
	for _, name := range []string{"etcd", "kube-apiserver", "kubectl"} {
		if _, err := os.Stat(o.asset(name)); err != nil {
			return fmt.Errorf("%w: KUBEBUILDER_ASSETS has to hold it; leave it unset to have it built by make", err)
		}
	}
	return nil
}

func (o *options) binary(name string) string { return filepath.Join(o.binaries, name) }
func (o *options) asset(name string) string  { return filepath.Join(o.assets, name) }
func (o *options) config(path string) string { return filepath.Join(o.repository, "config", path) }

// runDemo runs the demo in a scratch folder, which it deletes.
func runDemo(ctx context.Context, o options, out io.Writer) (err error) {
	if err := o.complete(); err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "regapi-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()

	d := &demo{options: o, out: out, scratch: scratch}
	return d.run(ctx)
}
