package bench

import (
	"context"
	"hash/crc32"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/traffic"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

const (
	namespace = "default"
	password  = "s3cret"
	latency   = 300 * time.Millisecond
)

// operator is the product below its controllers, in one process: a Directory that runs, and an Editor.
type operator struct {
	*account.Directory
	*zone.Editor

	// stop ends it as a process that is asked to end does. When it returns nothing runs any more.
	stop func()
}

// startOperator starts the product for logins that all have the same password.
func startOperator(settings account.Settings, logins ...string) *operator {
	secrets := fake.NewClientBuilder()
	for _, login := range logins {
		secrets.WithObjects(&corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: login},
			Data: map[string][]byte{
				v1alpha1.SecretKeyUsername: []byte(login),
				v1alpha1.SecretKeyPassword: []byte(password),
			},
		})
	}
	settings.Secrets = secrets.Build()
	settings.Applied = zone.Applied
	settings.Endpoints, _ = account.ParseEndpoints(nil, true)
	o := &operator{Directory: account.NewDirectory(settings), Editor: zone.NewEditor()}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = o.Start(ctx) }) // Fails where the ledger is out of reach, which costs a few requests of the next hour.
	o.stop = func() {
		cancel()
		running.Wait()
	}
	return o
}

// storedVersion is what the cluster in memory gives to an object that it begins with.
const storedVersion = "999"

// connect gives the connection of the Account of a login, which REG.API has accepted before.
func (o *operator) connect(t *testing.T, api *regapitest.Server, login string) *account.Connection {
	t.Helper()
	user := regapi.ID(crc32.ChecksumIEEE([]byte(login)))
	connection, err := o.Get(t.Context(), &v1alpha1.Account{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: login},
		Spec:       v1alpha1.AccountSpec{SecretRef: v1alpha1.SecretReference{Name: login}, Endpoint: api.URL()},
		Status:     v1alpha1.AccountStatus{UserID: user.String(), SecretVersion: storedVersion, ID: account.LoginID(api.URL(), user)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return connection
}

// The waits of the controllers after a failure; see internal/controller/waking.
const (
	firstBackoff = 2 * time.Second
	lastBackoff  = 15 * time.Minute
)

// backoff is how long a controller waits after its nth failure in a row, counted from 0.
func backoff(err error, failures int) time.Duration {
	if wait, ok := traffic.RetryAfter(err); ok {
		return max(wait, time.Second)
	}
	return min(firstBackoff<<min(failures, 10), lastBackoff)
}
