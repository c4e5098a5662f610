package regapitest

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// prepaid is what user/get_balance says is left of alice's money.
func (w *world) prepaid() string {
	w.t.Helper()
	return w.alice("user/get_balance").Answer["prepay"].(string)
}

func (w *world) wantPrepaid(want string) {
	w.t.Helper()
	if got := w.prepaid(); got != want {
		w.t.Errorf("prepay is %s, want %s", got, want)
	}
}

// info returns what service/get_info says about one service of alice's.
func (w *world) info(pairs ...string) map[string]any {
	w.t.Helper()
	return w.alice("service/get_info", pairs...).element(w.t, 0)
}

// unpaid returns alice's unpaid bills.
func (w *world) unpaid() []any {
	w.t.Helper()
	return w.alice("bill/get_not_payed").Answer["bills"].([]any)
}

// orderUnpaid orders hosting for example.ru without paying for it, and returns the number of the bill.
func (w *world) orderUnpaid() string {
	w.t.Helper()
	ordered := w.alice("service/create", "dname", "example.ru", "servtype", "srv_hosting_ispmgr", "subtype", "Host-1-0420", "pay_type", "bank")
	if ordered.Result != "success" {
		w.t.Fatalf("%+v", ordered)
	}
	return ordered.Answer["bill_id"].(string)
}

func hosting(field string) []string {
	return []string{"dname", "example.ru", "servtype", "srv_hosting_ispmgr", field, "1"}
}

func TestAnOrderIsPaidFromTheBalanceAndActiveAtOnce(t *testing.T) {
	w := newWorld(t)
	ordered := w.alice("service/create", "dname", "example.ru", "servtype", "srv_webfwd", "period", "2", "user_servid", "f00")
	if ordered.Answer["payment"] != "240" || ordered.Answer["pay_notes"] != "Amount successfully charged" {
		t.Errorf("answer %+v", ordered)
	}
	w.wantPrepaid("760.50")
	got := w.info("user_servid", "f00")
	if got["state"] != "A" || got["expiration_date"] != "2028-11-23" || got["creation_date"] != "2026-11-23" {
		t.Errorf("info %v", got)
	}
	if bills := w.unpaid(); len(bills) != 0 {
		t.Errorf("unpaid bills %v", bills)
	}
}

func TestWithoutTheMoneyNothingIsOrderedUnlessABillWillDo(t *testing.T) {
	w := newWorld(t)
	order := []string{"dname", "example.ru", "servtype", "srv_hosting_ispmgr", "period", "36"}
	if code := w.alice("service/create", order...).ErrorCode; code != "NOT_ENOUGH_MONEY" {
		t.Errorf("code %q", code)
	}
	if code := w.alice("service/nop", hosting("x")...).code(t); code != "SERVICE_NOT_FOUND" {
		t.Errorf("the service is there: %q", code)
	}
	ordered := w.alice("service/create", append(order, "ok_if_no_money", "1")...)
	if ordered.Answer["pay_notes"] != "Bill for prepay created" {
		t.Errorf("answer %+v", ordered)
	}
	w.wantPrepaid("1000.50")
	if state := w.info(hosting("x")...)["state"]; state != "N" {
		t.Errorf("state %v", state)
	}
	if bills := w.unpaid(); len(bills) != 1 || bills[0].(map[string]any)["payment"] != "3600" {
		t.Errorf("unpaid bills %v", bills)
	}
}

func TestChangingABillToPrepayPaysItAndFulfilsTheOrder(t *testing.T) {
	w := newWorld(t)
	id := w.orderUnpaid()
	changed := w.alice("bill/change_pay_type", "bill_id", id, "pay_type", "prepay", "currency", "RUR").Answer["bills"].([]any)[0]
	want := map[string]any{
		"bill_id": id, "currency": "RUR", "old_pay_type": "bank", "pay_status": "payed", "pay_type": "prepay", "payment": "500",
		"result": "success", "total_payment": "500",
	}
	if diff := cmp.Diff(any(want), changed); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	w.wantPrepaid("500.50")
	if state := w.info(hosting("x")...)["state"]; state != "A" {
		t.Errorf("state %v", state)
	}
}

