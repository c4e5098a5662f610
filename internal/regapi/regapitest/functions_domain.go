package regapitest

import "strings"

func domainHandlers() map[string]handler {
	return map[string]handler{
		"domain/nop":     {call: answerDomainNop},
		"domain/get_nss": {each: answerNameServers, bareIDs: true, bareErrors: true},
	}
}

// answerDomainNop answers nothing, or the id of the domain that is named: then the caller must be known (8.1).
func answerDomainNop(c *call) (map[string]any, *apiError) {
	e := &element{own: c.params, single: true}
	if !e.identifiable() {
		return nil, nil
	}
	if c.account == nil {
		return nil, fail("NO_USERNAME")
	}
	return answerServiceID(c)
}

// answerNameServers gives the addresses of name servers that lie in the domain itself: one as text, several as a list (8.19).
func answerNameServers(c *call, e *element) (map[string]any, *apiError) {
	servers := []any{}
	for _, server := range e.domain.NameServers {
		fields := strings.Fields(server)
		shown := map[string]any{"ns": fields[0]}
		switch len(fields) {
		case 1:
		case 2:
			shown["ip"] = fields[1]
		default:
			shown["ip"] = anyList(fields[1:])
		}
		servers = append(servers, shown)
	}
	answer := c.named(e)
	answer["nss"] = servers
	if c.srv.behaviour.ResultInNSS {
		answer["result"] = "success"
	}
	return answer, nil
}

func anyList(texts []string) []any {
	list := make([]any, 0, len(texts))
	for _, text := range texts {
		list = append(list, text)
	}
	return list
}
