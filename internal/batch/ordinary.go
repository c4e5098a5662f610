package batch

import (
	"cmp"
	"context"
	"time"

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
func (c *contender) compare(other *contender, now time.Time, oldestFirst bool) int {
	urgent := cmp.Or(
		cmp.Compare(other.best.priority, c.best.priority),
		cmp.Compare(c.best.rank(now), other.best.rank(now)),
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
func elect(zones []*zoneEdits, now time.Time, oldestFirst bool) []*zoneEdits {
	contenders := map[string]*contender{}
	for _, zone := range zones {
		key := zone.waiting[0].key()
		c := contenders[key]
		if c == nil {
			c = &contender{best: zone.best, key: key}
			contenders[key] = c
		}
		c.zones++
		if zone.best.compare(c.best, now) < 0 {
			c.best = zone.best
		}
	}
	countLater(contenders, zones)
	var winner *contender
	for _, c := range contenders {
		if winner == nil || c.compare(winner, now, oldestFirst) < 0 {
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
func (z *Zones) cutEqual(queue editQueue, now time.Time) request {
	z.turns++
	zones := elect(queue.ready(), now, z.turns%patience == 0)
	zones = chooseUrgent(zones, z.options.limits.Zones, now)
	action := zones[0].waiting[0].action()
	batch := Batch{Function: "zone/" + action.ActionName(), Zones: len(zones), Actions: len(zones), Priority: zones[0].best.priority}
	domains, edits := make([]string, len(zones)), make([]edit, len(zones))
	for i, zone := range zones {
		domains[i] = zone.domain
		edits[i] = queue.pop(zone, 1)[0]
	}
	return request{Batch: batch, send: func(ctx context.Context) {
		results, err := z.apply(ctx, action, domains)
		z.mu.Lock()
		defer z.mu.Unlock()
		z.learn(err, batch.Priority)
		for i, sent := range edits {
			if err != nil {
				queue.settle(sent, err)
			} else {
				queue.settle(sent, results[i].Err)
			}
		}
	}}
}

func (z *Zones) apply(ctx context.Context, action regapi.Action, domains []string) ([]regapi.DomainResult, error) {
	if times, ok := action.(setTimes); ok {
		return z.client.Zone.UpdateSOA(ctx, regapi.SOA(times), refs(domains)...)
	}
	return z.client.Zone.Apply(ctx, action, refs(domains)...)
}
