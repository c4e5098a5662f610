package apiservertest

import (
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"testing"

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

// Main runs the tests of a package with an API server, and ends the process with their result. Call it from TestMain. It
// also discards what controller-runtime logs: a test that wants logs gives its own logger to what it tests.
func Main(m *testing.M, options ...Option) {
	ctrl.SetLogger(logr.Discard())
	os.Exit(run(m, options))
}

// run is Main up to the exit, which would skip what is deferred.
func run(m *testing.M, options []Option) int {
	environment := &envtest.Environment{}
	for _, apply := range options {
		if err := apply(environment); err != nil {
			log.Printf("configure the API server: %v", err)
			return 1
		}
	}
	started, err := environment.Start()
	defer func() {
		if err := environment.Stop(); err != nil { // Also after a start that failed half-way.
			log.Printf("stop the API server: %v", err)
		}
	}()
	if err != nil {
		log.Printf("start the API server (make control-plane builds it): %v", err)
		return 1
	}
	server = started
	return m.Run()
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
