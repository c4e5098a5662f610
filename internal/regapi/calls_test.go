package regapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCertificateIsReturnedAsItCame(t *testing.T) {
	want := "%PDF-1.4\n\x00\xff binary"
	stub := &apiStub{body: want, contentType: "application/pdf"}
	client := clientFor(t, stub)
	got, err := client.Domain.DownloadCertificate(t.Context(), ByName("test.ru"))
	if err != nil || string(got) != want {
		t.Errorf("%q, %v", got, err)
	}
	if diff := cmp.Diff(map[string]any{"domain_name": "test.ru"}, stub.input(t)); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsNoCertificateIsAnError(t *testing.T) {
	cases := map[string]struct {
		status int
		body   string
		code   ErrorCode
	}{
		"the service is missing":   {body: `{"result":"success","answer":{"status":"SERVICE_NOT_FOUND"}}`, code: CodeServiceNotFound},
		"the domain is missing":    {body: `{"result":"success","answer":{"status":"DOMAIN_NOT_FOUND"}}`, code: CodeDomainNotFound},
		"the request is refused":   {body: `{"result":"error","error_code":"RESELLER_AUTH_FAILED"}`, code: CodeResellerAuthFailed},
		"a page":                   {body: `<html>voucher</html>`},
		"an empty answer":          {},
		"an envelope":              {body: `{"result":"success"}`},
		"a file with a bad status": {status: 502, body: "%PDF-1.4"},
	}
	for name, c := range cases {
		client := clientFor(t, &apiStub{status: c.status, body: c.body})
		got, err := client.Domain.DownloadCertificate(t.Context(), ByName("test.ru"))
		if err == nil || got != nil || (c.code != "" && !HasCode(err, c.code)) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// failure drops what a call returns beside its error.
func failure[T any](_ T, err error) error { return err }

// incomplete are calls whose answer must hold something, with the answers {} and null in mind.
var incomplete = map[string]func(context.Context, *Client) error{
	"bill/get_not_payed": func(ctx context.Context, c *Client) error { return failure(c.Bill.GetNotPayed(ctx, Page{})) },
	"bill/nop":           func(ctx context.Context, c *Client) error { return failure(c.Bill.Nop(ctx, 1)) },
	"domain/check":       func(ctx context.Context, c *Client) error { return failure(c.Domain.Check(ctx, CheckQuery{}, "a.ru")) },
	"domain/create": func(ctx context.Context, c *Client) error {
		return failure(c.Domain.Create(ctx, Registration{Names: []string{"a.ru"}}))
	},
	"domain/get_prices": func(ctx context.Context, c *Client) error {
		return failure(c.Domain.GetPrices(ctx, DomainPriceQuery{}))
	},
	"domain/get_tld_info":     func(ctx context.Context, c *Client) error { return failure(c.Domain.GetTLDInfo(ctx, "ru")) },
	"domain/look_at_entering": func(ctx context.Context, c *Client) error { return failure(c.Domain.LookAtEnteringList(ctx)) },
	"folder/get_services":     func(ctx context.Context, c *Client) error { return failure(c.Folder.GetServices(ctx, testFolder)) },
	"folder/nop":              func(ctx context.Context, c *Client) error { return failure(c.Folder.Nop(ctx, testFolder)) },
	"service/create": func(ctx context.Context, c *Client) error {
		return failure(c.Service.Create(ctx, ServiceOrder{ServType: "srv_kvm"}))
	},
	"service/get_folders": func(ctx context.Context, c *Client) error { return failure(c.Service.GetFolders(ctx, ByName("a.ru"))) },
	"service/get_prices": func(ctx context.Context, c *Client) error {
		return failure(c.Service.GetPrices(ctx, ServicePriceQuery{}))
	},
	"service/renew": func(ctx context.Context, c *Client) error {
		return failure(c.Service.Renew(ctx, 1, Payment{}, ByName("a.ru")))
	},
	"service/seowizard": func(ctx context.Context, c *Client) error {
		return failure(c.Service.SeowizardManageLink(ctx, ByServiceID(1)))
	},
	"user/get_reseller_url": func(ctx context.Context, c *Client) error { return failure(c.User.GetResellerURL(ctx, "a", "b")) },
	"service/get_depreciated": func(ctx context.Context, c *Client) error {
		return failure(c.Service.GetDepreciatedPeriod(ctx, ByName("a.ru")))
	},
	"service/get_servtype": func(ctx context.Context, c *Client) error {
		return failure(c.Service.GetServtypeDetails(ctx, ServtypeQuery{}))
	},
	"service/get_dedicated": func(ctx context.Context, c *Client) error { return failure(c.Service.GetDedicatedServerList(ctx)) },
	"domain/get_rereg_data": func(ctx context.Context, c *Client) error { return failure(c.Domain.GetReregData(ctx, ReregQuery{})) },
	"domain/send_email_letter": func(ctx context.Context, c *Client) error {
		return failure(c.Domain.SendEmailVerificationLetter(ctx, ByName("a.ru"), true))
	},
	"domain/register_ns": func(ctx context.Context, c *Client) error {
		return failure(c.Domain.RegisterNS(ctx, "a.com", NameServer{"ns.a.com", []string{"192.0.2.1"}}))
	},
	"domain/get_user_rereg_bid": func(ctx context.Context, c *Client) error { return failure(c.Domain.GetUserReregBids(ctx)) },
}

func TestIncompleteAnswersDoNotPassForEmptyOnes(t *testing.T) {
	for name, call := range incomplete {
		for _, answer := range []string{`{}`, `null`, `{"bills":null,"prices":null,"folders":{},"id":null}`} {
			client, _ := answering(t, `{"result":"success","answer":`+answer+`}`)
			if err := call(t.Context(), client); !IsTransient(err) || NeverSent(err) {
				t.Errorf("%s: %s gave %v", name, answer, err)
			}
		}
	}
}

// unsent are calls that REG.API would refuse, or that would do more than was meant.
var unsent = map[string]func(context.Context, *Client) error{
	"a bill period without an end": func(ctx context.Context, c *Client) error {
		return failure(c.Bill.GetForPeriod(ctx, BillPeriod{Start: NewDate(2026, 1, 1)}))
	},
	"too many bills": func(ctx context.Context, c *Client) error {
		return failure(c.Bill.Nop(ctx, make([]ID, MaxObjects+1)...))
	},
	"no folder":         func(ctx context.Context, c *Client) error { return c.Folder.Remove(ctx, FolderRef{}) },
	"no folder to read": func(ctx context.Context, c *Client) error { return failure(c.Folder.GetServices(ctx, FolderRef{})) },
	"no folder to fill": func(ctx context.Context, c *Client) error {
		return failure(c.Folder.AddServices(ctx, FolderRef{}, ByName("a.ru")))
	},
	"no folder to move to": func(ctx context.Context, c *Client) error {
		return failure(c.Folder.MoveServices(ctx, testFolder, FolderRef{}, ByName("a.ru")))
	},
	"no service": func(ctx context.Context, c *Client) error {
		return c.Service.Suspend(ctx, DomainRef{ServType: "srv_webfwd"})
	},
	"no service to find": func(ctx context.Context, c *Client) error { return failure(c.Service.GetFolders(ctx, DomainRef{})) },
	"no type of service": func(ctx context.Context, c *Client) error {
		return failure(c.Service.Create(ctx, ServiceOrder{Domain: "a.ru"}))
	},
	"nothing to renew": func(ctx context.Context, c *Client) error { return failure(c.Service.Renew(ctx, 1, Payment{})) },
	"renewal of nothing": func(ctx context.Context, c *Client) error {
		return failure(c.Service.Renew(ctx, 1, Payment{}, DomainRef{}))
	},
	"nobody to share with":  func(ctx context.Context, c *Client) error { return c.Service.PartcontrolGrant(ctx, ByName("a.ru"), "") },
	"no domain to order":    func(ctx context.Context, c *Client) error { return failure(c.Domain.Create(ctx, Registration{})) },
	"no domain to transfer": func(ctx context.Context, c *Client) error { return failure(c.Domain.Transfer(ctx, TransferOrder{})) },
	"an order of an empty name": func(ctx context.Context, c *Client) error {
		return failure(c.Domain.Create(ctx, Registration{Names: []string{""}}))
	},
	"two domains with one id": func(ctx context.Context, c *Client) error {
		return failure(c.Domain.Create(ctx, Registration{Names: []string{"a.ru", "b.ru"}, UserServID: "ff"}))
	},
	"no bids": func(ctx context.Context, c *Client) error { return failure(c.Domain.SetReregBids(ctx, ReregBids{})) },
	"no contacts": func(ctx context.Context, c *Client) error {
		return failure(c.Domain.UpdateContacts(ctx, ContactsUpdate{}, ByName("a.ru")))
	},
	"no transfer key": func(ctx context.Context, c *Client) error { return c.Domain.SetNewAuthInfo(ctx, ByName("a.ru"), "") },
	"no account to transfer to": func(ctx context.Context, c *Client) error {
		return failure(c.Domain.TransferToAnotherAccount(ctx, AccountTransfer{}, ByName("a.ru")))
	},
	"no name servers": func(ctx context.Context, c *Client) error {
		return failure(c.Domain.UpdateNSS(ctx, NSSUpdate{}, ByName("a.ru")))
	},
	"five name servers": func(ctx context.Context, c *Client) error {
		return failure(c.Domain.UpdateNSS(ctx, NSSUpdate{NSS: make([]NameServer, 5)}, ByName("a.ru")))
	},
	"a name server without glue": func(ctx context.Context, c *Client) error {
		return failure(c.Domain.RegisterNS(ctx, "a.com", NameServer{Name: "ns.a.com"}))
	},
	"no zone": func(ctx context.Context, c *Client) error { return failure(c.Domain.GetTLDInfo(ctx, "")) },
	"no word": func(ctx context.Context, c *Client) error { return failure(c.Domain.GetSuggest(ctx, SuggestQuery{})) },
	"too many premium names": func(ctx context.Context, c *Client) error {
		return failure(c.Domain.GetPremiumPrices(ctx, "", make([]string, MaxPremiumNames+1)...))
	},
	"no domain to certify": func(ctx context.Context, c *Client) error {
		return failure(c.Domain.DownloadCertificate(ctx, DomainRef{}))
	},
}

func TestHopelessCallsAreNotSent(t *testing.T) {
	for name, call := range unsent {
		client, stub := answering(t, `{"result":"success"}`)
		if err := call(t.Context(), client); !NeverSent(err) || ClassOf(err) == ClassTransient || stub.requests() != 0 {
			t.Errorf("%s: %v after %d requests", name, err, stub.requests())
		}
	}
}

func TestBillsThatTheAnswerLeavesOutFailed(t *testing.T) {
	client, _ := answering(t, `{"result":"success","answer":{"bills":[
		{"bill_id":2,"result":"maybe","payment":"much"},{"bill_id":3,"pay_status":"payed","error_text":"no"},{"bill_id":4},7]}}`)
	results, err := client.Bill.Delete(t.Context(), 1, 2, 3, 4)
	if err != nil {
		t.Fatal(err)
	}
	for i, result := range results {
		if result.BillID != ID(i+1) || !IsTransient(result.Err) {
			t.Errorf("%+v", result)
		}
	}
	if results[2].PayStatus != BillPayed {
		t.Errorf("a failed bill lost its state: %+v", results[2])
	}
	if results, err := client.Bill.Nop(t.Context()); results != nil || err != nil {
		t.Errorf("without bills: %v, %v", results, err)
	}
}

func TestServicesOfOneDomainAreToldApart(t *testing.T) {
	client, stub := answering(t, `{"result":"success","answer":{"services":[
		{"dname":"a.ru","servtype":"domain","service_id":1,"result":"success","state":"A"},
		{"dname":"a.ru","servtype":"srv_webfwd","service_id":2,"result":"success","state":"S"}]}}`)
	infos, err := client.Service.GetInfo(t.Context(), ByServType("a.ru", "srv_webfwd"), ByName("a.ru"))
	if err != nil || infos[0].ServiceID != 2 || infos[1].ServiceID != 1 {
		t.Fatalf("%+v, %v", infos, err)
	}
	want := map[string]any{"services": []any{
		map[string]any{"domain_name": "a.ru", "servtype": "srv_webfwd"}, map[string]any{"domain_name": "a.ru"},
	}}
	if diff := cmp.Diff(want, stub.input(t)); diff != "" {
		t.Error(diff)
	}
}

func TestReferencesSayWhatTheyName(t *testing.T) {
	for want, ref := range map[string]DomainRef{
		"srv_webfwd of a.ru":                    ByServType("a.ru", "srv_webfwd"),
		"srv_license_isp below service 7":       ByUplink(7, "srv_license_isp", "pro"),
		"service 5":                             ByServiceID(5),
		"user_servid ff":                        {UserServID: "ff"},
		"srv_hosting_ispmgr of user_servid ff1": {UserServID: "ff1", ServType: "srv_hosting_ispmgr"},
	} {
		if ref.String() != want || ref.IsZero() {
			t.Errorf("%q, want %q", ref, want)
		}
	}
}

// printed is everything that formatting and logging make of a value.
func printed(value any) string {
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("test", "value", value)
	slog.New(slog.NewTextHandler(&log, nil)).Info("test", "value", value)
	return fmt.Sprintf("%v %+v %#v %s %q %x", value, value, value, value, value, value) + log.String()
}

func TestContactsAndKeysAreNeverPrinted(t *testing.T) {
	const private = "hjgf7jfj8f8"
	for name, value := range map[string]any{
		"secret":   Secret(private),
		"contacts": Contacts{"o_email": private},
		"details":  details(`{"passwd":"` + private + `"}`),
		"order":    fmt.Sprintf("%+v", TransferOrder{Registration: Registration{Contacts: Contacts{"person": private}}, AuthInfo: private}),
		"user":     fmt.Sprintf("%#v", NewUser{Password: private, Profile: Contacts{"user_phone": private}}),
		"service":  fmt.Sprintf("%+v", []ServiceDetails{{Details: details(`{"e_mail":"` + private + `"}`), Contacts: Contacts{"phone": private}}}),
	} {
		if text := printed(value); strings.Contains(text, private) || strings.Contains(text, fmt.Sprintf("%x", private)) {
			t.Errorf("%s: %s", name, text)
		}
	}
	if text := fmt.Sprint(Contacts{"o_email": private}); !strings.Contains(text, "o_email") {
		t.Errorf("contacts print as %s", text)
	}
}

func TestDetailsAreReadByName(t *testing.T) {
	const text = `{"ru_pp":{"country":"RU","n":5},"fwds":[{"fwdfrom":"/","fwdto":"http://example.net"}],"login":"u1","nothing":null}`
	d := details(text)
	var forwards []struct{ FwdFrom, FwdTo string }
	if err := d.Decode("fwds", &forwards); err != nil || len(forwards) != 1 || forwards[0].FwdTo != "http://example.net" {
		t.Errorf("%+v, %v", forwards, err)
	}
	if d.Text("login") != "u1" || d.Text("nothing") != "" || d.Text("missing") != "" || d.Group("ru_pp").Text("n") != "5" {
		t.Errorf("texts of %v", d)
	}
	if diff := cmp.Diff([]string{"fwds", "login", "nothing", "ru_pp"}, d.Names()); diff != "" {
		t.Error(diff)
	}
	if err := d.Decode("missing", &forwards); err == nil {
		t.Error("a missing member was decoded")
	}
	if d.Equal(details(`{}`)) || !d.Equal(details(text)) || !details(`7`).Equal(Details{}) {
		t.Error("details compare wrongly")
	}
}

func TestContactsOfAServiceOrderDoNotReachItsErrors(t *testing.T) {
	client, _ := answering(t, `{"result":"error","error_code":"PARAMETER_INCORRECT","error_text":"bad ivan@example.net","error_params":{"admin_email":"ivan@example.net"}}`)
	_, err := client.Service.Create(t.Context(), ServiceOrder{ServType: "srv_ssl_certificate", Settings: map[string]string{"admin_email": "ivan@example.net"}})
	raw, _ := json.Marshal(err)
	if err == nil || strings.Contains(err.Error()+string(raw), "ivan") {
		t.Errorf("%v %s", err, raw)
	}
}

func TestNoSecretOfATypedCallReachesItsErrors(t *testing.T) {
	secrets := []string{
		"xxxxx", "othertest", "test@example.com", "Uryupinsk", "hjgf7jfj8f8", "Святослав", "123456789012", testPassword.Username, testPassword.Password,
	}
	for name, tattle := range tattlers {
		client := clientFor(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			tattle(w, r.PostForm.Get("input_data")+r.PostForm.Get("username")+r.PostForm.Get("password"))
		}))
		for _, documented := range documentedCalls() {
			got, err := documented.call(t.Context(), client)
			text := fmt.Sprintf("%v %#v %+v", err, err, got) // the errors of elements stand in what was returned
			for _, secret := range secrets {
				if strings.Contains(text, secret) {
					t.Errorf("%s, %s: %q in %s", documented.function, name, secret, text)
				}
			}
		}
	}
}
