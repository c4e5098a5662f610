package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// patience bounds how long a test waits for the program.
const patience = 20 * time.Second

const seedText = `accounts:
- login: alice
  password: secret
  domains:
  - name: example.ru
    records:
    - {name: www, type: A, content: 192.0.2.1}
`

// program is regapi-sim under test, in this process.
type program struct {
	ready
	stop context.CancelFunc
	done chan error
}

// start runs the command on free ports and waits for its ready file.
func start(t *testing.T, arguments ...string) *program {
	t.Helper()
	directory := t.TempDir()
	readyFile, seedFile := filepath.Join(directory, "ready.json"), filepath.Join(directory, "seed.yaml")
	if err := os.WriteFile(seedFile, []byte(seedText), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &program{}
	p.stop, p.done = runUntil(t, append([]string{"--seed=" + seedFile, "--ready-file=" + readyFile}, arguments...)...)
	p.await(t, readyFile)
	return p
}

func (p *program) await(t *testing.T, readyFile string) {
	t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(patience)
	for {
		text, err := os.ReadFile(readyFile)
		if err == nil {
			// The file appears whole.
			if err := json.Unmarshal(text, &p.ready); err != nil {
				t.Fatal(err)
			}
			return
		}
		select {
		case <-ticker.C:
		case err := <-p.done:
			t.Fatalf("ended early: %v", err)
		case <-deadline:
			t.Fatal("not ready in time")
		}
	}
}

// end stops the program and returns how it ended.
func (p *program) end(t *testing.T) error {
	t.Helper()
	p.stop()
	select {
	case err := <-p.done:
		return err
	case <-time.After(patience):
		t.Fatal("did not stop")
		return nil
	}
}

func post(t *testing.T, client *http.Client, address string, fields url.Values) string {
	t.Helper()
	response, err := client.PostForm(address, fields)
	if err != nil {
		t.Fatal(err)
	}
	return compact(read(t, response))
}

// compact leaves out the spaces that JSON is indented with.
func compact(text string) string {
	var out bytes.Buffer
	if json.Compact(&out, []byte(text)) != nil {
		return text
	}
	return out.String()
}

// get asks the control endpoint.
func (p *program) get(t *testing.T, path string) string {
	t.Helper()
	response, err := http.Get(p.Control + path)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, response)
}

func (p *program) moveClock(t *testing.T, order string) {
	t.Helper()
	response, err := http.Post(p.Control+"clock", "application/json", strings.NewReader(order))
	if err != nil {
		t.Fatal(err)
	}
	read(t, response)
}

// read returns the body of an answer that has status 200.
func read(t *testing.T, response *http.Response) string {
	t.Helper()
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %d %v", response.Request.URL, text, response.StatusCode, err)
	}
	return string(text)
}

var alice = url.Values{"username": {"alice"}, "password": {"secret"}, "dname": {"example.ru"}}

