package folder

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/folder"
	"github.com/regapi-io/regapi-operator/internal/inventory"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// finalizer holds a Folder with deletionPolicy Delete until its folder is deleted.
const finalizer = "regapi.io/folder"

// scope is what the phases of a Folder find out.
type scope struct {
	before, folder *v1alpha1.Folder
	// halt is what keeps the object from being changed at the registrar; nil if nothing does.
	halt *account.Halt
	name string // at the registrar

	view       *tenancy.View
	own        tenancy.FolderStanding
	connection *account.Connection
	login      string // of the account, as far as it is proven
	// wanted are the members of the spec and of the selection, and refused those that are not in the folder, each with its reason.
	wanted  []folder.Member
	refused []v1alpha1.RefusedMember
	// wantedIDs and wantedNames are what of wanted is looked up: see isWanted.
	wantedIDs   folder.IDs
	wantedNames map[string]bool
	// print names what the folder is brought to: see FolderStatus.Settled.
	print string
	lane  *lane
	// leave is called when the object has been worked on.
	leave func()

	id regapi.ID // of the folder, 0 while there is none
	// reading is what the folder held when it was read last; nil if it was not.
	reading *inventory.FolderReading
	// read says that the folder is known, or known not to be there, and synced that nothing was left undone.
	read, synced bool
	planned      folder.Plan
	// held is what keeps the plan from being carried out; nil if nothing does. made are the changes that came about.
	held *hold
	made []string
	// retryIn is when a member that REG.API refused is tried again; 0 if none is.
	retryIn time.Duration
	// leftBehind is why a folder stays that the deletion should have deleted; nil if none does.
	leftBehind error
}

func newScope(found *v1alpha1.Folder) *scope {
	return &scope{before: found.DeepCopy(), folder: found, name: found.NameAtRegistrar(), leave: func() {}}
}

// follower names a Folder among the followers of an inventory.
func follower(key types.NamespacedName) string { return "Folder " + key.String() }

func (s *scope) key() types.NamespacedName { return client.ObjectKeyFromObject(s.folder) }

func (s *scope) deleting() bool { return !s.folder.DeletionTimestamp.IsZero() }

// mayNotWrite says whether the object only looks.
func (s *scope) mayNotWrite() bool {
	return s.halt != nil || s.folder.Spec.ManagementPolicy == v1alpha1.PolicyObserve
}

// identify refuses what no Account could make right.
func (r *Reconciler) identify(_ context.Context, s *scope) error {
	s.view = tenancy.NewView(r.Client)
	accountOf := s.folder.Spec.AccountRef.KeyFrom(s.folder.Namespace)
	if s.folder.Spec.SelectFrom == v1alpha1.SelectFromAllowed && accountOf.Namespace != s.folder.Namespace {
		return outcome.Stalled(v1alpha1.ReasonInvalidSpec,
			"spec.selectFrom: Allowed shows Domains of other namespaces, which is for a Folder in the namespace of the Account: use Same, or create the Folder there").Err()
	}
	return nil
}

// hold makes sure that a Folder whose folder goes with it is not deleted without us.
func (r *Reconciler) hold(ctx context.Context, s *scope) error {
	if s.folder.Spec.DeletionPolicy == v1alpha1.DeletionDelete {
		if !controllerutil.AddFinalizer(s.folder, finalizer) {
			return nil
		}
	} else if !controllerutil.RemoveFinalizer(s.folder, finalizer) {
		return nil
	}
	return r.patchFinalizers(ctx, s)
}

// patchFinalizers writes the finalizers and makes the answer the new starting point of the scope. What is to become of the status is not
// written with it, and stays.
func (r *Reconciler) patchFinalizers(ctx context.Context, s *scope) (err error) {
	s.before, err = status.PatchFinalizers(ctx, &r.Writer, s.before, s.folder)
	return err
}

