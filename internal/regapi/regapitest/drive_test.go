package regapitest

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// drive asks the control endpoint for something that is to be done.
func (w *world) drive(target, body string) {
	w.t.Helper()
	if status, answer := control(w.ControlHandler(Seed{}), http.MethodPost, target, body); status != http.StatusNoContent {
		w.t.Errorf("%s %s: %d %s", target, body, status, answer)
	}
}

func TestTheControlEndpointDrivesWhatHappensWithoutARequest(t *testing.T) {
	w := transferring(t)
	w.rich("owner", "600", true)
	w.AddDomain("owner", Domain{Name: "due.ru", ServiceID: 910, Expires: "2026-12-01"})
	w.AddDomain("owner", Domain{Name: "other.com", ServiceID: 911})
	w.must(w.as("owner", "domain/transfer", "dname", "moving.ru", "authinfo", "secret-key", "period", "0"))
	w.drive("/registry/moving.ru/lock", `{"lock":"client"}`)
	w.clock.Advance(time.Hour)
	if got := w.as("owner", "domain/get_transfer_status", "dname", "moving.ru").element(t, 0)["status"]; got != "clientTransferProhibited" {
		t.Errorf("locked: %v", got)
	}
	w.drive("/domains/moving.ru/time-out-transfer", "")
	w.drive("/domains/other.com/confirm-email", "")
	if got := w.as("owner", "domain/send_email_verification_letter", "dname", "other.com", "check_only", "1").Answer["status"]; got != "ALREADY_VERIFIED" {
		t.Errorf("e-mail: %v", got)
	}
	w.drive("/domains/other.com/move-away", "")
	w.wantState("owner", "O", "service_id", "911")
	w.drive("/prices/ru", `{"renew":"700"}`)
	w.drive("/accounts/owner/top-up", `{"amount":"400"}`)
	w.as("owner", "service/set_autorenew_flag", "dname", "due.ru", "flag_value", "1")
	w.drive("/domains/due.ru/autorenew", "")
	w.wantPrepay("owner", "300")
	w.drive("/domains/due.ru/expiry", `{"date":"2026-12-15"}`)
	w.drive("/behaviour", `{"payTypes":"ignored"}`)
	w.drive("/behaviour", `{}`)
	w.drive("/delays", `{"renewal":"1h","order":"0s"}`)
	id := w.as("owner", "service/renew", "dname", "due.ru", "period", "1", "pay_type", "bank").Answer["bill_id"].(string)
	w.drive("/bills/"+id+"/price", `{"amount":"250"}`)
	w.drive("/bills/"+id+"/confirm", "")
	w.drive("/bills/"+id+"/pay-from-balance", "")
	w.wantPrepay("owner", "50")
	if got := w.as("owner", "service/get_info", "dname", "due.ru").element(t, 0)["expiration_date"]; got != "2026-12-15" {
		t.Errorf("a renewal that takes an hour shows at once: %v", got)
	}
	if status, body := control(w.ControlHandler(Seed{}), http.MethodGet, "/accounts/owner/books", ""); status != 200 || !strings.Contains(body, `"prepaid":5000`) {
		t.Errorf("books: %d %s", status, body)
	}
}

func TestWhatCannotBeDrivenIsSaidSo(t *testing.T) {
	w := newWorld(t)
	handler := w.ControlHandler(Seed{})
	for target, body := range map[string]string{
		"/domains/nobody.ru/move-away": "", "/domains/example.ru/confirm-transfer": "", "/domains/example.ru/time-out-transfer": "",
		"/domains/example.ru/refuse-order": "", "/domains/example.ru/autorenew": "", "/domains/example.ru/expiry": `{"date":"soon"}`,
		"/registry/nobody.ru/lock": `{"lock":"client"}`, "/accounts/nobody/top-up": `{"amount":"1"}`, "/accounts/alice/top-up": `{"amount":"-1"}`,
		"/bills/1/pay": "", "/bills/x/pay": "", "/bills/1/price": `{"amount":"1"}`, "/prices/nowhere": `{"renew":"1"}`, "/prices/ru": `{"renew":"much"}`,
		"/behaviour": `{"types":"odd"}`, "/delays": `{"order":"-1h"}`, "/prices/su": `{"renew":"1"} {"renew":"2"}`,
	} {
		if status, _ := control(handler, http.MethodPost, target, body); status != http.StatusBadRequest && status != http.StatusNotFound {
			t.Errorf("%s %s: %d", target, body, status)
		}
	}
}

func TestATestGoesBackToYesterday(t *testing.T) {
	w := due(t, Payment{}, WithOrderDelay(time.Hour))
	w.must(w.call("owner", "x", "domain/create", "input_format", "json", "input_data", orderOf(t, map[string]any{"domain_name": "new.ru"})))
	yesterday := w.clock.Now()
	saved, err := w.Save()
	if err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(day)
	w.TopUp("owner", "1000")
	w.wantState("owner", "A", "dname", "new.ru")
	w.succeed(w.renew("prepay"))
	w.wantExpiry("2027-12-01")

	w.clock.Set(yesterday)
	if err := w.Restore(saved); err != nil {
		t.Fatal(err)
	}
	w.wantState("owner", "N", "dname", "new.ru")
	w.wantPrepay("owner", "10")
	w.wantExpiry("2026-12-01")
	again, err := w.Save()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(saved), string(again)); diff != "" {
		t.Errorf("saved, restored and saved again (-first +second):\n%s", diff)
	}
	w.clock.Advance(time.Hour)
	w.wantState("owner", "A", "dname", "new.ru")
	w.wantBooks("owner")
}

func TestAStateThatIsNoneIsRefusedAndChangesNothing(t *testing.T) {
	w := newWorld(t)
	for _, document := range []string{"", "{}", `{"version":2}`, `{"version":1,"held":[7]}`, `{"version":1,"pending":[` + strconv.Itoa(501) + `]}`} {
		if err := w.Restore([]byte(document)); err == nil {
			t.Errorf("%s was taken", document)
		}
	}
	w.must(w.alice("zone/nop", "dname", "example.ru"))
}

func TestTheRegistrarRenewsWhenTheZoneLetsIt(t *testing.T) {
	w := ending(t)
	w.AddDomain("owner", Domain{Name: "early.ru", Expires: "2027-06-01", Autorenew: true})
	w.as("owner", "service/set_autorenew_flag", "dname", "ending.com", "flag_value", "1")
	for _, name := range []string{"early.ru", "ending.com"} {
		if name == "ending.com" {
			w.as("owner", "service/set_autorenew_flag", "dname", name, "flag_value", "0")
			w.till("2027-01-15") // it has to be restored now
			w.as("owner", "service/set_autorenew_flag", "dname", name, "flag_value", "1")
		}
		if status, body := control(w.ControlHandler(Seed{}), http.MethodPost, "/domains/"+name+"/autorenew", ""); status != http.StatusNotFound || !strings.Contains(body, "cannot be renewed today") {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
}
