package controller

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
)

// runPhases runs phases in order until one fails.
func runPhases[S any](ctx context.Context, scope S, phases ...func(context.Context, S) error) error {
	for _, phase := range phases {
		if err := phase(ctx, scope); err != nil {
			return err
		}
	}
	return nil
}

// followerOf names an object among the followers of an inventory.
func followerOf(kind string, key types.NamespacedName) string { return kind + " " + key.String() }

// connectionOf gives the connection of an Account that is ready. It makes no request: an Account that is not known to
// work is not worth one.
func connectionOf(ctx context.Context, reader client.Reader, directory *account.Directory, namespace string, ref v1alpha1.AccountReference) (*account.Connection, error) {
	var found v1alpha1.Account
	err := reader.Get(ctx, types.NamespacedName{Namespace: namespace, Name: ref.Name}, &found)
	if apierrors.IsNotFound(err) {
		return nil, &account.Unavailable{
			Reason:  v1alpha1.ReasonAccountNotFound,
			Message: fmt.Sprintf("Account %s does not exist in this namespace: create it, or correct spec.accountRef.name", ref.Name),
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read Account %s: %w", ref.Name, err)
	}
	if !meta.IsStatusConditionTrue(found.Status.Conditions, v1alpha1.ConditionReady) {
		return nil, accountNotReady(&found)
	}
	return directory.Get(ctx, &found)
}

func accountNotReady(found *v1alpha1.Account) error {
	message := fmt.Sprintf("Account %s has not been checked yet", found.Name)
	if ready := meta.FindStatusCondition(found.Status.Conditions, v1alpha1.ConditionReady); ready != nil {
		message = fmt.Sprintf("Account %s is not ready (%s): its own conditions say what to do", found.Name, ready.Reason)
	}
	return &account.Unavailable{Reason: v1alpha1.ReasonAccountNotReady, Message: message}
}