func TestTheProgramServesAPIDNSAndControl(t *testing.T) {
	p := start(t, "--fault=kind=error,function=nop,code=BILLING_LOCK,count=1", "--latency=1ms", "--publish-delay=1h", "--hourly-limit=3")
	if text := post(t, http.DefaultClient, p.URL+"nop", alice); !strings.Contains(text, "BILLING_LOCK") {
		t.Errorf("nop: %s", text)
	}
	if text := post(t, http.DefaultClient, p.URL+"zone/clear", alice); !strings.Contains(text, `"result":"success","service_id"`) {
		t.Errorf("zone/clear: %s", text)
	}
	response, err := dns.Exchange(new(dns.Msg).SetQuestion("www.example.ru.", dns.TypeA), p.DNS)
	if err != nil || len(response.Answer) != 1 {
		t.Errorf("DNS within the publication delay: %v %v", response, err)
	}
	if text := p.get(t, "healthz"); !strings.Contains(text, "ok") {
		t.Errorf("health: %s", text)
	}
	post(t, http.DefaultClient, p.URL+"nop", alice)
	post(t, http.DefaultClient, p.URL+"nop", alice)
	if text := post(t, http.DefaultClient, p.URL+"nop", alice); !strings.Contains(text, "EXCEEDED_ALLOWED_CONNECTION_RATE") {
		t.Errorf("over the limit: %s", text)
	}
	if text := p.get(t, "metrics"); !strings.Contains(text, `regapi_sim_rate_refusals_total{code="ACCOUNT_EXCEEDED_ALLOWED_CONNECTION_RATE"} 2`) {
		t.Errorf("metrics: %s", text)
	}
	p.moveClock(t, `{"advance":"2h"}`)
	if text := post(t, http.DefaultClient, p.URL+"nop", alice); !strings.Contains(text, `"result":"success"`) {
		t.Errorf("two hours later: %s", text)
	}
	response, err = dns.Exchange(new(dns.Msg).SetQuestion("www.example.ru.", dns.TypeA), p.DNS)
	if err != nil || response.Rcode != dns.RcodeNameError {
		t.Errorf("DNS after the publication delay: %v %v", response, err)
	}
	if err := p.end(t); err != nil {
		t.Errorf("ended with %v", err)
	}
}

