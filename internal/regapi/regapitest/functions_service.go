package regapitest

import (
	"strconv"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

func serviceHandlers() map[string]handler {
	handlers := map[string]handler{
		"service/nop":                       {each: answerService},
		"service/get_info":                  {each: answerServiceInfo},
		"service/get_list":                  {call: answerServiceList},
		"service/get_details":               {each: answerDetails, dress: dressForDetails},
		"service/service_get_details":       {each: answerDetails, dress: dressForDetails},
		"service/get_bills":                 {each: answerServiceBills},
		"service/check_readonly":            {each: answerReadOnly, identify: identifyNothing},
		"service/get_dedicated_server_list": {call: answerServers},
		"service/get_prices":                {call: answerPrices},
		"service/get_servtype_details":      {call: answerServtypeDetails},
		"service/check_create":              {call: checkServiceOrder},
		"service/create":                    {call: createService, costs: fromBalance},
		"service/renew":                     {call: renewServices, each: planRenewal, dress: dressForRenewal, flat: true, costs: fromBalance},
		"service/upgrade":                   {call: onService(upgradeService), costs: fromBalance},
		"service/refill":                    {call: onService(external(seowizard, refillService)), costs: fromBalance},
		"service/refund":                    {call: onService(external(seowizard, refundService)), costs: always},
		"service/resend_mail":               {call: resendMail},
	}
	for name, do := range map[string]elementFunction{
		"service/get_folders":             answerServiceFolders,
		"service/update":                  updateService,
		"service/delete":                  deleteService,
		"service/set_autorenew_flag":      setAutorenew,
		"service/suspend":                 suspendService,
		"service/resume":                  resumeService,
		"service/get_depreciated_period":  answerDepreciatedPeriod,
		"service/partcontrol_grant":       grantPartialControl,
		"service/partcontrol_revoke":      revokePartialControl,
		"service/resend_startup_mail":     answerServiceAlone,
		"service/get_balance":             external(seowizard, answerServiceBalance),
		"service/seowizard_manage_link":   external(seowizard, answerLink("http://reg.ru/seowizard.html")),
		"service/get_websitebuilder_link": external("srv_websitebuilder", answerLink("http://www.reg.ru/ru/?login_hash=123")),
	} {
		handlers[name] = handler{call: onService(do)}
	}
	return handlers
}

// answerServiceAlone is the success of a function whose answer is not documented.
func answerServiceAlone(*call, *element) (map[string]any, *refusal.Error) { return nil, nil }

func answerService(c *call, e *element) (map[string]any, *refusal.Error) {
	answer := c.succeeded(e)
	answer["servtype"] = e.service.Servtype
	return answer, nil
}

// answerServiceInfo names the domain by service_id alone, as the examples do (7.7).
func answerServiceInfo(c *call, e *element) (map[string]any, *refusal.Error) {
	answer := map[string]any{
		"creation_date":   e.service.Created,
		"expiration_date": e.service.Expires,
		"result":          "success",
		"service_id":      textNumeral(e.service.ServiceID),
		"servtype":        e.service.Servtype,
		"state":           e.service.State,
		"subtype":         e.service.Subtype,
	}
	if e.service.UserServID != "" {
		answer["user_servid"] = e.service.UserServID
	}
	if c.account.Partner && !c.test {
		answer["user2_login"] = e.service.GrantedTo
	}
	if e.Text("show_folders") == "1" {
		answer["folders"] = c.foldersHolding(e.service)
	}
	return answer, nil
}

// answerServiceList leaves out what is deleted or moved away: only N, A and S are documented as states here (7.8). The test user gets the example
// whole, because the example itself answers with a hosting to a request for domains.
func answerServiceList(c *call) (map[string]any, *refusal.Error) {
	wanted := c.params.Text("servtype")
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
	for _, owned := range c.srv.state.services(c.account.Login) {
		if !owned.listed() {
			continue
		}
		services = append(services, map[string]any{
			"creation_date":     addDays(owned.Created, c.srv.behaviour.ListDates),
			"dname":             dnszone.UnicodeName(owned.Name),
			"expiration_date":   addDays(owned.Expires, c.srv.behaviour.ListDates),
			"service_id":        numeral{digits: strconv.FormatInt(owned.ServiceID, 10), seen: seenNumber},
			"servtype":          owned.Servtype,
			"state":             owned.State,
			"subtype":           owned.Subtype,
			"uplink_service_id": numeral{digits: strconv.FormatInt(owned.UplinkServiceID, 10), seen: seenNumber},
		})
	}
	return services
}

// foldersHolding are the caller's folders that hold a service (7.9).
func (c *call) foldersHolding(s *service) []any {
	if c.test {
		return []any{map[string]any{"folder_id": textNumeral(exampleFirstID), "folder_name": "test_folder"}}
	}
	folders := []any{}
	for _, f := range c.srv.state.foldersOf(c.account.Login) {
		if f.holds(s) {
			folders = append(folders, map[string]any{"folder_id": textNumeral(f.id), "folder_name": f.name})
		}
	}
	return folders
}

// onService makes a function that takes no list of one that works on the service which the request names.
func onService(do elementFunction) func(*call) (map[string]any, *refusal.Error) {
	return func(c *call) (map[string]any, *refusal.Error) {
		if c.account == nil {
			return nil, refusal.New("NO_USERNAME")
		}
		e := c.alone()
		if err := c.identify(e); err != nil {
			return nil, err
		}
		return do(c, e)
	}
}

func answerServiceFolders(c *call, e *element) (map[string]any, *refusal.Error) {
	return map[string]any{"folders": c.foldersHolding(e.service)}, nil
}
