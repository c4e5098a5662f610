package certmanager

import (
	"cmp"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	acmev1 "github.com/cert-manager/cert-manager/pkg/apis/acme/v1"
	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	cmmeta "github.com/cert-manager/cert-manager/pkg/apis/meta/v1"
	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/test/e2e/harness"
)

const (
	// presentTimeout is how long a challenge may take to be presented, with a few failures on the way: upstream tries again
	// after 5, 20 and 40 s.
	presentTimeout = 2 * time.Minute
	// issueTimeout is how long a certificate may take: twice the 60 s before a self-check, twice the time to present, and what a
	// busy machine adds.
	issueTimeout = 6 * time.Minute
	// issuerName is what every tenant calls its Issuer.
	issuerName = "acme"
)

// tenant is a namespace with an account at the simulator, whose login is the name of the namespace.
type tenant struct {
	*world
	namespace string
}

// newTenant makes a tenant with an Account that is Ready, at the endpoint.
func (w *world) newTenant(t *testing.T, name, endpoint string, change ...func(*regapitest.Account)) tenant {
	t.Helper()
	c := tenant{world: w, namespace: w.plane.NewNamespace(t, name)}
	w.plane.AddAccount(t, w.api, endpoint, c.namespace, change...)
	c.awaitAccount(t)
	return c
}

func (c tenant) awaitAccount(t *testing.T) {
	t.Helper()
	harness.Eventually(t, programTimeout, "the Account of "+c.namespace+" is Ready", func() error {
		var account v1alpha1.Account
		if err := c.plane.Get(t.Context(), client.ObjectKey{Namespace: c.namespace, Name: harness.AccountName}, &account); err != nil {
			return err
		}
		if !meta.IsStatusConditionTrue(account.Status.Conditions, v1alpha1.ConditionReady) {
			return fmt.Errorf("its conditions are %+v", account.Status.Conditions)
		}
		return nil
	})
}

// allow lets every namespace use the Account.
func (c tenant) allow(t *testing.T) {
	t.Helper()
	c.plane.Kubectl(t, "", "--namespace="+c.namespace, "patch", "account", harness.AccountName, "--type=merge",
		`--patch={"spec":{"allowedNamespaces":{"from":"All"}}}`)
}

// webhook is the part of an issuer that leads to the solver. A config of nil lets the objects decide.
func webhook(t *testing.T, config any) acmev1.ACMEChallengeSolver {
	t.Helper()
	solver := &acmev1.ACMEIssuerDNS01ProviderWebhook{GroupName: group, SolverName: "regapi"}
	if config != nil {
		raw, err := json.Marshal(config)
		if err != nil {
			t.Fatal(err)
		}
		solver.Config = &apiextensionsv1.JSON{Raw: raw}
	}
	return acmev1.ACMEChallengeSolver{DNS01: &acmev1.ACMEChallengeSolverDNS01{Webhook: solver}}
}

// accountRef is the config that names an Account.
func accountRef(namespace string) map[string]any {
	return map[string]any{"accountRef": map[string]any{"namespace": namespace, "name": harness.AccountName}}
}

// addIssuer makes the Issuer of the tenant.
func (c tenant) addIssuer(t *testing.T, solver acmev1.ACMEChallengeSolver) {
	t.Helper()
	c.plane.Make(t, &cmv1.Issuer{
		ObjectMeta: metav1.ObjectMeta{Namespace: c.namespace, Name: issuerName},
		Spec:       c.issuerSpec(c.namespace, solver),
	})
}

// issuerSpec keeps the key of the ACME account in a Secret of the name.
func (w *world) issuerSpec(secret string, solver acmev1.ACMEChallengeSolver) cmv1.IssuerSpec {
	return cmv1.IssuerSpec{IssuerConfig: cmv1.IssuerConfig{ACME: &acmev1.ACMEIssuer{
		Server: w.acme.directory, CABundle: w.acme.authority,
		PrivateKey: cmmeta.SecretKeySelector{LocalObjectReference: cmmeta.LocalObjectReference{Name: secret}},
		Solvers:    []acmev1.ACMEChallengeSolver{solver},
	}}}
}

