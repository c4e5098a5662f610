package certmanager

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	acme "github.com/cert-manager/cert-manager/pkg/acme/webhook/apis/acme/v1alpha1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
)

const challengePath = "/apis/" + DefaultGroup + "/" + version + "/" + Name

func TestTheAggregatedAPI(t *testing.T) {
	c := newCluster(t)
	certManager := c.user("cert-manager", rbacv1.PolicyRule{APIGroups: []string{DefaultGroup}, Resources: []string{Name}, Verbs: []string{"create"}})

	t.Run("presents and cleans up for whom the role allows it", func(t *testing.T) {
		response, err := c.ask(certManager, acme.ChallengeActionPresent, "one")
		if err != nil || !response.Success || response.UID != "some-uid" {
			t.Fatalf("present: %+v, %v", response, err)
		}
		c.wantTexts("_acme-challenge one")
		response, err = c.ask(certManager, acme.ChallengeActionCleanUp, "one")
		if err != nil || !response.Success {
			t.Fatalf("clean up: %+v, %v", response, err)
		}
		c.wantTexts()
	})
	t.Run("tells cert-manager why a challenge failed", func(t *testing.T) {
		response, err := c.ask(certManager, acme.ChallengeActionPresent, "")
		if err != nil || response.Success || response.Result == nil || !strings.Contains(response.Result.Message, "no key") {
			t.Errorf("%+v, %v", response, err)
		}
	})
	t.Run("refuses whom no role allows it", func(t *testing.T) {
		_, err := c.ask(c.user("somebody"), acme.ChallengeActionPresent, "two")
		if !apierrors.IsForbidden(err) {
			t.Errorf("%v, want a refusal", err)
		}
		c.wantTexts()
	})
	t.Run("refuses whoever comes around the API server without saying who they are, or as whom they please", func(t *testing.T) {
		for _, headers := range []http.Header{{}, {"X-Remote-User": {"cert-manager"}, "X-Remote-Group": {"system:masters"}}} {
			if status := c.askDirectly(headers); status != http.StatusUnauthorized {
				t.Errorf("headers %v: status %d, want %d", headers, status, http.StatusUnauthorized)
			}
		}
		c.wantTexts()
	})
	t.Run("serves with the renewed certificate", func(t *testing.T) {
		c.certificate.renew(c.ca.issue("renewed.default.svc"))
		c.eventually("the old certificate is still served", func() bool {
			connection, err := tls.Dial("tcp", c.address, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // It is looked at.
			if err != nil {
				t.Fatal(err)
			}
			defer connection.Close()
			return connection.ConnectionState().PeerCertificates[0].Subject.CommonName == "renewed.default.svc"
		})
	})
}

// ask does what cert-manager does with a challenge.
func (c *cluster) ask(by rest.Interface, action acme.ChallengeAction, key string) (*acme.ChallengeResponse, error) {
	c.Helper()
	request := c.challenge("_acme-challenge.example.ru.", key)
	request.Action, request.UID = action, "some-uid"
	body, err := json.Marshal(acme.ChallengePayload{
		TypeMeta: metav1.TypeMeta{APIVersion: acme.SchemeGroupVersion.String(), Kind: "ChallengePayload"}, Request: request,
	})
	if err != nil {
		c.Fatal(err)
	}
	answer, err := by.Post().AbsPath(challengePath).SetHeader("Content-Type", "application/json").Body(body).DoRaw(c.Context())
	if err != nil {
		return nil, err
	}
	var payload acme.ChallengePayload
	if err := json.Unmarshal(answer, &payload); err != nil {
		c.Fatal(err)
	}
	return payload.Response, nil
}

func (c *cluster) askDirectly(headers http.Header) int {
	c.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(c.ca.certificate)
	direct := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "solver.default.svc"}}}
	defer direct.CloseIdleConnections()
	request, err := http.NewRequestWithContext(c.Context(), http.MethodPost, "https://"+c.address+challengePath, strings.NewReader("{}"))
	if err != nil {
		c.Fatal(err)
	}
	request.Header = headers
	response, err := direct.Do(request)
	if err != nil {
		c.Fatal(err)
	}
	response.Body.Close()
	return response.StatusCode
}
