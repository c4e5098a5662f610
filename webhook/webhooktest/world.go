package webhooktest

import (
	"context"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/tools/events"
	"k8s.io/klog/v2"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/journal"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// Main runs the tests of a package without its logs. Call it from TestMain.
func Main(m *testing.M) {
	log.SetLogger(logr.Discard())
	klog.SetLogger(logr.Discard())
	os.Exit(m.Run())
}

// World is a simulator, and a cluster in memory, for a webhook between them.
type World struct {
	t testing.TB

	API    *regapitest.Server
	Kube   client.Client
	Events *events.FakeRecorder
	// Directory is the one that StartDirectory has started last; nil before it has.
	Directory *account.Directory
	// ReadOnly and Journal are those of directories that are started from now on.
	ReadOnly bool
	Journal  *journal.Journal
	// Listed counts the objects that lists gave: what a webhook looks at, and what a cache would have to copy.
	Listed atomic.Int64
}

// NewWorld makes a cluster that holds these objects. Its Accounts were checked before, each by the Secret that it names.
func NewWorld(t testing.TB, api *regapitest.Server, objects ...client.Object) *World {
	Prove(objects...)
	w := &World{t: t, API: api, Events: events.NewFakeRecorder(10_000)}
	builder := fake.NewClientBuilder().WithScheme(Scheme()).WithObjects(objects...).WithStatusSubresource(&v1alpha1.DNSZone{})
	if err := tenancy.IndexDomains(t.Context(), indexer{builder}); err != nil {
		t.Fatal(err)
	}
	w.Kube = builder.WithInterceptorFuncs(interceptor.Funcs{List: w.list}).Build()
	return w
}

func (w *World) list(ctx context.Context, kube client.WithWatch, list client.ObjectList, options ...client.ListOption) error {
	if err := kube.List(ctx, list, options...); err != nil {
		return err
	}
	w.Listed.Add(int64(meta.LenList(list)))
	return nil
}

// indexer has the cluster in memory find objects as a cache does.
type indexer struct{ *fake.ClientBuilder }

// IndexField makes it find a kind by a field.
func (i indexer) IndexField(_ context.Context, kind client.Object, field string, values client.IndexerFunc) error {
	i.WithIndex(kind, field, values)
	return nil
}

// StartDirectory runs a directory of the cluster's accounts until the end of the test. What uses it is closed before, if
// its own end is registered with the test afterwards.
func (w *World) StartDirectory(options ...regapi.Option) {
	w.Directory = account.NewDirectory(account.Settings{
		Secrets: w.Kube, Endpoints: Endpoints(w.t), SweepInterval: time.Hour, Applied: zone.Applied, Options: options, ReadOnly: w.ReadOnly, Journal: w.Journal,
	})
	Run(w.t, w.Directory.Start)
}

// Run runs something until the end of the test, which fails if that gives an error.
func Run(t testing.TB, run func(context.Context) error) {
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		stop()
		running.Wait()
	})
}

// Connection gives that of the Account main in the namespace default.
func (w *World) Connection() *account.Connection {
	w.t.Helper()
	connection, err := w.Directory.Resolve(w.t.Context(), w.Kube, "default", v1alpha1.AccountReference{Name: "main"})
	if err != nil {
		w.t.Fatal(err)
	}
	return connection
}

// Writes counts the requests that could change something.
func (w *World) Writes() int { return len(w.API.Journal(regapitest.Writes())) }

// WantLines holds what a zone contains, a line each in whatever order, against what it should.
func (w *World) WantLines(domain string, got, want []string) {
	w.t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		w.t.Errorf("zone %s holds\n%s\nwant\n%s", domain, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// EventLines gives the events since it was asked last, sorted.
func (w *World) EventLines() []string {
	lines := []string{}
	for len(w.Events.Events) > 0 {
		lines = append(lines, <-w.Events.Events)
	}
	slices.Sort(lines)
	return lines
}
