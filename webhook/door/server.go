package door

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	wire "github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/journal"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

const (
	// answerWithin bounds every answer: the API server of Kubernetes gives up after 34 s.
	answerWithin = 25 * time.Second
	// maxBody bounds what is read of a request: a spec is bounded by the API server alike.
	maxBody = 3 << 20
)

// Settings of a Server; all are required.
type Settings struct {
	// Reader of Accounts, Domains, DNSZones, Folders and Namespaces; a cache.
	Reader client.Reader
	// Directory is that of the whole process.
	Directory *account.Directory
	// Journal of the requests.
	Journal *journal.Journal
	// Plan gives the plan of a Domain, DNSZone or Folder, which need not exist, and changes nothing.
	Plan func(ctx context.Context, object client.Object) (wire.PlanAnswer, error)
	// Changed is told of domains that were read anew.
	Changed func(account types.NamespacedName, domain string)
}

// Server answers the plugin. Who calls, and that he may, is known before it is asked.
type Server struct{ settings Settings }

// New gives a server.
func New(settings Settings) *Server { return &Server{settings} }

// call is one request.
type call struct {
	*http.Request
	key types.NamespacedName
}

// body reads what was posted.
func (c call) body(into any) error {
	decoder := json.NewDecoder(http.MaxBytesReader(nil, c.Body, maxBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return apierrors.NewBadRequest("the body cannot be read: " + err.Error())
	}
	return nil
}

// verbs by method, resource and subresource.
func (s *Server) verbs() map[string]func(context.Context, call) (any, error) {
	verbs := map[string]func(context.Context, call) (any, error){
		"GET " + wire.Accounts + "/" + wire.Inventory: s.inventory,
		"GET " + wire.Accounts + "/" + wire.Journal:   s.journal,
		"POST " + wire.Accounts + "/" + wire.Refresh:  s.refresh,
		"POST " + wire.Accounts + "/" + wire.RawRead:  s.raw(wire.RawRead),
		"POST " + wire.Accounts + "/" + wire.RawWrite: s.raw(wire.RawWrite),
	}
	for _, kind := range plannables {
		verbs["POST "+kind.resource+"/"+wire.Plan] = s.plan(kind)
	}
	return verbs
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.TrimSuffix(r.URL.Path, "/") == wire.Prefix {
		write(w, http.StatusOK, resources())
		return
	}
	// namespaces/NAMESPACE/RESOURCE/NAME/VERB
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, wire.Prefix+"/"), "/")
	if len(parts) != 5 || parts[0] != "namespaces" {
		fail(w, r, apierrors.NewGenericServerResponse(http.StatusNotFound, r.Method, v1alpha1.GroupVersion.WithResource("").GroupResource(), "", "there is no such path", 0, true))
		return
	}
	verb, known := s.verbs()[r.Method+" "+parts[2]+"/"+parts[4]]
	if !known {
		fail(w, r, apierrors.NewMethodNotSupported(v1alpha1.GroupVersion.WithResource(parts[2]+"/"+parts[4]).GroupResource(), r.Method))
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), answerWithin)
	defer cancel()
	ctx = traffic.WithAskers(traffic.WithPriority(ctx, traffic.Change), traffic.ByPerson)
	answer, err := verb(ctx, call{Request: r, key: types.NamespacedName{Namespace: parts[1], Name: parts[3]}})
	if err != nil {
		fail(w, r, err)
		return
	}
	write(w, http.StatusOK, answer)
}

// connection gives that of the Account that a call is about. An Account may always be used from its own namespace.
func (s *Server) connection(ctx context.Context, c call) (*account.Connection, error) {
	return s.settings.Directory.Resolve(ctx, s.settings.Reader, c.key.Namespace, v1alpha1.AccountReference{Name: c.key.Name})
}

// resources is what discovery says of the API.
func resources() metav1.APIResourceList {
	list := metav1.APIResourceList{TypeMeta: metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"}, GroupVersion: wire.Group + "/" + wire.Version}
	for _, r := range []struct{ name, kind, verb string }{
		{wire.Accounts + "/" + wire.Inventory, "Holdings", "get"}, {wire.Accounts + "/" + wire.Journal, "Page", "get"},
		{wire.Accounts + "/" + wire.Refresh, "RefreshRequest", "create"}, {wire.Accounts + "/" + wire.RawRead, "Call", "create"},
		{wire.Accounts + "/" + wire.RawWrite, "Call", "create"}, {wire.Domains + "/" + wire.Plan, "PlanRequest", "create"},
		{wire.DNSZones + "/" + wire.Plan, "PlanRequest", "create"}, {wire.Folders + "/" + wire.Plan, "PlanRequest", "create"},
	} {
		list.APIResources = append(list.APIResources, metav1.APIResource{Name: r.name, Kind: r.kind, Namespaced: true, Verbs: metav1.Verbs{r.verb}})
	}
	return list
}

func write(w http.ResponseWriter, code int, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		code, text = http.StatusInternalServerError, []byte(`{"kind":"Status","apiVersion":"v1","status":"Failure","message":"the answer cannot be written"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = w.Write(text) // Who has left is not told.
}

// fail answers with a Status, as the API server of Kubernetes does.
func fail(w http.ResponseWriter, r *http.Request, err error) {
	status := statusOf(err)
	if status.Code >= http.StatusInternalServerError {
		log.FromContext(r.Context()).Error(err, "The plugin's door has failed", "path", r.URL.Path)
	}
	write(w, int(status.Code), status)
}

func statusOf(err error) metav1.Status {
	status := metav1.Status{
		TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: metav1.StatusFailure, Message: err.Error(),
		Code: http.StatusInternalServerError, Reason: metav1.StatusReasonInternalError,
	}
	var told apierrors.APIStatus
	ofKubernetes := errors.As(err, &told)
	_, refused := errors.AsType[*regapi.Error](err)
	_, unusable := errors.AsType[*regapi.TransportError](err)
	_, throttled := errors.AsType[*traffic.ThrottledError](err)
	_, readOnly := errors.AsType[*traffic.ReadOnlyError](err)
	_, tooLate := errors.AsType[*traffic.TooLateError](err)
	_, elsewhere := errors.AsType[*traffic.NotLeadingError](err)
	unavailable, isUnavailable := errors.AsType[*account.Unavailable](err)
	switch {
	case ofKubernetes:
		status = told.Status()
		status.TypeMeta = metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}
	case errors.Is(err, context.DeadlineExceeded), tooLate:
		status.Code, status.Reason = http.StatusGatewayTimeout, metav1.StatusReasonTimeout
		status.Message = fmt.Sprintf("REG.API, or the turn for it, takes longer than %s: ask again", answerWithin)
	case elsewhere:
		status.Code, status.Reason = http.StatusServiceUnavailable, metav1.StatusReasonServiceUnavailable
	case refused || unusable || throttled || readOnly:
		status.Code, status.Reason = http.StatusFailedDependency, wire.ReasonRegistrar
		if remedy := regapi.Remedy(err); remedy != "" {
			status.Message += ": " + remedy
		}
	case isUnavailable:
		status.Code, status.Reason = http.StatusConflict, metav1.StatusReason(unavailable.ConditionReason())
	}
	return status
}
