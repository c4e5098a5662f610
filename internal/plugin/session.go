package plugin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/buildinfo"
	"github.com/regapi-io/regapi-operator/internal/plugin/output"
)

// Streams are where a verb reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	// Width of the terminal that Out is; 0 if it is none.
	Width int
	// Interactive says that somebody sits in front of In and Err, who can be asked.
	Interactive bool
	Now         func() time.Time
}

// Terminal gives the streams of the process.
func Terminal() Streams {
	streams := Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Now: time.Now}
	streams.Interactive = term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stderr.Fd()))
	if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
		streams.Width = width
	}
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && streams.Width > 0 && columns > 0 {
		streams.Width = columns
	}
	return streams
}

// session is one call of the plugin: its streams, the flags that all verbs share, and the cluster.
type session struct {
	Streams
	kubeconfig string
	overrides  clientcmd.ConfigOverrides
	format     output.Format
	timeout    time.Duration
	// operatorNamespace is where the operator keeps Orders and ledgers.
	operatorNamespace string
	// started says that the command line was understood.
	started bool
	cancel  context.CancelFunc
	// connect makes the client; tests put another in its place.
	connect func() (client.Client, error)
}

func newSession(streams Streams) *session {
	s := &session{Streams: streams, format: output.Table, cancel: func() {}}
	s.connect = s.dial
	return s
}

func (s *session) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&s.kubeconfig, "kubeconfig", "", "kubeconfig file; otherwise $KUBECONFIG or ~/.kube/config")
	clientcmd.BindOverrideFlags(&s.overrides, flags, clientcmd.RecommendedConfigOverrideFlags(""))
	flags.VarP(&s.format, "output", "o", "how to print the answer")
	flags.DurationVar(&s.timeout, "timeout", defaultTimeout, "how long the verb may take; 0 for as long as it likes")
	flags.StringVar(&s.operatorNamespace, "operator-namespace", "regapi-system", "namespace of the operator")
}

// begin is called once the command line is understood.
func (s *session) begin(command *cobra.Command) {
	s.started = true
	if s.timeout > 0 {
		ctx, cancel := context.WithTimeout(command.Context(), s.timeout)
		s.cancel = cancel
		command.SetContext(ctx)
	}
}

func (s *session) end() { s.cancel() }

// printer prints as the flags say.
func (s *session) printer() output.Printer {
	return output.Printer{Out: s.Out, Format: s.format, Width: s.Width}
}

func (s *session) loader() clientcmd.ClientConfig {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = s.kubeconfig
	return clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &s.overrides)
}

// namespace is the one of the flag, or of the kubeconfig's context.
func (s *session) namespace() (string, error) {
	namespace, _, err := s.loader().Namespace()
	return namespace, err
}

// restConfig says how to reach the API server.
func (s *session) restConfig() (*rest.Config, error) {
	config, err := s.loader().ClientConfig()
	if err != nil {
		return nil, err
	}
	config.QPS, config.Burst = 50, 100
	config.Timeout = s.timeout // Discovery knows no context.
	config.UserAgent = "kubectl-regapi/" + buildinfo.Read().Version
	config.WarningHandler = rest.NoWarnings{}
	return config, nil
}

// cluster connects to the API server.
func (s *session) cluster() (client.Client, error) { return s.connect() }

func (s *session) dial() (client.Client, error) {
	config, err := s.restConfig()
	if err != nil {
		return nil, err
	}
	scheme, err := newScheme()
	if err != nil {
		return nil, err
	}
	return client.New(config, client.Options{Scheme: scheme})
}

func newScheme() (*runtime.Scheme, error) {
	scheme := runtime.NewScheme()
	return scheme, errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme))
}

// waiting says on a terminal what is waited for once it has taken a second; the returned function takes the words away.
func (s *session) waiting(what string) (done func()) {
	if !s.Interactive {
		return func() {}
	}
	shown := make(chan bool)
	ended := make(chan struct{})
	go func() {
		select {
		case <-time.After(time.Second):
			fmt.Fprintf(s.Err, "%s …", what)
			<-ended
			shown <- true
		case <-ended:
			shown <- false
		}
	}()
	return func() {
		close(ended)
		if <-shown {
			fmt.Fprintf(s.Err, "\r\x1b[K")
		}
	}
}

// where gives the namespaces that a verb reads: all of them, or one.
type where struct {
	all bool
}

func (w *where) addFlags(flags *pflag.FlagSet) {
	flags.BoolVarP(&w.all, "all-namespaces", "A", false, "in all namespaces that you may list")
}

func (w *where) options(s *session) ([]client.ListOption, error) {
	if w.all {
		return nil, nil
	}
	namespace, err := s.namespace()
	return []client.ListOption{client.InNamespace(cmp.Or(namespace, "default"))}, err
}
