package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"
)

// Time-outs. Each is several times what the step takes on two busy cores.
const (
	readyTimeout = 2 * time.Minute     // from applying the samples to Ready
	dnsTimeout   = 30 * time.Second    // from Ready to all records being served
	driftTimeout = time.Minute         // from a change behind the operator's back to its repair
	toolTimeout  = time.Minute         // one call of kubectl
	callTimeout  = 10 * time.Second    // one call of the simulator
	stopTimeout  = 20 * time.Second    // from SIGTERM to SIGKILL
	tokenLife    = 30 * 24 * time.Hour // of the operator; nothing renews it

	pollInterval = 100 * time.Millisecond
)

// How often the operator looks at REG.API. The demo may run for hours, and each
// look spends some of the 1200 requests an hour; the check ends before that.
const (
	resyncOfDemo  = 30 * time.Second
	resyncOfCheck = 5 * time.Second
)

// errStopped is the cause of a context that the user ended.
var errStopped = errors.New("stopped")

// demo is one run: what it found out so far, and what it has to stop.
type demo struct {
	options
	out     io.Writer
	scratch string // holds every file that the demo writes

	samples    samples
	more       []seedDomain // domains of the account beside those of the samples
	simulator  simulator
	kubeconfig string // of the administrator

	abort context.CancelCauseFunc // ends the run when a program ends unasked
	stops []func() error          // in order of starting
}

// step is one thing that the demo does.
type step struct {
	title string
	take  func(context.Context) error
}

// run shows the samples, and waits for Ctrl-C or checks some more.
func (d *demo) run(ctx context.Context) error {
	if !d.check {
		return d.conduct(ctx, append(d.opening(), step{"Waiting for Ctrl-C", d.linger}))
	}
	err := d.conduct(ctx, append(d.opening(),
		step{"Changing a record behind the operator's back", d.checkDrift},
		step{"Looking for the record that somebody else had put into the zone", d.checkForeign},
	))
	if err == nil {
		fmt.Fprintln(d.out, "==> Everything is as config/samples says")
	}
	return err
}

// opening are the steps up to samples that are served.
func (d *demo) opening() []step {
	return []step{
		{"Reading config/samples", d.readSamples},
		{"Starting etcd and kube-apiserver", d.startControlPlane},
		{"Starting kube-controller-manager", d.startControllerManager},
		{"Starting the REG.API simulator", d.startSimulator},
		{"Starting the operator", d.startOperator},
		{"Applying config/samples", d.applySamples},
		{"Waiting until every object is Ready", d.awaitReady},
		{"Asking the simulator's name server for every record", d.checkRecords},
		{"Counting the requests that this took", d.countRequests},
	}
}

// conduct takes the steps in order, and then undoes them.
func (d *demo) conduct(ctx context.Context, steps []step) (err error) {
	ctx, d.abort = context.WithCancelCause(ctx)
	defer d.abort(nil)
	defer func() {
		err = errors.Join(d.outcome(ctx, err), d.stop())
		if err == nil && d.check {
			err = d.checkRights()
		}
	}()

	for _, step := range steps {
		start := time.Now()
		fmt.Fprintf(d.out, "==> %s\n", step.title)
		if err := step.take(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.title, err)
		}
		fmt.Fprintf(d.out, "    %.1f s\n", time.Since(start).Seconds())
	}
	return nil
}

// linger says how to go on, and waits for the end.
func (d *demo) linger(ctx context.Context) error {
	d.explain()
	<-ctx.Done()
	return ctx.Err()
}

// outcome turns the error that a step ended with into the error of the run. The
// cause of an ended context tells more than the error of the step that it ended.
func (d *demo) outcome(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	cause := context.Cause(ctx)
	if errors.Is(cause, errStopped) {
		if d.check {
			return cause // nothing was proved
		}
		return nil
	}
	logs, _ := filepath.Glob(d.logFile("*")) // the pattern is well formed
	for _, log := range logs {
		fmt.Fprintf(d.out, "\n--- %s ends with\n%s", filepath.Base(log), logTail(log))
	}
	if cause != nil {
		return cause
	}
	return err
}

// stop stops everything in the opposite order of starting, so that nothing
// loses what it depends on before it ends.
func (d *demo) stop() error {
	fmt.Fprintln(d.out, "==> Stopping")
	var errs []error
	for _, stop := range slices.Backward(d.stops) {
		errs = append(errs, stop())
	}
	return errors.Join(errs...)
}

func (d *demo) scratchFile(name string) string { return filepath.Join(d.scratch, name) }
func (d *demo) logFile(program string) string  { return d.scratchFile(program + ".log") }
