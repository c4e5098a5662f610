package regapi

import (
	"context"
	"encoding/json"
	"time"
)

// details makes Details of JSON.
func details(text string) Details {
	var d Details
	_ = d.UnmarshalJSON([]byte(text))
	return d
}

const (
	orderedParking = `{"descr":"service srv_parking is ordered for domain qqq.ru","payment":"100",
		"pay_notes":"Amount successfully charged","bill_id":"1234","service_id":"987654"}`
	vschizhDetails = `{"country":"RU","e_mail":"test@test.ru","id_state":"VERIFIED","private_person_flag":"1"}`
	vschizh        = `{"services":[{"dname":"vschizh.ru","servtype":"domain","service_id":"12345","details":` + vschizhDetails + `,"result":"success"},
		{"dname":"vschizh.org","error_code":"DOMAIN_NOT_FOUND","result":"error"}]}`
)

func wantVschizh(function string) []ServiceDetails {
	return []ServiceDetails{{
		DomainResult: DomainResult{Ref: ByName("vschizh.ru"), Domain: "vschizh.ru", ServiceID: 12345}, ServType: "domain", Details: details(vschizhDetails),
	}, {
		DomainResult: DomainResult{Ref: ByName("vschizh.org"), Domain: "vschizh.org", Err: refused(function, "vschizh.org", CodeDomainNotFound, "")},
	}}
}

