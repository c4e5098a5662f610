package scale

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/apiservertest"
)

// cluster is an API server of its own, and what it has counted.
type cluster struct {
	client.WithWatch
	kubeconfig string
	raw        *rest.RESTClient
}

// startCluster starts an API server that knows our kinds.
func startCluster(t *testing.T) *cluster {
	t.Helper()
	environment := apiservertest.Start(t, apiservertest.WithCRDs())
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(kubeconfig, environment.KubeConfig, 0o600); err != nil {
		t.Fatal(err)
	}
	config := rest.CopyConfig(environment.Config)
	config.QPS, config.Burst = -1, 0 // Objects are made by the thousand.
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	watching, err := client.NewWithWatch(config, client.Options{Scheme: scheme})
	if err != nil {
		t.Fatal(err)
	}
	config.GroupVersion, config.NegotiatedSerializer = &corev1.SchemeGroupVersion, clientgoscheme.Codecs.WithoutConversion()
	raw, err := rest.UnversionedRESTClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{WithWatch: watching, kubeconfig: kubeconfig, raw: raw}
	for _, name := range []string{ownNamespace, place, neighbour} {
		c.create(t, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}})
	}
	return c
}

func (c *cluster) create(t *testing.T, object client.Object) {
	t.Helper()
	if err := c.Create(t.Context(), object); err != nil {
		t.Fatal(err)
	}
}

// write is a kind of request that changes objects of ours, and how it ended.
type write struct{ verb, resource, code string }

// counted is what the API server tells of itself.
type counted struct {
	writes map[write]int
	// stored is the size of etcd.
	stored float64
}

// count reads the metrics of the API server: the writes of our kinds since it started.
func (c *cluster) count(t *testing.T) counted {
	t.Helper()
	body, err := c.raw.Get().AbsPath("/metrics").Stream(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(body)
	if err != nil {
		t.Fatalf("the metrics of the API server: %v", err)
	}
	found := counted{writes: map[write]int{}}
	for _, series := range families["apiserver_request_total"].GetMetric() {
		labels := map[string]string{}
		for _, label := range series.GetLabel() {
			labels[label.GetName()] = label.GetValue()
		}
		switch labels["verb"] {
		case "POST", "PUT", "PATCH", "APPLY", "DELETE":
			resource := labels["resource"]
			if sub := labels["subresource"]; sub != "" {
				resource += "/" + sub
			}
			found.writes[write{labels["verb"], resource, labels["code"]}] += int(series.GetCounter().GetValue())
		}
	}
	for _, series := range families["apiserver_storage_size_bytes"].GetMetric() {
		found.stored += series.GetGauge().GetValue()
	}
	return found
}

// since gives the writes that came after an earlier count.
func (c counted) since(before counted) counted {
	later := counted{writes: map[write]int{}, stored: c.stored}
	for kind, times := range c.writes {
		if more := times - before.writes[kind]; more > 0 {
			later.writes[kind] = more
		}
	}
	return later
}

// of counts the writes to a resource, its subresources included, that ended with one of the codes.
func (c counted) of(resource string, codes ...string) int {
	total := 0
	for kind, times := range c.writes {
		for _, code := range codes {
			if kind.code == code && (kind.resource == resource || kind.resource == resource+"/status") {
				total += times
			}
		}
	}
	return total
}

// events counts the events about objects of a kind.
func (c *cluster) events(t *testing.T) map[string]int {
	t.Helper()
	var list eventsv1.EventList
	if err := c.List(t.Context(), &list); err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, event := range list.Items {
		found[event.Regarding.Kind]++
	}
	return found
}

// each does something a number of times, as many at a time as an API server likes.
func each(t *testing.T, times int, do func(ctx context.Context, n int) error) {
	t.Helper()
	const side = 16
	failures := make(chan error, side)
	for worker := range side {
		go func() {
			for n := worker; n < times; n += side {
				if err := do(t.Context(), n); err != nil {
					failures <- fmt.Errorf("object %d: %w", n, err)
					return
				}
			}
			failures <- nil
		}()
	}
	for range side {
		if err := <-failures; err != nil {
			t.Error(err)
		}
	}
	if t.Failed() {
		t.FailNow()
	}
}
