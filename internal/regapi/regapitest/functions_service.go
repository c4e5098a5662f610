package regapitest

func serviceHandlers() map[string]handler {
	return map[string]handler{
		"service/nop":      {each: answerService},
		"service/get_info": {each: answerServiceInfo},
		"service/get_list": {call: answerServiceList},
	}
}

func answerService(c *call, e *element) (map[string]any, *apiError) {
	answer := c.succeeded(e)
	answer["servtype"] = e.servtype
	return answer, nil
}

// answerServiceInfo names the domain by service_id alone, as the examples do (7.7).
func answerServiceInfo(c *call, e *element) (map[string]any, *apiError) {
	answer := map[string]any{
		"creation_date":   e.domain.Created,
		"expiration_date": e.domain.Expires,
		"result":          "success",
		"service_id":      textNumeral(e.domain.ServiceID),
		"servtype":        e.servtype,
		"state":           e.domain.State,
		"subtype":         e.domain.Subtype,
	}
	if e.domain.UserServID != "" {
		answer["user_servid"] = e.domain.UserServID
	}
	if c.account.Partner && !c.test {
		answer["user2_login"] = ""
	}
	if e.text("show_folders") == "1" {
		answer["folders"] = []any{}
	}
	return answer, nil
}

// answerServiceList leaves out what is deleted or moved away: only N, A and S are documented as states here (7.8). The test user gets the example
// whole, because the example itself answers with a hosting to a request for domains.
func answerServiceList(c *call) (map[string]any, *apiError) {
	wanted := c.params.text("servtype")
	services := []any{}
	for _, s := range c.listedServices() {
		if wanted == "" || wanted == s["servtype"] || c.test {
			services = append(services, s)
		}
	}
	c.entry.Elements = len(services)
	return map[string]any{"services": services}, nil
}

func (c *call) listedServices() []map[string]any {
	if c.test {
		return exampleServices()
	}
	services := []map[string]any{}
	for _, d := range c.srv.state.owned(c.account.Login) {
		if d.State == "D" || d.State == "O" {
			continue
		}
		services = append(services, map[string]any{
			"creation_date":     d.Created,
			"dname":             unicodeName(d.Name),
			"expiration_date":   d.Expires,
			"service_id":        textNumeral(d.ServiceID),
			"servtype":          "domain",
			"state":             d.State,
			"subtype":           d.Subtype,
			"uplink_service_id": textNumeral(0),
		})
	}
	return services
}
