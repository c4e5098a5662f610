package folder_test

import (
	"context"
	"flag"
	"log"
	"testing"

	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/regapi-io/regapi-operator/internal/controller"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
)

func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", "8"); err != nil { // More than there are processors: the tests wait. The command line outranks it.
		log.Fatal(err)
	}
	controllertest.Main(m, func(ctx context.Context, mgr ctrl.Manager, d controllertest.Dependencies) error {
		return controller.SetupWithManager(ctx, mgr, controller.Dependencies(d))
	})
}
