package account

import (
	"sync"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// Zones ask whose account it is while the Account itself is looked at; the race detector watches.
func TestWhoAsksWhoseAccountItIsWhileItIsLookedAtLearnsIt(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		account := b.account("team", "main", testLogin, testPassword)
		connection := b.mustProve(account)
		account.Status.SecretVersion = connection.SecretVersion()
		account.Status.UserID = "7"
		account.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue, ObservedGeneration: account.Generation}}
		var both sync.WaitGroup
		for range 100 {
			both.Go(func() { b.mustProve(account) })
			both.Go(func() {
				if connection.ProvenLogin(account) == "" {
					b.Error("nobody's")
				}
			})
		}
		both.Wait()
	})
}
