package regapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Secrets of the test requests, each with characters that some escaping changes.
const (
	secretAuthInfo = `Auth&Info "77"`
	secretPerson   = "Рюрик Святослав"
	secretPhone    = "+7 495 1234567"
	secretStreet   = "ул. <Княжеская>, 12/5"
	secretPassport = "4500 123456"
)

// privateParams are parameters of a registration.
func privateParams() map[string]any {
	return map[string]any{
		"contacts": map[string]any{
			"person_r": secretPerson, "phone": secretPhone,
			"nested": []any{map[string]any{"street": "дом\n" + secretStreet}},
		},
		"authinfo": secretAuthInfo,
		"passport": secretPassport,
	}
}

func allSecrets() []string {
	return []string{testPassword.Username, testPassword.Password, secretAuthInfo, secretPerson, secretPhone, secretStreet, secretPassport}
}

// assertNoSecrets looks at every way of printing a value, and behind the escapes in it.
func assertNoSecrets(t *testing.T, path string, value any) {
	t.Helper()
	printed := []string{fmt.Sprintf("%v", value), fmt.Sprintf("%+v", value), fmt.Sprintf("%#v", value), fmt.Sprintf("%s", value), fmt.Sprintf("%q", value)}
	if raw, err := json.Marshal(value); err == nil {
		printed = append(printed, string(raw))
	}
	if err, ok := value.(error); ok {
		for ; err != nil; err = errors.Unwrap(err) {
			printed = append(printed, err.Error(), fmt.Sprintf("%#v", err))
		}
	}
	for _, text := range printed {
		for _, secret := range allSecrets() {
			for _, form := range spellings(secret) {
				if strings.Contains(strings.ToLower(text), strings.ToLower(form)) {
					t.Errorf("%s shows %q in %s", path, form, text)
				}
			}
		}
	}
}

// spellings are the ways in which a server may echo a value.
func spellings(secret string) []string {
	quoted, _ := json.Marshal(secret)
	plain := strings.Trim(string(quoted), `"`)
	return []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), strings.ToLower(url.QueryEscape(secret)),
		url.QueryEscape(url.QueryEscape(secret)), plain, url.QueryEscape(plain), asciiJSON(secret),
		strings.ReplaceAll(plain, "/", `\/`), html.EscapeString(secret), html.EscapeString(plain), strings.ReplaceAll(secret, " ", "\n"),
	}
}

// asciiJSON escapes every character that is not a letter or digit of ASCII.
func asciiJSON(text string) string {
	var escaped strings.Builder
	for _, r := range text {
		if r < 0x80 && (r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z') {
			escaped.WriteRune(r)
		} else {
			fmt.Fprintf(&escaped, `\u%04x`, r)
		}
	}
	return escaped.String()
}

// echo returns everything that a request said, the secrets in the given spelling, too.
func echo(r *http.Request, spelling int) string {
	_ = r.ParseForm()
	secrets := []string{testPassword.Username, testPassword.Password}
	if strings.Contains(r.PostForm.Get("input_data"), "authinfo") {
		secrets = allSecrets()
	}
	var said []string
	for _, secret := range secrets {
		said = append(said, spellings(secret)[spelling])
	}
	for _, values := range r.PostForm {
		said = append(said, values...)
	}
	return strings.Join(said, " | ")
}

// quote writes text as a JSON string.
func quote(text string) string {
	quoted, _ := json.Marshal(text)
	return string(quoted)
}

