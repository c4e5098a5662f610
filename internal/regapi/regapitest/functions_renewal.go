package regapitest

import (
	"slices"
	"strconv"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// renewServices prolongs domains and services with one bill for all of them; elements that cannot be prolonged are left out of it (7.13).
func renewServices(c *call) (map[string]any, *refusal.Error) {
	elements, err := c.elements()
	if err != nil {
		return nil, err
	}
	period := c.params.Text("period")
	if period == "" {
		return nil, refusal.Missing("period")
	}
	answers, err := c.runElements(elements, c.answerElement)
	if err != nil {
		return nil, err
	}
	if len(c.orders) == 0 {
		return map[string]any{servicesList: answers}, nil
	}
	made, err := c.charge(c.orders...)
	if err != nil {
		return nil, err
	}
	answer := map[string]any{
		"bill_id": textNumeral(made.id), "currency": made.currency, "payment": amount(made.amount), "period": numeral{digits: period},
		"status": "renew_success",
	}
	if made.payed == "" {
		answer["status"] = "only_bill_created"
	}
	if elements[0].single {
		answer["dname"], answer["servtype"] = elements[0].shownName(), elements[0].service.Servtype
	} else {
		answer[servicesList] = answers
	}
	return answer, nil
}

// planRenewal adds one service to the order.
//
// Errors: INVALID_PERIOD, INCORRECT_STATE, PROLONG_ERROR, DOUBLE_ORDER, DOMAIN_ORDER_LOCKED.
func planRenewal(c *call, e *element) (map[string]any, *refusal.Error) {
	t := c.srv.state.renewalTariff(e.service)
	period, err := c.renewalPeriod(e, t)
	if err != nil {
		return nil, err
	}
	if err := c.checkRenewal(e, t, period); err != nil {
		return nil, err
	}
	price := t.renewPrice * int64(period)
	if d := e.domain; d != nil && !c.test && d.restorable(dayOf(c.now)) {
		price += c.srv.state.zoneOfName(d.Name).restore
	}
	c.orders = append(c.orders, order{
		service: e.service, action: c.srv.behaviour.RenewalWord(), amount: c.price(price), effect: effectRenew, periods: period, unit: t.unit,
	})
	return answerService(c, e)
}

// renewalPeriod reads how long to renew for: what the zone of a domain lists (8.27), any number that can be ordered of another service.
func (c *call) renewalPeriod(e *element, t tariff) (int, *refusal.Error) {
	period, err := t.parsePeriod(c.params.Text("period"))
	if err == nil && e.domain != nil && !c.test && !slices.Contains(tldOf(e.domain.Name).periods(), period) {
		err = refusal.New("INVALID_PERIOD")
	}
	return period, err
}

func (c *call) checkRenewal(e *element, t tariff, period int) *refusal.Error {
	if e.domain != nil && e.domain.process.underWay(c.now) {
		return refusal.New("DOMAIN_ORDER_LOCKED")
	}
	if e.service.State != stateActive && e.service.State != stateSuspended {
		return refusal.New("INCORRECT_STATE")
	}
	if t.once {
		return prolongError("the service is not renewable")
	}
	if c.test {
		return nil
	}
	if e.domain != nil {
		if err := e.domain.checkWindow(dayOf(c.now)); err != nil {
			return err
		}
	}
	if t.add(e.service.expiry(), period).After(t.add(c.now, t.longest())) {
		return prolongError("the period ends more than " + strconv.Itoa(t.longest()) + " " + t.unit + "s from now")
	}
	asked := slices.ContainsFunc(c.orders, func(o order) bool { return o.service == e.service })
	if (asked || e.service.openBill() != nil) && !c.srv.behaviour.DoubleRenewals {
		return refusal.New("DOUBLE_ORDER", "dname", e.shownName(), "servtype", e.service.Servtype)
	}
	return nil
}

// checkWindow tells whether a domain can be renewed, or restored, on a day (8.27).
func (d *domain) checkWindow(today string) *refusal.Error {
	zone := tldOf(d.Name)
	opens, free := addDays(d.Expires, -zone.renewBefore), addDays(d.Created, zone.renewNotFor)
	switch {
	case today < free && zone.renewNotFor > 0:
		return prolongError("a domain cannot be renewed within " + strconv.Itoa(zone.renewNotFor) + " days of its registration")
	case today < opens:
		return prolongError("the domain can be renewed from " + opens + " on")
	case today > d.lastDay():
		return prolongError("the domain could be renewed until " + d.lastDay())
	default:
		return nil
	}
}

func prolongError(detail string) *refusal.Error {
	return refusal.New("PROLONG_ERROR", "error_detail", detail)
}
