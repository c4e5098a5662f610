package regapitest

import (
	"testing"
	"time"
)

// transferring is a world in which others have moving.ru and moving.com.
func transferring(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, WithOrderDelay(time.Hour))
	for _, name := range []string{"moving.ru", "moving.com", "moving.ooo"} {
		w.AddRegistryName(RegistryName{Name: name, AuthInfo: "secret-key", Created: "2020-01-01", Expires: "2027-01-01"})
	}
	return w
}

func (w *world) transferStatus(domain string) any {
	w.t.Helper()
	return w.alice("domain/get_transfer_status", "dname", domain).element(w.t, 0)["status"]
}

func TestATransferGoesThroughItsStates(t *testing.T) {
	w := transferring(t)
	ordered := w.alice("domain/transfer", "dname", "moving.ru", "authinfo", "wrong-key", "pay_type", "bank", "period", "1")
	w.must(ordered)
	steps := []struct {
		want string
		act  func()
	}{
		{"pendingPayment", func() {
			w.alice("bill/change_pay_type", "bills", ordered.Answer["bill_id"].(string), "pay_type", "prepay", "currency", "RUR")
		}},
		{"pendingTransfer", func() {
			if code := w.alice("domain/set_new_authinfo", "dname", "moving.ru", "authinfo", "secret-key").code(t); code != "WAITING" {
				t.Errorf("a new key while the registry works: %q", code)
			}
			w.clock.Advance(time.Hour)
		}},
		{"authinfoError", func() { w.alice("domain/set_new_authinfo", "dname", "moving.ru", "authinfo", "secret-key") }},
		{"alreadyTransfered", func() {}},
	}
	for _, step := range steps {
		if got := w.transferStatus("moving.ru"); got != step.want {
			t.Errorf("status %v, want %s", got, step.want)
		}
		step.act()
	}
	info := w.info("dname", "moving.ru")
	if info["state"] != "A" || info["creation_date"] != "2020-01-01" || info["expiration_date"] != "2028-01-01" {
		t.Errorf("service/get_info %v", info)
	}
}

func TestATransferWaitsForWhatStandsInItsWay(t *testing.T) {
	w := transferring(t)
	w.AddRegistryName(RegistryName{Name: "confirmed.ru", Created: "2020-01-01", Confirm: true})
	w.must(w.alice("domain/transfer", "dname", "moving.ru", "authinfo", "secret-key", "period", "0"))
	w.must(w.alice("domain/transfer", "dname", "confirmed.ru", "authinfo", "secret-key", "period", "0"))
	w.SetTransferLock("moving.ru", "client")
	w.clock.Advance(time.Hour)
	for _, step := range []struct {
		lock, want string
	}{{"client", "clientTransferProhibited"}, {"registry", "transferProhibited"}, {"", "alreadyTransfered"}} {
		if step.lock != "client" {
			w.SetTransferLock("moving.ru", step.lock)
		}
		if got := w.transferStatus("moving.ru"); got != step.want {
			t.Errorf("lock %q: status %v, want %s", step.lock, got, step.want)
		}
	}
	if got := w.transferStatus("confirmed.ru"); got != "pendingConfirmation" {
		t.Errorf("status %v", got)
	}
	w.ConfirmTransfer("confirmed.ru")
	if got := w.transferStatus("confirmed.ru"); got != "alreadyTransfered" {
		t.Errorf("status %v", got)
	}
}

func TestTheStateOfTransfersBehindAnotherRegistrarIsUnknown(t *testing.T) {
	w := transferring(t)
	got := w.aliceJSON("domain/transfer", orderOf(t, map[string]any{"domain_name": "moving.ooo", "contacts": gtldContacts(), "authinfo": "secret-key"}))
	w.must(got)
	if status := w.transferStatus("moving.ooo"); status != "notAvailable" {
		t.Errorf("status %v", status)
	}
	w.clock.Advance(time.Hour)
	if state := w.info("dname", "moving.ooo")["state"]; state != "A" {
		t.Errorf("state %v", state)
	}
}

