package regapi

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAnOddDateHidesNoDomain(t *testing.T) {
	client, _ := answering(t, `{"result":"success","answer":{"services":[
		{"dname":"a.ru","service_id":1,"state":"A","expiration_date":"2027-01-01"},
		{"dname":"b.ru","service_id":2,"state":["A"],"expiration_date":"soon","creation_date":{"year":2001}},
		7, null, {"dname":{"name":"d.ru"},"service_id":4}]}}`)
	services, err := client.Service.GetList(t.Context(), ServTypeDomain)
	if err != nil {
		t.Fatal(err)
	}
	want := []ServiceListItem{
		{ServiceID: 1, Domain: "a.ru", State: Active, ExpirationDate: NewDate(2027, 1, 1)},
		{ServiceID: 2, Domain: "b.ru"}, {}, {}, {ServiceID: 4},
	}
	if diff := cmp.Diff(want, services, byString); diff != "" {
		t.Error(diff)
	}
}

func TestAnOddAmountHidesNoBillPriceOrBid(t *testing.T) {
	client, _ := answering(t, `{"result":"success","answer":{"currency":5,"prepay":"1000","blocked":"some","credit":{},
		"bills":[{"bill_id":1,"payment":"much","pay_date":"once","pay_type":7},{"bill_id":"2","payment":"12.50","items":5}],
		"prices":{"ru":{"reg_price":"199","renew_price":"a lot"},"com":7,"su":{"reg_price":300}},
		"domains":[{"dname":"a.ru","price":"225"},{"dname":"b.ru","price":"high","is_active":"x","registrar":[]}]}}`)
	bills, err := client.Bill.GetNotPayed(t.Context(), Page{})
	if err != nil || len(bills) != 2 || bills[0].BillID != 1 || bills[0].Payment.Known() || !bills[0].PayDate.IsZero() || bills[1].Payment != "12.50" {
		t.Errorf("bills %+v, %v", bills, err)
	}
	prices, err := client.Domain.GetPrices(t.Context(), DomainPriceQuery{})
	if err != nil || len(prices.Prices) != 2 || prices.Prices["ru"].RegPrice != "199" || prices.Prices["ru"].RenewPrice.Known() || prices.Prices["su"].RegPrice != "300" {
		t.Errorf("prices %+v, %v", prices, err)
	}
	bids, err := client.Domain.GetUserReregBids(t.Context())
	if err != nil || len(bids.Domains) != 2 || bids.Domains[0].Price != "225" || bids.Domains[1].Domain != "b.ru" || bids.Domains[1].Price.Known() {
		t.Errorf("bids %+v, %v", bids, err)
	}
	balance, err := client.User.GetBalance(t.Context(), "")
	if err != nil || balance.Prepay != "1000" || balance.Blocked.Known() || balance.Currency != "" {
		t.Errorf("balance %+v, %v", balance, err)
	}
}

// contradictions are answers that tell two things of a.ru, with what counts.
var contradictions = map[string]struct {
	elements []string
	want     string
}{
	"a success and a failure": {
		[]string{`{"dname":"a.ru","result":"success"}`, `{"dname":"A.ru.","result":"error","error_code":"DOMAIN_NOT_FOUND"}`},
		"zone/nop a.ru: DOMAIN_NOT_FOUND",
	},
	"a failure and a success": {
		[]string{`{"dname":"a.ru","result":"error","error_code":"DOMAIN_NOT_FOUND"}`, `{"dname":"a.ru","result":"success"}`},
		"zone/nop a.ru: DOMAIN_NOT_FOUND",
	},
	"two successes that differ": {
		[]string{`{"dname":"a.ru","result":"success","service_id":1}`, `{"dname":"a.ru","result":"success","service_id":2}`},
		"zone/nop a.ru: the answer contradicts itself about it",
	},
	"the same twice": {
		[]string{`{"dname":"a.ru","result":"success"}`, `{"dname":"a.ru","result":"success"}`}, "<nil>",
	},
	"another service of the name": {
		[]string{`{"dname":"a.ru","result":"success","servtype":"domain"}`, `{"dname":"a.ru","result":"error","servtype":"srv_webfwd"}`}, "<nil>",
	},
}

func TestOfTwoThingsAboutOneNameTheWorseCounts(t *testing.T) {
	for name, c := range contradictions {
		client, _ := answering(t, domainsAnswer(append(c.elements, `{"dname":"b.ru","result":"success"}`)...))
		results, err := client.Zone.Nop(t.Context(), ByName("a.ru"), ByName("b.ru"))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := fmt.Sprint(results[0].Err); got != c.want || results[1].Err != nil {
			t.Errorf("%s: %v, and of the other %v", name, got, results[1].Err)
		}
	}
}

