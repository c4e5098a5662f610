package regapitest

// The answers of domain/accept_or_refuse_entering_list are given with the action_type that was asked for: the documentation has them swapped (8.25).
var domainExamples = []example{
	{"8.2 domain/get_prices", `domain/get_prices
output_content_type=plain
password=test
username=test`, `{"answer":{"currency":"RUR","price_group":"Retail","prices":{"__idn.com":{"reg_max_period":"10","reg_min_period":"1","reg_price":"960"},"com":{"reg_max_period":"10","reg_min_period":"1","reg_price":"450"},"ru":{"reg_max_period":"1","reg_min_period":"1","reg_price":"590"},"рф":{"reg_max_period":"1","reg_min_period":"1","reg_price":"1200"}}},"result":"success"}`},
	{"8.3 domain/get_suggest", `domain/get_suggest
additional_word=новый
output_content_type=plain
password=test
tlds=рф
use_hyphen=1
username=test
word=дом`, `{"answer":{"suggestions":[{"avail_in":["рф","su"],"name":"дом"},{"avail_in":["ru","su"],"name":"dom"},{"avail_in":["рф","su"],"name":"новый"},{"avail_in":["ru","su","org"],"name":"novii"}]},"result":"success"}`},
	{"8.4 domain/get_premium_prices", `domain/get_premium_prices
input_data={"currency":"USD","domains":["ua.ae.org", "007.academy"]}
input_format=json
password=test
username=test`, `{"answer":{"currency":"USD","domains":[{"domain_name":"007.academy","register_period":"1","register_price":"238.16","renew_period":"1","renew_price":"238.16"},{"domain_name":"ua.ae.org","register_period":"1","register_price":"280.51","renew_period":"0","renew_price":"0.000"}]},"result":"success"}`},
	{"8.5 domain/get_deleted", `domain/get_deleted
min_pr=1
password=test
tlds=ru
username=test`, `{"answer":{"domains":[{"date_delete":"2013-09-26","domain_name":"apmatypa.ru","first_create_date":"2006-05-18","google_pr":"2","registered":"NOT REGISTERED","yandex_tic":0},{"date_delete":"2013-09-26","domain_name":"hudojnick.ru","first_create_date":"2004-10-19","google_pr":"1","registered":"NOT REGISTERED","yandex_tic":0},{"date_delete":"2013-09-26","domain_name":"dpr-ryazan.ru","first_create_date":"2007-07-23","google_pr":"1","registered":"NOT REGISTERED","yandex_tic":0}]},"result":"success"}`},
	{"8.6 domain/check", `domain/check
input_data={"domains":[{"dname":"ya.ru"},{"dname":"yayayayayaya.ru"},{"dname":"xn--000.com"},{"dname":"china.cn"},{"dname":"ййй.me"},{"dname":"wwww.ww"},{"dname":"a.ru"},{"dname":"qqйй.com"},{"dname":"rr.ru.com"}]}
input_format=json
password=test
username=test`, `{"answer":{"domains":[{"dname":"ya.ru","error_code":"DOMAIN_ALREADY_EXISTS","result":"Domain already exists, use whois service"},{"dname":"yayayayayaya.ru","result":"Available"},{"dname":"xn--000.com","error_code":"INVALID_DOMAIN_NAME_PUNYCODE","result":"Invalid punycode value for domain_name"},{"dname":"china.cn","error_code":"TLD_DISABLED","result":"Registration in .cn TLD is not available"},{"dname":"ййй.me","error_code":"DOMAIN_BAD_NAME","result":"Invalid domain name=> ййй.me"},{"dname":"wwww.ww","error_code":"INVALID_DOMAIN_NAME_FORMAT","result":"domain_name is invalid or unsupported zone"},{"dname":"a.ru","error_code":"DOMAIN_INVALID_LENGTH","result":"Invalid domain name length, You have entered too short or too long name"},{"dname":"qqйй.com","error_code":"HAVE_MIXED_CODETABLES","result":"You can not mix latin and cyrillic letters in domain names"},{"currency":"RUR","dname":"rr.ru.com","is_premium":"1","price":"60000","renew_price":"600","result":"Available"}]},"result":"success"}`},
	{"8.7 domain/create", `domain/create
birth_date=01.01.2000
country=RU
descr=Vschizh site
domain_name=vschizh.ru
e_mail=test@test.ru
ns0=ns1.reg.ru
ns1=ns2.reg.ru
output_content_type=plain
p_addr_addr=ул. Княжеска, д.1
p_addr_area=
p_addr_city=г. Вщиж
p_addr_recipient=Рюрику Святославу Владимировичу
p_addr_zip=123456
passport_date=01.01.1164
passport_number=22 44 668800
passport_place=выдан по месту правления
password=test
person=Svyatoslav V Ryurik
person_r_name=Святослав
person_r_patronimic=Владимирович
person_r_surname=Рюрик
phone=+7 495 1234567
username=test`, `{"answer":{"bill_id":"1234","domains":[{"dname":"vschizh.ru","result":"success","service_id":"12345"}],"pay_notes":"Amount successfully charged","pay_type":"prepay","payment":"600"},"result":"success"}`},
	{"8.7 domain/create as JSON", `domain/create
input_data={"contacts":{"country":"RU","e_mail":"test@test.ru","person_r_surname":"Рюрик","person_r_name":"Святослав","person_r_patronimic":"Владимирович","phone":"%2B7 495 1234567","birth_date":"01.01.2000","descr":"Vschizh site","person":"Svyatoslav V Ryurik","p_addr_zip":"123456","p_addr_area":"","p_addr_city":"г. Вщиж","p_addr_addr":"ул. Княжеска, д.1","p_addr_recipient":"Рюрику Святославу Владимировичу","passport_number":"22 44 668800","passport_place":"выдан по месту правления","passport_date":"01.09.1164"},"domain_name":"vschizh.su","nss":{"ns0":"ns1.reg.ru","ns1":"ns2.reg.ru"}}
input_format=json
output_content_type=plain
password=test
username=test`, `{"answer":{"bill_id":"1234","domains":[{"dname":"vschizh.su","result":"success","service_id":"12345"}],"pay_notes":"Amount successfully charged","pay_type":"prepay","payment":"600"},"result":"success"}`},
	{"8.7 domain/create with a profile", `domain/create
input_data={"profile_type":"RU.PP","profile_name":"my_like_ru_profile","domain_name":"vschizh.su","nss":{"ns0":"ns1.reg.ru","ns1":"ns2.reg.ru"}}
input_format=json
output_content_type=plain
password=test
username=test`, `{"answer":{"bill_id":"1234","domains":[{"dname":"vschizh.su","result":"success","service_id":"12345"}],"pay_notes":"Amount successfully charged","pay_type":"prepay","payment":"600"},"result":"success"}`},
	{"8.7 domain/create of several domains, with the names of its answer", `domain/create
input_data={"contacts":{"country":"RU","e_mail":"ruriksvyatvlad@mail.ru","person_r_surname":"Рюрик","person_r_name":"Святослав","person_r_patronimic":"Владимирович","phone":"+79142345678","birth_date":"01.01.2000","descr":"Vschizh site","person":"Svyatoslav V Ryurik","p_addr_zip":"123456","p_addr_area":"","p_addr_city":"г. Вщиж","p_addr_addr":"ул. Княжеска, д.1","p_addr_recipient":"Рюрику Святославу Владимировичу","passport_number":"22 44 668800","passport_place":"выдан по месту правления","passport_date":"01.09.1164"},"domains":[{"dname":"vschizh.ru","srv_certificate":"free","srv_parking":"free"},{"dname":"vschizh.su","srv_webfwd":""}],"nss":{"ns0":"ns1.reg.ru","ns1":"ns2.reg.ru"}}
input_format=json
output_content_type=plain
password=test
username=test`, `{"answer":{"bill_id":"1234","domains":[{"dname":"vschizh.ru","result":"success","service_id":"12345"},{"dname":"vschizh.su","result":"success","service_id":"12346"}],"pay_notes":"Amount successfully charged","pay_type":"prepay","payment":"1300"},"result":"success"}`},
	{"8.7 domain/create in .москва, without a documented answer", `domain/create
input_data={"output_content_type":"plain","io_encoding":"utf8","lang":"en","output_format":"json","contacts":{"o_first_name_ru":"Иван","a_first_name_ru":"Иван","t_code":"6663058366","t_first_name":"Ivan","o_patronimic":"Ivanovich","t_phone":"+7.953535385","t_first_name_ru":"Иван","o_l_state":"Moscow","t_city":"Moscow","o_state":"Moscow","a_last_name_ru":"Иванов","o_addr":"Bolshoy sobachiy, 33","a_addr_ru":"Большой собачий переулок, 33","o_l_state_ru":"Москва","o_company_ru":"ООО \"Лунтик\"","t_patronimic":"Ivanovich","t_last_name_ru":"Иванов","a_l_city_ru":"Москва","a_city_ru":"Москва","o_l_city":"Moscow","o_first_name":"Ivan","a_state":"Moscow","o_l_city_ru":"Москва","t_country_code":"RU","t_addr_ru":"Большой собачий переулок, 33","a_company_ru":"ООО \"Лунтик\"","t_email":"srs-devel@reg.ru","a_l_state":"Moscow","o_patronimic_ru":"Иванович","t_company_ru":"ООО \"Лунтик\"","o_code":"6663058366","a_l_city":"Moscow","a_l_addr":"Bolshoy sobachiy, 33","t_patronimic_ru":"Иванович","o_phone":"+7.953535385","a_company":"Luntik, LLC","o_email":"srs-devel@reg.ru","o_addr_ru":"Большой собачий переулок, 33","o_last_name_ru":"Иванов","t_l_postcode":"191000","a_postcode":"191000","a_addr":"Bolshoy sobachiy, 33","t_l_city":"Moscow","a_phone":"+7.953535385","a_patronimic_ru":"Иванович","a_first_name":"Ivan","t_l_city_ru":"Москва","t_state_ru":"Москва","a_city":"Moscow","o_company":"Luntik, LLC","o_city_ru":"Москва","o_l_addr":"Bolshoy sobachiy, 33","o_l_postcode":"191000","o_last_name":"Ivanoww","a_country_code":"RU","a_l_state_ru":"Москва","a_patronimic":"Ivanovich","t_state":"Moscow","t_last_name":"Ivanoww","o_country_code":"RU","t_l_addr_ru":"Большой собачий переулок, 33","a_email":"srs-devel@reg.ru","o_city":"Moscow","a_code":"6663058366","t_l_state":"Moscow","o_state_ru":"Москва","t_addr":"Bolshoy sobachiy, 33","t_company":"Luntik, LLC","a_state_ru":"Москва","t_l_addr":"Bolshoy sobachiy, 33","t_city_ru":"Москва","t_postcode":"191000","a_l_addr_ru":"Большой собачий переулок, 33","t_l_state_ru":"Москва","o_l_addr_ru":"Большой собачий переулок, 33","a_last_name":"Ivanoww","a_l_postcode":"191000","o_postcode":"191000"},"nss":{"ns1":"ns2.reg.ru","ns0":"ns1.reg.ru"},"domains":[{"dname":"белыйторшер.москва"},{"dname":"whitelamp.moscow"}]}
input_format=json
password=test
username=test`, `{"answer":{"bill_id":"1234","domains":[{"dname":"белыйторшер.москва","result":"success","service_id":"12345"},{"dname":"whitelamp.moscow","result":"success","service_id":"12346"}],"pay_notes":"Amount successfully charged","pay_type":"prepay","payment":"1200"},"result":"success"}`},
	{"8.7 domain/create in .онлайн, without a documented answer", `domain/create
input_data={"io_encoding":"utf8","output_content_type":"plain","lang":"en","domains":[{"dname":"белыйторшер.онлайн"},{"dname":"белыйторшер.сайт"}],"contacts":{"b_fax":"+7.953535385","a_addr_r":"Большой собачий переулок, 33","t_addr":"Bolshoy sobachiy, 33","t_last_name_r":"Иванов","a_state":"Moscow","o_fax":"+7.953535385","a_company_r":"ООО \"Лунтик\"","o_company_r":"ООО \"Лунтик\"","o_postcode":"91000","t_phone":"+7.953535385","a_fax":"+7.953535385","o_addr":"Bolshoy sobachiy, 33","b_last_name_r":"Иванов","o_first_name_r":"Иван","a_email":"srs-devel@reg.ru","a_addr":"Bolshoy sobachiy, 33","t_company":"Luntik, LLC","b_phone":"+7.953535385","o_company":"Luntik, LLC","o_city":"Moscow","b_first_name":"Ivan","b_addr_r":"Большой собачий переулок, 33","t_city":"Moscow","b_state":"Moscow","o_last_name_r":"Иванов","a_postcode":"91000","t_first_name":"Ivan","t_state":"Moscow","b_state_r":"Москва","t_email":"srs-devel@reg.ru","a_country_code":"RU","o_phone":"+7.953535385","t_company_r":"ООО \"Лунтик\"","a_city":"Moscow","t_country_code":"RU","b_last_name":"Ivanoww","a_phone":"+7.953535385","t_postcode":"91000","b_first_name_r":"Иван","a_last_name_r":"Иванов","t_state_r":"Москва","t_last_name":"Ivanoww","a_city_r":"Москва","a_state_r":"Москва","b_addr":"Bolshoy sobachiy, 33","a_first_name_r":"Иван","b_company":"Luntik, LLC","o_city_r":"Москва","o_last_name":"Ivanoww","b_country_code":"RU","a_company":"Luntik, LLC","b_email":"srs-devel@reg.ru","a_last_name":"Ivanoww","t_addr_r":"Большой собачий переулок, 33","b_city":"Moscow","o_state":"Moscow","o_first_name":"Ivan","b_company_r":"ООО \"Лунтик\"","t_city_r":"Москва","t_fax":"+7.953535385","o_state_r":"Москва","o_addr_r":"Большой собачий переулок, 33","b_postcode":"91000","o_country_code":"RU","o_email":"srs-devel@reg.ru","a_first_name":"Ivan","b_city_r":"Москва","t_first_name_r":"Иван"},"nss":{"ns0":"ns1.reg.ru","ns1":"ns2.reg.ru"},"output_format":"json"}
input_format=json
password=test
username=test`, `{"answer":{"bill_id":"1234","domains":[{"dname":"белыйторшер.онлайн","result":"success","service_id":"12345"},{"dname":"белыйторшер.сайт","result":"success","service_id":"12346"}],"pay_notes":"Amount successfully charged","pay_type":"prepay","payment":"1200"},"result":"success"}`},
	{"8.8 domain/transfer, whose answer is that of domain/create", `domain/transfer
authinfo=hjgf7jfj8f8
domain_name=vschizh.ru
period=0
output_content_type=plain
password=test
username=test`, `{"answer":{"bill_id":"1234","domains":[{"dname":"vschizh.ru","result":"success","service_id":"12345"}],"pay_notes":"Amount successfully charged","pay_type":"prepay","payment":"600"},"result":"success"}`},
	{"8.9 domain/get_transfer_status", `domain/get_transfer_status
input_data={"domains":[{"dname":"ya.ru"},{"dname":"qwerty.ooo"},{"dname":"xn--41a.com"},{"dname":"zzz.рф"}]}
input_format=json
output_content_type=plain
password=test
username=test`, `{"answer":{"domains":[{"dname":"ya.ru","error_code":"DOMAIN_NOT_FOUND","error_params":{"domain_name":"ya.ru"},"error_text":"Domain ya.ru not found or not owned by You","result":"error"},{"dname":"qwerty.ooo","result":"success","service_id":"12345","status":"notAvailable"},{"dname":"я.com","result":"success","service_id":"12346","status":"pendingTransfer"},{"dname":"zzz.рф","error_code":"INVALID_DOMAIN_NAME_FORMAT","error_params":{"domain_name":"zzz.xn--p1ai"},"error_text":"domain_name is invalid or unsupported zone","result":"error"}]},"result":"success"}`},
	{"8.10 domain/set_new_authinfo", `domain/set_new_authinfo
authinfo=hjgf7jfj8f8
dname=test.com
output_content_type=plain
output_format=json
password=test
username=test`, `{"answer":{"dname":"test.com","service_id":"12345"},"result":"success"}`},
	{"8.11 domain/get_rereg_data", `domain/get_rereg_data
input_data={"domains":[{"dname":"qqq.ru"},{"dname":"eee.ru"}],"min_pr":"2","sortcol":"vis"}
input_format=json
output_content_type=plain
output_format=json
password=test
username=test`, `{"answer":[{"all_avg_traffic":"3","avg_viewings":"2","bid":"2500.00","blitz_price":"2500.00","delete_date":"2020-01-01","dname":"test.ru","first_create_date":"2001-01-01","google_pr":"9","is_recommended":"1","price":"2500.00","registrar":"REGRU-RU","search_query_list":"слово дело","start_price":"2500.00","tic_mirrors":"null","tld":"ru","uni_avg_attendance":"100","yandex_tic":"1000"},{"all_avg_traffic":"0","avg_viewings":"0","bid":"600.00","blitz_price":"2500.00","delete_date":"2020-01-01","dname":"test.su","first_create_date":"1991-08-21","google_pr":"0","is_recommended":"0","price":"600.00","registrar":"REGRU-RU","search_query_list":null,"start_price":"600.00","tic_mirrors":"www.test.su","tld":"su","uni_avg_attendance":"0","yandex_tic":"0"}],"result":"success"}`},
	{"8.12 domain/set_rereg_bids", `domain/set_rereg_bids
input_data={"contacts":{"country":"RU","e_mail":"test@test.ru","person_r":"Рюрик Святослав Владимирович","phone":"+7 495 1234567","birth_date":"01.01.1101","descr":"Vschizh site","person":"Svyatoslav V Ryurik","p_addr":"12345, г. Вщиж, ул. Княжеска, д.1, Рюрику Святославу Владимировичу, князю Вщижскому","passport":"22 44 668800, выдан по месту правления 01.01.1164"},"domains":[{"dname":"vschizh.ru","price":225},{"dname":"vschizh.su","price":400}],"nss":{"ns0":"ns1.reg.ru","ns1":"ns2.reg.ru"}}
input_format=json
output_content_type=plain
password=test
username=test`, `{"answer":{"bill_id":"1234","domains":[{"dname":"vschizh.ru","result":"success","service_id":"12345"},{"dname":"vschizh.su","result":"success","service_id":"12346"}],"pay_notes":"Amount successfully charged","pay_type":"prepay","payment":"625"},"result":"success"}`},
	{"8.13 domain/get_user_rereg_bids", `domain/get_user_rereg_bids
output_content_type=plain
password=test
username=test`, `{"answer":{"domains":[{"all_avg_traffic":null,"avg_viewings":null,"blitz_price":8000.0,"delete_date":"2099-12-31","dname":"test.ru","first_create_date":"2000-01-01","google_pr":null,"is_active":1,"is_recommended":1,"max_bid":225.0,"next_price":590.0,"registrar":"REGRU","search_query_list":null,"tld":"ru","uni_avg_attendance":null,"user_bid":225.0,"yandex_tic":null},{"all_avg_traffic":null,"avg_viewings":null,"blitz_price":5000.0,"delete_date":"2099-01-01","dname":"test.su","first_create_date":"2001-01-01","google_pr":9,"is_active":0,"is_recommended":1,"max_bid":5000.0,"next_price":null,"registrar":"REGRU","search_query_list":null,"tld":"su","uni_avg_attendance":null,"user_bid":5000.0,"yandex_tic":2000}],"rereg_bids":{"ru":[0,225,590,750,2500,5000,8000],"su":[0,400,590,750,2500,5000,8000],"рф":[0,225,590,750,2500,5000,8000]}},"result":"success"}`},
	{"8.14 domain/get_docs_upload_uri", `domain/get_docs_upload_uri
dname=test.ru
output_content_type=plain
password=test
username=test`, `{"answer":{"docs_upload_sid":"123456","url":"http://www.reg.ru/user/docs/add?userdoc_secretkey=123456"},"result":"success"}`},
	{"8.15 domain/update_contacts", `domain/update_contacts
birth_date=01.01.2000
country=RU
descr=Vschizh site
domain_name=vschizh.ru
e_mail=test@test.ru
output_content_type=plain
p_addr_addr=ул. Княжеска, д.1
p_addr_area=
p_addr_city=г. Вщиж
p_addr_recipient=Рюрику Святославу Владимировичу
p_addr_zip=123456
passport_date=01.01.1164
passport_number=22 44 668800
passport_place=выдан по месту правления
password=test
person=Svyatoslav V Ryurik
person_r_name=Святослав
person_r_patronimic=Владимирович
person_r_surname=Рюрик
phone=%2B7 495 1234567
username=test`, `{"answer":{"domains":[{"dname":"vschizh.ru","result":"success","service_id":"12345"}]},"result":"success"}`},
	{"8.15 domain/update_contacts of two domains", `domain/update_contacts
input_data={"username":"test","password":"test","contacts":{"country":"RU","e_mail":"test@test.ru","person_r_surname":"Рюрик","person_r_name":"Святослав","person_r_patronimic":"Владимирович","phone":"%2B7 495 1234567","birth_date":"01.01.2000","descr":"Vschizh site","person":"Svyatoslav V Ryurik","p_addr_zip":"123456","p_addr_area":"","p_addr_city":"г. Вщиж","p_addr_addr":"ул. Княжеска, д.1","p_addr_recipient":"Рюрику Святославу Владимировичу","passport_number":"22 44 668800","passport_place":"выдан по месту правления","passport_date":"01.01.2000"},"domains":[{"dname":"vschizh.ru"},{"dname":"vschizh.su"}]}
input_format=json
output_content_type=plain`, `{"answer":{"domains":[{"dname":"vschizh.ru","result":"success","service_id":"12345"},{"dname":"vschizh.su","result":"success","service_id":"12346"}]},"result":"success"}`},
	{"8.16 domain/update_private_person_flag", `domain/update_private_person_flag
input_data={"username":"test","password":"test","domains":[{"dname":"vschizh.ru"},{"dname":"vschizh.su"}],"private_person_flag":"1","output_content_type":"plain"}
input_format=json`, `{"answer":{"domains":[{"dname":"vschizh.ru","result":"success","service_id":"12345"},{"dname":"vschizh.su","result":"success","service_id":"12346"}],"pp_flag":"is set"},"result":"success"}`},
	{"8.17 domain/register_ns", `domain/register_ns
dname=test.com
ns0=ns0.test.com
ns0ip=1.2.3.4
output_content_type=plain
output_format=json
password=test
username=test`, `{"answer":{"resp":{"actionstatus":"success","actionstatusdesc":"Addition Completed Successfully","actiontype":"AddCns","actiontypedesc":"Addition of Child Nameserver ns0.test.com with IP [1.2.3.4]","description":"test.com","status":"success"}},"result":"success"}`},
	{"8.18 domain/delete_ns", `domain/delete_ns
dname=test.com
ns0=ns0.test.com
ns0ip=1.2.3.4
output_content_type=plain
output_format=json
password=test
username=test`, `{"answer":{"resp":{"actionstatus":"success","actionstatusdesc":"Modification Completed Successfully","actiontype":"DelCnsIp","actiontypedesc":"Deletion of IP Address [1.2.3.4] from Child Nameserver ns0.test.com","description":"test.com","status":"success"}},"result":"success"}`},
	{"8.20 domain/update_nss", `domain/update_nss
dname=test.ru
ns0=ns1.test.com
ns0ip=1.2.3.4
ns1=ns2.test.com
ns1ip=2.3.4.5,3.4.5.6
output_content_type=plain
password=test
username=test`, `{"answer":{"domains":[{"dname":"test.ru","result":"success","service_id":"12345"}]},"result":"success"}`},
	{"8.20 domain/update_nss as JSON", `domain/update_nss
input_data={"dname":"test.ru","nss":{"ns0":"ns1.test.ru", "ns1":"ns2.test.ru", "ns0ip":"1.2.3.4,2.3.4.5", "ns1ip":["3.4.5.6","4.5.6.7"]}}
input_format=json
password=test
username=test`, `{"answer":{"domains":[{"dname":"test.ru","result":"success","service_id":"12345"}]},"result":"success"}`},
	{"8.20 domain/update_nss of a list", `domain/update_nss
input_data={"domains":[{"dname":"test.ru"},{"dname":"test.su"},{"dname":"----.ru"}],"nss":{"ns0":"ns1.reg.ru","ns1":"ns2.reg.ru"},"output_content_type":"plain"}
input_format=json
password=test
username=test`, `{"answer":{"domains":[{"dname":"test.ru","result":"success","service_id":"12345"},{"dname":"test.su","result":"success","service_id":"12346"},{"dname":"----.ru","error_code":"INVALID_DOMAIN_NAME_FORMAT","result":"domain_name is invalid or unsupported zone"}]},"result":"success"}`},
	{"8.20 domain/update_nss of the delegation alone", `domain/update_nss
domain_name=test.ru
output_content_type=plain
password=test
undelegate=1
username=test`, `{"answer":{"services":[{"dname":"test.ru","result":"success","service_id":"12345"}]},"result":"success"}`},
	{"8.21 domain/delegate", `domain/delegate
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"},{"dname":"test.su"}],"output_content_type":"plain"}
input_format=json`, `{"answer":{"domains":[{"dname":"test.ru","result":"success","service_id":"12345"},{"dname":"test.su","result":"success","service_id":"12346"}]},"result":"success"}`},
	{"8.22 domain/undelegate", `domain/undelegate
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"},{"dname":"test.su"}],"output_content_type":"plain"}
input_format=json`, `{"answer":{"domains":[{"dname":"test.ru","result":"success","service_id":"12345"},{"dname":"test.su","result":"success","service_id":"12346"}]},"result":"success"}`},
	{"8.23 domain/transfer_to_another_account, with both domains of the answer", `domain/transfer_to_another_account
input_data={"domains":[{"dname":"test.ru"},{"dname":"test.su"}],"new_user_name":"not_test"}
input_format=json
output_content_type=plain
password=test
username=test`, `{"answer":{"domains":[{"dname":"test.ru","result":"request_is_sent","service_id":"12345"},{"dname":"test.su","error_code":"NOT_TRANSFERED_DOMAIN_STATUS","service_id":"12346"}]},"result":"success"}`},
	{"8.24 domain/look_at_entering_list", `domain/look_at_entering_list
output_content_type=plain
password=test
username=test`, `{"answer":{"messages":[{"domain_names":["test.ru"],"id":"123456"},{"domain_names":["test.su","test.com"],"id":"123457"}]},"result":"success"}`},
	{"8.25 domain/accept_or_refuse_entering_list", `domain/accept_or_refuse_entering_list
action_type=yes
id=123456
output_content_type=plain
password=test
username=test`, `{"answer":{"domains":[{"action_type":"yes","id":123456,"result":"accepted"}]},"result":"success"}`},
	{"8.25 domain/accept_or_refuse_entering_list of a list", `domain/accept_or_refuse_entering_list
input_data={"domains":[{"id":"123456","action_type":"accept"},{"id":"123457","action_type":"refuse"},{"id":"123458","action_type":"xxx"}]}
input_format=json
output_content_type=plain
password=test
username=test`, `{"answer":{"domains":[{"action_type":"accept","id":123456,"result":"accepted"},{"action_type":"refuse","id":123457,"result":"refused"},{"action_type":"xxx","error_code":"PARAMETER_INCORRECT","error_params":{"param":"action_type"},"id":123458,"result":"action_type has incorrect format or data"}]},"result":"success"}`},
	{"8.26 domain/request_to_transfer", `domain/request_to_transfer
input_data={"domains":[{"domain_name":"reg.ru"},{"dname":"test0.ru"},{"dname":"test1.ru"},{"dname":"test2.ru"},{"dname":"test3.ru"}]}
input_format=json
password=test
username=test`, `{"answer":{"domains":[{"dname":"reg.ru","result":"success","service_id":"123"},{"dname":"test0.ru","error_code":"BELONGS_TO_ANOTHER_REGISTRAR","error_params":{"domain_name":"test0.ru"},"result":"Domain is belong to another registrar"},{"dname":"test1.ru","error_code":"CHECK_DOMAIN_ERROR","error_params":{"domain_name":"test1.ru"},"result":"Transfer is not possible"},{"dname":"test2.ru","error_code":"FREE_DOMAIN","error_params":{"domain_name":"test2.ru"},"result":"Free domain"},{"dname":"test3.ru","error_code":"INCORRECT_DOMAIN_OWNER_SERVICE_PLAN","error_params":{"domain_name":"test3.ru"},"result":"Domain owner has incorrect service plan or not partner"}]},"result":"success"}`},
	{"8.27 domain/get_tld_info", `domain/get_tld_info
password=test
tld=ru
username=test`, `{"answer":{"tld_info":{"email_verification":"0","idn_allowed":"0","max_dname_length":"63","max_nss_count":"13","min_dname_length":"2","min_nss_count":"0","privacy_protection_allowed":"0","regperiods":"1","reject_days_of_renew_after_create":"0","renew_grace_period_after_expdate":"31","renew_grace_period_before_expdate":"60","renewperiods":"1","restoration_grace_period":"0","tld":"ru"}},"result":"success"}`},
	{"8.28 domain/send_email_verification_letter", `domain/send_email_verification_letter
dname=test.com
password=test
username=test`, `{"answer":{"status":"ALREADY_VERIFIED"},"result":"success"}`},
	{"8.28 domain/send_email_verification_letter without a letter", `domain/send_email_verification_letter
check_only=1
dname=test.com
password=test
username=test`, `{"answer":{"status":"ALREADY_VERIFIED"},"result":"success"}`},
	{"3.3 domain/cancel_transfer, which is not documented", `domain/cancel_transfer
dname=test.com
password=test
username=test`, `{"answer":{"dname":"test.com","service_id":"12345"},"result":"success"}`},
	{"8.29 domain/download_certificate", `domain/download_certificate
dname=test.ru
password=test
username=test`, `voucher_test.ru.pdf`},
}