var documentedService = []documentedCall{{
	function: "service/nop",
	call:     func(ctx context.Context, c *Client) (any, error) { return c.Service.Nop(ctx, ByName("test.ru")) },
	sends:    `{"services":[{"domain_name":"test.ru"}]}`,
	answer:   `{"services":[{"dname":"test.ru","result":"success","service_id":"12345","servtype":"domain"}]}`,
	want:     []DomainResult{{Ref: ByName("test.ru"), Domain: "test.ru", ServiceID: 12345}},
}, {
	function: "service/get_prices",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Service.GetPrices(ctx, ServicePriceQuery{Currency: "rur", ShowRenewData: true})
	},
	sends: `{"currency":"rur","show_renew_data":1}`,
	answer: `{"currency":"RUR","pricegroup":"0","show_renew_data":"0","prices":[
		{"servortld":"srv_addip","unit":"month","subtype":"","price":"30"},
		{"servortld":"srv_addip","unit":"month","subtype":"custom_net","price":"60"}],"result":"success"}`,
	want: ServicePrices{Currency: "RUR", PriceGroup: "0", Prices: []ServicePrice{
		{ServType: "srv_addip", Unit: "month", Price: "30"}, {ServType: "srv_addip", Subtype: "custom_net", Unit: "month", Price: "60"},
	}},
}, {
	function: "service/get_servtype_details",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Service.GetServtypeDetails(ctx, ServtypeQuery{ServTypes: []string{"srv_webfwd", "srv_parking"}, OnlyActual: true})
	},
	sends: `{"servtype":"srv_webfwd,srv_parking","only_actual":1}`,
	answer: `[{"commonname":"Web-forwarding","extparams":{},"is_renewable":"1","periods_new":"1-10","periods_renew":"1-10",
		"price_new":"120.00","price_renew":"120.00","servtype":"srv_webfwd","subtype":"","unit":"year"}]`,
	want: []ServtypeDetails{{
		ServType: "srv_webfwd", CommonName: "Web-forwarding", Unit: "year", IsRenewable: 1, ExtParams: details(`{}`),
		PeriodsNew: "1-10", PeriodsRenew: "1-10", PriceNew: "120.00", PriceRenew: "120.00",
	}},
}, {
	function: "service/get_servtype_details",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Service.GetServtypeDetails(ctx, ServtypeQuery{ServTypes: []string{"srv_kvm"}, Subtype: "x", UnrollPrices: true, ShowHidden: true})
	},
	sends:  `{"servtype":"srv_kvm","subtype":"x","unroll_prices":1,"show_hidden":1}`,
	answer: `[{"servtype":"srv_kvm","unit":"month","prices_new":{"1":"100"}}]`,
	want:   []ServtypeDetails{{ServType: "srv_kvm", Unit: "month", PricesNew: json.RawMessage(`{"1":"100"}`)}},
}, {
	function: "service/create",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Service.Create(ctx, ServiceOrder{
			Domain: "qqq.ru", ServType: "srv_parking", Subtype: "free", Period: 1, UserServID: "ff02",
			Payment: Payment{PayType: PayPrepay, OKIfNoMoney: true},
			Place:   FolderPlace{Folder: FolderRef{Name: "mine"}, NoNewFolder: true},
			Comment: "a", AdminComment: "b", Settings: map[string]string{"title": "For sale"},
		})
	},
	sends: `{"domain_name":"qqq.ru","servtype":"srv_parking","subtype":"free","period":1,"user_servid":"ff02","pay_type":"prepay",
		"ok_if_no_money":1,"folder_name":"mine","no_new_folder":1,"comment":"a","admin_comment":"b","title":"For sale"}`,
	answer: orderedParking,
	want: OrderedService{
		ServiceID: 987654, BillID: 1234, Payment: "100", PayNotes: "Amount successfully charged",
		Descr: "service srv_parking is ordered for domain qqq.ru",
	},
}, {
	function: "service/create",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Service.Create(ctx, ServiceOrder{ServType: "srv_addip", Subtype: "ipv4", Uplink: 55})
	},
	sends:  `{"servtype":"srv_addip","subtype":"ipv4","uplink_service_id":"55"}`,
	answer: `{"bill_id":"37601633","pay_notes":"No charge required","payment":"0.00","service_id":"27249497","uplink_service_id":"55"}`,
	want:   OrderedService{ServiceID: 27249497, UplinkServiceID: 55, BillID: 37601633, Payment: "0.00", PayNotes: "No charge required"},
}, {
	function: "service/check_create",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Service.CheckCreate(ctx, ServiceOrder{Domain: "qqq.ru", ServType: "srv_hosting_plesk", Subtype: "Host-1-0420", Period: 1})
	},
	sends: `{"domain_name":"qqq.ru","servtype":"srv_hosting_plesk","subtype":"Host-1-0420","period":1}`,
	answer: `{"descr":"everything is ok for creating","param":{"dname":"qqq.ru","servtype":"srv_hosting_plesk",
		"subtype":"Host-1-0420","period":"1"}}`,
	want: CheckedOrder{
		Descr: "everything is ok for creating",
		Param: CheckedParam{Domain: "qqq.ru", ServType: "srv_hosting_plesk", Subtype: "Host-1-0420", Period: 1},
	},
}, {
	function: "service/delete",
	call: func(ctx context.Context, c *Client) (any, error) {
		return nothing(c.Service.Delete(ctx, ByServType("test.ru", "srv_hosting_ispmgr")))
	},
	sends: `{"domain_name":"test.ru","servtype":"srv_hosting_ispmgr"}`,
}, {
	function: "service/resend_startup_mail",
	call: func(ctx context.Context, c *Client) (any, error) {
		return nothing(c.Service.ResendStartupMail(ctx, ByUplink(7, "srv_license_isp", "pro")))
	},
	sends: `{"uplink_service_id":"7","servtype":"srv_license_isp","subtype":"pro"}`,
}, {
	function: "service/get_info",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Service.GetInfo(ctx, ByName("test.ru"), ByServiceID(111111))
	},
	sends: `{"services":[{"domain_name":"test.ru"},{"service_id":"111111"}]}`,
	answer: `{"services":[{"creation_date":"2001-01-01","expiration_date":"2101-01-01","result":"success","service_id":"12345",
			"servtype":"domain","state":"A","subtype":"test","user2_login":"test@test.com"},
		{"creation_date":"2001-01-01","expiration_date":"2101-01-01","result":"success","service_id":"111111",
			"servtype":"domain","state":"A","subtype":"test","user2_login":""}]}`,
	want: []ServiceInfo{{
		DomainResult: DomainResult{Ref: ByName("test.ru"), Domain: "test.ru", ServiceID: 12345}, ServType: "domain", Subtype: "test",
		State: Active, CreationDate: NewDate(2001, time.January, 1), ExpirationDate: NewDate(2101, time.January, 1), User2Login: "test@test.com",
	}, {
		DomainResult: DomainResult{Ref: ByServiceID(111111), ServiceID: 111111}, ServType: "domain", Subtype: "test",
		State: Active, CreationDate: NewDate(2001, time.January, 1), ExpirationDate: NewDate(2101, time.January, 1),
	}},
}, {
	function: "service/get_list",
	call:     func(ctx context.Context, c *Client) (any, error) { return c.Service.GetList(ctx, ServTypeDomain) },
	sends:    `{"servtype":"domain"}`,
	answer: `{"services":[{"creation_date":"2009-04-29","dname":"foo-test.ru","expiration_date":"2011-04-29","service_id":"222",
		"servtype":"srv_hosting_ispmgr","state":"A","subtype":"test","uplink_service_id":"0"}]}`,
	want: []ServiceListItem{{
		ServiceID: 222, Domain: "foo-test.ru", ServType: "srv_hosting_ispmgr", Subtype: "test", State: Active,
		CreationDate: NewDate(2009, time.April, 29), ExpirationDate: NewDate(2011, time.April, 29),
	}},
}, {
	function: "service/get_folders",
	call:     func(ctx context.Context, c *Client) (any, error) { return c.Service.GetFolders(ctx, ByName("test.ru")) },
	sends:    `{"domain_name":"test.ru"}`,
	answer:   `{"folders":[{"folder_id":"12345","folder_name":"test_folder"}]}`,
	want:     []Folder{{ID: 12345, Name: "test_folder"}},
}, {
	function: "service/get_details",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Service.GetDetails(ctx, DetailsQuery{SplittedContacts: true}, ByName("vschizh.ru"), ByName("vschizh.org"))
	},
	sends:  `{"services":[{"domain_name":"vschizh.ru"},{"domain_name":"vschizh.org"}],"splitted_contacts":1}`,
	answer: vschizh,
	want:   wantVschizh("service/get_details"),
}, {
	function: "service/get_details",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Service.GetDetails(ctx, DetailsQuery{ShowContactsOnly: true, SeparateGroups: true}, ByName("vschizh.ru"))
	},
	sends: `{"services":[{"domain_name":"vschizh.ru"}],"show_contacts_only":1,"separate_groups":1}`,
	answer: `{"services":[{"contacts":{"country":"RU","birth_date":"01.01.1101","fax":null},"dname":"vschizh.ru","service_id":"12345",
		"servtype":"domain","result":"success"}]}`,
	want: []ServiceDetails{{
		DomainResult: DomainResult{Ref: ByName("vschizh.ru"), Domain: "vschizh.ru", ServiceID: 12345}, ServType: "domain",
		Contacts: Contacts{"country": "RU", "birth_date": "01.01.1101", "fax": ""},
	}},
}, {
	function: "service/service_get_details",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Service.ServiceGetDetails(ctx, DetailsQuery{}, ByName("vschizh.ru"), ByName("vschizh.org"))
	},
	sends:  `{"services":[{"domain_name":"vschizh.ru"},{"domain_name":"vschizh.org"}]}`,
	answer: vschizh,
	want:   wantVschizh("service/service_get_details"),
}, {
	function: "service/get_dedicated_server_list",
	call:     func(ctx context.Context, c *Client) (any, error) { return c.Service.GetDedicatedServerList(ctx) },
	sends:    `{}`,
	answer: `{"server_list":[{"server_id":"171","cpu_content":"Intel Pentium 4 2.8Ghz","cpu_count":"1","cpu_core":"2","hdd_content":"IDE",
		"hdd_count":"2","hdd_size":"120Gb","ram_content":"RAM","ram_count":"2","ram_size":"512Mb","month_traf":"1000","price_retail":"3080"}]}`,
	want: []DedicatedServer{{
		ServerID: 171, CPUContent: "Intel Pentium 4 2.8Ghz", CPUCount: 1, CPUCore: 2, HDDContent: "IDE", HDDCount: 2, HDDSize: "120Gb",
		RAMContent: "RAM", RAMCount: 2, RAMSize: "512Mb", MonthTraf: 1000, PriceRetail: "3080",
	}},
}, {
	function: "service/update",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Service.Update(ctx, ByServType("qqq.ru", "srv_webfwd"), map[string]string{
			"subtask": "addfwd", "fwdfrom": "/", "fwdto": "http://www.reg.ru", "webfwd_type": "redirect",
		})
	},
	sends:  `{"domain_name":"qqq.ru","servtype":"srv_webfwd","subtask":"addfwd","fwdfrom":"/","fwdto":"http://www.reg.ru","webfwd_type":"redirect"}`,
	answer: `{"descr":"service srv_webfwd is updated for domain qqq.ru"}`,
	want:   "service srv_webfwd is updated for domain qqq.ru",
}, {
	function: "service/renew",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Service.Renew(ctx, 2, Payment{}, ByName("test12345.ru"))
	},
	sends: `{"domain_name":"test12345.ru","period":2}`,
	answer: `{"period":"2","payment":"100","currency":"RUR","status":"renew_success","dname":"test12345.ru","bill_id":"123456",
		"servtype":"domain"}`,
	want: Renewal{
		Status: RenewSuccess, BillID: 123456, Period: 2, Payment: "100", Currency: "RUR",
		Services: []DomainResult{{Ref: ByName("test12345.ru"), Domain: "test12345.ru"}},
	},
}, {
	function: "service/renew",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Service.Renew(ctx, 2, Payment{OKIfNoMoney: true}, ByName("test12345.ru"), ByName("test12346.ru"))
	},
	sends: `{"services":[{"domain_name":"test12345.ru"},{"domain_name":"test12346.ru"}],"period":2,"ok_if_no_money":1}`,
	answer: `{"currency":"RUR","payment":"200","period":"2","bill_id":"123456","status":"only_bill_created","services":[
		{"dname":"test12345.ru","service_id":"12345","servtype":"domain","result":"success"},
		{"dname":"test12346.ru","service_id":"12346","servtype":"domain","result":"success"}]}`,
	want: Renewal{
		Status: OnlyBillCreated, BillID: 123456, Period: 2, Payment: "200", Currency: "RUR",
		Services: []DomainResult{
			{Ref: ByName("test12345.ru"), Domain: "test12345.ru", ServiceID: 12345},
			{Ref: ByName("test12346.ru"), Domain: "test12346.ru", ServiceID: 12346},
		},
	},
}, {
	function: "service/get_bills",
	call:     func(ctx context.Context, c *Client) (any, error) { return c.Service.GetBills(ctx, ByName("qqq.ru")) },
	sends:    `{"services":[{"domain_name":"qqq.ru"}]}`,
	answer:   `{"services":[{"bills":["123456","234567"],"dname":"qqq.ru","service_id":"12345","servtype":"domain"}]}`,
	want: []ServiceBills{{
		DomainResult{Ref: ByName("qqq.ru"), Domain: "qqq.ru", ServiceID: 12345}, []ID{123456, 234567},
	}},
}, {
	function: "service/check_readonly",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Service.CheckReadonly(ctx, ByServiceID(999999), ByServiceID(654321), ByServiceID(123456))
	},
	sends: `{"services":[{"service_id":"999999"},{"service_id":"654321"},{"service_id":"123456"}]}`,
	answer: `{"services":[
		{"error_code":"SERVICE_ID_NOT_FOUND","error_detail":"SERVICE_ID_NOT_FOUND","is_readonly":1,"service_id":"999999"},
		{"error_code":"DATA_IS_READ_ONLY","error_detail":"DATA_IS_READ_ONLY","is_readonly":1,"service_id":"654321"},
		{"error_code":null,"error_detail":null,"is_readonly":0,"service_id":"123456"}],"result":"success"}`,
	want: []ServiceReadonly{
		{DomainResult: DomainResult{Ref: ByServiceID(999999), ServiceID: 999999, Err: refused("service/check_readonly", "service 999999", CodeServiceIDNotFound, "")}},
		{DomainResult: DomainResult{Ref: ByServiceID(654321), ServiceID: 654321}, Readonly: true, Reason: CodeDataIsReadOnly},
		{DomainResult: DomainResult{Ref: ByServiceID(123456), ServiceID: 123456}},
	},
}, {
	function: "service/set_autorenew_flag",
	call: func(ctx context.Context, c *Client) (any, error) {
		return nothing(c.Service.SetAutorenewFlag(ctx, ByName("qqq.ru"), true))
	},
	sends: `{"domain_name":"qqq.ru","flag_value":1}`,
}, {
	function: "service/set_autorenew_flag",
	call: func(ctx context.Context, c *Client) (any, error) {
		return nothing(c.Service.SetAutorenewFlag(ctx, ByName("qqq.ru"), false))
	},
	sends: `{"domain_name":"qqq.ru","flag_value":0}`,
}, {
	function: "service/suspend",
	call: func(ctx context.Context, c *Client) (any, error) {
		return nothing(c.Service.Suspend(ctx, ByName("qqq.ru")))
	},
	sends: `{"domain_name":"qqq.ru"}`,
}, {
	function: "service/resume",
	call: func(ctx context.Context, c *Client) (any, error) {
		return nothing(c.Service.Resume(ctx, ByName("qqq.ru")))
	},
	sends: `{"domain_name":"qqq.ru"}`,
}, {
	function: "service/get_depreciated_period",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Service.GetDepreciatedPeriod(ctx, ByServType("qqq.ru", "srv_hosting_ispmgr"))
	},
	sends:  `{"domain_name":"qqq.ru","servtype":"srv_hosting_ispmgr"}`,
	answer: `{"depreciated_period":"1.5"}`,
	want:   1.5,
}, {
	function: "service/upgrade",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Service.Upgrade(ctx, ByServType("qqq.ru", "srv_hosting_ispmgr"), Upgrade{Subtype: "Host-2", Period: 2})
	},
	sends:  `{"domain_name":"qqq.ru","servtype":"srv_hosting_ispmgr","subtype":"Host-2","period":2}`,
	answer: `{"bill_id":"123","new_service_id":"-1","returned_amount":"100","withdrawed_amount":"100"}`,
	want:   Upgraded{BillID: 123, ReturnedAmount: "100", WithdrawedAmount: "100"},
}, {
	function: "service/partcontrol_grant",
	call: func(ctx context.Context, c *Client) (any, error) {
		return nothing(c.Service.PartcontrolGrant(ctx, ByServiceID(1), "test_user"))
	},
	sends:  `{"service_id":"1","newlogin":"test_user"}`,
	answer: `{"newlogin":"test_user","service_id":"1"}`,
}, {
	function: "service/partcontrol_revoke",
	call: func(ctx context.Context, c *Client) (any, error) {
		return nothing(c.Service.PartcontrolRevoke(ctx, ByServiceID(1)))
	},
	sends:  `{"service_id":"1"}`,
	answer: `{"service_id":"1"}`,
}, {
	function: "service/resend_mail",
	call: func(ctx context.Context, c *Client) (any, error) {
		return nothing(c.Service.ResendMail(ctx, ByServType("test.ru", "srv_ssl_certificate"), MailApprover))
	},
	sends:  `{"domain_name":"test.ru","servtype":"srv_ssl_certificate","mailtype":"approver_email"}`,
	answer: `{"dname":"test.ru","result":"success","service_id":"111"}`,
}, {
	function: "service/refill",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Service.Refill(ctx, ByServiceID(123456), "10", "UAH")
	},
	sends: `{"service_id":"123456","amount":"10","currency":"UAH"}`,
	answer: `{"bill_id":"1000000","currency":"RUR","pay_notes":"Amount successfully charged","pay_type":"prepay","payment":"36.88",
		"service_id":"123456"}`,
	want: ServiceRefill{
		ServiceID: 123456, BillID: 1000000, PayType: PayPrepay, Payment: "36.88", Currency: "RUR", PayNotes: "Amount successfully charged",
	},
}, {
	function: "service/refund",
	call: func(ctx context.Context, c *Client) (any, error) {
		return nothing(c.Service.Refund(ctx, ByServiceID(123456)))
	},
	sends: `{"service_id":"123456"}`,
}, {
	function: "service/get_balance",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Service.GetBalance(ctx, ByServiceID(123456))
	},
	sends:  `{"service_id":"123456"}`,
	answer: `{"balance":"10","currency":"USD"}`,
	want:   ServiceBalance{Balance: "10", Currency: "USD"},
}, {
	function: "service/seowizard_manage_link",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Service.SeowizardManageLink(ctx, ByServiceID(123456))
	},
	sends:  `{"service_id":"123456"}`,
	answer: `{"link":"http://reg.ru/seowizard.html"}`,
	want:   "http://reg.ru/seowizard.html",
}, {
	function: "service/get_websitebuilder_link",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Service.GetWebsitebuilderLink(ctx, ByServiceID(123456))
	},
	sends:  `{"service_id":"123456"}`,
	answer: `{"link":"http://www.reg.ru/ru/?login_hash=123"}`,
	want:   "http://www.reg.ru/ru/?login_hash=123",
}}
