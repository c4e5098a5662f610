package controller

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/dnszone"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/door"
)

// Preview gives what plans a DNSZone without carrying the plan out, as the controller would.
func Preview(reader client.Client, d Dependencies) func(context.Context, *v1alpha1.DNSZone) (door.PlanAnswer, error) {
	planner := &dnszone.Reconciler{Writer: status.Writer{Client: reader}, Directory: d.Directory, Editor: d.Editor, Provenance: d.Provenance}
	return planner.Preview
}
