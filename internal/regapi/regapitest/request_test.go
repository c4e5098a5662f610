package regapitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheFormOfARequestIsChecked(t *testing.T) {
	const jsonForm = "username=test&password=test&input_format=json&input_data="
	cases := []struct{ name, method, target, body, code string }{
		{"GET is refused", http.MethodGet, "nop", "", "ONLY_POST_ALLOWED"},
		{"GET with parameters is refused as GET", http.MethodGet, "nop?username=test", "", "ONLY_POST_ALLOWED"},
		{"parameters in the address are refused", http.MethodPost, "nop?username=test", "password=test", "QUERY_PARAMS_DISALLOWED"},
		{"an unknown function is refused", http.MethodPost, "zone/add_spf", "username=test&password=test", "NO_SUCH_COMMAND"},
		{"input_data must be JSON", http.MethodPost, "nop", jsonForm + "%7B", "PARAMETER_INCORRECT"},
		{"input_data must be an object", http.MethodPost, "nop", jsonForm + "[]", "PARAMETER_INCORRECT"},
		{"input_data must end with its object", http.MethodPost, "nop", jsonForm + "%7B%7D%7B%7D", "PARAMETER_INCORRECT"},
		{"input_data must not be nested without end", http.MethodPost, "nop", jsonForm + "%7B%22a%22:" + strings.Repeat("[", 50), "PARAMETER_INCORRECT"},
		{"XML must be whole", http.MethodPost, "nop", "username=test&password=test&input_format=xml&input_data=<opt>", "PARAMETER_INCORRECT"},
		{"XML must have an element", http.MethodPost, "nop", "username=test&password=test&input_format=xml&input_data=text", "PARAMETER_INCORRECT"},
		{"XML must have one root", http.MethodPost, "nop", "username=test&password=test&input_format=xml&input_data=<a/><b/>", "PARAMETER_INCORRECT"},
		{"XML must hold parameters", http.MethodPost, "nop", "username=test&password=test&input_format=xml&input_data=<a>text</a>", "PARAMETER_INCORRECT"},
		{"XML must not be nested without end", http.MethodPost, "nop", "username=test&password=test&input_format=xml&input_data=" +
			strings.Repeat("<a>", 50) + strings.Repeat("</a>", 50), "PARAMETER_INCORRECT"},
		{"XML may be empty", http.MethodPost, "nop", "username=test&password=test&input_format=xml&input_data=<opt/>", ""},
		{"other output formats are refused", http.MethodPost, "nop", "username=test&password=test&output_format=csv", "PARAMETER_INCORRECT"},
		{"the old name of output_format counts", http.MethodPost, "nop", "username=test&password=test&view=csv", "PARAMETER_INCORRECT"},
		{"other encodings are refused", http.MethodPost, "nop", "username=test&password=test&io_encoding=cp1252", "PARAMETER_INCORRECT"},
		{"text that is not UTF-8 is refused", http.MethodPost, "nop", "username=test&password=test&a=%FF", "PARAMETER_INCORRECT"},
		{"any other input_format is plain", http.MethodPost, "nop", "username=test&password=test&input_format=plain&input_data=%7B", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			request, err := http.NewRequest(c.method, w.URL()+c.target, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			response, err := w.Transport().RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			if got := receive(t, response).decode(t); got.ErrorCode != c.code {
				t.Errorf("answer %+v, want code %q", got, c.code)
			}
		})
	}
}

