package controller

import (
	"context"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// maxRefused bounds the list in the status.
const maxRefused = 100

// outcome turns what the phases found into the status. What they could not find out stays as it was seen last.
func (s *dnsZoneScope) outcome(err error) outcome {
	if s.current != nil {
		s.showZone()
	}
	if err != nil {
		return outcomeOf(err)
	}
	if len(s.refused) == 0 {
		return succeeded("the zone holds every record of the spec")
	}
	return outcome{
		ready: metav1.ConditionFalse, stalled: true, reason: v1alpha1.ReasonRecordsRefused,
		message: s.refusalMessage(),
	}
}

func (s *dnsZoneScope) showZone() {
	status := &s.zone.Status
	status.ServiceID = s.current.ServiceID.String()
	status.Records = 0
	for _, record := range s.desired {
		if s.current.Has(record) {
			status.Records++
		}
	}
	slices.SortFunc(s.refused, func(a, b v1alpha1.RefusedRecord) int { return strings.Compare(a.Record, b.Record) })
	status.Refused = s.refused[:min(len(s.refused), maxRefused)]
}

func (s *dnsZoneScope) refusalMessage() string {
	lines := make([]string, len(s.refused))
	for i, refusal := range s.refused {
		lines[i] = fmt.Sprintf("%s: %s", refusal.Record, refusal.Message)
	}
	return "records cannot be created, while the others are in place: " + listOf(lines)
}

// settleDeletion writes the status of a deletion that has to wait; one that is through has no status to write.
func (r *DNSZoneReconciler) settleDeletion(ctx context.Context, s *dnsZoneScope, err error) (ctrl.Result, error) {
	if err == nil {
		return ctrl.Result{}, nil
	}
	o := outcomeOf(err)
	o.keepReady, o.ready = false, metav1.ConditionFalse
	o.message = "The records are not removed yet: " + o.message
	if o.failure == nil {
		o.after = untilGraceIsOver(o.after)
	}
	return r.settle(ctx, s.before, s.zone, o)
}
