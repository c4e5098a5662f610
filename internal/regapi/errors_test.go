package regapi

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestClassDecidesWhichPredicateHolds(t *testing.T) {
	predicates := map[Class]func(error) bool{
		ClassInvalid: IsInvalid, ClassDenied: IsDenied, ClassNotFound: IsNotFound, ClassThrottled: IsThrottled,
		ClassBusy: IsBusy, ClassTransient: IsTransient, ClassBlocked: IsBlocked,
	}
	cases := map[Class]error{
		ClassInvalid:   &Error{Code: CodeSubdInvalid},
		ClassDenied:    &Error{Code: CodeAccessDeniedFromIP},
		ClassNotFound:  &Error{Code: CodeDomainNotFound},
		ClassThrottled: &Error{Code: CodeIPExceededAllowedConnectionRate},
		ClassBusy:      &Error{Code: CodeBillingLock},
		ClassTransient: &Error{Code: "NEVER_SEEN_BEFORE"},
		ClassBlocked:   &Error{Code: CodeResellerAuthFailed},
	}
	for class, err := range cases {
		wrapped := fmt.Errorf("read the zone: %w", err)
		if ClassOf(wrapped) != class {
			t.Errorf("%v is %s, want %s", err, ClassOf(wrapped), class)
		}
		for other, holds := range predicates {
			if holds(wrapped) != (other == class) {
				t.Errorf("%v: the predicate of %s says %t", err, other, holds(wrapped))
			}
			if holds(nil) {
				t.Errorf("the predicate of %s holds for no error", other)
			}
		}
	}
}

func TestErrorsWithoutACodeAreTransient(t *testing.T) {
	for _, err := range []error{errors.New("x"), &Error{}, &TransportError{}, context.Canceled} {
		if ClassOf(err) != ClassTransient {
			t.Errorf("%T is %s", err, ClassOf(err))
		}
	}
	if ClassOf(nil) != ClassNone {
		t.Error("no error has a class")
	}
}

func TestWhatAnotherRecordCausedConcernsOneActionAndIsNotFinal(t *testing.T) {
	for _, code := range []ErrorCode{CodeConflictCNAME, CodeCNAMEAndOtherData} {
		err := error(&Error{Code: code, Domain: "a.ru"})
		if !IsConflict(err) || IsInvalid(err) || IsTransient(err) || !ConcernsOneAction(err) {
			t.Errorf("%s is of class %s", code, ClassOf(err))
		}
	}
}

func TestWhatAPersonHasToMendIsBlocked(t *testing.T) {
	for _, code := range []ErrorCode{CodeTLDDisabled, CodeProlongError, CodeCheckDomainError, CodeWaiting, CodeNotEnoughMoney} {
		if err := error(&Error{Code: code}); !IsBlocked(err) {
			t.Errorf("%s is of class %s", code, ClassOf(err))
		}
	}
}

func TestAListIsDividedForWhatMayBeOneElementsFault(t *testing.T) {
	divisible := []error{
		&Error{Code: CodeParameterIncorrect}, &Error{Code: CodeDomainNotFound}, &Error{Code: CodeInternalError}, &Error{Code: "NEW_ONE"},
		&Error{Code: CodeTooManyObjectsInOneRequest}, &TransportError{Strain: true}, &TransportError{Status: 502}, &TransportError{Status: 403}, &TransportError{},
	}
	whole := []error{
		nil, context.Canceled, &Error{Code: CodeParameterIncorrect, Domain: "a.ru"}, &Error{Code: CodePasswordAuthFailed}, &Error{Code: CodeBillingLock},
		&Error{Code: CodeAccountExceededAllowedConnectionRate}, &Error{Code: CodeResellerAuthFailed}, &Error{Code: CodeServiceUnavailable},
		&TransportError{NeverSent: true}, &TransportError{Status: 503}, &TransportError{Status: 429}, refuse("zone/nop", CodeParameterIncorrect, "ours"),
	}
	for _, err := range divisible {
		if !Divisible(err) {
			t.Errorf("%#v would not be divided", err)
		}
	}
	for _, err := range whole {
		if Divisible(err) {
			t.Errorf("%#v would be divided", err)
		}
	}
}

func TestClassesHaveNames(t *testing.T) {
	for class := ClassNone; class <= ClassConflict; class++ {
		if name := class.String(); name == "" || name == "Unknown" {
			t.Errorf("class %d has no name", int(class))
		}
	}
	if Class(-1).String() != "Unknown" || (ClassConflict+1).String() != "Unknown" {
		t.Error("a class that does not exist has a name")
	}
}

func TestErrorTextNamesFunctionElementCodeAndReason(t *testing.T) {
	cases := map[string]Error{
		"zone/add_alias example.ru: IP_INVALID: Invalid IP address": {Function: "zone/add_alias", Domain: "example.ru", Code: CodeIPInvalid, Text: "Invalid IP address"},
		"nop: PASSWORD_AUTH_FAILED":                                 {Function: "nop", Code: CodePasswordAuthFailed},
		"zone/nop example.ru: the answer does not mention it":       {Function: "zone/nop", Domain: "example.ru", Text: "the answer does not mention it"},
	}
	for want, err := range cases {
		if err.Error() != want {
			t.Errorf("got %q, want %q", err.Error(), want)
		}
	}
}

