package regapitest

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
)

// Whoever lets weeks pass at once finds everything as if somebody had looked every day.

func TestARenewalThatTakesHoursIsNotDoubledByALeapOverTheEnd(t *testing.T) {
	w := ending(t)
	w.SetDelays(Delays{Renewal: pointer(3 * time.Hour)})
	w.as("owner", "service/set_autorenew_flag", "dname", "ending.ru", "flag_value", "1")
	w.till("2026-12-01")
	w.succeed(w.as("owner", "service/renew", "dname", "ending.ru", "period", "1"))
	w.till("2026-12-20")
	info := w.as("owner", "service/get_info", "dname", "ending.ru").element(t, 0)
	if info["expiration_date"] != "2027-12-01" || info["state"] != "A" {
		t.Errorf("service/get_info %v", info)
	}
	w.wantPrepay("owner", "19410")
	w.wantBooks("owner")
}

func TestWhatIsReadyInALeapWasReadyInItsTime(t *testing.T) {
	w := ending(t)
	w.SetDelays(Delays{Order: pointer(time.Hour), Renewal: pointer(time.Hour)})
	w.must(w.call("owner", "x", "domain/create", "input_format", "json", "input_data", orderOf(t, map[string]any{"domain_name": "new.ru"})))
	w.succeed(w.as("owner", "service/renew", "dname", "ending.com", "period", "1"))
	w.till("2027-11-30")
	if info := w.as("owner", "service/get_info", "dname", "new.ru").element(t, 0); info["creation_date"] != "2026-11-23" || info["expiration_date"] != "2027-11-23" || info["state"] != "S" {
		t.Errorf("registered: %v", info)
	}
	if info := w.as("owner", "service/get_info", "dname", "ending.com").element(t, 0); info["expiration_date"] != "2027-12-01" || info["state"] != "A" {
		t.Errorf("renewed: %v", info)
	}
}

func TestOneDelayMayBeGivenForSeveralThings(t *testing.T) {
	w := ending(t)
	delay := time.Hour
	w.SetDelays(Delays{Order: &delay, Renewal: &delay})
	w.must(w.call("owner", "x", "domain/create", "input_format", "json", "input_data", orderOf(t, map[string]any{"domain_name": "new.ru"})))
	w.succeed(w.as("owner", "service/renew", "dname", "ending.com", "period", "1"))
	if info := w.as("owner", "service/get_info", "dname", "new.ru").element(t, 0); info["state"] != "N" {
		t.Errorf("registered at once: %v", info)
	}
	if info := w.as("owner", "service/get_info", "dname", "ending.com").element(t, 0); info["expiration_date"] != "2026-12-01" {
		t.Errorf("renewed at once: %v", info)
	}
}

func TestWhatIsDoneFromOutsideAfterALeapIsDoneThen(t *testing.T) {
	w := ending(t)
	bill := w.as("owner", "service/renew", "dname", "ending.ru", "period", "1", "pay_type", "bank").Answer["bill_id"].(string)
	w.till("2027-06-01")
	if status, body := control(w.ControlHandler(Seed{}), "POST", "/bills/"+bill+"/pay", ""); status != 404 {
		t.Errorf("a bill that lapsed months ago is paid: %d %s", status, body)
	}
	if status, body := control(w.ControlHandler(Seed{}), "GET", "/zones/ending.ru", ""); status != 404 {
		t.Errorf("the zone of a domain that is gone: %d %s", status, body)
	}
	w.AddDomain("alice", Domain{Name: "ending.ru"})
	if code, _ := w.dig("ending.ru", dns.TypeSOA); code != "NOERROR" {
		t.Errorf("of its next holder: %s", code)
	}
}

