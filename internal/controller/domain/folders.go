package domain

import (
	"context"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/waking"
	"github.com/regapi-io/regapi-operator/internal/inventory"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// maxFolders bounds the list in the status.
const maxFolders = 100

// showFolders names the folders that hold the domain, as far as Folders have them read: it makes no request (7.9 takes no list). Of a folder that
// this process has not read yet, the status knows best.
func (r *Reconciler) showFolders(ctx context.Context, s *scope) error {
	folders, err := r.foldersOf(ctx, s.domain.Spec.AccountRef.KeyFrom(s.domain.Namespace))
	if err != nil {
		return err
	}
	var names []string
	for i := range folders {
		if f := &folders[i]; isIn(s.connection, f, s.service.id, s.domain.Status.Folders) {
			names = append(names, f.Status.FolderName)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	s.domain.Status.Folders = names[:min(len(names), maxFolders)]
	return nil
}

// foldersOf lists the Folders of an Account. They are those of the cache: nobody may change them.
func (r *Reconciler) foldersOf(ctx context.Context, account types.NamespacedName) ([]v1alpha1.Folder, error) {
	var list v1alpha1.FolderList
	if err := r.List(ctx, &list, waking.OfAccount(account), client.UnsafeDisableDeepCopy); err != nil {
		return nil, fmt.Errorf("list the Folders of the Account: %w", err)
	}
	return list.Items, nil
}

// isIn says whether the folder of a Folder holds a service.
func isIn(connection *account.Connection, f *v1alpha1.Folder, service regapi.ID, shown []string) bool {
	id := numberOf(f)
	if id == 0 || service == 0 {
		return false
	}
	holds, known := connection.Folders.Holds(id, service)
	return holds || (!known && slices.Contains(shown, f.Status.FolderName))
}

// numberOf is that of the folder that a Folder rules; 0 if it rules none.
func numberOf(f *v1alpha1.Folder) (id regapi.ID) {
	if claim := f.Status.Claim; claim == nil || !claim.Rules {
		return 0
	}
	return numbered(f.Status.FolderID)
}

// inFolder finds the Domains that came into a folder or left it, when that was read.
func (r *Reconciler) inFolder(ctx context.Context, account types.NamespacedName, subject string) []ctrl.Request {
	id, ok := inventory.FolderOf(subject)
	if !ok {
		return nil
	}
	folders, err := r.foldersOf(ctx, account)
	if err != nil {
		log.FromContext(ctx).Error(err, "Listing the Domains of a folder failed")
		return nil
	}
	for i := range folders {
		if numberOf(&folders[i]) == id {
			return r.touchedBy(ctx, &folders[i])
		}
	}
	return nil
}

// touchedBy finds the Domains whose status is not as the folder of a Folder was read.
func (r *Reconciler) touchedBy(ctx context.Context, f *v1alpha1.Folder) []ctrl.Request {
	key := f.Spec.AccountRef.KeyFrom(f.Namespace)
	connection, err := r.Directory.Resolve(ctx, r.Client, key.Namespace, v1alpha1.AccountReference{Name: key.Name})
	if err != nil {
		return nil // The Domains are looked at when the Account can be used again.
	}
	var domains v1alpha1.DomainList
	if err := r.List(ctx, &domains, waking.OfAccount(key), client.UnsafeDisableDeepCopy); err != nil {
		log.FromContext(ctx).Error(err, "Listing the Domains of a folder failed")
		return nil
	}
	name := f.Status.FolderName
	var requests []ctrl.Request
	for i := range domains.Items {
		d := &domains.Items[i]
		service := numbered(d.Status.ServiceID)
		if service == 0 {
			continue
		}
		shown := slices.Contains(d.Status.Folders, name)
		if isIn(connection, f, service, d.Status.Folders) != shown {
			requests = append(requests, ctrl.Request{NamespacedName: client.ObjectKeyFromObject(d)})
		}
	}
	return requests
}

// folderChanged lets those changes of a Folder through by which its folder is another one, has another name, or is nobody's any more.
var folderChanged = predicate.Funcs{
	GenericFunc: func(event.GenericEvent) bool { return false },
	UpdateFunc: func(e event.UpdateEvent) bool {
		before, after := e.ObjectOld.(*v1alpha1.Folder), e.ObjectNew.(*v1alpha1.Folder)
		return numberOf(before) != numberOf(after) || before.Status.FolderName != after.Status.FolderName
	},
}

// folderEvents wakes the Domains for which a change of a Folder matters: of its former name as well as of its present one.
func (r *Reconciler) folderEvents() handler.EventHandler {
	wake := func(ctx context.Context, q workqueue.TypedRateLimitingInterface[reconcile.Request], folders ...*v1alpha1.Folder) {
		for _, f := range folders {
			for _, request := range r.touchedBy(ctx, f) {
				q.Add(request)
			}
		}
	}
	return handler.Funcs{
		CreateFunc: func(ctx context.Context, e event.CreateEvent, q workqueue.TypedRateLimitingInterface[reconcile.Request]) {
			wake(ctx, q, e.Object.(*v1alpha1.Folder))
		},
		UpdateFunc: func(ctx context.Context, e event.UpdateEvent, q workqueue.TypedRateLimitingInterface[reconcile.Request]) {
			wake(ctx, q, withoutFolder(e.ObjectOld.(*v1alpha1.Folder)), e.ObjectNew.(*v1alpha1.Folder))
		},
		DeleteFunc: func(ctx context.Context, e event.DeleteEvent, q workqueue.TypedRateLimitingInterface[reconcile.Request]) {
			wake(ctx, q, withoutFolder(e.Object.(*v1alpha1.Folder)))
		},
	}
}

// withoutFolder is a Folder whose folder holds nothing any more: so the Domains are found whose status says otherwise.
func withoutFolder(f *v1alpha1.Folder) *v1alpha1.Folder {
	gone := &v1alpha1.Folder{ObjectMeta: f.ObjectMeta, Spec: f.Spec}
	gone.Status.FolderName = f.Status.FolderName
	return gone
}
