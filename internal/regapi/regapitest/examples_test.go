package regapitest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// twoDomains is the answer that most examples of section 9 share.
const twoDomains = `{"answer":{"domains":[{"dname":"test.ru","result":"success","service_id":"12345"},{"dname":"test.com","result":"success","service_id":"12346"}]},"result":"success"}`

const oneDomain = `{"answer":{"domains":[{"dname":"test.ru","result":"success","service_id":"12345"}]},"result":"success"}`

// example is a request and an answer of the documentation. Requests are written as there: the address, then one field a line. Answers lack charset
// and messagestore where the documentation leaves them out.
type example struct{ name, request, answer string }

// isFile tells that the answer is a file, of which the documentation has the name alone.
func (e example) isFile() bool { return !strings.HasPrefix(e.answer, "{") }

// examples are those of every function; a category that has many keeps them in a file of its own.
func examples() []example {
	return slices.Concat(basicExamples, userExamples, billExamples, serviceExamples, domainExamples, dnssecExamples, folderExamples,
		hostingAndShopExamples)
}

var basicExamples = []example{
	{"4.1 nop", `nop
password=test
username=test`, `{"answer":{"login":"test","user_id":"0"},"result":"success"}`},
	{"4.2 reseller_nop", `reseller_nop
password=test
username=test`, `{"answer":{"login":"test","user_id":"0"},"result":"success"}`},
	{"4.3 get_user_id", `get_user_id
password=test
username=test`, `{"answer":{"user_id":"0"},"result":"success"}`},
	{"4.4 get_service_id", `get_service_id
domain_name=qqq.ru
password=test
username=test`, `{"answer":{"service_id":"123456"},"result":"success"}`},
	{"4.1 nop with a wrong password", `nop
password=wrong
username=test`, `{"error_code":"PASSWORD_AUTH_FAILED","error_text":"Username/password Incorrect","result":"error"}`},
	{"2.2.2 nop with everything in input_data", `nop
input_format=json
input_data={"username":"test","password":"test","output_content_type":"plain"}`, `{"answer":{"login":"test","user_id":"0"},"result":"success"}`},
	{"2.2.3.1 PLAIN", `domain/nop
domain_name=qqq.ru
leftdata=1
leftdata=2
leftdata=3
output_content_type=plain
password=test
show_input_params=1
username=test`, `{"answer":{"service_id":"123456"},"input_params":{"domain_name":"qqq.ru","leftdata":["1","2","3"],"output_content_type":"plain","password":"test","show_input_params":"1","username":"test"},"result":"success"}`},
	{"2.2.3.2 JSON", `domain/nop
input_data={"output_content_type":"plain","show_input_params":1,"domain_name":"qqq.ru","leftdata":[1,2,3]}
input_format=json
password=test
username=test`, `{"answer":{"service_id":"123456"},"input_params":{"domain_name":"qqq.ru","leftdata":["1","2","3"],"output_content_type":"plain","password":"test","show_input_params":"1","username":"test"},"result":"success"}`},
	{"2.2.3.3 XML", `domain/nop
input_data=<opt domain_name="qqq.ru" output_content_type="plain" show_input_params="1"><leftdata>1</leftdata><leftdata>2</leftdata><leftdata>3</leftdata></opt>
input_format=xml
password=test
username=test`, `{"answer":{"service_id":"123456"},"input_params":{"domain_name":"qqq.ru","input_format":"xml","leftdata":["1","2","3"],"output_content_type":"plain","password":"test","show_input_params":"1","username":"test"},"result":"success"}`},
	{"2.2.4.4 service/nop with a list", `service/nop
username=test
password=test
input_format=json
input_data={"services":[{"dname":"test.ru"},{"dname":"test.su","servtype":"srv_hosting_ispmgr"},{"service_id":"111111"},{"service_id":"22bug22"},{"surprise":"surprise.ru"}]}`,
		`{"answer":{"services":[{"dname":"test.ru","result":"success","service_id":"12345","servtype":"domain"},{"dname":"test.su","result":"success","service_id":"12346","servtype":"srv_hosting_ispmgr"},{"dname":"test12347.ru","result":"success","service_id":"111111","servtype":"domain"},{"error_code":"INVALID_SERVICE_ID","error_text":"service_id is invalid","result":"error","service_id":"22bug22"},{"error_code":"NO_DOMAIN","error_text":"domain_name not given or empty","result":"error","surprise":"surprise.ru"}]},"result":"success"}`},
	{"5.1 user/nop", `user/nop
output_content_type=plain`, `{"result":"success"}`},
	{"5.4 user/get_balance", `user/get_balance
currency=RUR
output_content_type=plain
password=test
username=test`, `{"answer":{"credit":"10","currency":"RUR","prepay":"1000"},"result":"success"}`},
	{"7.1 service/nop", `service/nop
domain_name=test.ru
output_content_type=plain
password=test
username=test`, `{"answer":{"services":[{"dname":"test.ru","result":"success","service_id":"12345","servtype":"domain"}]},"result":"success"}`},
	{"7.7 service/get_info", `service/get_info
input_data={"services":[{"domain_name":"test.ru"},{"service_id":"111111"}]}
input_format=json
output_content_type=plain
password=test
username=test`, `{"answer":{"services":[{"creation_date":"2001-01-01","expiration_date":"2101-01-01","result":"success","service_id":"12345","servtype":"domain","state":"A","subtype":"test"},{"creation_date":"2001-01-01","expiration_date":"2101-01-01","result":"success","service_id":"111111","servtype":"domain","state":"A","subtype":"test"}]},"result":"success"}`},
	{"7.8 service/get_list", `service/get_list
input_data={"servtype":"domain"}
input_format=json
output_content_type=plain
password=test
username=test`, `{"answer":{"services":[{"creation_date":"2009-04-18","dname":"test.ru","expiration_date":"2011-04-18","service_id":"111","servtype":"domain","state":"A","subtype":"test","uplink_service_id":"0"},{"creation_date":"2009-04-29","dname":"foo-test.ru","expiration_date":"2011-04-29","service_id":"222","servtype":"srv_hosting_ispmgr","state":"A","subtype":"test","uplink_service_id":"0"}]},"result":"success"}`},
	{"8.1 domain/nop", `domain/nop
output_content_type=plain`, `{"result":"success"}`},
	{"8.1 domain/nop with a domain", `domain/nop
dname=qqq.ru
output_content_type=plain
password=test
username=test`, `{"answer":{"service_id":"123456"},"result":"success"}`},
	{"8.19 domain/get_nss of one domain", `domain/get_nss
domain_name=test.ru
output_content_type=plain
password=test
username=test`, `{"answer":{"domains":[{"dname":"test.ru","nss":[{"ns":"ns1.reg.ru"},{"ns":"ns2.reg.ru"}],"service_id":12345}]},"result":"success"}`},
	{"8.19 domain/get_nss of two domains", `domain/get_nss
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"},{"dname":"test.su"}],"output_content_type":"plain"}
input_format=json`, `{"answer":{"domains":[{"dname":"test.ru","nss":[{"ns":"ns1.reg.ru"},{"ns":"ns2.reg.ru"}],"service_id":12345},{"dname":"test.su","nss":[{"ns":"ns1.reg.ru"},{"ns":"ns2.reg.ru"}],"service_id":12346}]},"result":"success"}`},
	{"9.1 zone/nop", `zone/nop
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"},{"dname":"test.com"}],"output_content_type":"plain"}
input_format=json`, twoDomains},
	{"9.2 zone/add_alias", `zone/add_alias
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"},{"dname":"test.com"}],"subdomain":"@","ipaddr":"111.111.111.111","output_content_type":"plain"}
input_format=json`, twoDomains},
	{"9.3 zone/add_aaaa", `zone/add_aaaa
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"},{"dname":"test.com"}],"subdomain":"@","ipaddr":"aa11::a111:11aa:aaa1:aa1a","output_content_type":"plain"}
input_format=json`, twoDomains},
	{"9.4 zone/add_caa", `zone/add_caa
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"}],"subdomain":"@","flags":0,"tag":"issuewild","value":"ca.example.com"}
input_format=json`, oneDomain},
	{"9.5 zone/add_cname", `zone/add_cname
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"},{"dname":"test.com"}],"subdomain":"mail","canonical_name":"mx10.test.ru","output_content_type":"plain"}
input_format=json`, twoDomains},
	{"9.6 zone/add_https", `zone/add_https
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"}],"subdomain":"@","priority":1,"target":".","value":"alpn=h3 ipv4hint=193.12.11.10,193.12.11.11"}
input_format=json`, oneDomain},
	{"9.7 zone/add_mx", `zone/add_mx
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"},{"dname":"test.com"}],"subdomain":"@","mail_server":"mail","output_content_type":"plain"}
input_format=json`, twoDomains},
	{"9.8 zone/add_ns", `zone/add_ns
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"},{"dname":"test.com"}],"subdomain":"tt","dns_server":"ns1.test.ru","record_number":"10","output_content_type":"plain"}
input_format=json`, twoDomains},
	{"9.9 zone/add_txt", `zone/add_txt
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"},{"dname":"test.com"}],"subdomain":"mail","text":"testmail","output_content_type":"plain"}
input_format=json`, twoDomains},
	{"9.10 zone/add_srv", `zone/add_srv
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"},{"dname":"test.com"}],"service":"_sip._udp","priority":"0","port":"5060","target":"sip.test.ru","output_content_type":"plain"}
input_format=json`, twoDomains},
	{"9.11 zone/get_resource_records", `zone/get_resource_records
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"},{"dname":"test.com"}],"output_content_type":"plain"}
input_format=json`, `{"answer":{"domains":[{"dname":"test.ru","result":"success","rrs":[{"content":"111.222.111.222","prio":"0","rectype":"A","state":"A","subname":"www"}],"service_id":"12345","soa":{"minimum_ttl":"12h","ttl":"1d"}},{"dname":"test.com","result":"success","rrs":[{"content":"111.222.111.222","prio":"0","rectype":"A","state":"A","subname":"www"}],"service_id":"12346","soa":{"minimum_ttl":"12h","ttl":"1d"}}]},"result":"success"}`},
	{"9.12 zone/update_records", `zone/update_records
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru","action_list":[{"action":"add_alias","subdomain":"www","ipaddr":"11.22.33.44"},{"action":"add_cname","subdomain":"@","canonical_name":"www.test.ru"}]}],"output_content_type":"plain"}
input_format=json`, `{"answer":{"domains":[{"action_list":[{"action":"add_alias","result":"success"},{"action":"add_cname","result":"success"}],"dname":"test.ru","result":"success","service_id":12345}]},"result":"success"}`},
	{"9.12 zone/update_records with an error", `zone/update_records
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"}],"action_list":[{"action":"ad_alias","subdomain":"www","ipaddr":"11.22.33.44"}],"output_content_type":"plain"}
input_format=json`, `{"answer":{"domains":[{"dname":"test.ru","service_id":12345,"error_params":{"action":"ad_alias"},"error_code":"INVALID_ACTION","error_text":"Action is invalid or not found: ad_alias"}]},"result":"success"}`},
	{"9.13 zone/update_soa", `zone/update_soa
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"},{"dname":"test.com"}],"ttl":"1d","minimum_ttl":"4h","output_content_type":"plain"}
input_format=json`, twoDomains},
	{"9.14 zone/tune_forwarding", `zone/tune_forwarding
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"},{"dname":"test.com"}],"output_content_type":"plain"}
input_format=json`, twoDomains},
	{"9.15 zone/clear_forwarding", `zone/clear_forwarding
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"},{"dname":"test.com"}],"output_content_type":"plain"}
input_format=json`, twoDomains},
	{"9.16 zone/tune_parking", `zone/tune_parking
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"},{"dname":"test.com"}],"output_content_type":"plain"}
input_format=json`, twoDomains},
	{"9.17 zone/clear_parking", `zone/clear_parking
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru"},{"dname":"test.com"}],"output_content_type":"plain"}
input_format=json`, twoDomains},
	{"9.18 zone/remove_record naming two domains in one object", `zone/remove_record
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru","dname":"test.com"}],"subdomain":"@","content":"111.111.111.111","record_type":"A","output_content_type":"plain"}
input_format=json`, twoDomains},
	{"9.19 zone/clear naming two domains in one object", `zone/clear
input_data={"username":"test","password":"test","domains":[{"dname":"test.ru","dname":"test.com"}],"output_content_type":"plain"}
input_format=json`, twoDomains},
}

