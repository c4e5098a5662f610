package regapitest

// exampleBillID is the number of the bill that a function's example makes; alone tells that it is the example of a bill that is not paid (7.13).
func exampleBillID(function string, alone bool) int64 {
	if alone {
		return 123123
	}
	ids := map[string]int64{"service/create": 1234, "domain/create": 1234, "domain/transfer": 1234, "domain/set_rereg_bids": 1234, "service/upgrade": 123, "service/refill": 1000000}
	if id, ok := ids[function]; ok {
		return id
	}
	return 123456
}

// exampleBill is the bill that the test user means by a number: the examples of section 6 show what becomes of the first, the second and the
// third of a list. It is nil where they find none.
func exampleBill(function string, id int64, index int) *bill {
	made := &bill{id: id, owner: testLogin, created: "1917-10-26", payType: payBank, currency: roubles, amount: 100_00, orders: exampleOrders()}
	switch {
	case function == "bill/nop" && index == 1, function == "bill/delete" && index == 2:
		return nil
	case function == "bill/nop", function == "bill/delete" && index == 1:
		made.payed = made.created
	}
	return made
}

// exampleBills are those of bill/get_not_payed (6.2) and, from the older edition, of bill/get_for_period (6.3).
func exampleBills(function string) []*bill {
	made := exampleBill(function, exampleFirstID, 0)
	if function == "bill/get_for_period" {
		made.created, made.payed, made.payType = "1917-10-16", "1917-10-16", "cash"
	}
	return []*bill{made}
}

func exampleOrders() []order {
	ordered := func(id int64, servtype string) order {
		return order{action: actionNew, service: &service{Name: "october.org", Service: Service{Servtype: servtype, ServiceID: id, State: stateActive}}}
	}
	return []order{ordered(exampleFirstID, domainType), ordered(exampleFirstID+1, "srv_certificate")}
}
