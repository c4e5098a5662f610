package plugin

import (
	"archive/zip"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/transport/spdy"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// maxLog bounds what is taken of each log, in bytes.
const maxLog = 4 << 20

type reporting struct {
	in    where
	file  string
	plain bool
	// metricsAs is the ServiceAccount that may read the metrics, as namespace/name.
	metricsAs string
}

func newReport(s *session) *cobra.Command {
	r := reporting{}
	command := &cobra.Command{
		Use:   "report",
		Short: "Write a ZIP for whoever is to help: versions, objects, events, logs, metrics",
		Long: `Write a ZIP with the versions, the objects with their status, their events, the log and the metrics of each of the operator's pods. Domains, addresses
and mail addresses are replaced, the same by the same, unless --plain says otherwise; Secrets are not read at all. What could not be had is listed in it.`,
		Example: "  kubectl regapi report -A -f report.zip",
		Args:    cobra.NoArgs,
		RunE:    func(command *cobra.Command, _ []string) error { return s.report(command.Context(), r) },
	}
	r.in.addFlags(command.Flags())
	command.Flags().StringVarP(&r.file, "filename", "f", "", "file to write; regapi-report-TIME.zip by default")
	command.Flags().BoolVar(&r.plain, "plain", false, "replace nothing")
	command.Flags().StringVar(&r.metricsAs, "metrics-as", "", "ServiceAccount that may read the metrics, as namespace/name: that of Prometheus, say; needed where they are served by TLS")
	return command
}

// reportFile is one file of a report.
type reportFile struct{ name, text string }

func (s *session) report(ctx context.Context, r reporting) error {
	defer s.waiting("Gathering")()
	kube, err := s.cluster()
	if err != nil {
		return err
	}
	options, err := r.in.options(s)
	if err != nil {
		return err
	}
	v, err := yaml.Marshal(ownVersions())
	if err != nil {
		return err
	}
	files := []reportFile{{"versions.yaml", string(v)}}
	missing := []string{}
	objects, domains, failed := s.reportObjects(ctx, kube, options)
	files, missing = append(files, objects...), append(missing, failed...)
	pods, failed := s.reportPods(ctx, kube, r.metricsAs)
	files, missing = append(files, pods...), append(missing, failed...)
	files = append(files, reportFile{"missing.txt", strings.Join(missing, "\n")})
	if !r.plain {
		hide := newMask(domains)
		for i := range files {
			files[i].text = hide.apply(files[i].text)
		}
	}
	name := cmp.Or(r.file, "regapi-report-"+s.Now().UTC().Format("20060102-150405")+".zip")
	if err := writeZIP(name, files, s.Now()); err != nil {
		return exit.With(exit.Usage, err)
	}
	fmt.Fprintf(s.Out, "%s: %d files, %d things could not be had\n", name, len(files), len(missing))
	return nil
}

// reportObjects gives the objects of our kinds and their events, and the domains that they name.
func (s *session) reportObjects(ctx context.Context, kube client.Reader, options []client.ListOption) (files []reportFile, domains, missing []string) {
	for _, k := range kinds {
		list, where := k.list(), options
		if k.name == "order" {
			where = []client.ListOption{client.InNamespace(s.operatorNamespace)}
		}
		if err := kube.List(ctx, list, where...); err != nil {
			missing = append(missing, fmt.Sprintf("%ss: %v", k.name, err))
			continue
		}
		for _, o := range itemsOf(list) {
			if k.name != "folder" {
				domains = append(domains, subjectOf(o))
			}
			o.SetManagedFields(nil)
		}
		text, err := yaml.Marshal(list)
		if err != nil {
			missing = append(missing, fmt.Sprintf("%ss: %v", k.name, err))
			continue
		}
		files = append(files, reportFile{"objects/" + k.name + "s.yaml", string(text)})
	}
	var events corev1.EventList
	if err := kube.List(ctx, &events, options...); err != nil {
		return files, domains, append(missing, fmt.Sprintf("events: %v", err))
	}
	var lines strings.Builder
	for _, e := range events.Items {
		if strings.HasPrefix(e.InvolvedObject.APIVersion, "regapi.io/") {
			fmt.Fprintf(&lines, "%s %s %s/%s %s %s\n", cmp.Or(e.LastTimestamp.Time, e.EventTime.Time).UTC().Format(time.RFC3339), e.InvolvedObject.Kind, e.Namespace, e.InvolvedObject.Name, e.Reason, e.Message)
		}
	}
	return append(files, reportFile{"events.txt", lines.String()}), domains, missing
}

// reportPods gives the logs and metrics of the operator's pods.
func (s *session) reportPods(ctx context.Context, kube client.Reader, metricsAs string) (files []reportFile, missing []string) {
	var pods corev1.PodList
	if err := kube.List(ctx, &pods, client.InNamespace(s.operatorNamespace), client.MatchingLabels{"app.kubernetes.io/name": "regapi-operator"}); err != nil {
		return nil, []string{fmt.Sprintf("pods: %v", err)}
	}
	config, err := s.restConfig()
	if err != nil {
		return nil, []string{err.Error()}
	}
	typed, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, []string{err.Error()}
	}
	bytes := int64(maxLog)
	for _, pod := range pods.Items {
		log, err := typed.CoreV1().Pods(pod.Namespace).GetLogs(pod.Name, &corev1.PodLogOptions{LimitBytes: &bytes}).DoRaw(ctx)
		if err != nil {
			missing = append(missing, fmt.Sprintf("log of %s: %v", pod.Name, err))
		} else {
			files = append(files, reportFile{"logs/" + pod.Name + ".txt", string(log)})
		}
		metrics, err := metricsOf(ctx, config, typed, pod, metricsAs)
		if err != nil {
			missing = append(missing, fmt.Sprintf("metrics of %s: %v", pod.Name, err))
		} else {
			files = append(files, reportFile{"metrics/" + pod.Name + ".txt", string(metrics)})
		}
	}
	return files, missing
}

