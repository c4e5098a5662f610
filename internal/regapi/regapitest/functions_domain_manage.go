package regapitest

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/contact"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// updateNameServers changes the name servers, the delegation or both (8.20).
func updateNameServers(c *call, e *element) (map[string]any, *refusal.Error) {
	servers, err := nameServersOf(e, e.domain.Name)
	if err != nil {
		return nil, err
	}
	if servers == nil && e.Text("undelegate") == "" {
		return nil, refusal.New("INVALID_NSS")
	}
	switch e.Text("undelegate") {
	case "":
	case "0", "1":
		if !c.account.Partner {
			return nil, refusal.New("RESELLER_AUTH_FAILED")
		}
		if err := c.delegate(e, e.Text("undelegate") == "0"); err != nil {
			return nil, err
		}
	default:
		return nil, refusal.Incorrect("undelegate")
	}
	if servers == nil {
		return c.succeeded(e), nil
	}
	if e.domain.State != stateActive && e.domain.State != stateSuspended {
		return nil, refusal.New("DOMAIN_IS_NOT_ACTIVE")
	}
	if err := c.payUpdate(e, order{amount: c.srv.state.zoneOfName(e.domain.Name).update, effect: effectServers, servers: servers}); err != nil {
		return nil, err
	}
	c.touch()
	return c.succeeded(e), nil
}

// payUpdate makes a change that some zones charge for: only with payout_agreement, and once it is paid (8.15, 8.20).
func (c *call) payUpdate(e *element, change order) *refusal.Error {
	change.service, change.action = e.service, actionUpdate
	if change.amount == 0 || c.test {
		c.srv.state.fulfil(nil, change, c.now)
		return nil
	}
	if e.Text("payout_agreement") != "1" {
		return refusal.Missing("payout_agreement")
	}
	_, err := c.charge(change)
	return err
}

// renameUndelegated puts the answer to a change of delegation alone under services, as the example does (8.20).
func renameUndelegated(c *call, answer map[string]any) {
	if c.params.Has("undelegate") && !c.params.Has("nss") && !c.params.Has("ns0") {
		answer[servicesList] = answer[domainsList]
		delete(answer, domainsList)
	}
}

// delegate changes what the registry points to; the name servers stay (8.21).
//
// Errors: UNDELEGATION_NOT_SUPPORTED_BY_TLD, UNDELEGATION_NOT_SUPPORTED_BY_DOMAIN_STATE.
func (c *call) delegate(e *element, delegated bool) *refusal.Error {
	if !c.test && !tldOf(e.domain.Name).delegation {
		return refusal.New("UNDELEGATION_NOT_SUPPORTED_BY_TLD")
	}
	if e.domain.State != stateActive {
		return refusal.New("UNDELEGATION_NOT_SUPPORTED_BY_DOMAIN_STATE")
	}
	e.domain.Undelegated = !delegated
	c.touch()
	return nil
}

// setDelegation makes a function of a state of delegation (8.21, 8.22).
func setDelegation(delegated bool) elementFunction {
	return func(c *call, e *element) (map[string]any, *refusal.Error) {
		if err := c.delegate(e, delegated); err != nil {
			return nil, err
		}
		return c.succeeded(e), nil
	}
}

// describeNameServers writes an error with its text in result and without error_params, as the example does (8.20).
func describeNameServers(c *call, e *element, err *refusal.Error) map[string]any {
	shown := describeInResult(c, e, err)
	delete(shown, "error_params")
	return shown
}

// contactGroups are the zones whose domains can have their contacts changed in one request (8.15); any other zone is a group of its own.
var contactGroups = map[string]string{
	"ru": "ru", "su": "ru", "xn--p1ai": "ru", "com.ua": "ua", "kiev.ua": "ua",
	"com": "gtld", "net": "gtld", "org": "gtld", "biz": "gtld", "info": "gtld", "name": "gtld", "mobi": "gtld",
}