// issue asks the tenant's Issuer for a certificate.
func (c tenant) issue(t *testing.T, names ...string) *cmv1.Certificate {
	t.Helper()
	return c.issueBy(t, cmmeta.IssuerReference{Name: issuerName}, names...)
}

func (c tenant) issueBy(t *testing.T, issuer cmmeta.IssuerReference, names ...string) *cmv1.Certificate {
	t.Helper()
	certificate := &cmv1.Certificate{
		ObjectMeta: metav1.ObjectMeta{Namespace: c.namespace, Name: strings.TrimPrefix(names[0], "*.")},
		Spec: cmv1.CertificateSpec{
			DNSNames: names, SecretName: strings.TrimPrefix(names[0], "*."), IssuerRef: issuer,
			PrivateKey: &cmv1.CertificatePrivateKey{Algorithm: cmv1.ECDSAKeyAlgorithm},
		},
	}
	c.plane.Make(t, certificate)
	return certificate
}

// awaitReady waits until certificates are Ready, and holds what was issued against what was asked for.
func (c tenant) awaitReady(t *testing.T, certificates ...*cmv1.Certificate) {
	t.Helper()
	for _, certificate := range certificates {
		harness.Eventually(t, issueTimeout, "the Certificate "+certificate.Name+" is Ready", func() error {
			if err := c.plane.Get(t.Context(), client.ObjectKeyFromObject(certificate), certificate); err != nil {
				return err
			}
			for _, condition := range certificate.Status.Conditions {
				if condition.Type == cmv1.CertificateConditionReady && condition.Status == cmmeta.ConditionTrue {
					return nil
				}
			}
			return fmt.Errorf("its challenges are %s", c.describeChallenges(t))
		})
		c.requireIssued(t, certificate)
	}
}

// requireIssued checks that the Secret of a certificate holds one for its names, signed by Pebble.
func (c tenant) requireIssued(t *testing.T, certificate *cmv1.Certificate) {
	t.Helper()
	var secret corev1.Secret
	if err := c.plane.Get(t.Context(), client.ObjectKey{Namespace: c.namespace, Name: certificate.Spec.SecretName}, &secret); err != nil {
		t.Fatal(err)
	}
	leaf, chain := parseChain(t, secret.Data[corev1.TLSCertKey])
	for _, name := range certificate.Spec.DNSNames {
		host := strings.Replace(name, "*", "any", 1)
		if _, err := leaf.Verify(x509.VerifyOptions{DNSName: host, Roots: c.acme.roots, Intermediates: chain}); err != nil {
			t.Errorf("the certificate is not good for %s: %v", host, err)
		}
	}
}

