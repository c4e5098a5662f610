package externaldns

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

func refusalOf(failure zone.Failure) refusal {
	reason := codeOf(failure.Err)
	if errors.Is(failure.Err, zone.ErrNotApplied) {
		reason = "NotApplied"
	}
	return refusal{Record: failure.Change.Record.String(), Reason: reason, Message: failure.Err.Error(), final: failure.Final()}
}

// refusalsOfEmpty tells of what was taken away and could not be put back.
func refusalsOfEmpty(left []zone.Record, current zone.Snapshot) []refusal {
	var refusals []refusal
	for _, change := range zone.Restore(left, current) {
		refusals = append(refusals, refusal{Record: change.Record.String(), Reason: reasonEmpty, Message: "it was removed for a record that did not come, and could not be put back, so that the name is empty or lacks it: it is tried again with every order; the operator's log has what REG.API says of it"})
	}
	return refusals
}

// codeOf gives the code that REG.API refused with.
func codeOf(err error) string {
	if refused, ok := errors.AsType[*regapi.Error](err); ok {
		return string(refused.Code)
	}
	return "Failed"
}

const (
	// maxNote bounds the note of an event (events.k8s.io/v1), in bytes.
	maxNote = 1024
	// maxListed bounds the records that a status lists.
	maxListed = 20
)

// tell makes known what of an order, or of a zone, is refused: all of it in the status and in the metric, and in an event and
// the log what is new or has another reason.
func (p *Provider) tell(ctx context.Context, found *served, domain string, refusals []refusal) {
	var lines []string
	for _, r := range p.refusals.learn(domain, refusals) {
		p.metrics.refused.WithLabelValues(r.Reason).Inc()
		log.FromContext(ctx).Info("Refused a record of external-dns", "domain", domain, "record", r.Record, "reason", r.Reason, "message", r.Message)
		lines = append(lines, r.Record+": "+r.Message)
	}
	if len(lines) > 0 {
		p.event(found, corev1.EventTypeWarning, "ExternalDNSRefused", lines)
	}
	p.show(ctx, found, domain, refusals)
}

// report makes changes of the outside world known.
func (p *Provider) report(ctx context.Context, found *served, domain string, made []zone.Change) {
	lines := make([]string, len(made))
	for i, change := range made {
		lines[i] = change.String()
		p.metrics.changes.WithLabelValues(string(change.Operation)).Inc()
		log.FromContext(ctx).Info("Changed the zone for external-dns", "domain", domain, "change", change.String())
	}
	if len(made) > 0 {
		p.event(found, corev1.EventTypeNormal, "ExternalDNSChanged", lines)
	}
}

// event tells as many lines as fit, and how many do not.
func (p *Provider) event(found *served, kind, reason string, lines []string) {
	p.settings.Events.Eventf(found.object(), nil, kind, reason, "Sync", "%s", note(lines))
}

func note(lines []string) string {
	const tail = len("; and 100000 more")
	var text strings.Builder
	for i, line := range lines {
		switch {
		case text.Len() > 0 && text.Len()+len("; ")+len(line) > maxNote-tail:
			fmt.Fprintf(&text, "; and %d more", len(lines)-i)
			return text.String()
		case text.Len() > 0:
			text.WriteString("; ")
		}
		text.WriteString(cut(line, maxNote-tail))
	}
	return text.String()
}

// cut shortens a text to so many bytes, between characters.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && text[limit]&0xC0 == 0x80 {
		limit--
	}
	return text[:limit]
}

// show keeps the metric and the status of a zone up to date. What does not change is not written.
func (p *Provider) show(ctx context.Context, found *served, domain string, refusals []refusal) {
	if p.metrics.show(found.object().GetNamespace(), domain, refusals); found.zone == nil || p.settings.Status == nil {
		return
	}
	wanted := v1alpha1.ExternalDNSStatus{Refused: int32(len(refusals))}
	for _, r := range refusals[:min(len(refusals), maxListed)] {
		wanted.Records = append(wanted.Records, v1alpha1.RefusedRecord{
			Record: cut(r.Record, 4096/4), Reason: cut(r.Reason, 128), Message: cut(r.Message, 2048/4),
		})
	}
	patch, err := json.Marshal(map[string]any{"status": map[string]any{"externalDNS": wanted}})
	if wanted.Refused == 0 {
		patch = []byte(`{"status":{"externalDNS":null}}`)
	}
	if err != nil || !p.shows(found.zone, patch, wanted) {
		return
	}
	object := &v1alpha1.DNSZone{}
	object.Namespace, object.Name = found.zone.Namespace, found.zone.Name
	if err := p.settings.Status.Status().Patch(ctx, object, client.RawPatch(types.MergePatchType, patch)); err != nil {
		log.FromContext(ctx).Info("Could not write what external-dns was refused", "domain", domain, "reason", err.Error())
		p.forgetShown(found.zone.UID)
	}
}

// shows says whether a status has to be written, which it takes for done.
func (p *Provider) shows(object *v1alpha1.DNSZone, patch []byte, wanted v1alpha1.ExternalDNSStatus) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	before, written := p.shown[object.UID]
	if before == string(patch) || (!written && wanted.Refused == 0 && object.Status.ExternalDNS.Refused == 0) {
		return false
	}
	p.shown[object.UID] = string(patch)
	return true
}

func (p *Provider) forgetShown(uid types.UID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.shown, uid)
}
