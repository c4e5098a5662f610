package regapitest

import "fmt"

// The documentation writes many answers of section 7 in Perl; here they are JSON of the same values.

const (
	orderedService = `{"answer":{"descr":"service %s is ordered for domain qqq.ru","payment":"%s","pay_notes":"Amount successfully charged","bill_id":"1234","service_id":"987654"},"result":"success"}`
	done           = `{"result":"success"}`
)

// The contacts of the example of service/get_details, without those that it gives in one answer and not in another.
const vschizh = `"country":"RU","e_mail":"test@test.ru","person_r":"Рюрик Святослав Владимирович","phone":"+7 495 1234567","birth_date":"01.01.1101","person":"Svyatoslav V Ryurik","p_addr":"12345, г. Вщиж, ул. Княжеска, д.1, Рюрику Святославу Владимировичу, князю Вщижскому","passport":"22 44 668800, выдан по месту правления 01.09.1164"`

var serviceExamples = []example{
	{"7.2 service/get_prices, as far as the dots", `service/get_prices
output_content_type=plain
password=test
username=test`, `{"answer":{"currency":"RUR","pricegroup":"0","show_renew_data":"0","prices":[{"servortld":"srv_addip","unit":"month","subtype":"","price":"30"},{"servortld":"srv_addip","unit":"month","subtype":"custom_net","price":"60"}]},"result":"success"}`},
	{"7.3 service/get_servtype_details", `service/get_servtype_details
output_content_type=plain
password=test
servtype=srv_hosting_ispmgr
username=test`, `{"answer":[{"commonname":"Web-forwarding","extparams":{},"is_renewable":"1","periods_new":"1-10","periods_renew":"1-10","price_new":"120.00","price_renew":"120.00","servtype":"srv_webfwd","subtype":"","unit":"year"}],"result":"success"}`},
	{"7.4 service/create of parking", `service/create
dname=qqq.ru
output_content_type=plain
password=test
servtype=srv_parking
username=test`, fmt.Sprintf(orderedService, "srv_parking", "100")},
	{"7.4 service/create of free parking", `service/create
dname=qqq.ru
output_content_type=plain
password=test
servtype=srv_parking
subtype=free
username=test`, fmt.Sprintf(orderedService, "srv_parking", "0")},
	{"7.4 service/create of a website builder", `service/create
dname=test.ru
email=test@test.ru
password=test
period=12
servtype=srv_websitebuilder
subtype=start
username=test`, `{"answer":{"bill_id":"37601633","descr":"service srv_websitebuilder is ordered for domain test.ru","pay_notes":"No charge required","payment":"0.00","service_id":"27249497","uplink_service_id":"0"},"charset":"utf-8","messagestore":null,"result":"success"}`},
	{"7.4 service/create of hosting", `service/create
dname=qqq.ru
output_content_type=plain
password=test
period=1
plan=Host-2
servtype=srv_hosting_ispmgr
username=test`, fmt.Sprintf(orderedService, "srv_hosting_ispmgr", "100")},
	{"7.5 service/check_create", `service/check_create
dname=qqq.ru
period=1
servtype=srv_hosting_plesk
subtype=Host-1-0420`, `{"answer":{"descr":"everything is ok for creating","param":{"dname":"qqq.ru","servtype":"srv_hosting_plesk","subtype":"Host-1-0420","period":"1"}},"result":"success"}`},
	{"7.6 service/delete", `service/delete
domain_name=test.ru
output_content_type=plain
password=test
servtype=srv_hosting_ispmgr
username=test`, done},
	{"7.9 service/get_folders", `service/get_folders
domain_name=test.ru
output_content_type=plain
password=test
username=test`, `{"answer":{"folders":[{"folder_id":"12345","folder_name":"test_folder"}]},"result":"success"}`},
	{"7.10 service/get_details of two domains", `service/get_details
input_data={"username":"test","password":"test","domains":[{"dname":"vschizh.ru"},{"dname":"vschizh.org"}],"output_content_type":"plain"}
input_format=json
password=test
username=test`, `{"answer":{"services":[{"dname":"vschizh.ru","servtype":"domain","service_id":"12345","details":{` + vschizh + `,"id_state":"VERIFIED","descr":"test contacts","private_person_flag":"1"},"result":"success"},{"dname":"vschizh.org","servtype":"domain","service_id":"12346","details":{"o_email":"test@test.ru","o_addr":"Vschizh Goverment, house 1, Knyazheska str","o_phone":"+7.4951234567","o_state":"VSZ","o_postcode":"12345","o_city":"Vschizh","o_first_name":"Svyatoslav","o_last_name":"Ryurik","o_company":"Vschizh City","o_country_code":"RU","o_fax":"+7.4951234567"},"result":"success"}]},"result":"success"}`},
	{"7.10 service/get_details in groups", `service/get_details
domain_name=vschizh.ru
output_content_type=plain
password=test
separate_groups=1
username=test`, `{"answer":{"services":[{"dname":"vschizh.ru","service_id":"12345","servtype":"domain","details":{"ru_id":{"id_state":"VERIFIED"},"ru_dd":{"descr":"test user domain"},"ru_pp":{` + vschizh + `}},"result":"success"}]},"result":"success"}`},
	{"7.10 service/get_details of contacts alone", `service/get_details
domain_name=vschizh.ru
output_content_type=plain
password=test
show_contacts_only=1
username=test`, `{"answer":{"services":[{"contacts":{` + vschizh + `,"descr":"test user domain"},"dname":"vschizh.ru","service_id":"12345","servtype":"domain","result":"success"}]},"result":"success"}`},
	{"3.3 service/service_get_details, which has no example", `service/service_get_details
domain_name=vschizh.ru
password=test
show_contacts_only=1
username=test`, `{"answer":{"services":[{"contacts":{` + vschizh + `,"descr":"test user domain"},"dname":"vschizh.ru","service_id":"12345","servtype":"domain","result":"success"}]},"result":"success"}`},
	{"7.11 service/get_dedicated_server_list", `service/get_dedicated_server_list
output_content_type=plain
password=test
username=test`, `{"answer":{"server_list":[{"server_id":"171","cpu_content":"Intel Pentium 4 2.8Ghz","cpu_count":"1","cpu_core":"2","hdd_content":"IDE","hdd_count":"2","hdd_size":"120Gb","ram_content":"RAM","ram_count":"2","ram_size":"512Mb","month_traf":"1000","price_retail":"3080"}]},"result":"success"}`},
	{"7.12 service/update", `service/update
dname=qqq.ru
fwd_action=addfwd
fwdfrom=/
fwdto=http://www.reg.ru
output_content_type=plain
password=test
servtype=srv_webfwd
username=test
webfwd_type=redirect`, `{"answer":{"descr":"service srv_webfwd is updated for domain qqq.ru"},"result":"success"}`},
	{"7.13 service/renew of one", `service/renew
output_content_type=plain
password=test
period=2
service_id=123456
username=test`, `{"answer":{"period":"2","payment":"100","currency":"RUR","status":"renew_success","dname":"test12345.ru","bill_id":"123456","servtype":"domain"},"result":"success"}`},
	{"7.13 service/renew by name and type, whose answer is not shown", `service/renew
domain_name=regrupanel.ru
output_content_type=plain
password=test
period=1
servtype=srv_hosting_ispmgr
username=test`, `{"answer":{"period":"1","payment":"100","currency":"RUR","status":"renew_success","dname":"regrupanel.ru","bill_id":"123456","servtype":"srv_hosting_ispmgr"},"result":"success"}`},
	{"7.13 service/renew of a list", `service/renew
input_data={"username":"test","password":"test","period":"2","domains":[{"dname":"test12345.ru"},{"dname":"test12346.ru"}]}
input_format=json`, `{"answer":{"currency":"RUR","payment":"200","period":"2","services":[{"dname":"test12345.ru","service_id":"12345","servtype":"domain","result":"success"},{"dname":"test12346.ru","service_id":"12346","servtype":"domain","result":"success"}],"bill_id":"123456","status":"renew_success"},"result":"success"}`},
	{"7.13 service/renew without the money", `service/renew
allow_create_bills=1
password=test
period=1
service_id=123456
username=test`, `{"answer":{"period":"1","payment":"100","currency":"RUR","status":"only_bill_created","dname":"test12345.ru","bill_id":"123123","servtype":"domain"},"result":"success"}`},
	{"7.14 service/get_bills", `service/get_bills
dname=qqq.ru
output_content_type=plain
password=test
username=test`, `{"answer":{"services":[{"bills":["123456","234567"],"dname":"qqq.ru","service_id":"12345","servtype":"domain"}]},"result":"success"}`},
	{"7.15 service/check_readonly of one", `service/check_readonly
output_content_type=plain
password=test
service_id=654321
username=test`, `{"answer":{"services":[{"error_code":"DATA_IS_READ_ONLY","error_detail":"DATA_IS_READ_ONLY","is_readonly":1,"service_id":"654321"}]},"result":"success"}`},
	{"7.15 service/check_readonly of the three in its answer", `service/check_readonly
input_data={"username":"test","password":"test","services":[{"service_id":"999999"},{"service_id":"654321"},{"service_id":"123456"}]}
input_format=json`, `{"answer":{"services":[{"error_code":"SERVICE_ID_NOT_FOUND","error_detail":"SERVICE_ID_NOT_FOUND","is_readonly":1,"service_id":"999999"},{"error_code":"DATA_IS_READ_ONLY","error_detail":"DATA_IS_READ_ONLY","is_readonly":1,"service_id":"654321"},{"error_code":null,"error_detail":null,"is_readonly":0,"service_id":"123456"}]},"result":"success"}`},
	{"7.16 service/set_autorenew_flag", `service/set_autorenew_flag
dname=qqq.ru
flag_value=1
output_content_type=plain
password=test
username=test`, done},
	{"7.17 service/suspend", `service/suspend
dname=qqq.ru
output_content_type=plain
password=test
username=test`, done},
	{"7.18 service/resume", `service/resume
dname=qqq.ru
output_content_type=plain
password=test
username=test`, done},
	{"7.19 service/get_depreciated_period", `service/get_depreciated_period
dname=qqq.ru
output_content_type=plain
password=test
servtype=srv_hosting_ispmgr
username=test`, `{"answer":{"depreciated_period":"1"},"result":"success"}`},
	{"7.20 service/upgrade", `service/upgrade
dname=qqq.ru
output_content_type=plain
password=test
period=2
servtype=srv_hosting_ispmgr
subtype=Host-2
username=test`, `{"answer":{"bill_id":"123","new_service_id":"-1","returned_amount":"100","withdrawed_amount":"100"},"result":"success"}`},
	{"7.21 service/partcontrol_grant", `service/partcontrol_grant
newlogin=test_user
output_content_type=plain
password=test
service_id=1
username=test`, `{"answer":{"newlogin":"test_user","service_id":"1"},"result":"success"}`},
	{"7.22 service/partcontrol_revoke", `service/partcontrol_revoke
output_content_type=plain
password=test
service_id=1
username=test`, `{"answer":{"service_id":"1"},"result":"success"}`},
	{"7.23 service/resend_mail, which names no service", `service/resend_mail
output_content_type=plain
password=test
servtype=srv_ssl_certificate
username=test`, `{"answer":{"dname":"test.ru","result":"success","service_id":"111"},"result":"success"}`},
	{"7.23 service/resend_mail of a service that has no letters", `service/resend_mail
dname=test.ru
password=test
servtype=srv_webfwd
username=test`, `{"error_text":"Mail resend allowed only for hosting and ssl certificates","error_code":"ONLY_HOSTING_AND_SSL_CERTIFICATES","result":"error"}`},
	{"3.3 service/resend_startup_mail, which has no example", `service/resend_startup_mail
dname=test.ru
password=test
servtype=srv_hosting_ispmgr
username=test`, done},
	{"7.24 service/refill", `service/refill
amount=10
currency=UAH
output_content_type=plain
password=test
service_id=123456
username=test`, `{"answer":{"bill_id":"1000000","currency":"RUR","pay_notes":"Amount successfully charged","pay_type":"prepay","payment":"36.88","service_id":"123456"},"result":"success"}`},
	{"7.24 service/refund of the older edition", `service/refund
service_id=123456
password=test
username=test`, done},
	{"7.25 service/get_balance, whose request is not shown", `service/get_balance
service_id=123456
password=test
username=test`, `{"answer":{"balance":"10","currency":"USD"},"result":"success"}`},
	{"7.26 service/seowizard_manage_link, whose request is not shown", `service/seowizard_manage_link
service_id=123456
password=test
username=test`, `{"answer":{"link":"http://reg.ru/seowizard.html"},"result":"success"}`},
	{"7.27 service/get_websitebuilder_link, whose request is not shown", `service/get_websitebuilder_link
service_id=123456
password=test
username=test`, `{"answer":{"link":"http://www.reg.ru/ru/?login_hash=123"},"result":"success"}`},
}
