package batch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/regapi-io/regapi-operator/internal/portion"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// zoneList is what one zone gets of a zone/update_records.
type zoneList struct {
	domain string
	edits  []edit
	repose repose
}

func (l zoneList) update() regapi.ZoneUpdate {
	update := regapi.ZoneUpdate{Ref: regapi.ByName(l.domain), Actions: make([]regapi.Action, len(l.edits))}
	for i, sent := range l.edits {
		update.Actions[i] = sent.action()
	}
	return update
}

// cutLists makes one zone/update_records of as many edits as possible (9.12).
func (z *Zones) cutLists(m moment) request {
	zones := chooseUrgent(z.records.ready(m), z.options.limits.Zones, m)
	batch := Batch{Function: "zone/update_records", Priority: zones[0].best.priority}
	var lists []zoneList
	var updates []regapi.ZoneUpdate
	for _, zone := range zones {
		room := min(z.sizes.lists.Next()-batch.Actions, z.options.limits.ZoneActions)
		if room == 0 {
			break
		}
		list := zoneList{domain: zone.domain, repose: zone.repose, edits: z.records.pop(zone, z.listLength(zone.waiting, room))}
		lists, updates = append(lists, list), append(updates, list.update())
		batch.Actions += len(list.edits)
		batch.Askers |= zone.best.askers
	}
	batch.Zones = len(lists)
	return request{Batch: batch, send: func(ctx context.Context) {
		results, err := z.client.Zone.UpdateRecords(ctx, updates)
		z.mu.Lock()
		defer z.mu.Unlock()
		z.learn(err, batch.Priority)
		if err != nil {
			z.settleFailedLists(lists, batch.Actions, err)
			return
		}
		z.sizes.lists.Passed(batch.Actions)
		z.answered++
		for i, list := range lists {
			z.settleList(list, results[i])
		}
	}}
}

// listLength says how many of a zone's edits may share a list: none that repeats or undoes another one, because the zone
// then could not tell how far the list got.
func (z *Zones) listLength(edits []edit, room int) int {
	seen := map[string]bool{}
	removals, additions := byName{}, byName{}
	for i, next := range edits[:min(len(edits), room)] {
		if seen[next.key()] {
			return i
		}
		seen[next.key()] = true
		removal, removes := next.action().(regapi.RemoveRecord)
		if removes && slices.ContainsFunc(additions.about(next), func(other edit) bool { return z.undoes(removal, other) }) {
			return i
		}
		if !removes && slices.ContainsFunc(removals.about(next), func(other edit) bool {
			return z.undoes(other.action().(regapi.RemoveRecord), next)
		}) {
			return i
		}
		if removes {
			removals.add(next)
		} else {
			additions.add(next)
		}
	}
	return min(len(edits), room)
}

// byName holds edits by the name of their record, so that a long list is not compared pair by pair.
type byName map[string][]edit

func (b byName) add(e edit) { b[e.name()] = append(b[e.name()], e) }

// about gives the edits that may be about the record of another one. Of whose name nothing is known may be about any.
func (b byName) about(e edit) []edit {
	if e.name() == "" {
		return slices.Concat(slices.Collect(maps.Values(b))...)
	}
	if len(b[""]) == 0 {
		return b[e.name()]
	}
	return slices.Concat(b[e.name()], b[""])
}

// undoes says whether a removal and an addition are about the same record.
func (z *Zones) undoes(removal regapi.RemoveRecord, addition edit) bool {
	gone := regapi.ResourceRecord{Subname: removal.Subdomain, Rectype: removal.RecordType, Content: removal.Content, Prio: removal.Priority}
	same, known := z.options.applied([]regapi.ResourceRecord{gone}, addition.action())
	return same && known
}

// settleFailedLists deals with a zone/update_records that failed as a whole.
//
// A request that was refused, and not for one of its elements, holds something that REG.API cannot even take apart, or more
// than it takes. Smaller ones follow, until what is wrong is alone. If nothing gets through any more the cause lies elsewhere,
// and all edits fail. What never left goes again later; what may have been made does not.
func (z *Zones) settleFailedLists(lists []zoneList, actions int, err error) {
	if regapi.HasCode(err, regapi.CodeResellerAuthFailed) {
		z.capability = Ordinary
		z.putBackLists(lists)
		return
	}
	verdict := portion.Blame
	if regapi.Divisible(err) {
		verdict = z.sizes.lists.Failed(actions, regapi.Strained(err))
	}
	switch {
	case verdict == portion.Halve && refused(err):
		z.putBackLists(lists)
		return
	case verdict == portion.GiveUp && refused(err):
		z.records.fail(unattributed(err), func(ticket) bool { return true })
	}
	if actions > 1 || verdict == portion.GiveUp {
		err = unattributed(err)
	}
	for _, list := range lists {
		if list.repose.again("zone/update_records", err) {
			z.putBack(z.records, list.domain, list.edits, list.repose)
			continue
		}
		for _, sent := range list.edits {
			z.records.settle(sent, err)
		}
	}
}