// metricsOf asks a pod for its metrics through the API server, which keeps our token to itself: so where they are served by TLS, to who may read
// them, it asks as the ServiceAccount that was named, by a connection of its own to the pod.
func metricsOf(ctx context.Context, config *rest.Config, typed kubernetes.Interface, pod corev1.Pod, as string) ([]byte, error) {
	ask := func(scheme string) ([]byte, error) {
		return typed.CoreV1().RESTClient().Get().Namespace(pod.Namespace).Resource("pods").Name(scheme + pod.Name + ":8080").SubResource("proxy").Suffix("metrics").DoRaw(ctx)
	}
	metrics, err := ask("https:")
	if err == nil || !apierrors.IsUnauthorized(err) {
		if err != nil {
			return ask("") // as with --metrics-secure=false
		}
		return metrics, nil
	}
	namespace, name, named := strings.Cut(as, "/")
	if !named {
		return nil, errors.New("they are for who may read them: name the ServiceAccount of Prometheus by --metrics-as namespace/name, or add them from Prometheus")
	}
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: ptr.To(int64(tokenLife / time.Second))}}
	token, err := typed.CoreV1().ServiceAccounts(namespace).CreateToken(ctx, name, request, metav1.CreateOptions{})
	if err != nil {
		return nil, fmt.Errorf("make a token of the ServiceAccount %s: %w", as, err)
	}
	authority, err := typed.CoreV1().ConfigMaps(pod.Namespace).Get(ctx, "regapi-operator-ca", metav1.GetOptions{})
	if err != nil {
		return nil, fmt.Errorf("read whom to trust: %w", err)
	}
	address, end, err := forward(ctx, config, typed, pod)
	if err != nil {
		return nil, fmt.Errorf("connect to the pod: %w", err)
	}
	defer end()
	return readMetrics(ctx, address, serverName(pod), []byte(authority.Data["ca.crt"]), token.Status.Token)
}

// tokenLife is as short as the API server allows.
const tokenLife = 10 * time.Minute

// serverName is what the certificate of a pod is for.
func serverName(pod corev1.Pod) string {
	service := "regapi-operator"
	for _, container := range pod.Spec.Containers {
		for _, variable := range container.Env {
			if variable.Name == "SERVICE_NAME" {
				service = variable.Value
			}
		}
	}
	return service + "." + pod.Namespace + ".svc"
}

