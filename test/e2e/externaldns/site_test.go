package externaldns

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/idna"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	apisv1alpha1 "sigs.k8s.io/external-dns/apis/v1alpha1"
	"sigs.k8s.io/external-dns/endpoint"
	"sigs.k8s.io/yaml"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/test/e2e/harness"
)

// syncTimeout is how long a few syncs of external-dns may take, which begin a second or two after each other.
const syncTimeout = 4 * time.Minute

// foreign is a record of somebody else's, which every zone begins with.
var foreign = regapitest.Record{Name: "somebody-elses", Type: "A", Content: "192.0.2.200"}

// site is a zone with an account and a namespace of its own, and the external-dns that serves them.
type site struct {
	*world
	namespace, domain string
	program           *harness.Process
	metrics           string
}

// chartValues are those of the official chart that concern names, as the values file that users get has them.
type chartValues struct {
	TXTPrefix string            `json:"txtPrefix"`
	ExtraArgs map[string]string `json:"extraArgs"`
}

func readValues(t *testing.T) (values chartValues) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(harness.Repository(t), "config", "external-dns", "values-sidecar.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &values); err != nil {
		t.Fatal(err)
	}
	return values
}

// newSite makes a zone for a domain and starts an external-dns for it. Flags override the usual ones.
func (w *world) newSite(t *testing.T, domain string, flags ...string) *site {
	t.Helper()
	return w.newSiteOf(t, domain, func(*regapitest.Account) {}, flags...)
}

// newSiteOf is newSite with an account that is changed before it is used.
func (w *world) newSiteOf(t *testing.T, domain string, change func(*regapitest.Account), flags ...string) *site {
	t.Helper()
	s := &site{world: w, namespace: w.plane.NewNamespace(t, "site"), domain: domain}
	w.plane.AddAccount(t, w.api, w.endpoint, s.namespace, change)
	w.plane.AddZone(t, w.api, s.namespace, domain, optIn, foreign)
	s.start(t, flags...)
	return s
}

func optIn(zone *v1alpha1.DNSZone) { zone.Spec.ExternalDNS = v1alpha1.ExternalDNSEnabled }

// start starts external-dns as docs/external-dns.md has it, but with a sync every second.
func (s *site) start(t *testing.T, flags ...string) {
	t.Helper()
	values, address := readValues(t), harness.FreeAddress(t)
	s.metrics = "http://" + address + "/metrics"
	arguments := override([]string{
		"--provider=webhook", "--webhook-provider-url=" + s.provider,
		"--registry=txt", "--txt-owner-id=" + s.namespace, "--policy=sync",
		"--txt-prefix=" + values.TXTPrefix, "--txt-wildcard-replacement=" + values.ExtraArgs["txt-wildcard-replacement"],
		"--domain-filter=" + s.domain,
		"--source=ingress", "--source=service", "--source=crd", "--namespace=" + s.namespace,
		"--kubeconfig=" + s.plane.Kubeconfig, "--metrics-address=" + address, "--interval=1s",
	}, flags)
	for _, recordType := range []string{"A", "AAAA", "CNAME", "TXT", "MX", "SRV", "NS"} {
		arguments = append(arguments, "--managed-record-types="+recordType)
	}
	s.program = harness.Start(t, "external-dns", harness.Binary(t, "external-dns"), arguments...)
	s.program.Serves(t, s.metrics)
}

// override adds flags, and drops those of the same name, since external-dns takes no flag twice.
func override(usual, flags []string) []string {
	return append(slices.DeleteFunc(usual, func(one string) bool {
		name, _, _ := strings.Cut(one, "=")
		return slices.ContainsFunc(flags, func(flag string) bool { return strings.HasPrefix(flag, name+"=") })
	}), flags...)
}

// name completes a name within the zone; "" is the zone itself.
func (s *site) name(within string) string {
	if within == "" {
		return s.domain
	}
	return within + "." + s.domain
}

// resolves waits until the name server has exactly this for a name within the zone.
func (s *site) resolves(t *testing.T, within, recordType string, data ...string) {
	t.Helper()
	harness.Resolves(t, s.api.DNSAddr(), s.name(within), recordType, data...)
	s.program.RequireAlive(t)
}

func (s *site) metric(t *testing.T, name string) float64 {
	t.Helper()
	return harness.Metric(t, s.metrics, name)
}

// idleSyncs waits for so many further syncs that find nothing to do.
func (s *site) idleSyncs(t *testing.T, count float64) {
	t.Helper()
	const idle = "external_dns_controller_no_op_runs_total"
	before := s.metric(t, idle)
	harness.Eventually(t, syncTimeout, fmt.Sprintf("%g further syncs find nothing to do", count), func() error {
		s.program.RequireAlive(t)
		if done := s.metric(t, idle) - before; done < count {
			return fmt.Errorf("there were %g", done)
		}
		return nil
	})
}

