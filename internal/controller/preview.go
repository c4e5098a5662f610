package controller

import (
	"context"
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/dnszone"
	"github.com/regapi-io/regapi-operator/internal/controller/domain"
	"github.com/regapi-io/regapi-operator/internal/controller/folder"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// Previews gives what plans a Domain, DNSZone or Folder without carrying the plan out, as its controller would. Whatever code a plan goes through can
// write neither to Kubernetes, for want of a client that does, nor to the registrar, by traffic.OnlyReading.
func Previews(mgr ctrl.Manager, d Dependencies) (func(context.Context, client.Object) (door.PlanAnswer, error), error) {
	desk, err := newDesk(mgr, d)
	if err != nil {
		return nil, err
	}
	if desk != nil {
		desk.Live = looking{desk.Live}
	}
	reader := looking{mgr.GetClient()}
	zones := &dnszone.Reconciler{Writer: status.Writer{Client: reader, Events: silence{}}, Directory: d.Directory, Editor: d.Editor, Provenance: d.Provenance}
	domains := &domain.Planner{Client: reader, Directory: d.Directory, Desk: desk}
	folders := &folder.Planner{Client: reader, Directory: d.Directory}
	return func(ctx context.Context, object client.Object) (door.PlanAnswer, error) {
		ctx = traffic.WithPriority(ctx, traffic.Background) // Whoever only looks must not spend what changes need.
		switch object := object.(type) {
		case *v1alpha1.DNSZone:
			return zones.Preview(ctx, object)
		case *v1alpha1.Domain:
			return domains.Plan(ctx, object)
		case *v1alpha1.Folder:
			return folders.Plan(ctx, object)
		default:
			return door.PlanAnswer{}, fmt.Errorf("nothing plans a %T", object)
		}
	}, nil
}

// errLooking is the answer to whoever would write in a plan.
var errLooking = errors.New("a plan writes nothing: this is a mistake of the operator, which its developers want to know")

// looking is a client that reads.
type looking struct{ client.Client }

func (looking) Create(context.Context, client.Object, ...client.CreateOption) error {
	return errLooking
}
func (looking) Update(context.Context, client.Object, ...client.UpdateOption) error {
	return errLooking
}
func (looking) Delete(context.Context, client.Object, ...client.DeleteOption) error {
	return errLooking
}

func (looking) Patch(context.Context, client.Object, client.Patch, ...client.PatchOption) error {
	return errLooking
}

func (looking) Apply(context.Context, runtime.ApplyConfiguration, ...client.ApplyOption) error {
	return errLooking
}

func (looking) DeleteAllOf(context.Context, client.Object, ...client.DeleteAllOfOption) error {
	return errLooking
}

func (looking) Status() client.SubResourceWriter { return lookingBelow{} }

func (looking) SubResource(string) client.SubResourceClient { return lookingBelow{} }

// lookingBelow is looking at a subresource, which no plan reads.
type lookingBelow struct{}

func (lookingBelow) Get(context.Context, client.Object, client.Object, ...client.SubResourceGetOption) error {
	return errLooking
}

func (lookingBelow) Create(context.Context, client.Object, client.Object, ...client.SubResourceCreateOption) error {
	return errLooking
}

func (lookingBelow) Update(context.Context, client.Object, ...client.SubResourceUpdateOption) error {
	return errLooking
}

func (lookingBelow) Patch(context.Context, client.Object, client.Patch, ...client.SubResourcePatchOption) error {
	return errLooking
}

func (lookingBelow) Apply(context.Context, runtime.ApplyConfiguration, ...client.SubResourceApplyOption) error {
	return errLooking
}

// silence tells no events.
type silence struct{ events.EventRecorder }

func (silence) Eventf(runtime.Object, runtime.Object, string, string, string, string, ...any) {}
