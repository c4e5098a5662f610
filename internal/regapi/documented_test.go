package regapi

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// documentedCall is a typed call with what it must send and what it makes of the documentation's
// example of an answer.
type documentedCall struct {
	function string
	call     func(ctx context.Context, client *Client) (any, error)
	// sends is the expected input_data.
	sends string
	// answer is the member "answer" of the example; "" if it has none.
	answer string
	want   any
}

// documentedCalls has at least one call of each function with a typed call.
func documentedCalls() []documentedCall {
	return slices.Concat(documentedUser, documentedBill, documentedService, documentedDomain, documentedFolder, documentedDNSSEC)
}

// nothing is the outcome of a call that returns an error alone.
func nothing(err error) (any, error) { return nil, err }

// refused is the refusal of an element.
func refused(function, subject string, code ErrorCode, text string) error {
	return &Error{Function: function, Domain: subject, Code: code, Text: text}
}

// comparing compares errors by what they say, and dates and secrets by their value.
var comparing = cmp.Options{
	cmp.Comparer(func(a, b error) bool {
		return (a == nil) == (b == nil) && (a == nil || a.Error() == b.Error())
	}),
	byString,
}

func TestTypedCallsSendAndReadTheDocumentedExamples(t *testing.T) {
	for _, documented := range documentedCalls() {
		t.Run(documented.function, func(t *testing.T) {
			body := `{"result":"success"}`
			if documented.answer != "" {
				body = `{"result":"success","answer":` + documented.answer + `}`
			}
			client, stub := answering(t, body)
			got, err := documented.call(t.Context(), client)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(documented.want, got, comparing); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
			if stub.paths[0] != "/api/regru2/"+documented.function {
				t.Errorf("asked for %s", stub.paths[0])
			}
			var sends map[string]any
			if err := json.Unmarshal([]byte(documented.sends), &sends); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(sends, stub.input(t)); diff != "" {
				t.Errorf("input_data (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTypedCallsReportARefusalOfTheWholeRequest(t *testing.T) {
	for _, documented := range documentedCalls() {
		client, _ := answering(t, `{"result":"error","error_code":"BILLING_LOCK","error_text":"Billing operations are locked"}`)
		_, err := documented.call(t.Context(), client)
		if refusal, ok := errors.AsType[*Error](err); !ok || refusal.Function != documented.function || !IsBusy(err) {
			t.Errorf("%s: %v", documented.function, err)
		}
	}
}

// twoDomains is the documentation's answer of many functions to a request for test.ru and test.com.
const twoDomains = `{"domains":[{"dname":"test.ru","result":"success","service_id":"12345"},` +
	`{"dname":"test.com","result":"success","service_id":"6789"}]}`