// updateContacts changes the contacts that are given and leaves the others (8.15).
func updateContacts(c *call, e *element) (map[string]any, *refusal.Error) {
	zone := c.srv.state.zoneOfName(e.domain.Name)
	if err := c.sameGroup(zone); err != nil {
		return nil, err
	}
	contacts := contactsOf(e, zone.contacts)
	if len(contacts) == 0 {
		return nil, refusal.Missing("contacts")
	}
	if err := contact.Check(zone.contacts, contacts, false); err != nil {
		return nil, err
	}
	now, before := zone.contacts.Registrant(contacts), zone.contacts.Registrant(e.domain.Contacts)
	if now != before && now != contact.Unknown && before != contact.Unknown {
		return nil, refusal.New("INCOMPATIBLE_CONTYPES")
	}
	if flag := contacts[privacyFlag]; flag != "" && !zone.hides() {
		return nil, refusal.New("PP_UPDATE_FAIL", "error_detail", "not supported in ."+dnszone.UnicodeName(zone.name))
	}
	// A change of contacts in .eu renews the domain (8.15).
	price, years := zone.update, 0
	if zone.name == "eu" {
		price, years = zone.renew, 1
	}
	if err := c.payUpdate(e, order{amount: price, effect: effectContacts, contacts: contacts, periods: years}); err != nil {
		return nil, err
	}
	c.touch()
	return c.succeeded(e), nil
}

// sameGroup tells whether a domain's contacts can be changed together with those of the request's first one.
func (c *call) sameGroup(zone tld) *refusal.Error {
	group := contactGroups[zone.name]
	if group == "" {
		group = "." + zone.name
	}
	if c.contactGroup == "" {
		c.contactGroup = group
	}
	if group != c.contactGroup {
		return refusal.New("INCOMPATIBLE_ZONES")
	}
	return nil
}

func (d *domain) setContacts(contacts map[string]string) {
	if d.Contacts == nil {
		d.Contacts = map[string]string{}
	}
	for name, value := range contacts {
		if name == privacyFlag {
			d.PrivatePerson = value == "1"
			continue
		}
		d.Contacts[name] = value
	}
	// What was verified is the old address.
	if contacts["o_email"] != "" {
		d.verification = ""
	}
}

// setPrivatePerson hides contacts in WHOIS or shows them (8.16).
func setPrivatePerson(c *call, e *element) (map[string]any, *refusal.Error) {
	switch flag := e.Text("private_person_flag"); flag {
	case "":
		return nil, refusal.Missing("private_person_flag")
	case "0", "1":
		e.domain.PrivatePerson = flag == "1"
		c.touch()
		return c.succeeded(e), nil
	default:
		return nil, refusal.Incorrect("private_person_flag")
	}
}

// completePrivatePerson says beside the list what was asked for (8.16).
func completePrivatePerson(c *call, answer map[string]any) {
	answer["pp_flag"] = "is cleared"
	if c.flag("private_person_flag") {
		answer["pp_flag"] = "is set"
	}
}

// registryHost changes a domain's name servers in the registry (8.17, 8.18): the simulator knows them by their addresses.
func registryHost(change func(d *domain, host, address string) (map[string]any, *refusal.Error)) elementFunction {
	return func(c *call, e *element) (map[string]any, *refusal.Error) {
		for _, field := range []string{"ns0", "ns0ip"} {
			if c.params.Text(field) == "" {
				return nil, refusal.Missing(field)
			}
		}
		host, ok := dnszone.CanonicalHost(c.params.Text("ns0"), e.domain.Name)
		if !ok || !strings.HasSuffix(host, "."+e.domain.Name) {
			return nil, refusal.Incorrect("ns0")
		}
		address, err := netip.ParseAddr(c.params.Text("ns0ip"))
		if err != nil {
			return nil, refusal.Incorrect("ns0ip")
		}
		if tldOf(e.domain.Name).contacts == contact.RU {
			return nil, refusal.New("SERVICE_OPERATIONS_DISABLED")
		}
		if c.test {
			e.domain.hosts = map[string][]string{host: {address.String()}}
		}
		response, refused := change(e.domain, host, address.String())
		if refused != nil {
			return nil, refused
		}
		response["description"], response["status"], response["actionstatus"] = e.domain.Name, "success", "success"
		c.touch()
		return map[string]any{"resp": response}, nil
	}
}

