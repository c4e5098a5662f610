package tenancy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Login names who an Account is at REG.API, in a way that tells nothing about it: two Accounts with one login reach the same domains, however
// their Secrets and endpoints are spelled. An Account whose user id is not known has a login of its own.
func Login(a *v1alpha1.Account) string {
	user := "user " + a.Status.UserID
	if a.Status.UserID == "" || a.Status.UserID == "0" {
		user = "account " + client.ObjectKeyFromObject(a).String()
	}
	return LoginAt(a.Spec.Endpoint, user)
}

// LoginAt names a user at an endpoint.
func LoginAt(endpoint, user string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q", canonicalEndpoint(endpoint), user))
	return hex.EncodeToString(sum[:16])
}

// canonicalEndpoint gives one spelling of an endpoint; what is none stays as it is.
func canonicalEndpoint(endpoint string) string {
	canonical, err := regapi.CanonicalEndpoint(endpoint)
	if err != nil {
		return endpoint
	}
	return canonical
}

// Trust lists endpoints, the most trusted first: where a name could be looked up at several, that is the one that counts. An endpoint
// that is not listed comes last.
type Trust []string

// Rank of an endpoint; the lesser, the more it is trusted.
func (t Trust) Rank(endpoint string) int {
	canonical := canonicalEndpoint(endpoint)
	for i, listed := range t {
		if canonicalEndpoint(listed) == canonical {
			return i
		}
	}
	return len(t)
}
