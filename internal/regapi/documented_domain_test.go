package regapi

import (
	"context"
	"net/netip"
	"time"
)

var (
	regruNSS = []NameServer{{Name: "ns1.reg.ru"}, {Name: "ns2.reg.ru"}}
	bothRefs = []DomainRef{ByName("test.ru"), ByName("test.su")}

	wantBoth = []DomainResult{
		{Ref: bothRefs[0], Domain: "test.ru", ServiceID: 12345}, {Ref: bothRefs[1], Domain: "test.su", ServiceID: 12346},
	}
)

const (
	sendsBoth  = `{"domains":[{"dname":"test.ru"},{"dname":"test.su"}]}`
	answerBoth = `{"domains":[{"dname":"test.ru","result":"success","service_id":"12345"},
		{"dname":"test.su","result":"success","service_id":"12346"}]}`

	badFormat = "domain_name is invalid or unsupported zone"
)

var documentedDomain = []documentedCall{{
	function: "domain/nop",
	call:     func(ctx context.Context, c *Client) (any, error) { return c.Domain.Nop(ctx, ByName("qqq.ru")) },
	sends:    `{"dname":"qqq.ru"}`,
	answer:   `{"service_id":"123456"}`,
	want:     ID(123456),
}, {
	function: "domain/get_prices",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Domain.GetPrices(ctx, DomainPriceQuery{Currency: "RUR", ShowRenewData: true, ShowUpdateData: true})
	},
	sends: `{"currency":"RUR","show_renew_data":1,"show_update_data":1}`,
	answer: `{"currency":"RUR","price_group":"Retail","prices":{
		"__idn.com":{"reg_max_period":"10","reg_min_period":"1","reg_price":"960"},
		"рф":{"reg_max_period":"1","reg_min_period":"1","reg_price":"1200","renew_price":1300,"retail_reg_price":"1","retail_renew_price":"2"}}}`,
	want: DomainPrices{Currency: "RUR", PriceGroup: "Retail", Prices: map[string]DomainPrice{
		"__idn.com": {RegPrice: "960", RegMinPeriod: 1, RegMaxPeriod: 10},
		"рф":        {RegPrice: "1200", RenewPrice: "1300", RetailRegPrice: "1", RetailRenewPrice: "2", RegMinPeriod: 1, RegMaxPeriod: 1},
	}},
}, {
	function: "domain/get_suggest",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Domain.GetSuggest(ctx, SuggestQuery{Word: "дом", AdditionalWord: "новый", Category: "all", TLDs: []string{"рф"}, UseHyphen: true})
	},
	sends:  `{"word":"дом","additional_word":"новый","category":"all","tlds":["рф"],"use_hyphen":1}`,
	answer: `{"suggestions":[{"avail_in":["рф","su"],"name":"дом"},{"avail_in":["ru"],"name":"dom"}]}`,
	want:   []Suggestion{{"дом", []string{"рф", "su"}}, {"dom", []string{"ru"}}},
}, {
	function: "domain/get_premium_prices",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Domain.GetPremiumPrices(ctx, "USD", "ua.ae.org", "007.academy")
	},
	sends: `{"currency":"USD","domains":["ua.ae.org","007.academy"]}`,
	answer: `{"currency":"USD","domains":[{"domain_name":"007.academy","register_period":"1","register_price":"238.16",
		"renew_period":"1","renew_price":"238.16"}]}`,
	want: PremiumPrices{Currency: "USD", Domains: []PremiumPrice{
		{Domain: "007.academy", RegisterPrice: "238.16", RegisterPeriod: 1, RenewPrice: "238.16", RenewPeriod: 1},
	}},
}, {
	function: "domain/get_deleted",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Domain.GetDeleted(ctx, DeletedQuery{
			TLDs: []string{"ru"}, DeletedFrom: NewDate(2013, 9, 1), DeletedTo: NewDate(2013, 9, 30), CreatedFrom: NewDate(2006, 1, 1),
			CreatedTo: NewDate(2006, 12, 31), HideReg: true, MinPR: 1, MinCY: 2,
		})
	},
	sends: `{"tlds":["ru"],"deleted_from":"2013-09-01","deleted_to":"2013-09-30","created_from":"2006-01-01","created_to":"2006-12-31",
		"hidereg":1,"min_pr":1,"min_cy":2}`,
	answer: `{"domains":[{"domain_name":"apmatypa.ru","registered":"NOT REGISTERED","yandex_tic":0,"first_create_date":"2006-05-18",
		"google_pr":"2","date_delete":"2013-09-26"}]}`,
	want: []DeletedDomain{{
		Domain: "apmatypa.ru", DateDelete: NewDate(2013, time.September, 26), Registered: "NOT REGISTERED",
		FirstCreateDate: NewDate(2006, time.May, 18), GooglePR: 2,
	}},
}, {
	function: "domain/check",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Domain.Check(ctx, CheckQuery{IsTransfer: true, PremiumAsTaken: true, Currency: "RUR"}, "ya.ru", "yayayayayaya.ru", "rr.ru.com")
	},
	sends: `{"domains":[{"dname":"ya.ru"},{"dname":"yayayayayaya.ru"},{"dname":"rr.ru.com"}],"is_transfer":1,"premium_as_taken":1,"currency":"RUR"}`,
	answer: `{"domains":[
		{"dname":"ya.ru","error_code":"DOMAIN_ALREADY_EXISTS","result":"Domain already exists, use whois service"},
		{"dname":"yayayayayaya.ru","result":"Available"},
		{"currency":"RUR","dname":"rr.ru.com","is_premium":"1","price":"60000","renew_price":"600","result":"Available"}]}`,
	want: []Availability{
		{DomainResult: DomainResult{
			Ref: ByName("ya.ru"), Domain: "ya.ru",
			Err: refused("domain/check", "ya.ru", CodeDomainAlreadyExists, "Domain already exists, use whois service"),
		}},
		{DomainResult: DomainResult{Ref: ByName("yayayayayaya.ru"), Domain: "yayayayayaya.ru"}},
		{
			DomainResult: DomainResult{Ref: ByName("rr.ru.com"), Domain: "rr.ru.com"},
			IsPremium:    true, Price: "60000", RenewPrice: "600", Currency: "RUR",
		},
	},
}, {
	function: "domain/create",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Domain.Create(ctx, Registration{
			Names: []string{"vschizh.ru"}, Period: 1, EnduserIP: netip.MustParseAddr("192.0.2.7"),
			Contacts: Contacts{"person_r_name": "Святослав", "country": "RU"},
			NSS:      []NameServer{{"ns1.vschizh.ru", []string{"192.0.2.1"}}, {"ns2.vschizh.ru", []string{"192.0.2.2", "192.0.2.3"}}},
			Comment:  "a", AdminComment: "b", UserServID: "ff01", Payment: Payment{PayType: PayPrepay},
			Place: FolderPlace{Folder: FolderRef{ID: 5}},
		})
	},
	sends: `{"domain_name":"vschizh.ru","period":1,"enduser_ip":"192.0.2.7","contacts":{"person_r_name":"Святослав","country":"RU"},
		"nss":{"ns0":"ns1.vschizh.ru","ns0ip":"192.0.2.1","ns1":"ns2.vschizh.ru","ns1ip":["192.0.2.2","192.0.2.3"]},
		"comment":"a","admin_comment":"b","user_servid":"ff01","pay_type":"prepay","folder_id":"5"}`,
	answer: `{"bill_id":"1234","domains":[{"dname":"vschizh.ru","result":"success","service_id":"12345"}],
		"pay_notes":"Amount successfully charged","pay_type":"prepay","payment":"600"}`,
	want: Order{
		BillID: 1234, Payment: "600", PayType: PayPrepay, PayNotes: "Amount successfully charged",
		Domains: []DomainResult{{Ref: ByName("vschizh.ru"), Domain: "vschizh.ru", ServiceID: 12345}},
	},
}, {
	function: "domain/create",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Domain.Create(ctx, Registration{
			Names: []string{"vschizh.ru", "vschizh.рф"}, Period: 1, ProfileType: "RU.PP", ProfileName: "main", NotDelegated: true,
			Subtype: "preorder", RegPremium: true,
		})
	},
	sends: `{"domains":[{"dname":"vschizh.ru"},{"dname":"vschizh.рф"}],"period":1,"profile_type":"RU.PP","profile_name":"main",
		"not_delegated":1,"subtype":"preorder","reg_premium":1}`,
	answer: `{"bill_id":"1234","domains":[{"dname":"vschizh.ru","result":"success","service_id":"12345"},
		{"dname":"vschizh.рф","result":"Invalid TLD"}],"pay_notes":"","pay_type":"prepay","payment":"600"}`,
	want: Order{
		BillID: 1234, Payment: "600", PayType: PayPrepay,
		Domains: []DomainResult{
			{Ref: ByName("vschizh.ru"), Domain: "vschizh.ru", ServiceID: 12345},
			{Ref: ByName("vschizh.рф"), Domain: "vschizh.рф", Err: refused("domain/create", "vschizh.рф", "", "Invalid TLD")},
		},
	},
}, {
	function: "domain/transfer",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Domain.Transfer(ctx, TransferOrder{Registration: Registration{Names: []string{"vschizh.ru"}}, AuthInfo: "hjgf7jfj8f8"})
	},
	sends: `{"domain_name":"vschizh.ru","period":0,"authinfo":"hjgf7jfj8f8"}`,
	answer: `{"bill_id":"1234","domains":[{"dname":"vschizh.ru","result":"success","service_id":"12345"}],
		"pay_notes":"Amount successfully charged","pay_type":"prepay","payment":"0"}`,
	want: Order{
		BillID: 1234, Payment: "0", PayType: PayPrepay, PayNotes: "Amount successfully charged",
		Domains: []DomainResult{{Ref: ByName("vschizh.ru"), Domain: "vschizh.ru", ServiceID: 12345}},
	},
}, {
	function: "domain/get_transfer_status",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Domain.GetTransferStatus(ctx, ByName("ya.ru"), ByName("qwerty.ooo"), ByName("xn--41a.com"), ByName("zzz.рф"))
	},
	sends: `{"domains":[{"dname":"ya.ru"},{"dname":"qwerty.ooo"},{"dname":"xn--41a.com"},{"dname":"zzz.рф"}]}`,
	answer: `{"domains":[
		{"dname":"ya.ru","error_code":"DOMAIN_NOT_FOUND","error_params":{"domain_name":"ya.ru"},
			"error_text":"Domain ya.ru not found or not owned by You","result":"error"},
		{"dname":"qwerty.ooo","result":"success","service_id":"12345","status":"notAvailable"},
		{"dname":"я.com","result":"success","service_id":"12346","status":"pendingTransfer"},
		{"dname":"zzz.рф","error_code":"INVALID_DOMAIN_NAME_FORMAT","error_params":{"domain_name":"zzz.xn--p1ai"},
			"error_text":"` + badFormat + `","result":"error"}]}`,
	want: []DomainTransfer{
		{DomainResult: DomainResult{
			Ref: ByName("ya.ru"), Domain: "ya.ru",
			Err: refused("domain/get_transfer_status", "ya.ru", CodeDomainNotFound, "Domain ya.ru not found or not owned by You"),
		}},
		{DomainResult{Ref: ByName("qwerty.ooo"), Domain: "qwerty.ooo", ServiceID: 12345}, TransferNotAvailable},
		{DomainResult{Ref: ByName("xn--41a.com"), Domain: "я.com", ServiceID: 12346}, TransferPending},
		{DomainResult: DomainResult{
			Ref: ByName("zzz.рф"), Domain: "zzz.рф",
			Err: refused("domain/get_transfer_status", "zzz.рф", CodeInvalidDomainNameFormat, badFormat),
		}},
	},
}, {
	function: "domain/set_new_authinfo",
	call: func(ctx context.Context, c *Client) (any, error) {
		return nothing(c.Domain.SetNewAuthInfo(ctx, ByName("test.com"), "hjgf7jfj8f8"))
	},
	sends:  `{"domain_name":"test.com","authinfo":"hjgf7jfj8f8"}`,
	answer: `{"dname":"test.com","service_id":"12345"}`,
}, {
	function: "domain/cancel_transfer",
	call: func(ctx context.Context, c *Client) (any, error) {
		return nothing(c.Domain.CancelTransfer(ctx, ByName("test.com")))
	},
	sends: `{"domain_name":"test.com"}`,
}, {
	function: "domain/get_rereg_data",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Domain.GetReregData(ctx, ReregQuery{
			Names: []string{"qqq.ru", "eee.ru"}, DnameMatching: "q*", SearchQuery: "слово", MaxChars: 9, MinPR: 2, MinCY: 3, Kley: true,
			Zone: "ru", Views: 4, Vis: 5, Traf: 6, Price: "7", Registrar: "REGRU-RU", DeleteDate: NewDate(2020, 1, 1), SortCol: "vis",
			Premium: true, Limit: 8, LimitFrom: 9,
		})
	},
	sends: `{"domains":[{"dname":"qqq.ru"},{"dname":"eee.ru"}],"dname_matching":"q*","search_query":"слово","max_chars":9,"min_pr":2,
		"min_cy":3,"kley":1,"zone":"ru","views":4,"vis":5,"traf":6,"price":"7","registrar":"REGRU-RU","delete_date":"2020-01-01",
		"sortcol":"vis","premium":1,"limit":8,"limit_from":9}`,
	answer: `[{"dname":"test.su","tld":"su","yandex_tic":"0","tic_mirrors":"www.test.su","uni_avg_attendance":"100","search_query_list":null,
		"start_price":"600.00","bid":"600.00","avg_viewings":"2","google_pr":"9","price":"600.00","blitz_price":"2500.00",
		"first_create_date":"1991-08-21","delete_date":"2020-01-01","is_recommended":"1","all_avg_traffic":"3","registrar":"REGRU-RU"}]`,
	want: []ReregDomain{{
		Domain: "test.su", TLD: "su", FirstCreateDate: NewDate(1991, time.August, 21), DeleteDate: NewDate(2020, time.January, 1),
		StartPrice: "600.00", Bid: "600.00", Price: "600.00", BlitzPrice: "2500.00", UniAvgAttendance: 100, AvgViewings: 2,
		AllAvgTraffic: 3, TICMirrors: "www.test.su", GooglePR: 9, Registrar: "REGRU-RU", IsRecommended: 1,
	}},
}, {
	function: "domain/set_rereg_bids",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Domain.SetReregBids(ctx, ReregBids{
			Bids:     []ReregBid{{Domain: "vschizh.ru", Price: "225"}, {Domain: "vschizh.su", Price: "400", Instalment: true, Autopay: true}},
			Contacts: Contacts{"country": "RU"}, NSS: regruNSS,
		})
	},
	sends: `{"domains":[{"dname":"vschizh.ru","price":225},{"dname":"vschizh.su","price":400,"instalment":1,"autopay":1}],
		"contacts":{"country":"RU"},"nss":{"ns0":"ns1.reg.ru","ns1":"ns2.reg.ru"}}`,
	answer: `{"bill_id":"1234","domains":[{"dname":"vschizh.ru","result":"success","service_id":"12345"},
		{"dname":"vschizh.su","result":"More bid found"}],"pay_notes":"Amount successfully charged","pay_type":"prepay","payment":"625"}`,
	want: Order{
		BillID: 1234, Payment: "625", PayType: PayPrepay, PayNotes: "Amount successfully charged",
		Domains: []DomainResult{
			{Ref: ByName("vschizh.ru"), Domain: "vschizh.ru", ServiceID: 12345},
			{Ref: ByName("vschizh.su"), Domain: "vschizh.su", Err: refused("domain/set_rereg_bids", "vschizh.su", "", "More bid found")},
		},
	},
}, {
	function: "domain/get_user_rereg_bids",
	call:     func(ctx context.Context, c *Client) (any, error) { return c.Domain.GetUserReregBids(ctx) },
	sends:    `{}`,
	answer: `{"domains":[{"delete_date":"2099-01-01","yandex_tic":2000,"max_bid":5000.00,"next_price":null,"uni_avg_attendance":null,
		"blitz_price":5000.00,"user_bid":5000.00,"search_query_list":null,"tld":"su","dname":"test.su","registrar":"REGRU","is_active":0,
		"avg_viewings":null,"first_create_date":"2001-01-01","google_pr":9,"is_recommended":1,"all_avg_traffic":null}],
		"rereg_bids":{"рф":[0,225]}}`,
	want: UserReregBids{
		Domains: []UserReregDomain{{
			ReregDomain: ReregDomain{
				Domain: "test.su", TLD: "su", FirstCreateDate: NewDate(2001, time.January, 1), DeleteDate: NewDate(2099, time.January, 1),
				BlitzPrice: "5000.00", YandexTIC: 2000, GooglePR: 9, Registrar: "REGRU", IsRecommended: 1,
			},
			UserBid: "5000.00", MaxBid: "5000.00",
		}},
		Steps: map[string][]Money{"рф": {"0", "225"}},
	},
}, {
	function: "domain/get_docs_upload_uri",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Domain.GetDocsUploadURI(ctx, ByName("test.ru"))
	},
	sends:  `{"domain_name":"test.ru"}`,
	answer: `{"docs_upload_sid":"123456","url":"http://www.reg.ru/user/docs/add?userdoc_secretkey=123456"}`,
	want:   DocsUpload{SID: "123456", URL: "http://www.reg.ru/user/docs/add?userdoc_secretkey=123456"},
}, {
	function: "domain/update_contacts",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Domain.UpdateContacts(ctx, ContactsUpdate{Contacts: Contacts{"country": "RU"}, PayoutAgreement: true}, bothRefs...)
	},
	sends:  `{"domains":[{"dname":"test.ru"},{"dname":"test.su"}],"contacts":{"country":"RU"},"payout_agreement":1}`,
	answer: answerBoth,
	want:   wantBoth,
}, {
	function: "domain/update_private_person_flag",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Domain.UpdatePrivatePersonFlag(ctx, false, bothRefs...)
	},
	sends: `{"domains":[{"dname":"test.ru"},{"dname":"test.su"}],"private_person_flag":0}`,
	answer: `{"domains":[{"dname":"test.ru","result":"success","service_id":"12345"},
		{"dname":"test.su","result":"success","service_id":"12346"}],"pp_flag":"is cleared"}`,
	want: wantBoth,
}, {
	function: "domain/register_ns",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Domain.RegisterNS(ctx, "test.com", NameServer{"ns0.test.com", []string{"1.2.3.4"}})
	},
	sends:  `{"domain_name":"test.com","ns0":"ns0.test.com","ns0ip":"1.2.3.4"}`,
	answer: `{"resp":{"actionstatus":"success","actiontype":"AddCns"}}`,
	want:   details(`{"actionstatus":"success","actiontype":"AddCns"}`),
}, {
	function: "domain/delete_ns",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Domain.DeleteNS(ctx, "test.com", NameServer{"ns0.test.com", []string{"1.2.3.4"}})
	},
	sends:  `{"domain_name":"test.com","ns0":"ns0.test.com","ns0ip":"1.2.3.4"}`,
	answer: `{"resp":{"actionstatus":"success","actiontype":"DelCnsIp"}}`,
	want:   details(`{"actionstatus":"success","actiontype":"DelCnsIp"}`),
}, {
	function: "domain/get_nss",
	call:     func(ctx context.Context, c *Client) (any, error) { return c.Domain.GetNSS(ctx, ByName("test.ru")) },
	sends:    `{"domains":[{"dname":"test.ru"}]}`,
	answer:   `{"domains":[{"dname":"test.ru","nss":[{"ns":"ns1.reg.ru"},{"ns":"ns2.reg.ru"}],"service_id":12345}]}`,
	want:     []DomainNSS{{wantBoth[0], regruNSS}},
}, {
	function: "domain/update_nss",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Domain.UpdateNSS(ctx, NSSUpdate{NSS: regruNSS, PayoutAgreement: true}, ByName("test.ru"), ByName("----.ru"))
	},
	sends: `{"domains":[{"dname":"test.ru"},{"dname":"----.ru"}],"nss":{"ns0":"ns1.reg.ru","ns1":"ns2.reg.ru"},"payout_agreement":1}`,
	answer: `{"domains":[{"dname":"test.ru","result":"success","service_id":"12345"},
		{"dname":"----.ru","error_code":"INVALID_DOMAIN_NAME_FORMAT","result":"` + badFormat + `"}]}`,
	want: []DomainResult{
		wantBoth[0],
		{Ref: ByName("----.ru"), Domain: "----.ru", Err: refused("domain/update_nss", "----.ru", CodeInvalidDomainNameFormat, badFormat)},
	},
}, {
	function: "domain/update_nss",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Domain.UpdateNSS(ctx, NSSUpdate{Undelegate: true}, ByName("test.ru"))
	},
	sends:  `{"domains":[{"dname":"test.ru"}],"undelegate":1}`,
	answer: `{"services":[{"dname":"test.ru","result":"success","service_id":"12345"}]}`,
	want:   wantBoth[:1],
}, {
	function: "domain/delegate",
	call:     func(ctx context.Context, c *Client) (any, error) { return c.Domain.Delegate(ctx, bothRefs...) },
	sends:    sendsBoth,
	answer:   answerBoth,
	want:     wantBoth,
}, {
	function: "domain/undelegate",
	call:     func(ctx context.Context, c *Client) (any, error) { return c.Domain.Undelegate(ctx, bothRefs...) },
	sends:    sendsBoth,
	answer:   answerBoth,
	want:     wantBoth,
}, {
	function: "domain/transfer_to_another_account",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Domain.TransferToAnotherAccount(ctx, AccountTransfer{NewUserName: "not_test", SetMeAsReferrer: true}, bothRefs...)
	},
	sends: `{"domains":[{"dname":"test.ru"},{"dname":"test.su"}],"new_user_name":"not_test","set_me_as_referrer":1}`,
	answer: `{"domains":[{"dname":"test.ru","result":"request_is_sent","service_id":"12345"},
		{"dname":"test.su","error_code":"NOT_TRANSFERED_DOMAIN_STATUS","service_id":"12346"}]}`,
	want: []DomainResult{
		wantBoth[0],
		{Ref: bothRefs[1], Domain: "test.su", ServiceID: 12346, Err: refused("domain/transfer_to_another_account", "test.su", CodeNotTransferedDomainStatus, "")},
	},
}, {
	function: "domain/look_at_entering_list",
	call:     func(ctx context.Context, c *Client) (any, error) { return c.Domain.LookAtEnteringList(ctx) },
	sends:    `{}`,
	answer:   `{"messages":[{"domain_names":["test.ru"],"id":"123456"},{"domain_names":["test.su","test.com"],"id":"123457"}]}`,
	want:     []EnteringOffer{{123456, []string{"test.ru"}}, {123457, []string{"test.su", "test.com"}}},
}, {
	function: "domain/accept_or_refuse_entering_list",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Domain.AcceptOrRefuseEnteringList(ctx,
			EnteringDecision{123456, true}, EnteringDecision{123457, false}, EnteringDecision{123458, true}, EnteringDecision{123459, true})
	},
	sends: `{"domains":[{"id":"123456","action_type":"accept"},{"id":"123457","action_type":"refuse"},
		{"id":"123458","action_type":"accept"},{"id":"123459","action_type":"accept"}]}`,
	answer: `{"domains":[{"id":123456,"action_type":"accept","result":"accepted"},{"id":"123457","action_type":"refuse","result":"refused"},
		{"id":"123458","action_type":"xxx","result":"action_type has incorrect format or data","error_params":{"param":"action_type"},
			"error_code":"PARAMETER_INCORRECT"},
		{"id":"123459","action_type":"accept","result":"refused"}]}`,
	want: []EnteringResult{
		{EnteringDecision{123456, true}, nil},
		{EnteringDecision{123457, false}, nil},
		{EnteringDecision{123458, true}, refused("domain/accept_or_refuse_entering_list", "offer 123458", CodeParameterIncorrect, "action_type has incorrect format or data")},
		{EnteringDecision{123459, true}, refused("domain/accept_or_refuse_entering_list", "offer 123459", "", "refused")},
	},
}, {
	function: "domain/request_to_transfer",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Domain.RequestToTransfer(ctx, "reg.ru", "test0.ru")
	},
	sends:  `{"domains":[{"dname":"reg.ru"},{"dname":"test0.ru"}]}`,
	answer: `{"domains":[{"dname":"reg.ru","result":"Free domain"},{"dname":"test0.ru","result":"success"}]}`,
	want: []DomainResult{
		{Ref: ByName("reg.ru"), Domain: "reg.ru", Err: refused("domain/request_to_transfer", "reg.ru", "", "Free domain")},
		{Ref: ByName("test0.ru"), Domain: "test0.ru"},
	},
}, {
	function: "domain/get_tld_info",
	call:     func(ctx context.Context, c *Client) (any, error) { return c.Domain.GetTLDInfo(ctx, "ru") },
	sends:    `{"tld":"ru"}`,
	answer: `{"tld_info":{"email_verification":"0","idn_allowed":"1","max_dname_length":"63","max_nss_count":"13","min_dname_length":"2",
		"min_nss_count":"0","privacy_protection_allowed":"0","regperiods":"1","reject_days_of_renew_after_create":"7",
		"renew_grace_period_after_expdate":"31","renew_grace_period_before_expdate":"60","renewperiods":"1","restoration_grace_period":"3","tld":"ru"}}`,
	want: TLDInfo{
		TLD: "ru", IDNAllowed: true, MinDnameLength: 2, MaxDnameLength: 63, MaxNSSCount: 13, RegPeriods: "1", RenewPeriods: "1",
		RejectDaysOfRenewAfterCreate: 7, RenewGracePeriodBeforeExpdate: 60, RenewGracePeriodAfterExpdate: 31, RestorationGracePeriod: 3,
	},
}, {
	function: "domain/send_email_verification_letter",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Domain.SendEmailVerificationLetter(ctx, ByName("test.com"), true)
	},
	sends:  `{"domain_name":"test.com","check_only":1}`,
	answer: `{"status":"ALREADY_VERIFIED"}`,
	want:   EmailAlreadyVerified,
}}
