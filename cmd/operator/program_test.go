package main

import (
	"cmp"
	"os"
	"testing"

	"github.com/go-logr/logr"
	ctrl "sigs.k8s.io/controller-runtime"
)

// runAsOperator makes this test binary behave as the operator, so that the test kills the real program.
const runAsOperator = "REGAPI_TEST_RUN_AS_OPERATOR"

// builtOperator names the operator that make test has built, as it ships.
const builtOperator = "REGAPI_TEST_OPERATOR"

// program is what is started as the operator: what was built for the tests, and by hand this test binary, which is never older than the code, but which
// the race detector makes several times as slow.
func program() string { return cmp.Or(os.Getenv(builtOperator), os.Args[0]) }

func TestMain(m *testing.M) {
	if os.Getenv(runAsOperator) != "" {
		main()
		return
	}
	ctrl.SetLogger(logr.Discard())
	os.Exit(m.Run())
}
