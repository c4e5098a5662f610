package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// The codes that the plugin ends with: docs/plugin.md.
const (
	fine = iota
	findings
	usage
	cluster
	registrar
	timeout
)

// said is a call of the plugin, and what it has to come to.
type said struct {
	code  int
	words string // a part of what is told
	args  []string
	input string
}

// plugin is the plugin before a running demo, by way of somebody who takes down what it asks the API server for.
type plugin struct {
	*testing.T
	d          *demo
	folder     string
	kubeconfig string // through the listener

	mu    sync.Mutex
	asked []string
	verbs map[string]bool
	codes map[int]bool
}

func TestEveryVerbWorksAgainstTheDemoWithATerminalAndWithoutOne(t *testing.T) {
	o := testOptions(t)
	ctx, cancel := context.WithTimeout(t.Context(), runTimeout)
	defer cancel()
	var out bytes.Buffer
	d := &demo{options: o, out: &out, scratch: t.TempDir()}
	p := &plugin{T: t, d: d, folder: t.TempDir(), verbs: map[string]bool{}, codes: map[int]bool{}}
	err := d.conduct(ctx, append(d.opening(), step{"Asking the plugin", p.goThrough}))
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
}

// goThrough calls every verb, alone and at a terminal, and reaches every code.
func (p *plugin) goThrough(ctx context.Context) error {
	if err := p.listen(); err != nil {
		return err
	}
	if err := p.write(); err != nil {
		return err
	}
	for _, s := range p.script() {
		p.alone(ctx, s)
		p.atTerminal(ctx, s)
	}
	p.atConsole(ctx)
	p.beforeAClosedTerminal(ctx)
	p.wantsEverything(ctx)
	return nil
}

// listen puts somebody between the plugin and the API server.
func (p *plugin) listen() error {
	config, err := clientcmd.BuildConfigFromFlags("", p.d.kubeconfig)
	if err != nil {
		return err
	}
	transport, err := rest.TransportFor(config)
	if err != nil {
		return err
	}
	target, err := url.Parse(config.Host)
	if err != nil {
		return err
	}
	proxy := &httputil.ReverseProxy{Transport: transport, FlushInterval: -1, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.asked = append(p.asked, r.Method+" "+r.URL.Path)
		p.mu.Unlock()
		proxy.ServeHTTP(w, r)
	}))
	p.Cleanup(server.Close)
	p.kubeconfig = filepath.Join(p.folder, "kubeconfig")
	return errors.Join(writeKubeconfig(p.kubeconfig, server.URL), writeKubeconfig(p.file("nowhere"), "http://127.0.0.1:1"))
}

func writeKubeconfig(file, server string) error {
	config := clientcmdapi.NewConfig()
	config.Clusters["demo"] = &clientcmdapi.Cluster{Server: server}
	config.Contexts["demo"] = &clientcmdapi.Context{Cluster: "demo", Namespace: "default"}
	config.CurrentContext = "demo"
	return clientcmd.WriteToFile(*config, file)
}

func (p *plugin) file(name string) string { return filepath.Join(p.folder, name) }

// write writes the files that the script names.
func (p *plugin) write() error {
	secret := p.d.samples.secret.StringData
	return errors.Join(
		os.WriteFile(p.file("credentials"), []byte(fmt.Sprintf("username=%s\npassword=%s\n", secret["username"], secret["password"])), 0o600),
		os.WriteFile(p.file("wrong"), []byte("username=nobody\npassword=nothing\n"), 0o600),
		os.WriteFile(p.file("changed.yaml"), []byte(`
apiVersion: regapi.io/v1alpha1
kind: DNSZone
metadata: {name: example-ru}
spec: {accountRef: {name: main}, domainName: example.ru, records: [{name: www, cname: example.ru}]}
---
apiVersion: regapi.io/v1alpha1
kind: Domain
metadata: {name: example-ru}
spec: {accountRef: {name: main}, domainName: example.ru, delegation: Suspended}
---
apiVersion: regapi.io/v1alpha1
kind: Folder
metadata: {name: fresh}
spec: {accountRef: {name: main}, members: [{domainName: example.ru}]}
`), 0o600),
	)
}

