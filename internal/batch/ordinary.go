package batch

import (
	"cmp"
	"context"
	"errors"

	"github.com/regapi-io/regapi-operator/internal/portion"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// patience is how many requests a zone may be passed over for one that more zones wait for: every 32nd request is for
// the zone that has waited longest, so that none waits forever.
const patience = 32

// contender is an action that stands first in the lists of some zones.
type contender struct {
	best  ticket // of the most urgent of these zones
	key   string
	zones int // in whose lists it stands first
	later int // in whose lists it stands further down
}

// compare puts first what the most urgent zones wait for; of that, an action that no other zone comes to later, since one
// request then does for all; then the action that most zones wait for; then the oldest.
func (c *contender) compare(other *contender, m moment, oldestFirst bool) int {
	urgent := cmp.Or(
		compareFlags(c.best.priority == m.turn, other.best.priority == m.turn),
		cmp.Compare(other.best.priority, c.best.priority),
		compareFlags(!c.best.due.After(m.now), !other.best.due.After(m.now)),
	)
	if oldestFirst {
		return cmp.Or(urgent, cmp.Compare(c.best.number, other.best.number))
	}
	return cmp.Or(
		urgent,
		cmp.Compare(min(c.later, 1), min(other.later, 1)),
		cmp.Compare(other.zones, c.zones),
		cmp.Compare(c.best.number, other.best.number),
	)
}

// elect chooses the action that goes next, and gives the zones whose lists begin with it.
func elect(zones []*zoneEdits, m moment, oldestFirst bool) []*zoneEdits {
	contenders := map[string]*contender{}
	for _, zone := range zones {
		key := zone.waiting[0].key()
		c := contenders[key]
		if c == nil {
			c = &contender{best: zone.best, key: key}
			contenders[key] = c
		}
		c.zones++
		if zone.best.compare(c.best, m) < 0 {
			c.best = zone.best
		}
	}
	countLater(contenders, zones)
	var winner *contender
	for _, c := range contenders {
		if winner == nil || c.compare(winner, m, oldestFirst) < 0 {
			winner = c
		}
	}
	var chosen []*zoneEdits
	for _, zone := range zones {
		if zone.waiting[0].key() == winner.key {
			chosen = append(chosen, zone)
		}
	}
	return chosen
}

// countLater counts the zones that come to an action later; those that are less urgent than the ones that wait for it now
// do not hold it up.
func countLater(contenders map[string]*contender, zones []*zoneEdits) {
	for _, zone := range zones {
		head := zone.waiting[0].key()
		for _, waiting := range zone.waiting[1:] {
			c := contenders[waiting.key()]
			if c != nil && c.key != head && zone.best.priority >= c.best.priority {
				c.later++
			}
		}
	}
}

// cutEqual makes one request of an edit that is the same in many zones: zone/<action> with a list of zones.
func (z *Zones) cutEqual(queue editQueue, size *portion.Size, m moment) request {
	z.turns++
	zones := elect(queue.ready(m), m, z.turns%patience == 0)
	zones = chooseUrgent(zones, size.Next(), m)
	action := zones[0].waiting[0].action()
	batch := Batch{Function: "zone/" + action.ActionName(), Zones: len(zones), Actions: len(zones), Priority: zones[0].best.priority}
	sent := make([]sentEdit, len(zones))
	domains := make([]string, len(zones))
	for i, zone := range zones {
		domains[i] = zone.domain
		batch.Askers |= zone.best.askers
		sent[i] = sentEdit{edit: queue.pop(zone, 1)[0], repose: zone.repose}
	}
	return request{Batch: batch, send: func(ctx context.Context) {
		results, err := z.apply(ctx, action, domains)
		z.mu.Lock()
		defer z.mu.Unlock()
		z.learn(err, batch.Priority)
		if err != nil {
			z.settleFailedEdits(queue, size, batch.Function, sent, err)
			return
		}
		size.Passed(len(sent))
		z.answered++
		for i, one := range sent {
			queue.settle(one.edit, results[i].Err)
		}
	}}
}

// sentEdit is an edit that is on its way, with what is known of earlier tries.
type sentEdit struct {
	edit
	repose repose
}

// settleFailedEdits deals with equal edits that failed as a whole. What REG.API has refused goes again in parts, and what never
// left goes again later; what may have been made does not. Only an edit that was alone is to blame.
func (z *Zones) settleFailedEdits(queue editQueue, size *portion.Size, function string, sent []sentEdit, err error) {
	verdict := portion.Blame
	if regapi.Divisible(err) {
		verdict = size.Failed(len(sent), regapi.Strained(err))
	}
	switch {
	case verdict == portion.Halve && refused(err):
		for _, one := range sent {
			z.putBack(queue, one.domain, []edit{one.edit}, one.repose)
		}
		return
	case verdict == portion.GiveUp && refused(err):
		queue.fail(unattributed(err), func(ticket) bool { return true })
	}
	for _, one := range sent {
		switch {
		case one.repose.again(function, err):
			z.putBack(queue, one.domain, []edit{one.edit}, one.repose)
		case len(sent) > 1 || verdict == portion.GiveUp:
			queue.settle(one.edit, unattributed(err))
		default:
			queue.settle(one.edit, err)
		}
	}
}

// refused reports whether REG.API has said no, so that nothing was made.
func refused(err error) bool {
	_, answered := errors.AsType[*regapi.Error](err)
	return answered && !regapi.IsTransient(err)
}

func (z *Zones) apply(ctx context.Context, action regapi.Action, domains []string) ([]regapi.DomainResult, error) {
	if times, ok := action.(setTimes); ok {
		return z.client.Zone.UpdateSOA(ctx, regapi.SOA(times), refs(domains)...)
	}
	return z.client.Zone.Apply(ctx, action, refs(domains)...)
}
