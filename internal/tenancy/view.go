package tenancy

import (
	"context"
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// View looks at each Account once, for many objects.
type View struct {
	reader   client.Reader
	accounts map[types.NamespacedName]*v1alpha1.Account
}

// NewView gives a View of what a reader, usually a cache, shows now.
func NewView(reader client.Reader) *View {
	return &View{reader: reader, accounts: map[types.NamespacedName]*v1alpha1.Account{}}
}

// Account gives an Account; nil where there is none, or where it is being deleted: that cannot be taken back.
func (v *View) Account(ctx context.Context, key types.NamespacedName) (*v1alpha1.Account, error) {
	if found, known := v.accounts[key]; known {
		return found, nil
	}
	found := &v1alpha1.Account{}
	switch err := v.reader.Get(ctx, key, found); {
	case apierrors.IsNotFound(err):
		found = nil
	case err != nil:
		return nil, fmt.Errorf("read Account %s: %w", key, err)
	case !found.DeletionTimestamp.IsZero():
		found = nil
	}
	v.accounts[key] = found
	return found, nil
}

// Permitted gives the Account that an object of a namespace refers to, if it allows that for a domain; nil if not.
func (v *View) Permitted(ctx context.Context, namespace string, ref v1alpha1.AccountReference, domain string) (*v1alpha1.Account, error) {
	found, err := v.Account(ctx, ref.KeyFrom(namespace))
	if found == nil || err != nil {
		return nil, err
	}
	allowed, err := Allows(ctx, v.reader, found, namespace, domain)
	if _, unreadable := errors.AsType[*UnreadableSelector](err); unreadable || apierrors.IsNotFound(err) {
		return nil, nil // It allows nobody, or the namespace is gone.
	}
	if err != nil || !allowed {
		return nil, err
	}
	return found, nil
}

// Standing says what a DNSZone for a domain, in canonical form, counts for, by its own claim. Without one, or where its Account is gone, has
// taken its consent back or is another login by now, it counts for nothing.
func (v *View) Standing(ctx context.Context, object *v1alpha1.DNSZone, domain string) (standing Standing, counts bool, err error) {
	standing, permitted, err := v.Candidate(ctx, object, domain)
	if err != nil || !permitted {
		return Standing{}, false, err
	}
	claim := standing.claim()
	return standing, claim.Login == standing.Login, nil
}

// Candidate says what a DNSZone would count for if its login held the domain, for who knows that it does; only its Account has to permit it.
func (v *View) Candidate(ctx context.Context, object *v1alpha1.DNSZone, domain string) (standing Standing, permitted bool, err error) {
	found, err := v.Permitted(ctx, object.Namespace, object.Spec.AccountRef, domain)
	if err != nil || found == nil {
		return Standing{}, false, err
	}
	standing = Standing{Zone: object, Account: found, Login: Login(found), own: object.Namespace == found.Namespace}
	claim := standing.claim()
	standing.rules = claim.Rules && claim.Login == standing.Login
	return standing, true, nil
}

// Ruler gives the DNSZone that rules a domain of a login, which is known to hold it; nil if there is none. The objects are those for the
// domain.
func (v *View) Ruler(ctx context.Context, objects []*v1alpha1.DNSZone, login, domain string) (*v1alpha1.DNSZone, error) {
	var best *Standing
	for _, object := range objects {
		standing, permitted, err := v.Candidate(ctx, object, domain)
		if err != nil {
			return nil, err
		}
		if permitted && standing.Login == login && (best == nil || standing.Precedes(*best)) {
			best = &standing
		}
	}
	if best == nil {
		return nil, nil
	}
	return best.Zone, nil
}

// claim is the object's own, or what the status of a version without claims amounts to: what it remembers of a zone was read there.
func (s *Standing) claim() v1alpha1.ZoneClaim {
	status := s.Zone.Status
	switch {
	case status.Claim != nil:
		return *status.Claim
	case s.Account.Status.ID != "" && strings.HasPrefix(status.Owned.Of, s.Account.Status.ID+"/"):
		return v1alpha1.ZoneClaim{Login: s.Login, Rules: !isConflict(s.Zone)}
	default:
		return v1alpha1.ZoneClaim{}
	}
}

func isConflict(object *v1alpha1.DNSZone) bool {
	ready := meta.FindStatusCondition(object.Status.Conditions, v1alpha1.ConditionReady)
	return ready != nil && ready.Reason == v1alpha1.ReasonConflict
}
