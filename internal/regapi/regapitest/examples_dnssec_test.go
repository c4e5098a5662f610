package regapitest

// The elements of the answers of section 10.
const (
	signedElement      = `{"dname":"test.ru","result":"success","service_id":"12345"}`
	updatingElement    = `{"dname":"test.com","error_params":{"domain_name":"test.com"},"error_text":"DNSSEC updating for domain already in progress","result":"error"}`
	unsupportedElement = `{"dname":"test.net","domain_name":"test.net","error_params":null,"error_text":"This domain doesn't support DNSSEC","result":"error"}`
)

var dnssecExamples = []example{
	{"10.1 dnssec/nop", `dnssec/nop
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"},{"dname":"test.net"}],"output_content_type":"plain"}
input_format=json`, `{"answer":{"domains":[` + signedElement + `,` + unsupportedElement + `]},"result":"success"}`},
	{"10.2 dnssec/get_status", `dnssec/get_status
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"},{"dname":"test.com"},{"dname":"test.net"}],"output_content_type":"plain"}
input_format=json`, `{"answer":{"domains":[{"dname":"test.ru","result":"success","service_id":"12345","status":"enabled"},{"dname":"test.com","result":"success","service_id":"6789","status":"updating"},` + unsupportedElement + `]},"result":"success"}`},
	{"10.3 dnssec/enable", `dnssec/enable
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"},{"dname":"test.com"},{"dname":"test.net"}],"output_content_type":"plain"}
input_format=json`, `{"answer":{"domains":[` + signedElement + `,` + updatingElement + `,{"dname":"test.net","error_params":{"domain_name":"test.net"},"error_text":"This domain not use REG.RU name services","result":"error"}]},"result":"success"}`},
	{"10.4 dnssec/disable", `dnssec/disable
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"},{"dname":"test.com"},{"dname":"test.net"}],"output_content_type":"plain"}
input_format=json`, `{"answer":{"domains":[` + signedElement + `,` + updatingElement + `,{"dname":"test.net","error_params":{"domain_name":"test.net"},"error_text":"This domain is not activated yet","result":"error"}]},"result":"success"}`},
	{"10.5 dnssec/renew_ksk", `dnssec/renew_ksk
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"},{"dname":"test.com"},{"dname":"test.net"}],"output_content_type":"plain"}
input_format=json`, `{"answer":{"domains":[` + signedElement + `,` + updatingElement + `,{"dname":"test.net","domain_name":"test.net","error_params":null,"error_text":"This domain not use REG.RU name services","result":"error"}]},"result":"success"}`},
	{"10.6 dnssec/renew_zsk", `dnssec/renew_zsk
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"},{"dname":"test.com"},{"dname":"test.net"}],"output_content_type":"plain"}
input_format=json`, `{"answer":{"domains":[` + signedElement + `,` + updatingElement + `,{"dname":"test.net","domain_name":"test.net","error_params":null,"error_text":"This domain not use REG.RU name services","result":"error"}]},"result":"success"}`},
	{"10.7 dnssec/get_records", `dnssec/get_records
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"},{"dname":"test.com"},{"dname":"test.net"}],"output_content_type":"plain"}
input_format=json`, `{"answer":{"domains":[{"dname":"test.ru","records":[{"DNSKEY":"test.ru. IN DNSKEY 256 3 13 CPaFmHh6q/b1zQbXp4w8J3sXUp+YK6BfxzSam/qgps/i5JSiXSQ4kD5v433qdnbnocSyZIDw9EqiAQUbVE/M4g=="},{"DNSKEY":"test.ru. IN DNSKEY 257 3 13 X2ehOZBEVxU6baEa58fQx/6Y+gckDeq85XGFW8o6jWFB19wtv6aqdc8ycpIrQaZ4bSLYM7ZyLPJtP6UOkzslDg==","DS":"test.ru. IN DS 55528 13 2 cbb775347bdbdff6e1d832595df06add7e610732db131c0f5d3d295e85ae0bef"}],"result":"success","service_id":"12345"},{"dname":"test.com","records":[{"alg":"13","digest":"17F3E3F4E7FD813432C8E989BD74728BFE9BCA6B518BE2F1155D9EA352067997","digtype":"2","keytag":"2371"}],"result":"success","service_id":"6789"},` + unsupportedElement + `]},"result":"success"}`},
	{"10.8 dnssec/add_keys", `dnssec/add_keys
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru","records":["test.ru. 3600 IN DS 2371 13 2 4508a7798c38867c94091bbf91edaf9e6dbf56da0606c748d3d1d1b2382c1602"]},{"dname":"test.com","records":["test.com. IN DNSKEY 257 3 13 X2ehOZBEVxU6baEa58fQx/6Y+gckDeq85XGFW8o6jWFB19wtv6aqdc8ycpIrQaZ4bSLYM7ZyLPJtP6UOkzslDg=="]}],"output_content_type":"plain"}
input_format=json`, `{"answer":{"domains":[` + signedElement + `,{"dname":"test.com","result":"success","service_id":"6789"}]},"result":"success"}`},
}
