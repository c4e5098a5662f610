package regapitest

import (
	"strconv"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
)

// The test mode runs the functions themselves on domains that are made for one answer and look as those of the documentation's examples do.

// exampleFirstID is the service_id of the first domain in the examples; the second has the next.
const exampleFirstID = 12345

// exampleByName is the service that the test user means by a domain's name.
func exampleByName(name string, e *element) *service {
	return exampleService(name, exampleFirstID+int64(e.found), e)
}

// exampleByID is the service that the test user means by a service_id or a user_servid: the name is that of 111111 in the example of 2.2.4.4.
func exampleByID(serviceID, userID string, e *element) *service {
	id, err := strconv.ParseInt(serviceID, 10, 64)
	if err != nil {
		id = exampleFirstID + int64(e.found)
	}
	made := exampleService("test12347.ru", id, e)
	made.UserServID = userID
	return made
}

func exampleService(name string, id int64, e *element) *service {
	made := &service{Name: name, owner: testLogin, Service: Service{
		Servtype: e.servtype(), Subtype: "test", Domain: name, ServiceID: id, State: stateActive, Created: "2001-01-01", Expires: "2101-01-01",
	}}
	if made.Servtype != domainType {
		return made
	}
	z := dnszone.New(name, time.Time{})
	_, _ = z.Add(Record{Name: "www", Type: "A", Content: "111.222.111.222"}, Behaviour{}) // which nothing can refuse
	made.domain = &domain{service: made, NameServers: dnszone.NameServers, zone: z}
	return made
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
