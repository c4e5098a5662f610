package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// stopGrace is how long requests to the control endpoint may take to end; with the API's half second it stays below one.
const stopGrace = 100 * time.Millisecond

// ready is what the ready file holds.
type ready struct {
	URL     string `json:"url"`
	DNS     string `json:"dns"`
	Control string `json:"control"`
}

// run serves until the context ends. A ready file of an earlier run, which would tell of addresses where nobody listens, is gone before that, and its
// own is gone afterwards.
func run(ctx context.Context, o options) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	if err := o.removeReadyFile(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.removeReadyFile()) }()
	logger := slog.New(slog.NewTextHandler(os.Stderr, nil))
	seed, err := o.seed()
	if err != nil {
		return err
	}
	server, err := regapitest.Start(o.server(logger)...)
	if err != nil {
		return err
	}
	defer server.Close()
	if err := o.begin(server, seed); err != nil {
		return err
	}
	control, stop, err := serveControl(o.controlListen, server.ControlHandler(seed), logger)
	if err != nil {
		return err
	}
	defer stop()
	up := ready{URL: server.URL(), DNS: server.DNSAddr(), Control: "http://" + control + "/"}
	if err := announce(o, up, server.CACertificatePEM()); err != nil {
		return err
	}
	logger.Info("Serving", "url", up.URL, "dns", up.DNS, "control", up.Control)
	<-ctx.Done()
	logger.Info("Stopping")
	return o.save(server)
}

func (o options) removeReadyFile() error {
	if o.readyFile == "" {
		return nil
	}
	if err := os.Remove(o.readyFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the ready file: %w", err)
	}
	return nil
}

// begin sets the scene: what an earlier run saved or, where there is nothing, the seed. Faults are those of this run.
func (o options) begin(server *regapitest.Server, seed regapitest.Seed) error {
	saved, err := []byte(nil), error(nil)
	if o.stateFile != "" {
		saved, err = os.ReadFile(o.stateFile)
	}
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("read the state: %w", err)
	case saved == nil:
		return server.Apply(seed)
	}
	if err := server.Restore(saved); err != nil {
		return fmt.Errorf("%s: %w", o.stateFile, err)
	}
	return server.Apply(regapitest.Seed{Behaviour: server.Behaviour(), Faults: seed.Faults})
}

// save keeps the state for a next run.
func (o options) save(server *regapitest.Server) error {
	if o.stateFile == "" {
		return nil
	}
	document, err := server.Save()
	if err == nil {
		err = writeAtomically(o.stateFile, document)
	}
	if err != nil {
		return fmt.Errorf("save the state: %w", err)
	}
	return nil
}

// serveControl serves the control endpoint, on loopback only because it asks nobody who they are.
func serveControl(address string, handler http.Handler, logger *slog.Logger) (string, func(), error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", nil, fmt.Errorf("listen for control: %w", err)
	}
	if tcp, ok := listener.Addr().(*net.TCPAddr); !ok || !tcp.IP.IsLoopback() {
		return "", nil, errors.Join(fmt.Errorf("control address %s is not on loopback", address), listener.Close())
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			logger.Error("Control server stopped", "error", err)
		}
	}()
	stop := func() {
		grace, cancel := context.WithTimeout(context.Background(), stopGrace)
		defer cancel()
		if server.Shutdown(grace) != nil {
			if err := server.Close(); err != nil {
				logger.Error("Stop the control server", "error", err)
			}
		}
		<-done
	}
	return listener.Addr().String(), stop, nil
}

// announce writes the files that others wait for.
func announce(o options, up ready, authority []byte) error {
	if o.caFile != "" {
		if err := writeAtomically(o.caFile, authority); err != nil {
			return fmt.Errorf("write the CA's certificate: %w", err)
		}
	}
	if o.readyFile == "" {
		return nil
	}
	text, err := json.Marshal(up)
	if err != nil {
		return err
	}
	if err := writeAtomically(o.readyFile, append(text, '\n')); err != nil {
		return fmt.Errorf("write the ready file: %w", err)
	}
	return nil
}

// writeAtomically makes a file appear with all of its contents.
func writeAtomically(name string, contents []byte) error {
	file, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	_, err = file.Write(contents)
	err = errors.Join(err, file.Chmod(0o644), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}
