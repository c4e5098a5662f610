package regapi

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// outcome is what a caller sees of a result, in one line.
func outcome(result DomainResult) string {
	line := fmt.Sprintf("%s=%d", result.Domain, result.ServiceID)
	if result.Err != nil {
		line += " " + result.Err.Error()
	}
	return line
}

func outcomes(results []DomainResult) []string {
	var lines []string
	for _, result := range results {
		lines = append(lines, outcome(result))
	}
	return lines
}

// missing is the error of an element that the answer leaves out.
func missing(element string) string {
	return " zone/nop " + element + ": the answer does not mention it"
}

// alignments are lists and answers that differ in order, length and what identifies an element.
var alignments = map[string]struct {
	refs     []DomainRef
	elements []string
	want     []string
}{
	"by name, in another order": {
		[]DomainRef{ByName("a.ru"), ByName("b.ru")},
		[]string{`{"dname":"b.ru","service_id":2,"result":"success"}`, `{"dname":"a.ru","service_id":"1","result":"success"}`},
		[]string{"a.ru=1", "b.ru=2"},
	},
	"by number, in another order": {
		[]DomainRef{ByServiceID(1), ByServiceID(2)},
		[]string{`{"dname":"b.ru","service_id":"2","result":"success"}`, `{"dname":"a.ru","service_id":1,"result":"success"}`},
		[]string{"a.ru=1", "b.ru=2"},
	},
	"Unicode and punycode": {
		[]DomainRef{ByName("ПОЧТА.рф"), ByName("xn--e1afmkfd.xn--p1ai.")},
		[]string{`{"dname":"пример.рф","service_id":2,"result":"success"}`, `{"dname":"xn--80a1acny.xn--p1ai","service_id":1,"result":"success"}`},
		[]string{"xn--80a1acny.xn--p1ai=1", "пример.рф=2"},
	},
	"by the caller's own id": {
		[]DomainRef{{UserServID: "aa"}, {UserServID: "bb"}},
		[]string{`{"user_servid":"bb","service_id":2,"result":"success"}`, `{"user_servid":"aa","service_id":1,"result":"success"}`},
		[]string{"=1", "=2"},
	},
	"by position, as nothing else is known": {
		[]DomainRef{ByName("a.ru"), ByName("b.ru")},
		[]string{`{"service_id":1,"result":"success"}`, `{"service_id":2,"result":"success"}`},
		[]string{"a.ru=1", "b.ru=2"},
	},
	"the answer leaves one out": {
		[]DomainRef{ByName("a.ru"), ByName("b.ru")},
		[]string{`{"dname":"b.ru","service_id":2,"result":"success"}`},
		[]string{"a.ru=0" + missing("a.ru"), "b.ru=2"},
	},
	"the answer is about others": {
		[]DomainRef{ByName("a.ru"), ByServiceID(7)},
		[]string{`{"dname":"x.ru","result":"success"}`, `{"service_id":8,"result":"success"}`},
		[]string{"a.ru=0" + missing("a.ru"), "=7" + missing("service 7")},
	},
	"more elements than references": {
		[]DomainRef{ByName("a.ru")},
		[]string{`{"result":"success"}`, `{"dname":"a.ru","service_id":1,"result":"success"}`},
		[]string{"a.ru=1"},
	},
	"one element for two equal references": {
		[]DomainRef{ByName("a.ru"), ByName("a.ru")},
		[]string{`{"dname":"a.ru","service_id":1,"result":"success"}`},
		[]string{"a.ru=1", "a.ru=0" + missing("a.ru")},
	},
	"the number decides before the name": {
		[]DomainRef{{ServiceID: 2, Name: "a.ru"}},
		[]string{`{"service_id":2,"dname":"b.ru","result":"success"}`},
		[]string{"b.ru=2"},
	},
	"no elements": {
		[]DomainRef{ByName("a.ru")}, nil, []string{"a.ru=0" + missing("a.ru")},
	},
}