// script is what people say. The demo has no pods and no Lease, which doctor finds.
func (p *plugin) script() []said {
	own := []string{"--direct", "--credentials", p.file("credentials"), "--endpoint", p.d.simulator.URL}
	stranger := []string{"--direct", "--credentials", p.file("wrong"), "--endpoint", p.d.simulator.URL}
	return []said{
		{code: fine, words: "kubectl-regapi", args: []string{"version"}},
		{code: fine, words: "Available Commands", args: []string{"help"}},
		{code: fine, words: "__complete", args: []string{"completion", "bash"}},
		{code: fine, words: "example-ru", args: []string{"__complete", "plan", "dnszone", ""}},
		{code: fine, words: "REG.API accepts the credentials", args: []string{"status"}},
		{code: fine, words: "Ready: True", args: []string{"status", "dnszone", "example-ru"}},
		{code: usage, words: "not found", args: []string{"status", "dnszone", "nobody"}},
		{code: findings, words: "pods", args: []string{"doctor"}},
		{code: fine, words: "of dnszone default/example-ru", args: []string{"trace", "www.example.ru", "--name-server", p.d.simulator.DNS}},
		{code: fine, words: "default/main", args: []string{"budget"}},
		{code: fine, words: "No Domain comes", args: []string{"expiring"}},
		{code: findings, words: "unknown", args: []string{"expiring", "--within", "10000d"}},
		{code: fine, words: "Nothing was bought", args: []string{"orders"}},
		{code: usage, words: "not found", args: []string{"orders", "settle", "example.ru.1", "--as", "paid"}},
		{code: usage, words: "--as", args: []string{"orders", "settle", "example.ru.1"}},
		{code: findings, words: "waits for no approval", args: []string{"approve", "dnszone", "example-ru"}},
		{code: findings, words: "waits still", args: []string{"reject", "dnszone", "example-ru"}},
		{code: fine, words: "paused", args: []string{"pause", "folder", "shop"}},
		{code: fine, words: "resumed", args: []string{"resume", "folder", "shop"}},
		{code: fine, words: "kind: DNSZone", args: []string{"import", "zones", "--account", "main"}},
		{code: fine, words: "kind: Folder", args: []string{"import", "folders", "--account", "main"}},
		{code: fine, words: "kind: DNSZone", args: append([]string{"import", "zones", "--account", "main"}, own...)},
		{code: fine, words: "kind: Account", args: []string{"export"}},
		{code: fine, words: "$ORIGIN example.ru.", args: []string{"export", "dnszone", "example-ru", "--format", "bind"}},
		{code: fine, words: "no change", args: []string{"plan", "dnszone", "example-ru"}},
		{code: fine, words: "no change", args: []string{"plan", "domain", "example-ru"}},
		{code: fine, words: "no change", args: []string{"plan", "folder", "shop"}},
		{code: findings, words: "3 of 3 objects would change something", args: []string{"plan", "-f", p.file("changed.yaml")}},
		{code: fine, words: "domains read", args: []string{"refresh", "dnszone", "example-ru", "--wait"}},
		{code: fine, words: "zone/get_resource_records", args: []string{"journal", "--account", "main"}},
		{code: fine, words: "person", args: []string{"journal", "--account", "main", "--follow", "--timeout", "2s"}},
		{code: fine, words: "user_id", args: []string{"raw", "nop", "--account", "main"}},
		{code: fine, words: "your-login", args: append([]string{"raw", "nop"}, own...)},
		{code: registrar, words: "Error:", args: []string{"raw", "zone/get_resource_records", "domain_name=nobody.ru", "--account", "main"}},
		{code: registrar, words: "PASSWORD_AUTH_FAILED", args: append([]string{"raw", "nop"}, stranger...)},
		{code: usage, words: "may cost money", args: []string{"raw", "service/renew", "--account", "main"}},
		{code: usage, words: "nobody", args: []string{"import", "zones", "--account", "nobody"}},
		{code: usage, words: "unknown command", args: []string{"nonsense"}},
		{code: usage, words: "none of our kinds", args: []string{"status", "pod", "x"}},
		{code: cluster, words: "connection refused", args: []string{"status", "--kubeconfig", p.file("nowhere")}},
		{code: cluster, words: "forbidden", args: []string{"status", "--as", "nobody"}},
		{code: timeout, words: "--timeout", args: []string{"status", "--timeout", "1us"}},
	}
}