func TestACancelledTransferIsPaidBack(t *testing.T) {
	w := transferring(t)
	w.SetPartner("alice", true)
	w.must(w.alice("domain/transfer", "dname", "moving.ru", "authinfo", "wrong-key", "period", "1"))
	if balance := w.prepaid(); balance != "410.50" {
		t.Errorf("balance %s", balance)
	}
	if code := w.alice("domain/cancel_transfer", "dname", "moving.ru").ErrorCode; code != "WAITING" {
		t.Errorf("while the registry works: %q", code)
	}
	w.clock.Advance(time.Hour)
	if got := w.alice("domain/cancel_transfer", "dname", "moving.ru"); got.Result != "success" {
		t.Errorf("%+v", got)
	}
	if code := w.alice("service/get_info", "dname", "moving.ru").code(t); code != "DOMAIN_NOT_FOUND" || w.prepaid() != "1000.50" {
		t.Errorf("code %q, balance %s", code, w.prepaid())
	}
}

func TestErrorsOfTransfers(t *testing.T) {
	cases := []struct{ function, domain, authInfo, code string }{
		{"domain/transfer", "free.ru", "secret-key", "CANT_OBTAIN_EXPDATE"},
		{"domain/transfer", "young.ru", "secret-key", "DOMAIN_TOO_YOUNG"},
		{"domain/transfer", "old.ru", "secret-key", "DOMAIN_EXPIRED"},
		{"domain/transfer", "locked.ru", "secret-key", "DOMAIN_CLIENT_TRANSFER_PROHIBITED"},
		{"domain/transfer", "kept.ru", "secret-key", "DOMAIN_TRANSFER_PROHIBITED_UNKNOWN"},
		{"domain/transfer", "example.ru", "secret-key", "SERVICE_ALREADY_EXISTS"},
		{"domain/transfer", "moving.ru", "", "AUTHINFO_NOT_FOUND"},
		{"domain/transfer", "moving.ru", "short", "INVALID_AUTHINFO"},
		{"domain/transfer", "moving.ru", "ключ переноса", "INVALID_AUTHINFO"},
		{"domain/set_new_authinfo", "example.ru", "secret-key", "NOT_A_TRANSFER_ORDER"},
		{"domain/set_new_authinfo", "example.ru", "", "AUTHINFO_NOT_FOUND"},
		{"domain/set_new_authinfo", "example.ru", "0123456789012345678901234567890123", "INVALID_AUTHINFO"},
		{"domain/set_new_authinfo", "nobody.ru", "secret-key", "DOMAIN_NOT_FOUND"},
		{"domain/get_transfer_status", "example.ru", "", "NOT_A_TRANSFER_ORDER"},
		{"domain/get_transfer_status", "zzz.рф", "", "INVALID_DOMAIN_NAME_FORMAT"},
		{"domain/cancel_transfer", "example.ru", "", "NOT_A_TRANSFER_ORDER"},
		{"domain/cancel_transfer", "nobody.ru", "", "DOMAIN_NOT_FOUND"},
	}
	for _, c := range cases {
		t.Run(c.function+" "+c.domain+" "+c.authInfo, func(t *testing.T) {
			w := transferring(t)
			w.SetPartner("alice", true)
			for _, name := range []RegistryName{
				{Name: "young.ru", Created: "2026-11-01"}, {Name: "old.ru", Expires: "2026-11-24"}, {Name: "locked.ru", Lock: "client"},
				{Name: "kept.ru", Lock: "registry"},
			} {
				w.AddRegistryName(name)
			}
			if got := w.alice(c.function, "dname", c.domain, "authinfo", c.authInfo, "period", "0"); got.code(t) != c.code {
				t.Errorf("%+v, want %s", got, c.code)
			}
		})
	}
}

func TestDomainCheckTellsWhatATransferWouldMeet(t *testing.T) {
	w := transferring(t)
	for name, want := range map[string]string{"moving.ru": "", "free.ru": "CANT_OBTAIN_EXPDATE"} {
		got := w.bob("domain/check", "dname", name, "is_transfer", "1").element(t, 0)
		if code, _ := got["error_code"].(string); code != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
