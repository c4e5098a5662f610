package regapitest

// The numbers that every order of the test user has (7.4).
const (
	exampleOrderedID = 987654
	examplePrice     = 100_00
)

// dressOrder makes the answer to an order look as its example: only that of the website builder has uplink_service_id, and it is free (7.4).
func dressOrder(servtype string, answer map[string]any) {
	if servtype != "srv_websitebuilder" {
		delete(answer, "uplink_service_id")
		answer["pay_notes"] = "Amount successfully charged"
		return
	}
	answer["bill_id"], answer["service_id"] = textNumeral(37601633), textNumeral(27249497)
	answer["payment"], answer["pay_notes"] = numeral{digits: "0.00"}, "No charge required"
}

// exampleTariffs are those that the example of service/get_prices shows before its dots (7.2).
func exampleTariffs() []tariff {
	return []tariff{monthly("srv_addip", "", "", 30_00), monthly("srv_addip", "custom_net", "", 60_00)}
}

// dressForRenewal names the domain of a service_id as the example does (7.13).
func dressForRenewal(_ *call, e *element) {
	if e.givenName() == "" {
		e.service.Name = "test12345.ru"
	}
}