func registerHost(d *domain, host, address string) (map[string]any, *refusal.Error) {
	if d.hosts == nil {
		d.hosts = map[string][]string{}
	}
	if !slices.Contains(d.hosts[host], address) {
		d.hosts[host] = append(d.hosts[host], address)
	}
	return map[string]any{
		"actionstatusdesc": "Addition Completed Successfully", "actiontype": "AddCns",
		"actiontypedesc": fmt.Sprintf("Addition of Child Nameserver %s with IP [%s]", host, address),
	}, nil
}

func deleteHost(d *domain, host, address string) (map[string]any, *refusal.Error) {
	index := slices.Index(d.hosts[host], address)
	if index < 0 {
		return nil, refusal.Incorrect("ns0")
	}
	d.hosts[host] = slices.Delete(d.hosts[host], index, index+1)
	maps.DeleteFunc(d.hosts, func(_ string, addresses []string) bool { return len(addresses) == 0 })
	return map[string]any{
		"actionstatusdesc": "Modification Completed Successfully", "actiontype": "DelCnsIp",
		"actiontypedesc": fmt.Sprintf("Deletion of IP Address [%s] from Child Nameserver %s", address, host),
	}, nil
}

// The results of domain/send_email_verification_letter (8.28).
const (
	emailVerified    = "ALREADY_VERIFIED"
	emailNotVerified = "NOT_VERIFIED"
	emailSent        = "SENT"
	emailNotRequired = "NOT_REQUIRED"
)

// sendVerificationLetter sends a letter to a registrant whose address is not verified, unless check_only is set (8.28).
func sendVerificationLetter(c *call, e *element) (map[string]any, *refusal.Error) {
	answer := map[string]any{}
	if !e.single {
		answer = c.succeeded(e)
	}
	d := e.domain
	switch {
	case c.test:
		answer["status"] = emailVerified
	case !tldOf(d.Name).verified:
		answer["status"] = emailNotRequired
	case d.verification != "":
		answer["status"] = d.verification
	case e.Text("check_only") == "1":
		answer["status"] = emailNotVerified
	default:
		d.verification = emailSent
		c.touch()
		answer["status"] = emailSent
	}
	return answer, nil
}

// uploadLink is where the registrant of a .ru, .su or .рф domain sends documents (8.14).
func uploadLink(c *call, e *element) (map[string]any, *refusal.Error) {
	if tldOf(e.domain.Name).contacts != contact.RU {
		return nil, refusal.New("CANT_GET_DOCS_UPLOAD_SID")
	}
	id := exampleServiceID
	if !c.test {
		id = int(e.domain.ServiceID)
	}
	return map[string]any{
		"docs_upload_sid": textNumeral(int64(id)), "url": fmt.Sprintf("http://www.reg.ru/user/docs/add?userdoc_secretkey=%d", id),
	}, nil
}

// certificateType is the servtype of a certificate of ownership (8.29).
const certificateType = "srv_voucher"

// downloadCertificate returns a file instead of an answer (8.29). What is in it is not documented; the example names it only.
func downloadCertificate(c *call, e *element) (map[string]any, *refusal.Error) {
	name := e.domain.Name
	if !c.test && c.srv.state.attached(c.account.Login, name, certificateType) == nil {
		return nil, refusal.New("SERVICE_NOT_FOUND", "servtype", certificateType, "domain_name", e.shownName())
	}
	c.file = &file{name: "voucher_" + name + ".pdf", contentType: "application/pdf", body: certificatePDF(name)}
	return nil, nil
}