// program prepares a call.
func (p *plugin) program(ctx context.Context, args ...string) *exec.Cmd {
	p.mu.Lock()
	p.verbs[args[0]] = true
	p.mu.Unlock()
	args = slices.Insert(slices.Clone(args), 1, "--operator-namespace="+operatorNamespace)
	command := exec.CommandContext(ctx, p.d.binary("kubectl-regapi"), args...)
	command.Env = append(os.Environ(), "KUBECONFIG="+p.kubeconfig, "COLUMNS=", "TERM=xterm-256color")
	command.Dir = p.folder
	return command
}

// judge holds what came of a call against what should have.
func (p *plugin) judge(where string, s said, err error, told string) {
	p.Helper()
	code := fine
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		p.Errorf("%s: %v: %v", where, s.args, err)
	}
	p.codes[code] = true
	if code != s.code || !strings.Contains(told, s.words) {
		p.Errorf("%s: %v ends with %d, not %d, or without %q:\n%s", where, s.args, code, s.code, s.words, told)
	}
}

// alone calls the plugin as a script does.
func (p *plugin) alone(ctx context.Context, s said) {
	p.Helper()
	command := p.program(ctx, s.args...)
	command.Stdin = strings.NewReader(s.input)
	told, err := command.CombinedOutput()
	p.judge("alone", s, err, string(told))
	if bytes.Contains(told, []byte("\x1b")) {
		p.Errorf("%v writes for a terminal where there is none:\n%q", s.args, told)
	}
}

// screen is a terminal of some width.
type screen struct {
	*os.File
	mu   sync.Mutex
	seen bytes.Buffer
	done chan struct{}
}

// sit starts a call at a terminal.
func (p *plugin) sit(command *exec.Cmd) *screen {
	p.Helper()
	terminal, err := pty.StartWithSize(command, &pty.Winsize{Rows: 40, Cols: 100})
	if err != nil {
		p.Fatal(err)
	}
	s := &screen{File: terminal, done: make(chan struct{})}
	go func() {
		defer close(s.done)
		piece := make([]byte, 4096)
		for {
			n, err := terminal.Read(piece)
			s.mu.Lock()
			s.seen.Write(piece[:n])
			s.mu.Unlock()
			if err != nil { // Whoever wrote has ended.
				return
			}
		}
	}()
	return s
}

func (s *screen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.ReplaceAll(s.seen.String(), "\r\n", "\n")
}

// atTerminal calls the plugin as somebody in front of a terminal of a hundred columns.
func (p *plugin) atTerminal(ctx context.Context, s said) {
	p.Helper()
	command := p.program(ctx, s.args...)
	terminal := p.sit(command)
	err := command.Wait()
	<-terminal.done
	terminal.Close()
	// What is too long for a row goes on below, so that words may stand in two lines.
	told := terminal.text()
	flat := strings.Join(strings.Fields(told), " ")
	s.words = strings.Join(strings.Fields(s.words), " ")
	p.judge("at a terminal", s, err, flat+told)
}

// types writes to the terminal, and waits for words upon it.
func (p *plugin) types(s *screen, keys, words string) { p.typesUntil(s, keys, words, 1) }

