package regapitest

import (
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// exampleServiceID is the id of the domain in the examples of functions that work on one domain alone (4.4, 2.2.3).
const exampleServiceID = 123456

func commonHandlers() map[string]handler {
	return map[string]handler{
		"nop":            {call: answerNop},
		"reseller_nop":   {call: answerNop},
		"get_user_id":    {call: answerUserID},
		"get_service_id": {call: onService(answerServiceID)},
	}
}

func answerNop(c *call) (map[string]any, *refusal.Error) {
	return map[string]any{"login": c.account.Login, "user_id": textNumeral(c.account.UserID)}, nil
}

func answerUserID(c *call) (map[string]any, *refusal.Error) {
	return map[string]any{"user_id": textNumeral(c.account.UserID)}, nil
}

func answerServiceID(c *call, e *element) (map[string]any, *refusal.Error) {
	id := e.service.ServiceID
	if c.test && c.params.Text("service_id") == "" {
		id = exampleServiceID
	}
	return map[string]any{"service_id": textNumeral(id)}, nil
}
