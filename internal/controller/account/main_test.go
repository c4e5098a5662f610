package account_test

import (
	"testing"

	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
)

func TestMain(m *testing.M) { controllertest.Main(m) }
