package regapi

import (
	"context"
	"time"
)

// octoberBill is the documentation's example of a bill (6.2).
const octoberBill = `{"bills":[{"payment":"100","pay_status":"notpayed","currency":"RUR","bill_date":"1917-10-26","pay_type":"bank",
	"pay_date":null,"bill_id":"12345","orig_payment":"100","items":[
		{"dname":"october.org","itemtype":"service","action":"new","service_id":"12345","servtype":"domain"},
		{"dname":"october.org","itemtype":"service","action":"new","service_id":"12346","servtype":"srv_certificate"}]}]}`

var wantOctoberBill = []Bill{{
	BillID: 12345, BillDate: NewDate(1917, time.October, 26), PayType: PayBank, PayStatus: BillNotPayed, Payment: "100", Currency: "RUR",
	Items: []BillItem{
		{ItemType: "service", Domain: "october.org", ServType: "domain", ServiceID: 12345, Action: "new"},
		{ItemType: "service", Domain: "october.org", ServType: "srv_certificate", ServiceID: 12346, Action: "new"},
	},
}}

var documentedBill = []documentedCall{{
	function: "bill/nop",
	call:     func(ctx context.Context, c *Client) (any, error) { return c.Bill.Nop(ctx, 12345, 12346) },
	sends:    `{"bills":["12345","12346"]}`,
	answer:   `{"bills":[{"bill_id":"12345","pay_status":"notpayed"},{"bill_id":12346,"pay_status":"payed","result":"success"}]}`,
	want:     []BillResult{{BillID: 12345, PayStatus: BillNotPayed}, {BillID: 12346, PayStatus: BillPayed}},
}, {
	function: "bill/get_not_payed",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Bill.GetNotPayed(ctx, Page{Limit: 10, Offset: 20})
	},
	sends:  `{"limit":10,"offset":20}`,
	answer: octoberBill,
	want:   wantOctoberBill,
}, {
	function: "bill/get_for_period",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Bill.GetForPeriod(ctx, BillPeriod{Start: NewDate(1917, 10, 26), End: NewDate(1917, 11, 7), PayType: PayBank, All: true})
	},
	sends:  `{"start_date":"1917-10-26","end_date":"1917-11-07","pay_type":"bank","all":1}`,
	answer: octoberBill,
	want:   wantOctoberBill,
}, {
	function: "bill/change_pay_type",
	call: func(ctx context.Context, c *Client) (any, error) {
		return c.Bill.ChangePayType(ctx, PayPrepay, "RUR", 123456)
	},
	sends: `{"bills":["123456"],"pay_type":"prepay","currency":"RUR"}`,
	answer: `{"bills":[{"bill_id":"123456","currency":"RUR","old_pay_type":"bank","pay_status":"payed","pay_type":"prepay",
		"payment":"100","result":"success","total_payment":"100"}]}`,
	want: []BillPayment{{
		BillResult: BillResult{BillID: 123456, PayStatus: BillPayed}, OldPayType: PayBank, PayType: PayPrepay,
		Payment: "100", TotalPayment: "100", Currency: "RUR",
	}},
}, {
	function: "bill/delete",
	call:     func(ctx context.Context, c *Client) (any, error) { return c.Bill.Delete(ctx, 12345, 12346, 12347) },
	sends:    `{"bills":["12345","12346","12347"]}`,
	answer: `{"bills":[{"bill_id":"12345","pay_status":"notpayed","result":"success","status":"deleted"},
		{"bill_id":"12346","error_code":"BILL_CAN_NOT_REMOVED","pay_status":"payed","status":"active"},
		{"bill_id":"12347","error_code":"BILL_ID_NOT_FOUND"}]}`,
	want: []BillResult{
		{BillID: 12345, PayStatus: BillNotPayed},
		{BillID: 12346, PayStatus: BillPayed, Err: refused("bill/delete", "bill 12346", CodeBillCanNotRemoved, "")},
		{BillID: 12347, Err: refused("bill/delete", "bill 12347", CodeBillIDNotFound, "")},
	},
}}
