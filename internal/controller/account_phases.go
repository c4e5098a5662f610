package controller

import (
	"context"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// accountScope is what the phases of an Account find out.
type accountScope struct {
	before, account *v1alpha1.Account

	connection *account.Connection
	identity   regapi.Identity
}

func newAccountScope(found *v1alpha1.Account) *accountScope {
	return &accountScope{before: found.DeepCopy(), account: found}
}

// connect reads the Secret and makes the client.
func (r *AccountReconciler) connect(ctx context.Context, s *accountScope) (err error) {
	s.connection, err = r.Directory.Refresh(ctx, s.account)
	return err
}

// verify asks REG.API who we are, with the cheapest function that checks credentials and address (2.5, 4.1).
func (r *AccountReconciler) verify(ctx context.Context, s *accountScope) (err error) {
	s.identity, err = s.connection.Client.Common.Nop(ctx)
	return err
}