// forward has the API server pass connections on to the metrics of a pod, until end is called.
func forward(ctx context.Context, config *rest.Config, typed kubernetes.Interface, pod corev1.Pod) (address string, end func(), err error) {
	transport, upgrader, err := spdy.RoundTripperFor(config)
	if err != nil {
		return "", nil, err
	}
	to := typed.CoreV1().RESTClient().Post().Namespace(pod.Namespace).Resource("pods").Name(pod.Name).SubResource("portforward").URL()
	dialer := spdy.NewDialer(upgrader, &http.Client{Transport: transport}, http.MethodPost, to)
	stop, ready, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	forwarder, err := portforward.NewOnAddresses(dialer, []string{"127.0.0.1"}, []string{"0:8080"}, stop, ready, io.Discard, io.Discard)
	if err != nil {
		return "", nil, err
	}
	var failure error // once it has ended
	go func() {
		defer close(ended)
		failure = forwarder.ForwardPorts()
	}()
	select {
	case <-ended:
		return "", nil, failure
	case <-ctx.Done():
		close(stop)
		return "", nil, ctx.Err()
	case <-ready:
	}
	ports, err := forwarder.GetPorts()
	end = func() {
		close(stop)
		<-ended
	}
	if err != nil {
		end()
		return "", nil, err
	}
	return fmt.Sprintf("127.0.0.1:%d", ports[0].Local), end, nil
}

// readMetrics asks for metrics with a token, of who has a certificate of the authority for the name.
func readMetrics(ctx context.Context, address, name string, authority []byte, token string) ([]byte, error) {
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(authority)
	transport := &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: trusted, ServerName: name}}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+address+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the pod answers %s: the ServiceAccount may not read them; bind the ClusterRole regapi-metrics-reader to it", response.Status)
	}
	return io.ReadAll(io.LimitReader(response.Body, maxLog))
}

// writeZIP writes the files, and leaves nothing half written under the name.
func writeZIP(name string, files []reportFile, at time.Time) error {
	out, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	archive := zip.NewWriter(out)
	for _, file := range files {
		into, err := archive.CreateHeader(&zip.FileHeader{Name: file.name, Method: zip.Deflate, Modified: at})
		if err == nil {
			_, err = io.WriteString(into, file.text)
		}
		if err != nil {
			out.Close()
			return err
		}
	}
	if err := archive.Close(); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

// mask replaces what a report should not tell, the same by the same.
type mask struct {
	domains []string
	known   map[string]string
}

func newMask(domains []string) *mask {
	m := &mask{known: map[string]string{}}
	for _, domain := range domains {
		if domain != "" && !slices.Contains(m.domains, domain) {
			m.domains = append(m.domains, domain)
			if ascii := asciiOf(domain); ascii != domain {
				m.domains = append(m.domains, ascii)
			}
		}
	}
	// The longest first, so that none is replaced within another; objects are named after them with hyphens.
	slices.SortFunc(m.domains, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	return m
}

var (
	mailAddress = regexp.MustCompile(`[\w.+-]+@[\w-]+(?:\.[\w-]+)+`)
	ipAddress   = regexp.MustCompile(`\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9a-fA-F]{1,4}:){2,7}:[0-9a-fA-F:]*|\b(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{1,4}\b`)
)

func (m *mask) apply(text string) string {
	text = mailAddress.ReplaceAllStringFunc(text, func(found string) string { return m.standIn(found, "mail-%d@example.invalid") })
	for _, domain := range m.domains {
		name := m.standIn(domain, "domain-%d.invalid")
		text = strings.ReplaceAll(text, domain, name)
		text = strings.ReplaceAll(text, strings.ReplaceAll(domain, ".", "-"), strings.ReplaceAll(name, ".", "-"))
	}
	return ipAddress.ReplaceAllStringFunc(text, func(found string) string { return m.standIn(found, "address-%d") })
}

// standIn gives what stands for something.
func (m *mask) standIn(found, form string) string {
	if m.known[found] == "" {
		m.known[found] = fmt.Sprintf(form, len(m.known)+1)
	}
	return m.known[found]
}

// asciiOf gives a domain in punycode, or as it is where it has none.
func asciiOf(domain string) string {
	ascii, err := zone.CanonicalDomain(domain)
	if err != nil {
		return domain
	}
	return ascii
}
