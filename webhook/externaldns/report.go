package externaldns

import (
	"context"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

func refusalOf(failure zone.Failure) refusal {
	reason := codeOf(failure.Err)
	if errors.Is(failure.Err, zone.ErrNotApplied) {
		reason = "NotApplied"
	}
	return refusal{Record: failure.Change.Record.String(), Reason: reason, Message: failure.Err.Error()}
}

// codeOf gives the code that REG.API refused with.
func codeOf(err error) string {
	if refused, ok := errors.AsType[*regapi.Error](err); ok {
		return string(refused.Code)
	}
	return "Failed"
}

// maxNote bounds the note of an event (events.k8s.io/v1), in bytes.
const maxNote = 1024

// tell makes a refusal known, once until its reason changes. A final one is never tried again.
func (p *Provider) tell(ctx context.Context, found *served, domain string, r refusal, final bool) {
	if !p.refusals.learn(domain, r, final) {
		return
	}
	p.metrics.refused.WithLabelValues(r.Reason).Inc()
	log.FromContext(ctx).Info("Refused a record of external-dns", "domain", domain, "record", r.Record, "reason", r.Reason, "message", r.Message)
	note := []rune(fmt.Sprintf("%s: %s", r.Record, r.Message))
	p.settings.Events.Eventf(found.object(), nil, corev1.EventTypeWarning, "ExternalDNSRefused", "Sync", "%s", string(note[:min(len(note), maxNote/4)]))
}

// report makes changes of the outside world known.
func (p *Provider) report(ctx context.Context, found *served, domain string, made []zone.Change) {
	for _, change := range made {
		p.metrics.changes.WithLabelValues(string(change.Operation)).Inc()
		log.FromContext(ctx).Info("Changed the zone for external-dns", "domain", domain, "change", change.String())
	}
	if len(made) > 0 {
		p.settings.Events.Eventf(found.object(), nil, corev1.EventTypeNormal, "ExternalDNSChanged", "Sync", "%d records changed for external-dns, which the operator's log names", len(made))
	}
}
