package regapitest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/form"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

func zoneHandlers() map[string]handler {
	handlers := map[string]handler{
		"zone/nop":                  {each: answerSuccess},
		"zone/get_resource_records": {each: answerRecords},
		"zone/update_records":       {each: updateRecords, bareIDs: true, bareErrors: true},
		"zone/update_soa":           {each: updateSOA},
		"zone/tune_forwarding":      {each: tune(forwardingRecords)},
		"zone/clear_forwarding":     {each: untune(forwardingRecords)},
		"zone/tune_parking":         {each: tune(parkingRecords)},
		"zone/clear_parking":        {each: untune(parkingRecords)},
		"zone/remove_record":        {each: act(removeRecord)},
		"zone/clear":                {each: clearZone},
	}
	for action, build := range recordBuilders {
		// add_spf has a builder and no function: the catalogue does not know it.
		handlers["zone/"+action] = handler{each: act(addRecord(build))}
	}
	for name, h := range handlers {
		h.each = manageable(h.each)
		handlers[name] = h
	}
	return handlers
}

// manageable runs a function only on a zone that the registrar's name servers serve (9.1).
func manageable(next elementFunction) elementFunction {
	return func(c *call, e *element) (map[string]any, *refusal.Error) {
		if strings.HasSuffix(e.domain.Name, ".arpa") {
			return nil, refusal.New("REVERSE_ZONE_API_NOT_SUPPORTED")
		}
		if !e.domain.delegatedHere() {
			return nil, refusal.New("DOMAIN_IS_NOT_USE_REGRU_NSS")
		}
		return next(c, e)
	}
}

func answerSuccess(c *call, e *element) (map[string]any, *refusal.Error) { return c.succeeded(e), nil }

// answerRecords calls the priority prio, as the example does though the table says priority (9.11).
func answerRecords(c *call, e *element) (map[string]any, *refusal.Error) {
	records := []any{}
	for _, r := range e.domain.zone.listed() {
		prio := any(noPriority{})
		if hasPriority(r.Type) {
			prio = textNumeral(int64(r.Priority))
		}
		records = append(records, map[string]any{
			"content": r.shown(c.srv.behaviour), "prio": prio, "rectype": r.Type, "state": "A", "subname": r.Name,
		})
	}
	answer := c.succeeded(e)
	answer["rrs"] = records
	answer["soa"] = map[string]any{"minimum_ttl": formatTTL(e.domain.zone.soa.MinimumTTL), "ttl": formatTTL(e.domain.zone.soa.TTL)}
	return answer, nil
}

// edit is what the parameters of one action ask a zone to do; it tells whether the zone changed.
type edit func(z *zone, p lookup, b Behaviour) (bool, *refusal.Error)

// lookup gives an action its parameters: an element with its request behind it, or one entry of an action_list.
type lookup interface {
	Text(name string) string
	Has(name string) bool
}

// act makes a function of an edit.
func act(do edit) elementFunction {
	return func(c *call, e *element) (map[string]any, *refusal.Error) {
		changed, err := do(e.domain.zone, e, c.srv.behaviour)
		e.changed = e.changed || changed
		if err != nil {
			return nil, err
		}
		return c.succeeded(e), nil
	}
}

func addRecord(build recordBuilder) edit {
	return func(z *zone, p lookup, b Behaviour) (bool, *refusal.Error) {
		r, err := build(z.name, p, b)
		if err != nil {
			return false, err
		}
		return z.add(r, b)
	}
}

// removeRecord deletes records (9.18). Without content everything of that name and type goes, of the given priority if there is one. With content
// the priority is 0 unless given, for the types that have one.
func removeRecord(z *zone, p lookup, b Behaviour) (bool, *refusal.Error) {
	name, err := subdomainOf(z.name, p, "")
	if err != nil {
		return false, err
	}
	if p.Text("record_type") == "" {
		return false, refusal.Missing("record_type")
	}
	q := removal{name: name, recordType: strings.ToUpper(p.Text("record_type")), content: p.Text("content")}
	if !slices.Contains(recordTypes, q.recordType) {
		return false, refusal.New("INVALID_ZONE_RECORD_TYPE")
	}
	q.anyContent = q.content == ""
	q.anyPriority = q.anyContent && p.Text("priority") == ""
	if q.priority, err = priorityOf(p, "priority"); err != nil && hasPriority(q.recordType) {
		return false, err
	}
	removed := z.remove(q)
	if removed == 0 && b.MissingRemove == MissingRefuse {
		return false, refusal.Incorrect("content")
	}
	return removed > 0, nil
}

