package harness

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// requestTimeout bounds one request of a test.
const requestTimeout = 30 * time.Second

// Metric reads a counter or a gauge from a program's metrics at a URL: the sum over all series that have the labels, given
// as name and value in turn; 0 when there are none.
func Metric(t testing.TB, url, name string, labels ...string) float64 {
	t.Helper()
	body, err := get(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(body))
	if err != nil {
		t.Fatalf("the metrics at %s: %v", url, err)
	}
	var sum float64
	for _, series := range families[name].GetMetric() {
		if hasLabels(series, labels) {
			sum += series.GetCounter().GetValue() + series.GetGauge().GetValue() // one of them is nil, and so 0
		}
	}
	return sum
}

func hasLabels(series *dto.Metric, labels []string) bool {
	found := map[string]string{}
	for _, label := range series.GetLabel() {
		found[label.GetName()] = label.GetValue()
	}
	for i := 0; i+1 < len(labels); i += 2 {
		if found[labels[i]] != labels[i+1] {
			return false
		}
	}
	return true
}

// get asks for a page, which has to be there.
func get(ctx context.Context, url string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s: %s", url, response.Status, body)
	}
	return body, err
}

// Serves waits until a program answers a GET at the URL with 200.
func (p *Process) Serves(t testing.TB, url string) {
	t.Helper()
	Eventually(t, startTimeout, p.name+" answers at "+url, func() error {
		p.RequireAlive(t)
		_, err := get(t.Context(), url)
		return err
	})
}
