package otherapi

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// maxElements is how many domains one request may name (2.2.4.4).
const maxElements = 1000

// call answers a function.
func (s *Server) call(r request) answer {
	switch r.function {
	case "nop":
		return answer{body: map[string]any{"login": s.account.Login, "user_id": s.asText(s.account.UserID)}}
	case "reseller_nop":
		if !s.account.Partner {
			return answer{refusal: refuse("RESELLER_AUTH_FAILED", "Only resellers can access to this function")}
		}
		return answer{body: map[string]any{"login": s.account.Login, "user_id": s.asText(s.account.UserID)}}
	case "user/get_balance":
		return answer{body: map[string]any{"currency": "RUR", "prepay": s.asText(1000)}}
	case "service/get_list":
		return s.list()
	case "service/get_info":
		return s.each(r, "services", s.info)
	case "domain/get_nss":
		return s.each(r, "domains", s.nameServers)
	case "dnssec/get_status":
		return s.each(r, "domains", s.dnssec)
	case "zone/nop":
		return s.each(r, "domains", func(*zone, params, map[string]any) *refusal { return nil })
	case "zone/get_resource_records":
		return s.each(r, "domains", s.resourceRecords)
	case "zone/update_records":
		if !s.account.Partner {
			return answer{refusal: refuse("RESELLER_AUTH_FAILED", "Only resellers can access to this function")}
		}
		return s.each(r, "domains", func(z *zone, element params, out map[string]any) *refusal { return s.actions(r, z, element, out) })
	case "zone/add_alias", "zone/add_aaaa", "zone/add_cname", "zone/add_mx", "zone/add_ns", "zone/add_txt", "zone/add_srv", "zone/add_caa",
		"zone/add_https", "zone/remove_record", "zone/update_soa":
		action := strings.TrimPrefix(r.function, "zone/")
		return s.each(r, "domains", func(z *zone, _ params, _ map[string]any) *refusal { return s.act(r, z, action, r.params) })
	}
	return answer{refusal: refuse("NO_SUCH_COMMAND", "Command %s not found", r.function)}
}

// each answers a function of a list element by element (2.2.4.4).
func (s *Server) each(r request, list string, one func(z *zone, element params, out map[string]any) *refusal) answer {
	elements := r.params.elements()
	switch {
	case len(elements) == 0:
		return answer{refusal: refuse("NO_DOMAIN", "domain_name not given or empty")}
	case len(elements) > maxElements:
		return answer{refusal: refuse("TOO_MANY_OBJECTS_IN_ONE_REQUEST", "Too many objects (more than %d) specified in one request", maxElements)}
	}
	outs := []any{}
	for _, element := range elements {
		out := map[string]any{"result": "success"}
		outs = append(outs, out)
		z := s.find(element)
		if z == nil {
			for _, key := range []string{"dname", "domain_name", "service_id"} {
				if value, ok := element[key]; ok {
					out[key] = value
				}
			}
			s.fail(out, refuse("DOMAIN_NOT_FOUND", "Domain not found or not owned by You"))
			continue
		}
		out["dname"], out["service_id"] = s.domain(z), s.asText(z.serviceID)
		if refused := one(z, element, out); refused != nil {
			s.fail(out, refused)
		}
	}
	return answer{body: map[string]any{list: outs}}
}

// fail gives an element an error in the form that this instance has for it.
func (s *Server) fail(out map[string]any, refused *refusal) {
	out["result"], out["error_code"], out["error_text"], out["error_params"] = "error", refused.code, refused.text, nil
	switch s.habits.Errors {
	case ErrorsSentence:
		out["result"] = refused.text
		delete(out, "error_text")
		delete(out, "error_params")
	case ErrorsBare:
		delete(out, "result")
		out["error_params"] = map[string]any{}
	}
}

// actions carries out the list of one domain up to the first refusal (9.12).
func (s *Server) actions(r request, z *zone, element params, out map[string]any) *refusal {
	items, ok := element["action_list"].([]any)
	if !ok {
		items, _ = r.params["action_list"].([]any)
	}
	out["service_id"] = s.asNumber(z.serviceID)
	results := []any{}
	for _, p := range maps(items) {
		action := p.text("action")
		refused := s.act(r, z, action, p)
		result := map[string]any{"action": action, "result": "success"}
		results = append(results, result)
		if refused == nil {
			continue
		}
		if s.habits.Errors == ErrorsCoded { // the others tell nothing of what was done before
			s.fail(result, refused)
			out["action_list"] = results
		}
		return refused
	}
	out["action_list"] = results
	return nil
}

// act carries out one action, unless a fault comes between, and writes it down.
func (s *Server) act(r request, z *zone, action string, p params) *refusal {
	line, do := s.prepare(z, action, p)
	fault := s.faults.draw(line, FaultInternal, FaultLie)
	var refused *refusal
	switch fault {
	case FaultInternal:
		refused = refuse("INTERNAL_ERROR", "Internal error: try again later")
	case FaultLie:
	default:
		refused = do()
	}
	outcome := "done"
	if fault != "" {
		outcome = string(fault)
	} else if refused != nil {
		outcome = refused.code
	}
	r.entry.Actions = append(r.entry.Actions, fmt.Sprintf("%s %s: %s", z.domain, line, outcome))
	return refused
}

