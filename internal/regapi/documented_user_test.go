package regapi

import (
	"context"
	"net/netip"
)

var documentedUser = []documentedCall{{
	function: "user/nop",
	call:     func(ctx context.Context, c *Client) (any, error) { return nothing(c.User.Nop(ctx)) },
	sends:    `{}`,
}, {
	function: "user/create",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.User.Create(ctx, NewUser{
			Login: "othertest", Password: "xxxxx", Email: "test@example.com", IP: netip.MustParseAddr("192.0.2.7"),
			DefaultCountryCode: "RU", Profile: Contacts{"user_city": "Uryupinsk"}, NoMailNotify: true,
			SetMeAsReferrer: true, WhiteListIPs: []string{"192.168.0.1", "192.168."},
		})
	},
	sends: `{"user_login":"othertest","user_password":"xxxxx","user_email":"test@example.com","user_ip":"192.0.2.7",
		"default_country_code":"RU","user_city":"Uryupinsk","user_mailnotify":0,"set_me_as_referrer":1,
		"white_list_ips":["192.168.0.1","192.168."]}`,
	answer: `{"user_id":"777"}`,
	want:   ID(777),
}, {
	function: "user/create",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.User.Create(ctx, NewUser{EmailOnly: true, Email: "test@example.com", Subscribe: true, CheckOnly: true})
	},
	sends:  `{"email_only":1,"user_email":"test@example.com","user_subsribe":1,"check_only":1}`,
	answer: `{"user_id":777}`,
	want:   ID(777),
}, {
	function: "user/get_statistics",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.User.GetStatistics(ctx, NewDate(2026, 1, 1), Date{})
	},
	sends: `{"date_from":"2026-01-01"}`,
	answer: `{"active_domains_cnt":"5","active_domains_get_ctrl_cnt":"3","domain_folders_cnt":"2","renew_domains_cnt":"4",
		"renew_domains_get_ctrl_cnt":"1","undelegated_domains_cnt":"6"}`,
	want: Statistics{
		ActiveDomains: 5, ActiveDomainsGetCtrl: 3, DomainFolders: 2, RenewDomains: 4, RenewDomainsGetCtrl: 1, UndelegatedDomains: 6,
	},
}, {
	function: "user/get_balance",
	call:     func(ctx context.Context, c *Client) (any, error) { return c.User.GetBalance(ctx, "RUR") },
	sends:    `{"currency":"RUR"}`,
	answer:   `{"credit":"10","currency":"RUR","prepay":"1000"}`,
	want:     Balance{Credit: "10", Currency: "RUR", Prepay: "1000"},
}, {
	function: "user/set_reseller_url",
	call: func(ctx context.Context, c *Client) (any, error) {
		return nothing(c.User.SetResellerURL(ctx, ResellerURL{"srv_seowizard", "refill", "http://test2.com"}))
	},
	sends: `{"servtype":"srv_seowizard","url_type":"refill","url":"http://test2.com"}`,
}, {
	function: "user/get_reseller_url",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.User.GetResellerURL(ctx, "srv_seowizard", "refill")
	},
	sends:  `{"servtype":"srv_seowizard","url_type":"refill"}`,
	answer: `{"url":"http://test2.com"}`,
	want:   ResellerURL{"srv_seowizard", "refill", "http://test2.com"},
}, {
	function: "user/refill_balance",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.User.RefillBalance(ctx, BalanceRefill{WMID: "123456789012", Currency: "USD", Amount: "1000"})
	},
	sends: `{"pay_type":"WM","wmid":"123456789012","currency":"USD","amount":"1000"}`,
	answer: `{"bill_id":"123456","currency":"RUR","pay_notes":"Bill for prepay created","pay_type":"WM","payment":"1000",
		"total_payment":"1000","wm_invid":"12345678"}`,
	want: RefillBill{
		BillID: 123456, Currency: "RUR", PayNotes: "Bill for prepay created", PayType: "WM", Payment: "1000",
		TotalPayment: "1000", WMInvID: 12345678,
	},
}}
