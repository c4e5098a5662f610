package regapitest

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"sigs.k8s.io/yaml"
)

func TestAnswersComeInTheFormatsOfTheDocumentation(t *testing.T) {
	cases := []struct{ format, contentType, body string }{
		// The answers of 2.3.1.1 to 2.3.1.4.
		{"", "application/json; charset=utf-8", `{"answer":{"login":"test","user_id":"0"},"charset":"utf-8","messagestore":null,"result":"success"}`},
		{"json", "application/json; charset=utf-8", `{"answer":{"login":"test","user_id":"0"},"charset":"utf-8","messagestore":null,"result":"success"}`},
		{"yaml", "text/yaml; charset=utf-8",
			"---\nanswer:\n  login: test\n  user_id: 0\ncharset: utf-8\nmessagestore: !!perl/hash:SRS::MessageStore\n  _messages: {}\n\nresult: success\n"},
		{"xml", "text/xml; charset=utf-8",
			"<opt charset=\"utf-8\" result=\"success\">\n  <answer login=\"test\" user_id=\"0\" />\n  <messagestore name=\"_messages\" />\n</opt>\n"},
		{"plain", "text/plain; charset=utf-8", "Success: ; login: test; user_id: 0"},
	}
	for _, c := range cases {
		for _, parameter := range []string{"output_format", "view"} {
			t.Run(parameter+" "+c.format, func(t *testing.T) {
				got := newWorld(t).send("nop", formOf("username", "test", "password", "test", parameter, c.format))
				if c.format == "" || c.format == "json" {
					got.body = compact(t, got.body)
				}
				if string(got.body) != c.body || got.contentType != c.contentType {
					t.Errorf("%s\n%s", got.contentType, got.body)
				}
			})
		}
	}
}

func TestThePlainFormatHoldsNoNestedValues(t *testing.T) {
	w := newWorld(t)
	for function, want := range map[string]string{
		"zone/nop": "Success: ", "domain/unknown": "Error: Command domain/unknown not found; error_code: NO_SUCH_COMMAND",
	} {
		got := w.send(function, formOf("username", "alice", "password", "secret", "dname", "example.ru", "output_format", "plain"))
		if string(got.body) != want {
			t.Errorf("%s: %s", function, got.body)
		}
	}
}

func TestYAMLHoldsWhatJSONHolds(t *testing.T) {
	w := newWorld(t)
	for _, content := range []string{"v=spf1 ~all", "- a: b", "null", "1e3", "0x10", "007", "true", "two  spaces", `"quoted"`, "!!str #x", "a b"} {
		w.AddRecord("example.ru", Record{Name: "t", Type: "TXT", Content: content})
	}
	ask := func(format string) any {
		body := w.send("zone/get_resource_records", formOf("username", "alice", "password", "secret", "dname", "example.ru", "output_format", format)).body
		if format == "yaml" {
			// A reader that knows no Perl takes its objects for maps.
			body = []byte(strings.Replace(string(body), "!!perl/hash:SRS::MessageStore", "", 1))
		}
		var answer struct {
			Answer struct {
				Domains []struct {
					DName string
					RRs   []struct{ Content, Subname, RecType string }
				}
			}
		}
		if err := yaml.Unmarshal(body, &answer); err != nil {
			t.Fatalf("%v in\n%s", err, body)
		}
		return answer
	}
	if diff := cmp.Diff(ask("json"), ask("yaml")); diff != "" {
		t.Errorf("-JSON +YAML:\n%s", diff)
	}
}

func TestYAMLGivesTextsThatAreNotASCIIAsBase64OfTheirBytes(t *testing.T) {
	w := newWorld(t)
	for encoding, want := range map[string]string{"": "0L/RgNC40LzQtdGALtGA0YQ=", "cp1251": "7/Do7OXwLvD0"} {
		body := w.send("zone/nop", formOf("username", "alice", "password", "secret", "service_id", "502", "output_format", "yaml", "io_encoding", encoding)).body
		if !strings.Contains(string(body), "dname: !!binary "+want+"\n") {
			t.Errorf("%q:\n%s", encoding, body)
		}
	}
}

