package regapi

import "context"

var threeDomains = []DomainRef{ByName("test.ru"), ByName("test.com"), ByName("test.net")}

const (
	sendsThreeDomains = `{"domains":[{"dname":"test.ru"},{"dname":"test.com"},{"dname":"test.net"}]}`

	dnssecUpdating    = "DNSSEC updating for domain already in progress"
	dnssecUnsupported = "This domain doesn't support DNSSEC"
	dnssecElsewhere   = "This domain not use REG.RU name services"
)

// dnssecOperation is the documentation's answer to an operation on three domains, two of which
// fail; it names the failed ones in two ways.
func dnssecOperation(thirdText string) string {
	return `{"domains":[{"dname":"test.ru","result":"success","service_id":"12345"},
		{"dname":"test.com","error_params":{"domain_name":"test.com"},"error_text":"` + dnssecUpdating + `","result":"error"},
		{"dname":"test.net","domain_name":"test.net","error_params":null,"error_text":"` + thirdText + `","result":"error"}]}`
}

func dnssecOperated(function, thirdText string) []DomainResult {
	return []DomainResult{
		{Ref: ByName("test.ru"), Domain: "test.ru", ServiceID: 12345},
		{Ref: ByName("test.com"), Domain: "test.com", Err: refused(function, "test.com", "", dnssecUpdating)},
		{Ref: ByName("test.net"), Domain: "test.net", Err: refused(function, "test.net", "", thirdText)},
	}
}

var documentedDNSSEC = []documentedCall{{
	function: "dnssec/nop",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.DNSSEC.Nop(ctx, ByName("test.ru"), ByName("test.net"))
	},
	sends: `{"domains":[{"dname":"test.ru"},{"dname":"test.net"}]}`,
	answer: `{"domains":[{"dname":"test.ru","result":"success","service_id":"12345"},
		{"dname":"test.net","domain_name":"test.net","error_params":null,"error_text":"` + dnssecUnsupported + `","result":"error"}]}`,
	want: []DomainResult{
		{Ref: ByName("test.ru"), Domain: "test.ru", ServiceID: 12345},
		{Ref: ByName("test.net"), Domain: "test.net", Err: refused("dnssec/nop", "test.net", "", dnssecUnsupported)},
	},
}, {
	function: "dnssec/get_status",
	call:     func(ctx context.Context, c *Client) (any, error) { return c.DNSSEC.GetStatus(ctx, threeDomains...) },
	sends:    sendsThreeDomains,
	answer: `{"domains":[{"dname":"test.ru","result":"success","service_id":"12345","status":"enabled"},
		{"dname":"test.com","result":"success","service_id":"6789","status":"updating"},
		{"dname":"test.net","domain_name":"test.net","error_params":null,"error_text":"` + dnssecUnsupported + `","result":"error"}]}`,
	want: []DomainDNSSEC{
		{DomainResult{Ref: ByName("test.ru"), Domain: "test.ru", ServiceID: 12345}, DNSSECEnabled},
		{DomainResult{Ref: ByName("test.com"), Domain: "test.com", ServiceID: 6789}, DNSSECUpdating},
		{DomainResult{Ref: ByName("test.net"), Domain: "test.net", Err: refused("dnssec/get_status", "test.net", "", dnssecUnsupported)}, ""},
	},
}, {
	function: "dnssec/enable",
	call:     func(ctx context.Context, c *Client) (any, error) { return c.DNSSEC.Enable(ctx, threeDomains...) },
	sends:    sendsThreeDomains,
	answer:   dnssecOperation(dnssecElsewhere),
	want:     dnssecOperated("dnssec/enable", dnssecElsewhere),
}, {
	function: "dnssec/disable",
	call:     func(ctx context.Context, c *Client) (any, error) { return c.DNSSEC.Disable(ctx, threeDomains...) },
	sends:    sendsThreeDomains,
	answer:   dnssecOperation("This domain is not activated yet"),
	want:     dnssecOperated("dnssec/disable", "This domain is not activated yet"),
}, {
	function: "dnssec/renew_ksk",
	call:     func(ctx context.Context, c *Client) (any, error) { return c.DNSSEC.RenewKSK(ctx, threeDomains...) },
	sends:    sendsThreeDomains,
	answer:   dnssecOperation(dnssecElsewhere),
	want:     dnssecOperated("dnssec/renew_ksk", dnssecElsewhere),
}, {
	function: "dnssec/renew_zsk",
	call:     func(ctx context.Context, c *Client) (any, error) { return c.DNSSEC.RenewZSK(ctx, threeDomains...) },
	sends:    sendsThreeDomains,
	answer:   dnssecOperation(dnssecElsewhere),
	want:     dnssecOperated("dnssec/renew_zsk", dnssecElsewhere),
}, {
	function: "dnssec/get_records",
	call:     func(ctx context.Context, c *Client) (any, error) { return c.DNSSEC.GetRecords(ctx, threeDomains...) },
	sends:    sendsThreeDomains,
	answer: `{"domains":[{"dname":"test.ru","records":[{"DNSKEY":"test.ru. IN DNSKEY 256 3 13 CPaF=="},
			{"DNSKEY":"test.ru. IN DNSKEY 257 3 13 X2eh==","DS":"test.ru. IN DS 55528 13 2 cbb7"}],"result":"success","service_id":"12345"},
		{"dname":"test.com","records":[{"alg":"13","digest":"17F3","digtype":"2","keytag":2371}],"result":"success","service_id":"6789"},
		{"dname":"test.net","domain_name":"test.net","error_params":null,"error_text":"` + dnssecUnsupported + `","result":"error"}]}`,
	want: []DomainDNSSECRecords{
		{DomainResult{Ref: ByName("test.ru"), Domain: "test.ru", ServiceID: 12345}, []DNSSECRecord{
			{DNSKEY: "test.ru. IN DNSKEY 256 3 13 CPaF=="},
			{DNSKEY: "test.ru. IN DNSKEY 257 3 13 X2eh==", DS: "test.ru. IN DS 55528 13 2 cbb7"},
		}},
		{DomainResult{Ref: ByName("test.com"), Domain: "test.com", ServiceID: 6789}, []DNSSECRecord{
			{Parent: map[string]string{"alg": "13", "digest": "17F3", "digtype": "2", "keytag": "2371"}},
		}},
		{DomainResult{Ref: ByName("test.net"), Domain: "test.net", Err: refused("dnssec/get_records", "test.net", "", dnssecUnsupported)}, nil},
	},
}, {
	function: "dnssec/add_keys",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.DNSSEC.AddKeys(ctx, []DNSSECKeys{
			{Ref: ByName("test.ru"), Records: []string{"test.ru. 3600 IN DS 2371 13 2 4508"}},
			{Ref: ByName("test.com")},
		})
	},
	sends:  `{"domains":[{"dname":"test.ru","records":["test.ru. 3600 IN DS 2371 13 2 4508"]},{"dname":"test.com"}]}`,
	answer: twoDomains,
	want: []DomainResult{
		{Ref: ByName("test.ru"), Domain: "test.ru", ServiceID: 12345},
		{Ref: ByName("test.com"), Domain: "test.com", ServiceID: 6789},
	},
}}