// typesUntil is types for words that have to be there so many times.
func (p *plugin) typesUntil(s *screen, keys, words string, times int) {
	p.Helper()
	if _, err := io.WriteString(s, keys); err != nil {
		p.Error(err)
	}
	for start := time.Now(); strings.Count(s.text(), words) < times; time.Sleep(20 * time.Millisecond) {
		if time.Since(start) > moveTimeout {
			p.Fatalf("%q does not bring %q:\n%s", keys, words, s.text())
		}
	}
}

// atConsole sits at the prompt: it completes, remembers, goes on after errors and ends with exit.
func (p *plugin) atConsole(ctx context.Context) {
	command := p.program(ctx, "console", "--account", "main")
	s := p.sit(command)
	p.types(s, "", "regapi> ")
	p.types(s, "zone/get_r\t", "zone/get_resource_records ")
	p.types(s, "domain_n\t", "domain_name=")
	p.types(s, "example.ru\r", `"subname"`)
	p.types(s, "nonsense\r", "nonsense is no function")
	p.typesUntil(s, "\x1b[A\x1b[A\r", `"dname": "example.ru"`, 2)
	p.types(s, "help nop\r", "nop (")
	p.types(s, "exit\r", "")
	err := command.Wait()
	s.Close()
	p.judge("at the console", said{code: fine, args: []string{"console"}}, err, s.text())

	typed := said{code: usage, words: "may cost money", args: []string{"console", "--account", "main"}, input: "nop\nservice/renew\n"}
	p.alone(ctx, typed)
	zone := p.program(ctx, "report", "-f", "report.zip")
	if told, err := zone.CombinedOutput(); err != nil || !bytes.Contains(told, []byte("files")) {
		p.Errorf("report: %v: %s", err, told)
	}
}

// beforeAClosedTerminal goes away while the plugin follows the journal.
func (p *plugin) beforeAClosedTerminal(ctx context.Context) {
	command := p.program(ctx, "journal", "--account", "main", "--follow")
	s := p.sit(command)
	p.types(s, "", "zone/get_resource_records")
	s.Close()
	// The terminal goes with the next line, since somebody is reading it until then.
	if err := p.program(ctx, "raw", "nop", "--account", "main").Run(); err != nil {
		p.Errorf("raw nop: %v", err)
	}
	ended := make(chan struct{})
	go func() {
		_ = command.Wait() // However it goes.
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(stopTimeout):
		p.Error("the plugin goes on without its terminal")
		_ = command.Process.Signal(syscall.SIGKILL)
		<-ended
	}
}

// wantsEverything says which verbs were not called, and which codes not reached. Nothing that was asked for is a Secret, and what was written is an
// annotation of an object of ours.
func (p *plugin) wantsEverything(ctx context.Context) {
	help, err := p.program(ctx, "help").Output()
	if err != nil {
		p.Fatal(err)
	}
	_, commands, _ := strings.Cut(string(help), "Available Commands:\n")
	commands, _, _ = strings.Cut(commands, "\n\n")
	listed := 0
	for line := range strings.Lines(commands) {
		verb := strings.Fields(line)[0]
		listed++
		if !p.verbs[verb] {
			p.Errorf("nobody called %s", verb)
		}
	}
	if listed < 19 {
		p.Errorf("%d verbs:\n%s", listed, help)
	}
	for code := fine; code <= timeout; code++ {
		if !p.codes[code] {
			p.Errorf("nothing ends with %d", code)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	allowed := regexp.MustCompile(`^(GET |PATCH /apis/regapi\.io/v1alpha1/namespaces/[^/]+/[^/]+/[^/]+$|POST /apis/door\.regapi\.io/)`)
	slices.Sort(p.asked)
	for _, request := range slices.Compact(p.asked) {
		if strings.Contains(request, "/secrets") || !allowed.MatchString(request) {
			p.Errorf("the plugin asked for %s", request)
		}
	}
	if len(p.asked) < 50 {
		p.Errorf("%d requests", len(p.asked))
	}
}
