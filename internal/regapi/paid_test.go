package regapi

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// success is an envelope around an answer.
func success(answer string) string { return `{"result":"success","answer":` + answer + `}` }

// registrationOf is a whole registration of a name in .ru.
func registrationOf(name string) Registration {
	order := registration
	order.Names = []string{name}
	return order
}

func TestAnOrderWithoutAListIsRead(t *testing.T) {
	client, _ := answering(t, success(`{"service_id":12345,"dname":"new.ru","bill_id":"77","payment":"590","pay_type":"prepay"}`))
	order, err := client.Domain.Create(t.Context(), Registration{Names: []string{"new.ru"}})
	if err != nil || order.BillID != 77 || len(order.Domains) != 1 || order.Domains[0].ServiceID != 12345 || order.Domains[0].Err != nil {
		t.Errorf("%+v, %v", order, err)
	}
	for name, answer := range map[string]string{
		"no number": `{"dname":"new.ru","bill_id":"77"}`, "an error": `{"service_id":"12345","error_code":"INTERNAL_ERROR","bill_id":"77"}`,
	} {
		client, _ := answering(t, success(answer))
		if order, err := client.Domain.Create(t.Context(), Registration{Names: []string{"new.ru"}}); err == nil || order.BillID != 77 {
			t.Errorf("%s: %+v, %v", name, order, err)
		}
	}
}

func TestTheSimulatorsOrderAtTheTopIsRead(t *testing.T) {
	m := newMarket(t)
	m.server.SetBehaviour(regapitest.Behaviour{Payment: regapitest.Payment{SingleOrders: regapitest.SingleOrderTop}})
	order := of(m.seller.Domain.Create(m.Context(), registrationOf("top.ru"))).must(m)
	if order.BillID == 0 || order.Domains[0].ServiceID == 0 || order.Domains[0].Err != nil {
		t.Errorf("%+v", order)
	}
}

func TestWhatWasUnderstoodOfAPaidAnswerComesBesideTheError(t *testing.T) {
	const bill = `"bill_id":"77"`
	for name, c := range map[string]struct {
		answer string
		call   func(context.Context, *Client) (ID, error)
	}{
		"an order without its list": {`{` + bill + `,"payment":"much"}`, func(ctx context.Context, c *Client) (ID, error) {
			order, err := c.Domain.Create(ctx, Registration{Names: []string{"new.ru"}})
			return order.BillID, err
		}},
		"a transfer whose list is none": {`{` + bill + `,"domains":"new.ru"}`, func(ctx context.Context, c *Client) (ID, error) {
			order, err := c.Domain.Transfer(ctx, TransferOrder{Registration: Registration{Names: []string{"new.ru"}}})
			return order.BillID, err
		}},
		"a renewal without its status": {`{` + bill + `,"period":"one"}`, func(ctx context.Context, c *Client) (ID, error) {
			renewal, err := c.Service.Renew(ctx, 1, Payment{}, ByName("new.ru"))
			return renewal.BillID, err
		}},
		"a service without its number": {`{` + bill + `}`, func(ctx context.Context, c *Client) (ID, error) {
			ordered, err := c.Service.Create(ctx, ServiceOrder{ServType: "srv_webfwd", Domain: "new.ru"})
			return ordered.BillID, err
		}},
		"an upgrade for an odd amount": {`{` + bill + `,"withdrawed_amount":"much"}`, func(ctx context.Context, c *Client) (ID, error) {
			upgraded, err := c.Service.Upgrade(ctx, ByName("new.ru"), Upgrade{Subtype: "Host-1-0420", Period: 1})
			return upgraded.BillID, err
		}},
		"a refill for an odd amount": {`{` + bill + `,"payment":"much"}`, func(ctx context.Context, c *Client) (ID, error) {
			refill, err := c.Service.Refill(ctx, ByServiceID(1), "10", "RUR")
			return refill.BillID, err
		}},
	} {
		client, _ := answering(t, success(c.answer))
		if id, err := c.call(t.Context(), client); err == nil || id != 77 {
			t.Errorf("%s: bill %d, %v", name, id, err)
		}
	}
}

func TestABillWhoseTotalIsOddStillSaysThatItIsPaid(t *testing.T) {
	client, _ := answering(t, success(`{"bills":[{"bill_id":"77","result":"success","pay_status":"payed","payment":"590","total_payment":"five hundred"}]}`))
	payments, err := client.Bill.ChangePayType(t.Context(), PayPrepay, "RUR", 77)
	if err != nil || payments[0].PayStatus != BillPayed || payments[0].Payment != "590" || payments[0].Err == nil {
		t.Errorf("%+v, %v", payments, err)
	}
}

func TestASuccessOfGetInfoWithoutStateOrDatesIsAnError(t *testing.T) {
	const whole = `"service_id":"1","result":"success","servtype":"domain"`
	for name, c := range map[string]struct {
		element string
		fine    bool
	}{
		"whole":            {`{` + whole + `,"state":"A","creation_date":"2026-01-01","expiration_date":"2027-01-01"}`, true},
		"not active yet":   {`{` + whole + `,"state":"N","creation_date":"0000-00-00","expiration_date":null}`, true},
		"without state":    {`{` + whole + `,"creation_date":"2026-01-01","expiration_date":"2027-01-01"}`, false},
		"without its end":  {`{` + whole + `,"state":"A","creation_date":"2026-01-01"}`, false},
		"without both":     {`{` + whole + `}`, false},
		"with an odd date": {`{` + whole + `,"state":"A","creation_date":"2026-01-01","expiration_date":"0000-00-00"}`, false},
	} {
		client, _ := answering(t, success(`{"services":[`+c.element+`]}`))
		infos, err := client.Service.GetInfo(t.Context(), ByServiceID(1))
		if err != nil || (infos[0].Err == nil) != c.fine {
			t.Errorf("%s: %+v, %v", name, infos, err)
		}
	}
}