func exampleForm(request string) (string, url.Values) {
	function, fields, _ := strings.Cut(request, "\n")
	values := url.Values{}
	for field := range strings.SplitSeq(fields, "\n") {
		name, value, _ := strings.Cut(field, "=")
		values.Add(name, value)
	}
	return function, values
}

func TestTheTestUserGetsTheDocumentedAnswers(t *testing.T) {
	for _, example := range examples() {
		t.Run(example.name, func(t *testing.T) {
			w := newWorld(t)
			function, fields := exampleForm(example.request)
			received := w.send(function, fields)
			if example.isFile() {
				if received.filename != example.answer || len(received.body) == 0 {
					t.Errorf("file %q, documented %q", received.filename, example.answer)
				}
				return
			}
			got, want := map[string]any{}, map[string]any{"charset": "utf-8", "messagestore": nil}
			for into, text := range map[*map[string]any]string{&got: string(received.body), &want: example.answer} {
				if err := json.Unmarshal([]byte(text), into); err != nil {
					t.Fatalf("%v in %s", err, text)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("answer (-documented +got):\n%s", diff)
			}
		})
	}
}

func TestEveryFunctionHasAnExample(t *testing.T) {
	shown := map[string]bool{}
	for _, example := range examples() {
		function, _ := exampleForm(example.request)
		shown[function] = true
	}
	for name := range functions() {
		if !shown[name] {
			t.Errorf("%s has no example", name)
		}
	}
}

func TestTheTestUserChangesNothing(t *testing.T) {
	w := newWorld(t)
	before := w.SOA("example.ru")
	w.must(w.call("test", "test", "zone/add_alias", "dname", "example.ru", "subdomain", "www", "ipaddr", "192.0.2.1"))
	w.wantRecords("example.ru")
	if after := w.SOA("example.ru"); after != before {
		t.Errorf("SOA %+v became %+v", before, after)
	}
	if entry := w.Journal()[0]; entry.Changed || !entry.Write {
		t.Errorf("journal says %+v", entry)
	}
}

func TestTheTestUserHasItsParametersChecked(t *testing.T) {
	w := newWorld(t)
	if code := w.call("test", "test", "zone/add_alias", "dname", "test.ru", "subdomain", "www", "ipaddr", "1.2.3").code(t); code != "IP_INVALID" {
		t.Errorf("code %q", code)
	}
}

func TestContentTypeIsJSONUnlessAskedOtherwise(t *testing.T) {
	w := newWorld(t)
	for asked, want := range map[string]string{
		"": "application/json; charset=utf-8", "plain": "text/plain; charset=utf-8", "text/html": "text/html; charset=utf-8",
		"x\r\nSet-Cookie: a": "application/json; charset=utf-8",
	} {
		response := w.send("user/nop", formOf("output_content_type", asked))
		if response.contentType != want || response.status != http.StatusOK {
			t.Errorf("asked %q: %d %s, want %s", asked, response.status, response.contentType, want)
		}
	}
}
