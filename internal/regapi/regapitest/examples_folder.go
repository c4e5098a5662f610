package regapitest

import "github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"

// exampleFolder is the folder that the test user means: that of the examples of section 12, by the name that is asked for.
func exampleFolder(ref folderRef) *folder {
	if ref.name == "" {
		ref.name = "test_folder_name"
	}
	member := func(id int64, name string) *service {
		return &service{Name: name, owner: testLogin, Service: Service{Servtype: domainType, ServiceID: id, State: stateActive}}
	}
	example := &folder{id: -1, name: ref.name, owner: testLogin}
	example.put(member(1000, "test1.ru"))
	example.put(member(1001, "test2.ru"))
	return example
}

// identifyForFolder finds services like any function, but for the one domain that the test user does not have (12.6).
func identifyForFolder(c *call, e *element) *refusal.Error {
	if c.test && e.givenName() == "test11.ru" {
		return refusal.New("DOMAIN_NOT_FOUND", "domain_name", e.givenName())
	}
	return c.identify(e)
}

// dressForFolder gives the domains of section 12 their numbers, and numbers their names.
func dressForFolder(_ *call, e *element) {
	numbers := map[string]int64{"test1.ru": 1000, "test2.ru": 1001, "test01.ru": 123456}
	if id, ok := numbers[e.service.Name]; ok {
		e.service.ServiceID = id
	}
	for name, id := range numbers {
		if e.service.ServiceID == id {
			e.service.Name = name
		}
	}
}
