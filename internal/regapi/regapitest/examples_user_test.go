package regapitest

var userExamples = []example{
	{"5.2 user/create", `user/create
output_content_type=plain
password=test
set_me_as_referrer=1
user_country_code=RU
user_email=test@example.com
user_login=othertest
user_mailnotify=0
user_password=xxxxx
username=test`, `{"answer":{"user_id":"777"},"result":"success"}`},
	{"5.3 user/get_statistics", `user/get_statistics
output_content_type=plain
password=test
username=test`, `{"answer":{"active_domains_cnt":"5","active_domains_get_ctrl_cnt":"3","domain_folders_cnt":"2","renew_domains_cnt":"4","renew_domains_get_ctrl_cnt":"1","undelegated_domains_cnt":"6"},"result":"success"}`},
	{"5.5 user/set_reseller_url", `user/set_reseller_url
password=test
servtype=srv_seowizard
url=http://test2.com
url_type=refill
username=test`, `{"result":"success"}`},
	{"5.6 user/get_reseller_url", `user/get_reseller_url
password=test
servtype=srv_seowizard
url_type=refill
username=test`, `{"answer":{"url":"http://test2.com"},"result":"success"}`},
	{"5.5 user/refill_balance of the older edition, whose request is not shown", `user/refill_balance
password=test
pay_type=WM
wmid=123456789012
currency=USD
amount=10
username=test`, `{"answer":{"bill_id":"123456","currency":"RUR","pay_notes":"Bill for prepay created","pay_type":"WM","payment":"1000","total_payment":"1000","wm_invid":"12345678"},"result":"success"}`},
}