func TestResultsAreAlignedWithTheReferences(t *testing.T) {
	for name, c := range alignments {
		client, _ := answering(t, domainsAnswer(c.elements...))
		results, err := client.Zone.Nop(t.Context(), c.refs...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.want, outcomes(results)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		for i, result := range results {
			if result.Ref != c.refs[i] {
				t.Errorf("%s: result %d belongs to %v", name, i, result.Ref)
			}
		}
	}
}

func TestElementsThatTheAnswerLeavesOutFailTransiently(t *testing.T) {
	client, _ := answering(t, domainsAnswer())
	results, err := client.Zone.Nop(t.Context(), ByName("a.ru"))
	if err != nil || !IsTransient(results[0].Err) {
		t.Errorf("%v, %v", results, err)
	}
}

func TestAnswersWithoutTheListFailAsAWhole(t *testing.T) {
	for _, answer := range []string{`null`, `{}`, `{"domains":null}`, `{"domains":{}}`, `{"services":[]}`, `[]`} {
		client, _ := answering(t, `{"result":"success","answer":`+answer+`}`)
		if results, err := client.Zone.Nop(t.Context(), ByName("a.ru")); !IsTransient(err) || results != nil {
			t.Errorf("%s: %v, %v", answer, results, err)
		}
	}
}

func TestListsBeyondTheLimitAreRefusedBeforeSending(t *testing.T) {
	client, stub := answering(t, domainsAnswer())
	refs := make([]DomainRef, MaxObjects+1)
	for i := range refs {
		refs[i] = ByServiceID(ID(i + 1))
	}
	if _, err := client.Zone.Nop(t.Context(), refs...); !HasCode(err, CodeTooManyObjectsInOneRequest) || !NeverSent(err) {
		t.Errorf("got %v", err)
	}
	if stub.requests() != 0 {
		t.Error("a request was sent")
	}
	if results, err := client.Zone.Nop(t.Context(), refs[1:]...); err != nil || len(results) != MaxObjects {
		t.Errorf("a full list: %d results, %v", len(results), err)
	}
}

func TestReferencesToNothingAreRefusedBeforeSending(t *testing.T) {
	client, stub := answering(t, domainsAnswer())
	if _, err := client.Zone.Nop(t.Context(), ByName("a.ru"), DomainRef{}); !HasCode(err, CodeServiceNotSpecified) || !NeverSent(err) {
		t.Errorf("got %v", err)
	}
	if stub.requests() != 0 {
		t.Error("a request was sent")
	}
}

func TestEmptyListsCostNoRequest(t *testing.T) {
	client, stub := answering(t, domainsAnswer())
	if results, err := client.Zone.Nop(t.Context()); err != nil || len(results) != 0 {
		t.Errorf("%v, %v", results, err)
	}
	if stub.requests() != 0 {
		t.Error("a request was sent")
	}
}

func TestReferenceIdentifiesByItsFirstFieldThatIsSet(t *testing.T) {
	cases := map[string]DomainRef{
		`{"service_id":"7"}`:     {ServiceID: 7, Name: "a.ru", UserServID: "ff"},
		`{"dname":"a.ru"}`:       {Name: "a.ru", UserServID: "ff"},
		`{"user_servid":"ff"}`:   {UserServID: "ff"},
		`{"dname":"пример.рф"}`:  ByName("пример.рф"),
		`{"service_id":"12345"}`: ByServiceID(12345),
	}
	for want, ref := range cases {
		if got, err := ref.MarshalJSON(); err != nil || string(got) != want {
			t.Errorf("%v: got %s, %v", ref, got, err)
		}
	}
}

func TestServicesAreNamedByDomainName(t *testing.T) {
	client, stub := answering(t, `{"result":"success","answer":{"services":[{"dname":"test.ru","result":"success","service_id":"12345","servtype":"domain"}]}}`)
	results, err := client.Service.Nop(t.Context(), ByName("test.ru"))
	if err != nil || strings.Join(outcomes(results), "") != "test.ru=12345" {
		t.Errorf("%v, %v", results, err)
	}
	want := map[string]any{"services": []any{map[string]any{"domain_name": "test.ru"}}}
	if diff := cmp.Diff(want, stub.input(t)); diff != "" {
		t.Error(diff)
	}
}