// tattlers are servers that repeat what they heard in every place where an answer has room for it.
var tattlers = map[string]func(w http.ResponseWriter, said string){
	"top-level text": func(w http.ResponseWriter, said string) {
		_, _ = fmt.Fprintf(w, `{"result":"error","error_code":"PARAMETER_INCORRECT","error_text":%s}`, quote(said))
	},
	"top-level code": func(w http.ResponseWriter, said string) {
		_, _ = fmt.Fprintf(w, `{"result":"error","error_code":%s}`, quote(said))
	},
	"top-level sentence": func(w http.ResponseWriter, said string) { _, _ = fmt.Fprintf(w, `{"result":%s}`, quote(said)) },
	"parameters": func(w http.ResponseWriter, said string) {
		_, _ = fmt.Fprintf(w, `{"result":"error","error_code":"INTERNAL_ERROR","error_params":{%[1]s:%[1]s,"a":%[1]s}}`, quote(said))
	},
	"parameter list": func(w http.ResponseWriter, said string) {
		_, _ = fmt.Fprintf(w, `{"result":"error","error_code":"INTERNAL_ERROR","error_params":[%s,{"x":1}]}`, quote(said))
	},
	"element text": func(w http.ResponseWriter, said string) {
		_, _ = io.WriteString(w, domainsAnswer(`{"dname":"a.ru","result":"error","error_code":"IP_INVALID","error_text":`+quote(said)+`}`))
	},
	"element sentence": func(w http.ResponseWriter, said string) {
		_, _ = io.WriteString(w, domainsAnswer(`{"dname":"a.ru","result":`+quote(said)+`}`))
	},
	"element code and parameters": func(w http.ResponseWriter, said string) {
		_, _ = io.WriteString(w, domainsAnswer(`{"dname":"a.ru","error_code":`+quote(said)+`,"error_params":{"p":`+quote(said)+`}}`))
	},
	"action": func(w http.ResponseWriter, said string) {
		_, _ = io.WriteString(w, domainsAnswer(`{"dname":"a.ru","result":"success","action_list":[{"action":`+quote(said)+`,"result":`+quote(said)+`}]}`))
	},
	"action text": func(w http.ResponseWriter, said string) {
		_, _ = io.WriteString(w, domainsAnswer(`{"dname":"a.ru","action_list":[{"result":"error","error_text":`+quote(said)+`}]}`))
	},
	"wrong types": func(w http.ResponseWriter, said string) {
		_, _ = io.WriteString(w, domainsAnswer(`{"dname":"a.ru","result":"success","rrs":`+quote(said)+`,"soa":{"ttl":`+quote(said)+`}}`))
	},
	"answer of another shape": func(w http.ResponseWriter, said string) {
		_, _ = io.WriteString(w, `{"result":"success","answer":`+quote(said)+`}`)
	},
	"garbage": func(w http.ResponseWriter, said string) { _, _ = io.WriteString(w, "<html>"+said) },
	"garbage after JSON": func(w http.ResponseWriter, said string) {
		_, _ = io.WriteString(w, `{"result":"success"}`+said)
	},
	"server error": func(w http.ResponseWriter, said string) {
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, said)
	},
	"content type": func(w http.ResponseWriter, said string) {
		w.Header().Set("Content-Type", "text/html; x="+url.PathEscape(said)+said)
		_, _ = io.WriteString(w, "x")
	},
	"redirect": func(w http.ResponseWriter, said string) {
		w.Header().Set("Location", "https://elsewhere.example/?"+url.QueryEscape(said))
		w.WriteHeader(http.StatusFound)
	},
	"redirect to nowhere": func(w http.ResponseWriter, said string) {
		w.Header().Set("Location", "http://%zz/"+said)
		w.WriteHeader(http.StatusTemporaryRedirect)
	},
	"oversize": func(w http.ResponseWriter, said string) {
		for range 200 {
			_, _ = io.WriteString(w, said)
		}
	},
}

// callEverything makes calls of each kind and returns their errors, those of the elements included.
func callEverything(ctx context.Context, client *Client) []error {
	ref := ByName("a.ru")
	var answer map[string]int
	errs := []error{
		client.Call(ctx, "domain/create", privateParams(), nil),
		client.Call(ctx, "domain/create", privateParams(), &answer),
	}
	items, err := client.list(ctx, listCall{function: "domain/transfer", kind: domainList, refs: []DomainRef{ref}, params: privateParams()})
	errs = append(errs, err)
	for _, item := range items {
		errs = append(errs, item.Err)
	}
	if ctx.Err() == nil && err == nil {
		zones, err := client.Zone.GetResourceRecords(ctx, ref)
		errs = append(errs, err)
		for _, zone := range zones {
			errs = append(errs, zone.Err)
		}
		updates, err := client.Zone.UpdateRecords(ctx, []ZoneUpdate{{ref, []Action{AddAlias{"@", netip.MustParseAddr("192.0.2.1")}}}})
		errs = append(errs, err)
		for _, update := range updates {
			errs = append(errs, update.Err, update.Actions[0].Err)
		}
	}
	return errs
}

func TestNoSecretReachesAnErrorWhateverTheServerEchoes(t *testing.T) {
	for name, tattle := range tattlers {
		for spelling := range spellings("") {
			client := clientFor(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				tattle(w, echo(r, spelling))
			}), WithMaxAnswerSize(100_000))
			failures := 0
			for _, err := range callEverything(t.Context(), client) {
				if err == nil {
					continue
				}
				failures++
				assertNoSecrets(t, fmt.Sprintf("%s, spelling %d", name, spelling), err)
			}
			if failures == 0 {
				t.Errorf("%s: nothing failed, so nothing was shown", name)
			}
		}
	}
}

func TestNoSecretReachesTheErrorOfABrokenConnection(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go repeatRaw(listener)
	client, err := NewClient(WithEndpoint("http://"+listener.Addr().String()), WithCredentials(testPassword))
	if err != nil {
		t.Fatal(err)
	}
	for _, failure := range callEverything(t.Context(), client) {
		if !IsTransient(failure) {
			t.Errorf("got %v", failure)
		}
		assertNoSecrets(t, "broken HTTP", failure)
	}
}

// repeatRaw answers every connection with what it heard, which is no HTTP. It ends with the listener.
func repeatRaw(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		heard := make([]byte, 4096)
		length, _ := connection.Read(heard)
		_, body, _ := strings.Cut(string(heard[:length]), "\r\n\r\n")
		_, _ = io.WriteString(connection, body+testPassword.Password+"\r\n")
		_ = connection.Close()
	}
}