func TestOffersOfTheOlderEditionAreRead(t *testing.T) {
	client, _ := answering(t, success(`{"messages":[
		{"id":"1","domain_names":["test.su","test.com"]},{"id":2,"domain_name":"test.ru"},{"id":"3","domain_name":["a.ru","b.ru"]}]}`))
	offers, err := client.Domain.LookAtEnteringList(t.Context())
	want := []EnteringOffer{{1, []string{"test.su", "test.com"}}, {2, []string{"test.ru"}}, {3, []string{"a.ru", "b.ru"}}}
	if diff := cmp.Diff(want, offers); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestRefusalsAfterALostAnswerMayBeOurs(t *testing.T) {
	m := newMarket(t)
	registration := registrationOf("lost.ru")
	registration.UserServID = "0123abcd"
	m.server.Inject(regapitest.Fault{Kind: regapitest.FaultDropAnswer, Function: "domain/create", Count: 1})
	if _, err := m.seller.Domain.Create(m.Context(), registration); err == nil || MayBeOurs(err) {
		t.Fatalf("the lost answer: %v", err)
	}
	again := of(m.seller.Domain.Create(m.Context(), registration)).must(m)
	if !MayBeOurs(again.Domains[0].Err) {
		t.Errorf("the second order: %v", again.Domains[0].Err)
	}
	for _, code := range []ErrorCode{CodeUserServIDIsNotUnique, CodeDomainOrderLocked, CodeDoubleOrder, CodeDomainAlreadyOrdered, CodeDomainAlreadyExists} {
		if !MayBeOurs(&Error{Code: code}) {
			t.Errorf("%s", code)
		}
	}
	for _, code := range []ErrorCode{CodeNotEnoughMoney, CodeDomainStopList, ""} {
		if MayBeOurs(&Error{Code: code}) {
			t.Errorf("%s", code)
		}
	}
}

func TestWhatAPersonCanMendIsNotTheRequestsFault(t *testing.T) {
	for _, code := range []ErrorCode{CodeNotEnoughMoney, CodeDoubleOrder, CodeDomainIsNotUseRegruNSS, CodePurchasesDisabled, CodeDomainIsNotVerified, CodeUserServIDIsNotUnique} {
		if code.Class() != ClassBlocked {
			t.Errorf("%s is %v", code, code.Class())
		}
	}
	if CodeNoCertificate.Class() != ClassDenied || Remedy(&Error{Code: CodeNoCertificate}) == "" {
		t.Error("NO_CERTIFICATE is for a person to mend, at the credentials")
	}
}

func TestTheBillOfARefusedOrderComesBesideTheRefusal(t *testing.T) {
	const refused = `{"result":"error","error_code":"INTERNAL_ERROR","error_text":"Internal error","answer":{"bill_id":"77","payment":"590"}}`
	for name, call := range map[string]func(context.Context, *Client) (ID, error){
		"a registration": func(ctx context.Context, c *Client) (ID, error) {
			order, err := c.Domain.Create(ctx, Registration{Names: []string{"new.ru"}})
			return order.BillID, err
		},
		"a renewal": func(ctx context.Context, c *Client) (ID, error) {
			renewal, err := c.Service.Renew(ctx, 1, Payment{}, ByName("new.ru"))
			return renewal.BillID, err
		},
		"a service": func(ctx context.Context, c *Client) (ID, error) {
			ordered, err := c.Service.Create(ctx, ServiceOrder{ServType: "srv_webfwd", Domain: "new.ru"})
			return ordered.BillID, err
		},
		"an upgrade": func(ctx context.Context, c *Client) (ID, error) {
			upgraded, err := c.Service.Upgrade(ctx, ByName("new.ru"), Upgrade{Subtype: "Host-1-0420", Period: 1})
			return upgraded.BillID, err
		},
	} {
		client, _ := answering(t, refused)
		if id, err := call(t.Context(), client); !HasCode(err, CodeInternalError) || id != 77 {
			t.Errorf("%s: bill %d, %v", name, id, err)
		}
	}
}

func TestAPriceThatIsNotToldIsNotNothing(t *testing.T) {
	client, _ := answering(t, success(`{"service_id":"5","bill_id":"77"}`))
	order, err := client.Domain.Create(t.Context(), Registration{Names: []string{"new.ru"}})
	if err != nil || order.BillID != 77 || order.Payment != MoneyUnknown {
		t.Errorf("%+v, %v", order, err)
	}
	client, _ = answering(t, success(`{"status":"only_bill_created","bill_id":"77","period":1,"dname":"new.ru"}`))
	renewal, err := client.Service.Renew(t.Context(), 1, Payment{}, ByName("new.ru"))
	if err != nil || renewal.BillID != 77 || renewal.Period != 1 || renewal.Payment != MoneyUnknown {
		t.Errorf("%+v, %v", renewal, err)
	}
}
