package regapitest

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAPremiumNameRenewsAtItsOwnPrice(t *testing.T) {
	w := newWorld(t)
	w.rich("owner", "100000", false)
	w.AddRegistryName(RegistryName{Name: "gold.ru", Status: namePremium, Price: "60000", RenewPrice: "6000"})
	w.AddDomain("owner", Domain{Name: "seeded.ru", RenewPrice: "7000", Expires: "2026-12-01"})
	w.must(w.call("owner", "x", "domain/create", "input_format", "json", "input_data", orderOf(t, map[string]any{"domain_name": "gold.ru", "reg_premium": 1})))
	w.wantPrepay("owner", "40000")
	w.SetExpiry("gold.ru", "2026-12-01")
	for name, price := range map[string]string{"gold.ru": "6000", "seeded.ru": "7000"} {
		if got := w.as("owner", "service/renew", "dname", name, "period", "1").Answer["payment"]; got != price {
			t.Errorf("%s: %v, want %s", name, got, price)
		}
	}
}

// billOf is the answer of a function for one bill.
func (w *world) billOf(login, function, id string, pairs ...string) map[string]any {
	w.t.Helper()
	return w.as(login, function, append([]string{"bill_id", id}, pairs...)...).Answer["bills"].([]any)[0].(map[string]any)
}

func TestEveryAnswerToAChangeOfPayTypeCanBeHad(t *testing.T) {
	pay := []string{"pay_type", "prepay", "currency", "RUR"}
	for _, c := range []struct {
		name      string
		behaviour Payment
		before    func(w *world, id int64)
		want      map[string]any
	}{
		{"paid", Payment{}, func(w *world, id int64) { w.PayBill(id) }, map[string]any{"error_code": "ORDER_ALREADY_PAYED"}},
		{"paid, and a success", Payment{PaidBills: PaidBillsSuccess}, func(w *world, id int64) { w.PayBill(id) }, map[string]any{
			"result": "success", "pay_status": "payed", "payment": "590", "total_payment": "590", "currency": "RUR", "pay_type": "bank", "old_pay_type": "bank",
		}},
		{"deleted", Payment{}, func(w *world, id int64) { w.DeleteBill(id) }, map[string]any{"error_code": "BILL_ID_NOT_FOUND"}},
		{"deleted and cancelled", Payment{GoneBills: GoneBillsCancelled}, func(w *world, id int64) { w.DeleteBill(id) }, map[string]any{"error_code": "BILL_ID_NOT_FOUND"}},
		{"dearer than the list", Payment{}, func(w *world, id int64) { w.SetBillPrice(id, "1999") }, map[string]any{
			"result": "success", "pay_status": "payed", "payment": "1999", "total_payment": "1999", "currency": "RUR", "pay_type": "prepay", "old_pay_type": "bank",
		}},
		{"somebody else's", Payment{}, nil, map[string]any{"error_code": "BILL_ID_NOT_FOUND"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, WithBehaviour(Behaviour{Payment: c.behaviour}))
			w.rich("owner", "5000", false)
			w.rich("other", "5000", false)
			w.AddDomain("owner", Domain{Name: "due.ru", Expires: "2026-12-01"})
			id := w.as("owner", "service/renew", "dname", "due.ru", "period", "1", "pay_type", "bank").Answer["bill_id"].(string)
			login := "owner"
			if c.before == nil {
				login = "other"
			} else {
				c.before(w, w.newestBill())
			}
			got := w.billOf(login, "bill/change_pay_type", id, pay...)
			delete(got, "bill_id")
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			w.wantBooks("owner")
		})
	}
}

func TestPaymentSystemsTakeInterest(t *testing.T) {
	w := newWorld(t, WithBehaviour(Behaviour{Payment: Payment{Interest: 5}}))
	w.rich("owner", "5000", true)
	w.AddDomain("owner", Domain{Name: "due.ru", Expires: "2026-12-01"})
	id := w.as("owner", "service/renew", "dname", "due.ru", "period", "1", "pay_type", "bank").Answer["bill_id"].(string)
	unpaid := w.as("owner", "bill/get_not_payed").Answer["bills"].([]any)[0].(map[string]any)
	period := w.as("owner", "bill/get_for_period", "start_date", "2026-11-23", "end_date", "2026-11-23").Answer["bills"].([]any)[0].(map[string]any)
	changed := w.billOf("owner", "bill/change_pay_type", id, "pay_type", "yamoney", "currency", "RUR")
	for name, bill := range map[string]map[string]any{"get_not_payed": unpaid, "get_for_period": period, "change_pay_type": changed} {
		if bill["payment"] != "590" || bill["total_payment"] != "619.50" {
			t.Errorf("%s: %v", name, bill)
		}
	}
	if paid := w.billOf("owner", "bill/change_pay_type", id, "pay_type", "prepay", "currency", "RUR"); paid["total_payment"] != "590" {
		t.Errorf("prepay: %v", paid)
	}
	w.wantPrepay("owner", "4410")
}