func (z *Zones) putBackLists(lists []zoneList) {
	for _, list := range lists {
		z.putBack(z.records, list.domain, list.edits, repose{})
	}
}

// unattributed keeps a refusal that may be about any of several zones or actions from being taken for one of each of them.
func unattributed(err error) error {
	if regapi.ConcernsOneAction(err) || regapi.Divisible(err) && !regapi.IsTransient(err) {
		return errors.New(err.Error())
	}
	return err
}

// settleList reads the answer for one zone. The list ended at the first action that failed; the following ones were ignored
// (9.12) and go again. An answer that tells the zone's error alone leaves open which action it is about.
func (z *Zones) settleList(list zoneList, result regapi.ZoneUpdateResult) {
	if regapi.HasCode(result.Err, regapi.CodeResellerAuthFailed) {
		z.capability = Ordinary
		z.putBack(z.records, list.domain, list.edits, repose{})
		return
	}
	if len(list.edits) > 1 && silent(result) && regapi.ConcernsOneAction(result.Err) {
		z.doubt(list, result.Err)
		return
	}
	var ignored []edit
	failed := false
	for i, sent := range list.edits {
		err := result.Actions[i].Err
		if failed && regapi.ConcernsOneAction(err) {
			ignored = append(ignored, sent)
			continue
		}
		failed = failed || err != nil
		z.records.settle(sent, err)
	}
	z.putBack(z.records, list.domain, ignored, repose{})
}

// silent says whether an answer tells the error of the zone and nothing of its actions.
func silent(result regapi.ZoneUpdateResult) bool {
	for _, action := range result.Actions {
		if action.Err == nil || action.Err != result.Err { //nolint:errorlint // whether it is the very same one
			return false
		}
	}
	return true
}

// doubt reads a zone to find out how far its list got. Nothing else is sent for the zone before that is known.
func (z *Zones) doubt(list zoneList, refusal error) {
	zone := z.records.zone(list.domain)
	zone.inDoubt = true
	z.lastTicket++
	job := &readJob{domain: list.domain, ticket: ticket{number: z.lastTicket, due: time.Now()}}
	for _, sent := range list.edits {
		job.priority = max(job.priority, sent.priority)
	}
	job.done = func(current regapi.ZoneRecords, err error) {
		zone.inDoubt = false
		if err != nil {
			err = fmt.Errorf("%w; how much was done before that is not known: %w", unattributed(refusal), unattributed(err))
			for _, sent := range list.edits {
				z.records.settle(sent, err)
			}
		} else {
			z.settleDoubt(list, refusal, current.Records)
		}
		z.records.tidy(zone)
	}
	z.submitRead(job)
}

func (z *Zones) settleDoubt(list zoneList, refusal error, current []regapi.ResourceRecord) {
	made, failed, ignored := z.progress(list.edits, current)
	for _, sent := range made {
		z.records.settle(sent, nil)
	}
	for _, sent := range failed {
		z.records.settle(sent, refusal)
	}
	z.putBack(z.records, list.domain, ignored, repose{})
}

// progress divides a list that ended early by what its zone shows. Everything before an action that shows was made. The
// first action that does not show has failed; unless there are some right before it that the zone cannot tell: then one of
// those may have, they all get the error, and what shows not goes again. If everything shows nothing has failed.
func (z *Zones) progress(list []edit, current []regapi.ResourceRecord) (made, failed, ignored []edit) {
	certain := 0
	for i, sent := range list {
		applied, known := z.options.applied(current, sent.action())
		switch {
		case known && applied:
			certain = i + 1
		case known && certain == i:
			return list[:i], list[i : i+1], list[i+1:]
		case known:
			return list[:certain], list[certain:i], list[i:]
		}
	}
	return list[:certain], list[certain:], nil
}
