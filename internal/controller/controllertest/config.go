package controllertest

import (
	"k8s.io/client-go/rest"

	"github.com/regapi-io/regapi-operator/internal/apiservertest"
)

// Config reaches the API server of the tests.
func Config() *rest.Config { return apiservertest.Config() }
