package regapitest

import (
	"strconv"
	"strings"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/form"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

func zoneHandlers() map[string]handler {
	handlers := map[string]handler{
		"zone/nop":                  {each: answerSuccess},
		"zone/get_resource_records": {each: answerRecords},
		"zone/update_records":       {each: updateRecords, bareIDs: true, bareErrors: true},
		"zone/update_soa":           {each: act((*dnszone.Zone).UpdateSOA)},
		"zone/tune_forwarding":      {each: tune(forwardingRecords)},
		"zone/clear_forwarding":     {each: untune(forwardingRecords)},
		"zone/tune_parking":         {each: tune(parkingRecords)},
		"zone/clear_parking":        {each: untune(parkingRecords)},
		"zone/clear":                {each: clearZone},
	}
	for action, do := range dnszone.Actions {
		// add_spf is an action and no function: the catalogue does not know it.
		handlers["zone/"+action] = handler{each: act(do)}
	}
	for name, h := range handlers {
		h.each, h.zone = manageable(h.each), true
		// Reading the zone of a domain that is not registered shows what it will have.
		h.registered = name != "zone/nop" && name != "zone/get_resource_records"
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
	zone := e.domain.zone
	shown := zone.Shown(c.srv.behaviour)
	if !c.test {
		shown = append(zone.Own(c.srv.behaviour), shown...)
	}
	for _, r := range shown {
		prio := any(noPriority{})
		if dnszone.HasPriority(r.Type) {
			prio = numeral{digits: strconv.Itoa(r.Priority), seen: seenNumber}
		}
		records = append(records, map[string]any{
			"content": r.Content, "prio": prio, "rectype": r.Type, "state": "A", "subname": c.subname(e.domain.Name, r.Name),
		})
	}
	answer := c.succeeded(e)
	answer["rrs"] = records
	soa := e.domain.zone.SOA()
	answer["soa"] = map[string]any{"minimum_ttl": dnszone.FormatTTL(soa.MinimumTTL), "ttl": dnszone.FormatTTL(soa.TTL)}
	return answer, nil
}

// subname is a record's name in answers, which may be the full one.
func (c *call) subname(domain, name string) string {
	style := c.srv.behaviour.Subnames
	if c.test || style == SubnamesRelative || (style == SubnamesAlternate && c.srv.chance.IntN(2) == 0) {
		return name
	}
	if name == "@" {
		return domain + "."
	}
	return name + "." + domain + "."
}

// act makes a function of an edit.
func act(do dnszone.Edit) elementFunction {
	return func(c *call, e *element) (map[string]any, *refusal.Error) {
		changed, err := do(e.domain.zone, e, c.srv.behaviour)
		e.changed = e.changed || changed
		if err != nil {
			return nil, err
		}
		return c.succeeded(e), nil
	}
}

func clearZone(c *call, e *element) (map[string]any, *refusal.Error) {
	e.changed = e.domain.zone.Clear()
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
			changed, err := e.domain.zone.Add(wanted, Behaviour{})
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
		for _, r := range records {
			removed, err := e.domain.zone.Delete(r)
			e.changed = e.changed || removed > 0
			if err != nil {
				return nil, err
			}
		}
		return c.succeeded(e), nil
	}
}

// updateRecords runs the actions in order. An action that fails ends the list: those before it stay done, those after it are ignored, and
// the domain's answer is the error alone (9.12).
func updateRecords(c *call, e *element) (map[string]any, *refusal.Error) {
	if !e.Has("action_list") {
		return nil, refusal.Missing("action_list")
	}
	list, ok := e.Value("action_list").([]any)
	if !ok || len(list) == 0 {
		return nil, refusal.Incorrect("action_list")
	}
	done := []any{}
	for _, item := range list {
		action, _ := item.(form.Params)
		name := action.Text("action")
		do, known := dnszone.Actions[name]
		if !known {
			return nil, refusal.New("INVALID_ACTION", "action", name)
		}
		changed, err := do(e.domain.zone, action, c.srv.behaviour)
		e.changed = e.changed || changed
		if err != nil {
			return nil, err
		}
		done = append(done, map[string]any{"action": name, "result": "success"})
	}
	answer := c.succeeded(e)
	answer["action_list"] = done
	return answer, nil
}
