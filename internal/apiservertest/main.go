package apiservertest

import (
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// server is what the tests of this process talk to; Main owns it.
var server *rest.Config

// Config says how the API server is reached. It panics where Main has not started one, which is a mistake of the test.
func Config() *rest.Config {
	if server == nil {
		panic("no API server: TestMain does not call apiservertest.Main")
	}
	return server
}

// Option changes the API server before it starts.
type Option func(*envtest.Environment) error

// WithCRDs makes the API server know the kinds of this module, as config/crd/bases has them.
func WithCRDs() Option {
	return func(environment *envtest.Environment) error {
		root, err := moduleRoot()
		if err != nil {
			return err
		}
		environment.CRDDirectoryPaths = []string{filepath.Join(root, "config", "crd", "bases")}
		environment.ErrorIfCRDPathMissing = true
		return nil
	}
}

// patience is how long the API server may take to start, to end, and to serve what is installed, where many tests run on a slow machine.
const patience = 3 * time.Minute

// Main runs the tests of a package with an API server, and ends the process with their result. Call it from TestMain. It
// also discards what controller-runtime logs: a test that wants logs gives its own logger to what it tests.
func Main(m *testing.M, options ...Option) {
	ctrl.SetLogger(logr.Discard())
	os.Exit(run(m, options))
}

// run is Main up to the exit, which would skip what is deferred.
func run(m *testing.M, options []Option) int {
	environment, err := start(options)
	defer func() {
		if err := environment.Stop(); err != nil { // Also after a start that failed half-way.
			log.Printf("stop the API server: %v", err)
		}
	}()
	if err != nil {
		log.Print(err)
		return 1
	}
	server = environment.Config
	return m.Run()
}

// Start starts an API server for one test, which ends it. It is for a test that needs flags or keys of its own.
func Start(t testing.TB, options ...Option) *envtest.Environment {
	t.Helper()
	environment, err := start(options)
	t.Cleanup(func() {
		if err := environment.Stop(); err != nil { // Also after a start that failed half-way.
			t.Logf("stop the API server: %v", err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return environment
}

// start gives the environment also with an error, since it has to be stopped then, too.
func start(options []Option) (*envtest.Environment, error) {
	environment := &envtest.Environment{ControlPlaneStartTimeout: patience, ControlPlaneStopTimeout: patience}
	environment.CRDInstallOptions.MaxTime = patience
	for _, apply := range options {
		if err := apply(environment); err != nil {
			return environment, fmt.Errorf("configure the API server: %w", err)
		}
	}
	if _, err := environment.Start(); err != nil {
		return environment, fmt.Errorf("start the API server (make control-plane builds it): %w", err)
	}
	return environment, nil
}

// moduleRoot is the nearest folder above the test's own that holds a go.mod.
func moduleRoot() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the root of the module: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", errors.New("find the root of the module: no folder above holds a go.mod")
		}
		folder = parent
	}
}
