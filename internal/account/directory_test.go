package account

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

const testLogin, testPassword = "customer", "s3cret-value"

func newSimulator(t *testing.T, options ...regapitest.Option) *regapitest.Server {
	t.Helper()
	simulator, err := regapitest.Start(options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(simulator.Close)
	simulator.AddAccount(regapitest.Account{Login: testLogin, Password: testPassword, UserID: 7})
	return simulator
}

func newDirectory(secrets client.Reader, options ...regapi.Option) *Directory {
	return NewDirectory(Settings{Secrets: secrets, Endpoints: anyEndpoint, Options: options})
}

// anyEndpoint are those of this machine, and one that nobody answers at.
var anyEndpoint = func() Endpoints {
	made, err := ParseEndpoints([]string{"https://api.example.ru/"}, true)
	if err != nil {
		panic(err)
	}
	return made
}()

func newSecret(name string, data map[string]string) *corev1.Secret {
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name}, Data: map[string][]byte{}}
	for key, value := range data {
		secret.Data[key] = []byte(value)
	}
	return secret
}

func newAccount(name, secret, endpoint string) *v1alpha1.Account {
	return &v1alpha1.Account{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name},
		Spec:       v1alpha1.AccountSpec{SecretRef: v1alpha1.SecretReference{Name: secret}, Endpoint: endpoint},
	}
}

