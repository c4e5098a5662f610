package domain

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/controller/release"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// finalizer holds a Domain with deletionPolicy StopAutorenew until the registrar knows that it shall not renew the domain.
const finalizer = "regapi.io/domain"

// reasonLeftRenewing is the reason of the event that tells of a domain that the registrar may go on renewing.
const reasonLeftRenewing = "AutorenewLeftOn"

// hold makes sure that a Domain whose renewal ends with it is not deleted without us. Any other needs no holding.
func (r *Reconciler) hold(ctx context.Context, s *scope) error {
	if s.domain.Spec.DeletionPolicy == v1alpha1.DomainStopAutorenew {
		if !controllerutil.AddFinalizer(s.domain, finalizer) {
			return nil
		}
	} else if !controllerutil.RemoveFinalizer(s.domain, finalizer) {
		return nil
	}
	return r.patchFinalizers(ctx, s)
}

// patchFinalizers writes the finalizers and makes the answer the new starting point of the scope.
func (r *Reconciler) patchFinalizers(ctx context.Context, s *scope) (err error) {
	s.before, err = status.PatchFinalizers(ctx, &r.Writer, s.before, s.domain)
	return err
}

// release has the registrar's own renewal switched off for a Domain that is being deleted, where its deletion policy says so. It fails where that has
// to be waited for, and fills in leftBehind where the wait has an end.
func (r *Reconciler) release(ctx context.Context, s *scope) error {
	if !controllerutil.ContainsFinalizer(s.domain, finalizer) || !s.stopsAutorenew() || r.flags.isOff(s.domain) {
		return nil
	}
	err := r.stopAutorenew(ctx, s)
	switch {
	case err == nil || regapi.IsNotFound(err):
		return nil
	case r.deletion(s).Waits(err):
		return err
	default:
		s.leftBehind = err
		return nil
	}
}

func (r *Reconciler) deletion(s *scope) release.Deletion {
	return release.Deletion{Object: s.before, Grace: r.ReleaseGrace}
}

// stopsAutorenew says whether the registrar has to be told that it shall not renew: of a domain that was held, unless it is known to be told.
func (s *scope) stopsAutorenew() bool {
	status := &s.domain.Status
	told := status.Renewal != nil && status.Renewal.RegistrarOffSince != nil
	return s.domain.Spec.DeletionPolicy == v1alpha1.DomainStopAutorenew && status.ServiceID != "" && status.HeldBy != "" && !told
}

// stopAutorenew switches the registrar's own renewal off (7.16), unless another Domain of the login says who renews from now on.
func (r *Reconciler) stopAutorenew(ctx context.Context, s *scope) error {
	switch {
	case s.domain.Spec.ManagementPolicy == v1alpha1.PolicyObserve:
		return release.ErrObserved
	case r.Directory.Halt(s.domain) != nil:
		halt := r.Directory.Halt(s.domain)
		return outcome.Stalled(halt.Reason, halt.Cause+" stops it: "+halt.Remedy+", or it stays as it is").Err()
	}
	name := tenancy.DomainOf(s.domain)
	connection, err := r.Directory.ResolveForRelease(ctx, r.Client, s.domain.Namespace, s.domain.Spec.AccountRef, name)
	if err != nil {
		return err
	}
	var of v1alpha1.Account
	if err := r.Get(ctx, s.domain.Spec.AccountRef.KeyFrom(s.domain.Namespace), &of); err != nil {
		return fmt.Errorf("read the Account: %w", err)
	}
	login := tenancy.Login(&of)
	heir, err := r.heirOf(ctx, s, name)
	if err != nil || heir || login != s.domain.Status.HeldBy {
		return err // The domain is another login's, and out of reach.
	}
	if !r.flags.turn(login, s.domain, "") {
		return outcome.Outcome{
			Ready: metav1.ConditionFalse, Reconciling: true, Reason: v1alpha1.ReasonDeleting, After: pause.Scattered(flagsWait),
			Message: "the registrar takes one domain at a time: this one has its turn yet to come",
		}.Err()
	}
	ctx = traffic.WithPriority(ctx, traffic.Background)
	if err := connection.Client.Service.SetAutorenewFlag(ctx, regapi.ByServiceID(numbered(s.domain.Status.ServiceID)), false); err != nil {
		return fmt.Errorf("have the registrar's own renewal switched off: %w", err)
	}
	r.flags.noteOff(s.domain)
	log.FromContext(ctx).Info("Switched the registrar's own renewal off, since its Domain is deleted", "domain", name)
	return nil
}

// heirOf says whether another Domain of the login, which stays, is for the name.
func (r *Reconciler) heirOf(ctx context.Context, s *scope, name string) (bool, error) {
	var list v1alpha1.DomainList
	if err := r.List(ctx, &list, tenancy.OfDomain(name), client.UnsafeDisableDeepCopy); err != nil {
		return false, fmt.Errorf("list the Domains for the name: %w", err)
	}
	for i := range list.Items {
		other := &list.Items[i]
		if other.UID != s.domain.UID && other.DeletionTimestamp.IsZero() && other.Status.HeldBy == s.domain.Status.HeldBy {
			return true, nil
		}
	}
	return false, nil
}

// numbered reads the number of a service from a status; 0 is none.
func numbered(text string) (id regapi.ID) {
	if text == "" || id.UnmarshalJSON([]byte(`"`+text+`"`)) != nil {
		return 0
	}
	return id
}

// settleDeletion writes the status of a deletion that has to wait; one that is through has no status to write.
func (r *Reconciler) settleDeletion(ctx context.Context, s *scope, err error) (ctrl.Result, error) {
	if err == nil {
		return ctrl.Result{}, nil
	}
	return r.Settle(ctx, s.before, s.domain, r.deletion(s).Outcome("The registrar's own renewal is not switched off yet", err))
}

// letGo takes the finalizer off, after which the object is gone.
func (r *Reconciler) letGo(ctx context.Context, s *scope) error {
	if controllerutil.RemoveFinalizer(s.domain, finalizer) {
		if err := r.patchFinalizers(ctx, s); err != nil {
			return client.IgnoreNotFound(err)
		}
	}
	if s.leftBehind == nil {
		return nil
	}
	log.FromContext(ctx).Error(s.leftBehind, "A deleted Domain leaves the registrar's own renewal as it is", "Domain", klog.KObj(s.domain), "domain", s.domain.Spec.DomainName)
	release.Tell(ctx, &r.Writer, s.domain, reasonLeftRenewing, fmt.Sprintf(
		"Domain %s is gone, and the registrar may go on renewing %s: switch that off in its panel: %s", client.ObjectKeyFromObject(s.domain), s.domain.Spec.DomainName, s.leftBehind))
	return nil
}