func TestADomainThatIsSuspendedEndsLikeAnother(t *testing.T) {
	w := ending(t)
	w.AddDomain("owner", Domain{Name: "idle.ru", ServiceID: 903, State: "S", Expires: "2026-12-01"})
	w.succeed(w.as("owner", "service/suspend", "dname", "ending.ru"))
	w.as("owner", "service/set_autorenew_flag", "dname", "idle.ru", "flag_value", "1")
	w.till("2027-01-02")
	w.wantState("owner", "D", "user_servid", "e901")
	if info := w.as("owner", "service/get_info", "dname", "idle.ru").element(t, 0); info["state"] != "S" || info["expiration_date"] != "2027-12-01" {
		t.Errorf("renewed by the registrar: %v", info)
	}
}

func TestADomainWhoseEndIsMovedEndsThen(t *testing.T) {
	w := ending(t)
	w.SetExpiry("ending.ru", "2026-11-20")
	w.wantState("owner", "S", "dname", "ending.ru")
	w.SetExpiry("ending.ru", "2027-06-01")
	w.wantState("owner", "A", "dname", "ending.ru")
	if got := w.expiring(`{"zone":"ru"}`); got != "" {
		t.Errorf("it is still to be had: %s", got)
	}
	w.till("2027-03-01")
	w.wantState("owner", "A", "dname", "ending.ru")
	w.SetExpiry("ending.ru", "2027-01-01")
	w.wantState("owner", "D", "user_servid", "e901")
}

func TestABackOrderedDomainThatNobodyRenewsEndsToo(t *testing.T) {
	w := bidding(t)
	w.must(w.bidFor("first", "free.ru", 225, ""))
	w.clock.Advance(3 * 365 * day)
	if got := w.call("first", "x", "service/get_list", "servtype", "domain"); len(got.Answer["services"].([]any)) != 0 {
		t.Errorf("after three years: %v", got.Answer)
	}
}

func TestABillForARestorationWaitsAsLongAsOthers(t *testing.T) {
	w := ending(t)
	w.till("2027-01-05")
	bill := w.as("owner", "service/renew", "dname", "ending.com", "period", "1", "pay_type", "bank").Answer["bill_id"].(string)
	w.till("2027-01-08")
	paid := w.as("owner", "bill/change_pay_type", "bill_id", bill, "pay_type", "prepay", "currency", "RUR").Answer["bills"].([]any)[0].(map[string]any)
	if paid["pay_status"] != "payed" {
		t.Errorf("%v", paid)
	}
	w.wantState("owner", "A", "dname", "ending.com")
	w.wantPrepay("owner", "14550")
}

func TestOneLeapManyDaysAndAStateRestoredEachMonthComeToTheSame(t *testing.T) {
	const days = 500
	ends := map[string]string{}
	for name, step := range map[string]time.Duration{"one leap": days * day, "many days": day, "restored each month": 25 * day} {
		w := busy(t)
		w.stir()
		for id, name := range map[int64]string{921: "kept.ru", 922: "kept.com"} {
			w.AddDomain("owner", Domain{Name: name, ServiceID: id, Expires: "2026-12-05", Autorenew: true})
		}
		w.AddService("owner", Service{
			Servtype: "srv_hosting_ispmgr", Subtype: "Host-0-0420", Domain: "kept.ru", ServiceID: 952, Expires: "2026-12-01", Autorenew: true,
		})
		for until := w.clock.Now().Add(days * day); w.clock.Now().Before(until); {
			w.clock.Advance(step)
			w.as("owner", "nop")
			if strings.HasPrefix(name, "restored") {
				w.restoreItself()
			}
		}
		ends[name] = w.saved()
	}
	for name, end := range ends {
		if diff := cmp.Diff(ends["many days"], end); diff != "" {
			t.Errorf("%s makes of it (-days +it):\n%s", name, diff)
		}
	}
}

// saved is the state, in lines.
func (w *world) saved() string {
	w.t.Helper()
	document, err := w.Save()
	var lines bytes.Buffer
	if err == nil {
		err = json.Indent(&lines, document, "", " ")
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return lines.String()
}

func (w *world) restoreItself() {
	w.t.Helper()
	if err := w.Restore([]byte(w.saved())); err != nil {
		w.t.Fatal(err)
	}
}
