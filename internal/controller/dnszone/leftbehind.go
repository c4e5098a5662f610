package dnszone

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/internal/controller/status"
)

// reasonLeftBehind is the reason of the event that tells of records that stay.
const reasonLeftBehind = "RecordsLeftBehind"

// tellLeftBehind tells of the records that stay, after the object that owned them is gone: where somebody reads it still.
func (r *Reconciler) tellLeftBehind(ctx context.Context, s *scope) {
	owned := s.ownership()
	count := owned.Confirmed.Len() + owned.Pending.Len() + owned.Adopted.Len()
	r.Metrics.leftBehind.Add(float64(count))
	log.FromContext(ctx).Error(s.leftBehind, "Records of a deleted DNSZone stay behind: remove them by hand",
		"DNSZone", klog.KObj(s.zone), "domain", s.target.Domain, "records", count)

	note := status.Shorten(fmt.Sprintf("DNSZone %s is gone and %d of its records stay in zone %s, remove them by hand: %s",
		client.ObjectKeyFromObject(s.zone), count, s.target.Domain, s.leftBehind), status.MaxNote)
	// Whoever deletes the namespace finds it in the one that is always there. The API server takes an event for the object's own
	// namespace alone, so that the object is named without; related has it in full.
	regarding := s.zone.DeepCopy()
	regarding.Namespace = ""
	r.Events.Eventf(regarding, s.zone, corev1.EventTypeWarning, reasonLeftBehind, "Delete", "%s", note)
	if r.takesEvents(ctx, s.zone.Namespace) {
		r.Events.Eventf(s.zone, nil, corev1.EventTypeWarning, reasonLeftBehind, "Delete", "%s", note)
	}
}

// takesEvents says whether a namespace is there to stay.
func (r *Reconciler) takesEvents(ctx context.Context, name string) bool {
	var namespace corev1.Namespace
	err := r.Get(ctx, types.NamespacedName{Name: name}, &namespace)
	return err == nil && namespace.DeletionTimestamp.IsZero()
}