func TestOfTwoThingsAboutOneBillTheWorseCounts(t *testing.T) {
	for _, elements := range []string{
		`{"bill_id":1,"pay_status":"payed"},{"bill_id":1,"error_code":"BILL_ID_NOT_FOUND"}`,
		`{"bill_id":1,"error_code":"BILL_ID_NOT_FOUND"},{"bill_id":1,"pay_status":"payed"}`,
	} {
		client, _ := answering(t, `{"result":"success","answer":{"bills":[`+elements+`,{"bill_id":2,"pay_status":"payed"}]}}`)
		results, err := client.Bill.Nop(t.Context(), 1, 2)
		if err != nil || !IsNotFound(results[0].Err) || results[1].Err != nil {
			t.Errorf("%s: %+v, %v", elements, results, err)
		}
	}
}

// listings read something about three names, and give what they know of each.
var listings = map[string]struct {
	member, sound string // an element about a name
	read          func(ctx context.Context, c *Client, refs []DomainRef) (map[string]any, error)
}{
	"zones": {"domains", `{"dname":%q,"result":"success","rrs":[{"subname":"@","rectype":"A","content":"192.0.2.1"}],"soa":{"ttl":"1d"}}`,
		known(func(ctx context.Context, c *Client, refs []DomainRef) ([]ZoneRecords, error) {
			return c.Zone.GetResourceRecords(ctx, refs...)
		}, func(z ZoneRecords) string { return z.Ref.Name })},
	"delegations": {"domains", `{"dname":%q,"result":"success","nss":[{"ns":"ns1.reg.ru"}]}`,
		known(func(ctx context.Context, c *Client, refs []DomainRef) ([]DomainNSS, error) {
			return c.Domain.GetNSS(ctx, refs...)
		},
			func(d DomainNSS) string { return d.Ref.Name })},
	"details": {"services", `{"dname":%q,"result":"success","state":"A","creation_date":"2001-01-01"}`,
		known(func(ctx context.Context, c *Client, refs []DomainRef) ([]ServiceInfo, error) {
			return c.Service.GetInfo(ctx, refs...)
		},
			func(s ServiceInfo) string { return s.Ref.Name })},
	"the account's list": {"services", `{"dname":%q,"state":"A","creation_date":"2001-01-01"}`,
		known(func(ctx context.Context, c *Client, _ []DomainRef) ([]ServiceListItem, error) {
			return c.Service.GetList(ctx, "")
		},
			func(s ServiceListItem) string { return s.Domain })},
}

// known collects what a call tells by name.
func known[T any](read func(context.Context, *Client, []DomainRef) ([]T, error), name func(T) string) func(context.Context, *Client, []DomainRef) (map[string]any, error) {
	return func(ctx context.Context, c *Client, refs []DomainRef) (map[string]any, error) {
		all, err := read(ctx, c, refs)
		told := map[string]any{}
		for _, one := range all {
			told[name(one)] = fmt.Sprintf("%+v", one)
		}
		return told, err
	}
}

// oddity gives an arbitrary JSON value; names are not among its texts.
func oddity(dice *rand.Rand, depth int) any {
	texts := []string{"", "error", "success", "soon", "-1", "A", "NO_DOMAIN", "\x00", "1e99"}
	members := []string{"dname", "result", "error_code", "error_text", "rrs", "soa", "nss", "state", "creation_date", "service_id", "servtype"}
	switch dice.IntN(7 - min(depth, 2)) {
	case 0:
		return nil
	case 1:
		return dice.IntN(3) - 1
	case 2:
		return texts[dice.IntN(len(texts))]
	case 3:
		return dice.IntN(2) == 0
	case 4:
		list := make([]any, dice.IntN(3))
		for i := range list {
			list[i] = oddity(dice, depth+1)
		}
		return list
	default:
		object := map[string]any{}
		for range dice.IntN(5) {
			object[members[dice.IntN(len(members))]] = oddity(dice, depth+1)
		}
		return object
	}
}

func TestNoElementChangesWhatIsKnownOfAnother(t *testing.T) {
	names := []string{"a.ru", "b.ru", "c.ru"}
	refs := byNames(names)
	for kind, listing := range listings {
		dice := rand.New(rand.NewPCG(7, 13))
		ask := func(elements []string) map[string]any {
			body := `{"result":"success","answer":{"` + listing.member + `":[` + strings.Join(elements, ",") + `]}}`
			told, err := listing.read(t.Context(), newZoneFuzzClient([]byte(body)), refs)
			if err != nil {
				t.Fatalf("%s: %v for %s", kind, err, body)
			}
			return told
		}
		sound := make([]string, len(names))
		for i, name := range names {
			sound[i] = fmt.Sprintf(listing.sound, name)
		}
		want := ask(sound)
		for range 400 {
			odd, _ := json.Marshal(oddity(dice, 0))
			elements := append([]string{}, sound...)
			spoiled := dice.IntN(len(names))
			elements[spoiled] = string(odd)
			for i, name := range names {
				if told := ask(elements)[name]; i != spoiled && told != want[name] {
					t.Fatalf("%s: of %s beside %s:\n got %v\nwant %v", kind, name, odd, told, want[name])
				}
			}
		}
	}
}

// newZoneFuzzClient is newFuzzClient with the functions about zones.
func newZoneFuzzClient(body []byte) *Client {
	client := newFuzzClient(body)
	client.Zone = &ZoneService{client}
	return client
}