func TestXMLWritesListsAsRepeatedElementsAndContentAsText(t *testing.T) {
	w := newWorld(t)
	w.AddRecord("example.ru", Record{Name: "a", Type: "TXT", Content: `<"&>`})
	w.AddRecord("example.ru", Record{Name: "b", Type: "A", Content: "192.0.2.1"})
	body := w.send("zone/get_resource_records", formOf("username", "alice", "password", "secret", "dname", "example.ru", "output_format", "xml")).body
	var answer struct {
		Domain struct {
			Name    string `xml:"dname,attr"`
			Records []struct {
				Name    string `xml:"subname,attr"`
				Content string `xml:",chardata"`
			} `xml:"rrs"`
			SOA struct {
				TTL string `xml:"ttl,attr"`
			} `xml:"soa"`
		} `xml:"answer>domains"`
	}
	if err := xml.Unmarshal(body, &answer); err != nil {
		t.Fatalf("%v in\n%s", err, body)
	}
	d := answer.Domain
	if d.Name != "example.ru" || d.SOA.TTL != "1d" || len(d.Records) != 4 || d.Records[2].Content != `<"&>` || d.Records[3].Name != "b" {
		t.Errorf("%+v from\n%s", answer, body)
	}
}

func TestNamesThatXMLCannotHoldAreLeftOut(t *testing.T) {
	body := newWorld(t).send("user/nop", formOf("output_format", "xml", "show_input_params", "1", `a"b<`, "x", "две", "y")).body
	want := "<opt charset=\"utf-8\" result=\"success\">\n" +
		"  <input_params output_format=\"xml\" show_input_params=\"1\" две=\"y\" />\n  <messagestore name=\"_messages\" />\n</opt>\n"
	if string(body) != want {
		t.Errorf("%s", body)
	}
}

func TestListsInXMLMayHoldOneItem(t *testing.T) {
	w := newWorld(t)
	for _, inputData := range []string{
		`<opt><domains dname="example.ru"/></opt>`,
		`<?xml version="1.0" encoding="windows-1251"?><opt><domains><dname>example.ru</dname></domains></opt>`,
	} {
		w.must(w.alice("zone/nop", "input_format", "xml", "input_data", inputData))
	}
	got := w.alice("zone/nop", "input_format", "xml", "input_data", `<opt><domains dname="example.ru"/><domains dname="пример.рф"/></opt>`)
	if got.element(t, 1)["dname"] != "пример.рф" {
		t.Errorf("answer %+v", got)
	}
}

func TestXMLCarriesNestedParameters(t *testing.T) {
	w := newWorld(t)
	w.must(w.bob("zone/update_records", "input_format", "xml", "input_data",
		`<opt><domains dname="partner.ru"><action_list action="add_txt" subdomain="t"><text>a &lt; b</text></action_list></domains></opt>`))
	w.wantRecords("partner.ru", Record{Name: "t", Type: "TXT", Content: "a < b"})
}

var charmaps = map[string]*charmap.Charmap{
	"cp1251": charmap.Windows1251, "koi8-r": charmap.KOI8R, "koi8-u": charmap.KOI8U, "cp866": charmap.CodePage866,
}