// updateSOA needs one of the two times; the other one stays (9.13).
func updateSOA(c *call, e *element) (map[string]any, *refusal.Error) {
	z := e.domain.zone
	before := z.soa
	if e.Text("ttl") == "" && e.Text("minimum_ttl") == "" {
		return nil, refusal.New("SOA_RECORD_INVALID")
	}
	if err := z.setTimes(e.Text("ttl"), e.Text("minimum_ttl"), c.srv.behaviour); err != nil {
		return nil, err
	}
	if c.srv.behaviour.IgnoreUpdateSOA {
		z.soa = before
	}
	e.changed = z.soa != before
	return c.succeeded(e), nil
}

func clearZone(c *call, e *element) (map[string]any, *refusal.Error) {
	e.changed = e.domain.zone.removeWhere(func(record) bool { return true }) > 0
	return c.succeeded(e), nil
}

// The records that parking and web forwarding need. The documentation does not name them; the addresses are of RFC 5737.
var (
	parkingRecords = []Record{
		{Name: "@", Type: "A", Content: "192.0.2.80"},
		{Name: "www", Type: "A", Content: "192.0.2.80"},
	}
	forwardingRecords = []Record{
		{Name: "@", Type: "A", Content: "192.0.2.81"},
		{Name: "www", Type: "A", Content: "192.0.2.81"},
	}
)

// tune adds a fixed set of records, those that are there already excepted, whatever [Behaviour.DuplicateAdd] says.
func tune(records []Record) elementFunction {
	return func(c *call, e *element) (map[string]any, *refusal.Error) {
		for _, wanted := range records {
			changed, err := e.domain.zone.add(record{Record: wanted, given: wanted.Content}, Behaviour{})
			e.changed = e.changed || changed
			if err != nil {
				return nil, err
			}
		}
		return c.succeeded(e), nil
	}
}

func untune(records []Record) elementFunction {
	return func(c *call, e *element) (map[string]any, *refusal.Error) {
		e.changed = e.domain.zone.removeWhere(func(r record) bool { return slices.Contains(records, r.Record) }) > 0
		return c.succeeded(e), nil
	}
}

// updateRecords runs the actions in order. An action that fails ends the list: those before it stay done, those after it are ignored, and
// the domain's answer is the error alone (9.12).
func updateRecords(c *call, e *element) (map[string]any, *refusal.Error) {
	if !e.Has("action_list") {
		return nil, refusal.Missing("action_list")
	}
	actions, ok := e.Value("action_list").([]any)
	if !ok || len(actions) == 0 {
		return nil, refusal.Incorrect("action_list")
	}
	done := []any{}
	for _, item := range actions {
		action, _ := item.(form.Params)
		changed, err := runAction(e.domain.zone, action, c.srv.behaviour)
		e.changed = e.changed || changed
		if err != nil {
			return nil, err
		}
		done = append(done, map[string]any{"action": action.Text("action"), "result": "success"})
	}
	answer := c.succeeded(e)
	answer["action_list"] = done
	return answer, nil
}

func runAction(z *zone, action form.Params, b Behaviour) (bool, *refusal.Error) {
	name := action.Text("action")
	if name == "remove_record" {
		return removeRecord(z, action, b)
	}
	build, ok := recordBuilders[name]
	if !ok {
		return false, refusal.New("INVALID_ACTION", "action", name)
	}
	return addRecord(build)(z, action, b)
}

// priorityOf reads a number from 0 to 65535; the default is 0.
func priorityOf(p lookup, name string) (int, *refusal.Error) {
	text := p.Text(name)
	if text == "" {
		return 0, nil
	}
	value, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0, refusal.New("PRIORITY_INVALID")
	}
	return int(value), nil
}
