package door

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/batch"
	wire "github.com/regapi-io/regapi-operator/internal/door"
)

// plannable is a kind of which there are plans.
type plannable struct {
	resource string
	one      func() client.Object
	// spec points to that of an object, and subject is what its spec is about and cannot be changed to; "" where it can.
	spec    func(client.Object) any
	subject func(client.Object) string
}

var plannables = []plannable{
	{
		wire.Domains, func() client.Object { return &v1alpha1.Domain{} },
		func(o client.Object) any { return &o.(*v1alpha1.Domain).Spec }, func(o client.Object) string { return string(o.(*v1alpha1.Domain).Spec.DomainName) },
	},
	{
		wire.DNSZones, func() client.Object { return &v1alpha1.DNSZone{} },
		func(o client.Object) any { return &o.(*v1alpha1.DNSZone).Spec }, func(o client.Object) string { return string(o.(*v1alpha1.DNSZone).Spec.DomainName) },
	},
	{
		wire.Folders, func() client.Object { return &v1alpha1.Folder{} },
		func(o client.Object) any { return &o.(*v1alpha1.Folder).Spec }, func(client.Object) string { return "" },
	},
}

// plan tells what would change for an object of a kind: for the one that is there, or for one that has another spec.
func (s *Server) plan(kind plannable) func(context.Context, call) (any, error) {
	return func(ctx context.Context, c call) (any, error) {
		var asked wire.PlanRequest
		if err := c.body(&asked); err != nil {
			return nil, err
		}
		object := kind.one()
		err := s.settings.Reader.Get(ctx, c.key, object)
		missing := apierrors.IsNotFound(err)
		if missing && len(asked.Spec) > 0 {
			object.SetNamespace(c.key.Namespace)
			object.SetName(c.key.Name)
			object.SetCreationTimestamp(metav1.NewTime(time.Now())) // Whatever is there is older.
		} else if err != nil {
			return nil, err
		}
		if len(asked.Spec) > 0 {
			if err := kind.respecify(object, asked.Spec, missing); err != nil {
				return nil, err
			}
		}
		if asked.Many {
			ctx = batch.InBulk(ctx)
		}
		return s.settings.Plan(ctx, object)
	}
}

// respecify gives an object another spec, as the API server of Kubernetes would.
func (k plannable) respecify(object client.Object, spec json.RawMessage, isNew bool) error {
	given := k.one()
	decoder := json.NewDecoder(bytes.NewReader(spec))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(k.spec(given)); err != nil {
		return apierrors.NewBadRequest("spec: " + err.Error())
	}
	setDefaults(given)
	if !isNew && k.subject(object) != k.subject(given) {
		return apierrors.NewBadRequest("spec.domainName: the object is for " + k.subject(object) + ", which cannot change: delete it, or give this one another name")
	}
	before, after := reflect.ValueOf(k.spec(object)).Elem(), reflect.ValueOf(k.spec(given)).Elem()
	if !reflect.DeepEqual(before.Interface(), after.Interface()) {
		before.Set(after)
		object.SetGeneration(object.GetGeneration() + 1)
	}
	return nil
}
