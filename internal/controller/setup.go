package controller

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	directory "github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/account"
	"github.com/regapi-io/regapi-operator/internal/controller/census"
	"github.com/regapi-io/regapi-operator/internal/controller/dnszone"
	"github.com/regapi-io/regapi-operator/internal/controller/domain"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/controller/waking"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// Dependencies are what the controllers share with the rest of the process.
type Dependencies struct {
	Directory *directory.Directory
	Editor    *zone.Editor
	// Alarm is what the Directory rings.
	Alarm *waking.Alarm
	// ReleaseGrace is how long a deletion waits for records that cannot be removed; 0 is five minutes.
	ReleaseGrace time.Duration
	// Metrics is where the metrics of the controllers are registered; nil is nowhere.
	Metrics prometheus.Registerer
	// Publication asks the authoritative name servers; without servers nobody is asked.
	Publication zone.Publication
	// Provenance knows what external-dns made; nil where it makes nothing.
	Provenance zone.Provenance
}

// SetupWithManager registers every controller with a manager.
func SetupWithManager(ctx context.Context, mgr ctrl.Manager, d Dependencies) error {
	if err := tenancy.IndexDomains(ctx, mgr.GetFieldIndexer()); err != nil {
		return err
	}
	writer := status.Writer{Client: mgr.GetClient(), Events: mgr.GetEventRecorder("regapi-operator")}
	for _, reconciler := range []interface {
		SetupWithManager(context.Context, ctrl.Manager) error
	}{
		&account.Reconciler{Writer: writer, Directory: d.Directory, Alarm: d.Alarm, ReleaseGrace: d.ReleaseGrace},
		&domain.Reconciler{Writer: writer, Directory: d.Directory, Alarm: d.Alarm},
		&dnszone.Reconciler{
			Writer: writer, Directory: d.Directory, Alarm: d.Alarm, Metrics: dnszone.NewMetrics(d.Metrics),
			Editor: d.Editor, ReleaseGrace: d.ReleaseGrace, Publication: d.Publication, Provenance: d.Provenance,
		},
	} {
		if err := reconciler.SetupWithManager(ctx, mgr); err != nil {
			return err
		}
	}
	if d.Metrics == nil {
		return nil
	}
	return d.Metrics.Register(census.New(mgr.GetClient(), mgr.Elected(), map[string]client.ObjectList{
		"Account": &v1alpha1.AccountList{}, "Domain": &v1alpha1.DomainList{}, "DNSZone": &v1alpha1.DNSZoneList{},
	}))
}
