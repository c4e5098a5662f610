package regapi

import (
	"context"
	"strings"
	"testing"
)

func TestARefusalToTellContactsIsNotQuotedSinceItMayHoldThem(t *testing.T) {
	const told = "Petr Petrov of +7 495 7654321"
	refusal := `"error_code":"INTERNAL_ERROR","error_text":"no details of ` + told + `","error_params":{"error_detail":"` + told + `"}`
	for name, body := range map[string]string{
		"the whole":  `{"result":"error",` + refusal + `}`,
		"an element": `{"result":"success","answer":{"services":[{"dname":"a.ru","result":"error",` + refusal + `}]}}`,
	} {
		var written string
		client, _ := answering(t, body, WithMiddleware(func(next Handler) Handler {
			return HandlerFunc(func(ctx context.Context, request *Request) (*Answer, error) {
				answer, err := next.Do(ctx, request)
				if answer != nil {
					written = string(answer.WriteDown(1 << 10).JSON)
				}
				return answer, err
			})
		}))
		details, err := client.Service.GetDetails(t.Context(), DetailsQuery{}, ByName("a.ru"))
		if len(details) == 1 && err == nil {
			err = details[0].Err
		}
		if !HasCode(err, CodeInternalError) || strings.Contains(err.Error(), "Petr") || strings.Contains(written, "Petr") {
			t.Errorf("%s: %v, written down as %s", name, err, written)
		}
		if name == "an element" && !strings.Contains(written, "a.ru") {
			t.Errorf("what it was about is not written down: %s", written)
		}
	}
}
