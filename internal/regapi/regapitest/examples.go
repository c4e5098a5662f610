package regapitest

import (
	"slices"
	"strconv"
	"time"
)

// The test mode runs the functions themselves on domains that are made for one answer and look as those of the documentation's examples do.

// exampleFirstID is the service_id of the first domain in the examples; the second has the next.
const exampleFirstID = 12345

// exampleDomain is the domain that an element of a request of the test user means, found by the given identifier.
func exampleDomain(key, value string, index int) *domain {
	d := Domain{
		Name: "test.ru", ServiceID: exampleFirstID + int64(index), State: "A", Created: "2001-01-01", Expires: "2101-01-01", Subtype: "test",
		NameServers: slices.Clone(registrarNameServers),
	}
	switch key {
	case "dname":
		d.Name = value
	case "service_id":
		// The domain behind service_id 111111 in the example of 2.2.4.4.
		d.Name = "test12347.ru"
		d.ServiceID, _ = strconv.ParseInt(value, 10, 64)
	case "user_servid":
		d.UserServID = value
	}
	z := newZone(d.Name, time.Time{})
	z.records = []record{{Record: Record{Name: "www", Type: "A", Content: "111.222.111.222"}, given: "111.222.111.222"}}
	return &domain{Domain: d, owner: testLogin, zone: z}
}

// exampleServices is the answer of service/get_list (7.8).
func exampleServices() []map[string]any {
	service := func(id int64, name, servtype, created, expires string) map[string]any {
		return map[string]any{
			"creation_date": created, "dname": name, "expiration_date": expires, "service_id": textNumeral(id), "servtype": servtype,
			"state": "A", "subtype": "test", "uplink_service_id": textNumeral(0),
		}
	}
	return []map[string]any{
		service(111, "test.ru", "domain", "2009-04-18", "2011-04-18"),
		service(222, "foo-test.ru", "srv_hosting_ispmgr", "2009-04-29", "2011-04-29"),
	}
}
