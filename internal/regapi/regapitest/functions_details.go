package regapitest

import (
	"cmp"
	"encoding/base64"
	"maps"
	"slices"
	"strings"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// answerDetails gives the settings of a service, the contacts of a domain (7.10).
func answerDetails(c *call, e *element) (map[string]any, *refusal.Error) {
	answer := c.succeeded(e)
	answer["servtype"] = e.service.Servtype
	if e.service.domain == nil {
		answer["details"] = e.service.shownDetails()
		return answer, nil
	}
	contacts := e.domain.Contacts
	if !c.flag("splitted_contacts") {
		contacts = joinContacts(contacts)
	}
	switch {
	case c.flag("show_contacts_only"):
		answer["contacts"] = texted(contacts)
	case c.flag("separate_groups"):
		answer["details"] = e.domain.grouped(contacts)
	default:
		details := texted(contacts)
		if e.domain.national() {
			details["id_state"] = identityState
			details["private_person_flag"] = textNumeral(int64(bit(e.domain.PrivatePerson)))
		}
		answer["details"] = details
	}
	return answer, nil
}

// identityState is what the examples tell about the papers of a registrant (7.10).
const identityState = "VERIFIED"

// national tells whether the domain is in one of the zones that have groups of contacts of their own: .RU, .SU and .РФ.
func (d *domain) national() bool {
	return slices.Contains([]string{"ru", "su", "xn--p1ai"}, topLevel(d.Name))
}

func topLevel(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// grouped splits contacts as the example does for .RU; of other zones no groups are documented, and the prefixes of their contacts serve (8.7).
func (d *domain) grouped(contacts map[string]string) map[string]any {
	groups := map[string]any{}
	if !d.national() {
		for name, text := range contacts {
			prefix, _, _ := strings.Cut(name, "_")
			group, _ := groups[prefix].(map[string]any)
			if group == nil {
				group = map[string]any{}
				groups[prefix] = group
			}
			group[name] = text
		}
		return groups
	}
	person := texted(contacts)
	delete(person, "descr")
	groups["ru_id"], groups["ru_pp"] = map[string]any{"id_state": identityState}, person
	groups["ru_dd"] = map[string]any{"descr": contacts["descr"]}
	return groups
}

// composites are the contacts that splitted_contacts=1 shows in parts, with what stands between the parts (7.10).
var composites = []struct {
	name, separator string
	parts           []string
}{
	{"person_r", " ", []string{"person_r_surname", "person_r_name", "person_r_patronimic"}},
	{"p_addr", ", ", []string{"p_addr_zip", "p_addr_area", "p_addr_city", "p_addr_addr", "p_addr_recipient"}},
	{"passport", " ", []string{"passport_number", "passport_place", "passport_date"}},
	{"address_r", ", ", []string{"address_r_zip", "address_r_area", "address_r_city", "address_r_addr"}},
}

// joinContacts puts the parts of contacts together.
func joinContacts(contacts map[string]string) map[string]string {
	joined := maps.Clone(contacts)
	for _, composite := range composites {
		given := []string{}
		for _, part := range composite.parts {
			if joined[part] != "" {
				given = append(given, joined[part])
			}
			delete(joined, part)
		}
		if len(given) > 0 {
			joined[composite.name] = strings.Join(given, composite.separator)
		}
	}
	return joined
}

func texted(texts map[string]string) map[string]any {
	shown := make(map[string]any, len(texts))
	for name, text := range texts {
		shown[name] = text
	}
	return shown
}

// shownDetails are a service's settings, with what its type adds (7.10).
func (s *service) shownDetails() map[string]any {
	details := texted(s.Details)
	switch {
	case s.Servtype == "srv_webfwd":
		details["fwds"] = s.shownForwards()
	case slices.Contains(hostingTypes, s.Servtype):
		login := "u" + textNumeral(s.ServiceID).digits
		details["login"], details["passwd"] = login, cmp.Or(s.Details["passwd"], "secret-of-"+login)
		details["server_ip"], details["nss"] = hostingAddress, anyList(dnszone.NameServers)
	}
	return details
}

// hostingAddress is where all hosting lives; it is of RFC 5737.
const hostingAddress = "192.0.2.90"

func (s *service) shownForwards() []any {
	shown := []any{}
	for _, f := range s.forwards {
		fields := map[string]any{"fwdfrom": f.from, "fwdto": f.to, "webfwd_type": f.kind}
		if f.kind == forwardFrames {
			fields["title"] = f.title
		}
		shown = append(shown, fields)
	}
	return shown
}

// The ways to forward (7.12).
const (
	forwardRedirect = "redirect"
	forwardFrames   = "frames"
)

// updates are the types of services that service/update can set up (7.12).
var updates = map[string]func(c *call, s *service) *refusal.Error{
	"srv_webfwd":         updateForwards,
	"srv_parking":        updateSettings,
	sslCertificate:       updateSettings,
	"srv_hosting_cpanel": subtasks(map[string][]string{"change_password": nil}),
	"srv_antispam":       subtasks(map[string][]string{"change_action": {"spam_action"}, "change_mx_list": {"mx_list"}}),
	"srv_dedicated":      subtasks(map[string][]string{"change_hostname": {"revert_dns_ip", "new_hostname"}}),
}

func updateService(c *call, e *element) (map[string]any, *refusal.Error) {
	update, ok := updates[e.service.Servtype]
	if !ok {
		return nil, refusal.Incorrect("servtype")
	}
	if err := update(c, e.service); err != nil {
		return nil, err
	}
	c.touch()
	return map[string]any{"descr": e.service.describe("updated")}, nil
}

// settings are the fields that a type of service keeps, with the words that some of them must be one of (7.4).
var settings = map[string]map[string][]string{
	"srv_parking": {
		"title": nil, "content": nil, "counter_html_code": nil, "html_title": nil, "html_description": nil, "html_keywords": nil,
		"opt_user_contacts": nil, "opt_feedback_link": nil, "opt_domain_shop_link": nil, "opt_whois_link": nil, "opt_se_link": nil,
		"opt_indexed_link": nil, "opt_blogs_link": nil,
		"template_name": {
			"private_property", "under_construction", "for_sale", "for_rent", "for_you_gift", "happy_new_year", "happy_birthday1",
			"happy_birthday2", "love_happiness", "empty", "raw_html",
		},
	},
	sslCertificate:       {"approver_email": nil, "server_type": nil, "csr_string": nil},
	"srv_antispam":       {"spam_action": {"delete", "mark"}, "mx_list": nil},
	"srv_dedicated":      {"dedicated_id": nil, "dedicated_name": nil, "ostmpl": nil, "revert_dns_ip": nil, "new_hostname": nil},
	"srv_license_isp":    {"installation_way": {"auto", "manual"}, "ostmpl": nil},
	"srv_seowizard":      {"email": nil, "seo_name": nil},
	"srv_websitebuilder": {"email": nil},
	"srv_hosting_ispmgr": {"contype": {"hosting_pp", "hosting_org"}, "email": nil},
	"srv_hosting_cpanel": {"contype": {"hosting_pp", "hosting_org"}, "email": nil},
	"srv_hosting_plesk":  {"contype": {"hosting_pp", "hosting_org"}, "email": nil},
}

// readSettings reads the fields of a type that a request gives. Error: PARAMETER_INCORRECT.
func (c *call) readSettings(servtype string) (map[string]string, *refusal.Error) {
	given := map[string]string{}
	for name, words := range settings[servtype] {
		text := c.params.Text(name)
		if text == "" {
			continue
		}
		if len(words) > 0 && !slices.Contains(words, text) {
			return nil, refusal.Incorrect(name)
		}
		given[name] = text
	}
	return given, nil
}

func updateSettings(c *call, s *service) *refusal.Error {
	given, err := c.readSettings(s.Servtype)
	if err != nil {
		return err
	}
	if s.Details == nil {
		s.Details = map[string]string{}
	}
	maps.Copy(s.Details, given)
	return nil
}

// subtasks makes an update of the subtasks of a type, each with the fields that it needs.
func subtasks(known map[string][]string) func(*call, *service) *refusal.Error {
	return func(c *call, s *service) *refusal.Error {
		needed, err := c.subtask(known)
		if err != nil {
			return err
		}
		for _, field := range needed {
			if c.params.Text(field) == "" {
				return refusal.Missing(field)
			}
		}
		return updateSettings(c, s)
	}
}

// subtask reads what to do, and returns what belongs to it.
func (c *call) subtask(known map[string][]string) ([]string, *refusal.Error) {
	name := c.params.Text("subtask")
	if name == "" {
		return nil, refusal.Missing("subtask")
	}
	needed, ok := known[name]
	if !ok {
		return nil, refusal.Incorrect("subtask")
	}
	return needed, nil
}

// updateForwards changes the redirections of web forwarding. fwd_action is the obsolete name of subtask, and that of the example (7.12).
func updateForwards(c *call, s *service) *refusal.Error {
	from := cmp.Or(c.params.Text("fwdfrom"), "/")
	switch cmp.Or(c.params.Text("subtask"), c.params.Text("fwd_action")) {
	case "addfwd":
		return addForward(c, s, from)
	case "rmfwd":
		s.forwards = slices.DeleteFunc(s.forwards, func(f forward) bool { return f.from == from })
	case "rmall":
		s.forwards = nil
	case "edit_allow_se_indexing":
		s.set("allow_se_indexing", textNumeral(int64(bit(c.flag("allow_se_indexing")))).digits)
	case "add_favicon":
		return addFavicon(c, s)
	case "rm_favicon":
		s.set("favicon", "")
	case "":
		return refusal.Missing("subtask")
	default:
		return refusal.Incorrect("subtask")
	}
	return nil
}

// set keeps one setting; an empty one goes.
func (s *service) set(name, text string) {
	if s.Details == nil {
		s.Details = map[string]string{}
	}
	s.Details[name] = text
	if text == "" {
		delete(s.Details, name)
	}
}

// addForward adds a redirection, in the place of one that starts at the same address.
func addForward(c *call, s *service, from string) *refusal.Error {
	added := forward{
		from: from, to: c.params.Text("fwdto"), kind: cmp.Or(c.params.Text("webfwd_type"), forwardRedirect), title: c.params.Text("title"),
	}
	if added.to == "" {
		return refusal.Missing("fwdto")
	}
	if added.kind != forwardRedirect && added.kind != forwardFrames {
		return refusal.Incorrect("webfwd_type")
	}
	s.forwards = slices.DeleteFunc(s.forwards, func(f forward) bool { return f.from == from })
	s.forwards = append(s.forwards, added)
	return nil
}

// addFavicon takes a PNG in base64 of at most 1536 bytes (7.12).
func addFavicon(c *call, s *service) *refusal.Error {
	const largest = 1536
	icon, err := base64.StdEncoding.DecodeString(c.params.Text("favicon"))
	if err != nil || len(icon) > largest || !strings.HasPrefix(string(icon), "\x89PNG") {
		return refusal.Incorrect("favicon")
	}
	s.set("favicon", c.params.Text("favicon"))
	return nil
}

// answerServers lists the one dedicated server of the example, which is always on offer (7.11).
func answerServers(*call) (map[string]any, *refusal.Error) {
	server := map[string]any{"price_retail": textNumeral(3080)}
	for name, text := range map[string]string{
		"server_id": "171", "cpu_content": "Intel Pentium 4 2.8Ghz", "cpu_count": "1", "cpu_core": "2", "hdd_content": "IDE", "hdd_count": "2",
		"hdd_size": "120Gb", "ram_content": "RAM", "ram_count": "2", "ram_size": "512Mb", "month_traf": "1000",
	} {
		server[name] = text
	}
	return map[string]any{"server_list": []any{server}}, nil
}