// encoded writes text in one of the documented encodings.
func encoded(t *testing.T, encoding, text string) string {
	t.Helper()
	out, err := charmaps[encoding].NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRequestsAndAnswersComeInEveryDocumentedEncoding(t *testing.T) {
	charsets := map[string]string{"cp1251": "windows-1251", "koi8-r": "koi8-r", "koi8-u": "koi8-u", "cp866": "ibm866"}
	for encoding, charset := range charsets {
		name := encoded(t, encoding, "пример.рф")
		requests := map[string]url.Values{
			"plain": formOf("io_encoding", encoding, "dname", name, "lang", "ru"),
			"json":  formOf("io_encoding", encoding, "input_format", "json", "input_data", `{"lang":"ru","dname":"`+name+`"}`),
			"xml":   formOf("io_encoding", encoding, "input_format", "xml", "input_data", `<opt lang="ru" dname="`+name+`"/>`),
			// As in the examples of 8.7.
			"inside": formOf("input_format", "json", "input_data", `{"io_encoding":"`+encoding+`","lang":"ru","dname":"`+name+`"}`),
		}
		for format, request := range requests {
			t.Run(encoding+" "+format, func(t *testing.T) {
				w := newWorld(t)
				request.Set("username", "alice")
				request.Set("password", "secret")
				got := w.send("zone/nop", request)
				text, err := charmaps[encoding].NewDecoder().Bytes(got.body)
				if err != nil || got.contentType != "application/json; charset="+charset {
					t.Fatalf("%v, %s", err, got.contentType)
				}
				var answer struct {
					Charset string
					Answer  struct {
						Domains []struct{ DName, Result string }
					}
				}
				if err := json.Unmarshal(text, &answer); err != nil {
					t.Fatal(err)
				}
				d := answer.Answer.Domains[0]
				if d.DName != "пример.рф" || d.Result != "success" || answer.Charset != charset {
					t.Errorf("%+v from %s", answer, text)
				}
			})
		}
	}
}

func TestWhatAnEncodingLacksIsEscapedAsTheFormatAllows(t *testing.T) {
	for format, want := range map[string]string{
		"json": `"x": "\u4e2d\ud83d\ude00"`, "xml": `x="&#20013;&#128512;"`, "yaml": "x: !!binary Pz8=",
	} {
		w := newWorld(t)
		body := w.send("user/nop", formOf("input_format", "json", "input_data", `{"x":"\u4e2d\ud83d\ude00"}`, "io_encoding", "koi8-u",
			"show_input_params", "1", "output_format", format)).body
		if !strings.Contains(string(body), want) {
			t.Errorf("%s: %s", format, body)
		}
	}
}

func TestTheOlderEditionsGETIsTakenWhenAsked(t *testing.T) {
	requests := []struct{ method, query, body string }{
		{http.MethodGet, "username=alice&password=secret&dname=example.ru", ""},
		{http.MethodPost, "username=alice&dname=example.ru", "password=secret"},
		{http.MethodPost, "", "username=alice&dname=example.ru&password=secret"},
		{http.MethodGet, "username=alice&password=secret&input_format=json&input_data=" + url.QueryEscape(`{"domains":[{"dname":"example.ru"}]}`), ""},
	}
	for _, r := range requests {
		t.Run(r.method+" "+r.query, func(t *testing.T) {
			w := newWorld(t, WithBehaviour(Behaviour{AllowGET: true}))
			request, err := http.NewRequest(r.method, w.URL()+"zone/nop?"+r.query, strings.NewReader(r.body))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			response, err := w.Transport().RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			w.must(receive(t, response).decode(t))
		})
	}
}

func FuzzEveryFormatOfAnAnswerCanBeRead(f *testing.F) {
	f.Add("a", "b: c", "cp1251")
	f.Add("имя", "<\"&'>\x00\xff", "")
	f.Add("content", "- [", "koi8-r")
	f.Fuzz(func(t *testing.T, name, value, encoding string) {
		w := newWorld(t)
		ask := func(format string) []byte {
			return w.send("user/nop", formOf(name, value, "io_encoding", encoding, "show_input_params", "1", "output_format", format)).body
		}
		if body := ask("json"); !json.Valid(body) && encoding == "" {
			t.Errorf("JSON %q", body)
		}
		var discarded any
		body := strings.Replace(string(ask("yaml")), "!!perl/hash:SRS::MessageStore", "", 1)
		if err := yaml.Unmarshal([]byte(body), &discarded); err != nil && encoding == "" {
			t.Errorf("YAML: %v in %q", err, body)
		}
		text := string(ask("xml"))
		decoder := xml.NewDecoder(strings.NewReader(text))
		decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
		for range len(text) + 1 {
			if _, err := decoder.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil && encoding == "" {
				t.Fatalf("XML: %v", err)
			} else if err != nil {
				break
			}
		}
	})
}