func TestMultipartFormsAreRead(t *testing.T) {
	w := newWorld(t)
	var body bytes.Buffer
	writer := multipart.NewWriter(&body)
	for name, value := range map[string]string{"username": "alice", "password": "secret", "dname": "example.ru"} {
		if err := writer.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	client := http.Client{Transport: w.Transport()}
	response, err := client.Post(w.URL()+"zone/nop", writer.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	w.must(receive(t, response).decode(t))
}

func TestErrorTextsComeInTheLanguageAskedFor(t *testing.T) {
	w := newWorld(t)
	for lang, want := range map[string]string{
		"":   "Domain nobody.ru not found or not owned by You",
		"en": "Domain nobody.ru not found or not owned by You",
		"ru": "Домен nobody.ru не найден или вы не являетесь его владельцем",
		"th": "Domain nobody.ru not found or not owned by You",
	} {
		if got := w.alice("get_service_id", "dname", "nobody.ru", "lang", lang).ErrorText; got != want {
			t.Errorf("lang %q: %q", lang, got)
		}
	}
}

func TestADomainIsFoundByEveryIdentifier(t *testing.T) {
	for _, identifier := range [][2]string{
		{"dname", "example.ru"}, {"domain_name", "EXAMPLE.RU"}, {"service_id", "501"}, {"user_servid", "abc123"},
	} {
		t.Run(identifier[0], func(t *testing.T) {
			w := newWorld(t)
			if got := w.alice("get_service_id", identifier[0], identifier[1]).Answer["service_id"]; got != "501" {
				t.Errorf("service_id %v", got)
			}
			if got := w.alice("zone/nop", identifier[0], identifier[1]).element(t, 0)["service_id"]; got != "501" {
				t.Errorf("service_id %v in a list function", got)
			}
		})
	}
}

func TestInternationalNamesAreTheSameInUnicodeAndPunycode(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"пример.рф", "xn--e1afmkfd.xn--p1ai", "ПРИМЕР.рф"} {
		w.must(w.alice("zone/nop", "dname", name))
	}
	w.must(w.alice("zone/add_alias", "dname", "пример.рф", "subdomain", "почта", "ipaddr", "192.0.2.1"))
	w.wantRecords("xn--e1afmkfd.xn--p1ai", Record{Name: "xn--80a1acny", Type: "A", Content: "192.0.2.1"})
	if got := w.alice("service/get_list").element(t, 1)["dname"]; got != "пример.рф" {
		t.Errorf("service/get_list says %v", got)
	}
}

func TestIdentificationErrors(t *testing.T) {
	cases := []struct{ key, value, code string }{
		{"dname", "nobody.ru", "DOMAIN_NOT_FOUND"},
		{"dname", "partner.ru", "DOMAIN_NOT_FOUND"},
		{"dname", "localhost", "INVALID_DOMAIN_NAME_FORMAT"},
		{"dname", "a_b.ru", "INVALID_DOMAIN_NAME_FORMAT"},
		{"dname", "exa mple.ru", "INVALID_DOMAIN_NAME_FORMAT"},
		{"dname", "example.ru.", "INVALID_DOMAIN_NAME_FORMAT"},
		{"dname", strings.Repeat("a", 64) + ".ru", "INVALID_DOMAIN_NAME_FORMAT"},
		{"dname", "xn--000.com", "INVALID_DOMAIN_NAME_PUNYCODE"},
		{"dname", "exаmple.ru", "HAVE_MIXED_CODETABLES"}, // the a is Cyrillic
		{"service_id", "22bug22", "INVALID_SERVICE_ID"},
		{"service_id", "601", "SERVICE_ID_NOT_FOUND"},
		{"user_servid", "XYZ", "BAD_USER_SERVID"},
		{"user_servid", "abc", "SERVICE_ID_NOT_FOUND"},
		{"surprise", "surprise.ru", "NO_DOMAIN"},
		{"uplink_service_id", "1", "SERVICE_NOT_SPECIFIED"},
	}
	for _, c := range cases {
		t.Run(c.key+" "+c.value, func(t *testing.T) {
			w := newWorld(t)
			got := w.aliceJSON("zone/nop", fmt.Sprintf(`{"domains":[{%q:%q},{"dname":"example.ru"}]}`, c.key, c.value))
			failed, fine := got.element(t, 0), got.element(t, 1)
			if got.Result != "success" || failed["error_code"] != c.code || failed["result"] != "error" || failed[c.key] != c.value {
				t.Errorf("failed element %v, want %s", failed, c.code)
			}
			if fine["result"] != "success" {
				t.Errorf("the good element says %v", fine)
			}
			if alone := w.alice("zone/nop", c.key, c.value).code(t); alone != c.code {
				t.Errorf("without a list: %s, want %s", alone, c.code)
			}
		})
	}
}

func TestAServiceThatIsNoDomainIsNotFound(t *testing.T) {
	w := newWorld(t)
	if code := w.alice("service/nop", "dname", "example.ru", "servtype", "srv_hosting_ispmgr").code(t); code != "SERVICE_NOT_FOUND" {
		t.Errorf("code %s", code)
	}
}

func domainList(count int) string {
	names := make([]map[string]string, count)
	for i := range names {
		names[i] = map[string]string{"dname": fmt.Sprintf("d%d.ru", i)}
	}
	text, err := json.Marshal(map[string]any{"domains": names})
	if err != nil {
		panic(err)
	}
	return string(text)
}

func TestAThousandObjectsAreAllowedAndOneMoreIsNot(t *testing.T) {
	w := newWorld(t)
	if got := w.aliceJSON("zone/nop", domainList(1000)); got.Result != "success" {
		t.Errorf("1000: %s", got.ErrorCode)
	}
	got := w.aliceJSON("zone/nop", domainList(1001))
	if got.ErrorCode != "TOO_MANY_OBJECTS_IN_ONE_REQUEST" || got.ErrorText != "Too many objects (more than 1000) specified in one request" {
		t.Errorf("1001: %+v", got)
	}
}

func TestListsMustBeLists(t *testing.T) {
	for inputData, want := range map[string]string{
		`{"domains":"example.ru"}`: "PARAMETER_INCORRECT", `{"domains":{"dname":"example.ru"}}`: "PARAMETER_INCORRECT",
		`{"domains":[]}`: "NO_DOMAIN", `{}`: "NO_DOMAIN", `{"domains":null,"dname":"example.ru"}`: "",
	} {
		w := newWorld(t)
		if code := w.aliceJSON("zone/nop", inputData).code(t); code != want {
			t.Errorf("%s: %q, want %q", inputData, code, want)
		}
	}
}

func TestAnElementsOwnFieldOverridesTheCommonOne(t *testing.T) {
	w := newWorld(t)
	w.must(w.aliceJSON("zone/add_alias",
		`{"domains":[{"dname":"example.ru","ipaddr":"192.0.2.2"},{"dname":"пример.рф"}],"subdomain":"www","ipaddr":"192.0.2.1"}`))
	w.wantRecords("example.ru", Record{Name: "www", Type: "A", Content: "192.0.2.2"})
	w.wantRecords("пример.рф", Record{Name: "www", Type: "A", Content: "192.0.2.1"})
}

func TestShapesOfFailedElementsCanBeChosen(t *testing.T) {
	cases := []struct {
		name      string
		behaviour Behaviour
		want      map[string]any
	}{
		{"word", Behaviour{}, map[string]any{"service_id": "x", "result": "error", "error_code": "INVALID_SERVICE_ID", "error_text": "service_id is invalid"}},
		{"text in result", Behaviour{ElementErrors: ElementErrorText},
			map[string]any{"service_id": "x", "result": "service_id is invalid", "error_code": "INVALID_SERVICE_ID"}},
		{"null error_params", Behaviour{ErrorParams: ErrorParamsNull}, map[string]any{
			"service_id": "x", "result": "error", "error_code": "INVALID_SERVICE_ID", "error_text": "service_id is invalid", "error_params": nil,
		}},
		{"empty error_params", Behaviour{ErrorParams: ErrorParamsObject}, map[string]any{
			"service_id": "x", "result": "error", "error_code": "INVALID_SERVICE_ID", "error_text": "service_id is invalid", "error_params": map[string]any{},
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, WithBehaviour(c.behaviour))
			got := w.aliceJSON("zone/nop", `{"domains":[{"service_id":"x"}]}`).element(t, 0)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEmptyErrorParamsCanChangeTheirShape(t *testing.T) {
	w := newWorld(t, WithBehaviour(Behaviour{ErrorParams: ErrorParamsAlternate}))
	seen := map[string]bool{}
	for range 50 {
		element := w.alice("zone/nop", "service_id", "x").element(t, 0)
		params, there := element["error_params"]
		seen[fmt.Sprint(there, params)] = true
	}
	if want := map[string]bool{"false <nil>": true, "true <nil>": true, "true map[]": true}; !cmp.Equal(seen, want) {
		t.Errorf("seen %v", seen)
	}
}

func TestErrorsWithoutAListCanStandAtTheTop(t *testing.T) {
	w := newWorld(t, WithBehaviour(Behaviour{SingleErrors: SingleErrorTop}))
	if got := w.alice("zone/nop", "dname", "nobody.ru"); got.Result != "error" || got.ErrorCode != "DOMAIN_NOT_FOUND" {
		t.Errorf("answer %+v", got)
	}
	if got := w.aliceJSON("zone/nop", `{"domains":[{"dname":"nobody.ru"}]}`); got.Result != "success" {
		t.Errorf("a list: %+v", got)
	}
}

func TestANameThatComesTwiceCanMeanTheLastOne(t *testing.T) {
	w := newWorld(t, WithBehaviour(Behaviour{DuplicateKeys: DuplicateKeysLast}))
	got := w.aliceJSON("zone/nop", `{"domains":[{"dname":"example.ru","dname":"пример.рф"}]}`)
	if list := got.Answer["domains"].([]any); len(list) != 1 || got.element(t, 0)["dname"] != "пример.рф" {
		t.Errorf("answer %v", got.Answer)
	}
}

func TestNumbersChangeTheirTypeWhenAsked(t *testing.T) {
	seen := func(behaviour Behaviour, seed uint64) string {
		w := newWorld(t, WithBehaviour(behaviour), WithSeed(seed))
		w.AddRecord("example.ru", Record{Name: "www", Type: "A", Content: "192.0.2.1"})
		shapes := []string{}
		for range 20 {
			element := w.alice("zone/get_resource_records", "dname", "example.ru").element(t, 0)
			shapes = append(shapes, fmt.Sprintf("%T/%T", element["service_id"], element["rrs"].([]any)[2].(map[string]any)["prio"]))
		}
		return strings.Join(shapes, " ")
	}
	for _, c := range []struct {
		behaviour Behaviour
		want      string
	}{
		{Behaviour{}, "string/float64"}, {Behaviour{Types: TypesDocumented}, "string/string"}, {Behaviour{Types: TypesNumbers}, "float64/float64"},
		{Behaviour{Types: TypesStrings, Priority: PriorityNull}, "string/<nil>"},
	} {
		if got := seen(c.behaviour, 1); strings.ReplaceAll(got, c.want, "") != strings.Repeat(" ", 19) {
			t.Errorf("%+v: %s", c.behaviour, got)
		}
	}
	both := Behaviour{Types: TypesAlternate, Priority: PriorityAlternate}
	flipping := seen(both, 1)
	for _, shape := range []string{"string/", "float64/", "/string", "/float64", "/<nil>"} {
		if !strings.Contains(flipping, shape) {
			t.Errorf("%s never came: %s", shape, flipping)
		}
	}
	if again := seen(both, 1); again != flipping {
		t.Errorf("one seed, two results:\n%s\n%s", flipping, again)
	}
}

func FuzzTheRequestDecoderAlwaysGivesAnEnvelope(f *testing.F) {
	const urlencoded = "application/x-www-form-urlencoded"
	for _, example := range examples() {
		function, fields := exampleForm(example.request)
		f.Add(function, urlencoded, []byte(fields.Encode()))
	}
	f.Add("nop", "multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\ntest\r\n--x--\r\n"))
	f.Add("zone/clear", urlencoded, []byte(`username=alice&password=secret&input_format=json&input_data={"domains":[null,"a",{"dname":["a"]},{"dname":"a","dname":{}}]}`))
	f.Add("zone/update_records", urlencoded, []byte(`username=bob&password=hidden&input_format=json&input_data={"dname":"partner.ru","action_list":[1,{"action":[]}]}`))
	f.Fuzz(func(t *testing.T, function, contentType string, body []byte) {
		w := newWorld(t)
		request, err := http.NewRequest(http.MethodPost, w.URL(), bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.URL.Path += function
		request.Header["Content-Type"] = []string{contentType}
		response, err := w.Transport().RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		text := receive(t, response).body
		var envelope struct {
			Result    string `json:"result"`
			ErrorCode string `json:"error_code"`
		}
		if bytes.HasPrefix(text, []byte("%PDF-")) {
			return
		}
		if err := json.Unmarshal(text, &envelope); err != nil || (envelope.Result == "error") != (envelope.ErrorCode != "") {
			t.Fatalf("%q is no envelope: %v", text, err)
		}
	})
}