func TestTwoAccountsOfOneLoginShareALane(t *testing.T) {
	simulator := newSimulator(t, regapitest.WithLatency(20*time.Millisecond))
	credentials := map[string]string{"username": testLogin, "password": testPassword}
	directory := newDirectory(fake.NewFakeClient(newSecret("one", credentials), newSecret("two", credentials)))
	connections := []*Connection{
		mustGet(t, directory, newAccount("a", "one", simulator.URL())), mustGet(t, directory, newAccount("b", "two", simulator.URL())),
	}
	var wait sync.WaitGroup
	for _, connection := range connections {
		for range 3 {
			wait.Go(func() {
				if _, err := connection.Client.Common.Nop(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wait.Wait()
	if most := simulator.MaxInFlight(testLogin); most != 1 {
		t.Errorf("%d requests in flight at once, want 1", most)
	}
}

func TestAConnectionLastsUntilItsSecretChanges(t *testing.T) {
	simulator := newSimulator(t)
	secret := newSecret("s", map[string]string{"username": testLogin, "password": testPassword})
	kube := fake.NewFakeClient(secret)
	directory, account := newDirectory(kube), newAccount("a", "s", simulator.URL())
	first := mustGet(t, directory, account)
	version := first.SecretVersion()

	secret.Labels = map[string]string{"touched": "yes"}
	update(t, kube, secret)
	if again := mustRefresh(t, directory, account); again != first || again.SecretVersion() == version {
		t.Error("a change beside the credentials should keep the client and show the new version")
	}
	simulator.SetPassword(testLogin, "another")
	secret.Data["password"] = []byte("another")
	update(t, kube, secret)
	if stale := mustGet(t, directory, account); stale.Client != first.Client {
		t.Error("Get should not read the Secret again")
	}
	if fresh := mustRefresh(t, directory, account); fresh.Client == first.Client {
		t.Error("Refresh should notice new credentials")
	}
	account.Spec.Endpoint = newSimulator(t).URL()
	if moved, err := directory.Get(t.Context(), account); !regapi.IsDenied(err) {
		t.Errorf("Get should notice another endpoint, where the password is another: %v, %v", moved, err)
	}
}

func TestDeniedCredentialsAreTriedOnceUntilTheyChange(t *testing.T) {
	simulator := newSimulator(t)
	secret := newSecret("s", map[string]string{"username": testLogin, "password": "wrong"})
	kube := fake.NewFakeClient(secret)
	directory, account := newDirectory(kube), newAccount("a", "s", simulator.URL())
	for range 5 {
		if _, err := directory.Refresh(t.Context(), account); !regapi.IsDenied(err) {
			t.Fatalf("error %v, want a denial", err)
		}
	}
	if calls := len(simulator.Journal()); calls != 1 {
		t.Errorf("%d requests, want 1", calls)
	}
	secret.Data["password"] = []byte(testPassword)
	update(t, kube, secret)
	if _, err := mustRefresh(t, directory, account).Client.Common.Nop(t.Context()); err != nil {
		t.Errorf("with the right password: %v", err)
	}
}

func TestASecretThatCannotBeUsedSaysWhyAndTellsNothing(t *testing.T) {
	rsaPair, ecPair, otherPair := keyPair(t, rsaKey(t)), keyPair(t, ecKey(t)), keyPair(t, rsaKey(t))
	for name, test := range map[string]struct {
		data map[string]string
		want string
	}{
		"no user name":                 {map[string]string{"password": testPassword}, "no key username"},
		"an empty user name":           {map[string]string{"username": "\n", "password": testPassword}, "no key username"},
		"no password":                  {map[string]string{"username": testLogin}, "no key password"},
		"a certificate without a key":  {map[string]string{"username": testLogin, "password": testPassword, "tls.crt": rsaPair.certificate}, "only one of the keys"},
		"a key of another certificate": {map[string]string{"username": testLogin, "password": testPassword, "tls.crt": rsaPair.certificate, "tls.key": otherPair.key}, "no matching PEM"},
		"a key that is none":           {map[string]string{"username": testLogin, "tls.crt": rsaPair.certificate, "tls.key": "s3cret-value"}, "no matching PEM"},
		"a signature without RSA":      {map[string]string{"username": testLogin, "tls.crt": ecPair.certificate, "tls.key": ecPair.key}, "no RSA key"},
	} {
		t.Run(name, func(t *testing.T) {
			directory := newDirectory(fake.NewFakeClient(newSecret("s", test.data)))
			_, err := directory.Get(t.Context(), newAccount("a", "s", "https://api.example.ru/"))
			var unavailable *Unavailable
			if !errors.As(err, &unavailable) || unavailable.Reason != v1alpha1.ReasonSecretInvalid || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
			if strings.Contains(err.Error(), testPassword) {
				t.Errorf("error %v tells a secret", err)
			}
		})
	}
}

func TestAClientCertificateIsPresentedAndSigns(t *testing.T) {
	pair := keyPair(t, rsaKey(t))
	for name, data := range map[string]map[string]string{
		"beside a password": {"username": "certified", "password": testPassword, "tls.crt": pair.certificate, "tls.key": pair.key},
		"alone":             {"username": "certified", "tls.crt": pair.certificate, "tls.key": pair.key},
	} {
		t.Run(name, func(t *testing.T) {
			simulator := newSimulator(t, regapitest.WithTLS())
			simulator.AddAccount(regapitest.Account{Login: "certified", Password: testPassword, Certificates: []string{pair.certificate}})
			authorities := x509.NewCertPool()
			authorities.AppendCertsFromPEM(simulator.CACertificatePEM())
			directory := newDirectory(fake.NewFakeClient(newSecret("s", data)), regapi.WithRootCAs(authorities))
			identity, err := mustGet(t, directory, newAccount("a", "s", simulator.URL())).Client.Common.Nop(t.Context())
			if err != nil || identity.Login != "certified" {
				t.Errorf("identity %v, error %v", identity, err)
			}
		})
	}
}

func mustGet(t *testing.T, directory *Directory, account *v1alpha1.Account) *Connection {
	t.Helper()
	connection, err := directory.Get(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	return connection
}

func mustRefresh(t *testing.T, directory *Directory, account *v1alpha1.Account) *Connection {
	t.Helper()
	connection, err := directory.Refresh(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	return connection
}

func update(t *testing.T, kube client.Client, secret *corev1.Secret) {
	t.Helper()
	if err := kube.Update(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
}

type pemPair struct{ certificate, key string }

func rsaKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func ecKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// keyPair makes a self-signed client certificate.
func keyPair(t *testing.T, key crypto.Signer) pemPair {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pemPair{
		certificate: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})),
		key:         string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})),
	}
}
