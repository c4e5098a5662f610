package account

import (
	"cmp"
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// What is deleted together goes in no order: `kubectl delete -f` of one file takes the Secret first, and the records that its
// DNSZones have to remove last. So a connection outlives its Secret.

const (
	// orphanGrace is how long a connection goes on without its Secret. A Secret that is replaced is back before.
	orphanGrace = time.Minute
	// ReleaseGrace is how long whoever is being deleted waits for the removal of records that cannot be removed.
	ReleaseGrace = 5 * time.Minute
)

// Orphaned is how long the connection will go on without its Secret, which has vanished; 0 if the Secret was there.
func (c *Connection) Orphaned() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.orphaned.IsZero() {
		return 0
	}
	return max(0, orphanGrace-time.Since(c.orphaned))
}

// miss notes that the Secret is not there, and says how long the connection goes on.
func (c *Connection) miss() time.Duration {
	c.mu.Lock()
	if c.orphaned.IsZero() {
		c.orphaned = time.Now()
	}
	c.mu.Unlock()
	return c.Orphaned()
}

// withoutSecret gives the connection of an Account whose Secret does not exist: for a moment the one that there was. After that
// it is closed, unless the Account or its namespace is being deleted; then it is kept for ResolveForRelease. Where the Secret could
// not be read for another reason, that is the error, and nothing is closed.
func (d *Directory) withoutSecret(ctx context.Context, account *v1alpha1.Account, cause error) (*Connection, error) {
	if !apierrors.IsNotFound(cause) {
		return nil, cause
	}
	connection := d.open(account)
	if connection != nil && connection.miss() > 0 {
		return connection, nil
	}
	if connection != nil {
		ending, err := d.isEnding(ctx, account)
		if err != nil {
			return nil, fmt.Errorf("read Namespace %s: %w", account.Namespace, err)
		}
		if ending {
			return nil, secretNotFound(account)
		}
	}
	d.Forget(client.ObjectKeyFromObject(account))
	return nil, secretNotFound(account)
}

// isEnding says whether an Account or its namespace is being deleted, since so short a time that records may be removed still.
func (d *Directory) isEnding(ctx context.Context, account *v1alpha1.Account) (bool, error) {
	if IsEnding(account) {
		return true, nil
	}
	var namespace corev1.Namespace
	if err := d.settings.Secrets.Get(ctx, types.NamespacedName{Name: account.Namespace}, &namespace); err != nil {
		return false, client.IgnoreNotFound(err)
	}
	return IsEnding(&namespace), nil
}

// IsEnding says whether an object is being deleted, since less than ReleaseGrace.
func IsEnding(object client.Object) bool {
	deleted := object.GetDeletionTimestamp()
	return deleted != nil && time.Since(deleted.Time) < ReleaseGrace
}

func secretNotFound(account *v1alpha1.Account) error {
	return &Unavailable{
		Reason:  v1alpha1.ReasonSecretNotFound,
		Message: fmt.Sprintf("Secret %s does not exist: create it with the keys username and password", account.Spec.SecretRef.Name),
	}
}

// secretForbidden gives the line that lets the operator read this Secret and no other. The subject is how kubectl names the operator; empty if
// nobody knows.
func secretForbidden(account *v1alpha1.Account, subject string) error {
	secret := account.Spec.SecretRef.Name
	role := "regapi-" + secret
	subject = cmp.Or(subject, "--serviceaccount=NAMESPACE:SERVICEACCOUNT of the operator")
	return &Unavailable{
		Reason: v1alpha1.ReasonSecretForbidden,
		Message: fmt.Sprintf("Secret %s: the operator may not read it. Let it: kubectl -n %[2]s create role %[3]s --verb=get,watch --resource=secrets --resource-name=%[1]s && "+
			"kubectl -n %[2]s create rolebinding %[3]s --role=%[3]s %[4]s", secret, account.Namespace, role, subject),
	}
}