func TestTheProgramServesHTTPSWithItsOwnCA(t *testing.T) {
	authorityFile := filepath.Join(t.TempDir(), "ca.pem")
	p := start(t, "--tls", "--ca-out="+authorityFile)
	authority, err := os.ReadFile(authorityFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	defer transport.CloseIdleConnections()
	if text := post(t, &http.Client{Transport: transport}, p.URL+"zone/nop", alice); !strings.HasPrefix(p.URL, "https://") || !strings.Contains(text, "example.ru") {
		t.Errorf("%s: %s", p.URL, text)
	}
}

func TestTheProgramRefusesWhatItCannotServe(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(bad, []byte("colour: red"), 0o600); err != nil {
		t.Fatal(err)
	}
	wrong := filepath.Join(t.TempDir(), "wrong.yaml")
	if err := os.WriteFile(wrong, []byte("accounts: [{login: test}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, arguments := range [][]string{
		{"--seed=" + bad}, {"--seed=" + wrong}, {"--seed=/nonexistent"}, {"--fault=kind=explode"}, {"--listen=256.0.0.1:0"}, {"--dns-listen=256.0.0.1:0"},
		{"--control-listen=256.0.0.1:0"}, {"--control-listen=0.0.0.0:0"}, {"--ready-file=/nonexistent/ready"}, {"--tls", "--ca-out=/nonexistent/ca"},
		{"--ca-out=ca"}, {"--colour=red"}, {"surplus"}, {"--latency=-1s"}, {"--renewal-delay=-1s"}, {"--hourly-limit=-1"}, {"--state=" + bad},
		{"--fault=kind=error,function=zone/ad_alias"},
	} {
		command := newCommand()
		command.SetArgs(append([]string{"--listen=127.0.0.1:0", "--dns-listen=127.0.0.1:0", "--control-listen=127.0.0.1:0"}, arguments...))
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		err := command.ExecuteContext(ctx)
		if err == nil || ctx.Err() != nil {
			t.Errorf("%v: %v", arguments, err)
		}
		cancel()
	}
}

func TestTheReadyFileTellsOfThisRunAlone(t *testing.T) {
	readyFile := filepath.Join(t.TempDir(), "ready.json")
	if err := os.WriteFile(readyFile, []byte(`{"url":"http://127.0.0.1:1/"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	command := newCommand()
	command.SetArgs([]string{"--listen=256.0.0.1:0", "--ready-file=" + readyFile})
	if err := command.ExecuteContext(t.Context()); err == nil {
		t.Error("an address that is none was taken")
	}
	if _, err := os.Stat(readyFile); !os.IsNotExist(err) {
		t.Errorf("the ready file of an earlier run is still there: %v", err)
	}
	stop, done := runUntil(t, "--ready-file="+readyFile)
	(&program{done: done}).await(t, readyFile)
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(readyFile); !os.IsNotExist(err) {
		t.Errorf("the ready file is still there at the end: %v", err)
	}
}

// runUntil runs the command on free ports until it is stopped.
func runUntil(t *testing.T, arguments ...string) (stop context.CancelFunc, done chan error) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	command := newCommand()
	command.SetArgs(append([]string{"--listen=127.0.0.1:0", "--dns-listen=127.0.0.1:0", "--control-listen=127.0.0.1:0"}, arguments...))
	done = make(chan error, 1)
	go func() { done <- command.ExecuteContext(ctx) }()
	return stop, done
}

func TestTheProgramGoesOnFromTheStateThatItSaved(t *testing.T) {
	stateFile := filepath.Join(t.TempDir(), "state.json")
	first := start(t, "--state="+stateFile)
	added := url.Values{"subdomain": {"kept"}, "ipaddr": {"192.0.2.7"}}
	for name, values := range alice {
		added[name] = values
	}
	post(t, http.DefaultClient, first.URL+"zone/add_alias", added)
	first.moveClock(t, `{"advance":"24h"}`)
	if err := first.end(t); err != nil {
		t.Fatal(err)
	}
	second := start(t, "--state="+stateFile)
	if text := second.get(t, "zones/example.ru"); !strings.Contains(text, "kept") {
		t.Errorf("the second run has %s", text)
	}
	if text := second.get(t, "clock"); !strings.Contains(text, `"ahead":"23h59m`) && !strings.Contains(text, `"ahead":"24h`) {
		t.Errorf("the second run's clock: %s", text)
	}
	if err := second.end(t); err != nil {
		t.Fatal(err)
	}
}

// TestMain runs the program itself when a test started this binary for that.
func TestMain(m *testing.M) {
	if os.Getenv("REGAPI_SIM_MAIN") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// dialIdle opens a connection on which nothing is ever asked.
func dialIdle(t *testing.T, address string) {
	t.Helper()
	connection, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
}

func TestASignalStopsTheProgramWithinASecond(t *testing.T) {
	for _, sent := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		took := time.Hour
		for range 3 { // The best counts: the machine may stand still.
			took = min(took, stopBy(t, sent))
		}
		if took > time.Second {
			t.Errorf("%v: stopping took %v", sent, took)
		}
	}
}

// stopBy starts the program, has it busy, and says how long it takes to end after a signal.
func stopBy(t *testing.T, sent syscall.Signal) time.Duration {
	t.Helper()
	readyFile := filepath.Join(t.TempDir(), "ready.json")
	command := exec.CommandContext(t.Context(), os.Args[0],
		"--listen=127.0.0.1:0", "--dns-listen=127.0.0.1:0", "--control-listen=127.0.0.1:0", "--latency=1h", "--ready-file="+readyFile)
	// The race detector would hold a process back for a second at its exit.
	command.Env = append(os.Environ(), "REGAPI_SIM_MAIN=1", "GORACE=atexit_sleep_ms=0")
	var log bytes.Buffer
	command.Stderr = &log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	p := &program{done: make(chan error, 1)}
	p.await(t, readyFile)
	dialIdle(t, strings.TrimSuffix(strings.TrimPrefix(p.Control, "http://"), "/"))
	dialIdle(t, p.DNS)
	waiting := make(chan error, 1)
	go func() {
		_, err := http.PostForm(p.URL+"user/nop", nil) //nolint:bodyclose // there is no answer
		waiting <- err
	}()
	asked := time.Now()
	if err := command.Process.Signal(sent); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err != nil {
		t.Errorf("%v: %v\n%s", sent, err, log.String())
	}
	took := time.Since(asked)
	if err := <-waiting; err == nil {
		t.Error("a request that had an hour to wait was answered")
	}
	return took
}
