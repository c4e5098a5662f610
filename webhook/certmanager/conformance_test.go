package certmanager

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	acme "github.com/cert-manager/cert-manager/pkg/acme/webhook/apis/acme/v1alpha1"
	conformance "github.com/cert-manager/cert-manager/test/acme"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/internal/zone"
	_ "github.com/regapi-io/regapi-operator/webhook/certmanager/internal/testassets"
	"github.com/regapi-io/regapi-operator/webhook/webhooktest"
)

// The suite of cert-manager itself, with an API server of its own and the simulator's DNS.
func TestConformanceInStrictMode(t *testing.T) {
	for name, partner := range map[string]bool{"ordinary account": false, "Partner account": true} {
		t.Run(name, func(t *testing.T) {
			api, err := regapitest.Start()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(api.Close)
			api.AddAccount(regapitest.Account{Login: login1, Password: password, Partner: partner})
			api.AddDomain(login1, regapitest.Domain{Name: "example.ru"})
			before := len(api.Records("example.ru"))
			fixture := conformance.NewFixture(newClusterSolver(t),
				conformance.SetStrict(true),
				conformance.SetManifestPath(manifests(t, api.URL())),
				conformance.SetConfig(Config{AccountRef: &v1alpha1.AccountReference{Name: "main"}}),
				conformance.SetResolvedFQDN("_acme-challenge.www.example.ru."),
				conformance.SetResolvedZone("example.ru."),
				conformance.SetDNSName("www.example.ru"),
				conformance.SetDNSServer(api.DNSAddr()),
				conformance.SetUseAuthoritative(false),
				conformance.SetPollInterval(100*time.Millisecond),
				conformance.SetPropagationLimit(time.Minute),
			)
			fixture.RunBasic(t)
			fixture.RunExtended(t)
			if left := len(api.Records("example.ru")) - before; left != 0 {
				t.Errorf("%d records are left: %v", left, api.Records("example.ru"))
			}
		})
	}
}

// manifests gives a folder with what the suite applies to the namespace of each test.
func manifests(t *testing.T, endpoint string) string {
	t.Helper()
	folder := t.TempDir()
	for name, content := range map[string]string{
		"secret.yaml": fmt.Sprintf("{apiVersion: v1, kind: Secret, metadata: {name: login}, stringData: {username: %s, password: %s}}\n", login1, password),
		"account.yaml": fmt.Sprintf("{apiVersion: %s, kind: Account, metadata: {name: main}, spec: {secretRef: {name: login}, endpoint: %q}}\n",
			v1alpha1.GroupVersion, endpoint),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// clusterSolver is a Solver for the objects of the API server that it is initialised with.
type clusterSolver struct {
	*testing.T
	solver *Solver
	kube   client.Client
	// stop ends what runs for the API server before.
	stop func()
}

func newClusterSolver(t *testing.T) *clusterSolver {
	c := &clusterSolver{T: t, stop: func() {}}
	t.Cleanup(func() { c.stop() })
	return c
}

func (c *clusterSolver) Name() string { return Name }

// Initialize does what the operator does when it starts.
func (c *clusterSolver) Initialize(config *rest.Config, _ <-chan struct{}) error {
	c.stop()
	if _, err := envtest.InstallCRDs(config, envtest.CRDInstallOptions{Paths: []string{"../../config/crd/bases"}, ErrorIfPathMissing: true}); err != nil {
		return err
	}
	kube, err := client.New(config, client.Options{Scheme: webhooktest.Scheme()})
	if err != nil {
		return err
	}
	finding := &reader{Client: kube, fields: map[string]client.IndexerFunc{}}
	if err := tenancy.IndexDomains(c.Context(), finding); err != nil {
		return err
	}
	directory := account.NewDirectory(account.Settings{Secrets: kube, Endpoints: webhooktest.Endpoints(c), SweepInterval: time.Hour, Applied: zone.Applied})
	c.kube, c.solver = kube, NewSolver(Settings{Reader: finding, Directory: directory, Editor: zone.NewEditor(), Events: events.NewFakeRecorder(1000)})
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := directory.Start(ctx); err != nil {
			c.Error(err)
		}
	})
	c.stop = func() {
		c.solver.Close()
		cancel()
		running.Wait()
		c.stop = func() {}
	}
	return nil
}

func (c *clusterSolver) Present(request *acme.ChallengeRequest) error {
	if err := c.checkAccount(request.ResourceNamespace); err != nil {
		return err
	}
	return c.solver.Present(request)
}

func (c *clusterSolver) CleanUp(request *acme.ChallengeRequest) error {
	return c.solver.CleanUp(request)
}

// checkAccount does what the controller of Accounts does with the suite's own: its credentials work, so it is Ready.
func (c *clusterSolver) checkAccount(namespace string) error {
	var found v1alpha1.Account
	if err := c.kube.Get(c.Context(), client.ObjectKey{Namespace: namespace, Name: "main"}, &found); err != nil {
		return err
	}
	connection, err := c.solver.settings.Directory.Get(c.Context(), &found)
	if err != nil {
		return err
	}
	if _, err := connection.Identify(c.Context()); err != nil {
		return err
	}
	found.Status.Conditions = []metav1.Condition{{
		Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonSucceeded, LastTransitionTime: metav1.Now(),
	}}
	return c.kube.Status().Update(c.Context(), &found)
}

// reader finds objects by fields, as a cache does. A cache itself would keep the suite's API server from ending.
type reader struct {
	client.Client
	fields map[string]client.IndexerFunc
}

// IndexField makes it find objects of a kind by a field.
func (r *reader) IndexField(_ context.Context, kind client.Object, field string, values client.IndexerFunc) error {
	r.fields[fmt.Sprintf("%T %s", kind, field)] = values
	return nil
}

// List gives those that have the values.
func (r *reader) List(ctx context.Context, list client.ObjectList, options ...client.ListOption) error {
	all := (&client.ListOptions{}).ApplyOptions(options)
	wanted := all.FieldSelector
	all.FieldSelector = nil
	if err := r.Client.List(ctx, list, all); err != nil || wanted == nil {
		return err
	}
	found, err := meta.ExtractList(list)
	if err != nil {
		return err
	}
	return meta.SetList(list, slices.DeleteFunc(found, func(object runtime.Object) bool {
		return slices.ContainsFunc(wanted.Requirements(), func(one fields.Requirement) bool {
			return !slices.Contains(r.fields[fmt.Sprintf("%T %s", object, one.Field)](object.(client.Object)), one.Value)
		})
	}))
}
