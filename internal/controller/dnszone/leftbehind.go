package dnszone

import (
	"context"
	"fmt"
	"slices"

	"k8s.io/klog/v2"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/release"
)

// reasonLeftBehind is the reason of the event that tells of records that stay.
const reasonLeftBehind = "RecordsLeftBehind"

// tellLeftBehind tells of what was not done in the zone, after the object that it was to be done for is gone.
func (r *Reconciler) tellLeftBehind(ctx context.Context, s *scope) {
	if s.removesRecords() {
		owned := s.ownership()
		count := owned.Confirmed.Len() + owned.Pending.Len() + owned.Adopted.Len()
		r.Metrics.leftBehind.Add(float64(count))
		r.tellAfterwards(ctx, s, reasonLeftBehind, fmt.Sprintf("%d of its records stay in the zone, remove them by hand", count))
	}
	if taken := slices.DeleteFunc(s.taken(), s.isGivenUp); len(taken) > 0 {
		r.Metrics.leftEmpty.Inc()
		lines := make([]string, len(taken))
		for n, record := range taken {
			lines[n] = record.String()
		}
		r.tellAfterwards(ctx, s, v1alpha1.ReasonNameEmpty, "records that it took away to make room are not put back, add them by hand: "+listOf(lines))
	}
}

// tellAfterwards tells where somebody reads it still: in the log, and by an event.
func (r *Reconciler) tellAfterwards(ctx context.Context, s *scope, reason, what string) {
	log.FromContext(ctx).Error(s.leftBehind, "A deleted DNSZone leaves its zone undone: "+what, "DNSZone", klog.KObj(s.zone), "domain", s.target.Domain)
	release.Tell(ctx, &r.Writer, s.zone, reason, fmt.Sprintf("DNSZone %s of zone %s is gone and %s: %s", client.ObjectKeyFromObject(s.zone), s.target.Domain, what, s.leftBehind))
}
