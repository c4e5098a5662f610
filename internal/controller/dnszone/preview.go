package dnszone

import (
	"context"
	"fmt"
	"time"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/batch"
	"github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// previewAge is how old a reading may be that a preview goes by, so that whoever asks again and again spends one request a minute.
const previewAge = time.Minute

// Preview gives the whole plan of an object, which need not exist, and writes nothing anywhere. It reads the zone with one request at most,
// and none if it was read within a minute. What keeps the zone from being read is an error: of an empty zone it would seem that everything is to be added.
func (r *Reconciler) Preview(ctx context.Context, found *v1alpha1.DNSZone) (door.PlanAnswer, error) {
	ctx = traffic.OnlyReading(ctx)
	s := newScope(found)
	s.halt = r.Directory.Halt(found)
	if s.zone.Status.Owned.Rule == "" && s.zone.UID == "" {
		s.zone.Status.Owned.Rule = v1alpha1.OwnershipDeclared
	}
	if err := r.identify(ctx, s); err != nil {
		return door.PlanAnswer{}, err
	}
	connection, err := r.Directory.ResolveFor(ctx, r.Client, s.zone.Namespace, s.zone.Spec.AccountRef, s.target.Domain)
	if err != nil {
		return door.PlanAnswer{}, err
	}
	s.connection, s.target.Store = connection, looking{connection}
	if batch.IsInBulk(ctx) {
		defer connection.Begin()()
	}
	if err := r.interpret(ctx, s); err != nil {
		return door.PlanAnswer{}, err
	}
	_, recent := connection.RecentZone(s.target.Domain, previewAge)
	var current zone.Snapshot
	_, err = r.Editor.Edit(ctx, s.target, zone.Edit{Fresh: !recent, Plan: func(read zone.Snapshot) zone.Edits {
		current = read
		s.current = &current
		r.planBesideExternalDNS(ctx, s, read)
		return zone.Edits{} // Nothing is written.
	}})
	if err != nil {
		return door.PlanAnswer{}, fmt.Errorf("read the zone of %s: %w", s.target.Domain, err)
	}
	if s.planErr != nil {
		return door.PlanAnswer{}, s.planErr
	}
	s.refuseBlocked()
	return s.preview(current), nil
}

// looking is a connection whose zones cannot be written.
type looking struct{ zone.Store }

func (looking) WriteZone(context.Context, string, []regapi.Action, [][]int) ([]error, error) {
	return nil, &traffic.ReadOnlyError{Function: "zone/update_records", OnlyLooks: true}
}

func (looking) WriteSOA(context.Context, string, regapi.SOA) error {
	return &traffic.ReadOnlyError{Function: "zone/update_soa", OnlyLooks: true}
}

func (looking) WriteWeb(_ context.Context, _, function string) error {
	return &traffic.ReadOnlyError{Function: function, OnlyLooks: true}
}

// preview tells what the scope has planned.
func (s *scope) preview(current zone.Snapshot) door.PlanAnswer {
	edits := zone.EditsOf(s.planned)
	edits.SOA, edits.Web = s.wantedSOA(current.SOA), s.wantedWeb(current)
	answer := door.PlanAnswer{
		Subject: s.target.Domain, Changes: []string{}, Add: len(s.planned.Added()), Remove: len(s.planned.Removed()), Requests: s.cost(edits),
	}
	if edits.SOA != nil {
		answer.Changes = append(answer.Changes, fmt.Sprintf("+ @ SOA ttl=%s minimumTTL=%s", edits.SOA.TTL, edits.SOA.MinimumTTL))
	}
	for _, operation := range edits.Web {
		answer.Changes = append(answer.Changes, "+ "+string(operation))
	}
	answer.Changes = append(answer.Changes, s.planned.Lines()...)
	if s.held != nil {
		answer.Held, answer.Message, answer.Hash = s.held.reason, s.held.message, s.planHash()
	}
	for _, refused := range s.refused {
		answer.Refused = append(answer.Refused, refused.Record+": "+refused.Message)
	}
	for _, record := range s.asked {
		answer.Asked = append(answer.Asked, record.String())
	}
	return answer
}

// cost is how many requests edits take: a Partner's account makes all changes of records with one, any other one for each change; another
// reads the zone back.
func (s *scope) cost(edits zone.Edits) int {
	if edits.Empty() {
		return 0
	}
	changes := len(s.planned.Changes)
	if s.connection.Zones.Capability() == batch.Partner {
		changes = min(changes, 1)
	}
	requests := changes + len(edits.Web) + 1
	if edits.SOA != nil {
		requests++
	}
	return requests
}
