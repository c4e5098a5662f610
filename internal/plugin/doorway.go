package plugin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/holdings"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
)

// doorway asks through the operator.
type doorway struct{ api rest.Interface }

func (s *session) doorway() (*doorway, error) {
	config, err := s.restConfig()
	if err != nil {
		return nil, err
	}
	config.QPS, config.Burst = 200, 2*plansAtOnce // The operator has its own budget to keep.
	asked, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, err
	}
	return &doorway{asked.RESTClient()}, nil
}

// get asks a verb of an Account that reads.
func (d *doorway) get(ctx context.Context, of types.NamespacedName, verb string, query url.Values, into any) error {
	request := d.api.Get().AbsPath(door.Path(of.Namespace, door.Accounts, of.Name, verb))
	for name := range query {
		request = request.Param(name, query.Get(name))
	}
	text, err := request.DoRaw(ctx)
	return read(text, err, into)
}

// post asks a verb of an object that does something.
func (d *doorway) post(ctx context.Context, of types.NamespacedName, resource, verb string, body, into any) error {
	sent, err := json.Marshal(body)
	if err != nil {
		return err
	}
	text, err := d.api.Post().AbsPath(door.Path(of.Namespace, resource, of.Name, verb)).SetHeader("Content-Type", "application/json").Body(sent).DoRaw(ctx)
	return read(text, err, into)
}

func read(text []byte, err error, into any) error {
	if err != nil {
		return explainDoor(statusIn(text, err))
	}
	return json.Unmarshal(text, into)
}

// statusIn gives the Status that an answer holds: the client's own error knows the code alone.
func statusIn(text []byte, err error) error {
	var status metav1.Status
	if json.Unmarshal(text, &status) != nil || status.Kind != "Status" || status.Message == "" {
		return err
	}
	return &apierrors.StatusError{ErrStatus: status}
}

// explainDoor tells what REG.API refused from what the cluster refuses, and an operator that serves no door.
func explainDoor(err error) error {
	var answered apierrors.APIStatus
	if !errors.As(err, &answered) {
		return err
	}
	status := answered.Status()
	switch {
	case status.Reason == door.ReasonRegistrar:
		return exit.With(exit.Registrar, errors.New(status.Message))
	case status.Reason == v1alpha1.ReasonAccountNotFound:
		return exit.With(exit.Usage, errors.New(status.Message))
	case status.Code == http.StatusConflict:
		return exit.With(exit.Registrar, fmt.Errorf("the Account cannot be used: %s", status.Message))
	case apierrors.IsForbidden(err):
		return err
	case apierrors.IsServiceUnavailable(err), apierrors.IsNotFound(err) && status.Details != nil && status.Details.Group == "" && status.Details.Kind == "":
		return exit.With(exit.Cluster, fmt.Errorf("the operator serves no door for the plugin: add the component config/plugin (docs/plugin.md), or use --direct where there is that flag (%w)", err))
	default:
		return err
	}
}

// throughOperator tells what an Account holds by way of the operator.
type throughOperator struct {
	door *doorway
	of   types.NamespacedName
}

func (t throughOperator) holdings(ctx context.Context, records bool) (held holdings.Holdings, err error) {
	err = t.door.get(ctx, t.of, door.Inventory, url.Values{"records": {fmt.Sprint(records)}}, &held)
	return held, err
}

func (t throughOperator) folders(ctx context.Context, namespace string, ref v1alpha1.AccountReference) ([]v1alpha1.Folder, error) {
	var held door.FolderList
	if err := t.door.get(ctx, t.of, door.Inventory, url.Values{"folders": {"true"}}, &held); err != nil {
		return nil, err
	}
	for i := range held.Folders {
		held.Folders[i].Namespace, held.Folders[i].Spec.AccountRef = namespace, ref
	}
	return held.Folders, nil
}
