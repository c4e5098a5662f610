package regapitest

import (
	"strconv"
	"time"
)

// The test mode runs the functions themselves on domains that are made for one answer and look as those of the documentation's examples do.

// exampleFirstID is the service_id of the first domain in the examples; the second has the next.
const exampleFirstID = 12345

// exampleByName is the domain that the test user means by a name in a list at the given place.
func exampleByName(name string, index int) *domain {
	return exampleDomain(Domain{Name: name, ServiceID: exampleFirstID + int64(index)})
}

// exampleByID is the domain that the test user means by a service_id or a user_servid: the name is that of 111111 in the example of 2.2.4.4.
func exampleByID(serviceID, userID string, index int) *domain {
	d := Domain{Name: "test12347.ru", UserServID: userID, ServiceID: exampleFirstID + int64(index)}
	if id, err := strconv.ParseInt(serviceID, 10, 64); err == nil {
		d.ServiceID = id
	}
	return exampleDomain(d)
}

func exampleDomain(d Domain) *domain {
	d.State, d.Created, d.Expires, d.Subtype = "A", "2001-01-01", "2101-01-01", "test"
	d.NameServers = registrarNameServers
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
