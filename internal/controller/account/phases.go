package account

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	directory "github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/batch"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// scope is what the phases of an Account find out.
type scope struct {
	before, account *v1alpha1.Account
	// readOnly says that the operator changes nothing at the registrar.
	readOnly bool

	connection *directory.Connection
	identity   regapi.Identity
}

func newScope(found *v1alpha1.Account) *scope {
	return &scope{before: found.DeepCopy(), account: found}
}

func (s *scope) deleting() bool { return !s.account.DeletionTimestamp.IsZero() }

// connect reads the Secret, and has credentials that REG.API has not accepted yet tried.
func (r *Reconciler) connect(ctx context.Context, s *scope) (err error) {
	r.secrets.follow(client.ObjectKeyFromObject(s.account), s.account.Spec.SecretRef.Name)
	s.connection, err = r.Directory.Refresh(ctx, s.account)
	return err
}

// verify makes sure that REG.API still accepts the credentials.
func (r *Reconciler) verify(ctx context.Context, s *scope) (err error) {
	s.identity, err = s.connection.Identify(ctx)
	return err
}

// probe finds out what kind of account it is, once per version of the credentials.
func (r *Reconciler) probe(ctx context.Context, s *scope) error {
	zones, status := s.connection.Zones, s.before.Status
	if zones.Capability() == batch.Unknown && status.Capability != "" && status.SecretVersion == s.connection.SecretVersion() {
		zones.SetCapability(batch.Capability(status.Capability))
	}
	if zones.Capability() != batch.Unknown {
		return nil
	}
	_, err := zones.Probe(traffic.WithAskers(traffic.WithPriority(ctx, traffic.Change), traffic.ByObject)) // Somebody waits for a new Account.
	return err
}