func TestPayingFromOutsideFulfilsTheOrderAndLeavesTheBalance(t *testing.T) {
	w := newWorld(t)
	id, err := strconv.ParseInt(w.orderUnpaid(), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	w.PayBill(id)
	w.wantPrepaid("1000.50")
	if state := w.info(hosting("x")...)["state"]; state != "A" {
		t.Errorf("state %v", state)
	}
}

func TestDeletingABillUndoesItsOrder(t *testing.T) {
	w := newWorld(t)
	id := w.orderUnpaid()
	deleted := w.alice("bill/delete", "bill_id", id).Answer["bills"].([]any)[0].(map[string]any)
	if deleted["status"] != "deleted" {
		t.Errorf("answer %v", deleted)
	}
	if code := w.alice("service/nop", hosting("x")...).code(t); code != "SERVICE_NOT_FOUND" {
		t.Errorf("the service is there: %q", code)
	}
	if again := w.alice("bill/nop", "bill_id", id).Answer["bills"].([]any)[0].(map[string]any); again["error_code"] != "BILL_ID_NOT_FOUND" {
		t.Errorf("the bill is there: %v", again)
	}
}

func TestRenewalsMoveTheEndOfThePeriodWithOneBillForAll(t *testing.T) {
	w := newWorld(t)
	renewed := w.aliceJSON("service/renew", `{"period":1,"services":[{"dname":"example.ru"},{"dname":"nobody.ru"}]}`)
	if renewed.Answer["status"] != "renew_success" || renewed.Answer["payment"] != "590" {
		t.Errorf("answer %+v", renewed)
	}
	if got := w.info("dname", "example.ru")["expiration_date"]; got != "2027-12-22" {
		t.Errorf("expires %v", got)
	}
	w.wantPrepaid("410.50")
	if code := renewed.element(t, 1)["error_code"]; code != "DOMAIN_NOT_FOUND" {
		t.Errorf("code %v", code)
	}
}

func TestARenewalThatIsNotPaidMovesNothing(t *testing.T) {
	w := newWorld(t)
	before := w.info("dname", "example.ru")["expiration_date"]
	renewed := w.alice("service/renew", "dname", "example.ru", "period", "1", "pay_type", "bank")
	if renewed.Answer["status"] != "only_bill_created" {
		t.Errorf("answer %+v", renewed)
	}
	if after := w.info("dname", "example.ru")["expiration_date"]; after != before {
		t.Errorf("expires %v, then %v", before, after)
	}
	if code := w.alice("service/renew", "dname", "example.ru", "period", "1").ErrorCode; code != "DOUBLE_ORDER" {
		t.Errorf("a second renewal beside an unpaid one got code %q", code)
	}
}

func TestBillsOfAPeriodAreToldToPartners(t *testing.T) {
	w := newWorld(t)
	w.AddAccount(Account{Login: "carol", Password: "c", Partner: true, Balance: Balance{Prepay: "5000"}})
	w.AddDomain("carol", Domain{Name: "carol.ru", ServiceID: 701, Expires: "2026-12-22"})
	carol := func(function string, pairs ...string) answer { return w.call("carol", "c", function, pairs...) }
	id := carol("service/renew", "dname", "carol.ru", "period", "1").Answer["bill_id"]
	period := func(start, end string, more ...string) int {
		return len(carol("bill/get_for_period", append([]string{"start_date", start, "end_date", end}, more...)...).Answer["bills"].([]any))
	}
	if got := [4]int{
		period("2026-11-23", "2026-11-23"), period("2026-11-01", "2026-11-22"), period("2026-11-01", "2026-12-01", "pay_type", "bank"),
		period("2026-11-01", "2026-12-01", "offset", "1"),
	}; got != [4]int{1, 0, 0, 0} {
		t.Errorf("bills %v", got)
	}
	if got := carol("service/get_bills", "service_id", "701").element(t, 0)["bills"]; !cmp.Equal(got, any([]any{id})) {
		t.Errorf("bills of the service: %v, want %v", got, id)
	}
}

func TestBillRefusals(t *testing.T) {
	for _, c := range []struct {
		name, function, want string
		fields               []string
	}{
		{"no number", "bill/nop", "PARAMETER_MISSING", nil},
		{"no such number", "bill/nop", "PARAMETER_INCORRECT", []string{"bill_id", "x"}},
		{"no way to pay", "bill/change_pay_type", "PARAMETER_MISSING", []string{"bill_id", "1", "currency", "RUR"}},
		{"no currency", "bill/change_pay_type", "PARAMETER_MISSING", []string{"bill_id", "1", "pay_type", "bank"}},
		{"unknown way to pay", "bill/change_pay_type", "PARAMETER_INCORRECT", []string{"bill_id", "1", "pay_type", "gold", "currency", "RUR"}},
		{"dollars for yamoney", "bill/change_pay_type", "UNSUPPORTED_CURRENCY", []string{"bill_id", "1", "pay_type", "yamoney", "currency", "USD"}},
		{"a page too long", "bill/get_not_payed", "PARAMETER_INCORRECT", []string{"limit", "1025"}},
		{"a page before the first", "bill/get_not_payed", "PARAMETER_INCORRECT", []string{"offset", "-1"}},
		{"a partner's function", "bill/get_for_period", "RESELLER_AUTH_FAILED", nil},
		{"an unknown way to pay an order", "service/renew", "PARAMETER_INCORRECT", []string{"dname", "example.ru", "period", "1", "pay_type", "gold"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			if code := w.alice(c.function, c.fields...).ErrorCode; code != c.want {
				t.Errorf("code %q, want %q", code, c.want)
			}
		})
	}
}

func TestBillsThatCannotBeChanged(t *testing.T) {
	w := newWorld(t, WithBehaviour(Behaviour{BillErrorTexts: true}))
	paid := w.alice("service/create", "dname", "example.ru", "servtype", "srv_webfwd").Answer["bill_id"].(string)
	dear := w.alice("service/create", append(hosting("x"), "period", "36", "pay_type", "bank")...).Answer["bill_id"].(string)
	for _, c := range []struct{ name, function, id, want string }{
		{"a paid one deleted", "bill/delete", paid, "BILL_CAN_NOT_REMOVED"},
		{"a paid one paid again", "bill/change_pay_type", paid, "ORDER_ALREADY_PAYED"},
		{"too dear a one paid", "bill/change_pay_type", dear, "NOT_ENOUGH_MONEY"},
		{"one that is not there", "bill/delete", "99", "BILL_ID_NOT_FOUND"},
	} {
		t.Run(c.name, func(t *testing.T) {
			failed := w.alice(c.function, "bill_id", c.id, "pay_type", "prepay", "currency", "RUR").Answer["bills"].([]any)[0].(map[string]any)
			if failed["error_code"] != c.want || failed["error_text"] == nil {
				t.Errorf("%v, want code %q and a text", failed, c.want)
			}
		})
	}
}

func TestAnAccountWithoutPurchasesBuysNothing(t *testing.T) {
	w := newWorld(t)
	w.AddAccount(Account{Login: "dora", Password: "d", PurchasesDisabled: true, Balance: Balance{Prepay: "5000"}})
	w.AddDomain("dora", Domain{Name: "dora.ru", Expires: "2026-12-22"})
	if code := w.call("dora", "d", "service/renew", "dname", "dora.ru", "period", "1").ErrorCode; code != "PURCHASES_DISABLED" {
		t.Errorf("code %q", code)
	}
}

func TestTwoPaidRequestsOfOneAccountDoNotRunAtOnce(t *testing.T) {
	inside, release := make(chan struct{}), make(chan struct{})
	w := newWorld(t, WithHook(func(stage Stage, request *Entry) {
		if stage == StageReceived && request.Function == "service/renew" && request.Login == "alice" && request.Params["dname"] == "example.ru" {
			close(inside)
			<-release
		}
	}))
	first := make(chan answer)
	go func() { first <- w.alice("service/renew", "dname", "example.ru", "period", "1") }()
	<-inside
	if code := w.alice("service/renew", "dname", "пример.рф", "period", "1").ErrorCode; code != "BILLING_LOCK" {
		t.Errorf("the second request got code %q", code)
	}
	if code := w.bob("service/renew", "dname", "partner.ru", "period", "1").ErrorCode; code == "BILLING_LOCK" {
		t.Error("another account is locked, too")
	}
	if code := w.alice("service/nop", "dname", "example.ru").code(t); code != "" {
		t.Errorf("a free function got code %q", code)
	}
	close(release)
	if a := <-first; a.Result != "success" {
		t.Errorf("the first request: %+v", a)
	}
	if code := w.alice("service/renew", "dname", "пример.рф", "period", "1").ErrorCode; code == "BILLING_LOCK" {
		t.Error("the lock stays after its request")
	}
}

func TestServicesRenewThemselvesOrAreSuspendedWhenTheyEnd(t *testing.T) {
	for name, c := range map[string]struct {
		autorenew           string
		state, end, prepaid string
	}{
		"with the flag":    {"1", "A", "2027-12-22", "410.50"},
		"without the flag": {"0", "S", "2026-12-22", "1000.50"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.RemoveDomain("пример.рф")
			if set := w.alice("service/set_autorenew_flag", "dname", "example.ru", "flag_value", c.autorenew); set.Result != "success" {
				t.Fatalf("%+v", set)
			}
			w.clock.Advance(40 * day)
			got := w.info("dname", "example.ru")
			if got["state"] != c.state || got["expiration_date"] != c.end {
				t.Errorf("info %v", got)
			}
			w.wantPrepaid(c.prepaid)
		})
	}
}

