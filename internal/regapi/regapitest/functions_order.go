package regapitest

import (
	"slices"
	"strings"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/form"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// serviceOrder is what service/create was asked for (7.4).
type serviceOrder struct {
	tariff tariff
	// name is the canonical name of the domain that the service is for; uplink, the service that it is added to.
	name       string
	uplink     int64
	period     int
	userServID string
	folder     *folder
	details    map[string]string
}

// sslCertificate is the type of certificates for TLS.
const sslCertificate = "srv_ssl_certificate"

// What the types of services need beside a plan (7.4): those that belong to no domain, those that are added to another service, and fields.
var (
	freestanding   = []string{"srv_dedicated", "srv_seowizard"}
	addOns         = []string{"srv_license_isp", "srv_addip", "srv_kvm"}
	repeatable     = []string{"srv_addip", sslCertificate, "srv_dedicated", "srv_seowizard"}
	requiredFields = map[string][]string{"srv_seowizard": {"email"}, "srv_dedicated": {"dedicated_id"}}
)

// createService orders a service. It is active once its bill is paid.
func createService(c *call) (map[string]any, *refusal.Error) {
	if c.account == nil {
		return nil, refusal.New("NO_USERNAME")
	}
	wanted, err := c.readServiceOrder()
	if err != nil {
		return nil, err
	}
	if err := c.checkUnordered(wanted); err != nil {
		return nil, err
	}
	if wanted.folder, err = c.folderForOrder(); err != nil {
		return nil, err
	}
	return c.orderService(wanted)
}

// readServiceOrder checks the parameters of an order.
//
// Errors: PARAMETER_MISSING, PARAMETER_INCORRECT, NOT_ALLOWED_ORDER_BY_API, INVALID_PLAN, INVALID_PERIOD, BAD_USER_SERVID, and those of
// identification.
func (c *call) readServiceOrder() (wanted serviceOrder, err *refusal.Error) {
	servtype := c.params.Text("servtype")
	if servtype == "" {
		return wanted, refusal.Missing("servtype")
	}
	if wanted.tariff, err = orderedTariff(servtype, c.orderedPlan(servtype)); err != nil {
		return wanted, err
	}
	if wanted.period, err = wanted.tariff.parsePeriod(c.params.Text("period")); err != nil {
		return wanted, err
	}
	for _, field := range requiredFields[servtype] {
		if c.params.Text(field) == "" {
			return wanted, refusal.Missing(field)
		}
	}
	if wanted.details, err = c.readSettings(servtype); err != nil {
		return wanted, err
	}
	wanted.userServID = c.params.Text("user_servid")
	if wanted.userServID != "" && !userServID.MatchString(wanted.userServID) {
		return wanted, refusal.New("BAD_USER_SERVID")
	}
	return wanted, c.readOrderTarget(&wanted)
}

// orderedPlan is the subtype, also called plan, or what is ordered when there is none.
func (c *call) orderedPlan(servtype string) string {
	for _, field := range []string{"subtype", "plan"} {
		if plan := c.params.Text(field); plan != "" {
			return plan
		}
	}
	return defaultPlan(servtype)
}

// orderedTariff is the tariff of a service that can be ordered here.
func orderedTariff(servtype, plan string) (tariff, *refusal.Error) {
	found, err := findTariff(servtype, plan)
	if err != nil && err.Code == "PRICES_NOT_FOUND" {
		return tariff{}, refusal.New("NOT_ALLOWED_ORDER_BY_API")
	}
	return found, err
}

// readOrderTarget finds out which domain, or which other service, the order is for.
func (c *call) readOrderTarget(wanted *serviceOrder) (err *refusal.Error) {
	servtype := wanted.tariff.servtype
	given := c.params.Text("dname")
	if given == "" {
		given = c.params.Text("domain_name")
	}
	uplink := c.params.Text("uplink_service_id")
	switch {
	case slices.Contains(freestanding, servtype):
		return nil
	case uplink != "":
		wanted.name, wanted.uplink, err = c.readUplink(uplink)
		return err
	case slices.Contains(addOns, servtype):
		return refusal.Missing("uplink_service_id")
	default:
		wanted.name, err = dnszone.CanonicalDomain(given)
		return err
	}
}

func (c *call) readUplink(id string) (string, int64, *refusal.Error) {
	e := &element{own: form.Params{"service_id": id}, common: form.Params{}, single: true}
	found, err := c.find(e)
	if err != nil {
		return "", 0, err
	}
	return found.Name, found.ServiceID, nil
}

// checkUnordered refuses a second service of a type that a domain has once, and a second certificate before the first one is active.
//
// Errors: WAITING, NEEDS_CONFIRMATION, SERVICE_ALREADY_EXISTS, USER_SERVID_IS_NOT_UNIQUE.
func (c *call) checkUnordered(wanted serviceOrder) *refusal.Error {
	if c.test {
		return nil
	}
	if wanted.userServID != "" && c.srv.state.identified("", wanted.userServID) != nil {
		return refusal.New("USER_SERVID_IS_NOT_UNIQUE")
	}
	found := c.srv.state.attached(c.account.Login, wanted.name, wanted.tariff.servtype)
	switch {
	case found == nil || !found.listed():
		return nil
	case found.Servtype == sslCertificate && found.State == stateInactive:
		return refusal.New("NEEDS_CONFIRMATION")
	case slices.Contains(repeatable, found.Servtype):
		return nil
	case found.State == stateInactive:
		return refusal.New("WAITING")
	default:
		return refusal.New("SERVICE_ALREADY_EXISTS")
	}
}

// orderService charges for a service that is inactive until then, and gone again when it cannot be charged for.
func (c *call) orderService(wanted serviceOrder) (map[string]any, *refusal.Error) {
	ordered, err := c.placeService(wanted)
	if err != nil {
		return nil, err
	}
	s := c.srv.state
	made, err := c.charge(order{
		service: ordered, action: actionNew, amount: c.price(wanted.tariff.price * int64(wanted.period)), effect: effectActivate,
		periods: wanted.period, unit: wanted.tariff.unit,
	})
	if err != nil {
		s.forgetService(ordered)
		return nil, err
	}
	if wanted.folder != nil && !c.test {
		s.putOrdered(wanted.folder, ordered)
	}
	answer := map[string]any{
		"bill_id": textNumeral(made.id), "descr": ordered.describe("ordered"), "pay_notes": made.payNotes(), "payment": amount(made.amount),
		"service_id": textNumeral(ordered.ServiceID), "uplink_service_id": textNumeral(ordered.UplinkServiceID),
	}
	if c.test {
		dressOrder(ordered.Servtype, answer)
	}
	return answer, nil
}

// placeService makes the service that was ordered; the state knows it unless it is the test user's.
func (c *call) placeService(wanted serviceOrder) (*service, *refusal.Error) {
	ordered := &service{Name: wanted.name, owner: c.account.Login, Service: Service{
		Servtype: wanted.tariff.servtype, Subtype: wanted.tariff.subtype, Domain: wanted.name, UserServID: wanted.userServID,
		UplinkServiceID: wanted.uplink, State: stateInactive, Details: wanted.details,
	}}
	if c.test {
		ordered.ServiceID = exampleOrderedID
		return ordered, nil
	}
	if err := c.srv.state.register(ordered, c.now); err != nil {
		return nil, refusal.New("INTERNAL_ERROR", "error_detail", err.Error())
	}
	return ordered, nil
}

// activate begins a paid period today.
func (s *service) activate(now time.Time, t tariff, periods int) {
	s.State, s.Created = stateActive, now.Format(time.DateOnly)
	s.Expires = t.add(now, periods).Format(time.DateOnly)
}

// describe says what was done to a service, in the words of the examples (7.4, 7.12).
func (s *service) describe(done string) string {
	text := "service " + s.Servtype + " is " + done
	if s.Name != "" {
		text += " for domain " + dnszone.UnicodeName(s.Name)
	}
	return text
}

// price is what something costs; the examples know one price, and what is free.
func (c *call) price(hundredths int64) int64 {
	if c.test && hundredths != 0 {
		return examplePrice
	}
	return hundredths
}

// hostingTypes are the three kinds of hosting.
var hostingTypes = []string{"srv_hosting_ispmgr", "srv_hosting_cpanel", "srv_hosting_plesk"}

// checkServiceOrder checks an order without making one; everyone may ask (7.5).
func checkServiceOrder(c *call) (map[string]any, *refusal.Error) {
	e := &element{own: c.params, common: form.Params{}}
	given, servtype := e.givenName(), c.params.Text("servtype")
	if servtype == "" {
		servtype = hostingTypes[0]
	}
	if given == "" {
		return nil, refusal.Missing("dname")
	}
	name, err := dnszone.CanonicalDomain(given)
	if err != nil {
		return nil, err
	}
	const shortestName = 2
	if label, _, _ := strings.Cut(dnszone.UnicodeName(name), "."); len([]rune(label)) < shortestName {
		return nil, refusal.New("FIELD_VALUE_TOO_SHORT")
	}
	ordered, err := orderedTariff(servtype, c.orderedPlan(servtype))
	if err != nil {
		return nil, err
	}
	period, err := ordered.parsePeriod(c.params.Text("period"))
	if err != nil {
		return nil, err
	}
	if err := c.checkHosted(name, servtype); err != nil {
		return nil, err
	}
	return map[string]any{"descr": "everything is ok for creating", "param": map[string]any{
		"dname": given, "period": textNumeral(int64(period)), "servtype": servtype, "subtype": ordered.subtype,
	}}, nil
}

// checkHosted refuses hosting for a name that is hosted, or whose zone is another account's.
func (c *call) checkHosted(name, servtype string) *refusal.Error {
	if c.test || !slices.Contains(hostingTypes, servtype) {
		return nil
	}
	for _, other := range c.srv.state.byName[name] {
		if slices.Contains(hostingTypes, other.Servtype) && other.listed() {
			return refusal.New("ALREADY_EXISTS_ON_SERVER")
		}
	}
	d := c.srv.state.domains[name]
	if d != nil && d.delegatedHere() && (c.account == nil || !d.managedBy(c.account.Login)) {
		return refusal.New("ALREADY_EXISTS_ON_NSS")
	}
	return nil
}
