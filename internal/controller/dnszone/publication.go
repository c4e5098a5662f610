package dnszone

import (
	"context"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/text"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// firstLook and lastLook bound the wait between two questions to the authoritative name servers, which take from seconds to
// many minutes to publish a change.
const (
	firstLook = 5 * time.Second
	lastLook  = 10 * time.Minute
)

// publication is what the authoritative name servers answered.
type publication struct {
	missing []zone.Record
	err     error
}

// followPublication asks the authoritative name servers, until they answer once as the zone was written. It makes no request
// to REG.API.
func (r *Reconciler) followPublication(ctx context.Context, s *scope) error {
	if len(r.Publication.Servers) == 0 || s.current == nil || (len(s.made) == 0 && s.published()) {
		return nil
	}
	var written []zone.Record
	for _, record := range s.desired {
		if s.current.Has(record) {
			written = append(written, record)
		}
	}
	delegations := zone.NewDelegations(s.target.Domain, s.current.Records())
	missing, err := r.Publication.Missing(ctx, s.target.Domain, delegations.Answered(written))
	s.publication = &publication{missing, err}
	return nil
}

// withOccluded adds to a message what stands below a delegation and is never answered. The zone decides, and not the spec: a
// delegation of somebody else hides as well, and one that was refused hides nothing.
func (s *scope) withOccluded(message string) string {
	if s.current == nil {
		return message
	}
	occluded := zone.NewDelegations(s.target.Domain, s.current.Records()).Occluded(s.desired)
	if len(occluded) == 0 {
		return message
	}
	lines := make([]string, len(occluded))
	for i, occlusion := range occluded {
		lines[i] = occlusion.String()
	}
	return message + "; " + listOf(lines)
}

// published says whether the present generation of the spec has been seen on the name servers.
func (s *scope) published() bool {
	condition := meta.FindStatusCondition(s.zone.Status.Conditions, v1alpha1.ConditionPropagated)
	return condition != nil && condition.Status == metav1.ConditionTrue && condition.ObservedGeneration == s.zone.Generation
}

// showPublication sets the condition Propagated, and gives the time to ask again; 0 if there is nothing to wait for.
func (s *scope) showPublication() time.Duration {
	p := s.publication
	if p == nil {
		return 0
	}
	switch {
	case p.err != nil:
		s.setCondition(v1alpha1.ConditionPropagated, metav1.ConditionUnknown, v1alpha1.ReasonUnreachable, p.err.Error()+"; see --authoritative-servers")
		return outcome.Poll()
	case len(p.missing) > 0:
		lines := make([]string, len(p.missing))
		for i, record := range p.missing {
			lines[i] = record.String()
		}
		s.setCondition(v1alpha1.ConditionPropagated, metav1.ConditionFalse, v1alpha1.ReasonPublishing, "not answered yet: "+listOf(lines))
		return s.nextLook()
	default:
		s.setCondition(v1alpha1.ConditionPropagated, metav1.ConditionTrue, v1alpha1.ReasonPublished, s.withOccluded("every authoritative name server answers as the zone was written"))
		return 0
	}
}

// nextLook waits half as long again as the publication has taken so far.
func (s *scope) nextLook() time.Duration {
	condition := meta.FindStatusCondition(s.zone.Status.Conditions, v1alpha1.ConditionPropagated)
	return min(max(time.Since(condition.LastTransitionTime.Time)/2, firstLook), lastLook)
}

func (s *scope) setCondition(kind string, holds metav1.ConditionStatus, reason, message string) {
	meta.SetStatusCondition(&s.zone.Status.Conditions, metav1.Condition{
		Type: kind, Status: holds, Reason: reason, Message: text.Shorten(message, status.MaxMessage), ObservedGeneration: s.zone.Generation,
	})
}
