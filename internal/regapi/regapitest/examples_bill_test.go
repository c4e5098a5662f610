package regapitest

// twoBills is what both forms of a list of bills are answered with (6.1, the older edition).
const twoBills = `{"answer":{"bills":[{"bill_id":"12345","pay_status":"payed"},{"bill_id":"12346","error_code":"BILL_ID_NOT_FOUND"}]},"result":"success"}`

const deletedBills = `{"answer":{"bills":[{"bill_id":"12345","pay_status":"notpayed","result":"success","status":"deleted"},{"bill_id":"12346","error_code":"BILL_CAN_NOT_REMOVED","pay_status":"payed","status":"active"},{"bill_id":"12347","error_code":"BILL_ID_NOT_FOUND"}]},"result":"success"}`

const octoberItems = `[{"dname":"october.org","itemtype":"service","action":"new","service_id":"12345","servtype":"domain"},{"dname":"october.org","itemtype":"service","action":"new","service_id":"12346","servtype":"srv_certificate"}]`

var billExamples = []example{
	{"6.1 bill/nop of one bill", `bill/nop
bill_id=12345
output_content_type=plain
password=test
username=test`, `{"answer":{"bills":[{"bill_id":"12345","pay_status":"payed"}]},"result":"success"}`},
	{"6.1 bill/nop of a list of numbers", `bill/nop
input_data={"bills":["12345","12346"],"output_content_type":"plain"}
input_format=json
password=test
username=test`, twoBills},
	{"6.1 bill/nop of a list of objects", `bill/nop
input_data={"bills":[{"bill_id":"12345"},{"bill_id":"12346"}],"output_content_type":"plain"}
input_format=json
password=test
username=test`, twoBills},
	{"6.2 bill/get_not_payed", `bill/get_not_payed
output_content_type=plain
password=test
username=test`, `{"answer":{"bills":[{"payment":"100","pay_status":"notpayed","currency":"RUR","bill_date":"1917-10-26","pay_type":"bank","pay_date":null,"bill_id":"12345","orig_payment":"100","items":` + octoberItems + `}]},"result":"success"}`},
	{"6.3 bill/get_for_period", `bill/get_for_period
end_date=1917-11-07
output_content_type=plain
password=test
start_date=1917-10-26
username=test`, `{"answer":{"bills":[{"bill_date":"1917-10-16","bill_id":"12345","currency":"RUR","items":` + octoberItems + `,"pay_date":"1917-10-16","pay_status":"payed","pay_type":"cash","payment":"100","total_payment":"100"}]},"result":"success"}`},
	{"6.4 bill/change_pay_type", `bill/change_pay_type
input_data={"bills":["123456"],"pay_type":"prepay","currency":"RUR","output_content_type":"plain"}
input_format=json
password=test
username=test`, `{"answer":{"bills":[{"bill_id":"123456","currency":"RUR","old_pay_type":"bank","pay_status":"payed","pay_type":"prepay","payment":"100","result":"success","total_payment":"100"}]},"result":"success"}`},
	{"6.5 bill/delete of one bill", `bill/delete
bill_id=12345
output_content_type=plain
password=test
username=test`, `{"answer":{"bills":[{"bill_id":"12345","pay_status":"notpayed","result":"success","status":"deleted"}]},"result":"success"}`},
	{"6.5 bill/delete of a list of numbers", `bill/delete
input_data={"username":"test","password":"test","bills":["12345","12346","12347"],"output_content_type":"plain"}
input_format=json`, deletedBills},
	{"6.5 bill/delete of a list of objects", `bill/delete
input_data={"bills":[{"bill_id":"12345"},{"bill_id":"12346"},{"bill_id":"12347"}],"output_content_type":"plain"}
input_format=json
password=test
username=test`, deletedBills},
}