func parseChain(t *testing.T, text []byte) (leaf *x509.Certificate, intermediates *x509.CertPool) {
	t.Helper()
	block, rest := pem.Decode(text)
	if block == nil {
		t.Fatalf("no certificate: %q", text)
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	intermediates = x509.NewCertPool()
	intermediates.AppendCertsFromPEM(rest)
	return leaf, intermediates
}

// challenges of the tenant that have not been finished and deleted.
func (c tenant) challenges(t *testing.T) []acmev1.Challenge {
	t.Helper()
	var list acmev1.ChallengeList
	if err := c.plane.List(t.Context(), &list, client.InNamespace(c.namespace)); err != nil {
		t.Fatal(err)
	}
	return list.Items
}

func (c tenant) describeChallenges(t *testing.T) string {
	t.Helper()
	var lines []string
	for _, challenge := range c.challenges(t) {
		lines = append(lines, fmt.Sprintf("%s: %q: %s", challenge.Spec.DNSName, challenge.Status.State, challenge.Status.Reason))
	}
	return fmt.Sprintf("%q", lines)
}

// events are what cert-manager reported of the tenant's challenges for the reason. It reports Presented as soon as the solver
// has answered, while the status follows only after the wait.
func (c tenant) events(t *testing.T, reason string) []corev1.Event {
	t.Helper()
	var list corev1.EventList
	if err := c.plane.List(t.Context(), &list, client.InNamespace(c.namespace)); err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(list.Items, func(event corev1.Event) bool {
		return event.InvolvedObject.Kind != acmev1.ChallengeKind || event.Reason != reason
	})
}

// presentedChallenges is how many challenges were presented. One for each name, but seldom more: cert-manager decides on caches,
// and when they lag behind it takes a Secret that it has just written for missing, and orders anew.
func (c tenant) presentedChallenges(t *testing.T) int {
	t.Helper()
	challenges := map[string]bool{}
	for _, event := range c.events(t, presented) {
		challenges[event.InvolvedObject.Name] = true
	}
	return len(challenges)
}

// awaitEvents waits for so many events.
func (c tenant) awaitEvents(t *testing.T, reason string, count int) {
	t.Helper()
	harness.Eventually(t, presentTimeout, fmt.Sprintf("%d events %s in %s", count, reason, c.namespace), func() error {
		found := 0
		for _, event := range c.events(t, reason) {
			found += max(1, int(event.Count))
		}
		if found < count {
			return fmt.Errorf("there are %d, and the challenges are %s", found, c.describeChallenges(t))
		}
		return nil
	})
}

// awaitClean waits until no challenge of the tenant is left, and no TXT record in the zones.
func (c tenant) awaitClean(t *testing.T, domains ...string) {
	t.Helper()
	harness.Eventually(t, issueTimeout, "nothing is left of the challenges of "+c.namespace, func() error {
		var left []error
		for _, domain := range domains {
			if texts := c.texts(domain); len(texts) > 0 {
				left = append(left, fmt.Errorf("zone %s holds %v", domain, texts))
			}
		}
		if len(c.challenges(t)) > 0 {
			left = append(left, errors.New(c.describeChallenges(t)))
		}
		return errors.Join(left...)
	})
}

// texts are the TXT records of a zone.
func (w *world) texts(domain string) []regapitest.Record {
	var texts []regapitest.Record
	for _, record := range w.api.Records(domain) {
		if record.Type == "TXT" {
			texts = append(texts, record)
		}
	}
	return texts
}

// requests that the tenant's account has made, in their order.
func (c tenant) requests(filters ...regapitest.Filter) []regapitest.Entry {
	return c.api.Journal(append(filters, regapitest.OfAccount(c.namespace))...)
}

// writes are the requests to change something, refused ones included.
func (c tenant) writes() []regapitest.Entry { return c.requests(regapitest.Writes()) }

// solved is how often the record of a challenge was added, and removed.
type solved struct{ added, removed int }

// tally gives what an ordinary account's requests did, by the name and the key of the challenge, and how many were refused.
func tally(writes []regapitest.Entry) (challenges map[string]solved, refused int) {
	challenges = map[string]solved{}
	for _, write := range writes {
		key := fmt.Sprintf("%s %s", write.Params["subdomain"], cmp.Or(write.Params["text"], write.Params["content"]))
		outcome := challenges[key]
		switch {
		case write.ErrorCode != "":
			refused++
			continue
		case write.Function == addTXT:
			outcome.added++
		case write.Function == removeRecord:
			outcome.removed++
		}
		challenges[key] = outcome
	}
	return challenges, refused
}

// requireSolvedOnce checks that the ordinary account has added the record of every challenge once and removed it once, by a
// request each, beside those that REG.API refused. There is a challenge for each of so many names, at least.
func (c tenant) requireSolvedOnce(t *testing.T, names, refusals int) {
	t.Helper()
	harness.Eventually(t, issueTimeout, "every challenge of "+c.namespace+" is solved once", func() error {
		found, refused := tally(c.writes())
		if want := max(names, c.presentedChallenges(t)); len(found) != want || refused != refusals {
			return fmt.Errorf("%d challenges and %d refusals, want %d and %d", len(found), refused, want, refusals)
		}
		return onceEach(found)
	})
	c.logCost(t)
}

func onceEach(challenges map[string]solved) error {
	for key, outcome := range challenges {
		if outcome != (solved{added: 1, removed: 1}) {
			return fmt.Errorf("%s: %+v, want once each", key, outcome)
		}
	}
	return nil
}

// logCost shows what the tenant's certificates have cost.
func (c tenant) logCost(t *testing.T) {
	t.Helper()
	t.Logf("%d challenges: %d requests, of them %d writes", c.presentedChallenges(t), len(c.requests()), len(c.writes()))
}
