package account

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Directory holds one client per Account object and one lane per login. It serves a whole process.
type Directory struct {
	secrets client.Reader
	options []regapi.Option

	mu          sync.Mutex
	connections map[types.NamespacedName]*Connection
	lanes       map[login]*regapi.Lane
}

// login is what REG.API counts requests by. Two Account objects may share one.
type login struct{ endpoint, username string }

// Connection is the way to REG.API for one Account, as of one version of its spec and Secret.
type Connection struct {
	// Client to call with.
	Client *regapi.Client
	// SecretVersion is the resourceVersion of the Secret that the client was made from.
	SecretVersion string

	endpoint, secretName string
	fingerprint          [sha256.Size]byte
}

// NewDirectory gives an empty Directory. It reads Secrets through secrets, which should not be a cache, so that no more
// Secrets than needed are kept in memory. The options go to every client.
func NewDirectory(secrets client.Reader, options ...regapi.Option) *Directory {
	return &Directory{
		secrets:     secrets,
		options:     options,
		connections: map[types.NamespacedName]*Connection{},
		lanes:       map[login]*regapi.Lane{},
	}
}

// Get gives the connection of an Account. The Secret is read only if there is none yet, or the spec names another
// endpoint or Secret; Refresh notices changes inside the Secret. The error is an *Unavailable where the Secret is at fault.
func (d *Directory) Get(ctx context.Context, account *v1alpha1.Account) (*Connection, error) {
	d.mu.Lock()
	connection := d.connections[client.ObjectKeyFromObject(account)]
	d.mu.Unlock()
	if connection != nil && connection.endpoint == account.Spec.Endpoint && connection.secretName == account.Spec.SecretRef.Name {
		return connection, nil
	}
	return d.Refresh(ctx, account)
}

// Refresh reads the Secret of an Account and gives a connection made from it: the present one if nothing has changed.
func (d *Directory) Refresh(ctx context.Context, account *v1alpha1.Account) (*Connection, error) {
	key := types.NamespacedName{Namespace: account.Namespace, Name: account.Spec.SecretRef.Name}
	var secret corev1.Secret
	if err := d.secrets.Get(ctx, key, &secret); err != nil {
		d.Forget(client.ObjectKeyFromObject(account))
		if apierrors.IsNotFound(err) {
			return nil, &Unavailable{
				Reason:  v1alpha1.ReasonSecretNotFound,
				Message: fmt.Sprintf("Secret %s does not exist: create it with the keys username and password", key.Name),
			}
		}
		return nil, fmt.Errorf("read Secret %s: %w", key.Name, err)
	}
	credentials, err := parseSecret(&secret)
	if err != nil {
		d.Forget(client.ObjectKeyFromObject(account))
		return nil, err
	}
	return d.connect(account, &secret, credentials)
}

// Forget drops the connection of an Account that is gone or unusable.
func (d *Directory) Forget(account types.NamespacedName) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if connection, ok := d.connections[account]; ok {
		connection.Client.CloseIdleConnections()
		delete(d.connections, account)
	}
}

func (d *Directory) connect(account *v1alpha1.Account, secret *corev1.Secret, credentials *secretCredentials) (*Connection, error) {
	fingerprint := fingerprintOf(account.Spec.Endpoint, secret)
	d.mu.Lock()
	defer d.mu.Unlock()
	key := client.ObjectKeyFromObject(account)
	old := d.connections[key]
	connection := &Connection{
		SecretVersion: secret.ResourceVersion,
		endpoint:      account.Spec.Endpoint,
		secretName:    secret.Name,
		fingerprint:   fingerprint,
	}
	if old != nil && old.fingerprint == fingerprint {
		connection.Client = old.Client
		d.connections[key] = connection
		return connection, nil
	}
	lane := d.lane(login{account.Spec.Endpoint, credentials.username})
	// A denial is remembered per client: new credentials get a new chance.
	options := append(slices.Clone(d.options), regapi.WithMiddleware(lane.Middleware(), regapi.NewDenialGuard(0, nil).Middleware()))
	if account.Spec.Endpoint != "" {
		options = append(options, regapi.WithEndpoint(account.Spec.Endpoint))
	}
	made, err := regapi.NewClient(append(options, credentials.options...)...)
	if err != nil {
		return nil, &Unavailable{Reason: v1alpha1.ReasonInvalidSpec, Message: err.Error()}
	}
	if old != nil {
		old.Client.CloseIdleConnections()
	}
	connection.Client = made
	d.connections[key] = connection
	return connection, nil
}

// lane gives the lane of a login. Lanes are never dropped: a login that comes back must not run beside itself.
func (d *Directory) lane(l login) *regapi.Lane {
	lane, ok := d.lanes[l]
	if !ok {
		lane = regapi.NewLane()
		d.lanes[l] = lane
	}
	return lane
}

func fingerprintOf(endpoint string, secret *corev1.Secret) [sha256.Size]byte {
	digest := sha256.New()
	fmt.Fprintf(digest, "%q", endpoint)
	for _, key := range slices.Sorted(maps.Keys(secret.Data)) {
		fmt.Fprintf(digest, "%q%q", key, secret.Data[key])
	}
	return [sha256.Size]byte(digest.Sum(nil))
}