// settles checks that once external-dns finds nothing to do, it stays so for five further syncs, and nothing is written.
func (s *site) settles(t *testing.T) {
	t.Helper()
	const applied = "external_dns_webhook_provider_applychanges_requests_total"
	s.idleSyncs(t, 1)
	orders, writes := s.metric(t, applied), s.writes()
	s.idleSyncs(t, 5)
	if again := s.metric(t, applied) - orders; again != 0 {
		t.Errorf("external-dns asked for changes %g times while nothing had changed", again)
	}
	if now := s.writes(); len(now) != len(writes) {
		t.Errorf("five syncs wrote %+v", now[len(writes):])
	}
}

// writes are the requests of the site's account that change something.
func (s *site) writes() []regapitest.Entry {
	return s.api.Journal(regapitest.OfAccount(s.namespace), regapitest.Writes())
}

func (s *site) place(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: s.namespace, Name: name}
}

// addIngress creates an Ingress for names within the zone, with what its controller tells of itself.
func (s *site) addIngress(t *testing.T, name string, addresses []string, within ...string) *networkingv1.Ingress {
	t.Helper()
	ingress := &networkingv1.Ingress{ObjectMeta: s.place(name)}
	ingress.Spec.DefaultBackend = &networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{
		Name: "web", Port: networkingv1.ServiceBackendPort{Number: 80},
	}}
	for _, host := range within {
		ingress.Spec.Rules = append(ingress.Spec.Rules, networkingv1.IngressRule{Host: punycode(t, s.name(host))})
	}
	s.plane.Make(t, ingress)
	s.moveIngress(t, ingress, addresses...)
	return ingress
}

func punycode(t *testing.T, name string) string {
	t.Helper()
	ascii, err := idna.ToASCII(name)
	if err != nil {
		t.Fatal(err)
	}
	return ascii
}

// moveIngress changes the addresses of an Ingress.
func (s *site) moveIngress(t *testing.T, ingress *networkingv1.Ingress, addresses ...string) {
	t.Helper()
	ingress.Status.LoadBalancer.Ingress = nil
	for _, address := range addresses {
		ingress.Status.LoadBalancer.Ingress = append(ingress.Status.LoadBalancer.Ingress, networkingv1.IngressLoadBalancerIngress{IP: address})
	}
	if err := s.plane.Status().Update(t.Context(), ingress); err != nil {
		t.Fatal(err)
	}
}

// addService creates a Service of type LoadBalancer for a complete host name.
func (s *site) addService(t *testing.T, name, host string, addresses ...string) *corev1.Service {
	t.Helper()
	service := &corev1.Service{ObjectMeta: s.place(name), Spec: corev1.ServiceSpec{
		Type: corev1.ServiceTypeLoadBalancer, Ports: []corev1.ServicePort{{Port: 80}},
	}}
	service.Annotations = map[string]string{"external-dns.kubernetes.io/hostname": host}
	s.plane.Make(t, service)
	for _, address := range addresses {
		service.Status.LoadBalancer.Ingress = append(service.Status.LoadBalancer.Ingress, corev1.LoadBalancerIngress{IP: address})
	}
	if err := s.plane.Status().Update(t.Context(), service); err != nil {
		t.Fatal(err)
	}
	return service
}

// addEndpoints creates a DNSEndpoint.
func (s *site) addEndpoints(t *testing.T, name string, endpoints ...*endpoint.Endpoint) *apisv1alpha1.DNSEndpoint {
	t.Helper()
	object := &apisv1alpha1.DNSEndpoint{ObjectMeta: s.place(name), Spec: apisv1alpha1.DNSEndpointSpec{Endpoints: endpoints}}
	s.plane.Make(t, object)
	return object
}

// changeEndpoints gives a DNSEndpoint other endpoints. external-dns writes its status, so the newest version is changed.
func (s *site) changeEndpoints(t *testing.T, name string, endpoints ...*endpoint.Endpoint) {
	t.Helper()
	harness.Eventually(t, syncTimeout, "the DNSEndpoint is changed", func() error {
		object := &apisv1alpha1.DNSEndpoint{ObjectMeta: s.place(name)}
		if err := s.plane.Get(t.Context(), keyOf(object), object); err != nil {
			return err
		}
		object.Spec.Endpoints = endpoints
		return s.plane.Update(t.Context(), object)
	})
}

// record describes an endpoint of a name within the zone.
func (s *site) record(within, recordType string, targets ...string) *endpoint.Endpoint {
	return &endpoint.Endpoint{DNSName: s.name(within), RecordType: recordType, Targets: targets}
}