func TestRefusalsAreFoundByCodeThroughWrapping(t *testing.T) {
	err := fmt.Errorf("sync: %w", errors.Join(errors.New("other"), &Error{Function: "nop", Code: CodeDomainNotFound}))
	if !HasCode(err, CodeSubdInvalid, CodeDomainNotFound) || HasCode(err, CodeSubdInvalid) || HasCode(nil, CodeDomainNotFound) {
		t.Error("HasCode is wrong")
	}
	if !errors.Is(err, &Error{Code: CodeDomainNotFound}) || errors.Is(err, &Error{Code: CodeSubdInvalid}) || errors.Is(err, &Error{}) {
		t.Error("errors.Is is wrong")
	}
}

func TestRemedyNamesThePlaceWhereAPersonActs(t *testing.T) {
	cases := map[ErrorCode]string{
		CodeAccessDeniedFromIP:                   settingsPage,
		CodePasswordAuthFailed:                   settingsPage,
		CodeDomainIsNotUseRegruNSS:               "ns1.reg.ru and ns2.reg.ru",
		CodeNotEnoughMoney:                       "balance",
		CodeTextTooLong:                          "TXT",
		CodeAccountExceededAllowedConnectionRate: "1200",
	}
	for code, place := range cases {
		if remedy := Remedy(fmt.Errorf("x: %w", &Error{Code: code})); !strings.Contains(remedy, place) {
			t.Errorf("%s: %q does not name %q", code, remedy, place)
		}
	}
	if Remedy(&Error{Code: CodeInternalError}) != "" || Remedy(errors.New("x")) != "" || Remedy(nil) != "" {
		t.Error("a remedy for what nobody can remedy")
	}
}

func TestErrorShapesAreAllUnderstood(t *testing.T) {
	cases := map[string]struct {
		element string
		code    ErrorCode
		text    string
	}{
		"code and text":            {`{"result":"error","error_code":"IP_INVALID","error_text":"Invalid IP address","error_params":{"a":"b"}}`, CodeIPInvalid, "Invalid IP address"},
		"sentence in result":       {`{"result":"service_id is invalid","error_code":"INVALID_SERVICE_ID","service_id":"22bug22"}`, CodeInvalidServiceID, "service_id is invalid"},
		"sentence alone":           {`{"result":"Something went wrong"}`, "", "Something went wrong"},
		"code in result":           {`{"result":"DOMAIN_IS_NOT_USE_REGRU_NSS"}`, CodeDomainIsNotUseRegruNSS, ""},
		"text without code":        {`{"result":"error","error_text":"DNSSEC failed"}`, "", "DNSSEC failed"},
		"no result":                {`{"error_code":"INVALID_ACTION","error_text":"Invalid action: add_alias","error_params":[]}`, CodeInvalidAction, "Invalid action: add_alias"},
		"bare error":               {`{"result":"error"}`, "", "the answer gives no reason"},
		"no result, no reason":     {`{}`, "", "the answer gives no result for it"},
		"null result":              {`{"result":null,"error_code":null}`, "", "the answer gives no result for it"},
		"success with a complaint": {`{"result":"success","error_code":"SUBD_INVALID"}`, CodeSubdInvalid, ""},
		"success in another case":  {`{"Result":"success","RESULT":"success"}`, "", "the answer gives no result for it"},
		"nearly success":           {`{"result":"Success"}`, "", "Success"},
		"code in no known shape":   {`{"result":"error","error_code":"went wrong"}`, "", "the answer gives no reason"},
		"unknown code":             {`{"result":"error","error_code":"BRAND_NEW_1"}`, "BRAND_NEW_1", ""},
		"null parameters":          {`{"result":"error","error_code":"NO_DOMAIN","error_params":null}`, CodeNoDomain, ""},
		"no object at all":         {`"success"`, "", "the answer does not mention it"},
	}
	for name, c := range cases {
		client, _ := answering(t, domainsAnswer(c.element))
		results, err := client.Zone.Nop(t.Context(), ByName("example.ru"))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		failure, ok := errors.AsType[*Error](results[0].Err)
		if !ok {
			t.Errorf("%s: passed for success", name)
			continue
		}
		if failure.Code != c.code || failure.Text != c.text || failure.Domain != "example.ru" || failure.Function != "zone/nop" {
			t.Errorf("%s: %#v", name, failure)
		}
	}
}

func TestErrorParamsAreFlattenedWhateverTheirShape(t *testing.T) {
	cases := map[string]map[string]string{
		`{"domain_name":"x.ru","max_objects":1000,"none":null}`: {"domain_name": "x.ru", "max_objects": "1000"},
		`["a",2]`: {"0": "a", "1": "2"},
		`{"o_phone":"+7 495 0000000","authinfo":"k"}`: {"o_phone": mask, "authinfo": mask},
		`null`: nil,
		`"x"`:  nil,
	}
	for params, want := range cases {
		client, _ := answering(t, `{"result":"error","error_code":"INTERNAL_ERROR","error_params":`+params+`}`)
		failure, ok := errors.AsType[*Error](client.User.Nop(t.Context()))
		if !ok || fmt.Sprint(failure.Params) != fmt.Sprint(want) {
			t.Errorf("%s: %+v", params, failure)
		}
	}
}
