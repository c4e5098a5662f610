package regapitest

import (
	"slices"
	"strconv"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// setAutorenew takes anything but nothing and zero for yes (7.16).
func setAutorenew(c *call, e *element) (map[string]any, *refusal.Error) {
	if !c.params.Has("flag_value") {
		return nil, refusal.Missing("flag_value")
	}
	e.service.Autorenew = c.flag("flag_value")
	c.touch()
	return nil, nil
}

// suspendService takes a domain out of delegation, too (7.17). Error, of the older edition: SERVICE_NOT_ACTIVE.
func suspendService(c *call, e *element) (map[string]any, *refusal.Error) {
	if e.service.State != stateActive {
		return nil, refusal.New("SERVICE_NOT_ACTIVE")
	}
	e.service.suspend()
	c.touch()
	return nil, nil
}

// resumeService gives a domain its delegation back, too (7.18).
func resumeService(c *call, e *element) (map[string]any, *refusal.Error) {
	switch {
	case c.test:
		return nil, nil
	case e.service.State != stateSuspended:
		return nil, refusal.New("SERVICE_NOT_SUSPENDED")
	case e.service.Expires < c.now.Format(time.DateOnly):
		return nil, refusal.New("SERVICE_EXPIRED")
	}
	e.service.resume()
	c.touch()
	return nil, nil
}

func (s *service) suspend() {
	s.State = stateSuspended
	if s.domain != nil {
		s.domain.Undelegated = true
	}
}

func (s *service) resume() {
	s.State = stateActive
	if s.domain != nil {
		s.domain.Undelegated = false
	}
}

// notForDomains refuses a domain, which cannot be deleted by the API.
func notForDomains(e *element) *refusal.Error {
	if e.service.domain != nil {
		return refusal.New("SERVICE_OPERATIONS_DISABLED")
	}
	return nil
}

// deleteService deletes any service but a domain: the table names five types, its example deletes a sixth (7.6).
func deleteService(c *call, e *element) (map[string]any, *refusal.Error) {
	if err := notForDomains(e); err != nil {
		return nil, err
	}
	if e.service.State == stateDeleted {
		return nil, refusal.New("SERVICE_OPERATIONS_DISABLED")
	}
	if e.service.balance > 0 {
		return nil, refusal.New("HAS_ACTIVE_PROJECTS")
	}
	e.service.State = stateDeleted
	c.touch()
	return nil, nil
}

// answerDepreciatedPeriod tells how many periods are left, with two decimals (7.19).
func answerDepreciatedPeriod(c *call, e *element) (map[string]any, *refusal.Error) {
	left := c.periodsLeft(e.service)
	if c.test {
		left = 1
	}
	return map[string]any{"depreciated_period": numeral{digits: strconv.FormatFloat(left, 'f', -1, 64)}}, nil
}

// periodsLeft is the rest of the paid time in the unit of the service's tariff, rounded to hundredths; 0 once it is over.
func (c *call) periodsLeft(s *service) float64 {
	left := s.expiry().Sub(c.now)
	if left <= 0 {
		return 0
	}
	t := c.srv.state.renewalTariff(s)
	const hundredths = 100
	one := t.add(c.now, 1).Sub(c.now)
	return float64(left*hundredths/one) / hundredths
}

// upgradable are the types whose plan can be changed (7.20).
var upgradable = append(slices.Clone(hostingTypes), "srv_google_apps", "srv_websitebuilder")

// upgradeService replaces a service by one of another plan: the old one's unused time is paid back, the new one begins today (7.20).
//
// Errors: SERVICE_UPGRADE_NOT_ALLOWED, SERVICE_BLOCKED, PARAMETER_MISSING, INVALID_PLAN, INVALID_PERIOD, and those of charging.
func upgradeService(c *call, e *element) (map[string]any, *refusal.Error) {
	wanted, err := c.readUpgrade(e)
	if err != nil {
		return nil, err
	}
	if c.test {
		return map[string]any{
			"bill_id": textNumeral(exampleBillID(c.fn.Name, false)), "new_service_id": textNumeral(-1),
			"returned_amount": amount(examplePrice), "withdrawed_amount": amount(examplePrice),
		}, nil
	}
	returned := int64(c.periodsLeft(e.service) * float64(c.srv.state.renewalTariff(e.service).renewPrice))
	replacement, err := c.placeService(wanted)
	if err != nil {
		return nil, err
	}
	made, err := c.charge(order{
		service: replacement, action: actionNew, amount: wanted.tariff.price * int64(wanted.period), effect: effectUpgrade,
		periods: wanted.period, unit: wanted.tariff.unit, replaced: e.service, returned: returned,
	})
	if err != nil {
		c.srv.state.forgetService(replacement)
		return nil, err
	}
	return map[string]any{
		"bill_id": textNumeral(made.id), "new_service_id": textNumeral(replacement.ServiceID), "returned_amount": amount(returned),
		"withdrawed_amount": amount(made.amount),
	}, nil
}

func (c *call) readUpgrade(e *element) (wanted serviceOrder, err *refusal.Error) {
	servtype, plan := e.service.Servtype, c.params.Text("subtype")
	switch {
	case !slices.Contains(upgradable, servtype) || plan == e.service.Subtype:
		return wanted, refusal.New("SERVICE_UPGRADE_NOT_ALLOWED")
	case e.service.State != stateActive:
		return wanted, refusal.New("SERVICE_BLOCKED")
	case plan == "":
		return wanted, refusal.Missing("subtype")
	}
	wanted.name, wanted.uplink, wanted.details = e.service.Name, e.service.UplinkServiceID, e.service.Details
	if wanted.tariff, err = findTariff(servtype, plan); err != nil {
		return wanted, err
	}
	wanted.period, err = wanted.tariff.parsePeriod(c.params.Text("period"))
	return wanted, err
}

// grantPartialControl lets another account use a service; only its owner may, and only while it is active (7.21).
//
// Errors: PARAMETER_MISSING, CLIENT_NOT_FOUND, PARTCONTROL_GRANT_DISABLED.
func grantPartialControl(c *call, e *element) (map[string]any, *refusal.Error) {
	login := c.params.Text("newlogin")
	switch {
	case login == "":
		return nil, refusal.Missing("newlogin")
	case c.test:
	case c.srv.state.accounts[login] == nil:
		return nil, refusal.New("CLIENT_NOT_FOUND", "client_uid", login)
	case e.service.owner != c.account.Login || login == e.service.owner || e.service.State != stateActive:
		return nil, refusal.New("PARTCONTROL_GRANT_DISABLED")
	}
	c.share(e.service, login)
	return map[string]any{"newlogin": login, "service_id": textNumeral(e.service.ServiceID)}, nil
}

// share gives a login partial control of a service; the test user's services are nobody's else.
func (c *call) share(shared *service, login string) {
	if !c.test {
		c.srv.state.grant(shared, login)
	}
	c.touch()
}

// revokePartialControl is for the owner alone, too (7.22).
func revokePartialControl(c *call, e *element) (map[string]any, *refusal.Error) {
	if !c.test && e.service.owner != c.account.Login {
		return nil, refusal.New("PARTCONTROL_GRANT_DISABLED")
	}
	c.share(e.service, "")
	return map[string]any{"service_id": textNumeral(e.service.ServiceID)}, nil
}

// mailTypes are the letters about a certificate (7.23).
var mailTypes = []string{"approver_email", "certificate_email"}

// resendMail sends nothing; it checks what could be sent (7.23). The test user may leave out which service it means, as the example does.
func resendMail(c *call) (map[string]any, *refusal.Error) {
	if single := (&element{own: c.params, single: true}); c.test && !single.identifiable() {
		return map[string]any{"dname": "test.ru", "result": "success", "service_id": textNumeral(exampleMailedID)}, nil
	}
	return onService(resendMailOf)(c)
}

func resendMailOf(c *call, e *element) (map[string]any, *refusal.Error) {
	certificate := e.service.Servtype == sslCertificate
	switch {
	case !certificate && !slices.Contains(hostingTypes, e.service.Servtype):
		return nil, refusal.New("ONLY_HOSTING_AND_SSL_CERTIFICATES")
	case certificate && c.params.Text("mailtype") == "":
		return nil, refusal.Missing("mailtype")
	case certificate && !slices.Contains(mailTypes, c.params.Text("mailtype")):
		return nil, refusal.Incorrect("mailtype")
	case e.service.State != stateActive:
		return nil, refusal.New("CAN_NOT_RESEND_EMAIL")
	}
	return c.succeeded(e), nil
}

// answerReadOnly tells for each service whether it may be changed. What cannot be found is an answer here, not an error (7.15).
func answerReadOnly(c *call, e *element) (map[string]any, *refusal.Error) {
	code := ""
	switch err := c.identifyReadOnly(e); {
	case err != nil:
		code = err.Code
	case e.service.ReadOnly:
		code = "DATA_IS_READ_ONLY"
	}
	answer := e.echo()
	if e.service != nil {
		answer = map[string]any{"service_id": textNumeral(e.service.ServiceID)}
	}
	answer["error_code"], answer["error_detail"] = any(nil), any(nil)
	if code != "" {
		answer["error_code"], answer["error_detail"] = code, code
	}
	answer["is_readonly"] = numeral{digits: strconv.Itoa(bit(code != "")), number: true}
	return answer, nil
}

// identifyReadOnly finds what an element means; the test user's numbers are those of the example.
func (c *call) identifyReadOnly(e *element) *refusal.Error {
	if c.test && e.own.Text("service_id") == "999999" {
		return refusal.New("SERVICE_ID_NOT_FOUND")
	}
	if err := c.identify(e); err != nil {
		return err
	}
	if c.test {
		e.service.ReadOnly = e.service.ServiceID == exampleReadOnlyID
	}
	return nil
}

// identifyNothing leaves it to the function to find what an element means.
func identifyNothing(*call, *element) *refusal.Error { return nil }

// answerServiceBills lists the numbers of the bills for a service, without result, as in the example (7.14).
func answerServiceBills(c *call, e *element) (map[string]any, *refusal.Error) {
	bills := []any{}
	for _, b := range e.service.bills {
		if !b.gone {
			bills = append(bills, textNumeral(b.id))
		}
	}
	if c.test {
		bills = []any{textNumeral(123456), textNumeral(234567)}
	}
	answer := c.named(e)
	answer["bills"], answer["servtype"] = bills, e.service.Servtype
	return answer, nil
}