// connect finds the connection of the account. An Account that is not proven to be who it says tells nothing about whose the folder is.
func (r *Reconciler) connect(ctx context.Context, s *scope) error {
	connection, err := r.Directory.ResolveFor(ctx, r.Client, s.folder.Namespace, s.folder.Spec.AccountRef, "")
	if err != nil {
		return err
	}
	of, err := s.view.Account(ctx, s.folder.Spec.AccountRef.KeyFrom(s.folder.Namespace))
	if err != nil {
		return err
	}
	if of != nil {
		s.login = s.loginOf(connection, of)
	}
	if s.login == "" {
		return notChecked(s)
	}
	s.connection = connection
	s.bind()
	return nil
}

func notChecked(s *scope) error {
	return &account.Unavailable{
		Reason: v1alpha1.ReasonAccountNotReady, Passing: true,
		Message: fmt.Sprintf("Account %s has not been checked yet", s.folder.Spec.AccountRef.Name),
	}
}

// loginOf gives the login of the account, if it is proven, or if it is the one that the object claims its folder through: while a new spec
// or Secret of the Account waits to be checked, what has ruled goes on ruling.
func (s *scope) loginOf(connection *account.Connection, of *v1alpha1.Account) string {
	if proven := connection.ProvenLogin(of); proven != "" {
		return proven
	}
	if claim := s.folder.Status.Claim; claim != nil && claim.Login == tenancy.Login(of) {
		return claim.Login
	}
	return ""
}

// bind makes what the status remembers speak of the present login. What it remembers of another one's folder tells nothing about this one's.
func (s *scope) bind() {
	status := &s.folder.Status
	if claim := status.Claim; claim != nil && claim.Login != "" && claim.Login != s.login {
		s.forgetFolder()
		status.Owned, status.Approvals, status.Claim = v1alpha1.OwnedMembers{}, v1alpha1.FolderApprovals{}, nil
	}
}

// forgetFolder drops what is known of a folder that is gone. What was declared in it stays this object's own.
func (s *scope) forgetFolder() {
	status := &s.folder.Status
	status.FolderID, status.FolderName, status.CreatingSince, status.Yielded = "", "", nil, nil
	status.Services, status.Members = 0, 0
	s.id, s.reading = 0, nil
}

// rest ends the reconciliation of an object that was found in order for what it asks for now, as long as its folder has not been read since the
// process began: its turn will come.
func (r *Reconciler) rest(_ context.Context, s *scope) error {
	id := parseID(s.folder.Status.FolderID)
	if id == 0 || s.folder.Status.Settled != s.print || s.folder.Status.ObservedGeneration != s.folder.Generation {
		return nil
	}
	claim := s.folder.Status.Claim
	if claim == nil || !claim.Rules {
		return nil
	}
	r.Directory.FollowFolder(s.connection, follower(s.key()), id)
	if !s.connection.Folders.Unread(id) {
		return nil
	}
	return errResting
}

// enter waits until no other Folder of the login is worked on.
func (r *Reconciler) enter(ctx context.Context, s *scope) (err error) {
	s.lane, err = r.lanes.enter(ctx, s.login)
	if err == nil {
		s.leave = s.lane.leave
	}
	return err
}

// priority of the requests: carrying out a new spec goes before putting drift right.
func (s *scope) priority(ctx context.Context) context.Context {
	if status.ReadyFor(s.folder.Status.Conditions, s.folder.Generation) && s.folder.Status.Settled == s.print {
		return traffic.WithAskers(traffic.WithPriority(ctx, traffic.Background), traffic.ByObject)
	}
	return traffic.WithAskers(traffic.WithPriority(ctx, traffic.Change), traffic.ByObject)
}

// parseID reads a number of REG.API; 0 is none.
func parseID(text string) (id regapi.ID) {
	if text == "" || id.UnmarshalJSON([]byte(`"`+text+`"`)) != nil {
		return 0
	}
	return id
}