// prepare gives an action in words, and what it does.
func (s *Server) prepare(z *zone, action string, p params) (line string, do func() *refusal) {
	switch action {
	case "remove_record":
		line = fmt.Sprintf("- %s %s %s %q", p.text("subdomain"), p.text("record_type"), p.text("priority"), p.text("content"))
		return line, func() *refusal { return z.remove(p, s.habits) }
	case "update_soa":
		return "soa " + p.text("ttl") + " " + p.text("minimum_ttl"), func() *refusal { return z.setLifetimes(p) }
	}
	record, refused := z.read(action, p)
	return "+ " + record.String(), func() *refusal {
		if refused != nil {
			return refused
		}
		return z.add(record, s.habits, time.Now().Add(s.late))
	}
}

// setLifetimes sets what is given (9.13). The suffix m stands for minutes here, as in zones.
func (z *zone) setLifetimes(p params) *refusal {
	for name, lifetime := range map[string]*int{"ttl": &z.ttl, "minimum_ttl": &z.minimum} {
		text := p.text(name)
		if text == "" {
			continue
		}
		unit := map[byte]int{'m': 60, 'h': 3600, 'd': 86400, 'w': 7 * 86400}[text[len(text)-1]]
		if unit == 0 {
			unit = 1
		} else {
			text = text[:len(text)-1]
		}
		number, err := strconv.Atoi(text)
		if err != nil || number <= 0 {
			return refuse("SOA_RECORD_INVALID", "Invalid time for SOA record")
		}
		*lifetime = number * unit
	}
	return nil
}

func (s *Server) resourceRecords(z *zone, _ params, out map[string]any) *refusal {
	rrs := []any{}
	for _, r := range z.records {
		if r.visible.After(time.Now()) {
			continue
		}
		listed := s.habits.spell(r.Record, z.domain)
		rr := map[string]any{"subname": listed.name, "rectype": r.Type, "content": listed.content, "state": "A"}
		switch s.habits.Priority {
		case PrioNumber:
			rr["prio"] = listed.priority
		case PrioNull:
			rr["prio"] = nil
			if r.prioritised() {
				rr["prio"] = strconv.Itoa(listed.priority)
			}
		case PriorityKey:
			rr["priority"] = strconv.Itoa(listed.priority)
		default:
			rr["prio"] = strconv.Itoa(listed.priority)
		}
		rrs = append(rrs, rr)
	}
	out["rrs"], out["soa"] = rrs, map[string]any{"ttl": lifetime(z.ttl), "minimum_ttl": lifetime(z.minimum)}
	return nil
}

// lifetime gives seconds as zones show them: 1d, 12h, 10m.
func lifetime(seconds int) string {
	for _, unit := range []struct {
		seconds int
		suffix  string
	}{{86400, "d"}, {3600, "h"}, {60, "m"}} {
		if seconds%unit.seconds == 0 {
			return strconv.Itoa(seconds/unit.seconds) + unit.suffix
		}
	}
	return strconv.Itoa(seconds)
}

func (s *Server) list() answer {
	services := []any{}
	for _, z := range s.zones {
		services = append(services, map[string]any{
			"creation_date": "2009-04-18", "dname": s.domain(z), "expiration_date": "2101-04-18", "service_id": s.asText(z.serviceID),
			"servtype": "domain", "state": "A", "subtype": "", "uplink_service_id": s.asText(0),
		})
	}
	return answer{body: map[string]any{"services": services}}
}

func (s *Server) info(_ *zone, _ params, out map[string]any) *refusal {
	delete(out, "dname") // 7.7 has none
	out["creation_date"], out["expiration_date"], out["servtype"], out["state"], out["subtype"] = "2009-04-18", "2101-04-18", "domain", "A", ""
	return nil
}

func (s *Server) nameServers(z *zone, _ params, out map[string]any) *refusal {
	delete(out, "result") // 8.19 has none
	out["service_id"] = s.asNumber(z.serviceID)
	out["nss"] = []any{map[string]any{"ns": "ns1.reg.ru"}, map[string]any{"ns": "ns2.reg.ru"}}
	return nil
}

func (s *Server) dnssec(_ *zone, _ params, out map[string]any) *refusal {
	out["status"] = "disabled"
	return nil
}

// domain gives the name of a domain as this instance lists it.
func (s *Server) domain(z *zone) string {
	if s.habits.Names == NamesUpper {
		return strings.ToUpper(s.habits.local(z.domain))
	}
	return s.habits.local(z.domain)
}

// asText gives a number that the examples show as text.
func (s *Server) asText(number int) any {
	if s.habits.Numbers == NumbersSwapped {
		return number
	}
	return strconv.Itoa(number)
}

// asNumber gives a number that the examples show as a number.
func (s *Server) asNumber(number int) any {
	if s.habits.Numbers == NumbersSwapped {
		return strconv.Itoa(number)
	}
	return number
}
