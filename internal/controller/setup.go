package controller

import (
	"context"
	"errors"
	"fmt"
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
	"github.com/regapi-io/regapi-operator/internal/controller/fairness"
	"github.com/regapi-io/regapi-operator/internal/controller/folder"
	"github.com/regapi-io/regapi-operator/internal/controller/fresh"
	"github.com/regapi-io/regapi-operator/internal/controller/order"
	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/controller/waking"
	"github.com/regapi-io/regapi-operator/internal/events"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// Dependencies are what the controllers share with the rest of the process.
type Dependencies struct {
	Directory *directory.Directory
	Editor    *zone.Editor
	// Alarm is what the Directory rings.
	Alarm *waking.Alarm
	// ReleaseGrace is how long a deletion waits for records that cannot be removed, a folder that cannot be deleted, or a renewal that cannot be switched off; 0 is five minutes.
	ReleaseGrace time.Duration
	// Metrics is where the metrics of the controllers are registered; nil is nowhere.
	Metrics prometheus.Registerer
	// Publication asks the authoritative name servers; without servers nobody is asked.
	Publication zone.Publication
	// OrdersNamespace is where Orders and the ledgers of spending are kept; without it none are made. Holder is this Deployment, to which the orders of
	// its logins belong: its own namespace.
	Holder, OrdersNamespace string
	// OrdersClock is the time that money goes by; the registrar's where it is nil.
	OrdersClock ordering.Clock
	// OrdersSettleWithin is how soon effects of orders show at a simulator; 0 where the registrar is no simulator.
	OrdersSettleWithin time.Duration
	// Provenance knows what external-dns made; nil where it makes nothing.
	Provenance zone.Provenance
}

// SetupWithManager registers every controller with a manager.
func SetupWithManager(ctx context.Context, mgr ctrl.Manager, d Dependencies) error {
	if err := tenancy.IndexDomains(ctx, mgr.GetFieldIndexer()); err != nil {
		return err
	}
	desk, err := newDesk(mgr, d)
	if err != nil {
		return err
	}
	written := fairness.NewClient(fresh.New(mgr.GetClient(), mgr.GetAPIReader()), fairness.PerNamespace, fairness.InAll)
	recorder, err := events.New(mgr, "regapi-operator")
	if err != nil {
		return err
	}
	writer := status.Writer{Client: written, Events: recorder}
	reconcilers := []interface {
		SetupWithManager(context.Context, ctrl.Manager) error
	}{
		&account.Reconciler{Writer: writer, Directory: d.Directory, Alarm: d.Alarm, ReleaseGrace: d.ReleaseGrace},
		&domain.Reconciler{Writer: writer, Directory: d.Directory, Alarm: d.Alarm, Desk: desk, ReleaseGrace: d.ReleaseGrace},
		&dnszone.Reconciler{
			Writer: writer, Directory: d.Directory, Alarm: d.Alarm, Metrics: dnszone.NewMetrics(d.Metrics),
			Editor: d.Editor, ReleaseGrace: d.ReleaseGrace, Publication: d.Publication, Provenance: d.Provenance,
		},
		&folder.Reconciler{
			Writer: writer, Directory: d.Directory, Alarm: d.Alarm, Metrics: folder.NewMetrics(d.Metrics), ReleaseGrace: d.ReleaseGrace,
		},
	}
	if desk != nil {
		direct := status.Writer{Client: desk.Live, Events: writer.Events}
		reconcilers = append(reconcilers, &order.Reconciler{Writer: direct, Directory: d.Directory, Desk: desk, Cache: mgr.GetClient()})
	}
	for _, reconciler := range reconcilers {
		if err := reconciler.SetupWithManager(ctx, mgr); err != nil {
			return err
		}
	}
	if d.Metrics == nil {
		return nil
	}
	kinds := map[string]client.ObjectList{
		"Account": &v1alpha1.AccountList{}, "Domain": &v1alpha1.DomainList{}, "DNSZone": &v1alpha1.DNSZoneList{}, "Folder": &v1alpha1.FolderList{},
	}
	var ledgers census.Ledgers
	if desk != nil {
		kinds["Order"], ledgers = &v1alpha1.OrderList{}, desk.Ledgers
	}
	return errors.Join(
		d.Metrics.Register(census.New(mgr.GetCache(), mgr.Elected(), kinds)),
		d.Metrics.Register(census.NewEstate(mgr.GetCache(), mgr.Elected(), ledgers)),
		d.Metrics.Register(census.NewRegistry(mgr.GetCache(), mgr.Elected())),
	)
}

// newDesk gives the desk at which Orders are made; nil where none are. It goes to the API server itself: a cache would be too old for money.
func newDesk(mgr ctrl.Manager, d Dependencies) (*ordering.Desk, error) {
	if d.OrdersNamespace == "" {
		return nil, nil
	}
	live, err := client.New(mgr.GetConfig(), client.Options{Scheme: mgr.GetScheme()})
	if err != nil {
		return nil, fmt.Errorf("connect to the API server: %w", err)
	}
	clock := d.OrdersClock
	if clock == nil {
		clock = ordering.RegistrarClock{}
	}
	return &ordering.Desk{Live: live, Cache: mgr.GetClient(), Namespace: d.OrdersNamespace, Holder: d.Holder, Clock: clock, SettleWithin: d.OrdersSettleWithin}, nil
}
