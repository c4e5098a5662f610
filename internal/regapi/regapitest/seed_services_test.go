package regapitest

import (
	"strconv"
	"strings"
	"testing"
)

func TestASeedSetsUpServicesAndFolders(t *testing.T) {
	w, _ := seeded(t, `accounts:
- login: alice
  password: secret
  balance: {prepay: "5"}
  domains:
  - {name: example.ru, dnssec: enabled, readOnly: true}
  services:
  - {servtype: srv_parking, domain: example.ru, serviceID: 801, details: {title: Hello}}
  folders:
  - {name: one, folderID: 77, domains: [example.ru]}
`)
	w.wantDNSSEC("example.ru", "enabled")
	w.wantFolder("one", "example.ru")
	details := w.alice("service/get_details", "service_id", "801").element(t, 0)["details"].(map[string]any)
	if details["title"] != "Hello" {
		t.Errorf("details %v", details)
	}
	if code := w.alice("dnssec/disable", "dname", "example.ru").code(t); code != "DOMAIN_PROTECTION" {
		t.Errorf("code %q", code)
	}
}

func TestSeedsThatCannotBe(t *testing.T) {
	for name, add := range map[string]func(w *world){
		"a service of nobody":        func(w *world) { w.AddService("nobody", Service{Servtype: "srv_kvm"}) },
		"a service that is a domain": func(w *world) { w.AddService("alice", Service{Servtype: "domain"}) },
		"a service of no name":       func(w *world) { w.AddService("alice", Service{Servtype: "srv_kvm", Domain: "a"}) },
		"a service with a taken id":  func(w *world) { w.AddService("alice", Service{Servtype: "srv_kvm", ServiceID: 501}) },
		"a folder of a taken name":   func(w *world) { w.AddFolder("alice", Folder{Name: "one"}) },
		"a folder of strange things": func(w *world) { w.AddFolder("alice", Folder{Name: "two", Domains: []string{"partner.ru"}}) },
		"unknown DNSSEC":             func(w *world) { w.AddDomain("alice", Domain{Name: "x.ru", DNSSEC: "maybe"}) },
		"paying a bill twice":        func(w *world) { w.PayBill(1) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.AddFolder("alice", Folder{Name: "one"})
			defer func() {
				if recover() == nil {
					t.Error("was taken")
				}
			}()
			add(w)
		})
	}
}

func TestTheControlEndpointPaysBills(t *testing.T) {
	w, seed := seeded(t, seedText)
	handler := w.ControlHandler(seed)
	w.SetExpiry("example.ru", "2026-12-22")
	w.succeed(w.alice("service/renew", "dname", "example.ru", "period", "1", "pay_type", "bank"))
	target := "/bills/" + strconv.FormatInt(w.newestBill(), 10) + "/pay"
	if status, body := control(handler, "POST", target, ""); status != 204 || len(w.unpaid()) != 0 {
		t.Errorf("%d %s, unpaid %v", status, body, w.unpaid())
	}
	if status, _ := control(handler, "POST", target, ""); status != 404 {
		t.Errorf("paying again: %d", status)
	}
}

func TestWhatClashesInASeedIsRefusedWithItsPath(t *testing.T) {
	const account = "accounts: [{login: a, password: x, domains: [{name: a.ru, "
	for text, want := range map[string]string{
		"accounts: [{login: a, password: x}, {login: a, password: z}]": "accounts[1]: ",
		"accounts: [{login: a}]": "accounts[0].password: ",
		"accounts: [{login: a, password: x, balance: {credit: '-5'}}]":                                         "accounts[0].balance.credit: ",
		"accounts: [{login: a, password: x, certificates: [x]}]":                                               "accounts[0]: ",
		"accounts: [{login: a, password: x, profiles: [{type: RU.PP, name: home, contacts: {shoe_size: x}}]}]": "accounts[0].profiles[0].contacts.shoe_size: ",
		account + "serviceID: 5}, {name: b.ru, serviceID: 5}]}]":                                               "accounts[0].domains[1]: ",
		account + "serviceID: 5}], services: [{servtype: srv_webfwd, serviceID: 5}]}]":                         "accounts[0].services[0]: ",
		account + "userServID: XYZ}]}]":                                                                        "accounts[0].domains[0]: ",
		account + "nameServers: ['ns1.example.net', 'no host']}]}]":                                            "accounts[0].domains[0].nameServers[1]: ",
		account + "nameServers: ['ns1.a.ru 1.2.3']}]}]":                                                        "accounts[0].domains[0].nameServers[0]: ",
		account + "contacts: {shoe_size: '44'}}]}]":                                                            "accounts[0].domains[0].contacts.shoe_size: ",
		account + "created: '2026-12-31', expires: '2026-12-30'}]}]":                                           "accounts[0].domains[0].expires: ",
		account + "}], folders: [{name: ''}]}]":                                                                "accounts[0].folders[0]: ",
		account + "}]}, {login: b, password: z, folders: [{name: f, domains: [a.ru]}]}]":                       "accounts[1].folders[0]: ",
		account + "}]}]\nregistry: [{name: a.ru}]":                                                             "registry[0]: ",
		"behaviour: {txtLimit: -1}":                                                                            "behaviour.txtLimit: ",
	} {
		if _, err := ParseSeed([]byte(text)); err == nil || !strings.HasPrefix(err.Error(), "parse the seed: "+want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
