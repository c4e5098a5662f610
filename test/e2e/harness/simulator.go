package harness

import (
	"testing"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// StartSimulator starts a REG.API simulator in the test's own process, without a limit of requests unless an option sets one.
func StartSimulator(t testing.TB, options ...regapitest.Option) *regapitest.Server {
	t.Helper()
	api, err := regapitest.Start(append([]regapitest.Option{regapitest.WithHourlyLimit(0)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	return api
}