func TestRenewingWhatEndedBringsItBack(t *testing.T) {
	w := newWorld(t)
	w.clock.Advance(40 * day)
	if code := w.alice("service/resume", "dname", "example.ru").ErrorCode; code != "SERVICE_EXPIRED" {
		t.Errorf("resuming got code %q", code)
	}
	if a := w.alice("service/renew", "dname", "example.ru", "period", "1"); a.Result != "success" {
		t.Fatalf("%+v", a)
	}
	if state := w.info("dname", "example.ru")["state"]; state != "A" {
		t.Errorf("state %v", state)
	}
}

func TestBalances(t *testing.T) {
	w := newWorld(t)
	if diff := cmp.Diff(map[string]any{"currency": "RUR", "prepay": "1000.50"}, w.alice("user/get_balance").Answer); diff != "" {
		t.Errorf("an ordinary account:\n%s", diff)
	}
	want := map[string]any{"currency": "USD", "prepay": "2", "blocked": "1", "credit": "0.10"}
	if diff := cmp.Diff(want, w.bob("user/get_balance", "currency", "USD").Answer); diff != "" {
		t.Errorf("a Partner, in dollars:\n%s", diff)
	}
	if code := w.bob("user/get_balance", "currency", "XXX").ErrorCode; code != "UNSUPPORTED_CURRENCY" {
		t.Errorf("code %q", code)
	}
}
