package regapi

import (
	"context"
	"strings"
	"testing"
)

// newFuzzClient answers every request with a body.
func newFuzzClient(body []byte) *Client {
	client := &Client{handler: bodyHandler(body).Do}
	client.User, client.Bill, client.Service = &UserService{client}, &BillService{client}, &ServiceService{client}
	client.Domain, client.DNSSEC, client.Folder = &DomainService{client}, &DNSSECService{client}, &FolderService{client}
	return client
}

// FuzzTypedCalls gives any answer to any typed call: none may panic, take anything but a success for
// one, or let the password into an error.
func FuzzTypedCalls(f *testing.F) {
	calls := documentedCalls()
	for i, documented := range calls {
		for _, answer := range []string{documented.answer, `[null,7,[],{}]`, `{"bills":[{"bill_id":{}}],"services":[{"details":[]}]}`} {
			f.Add(uint8(i), []byte(`{"result":"success","answer":`+answer+`}`))
		}
	}
	f.Add(uint8(0), []byte(`{"result":"error","error_code":"NO_AUTH","error_text":"`+testPassword.Username+`"}`))
	f.Fuzz(func(t *testing.T, index uint8, body []byte) {
		documented := calls[int(index)%len(calls)]
		_, err := documented.call(context.Background(), newFuzzClient(body))
		if err == nil && !saysSuccess(body) {
			t.Fatalf("%s takes it for a success", documented.function)
		}
		if err != nil && strings.Contains(err.Error(), testPassword.Password) {
			t.Fatalf("%s: %v", documented.function, err)
		}
	})
}
