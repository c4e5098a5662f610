package regapitest

// exampleServiceID is the id of the domain in the examples of functions that work on one domain alone (4.4, 2.2.3).
const exampleServiceID = 123456

func commonFunctions() []*function {
	return []*function{
		{name: "nop", section: "4.1", access: clients, call: answerNop},
		{name: "reseller_nop", section: "4.2", access: partners, httpsOnly: true, call: answerNop},
		{name: "get_user_id", section: "4.3", access: clients, call: answerUserID},
		{name: "get_service_id", section: "4.4", access: clients, call: answerServiceID},
	}
}

func answerNop(c *call) (map[string]any, *apiError) {
	return map[string]any{"login": c.account.Login, "user_id": textNumeral(c.account.UserID)}, nil
}

func answerUserID(c *call) (map[string]any, *apiError) {
	return map[string]any{"user_id": textNumeral(c.account.UserID)}, nil
}

func answerServiceID(c *call) (map[string]any, *apiError) {
	e := &element{own: c.params, common: params{}, single: true}
	if err := c.identify(e); err != nil {
		return nil, err
	}
	id := e.domain.ServiceID
	if c.test && c.params.text("service_id") == "" {
		id = exampleServiceID
	}
	return map[string]any{"service_id": textNumeral(id)}, nil
}
