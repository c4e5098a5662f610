package order_test

import (
	"context"
	"testing"

	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/regapi-io/regapi-operator/internal/controller"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
)

func TestMain(m *testing.M) {
	controllertest.Main(m, func(ctx context.Context, mgr ctrl.Manager, d controllertest.Dependencies) error {
		return controller.SetupWithManager(ctx, mgr, controller.Dependencies(d))
	})
}