func TestNoSecretReachesTheErrorWhenNoAnswerComes(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	untrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0)
	untrusted.StartTLS()
	t.Cleanup(untrusted.Close)
	silent := httptest.NewServer(hanging())
	t.Cleanup(silent.Close)
	for name, endpoint := range map[string]string{"nobody there": gone.URL, "TLS": untrusted.URL, "time-out": silent.URL} {
		client, err := NewClient(WithEndpoint(endpoint), WithCredentials(testPassword), WithTimeout(20*time.Millisecond))
		if err != nil {
			t.Fatal(err)
		}
		for _, failure := range callEverything(t.Context(), client) {
			if failure == nil {
				t.Errorf("%s: no failure", name)
			}
			assertNoSecrets(t, name, failure)
		}
	}
}

func TestNoSecretReachesTheErrorOfACancelledCall(t *testing.T) {
	client := clientFor(t, hanging())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, failure := range callEverything(ctx, client) {
		if !errors.Is(failure, context.Canceled) {
			t.Errorf("got %v", failure)
		}
		assertNoSecrets(t, "cancelled", failure)
	}
}

// tellingTransport fails with an error that shows the request.
type tellingTransport struct{}

func (tellingTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("cannot send %s to %s: %s", body, request.URL, testPassword.Password)
}

func TestNoSecretReachesTheErrorOfACallersTransport(t *testing.T) {
	client, err := NewClient(WithCredentials(testPassword), WithTransport(tellingTransport{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, failure := range callEverything(t.Context(), client) {
		assertNoSecrets(t, "transport", failure)
	}
}

func TestNoSecretReachesPrintedValues(t *testing.T) {
	client, _ := answering(t, `{"result":"success"}`)
	key := rsaKey()
	signature := Signature{Username: testPassword.Username, Key: key}
	request := Request{Function: "domain/create", Params: privateParams()}
	answer := Answer{Status: 200, File: []byte(testPassword.Password), Payload: []byte(quote(secretPerson))}
	for name, value := range map[string]any{
		"client": client, "client by value": *client, "client inside": struct{ c any }{*client},
		"password": testPassword, "pointer to password": &testPassword, "signature": signature, "pointer to signature": &signature,
		"request": request, "pointer to request": &request, "answer": &answer,
		"credentials inside": map[string]Credentials{"a": testPassword, "b": signature},
	} {
		assertNoSecrets(t, name, value)
		if text := fmt.Sprintf("%v %+v %#v", value, value, value); strings.Contains(text, key.D.String()) {
			t.Errorf("%s shows the private key", name)
		}
	}
	for _, text := range []string{testPassword.String(), testPassword.GoString(), signature.String(), signature.GoString()} {
		assertNoSecrets(t, "string", text)
	}
}

func TestSignatureOfARequestIsASecretToo(t *testing.T) {
	var signature string
	client := clientFor(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		signature = r.PostForm.Get("sig")
		tattlers["top-level text"](w, "sig "+signature)
	}), WithCredentials(Signature{Username: "login", Key: rsaKey()}))
	err := client.User.Nop(t.Context())
	if signature == "" || strings.Contains(err.Error(), signature) {
		t.Errorf("got %v", err)
	}
}

func TestCredentialsOfOneCharacterAreStruckOut(t *testing.T) {
	client, _ := answering(t, `{"result":"error","error_code":"INTERNAL_ERROR","error_text":"user я, password 7, домен 17"}`,
		WithCredentials(Password{Username: "я", Password: "7"}))
	want := "user/nop: INTERNAL_ERROR: user ***, password ***, домен 1***"
	if err := client.User.Nop(t.Context()); err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestOrdinaryTextsPassTheRedactor(t *testing.T) {
	const text = "Domain a.ru not found or not owned by You, 100% sure: C:\\new &amp; old"
	if got := newRedactor(testPassword.secrets(), privateParams()).clean(text); got != text {
		t.Errorf("got %q", got)
	}
	short := newRedactor(nil, map[string]any{"contacts": map[string]any{"country": "RU"}})
	if got := short.clean("TRUE"); got != "TRUE" {
		t.Errorf("a country code is struck out: %q", got)
	}
}

func TestTooManySecretsWithholdTheWholeText(t *testing.T) {
	for size, want := range map[int]string{maxSecrets: "some text", maxSecrets + 1: mask} {
		if got := newRedactor([]string{strings.Repeat("x", size)}, nil).clean("some text"); got != want {
			t.Errorf("%d bytes of secrets: got %q", size, got)
		}
	}
}

func TestLongTextsAreShortened(t *testing.T) {
	redactor := newRedactor(nil, nil)
	if got := redactor.clean(strings.Repeat("ы", maxErrorText+1)); got != strings.Repeat("ы", maxErrorText)+"…" {
		t.Errorf("%d bytes are left", len(got))
	}
	if got := redactor.clean(strings.Repeat("x", maxRedactable+1)); got != mask {
		t.Errorf("%d bytes are left", len(got))
	}
}

func TestAnswersWithoutARedactorShowNoText(t *testing.T) {
	var none *redactor
	if got := none.clean("anything"); got != mask {
		t.Errorf("got %q", got)
	}
}
