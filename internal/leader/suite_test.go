package leader

import (
	"testing"

	"github.com/regapi-io/regapi-operator/internal/apiservertest"
)

func TestMain(m *testing.M) { apiservertest.Main(m) }
