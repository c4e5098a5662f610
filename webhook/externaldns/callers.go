package externaldns

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apiserver/pkg/authentication/authenticator"
	"k8s.io/apiserver/pkg/authentication/serviceaccount"
	"k8s.io/apiserver/pkg/authentication/token/cache"
	"k8s.io/apiserver/pkg/authentication/user"
	clientauthentication "k8s.io/client-go/kubernetes/typed/authentication/v1"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

// +kubebuilder:rbac:groups=authentication.k8s.io,resources=tokenreviews,verbs=create

const (
	// DefaultAudience is what tokens for the provider are made for.
	DefaultAudience = "regapi-operator"
	// reviewTimeout bounds a TokenReview, so that the answer still comes in time.
	reviewTimeout = 3 * time.Second
	// reviewLife is how long the outcome of a review holds: so much later a token that was withdrawn stops working.
	reviewLife = 10 * time.Second
)

// Callers knows who may call: service accounts, by tokens that were made for an audience and that the API server reviews.
type Callers struct {
	audience string
	allowed  map[string]bool
	tokens   authenticator.Token
}

// NewCallers lets the service accounts call that are named.
func NewCallers(reviews clientauthentication.TokenReviewInterface, audience string, serviceAccounts []types.NamespacedName) *Callers {
	c := &Callers{audience: audience, allowed: map[string]bool{}, tokens: cache.New(reviewer{reviews}, false, reviewLife, reviewLife)}
	for _, account := range serviceAccounts {
		c.allowed[serviceaccount.MakeUsername(account.Namespace, account.Name)] = true
	}
	return c
}

// reviewer asks the API server. A token that is not good is no error; an error says that nobody knows.
type reviewer struct {
	clientauthentication.TokenReviewInterface
}

// AuthenticateToken asks for a token to be reviewed.
func (r reviewer) AuthenticateToken(ctx context.Context, token string) (*authenticator.Response, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, reviewTimeout)
	defer cancel()
	audiences, _ := authenticator.AudiencesFrom(ctx)
	review := &authenticationv1.TokenReview{Spec: authenticationv1.TokenReviewSpec{Token: token, Audiences: audiences}}
	reviewed, err := r.Create(ctx, review, metav1.CreateOptions{})
	if err != nil {
		return nil, false, fmt.Errorf("review the token: %w", err)
	}
	// An API server that does not know audiences names none: then nobody can tell whom the token is for.
	shared := audiences.Intersect(reviewed.Status.Audiences)
	if !reviewed.Status.Authenticated || len(shared) == 0 {
		return nil, false, nil
	}
	return &authenticator.Response{Audiences: shared, User: &user.DefaultInfo{Name: reviewed.Status.User.Username}}, true, nil
}

// check gives the name of a caller who is allowed, and 0; and else the status to answer with.
func (c *Callers) check(r *http.Request) (name string, status int) {
	logger := log.FromContext(r.Context()).WithValues("remote", r.RemoteAddr)
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || token == "" {
		logger.V(1).Info("Refused a caller without a token")
		return "", http.StatusUnauthorized
	}
	ctx := authenticator.WithAudiences(r.Context(), authenticator.Audiences{c.audience})
	caller, ok, err := c.tokens.AuthenticateToken(ctx, token)
	switch {
	case err != nil:
		logger.Info("Cannot find out who calls", "reason", err.Error())
		return "", http.StatusServiceUnavailable
	case !ok:
		logger.V(1).Info("Refused a token that the API server does not accept for this audience", "audience", c.audience)
		return "", http.StatusUnauthorized
	case !c.allowed[caller.User.GetName()]:
		logger.Info("Refused a caller who is not among --external-dns-allowed-service-accounts", "user", caller.User.GetName())
		return "", http.StatusForbidden
	default:
		return caller.User.GetName(), 0
	}
}