func TestABillOnItsWayIsConfirmed(t *testing.T) {
	w := newWorld(t)
	id, err := strconv.ParseInt(w.orderUnpaid(), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	w.ConfirmBill(id)
	status := func() any {
		return w.alice("bill/nop", "bill_id", strconv.FormatInt(id, 10)).Answer["bills"].([]any)[0].(map[string]any)["pay_status"]
	}
	if got := status(); got != "confirmed" {
		t.Errorf("status %v", got)
	}
	w.PayBill(id)
	if got := status(); got != "payed" {
		t.Errorf("status %v", got)
	}
}

// due is a world in which owner, with 600 roubles, has due.ru, which ends in a week.
func due(t *testing.T, payment Payment, options ...Option) *world {
	t.Helper()
	w := newWorld(t, append([]Option{WithBehaviour(Behaviour{Payment: payment})}, options...)...)
	w.rich("owner", "600", false)
	w.AddDomain("owner", Domain{Name: "due.ru", ServiceID: 910, Created: "2025-12-01", Expires: "2026-12-01"})
	return w
}

func (w *world) renew(payType string) answer {
	w.t.Helper()
	return w.as("owner", "service/renew", "dname", "due.ru", "period", "1", "pay_type", payType)
}

func (w *world) wantExpiry(want string) {
	w.t.Helper()
	if got := w.as("owner", "service/get_info", "dname", "due.ru").element(w.t, 0)["expiration_date"]; got != want {
		w.t.Errorf("due.ru ends on %v, want %s", got, want)
	}
}

func TestARenewalMayShowHoursAfterItWasPaid(t *testing.T) {
	w := due(t, Payment{}, WithRenewalDelay(3*time.Hour))
	w.succeed(w.renew("prepay"))
	w.wantPrepay("owner", "10")
	w.wantExpiry("2026-12-01")
	w.clock.Advance(3 * time.Hour)
	w.wantExpiry("2027-12-01")
}

func TestALateRenewalKeepsADomainFromBeingDeleted(t *testing.T) {
	w := due(t, Payment{}, WithRenewalDelay(60*day))
	w.till("2026-12-31")
	w.succeed(w.renew("prepay"))
	w.till("2027-01-20")
	w.wantState("owner", "S", "dname", "due.ru")
	w.till("2027-03-02")
	w.wantState("owner", "A", "dname", "due.ru")
	w.wantBooks("owner")
}

func TestAnErrorMayBeAnsweredAfterTheChange(t *testing.T) {
	w := due(t, Payment{})
	w.Inject(Fault{Kind: FaultErrorAfter, Function: "service/renew", Code: "SERVICE_UNAVAILABLE", Count: 1})
	if got := w.renew("prepay"); got.ErrorCode != "SERVICE_UNAVAILABLE" {
		t.Errorf("%+v", got)
	}
	w.wantExpiry("2027-12-01")
	w.wantPrepay("owner", "10")
}

func TestAPayTypeMayBeIgnored(t *testing.T) {
	for _, c := range []struct {
		style             PayTypeStyle
		renewed, register string
	}{
		{PayTypesHonoured, "only_bill_created", "Bill for bank created"},
		{PayTypesCreate, "only_bill_created", "Amount successfully charged"},
		{PayTypesIgnored, "renew_success", "Amount successfully charged"},
	} {
		w := due(t, Payment{PayTypes: c.style})
		w.TopUp("owner", "1000")
		if got := w.renew("bank").Answer["status"]; got != c.renewed {
			t.Errorf("%q: a renewal is %v", c.style, got)
		}
		ordered := w.call("owner", "x", "domain/create", "input_format", "json", "input_data", orderOf(t, map[string]any{"domain_name": "new.ru", "pay_type": "bank"}))
		if got := ordered.Answer["pay_notes"]; got != c.register {
			t.Errorf("%q: a registration is %v", c.style, got)
		}
	}
}

func TestABillLeftAsPrepayMayPayItselfAtATopUp(t *testing.T) {
	for _, itself := range []bool{true, false} {
		w := due(t, Payment{PrepayBillsPaySelf: itself})
		w.SetPrices("ru", Prices{Renew: "1999"})
		id := w.renew("bank").Answer["bill_id"].(string)
		if got := w.billOf("owner", "bill/change_pay_type", id, "pay_type", "prepay", "currency", "RUR"); got["error_code"] != "NOT_ENOUGH_MONEY" {
			t.Errorf("%v", got)
		}
		w.TopUp("owner", "2000")
		want := map[bool]string{true: "payed", false: "notpayed"}[itself]
		if got := w.billOf("owner", "bill/nop", id)["pay_status"]; got != want {
			t.Errorf("pays itself %v: %v", itself, got)
		}
		w.wantBooks("owner")
	}
}

func TestASecondRenewalBesideAnUnpaidOneIsASwitch(t *testing.T) {
	for _, allowed := range []bool{true, false} {
		w := due(t, Payment{DoubleRenewals: allowed})
		w.succeed(w.renew("bank"))
		want := map[bool]string{true: "", false: "DOUBLE_ORDER"}[allowed]
		if got := w.renew("bank"); got.ErrorCode != want {
			t.Errorf("allowed %v: %+v", allowed, got)
		}
	}
}

func TestListAndDetailMayDifferByADay(t *testing.T) {
	w := due(t, Payment{ListDates: 1, RenewalAction: "prolong"})
	listed := w.as("owner", "service/get_list").Answer["services"].([]any)[0].(map[string]any)
	if listed["expiration_date"] != "2026-12-02" {
		t.Errorf("service/get_list %v", listed)
	}
	w.wantExpiry("2026-12-01")
	w.succeed(w.renew("bank"))
	item := w.as("owner", "bill/get_not_payed").Answer["bills"].([]any)[0].(map[string]any)["items"].([]any)[0].(map[string]any)
	if item["action"] != "prolong" {
		t.Errorf("item %v", item)
	}
}

func TestTheRegistrarRenewsByItselfBeforeTheEnd(t *testing.T) {
	w := due(t, Payment{})
	w.as("owner", "service/set_autorenew_flag", "dname", "due.ru", "flag_value", "1")
	w.FireAutorenew("due.ru")
	w.wantExpiry("2027-12-01")
	w.wantPrepay("owner", "10")
}

func TestAPaidOrderMayBeRefusedAfterwards(t *testing.T) {
	w := newWorld(t)
	w.rich("owner", "1000", false)
	w.must(w.call("owner", "x", "domain/create", "input_format", "json", "input_data", orderOf(t, map[string]any{"domain_name": "new.ru", "user_servid": "ab"})))
	w.RefuseOrder("new.ru")
	w.wantState("owner", "D", "user_servid", "ab")
	w.wantPrepay("owner", "1000")
	w.wantBooks("owner")
}

func TestATransferMayTimeOut(t *testing.T) {
	w := transferring(t)
	w.must(w.alice("domain/transfer", "dname", "moving.ru", "authinfo", "wrong-key", "period", "1"))
	id := fmt.Sprint(w.info("dname", "moving.ru")["service_id"])
	w.clock.Advance(time.Hour)
	w.TimeOutTransfer("moving.ru")
	if got := w.alice("domain/get_transfer_status", "service_id", id).element(t, 0)["status"]; got != "transferError" {
		t.Errorf("status %v", got)
	}
	w.wantPrepaid("1000.50")
	w.must(w.alice("domain/transfer", "dname", "moving.ru", "authinfo", "secret-key", "period", "0"))
}

func TestADomainMovesAwayAndMayComeBack(t *testing.T) {
	w := newWorld(t)
	w.MoveAway("example.ru")
	got := w.info("service_id", "501")
	if got["state"] != "O" {
		t.Errorf("service/get_info %v", got)
	}
	if list := w.alice("service/get_list").Answer["services"].([]any); len(list) != 1 {
		t.Errorf("service/get_list %v", list)
	}
	if code := w.bob("domain/check", "dname", "example.ru").code(t); code != "DOMAIN_ALREADY_EXISTS" {
		t.Errorf("domain/check: %q", code)
	}
}

func TestATransferOfRuTakesContactsAndNameServersFromTheRegistry(t *testing.T) {
	w := newWorld(t)
	w.AddRegistryName(RegistryName{
		Name: "moving.ru", Created: "2020-01-01", NameServers: []string{"ns1.example.org", "ns2.example.org"}, Contacts: map[string]string{"e_mail": "a@example.org"},
	})
	w.must(w.alice("domain/transfer", "dname", "moving.ru", "authinfo", "secret-key", "period", "0"))
	if servers := marshalled(t, w.alice("domain/get_nss", "dname", "moving.ru").element(t, 0)["nss"]); servers != `[{"ns":"ns1.example.org"},{"ns":"ns2.example.org"}]` {
		t.Errorf("name servers %s", servers)
	}
	if contacts := w.alice("service/get_details", "dname", "moving.ru").element(t, 0)["details"].(map[string]any); contacts["e_mail"] != "a@example.org" {
		t.Errorf("contacts %v", contacts)
	}
}

func TestOnlyWhatCostsMoneyTakesTheBillingLockAndOnlyOnceItIsKnown(t *testing.T) {
	for _, c := range []struct {
		name, password, function string
		fields                   []string
		locks                    bool
	}{
		{"a renewal", "x", "service/renew", []string{"dname", "due.ru", "period", "1"}, true},
		{"a stranger's renewal", "wrong", "service/renew", []string{"dname", "due.ru", "period", "1"}, false},
		{"a bill alone", "x", "service/renew", []string{"dname", "due.ru", "period", "1", "pay_type", "bank"}, false},
		{"contacts that cost nothing", "x", "domain/update_contacts", []string{"dname", "due.ru", "phone", "+7 495 1234567"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			inside, release := make(chan struct{}), make(chan struct{})
			w := due(t, Payment{DoubleRenewals: true}, WithHook(func(stage Stage, request *Entry) {
				if stage == StageReceived && request.Params["marked"] != nil {
					close(inside)
					<-release
				}
			}))
			done := make(chan answer)
			go func() { done <- w.call("owner", c.password, c.function, append(c.fields, "marked", "1")...) }()
			<-inside
			got := w.renew("prepay")
			close(release)
			<-done
			if locked := got.ErrorCode == "BILLING_LOCK"; locked != c.locks {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestADomainThatOneRequestNamesTwiceIsRenewedOnce(t *testing.T) {
	w := due(t, Payment{})
	got := w.call("owner", "x", "service/renew", "input_format", "json", "input_data", `{"services":[{"dname":"due.ru"},{"service_id":910}],"period":1}`)
	if got.element(t, 1)["error_code"] != "DOUBLE_ORDER" || got.Answer["payment"] != "590" {
		t.Errorf("%+v", got)
	}
	w.wantExpiry("2027-12-01")
	w.wantPrepay("owner", "10")
}

func TestABillOfSeveralOrdersGetsCheaperForEachOfThem(t *testing.T) {
	w := newWorld(t)
	w.rich("owner", "1000", false)
	got := w.call("owner", "x", "domain/create", "input_format", "json", "input_data", orderOf(t, map[string]any{
		"domains": []any{map[string]any{"dname": "one.ru"}, map[string]any{"dname": "two.ru"}}, "pay_type": "bank",
	}))
	id := w.newestBill()
	w.SetBillPrice(id, "100")
	w.billOf("owner", "bill/change_pay_type", got.Answer["bill_id"].(string), "pay_type", "prepay", "currency", "RUR")
	w.wantPrepay("owner", "900")
	w.RefuseOrder("one.ru")
	w.wantPrepay("owner", "950")
	w.wantBooks("owner")
}

func TestWhoMayNotBuyCannotPayABillEither(t *testing.T) {
	w := newWorld(t)
	w.AddAccount(Account{Login: "owner", Password: "x", PurchasesDisabled: true, Balance: Balance{Prepay: "1000"}})
	if got := w.as("owner", "bill/change_pay_type", "bill_id", "1", "pay_type", "prepay", "currency", "RUR"); got.ErrorCode != "PURCHASES_DISABLED" {
		t.Errorf("%+v", got)
	}
	w.succeed(w.as("owner", "bill/change_pay_type", "bill_id", "1", "pay_type", "bank", "currency", "RUR"))
}

func TestWhatIsTakenBackLeavesTheRestOfItsBill(t *testing.T) {
	w := transferring(t)
	w.AddRegistryName(RegistryName{Name: "second.ru", AuthInfo: "secret-key", Created: "2020-01-01"})
	w.rich("owner", "1000", true)
	got := w.call("owner", "x", "domain/transfer", "input_format", "json", "input_data",
		`{"domains":[{"dname":"moving.ru"},{"dname":"second.ru"}],"authinfo":"secret-key","period":1,"pay_type":"bank"}`)
	w.must(got)
	w.succeed(w.as("owner", "domain/cancel_transfer", "dname", "moving.ru"))
	paid := w.as("owner", "bill/change_pay_type", "bill_id", got.Answer["bill_id"].(string), "pay_type", "prepay", "currency", "RUR").Answer["bills"].([]any)[0].(map[string]any)
	if paid["payment"] != "590" || paid["pay_status"] != "payed" {
		t.Errorf("the rest: %v", paid)
	}
	w.clock.Advance(time.Hour)
	w.wantState("owner", "A", "dname", "second.ru")
	w.wantState("owner", "DOMAIN_NOT_FOUND", "dname", "moving.ru")
	w.wantPrepay("owner", "410")
}

func TestABillWhoseMoneyIsOnItsWayDoesNotLapse(t *testing.T) {
	w := due(t, Payment{UnpaidDays: 2})
	id := w.renew("bank").Answer["bill_id"].(string)
	w.ConfirmBill(w.newestBill())
	w.clock.Advance(5 * day)
	if got := w.as("owner", "bill/nop", "bill_id", id).Answer["bills"].([]any)[0].(map[string]any)["pay_status"]; got != "confirmed" {
		t.Fatalf("after five days: %v", got)
	}
	w.PayBill(w.newestBill())
	w.wantExpiry("2027-12-01")
}