// Functions of the older edition stand there without a request.
var hostingAndShopExamples = []example{
	{"11.1 hosting/nop, with the credentials that its example lacks", `hosting/nop
output_content_type=plain
password=test
username=test`, `{"result":"success"}`},
	{"3.3 hosting/get_os_templates", `hosting/get_os_templates
password=test
username=test`, `{"result":"success"}`},
	{"11.2 of the older edition, hosting/get_jelastic_refill_url", `hosting/get_jelastic_refill_url
password=test
username=test`, `{"answer":{"url":"https://test1.ru"},"result":"success"}`},
	{"11.3 of the older edition, hosting/set_jelastic_refill_url", `hosting/set_jelastic_refill_url
url=https://test1.ru/?id=<service_id>
password=test
username=test`, `{"result":"success"}`},
	{"11.4 of the older edition, hosting/get_parallelswpb_constructor_url", `hosting/get_parallelswpb_constructor_url
service_id=12345
password=test
username=test`, `{"answer":{"url":"https://test1.ru"},"result":"success"}`},
	{"11.5 of the older edition, hosting/get_rs_themes", `hosting/get_rs_themes
servtype=srv_rs_joomla
subtype=corporate-0617
password=test
username=test`, `{"answer":{"happy":{"img":"https://turnkey.reg.ru/screenshots/joomla/ru/corporate/happy/screenshot.jpg","img_big":"https://turnkey.reg.ru/screenshots/joomla/ru/corporate/happy/screenshot-big.jpg","link":"http://turnkey.reg.ru/joomla/happy","name":"happy","priority":"0","text":"Простой и лаконичный сайт компании, отзывы клиентов на главной странице, удобный раздел для описания услуг.","title":"Тема Happy"},"melano":{"img":"https://turnkey.reg.ru/screenshots/joomla/ru/corporate/melano/screenshot.jpg","img_big":"https://turnkey.reg.ru/screenshots/joomla/ru/corporate/melano/screenshot-big.jpg","link":"http://turnkey.reg.ru/joomla/melano","name":"melano","priority":"0","text":"Современный и стильный шаблон для корпоративного сайта в строгих тонах, продуманная главная страница, интерактивный баннер.","title":"Тема Melano"},"zone":{"img":"https://turnkey.reg.ru/screenshots/joomla/ru/corporate/zone/screenshot.jpg","img_big":"https://turnkey.reg.ru/screenshots/joomla/ru/corporate/zone/screenshot-big.jpg","link":"http://turnkey.reg.ru/joomla/zone","name":"zone","priority":"0","text":"Аккуратный и выверенный дизайн корпоративного сайта с поддержкой адаптивности, интерактивный баннер привлекает внимание посетителей.","title":"Тема Zone"}},"result":"success"}`},
	{"13.1 shop/nop", `shop/nop
dname=qqq.ru
output_content_type=plain
password=test
username=test`, `{"answer":{"lot_id":"123"},"result":"success"}`},
	{"13.2 shop/delete_lot", `shop/delete_lot
input_data={"dname":["domain1.ru","domain2.ru","domain3.ru"]}
input_format=json
output_content_type=plain
password=test
username=test`, `{"result":"success"}`},
	{"13.3 shop/get_info", `shop/get_info
dname=test-shop-api-1.ru
output_content_type=plain
password=test
username=test`, `{"answer":{"category_ids":["1","2","3"],"description":"desc","dname":"test-shop-api-1.ru","dname_puny":"test-shop-api-1.ru","keywords":["k1","k2","k3"],"price_type":"fixed","site":"1","start_price":"200.00","tm":"1"},"result":"success"}`},
	{"13.4 shop/get_lot_list", `shop/get_lot_list
itemsonpage=100
output_content_type=plain
password=test
pg=0
show_my_lots=1
username=test`, `{"answer":{"lots":[{"bids_cnt":"0","category_ids":"[ 1, 2, 3 ]","creation_date":"2010-11-12","dname":"test-shop-api-1.ru","dname_puny":"test-shop-api-1.ru","first_create_domain":"2010-11-12","google_pr":"0","is_online":"1","keywords":"test, shop, api","lot_date":"2011-12-21 17:40:36","lot_hits":"null","lot_mtime":"2016-04-08 13:55:02","price_type":"fixed","site":"0","start_price":"3000.00","tm":"0","yandex_tic":"0"}],"lots_cnt":"1"},"result":"success"}`},
	{"13.5 shop/get_category_list", `shop/get_category_list
dname=qqq.ru
output_content_type=plain
password=test
username=test`, `{"answer":{"category_list":[{"category_name":"Культура и искусство","category_name_en":"Culture and Art","subcategories":[{"category_name":"Видео","category_name_en":"Video","id":"4"},{"category_name":"Изобразительное искусство","category_name_en":"Fine art","id":"6"},{"category_name":"Кино","category_name_en":"Cinema","id":"10"}]},{"category_name":"Бизнес","category_name_en":"Business","subcategories":[{"category_name":"Бухгалтерское дело","category_name_en":"Accounting profession","id":"32"},{"category_name":"Горное дело и бурение","category_name_en":"Mining & Engineering","id":"34"},{"category_name":"Издательство и полиграфия","category_name_en":"Printing and publishing services","id":"40"}]},{"category_name":"Компьютеры","category_name_en":"Computers","subcategories":[{"category_name":"Безопасность, вирусы, антивирусы","category_name_en":"Security, viruses, antivirus programs","id":"76"},{"category_name":"Бытовая автоматизация","category_name_en":"Home automation","id":"77"},{"category_name":"Графика","category_name_en":"Graphics","id":"79"}]}]},"result":"success"}`},
	{"13.6 shop/get_suggested_tags", `shop/get_suggested_tags
limit=25
output_content_type=plain
password=test
username=test`, `{"answer":{"tags":["бизнес","интернет","авто","бренд","туризм"]},"result":"success"}`},
	{"13.2 of the older edition, shop/update_lot", `shop/update_lot
category_ids=4
category_ids=6
dname=domain1.ru
price=200
lot_price_type=fixed
password=test
username=test`, `{"result":"success"}`},
}
