package regapi

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// newTransport connects straight or through the proxy of the environment. It asks for no
// compression and keeps the connection open between requests.
func newTransport(config *tls.Config) *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		TLSClientConfig:     config,
		TLSHandshakeTimeout: 15 * time.Second,
		IdleConnTimeout:     30 * time.Second, // before the server closes it: a POST cannot be repeated
		MaxIdleConnsPerHost: 2,
		DisableCompression:  true,
	}
}

// wire is the innermost handler: it writes a request as an HTTP form and reads the answer.
type wire struct {
	endpoint      *url.URL
	credentials   Credentials
	language      Language
	userAgent     string
	timeout       time.Duration
	maxAnswerSize int64
	// transport is used without an http.Client: that would follow redirects, and put the
	// Location header and the URL into its errors.
	transport http.RoundTripper
}

// Do sends one request and reads what comes back.
func (w *wire) Do(ctx context.Context, request *Request) (*Answer, error) {
	form, params, redactor, err := w.form(request)
	if err != nil {
		return nil, err
	}
	bounded, cancel := context.WithTimeout(ctx, w.timeout)
	defer cancel()
	post, err := w.post(bounded, request.Function, form)
	if err != nil {
		return nil, err
	}
	attempt := exchange{function: request.Function, host: w.endpoint.Host, timeout: w.timeout}
	response, err := w.transport.RoundTrip(post)
	if err != nil {
		return nil, attempt.failure(ctx, err)
	}
	defer func() { _ = response.Body.Close() }()
	r := newReading(request, response.Body, boundOf(request, params, w.maxAnswerSize))
	r.answer = &Answer{
		Status: response.StatusCode, ContentType: response.Header.Get("Content-Type"), redactor: redactor,
		retryAfter: retryAfter(response.Header.Get("Retry-After")),
	}
	if date, err := http.ParseTime(response.Header.Get("Date")); err == nil {
		r.answer.Date = date
	}
	answer, err := r.open()
	if r.source.failure != nil {
		return nil, attempt.failure(ctx, r.source.failure)
	}
	return answer, err
}

// post builds the HTTP request.
func (w *wire) post(ctx context.Context, function string, form url.Values) (*http.Request, error) {
	target := w.endpoint.JoinPath(function)
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return nil, refuse(function, CodeNoSuchCommand, "not the name of a function")
	}
	post.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	post.Header.Set("Accept", "application/json")
	post.Header.Set("User-Agent", w.userAgent)
	return post, nil
}

// form writes the fields of a request (2.2.4), and gives its decoded parameters and what no error may show.
func (w *wire) form(request *Request) (url.Values, map[string]any, *redactor, error) {
	if !functionName(request.Function) {
		return nil, nil, nil, refuse("call", CodeNoSuchCommand, "not the name of a function")
	}
	input, params, err := request.encode()
	if err != nil {
		return nil, nil, nil, refuse(request.Function, CodeParameterIncorrect, err.Error())
	}
	form := url.Values{
		"io_encoding":   {"utf8"},
		"lang":          {string(w.language)},
		"input_format":  {"json"},
		"output_format": {"json"},
		"input_data":    {input},
	}
	if err := w.credentials.authenticate(form, params); err != nil {
		return nil, nil, nil, refuse(request.Function, CodeNoAuth, err.Error())
	}
	secrets := append(w.credentials.secrets(), form.Get("sig"))
	return form, params, redactorOf(request.Function, secrets, params), nil
}

// functionName reports whether name is "function" or "category/function" in REG.API's spelling (2.2).
func functionName(name string) bool {
	category, function, nested := strings.Cut(name, "/")
	if !nested {
		return plainName(category)
	}
	return plainName(category) && plainName(function)
}

func plainName(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// formParameters steer the call itself and belong into the form; within input_data they would be
// credentials in the wrong place or, with show_input_params, make the server echo the password.
var formParameters = []string{
	"username", "password", "sig", "show_input_params", "show_sig_params",
	"io_encoding", "lang", "input_format", "input_data", "output_format", "output_content_type", "view",
}

// encodeParams returns parameters as JSON text and as the decoded value of that text. Its errors
// show nothing of them.
func encodeParams(params any) (string, map[string]any, error) {
	if params == nil {
		return "{}", nil, nil
	}
	text, err := json.Marshal(params)
	if err != nil {
		return "", nil, errors.New("the parameters cannot be written as JSON")
	}
	value, err := decodeNumbers(text)
	decoded, _ := value.(map[string]any)
	if err != nil || decoded == nil {
		return "", nil, errors.New("the parameters are no JSON object")
	}
	for _, name := range formParameters {
		if _, given := decoded[name]; given {
			return "", nil, fmt.Errorf("the parameter %s is set by the client alone", name)
		}
	}
	return string(text), decoded, nil
}
