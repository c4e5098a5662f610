package account

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/traffic"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

func TestHoweverALoginIsSpelledItIsOne(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		const mail = "customer@example.ru"
		b.api.AddAccount(regapitest.Account{Login: mail, Password: testPassword, UserID: 7})
		var connections []*Connection
		for n, spelled := range []string{bubbleEndpoint, "http://127.0.0.1/api/regru2", "HTTP://127.0.0.1:80/api//regru2/", "http://127.0.0.1:80/api/regru2"} {
			for _, login := range []string{testLogin, mail} {
				account := b.account("owner", fmt.Sprintf("a%d-%.4s", n, login[len(login)-4:]), login, testPassword)
				account.Spec.Endpoint = spelled
				connections = append(connections, b.mustProve(account))
			}
		}
		for _, connection := range connections {
			if connection.Login != connections[0].Login || connection.ID != connections[0].ID || len(connection.ID) != idLength {
				b.Errorf("login %v, ID %q", connection.Login, connection.ID)
			}
		}
		if used := connections[0].Budget().Used; used != len(connections) {
			b.Errorf("%d requests count, want the %d checks", used, len(connections))
		}
		var sending sync.WaitGroup
		for _, connection := range connections {
			sending.Go(func() { _, _ = connection.Client.Common.Nop(traffic.WithPriority(b.Context(), traffic.Change)) })
		}
		sending.Wait()
		if most := max(b.api.MaxInFlight(testLogin), b.api.MaxInFlight(mail)); most != 1 {
			b.Errorf("%d requests in flight at once", most)
		}
	})
}

func TestAnotherUserAtAnEndpointOrAnotherEndpointIsAnotherLogin(t *testing.T) {
	seen := map[string]bool{}
	for _, login := range []Login{
		loginOf("https://a/", 7, "x"), loginOf("https://a/", 8, "x"), loginOf("https://b/", 7, "x"), loginOf("https://a/", 0, "x"), loginOf("https://a/", 0, "y"),
	} {
		if seen[login.ID()] {
			t.Errorf("%v has an ID twice", login)
		}
		seen[login.ID()] = true
	}
	if loginOf("https://a/", 7, "x") != loginOf("https://a/", 7, "y") {
		t.Error("a user whose number is known goes by his name")
	}
	if LoginID("HTTPS://A:443", 7) != loginOf("https://a/", 7, "").ID() || LoginID("no address", 7) != "" {
		t.Error("the ID depends on the spelling of the endpoint")
	}
}

func TestAnAccountThatMovesToAnotherLoginLeavesNothingBehind(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		b.api.AddAccount(regapitest.Account{Login: "another", Password: testPassword, UserID: 8})
		stays := b.mustProve(b.account("owner", "stays", testLogin, testPassword))
		moving := b.account("owner", "moving", testLogin, testPassword)
		moving.Spec.Budget = &v1alpha1.Budget{RequestsPerHour: 60}
		b.mustProve(moving)
		if limit := stays.Budget().Limit; limit != 60 {
			b.Errorf("the smaller limit of two Accounts of one login does not hold: %d", limit)
		}
		secret := newSecret("moving", map[string]string{"username": "another", "password": testPassword})
		secret.Namespace = "owner"
		update(t, b.kube, secret)
		moved := b.mustProve(moving)
		if stays.Budget().Limit != 1080 || moved.Budget().Limit != 60 {
			b.Errorf("limits %d and %d", stays.Budget().Limit, moved.Budget().Limit)
		}
		b.Forget(client.ObjectKeyFromObject(moving))
		for l, lane := range b.lanes {
			if _, member := lane.limits[client.ObjectKeyFromObject(moving)]; member {
				b.Errorf("a member of %v still", l)
			}
		}
	})
}

func TestLanesAndLedgersGoWhenNobodyNeedsThem(t *testing.T) {
	ledgers := map[string]*budget.MemoryLedger{}
	names := func(context.Context) ([]string, error) {
		var names []string
		for name, ledger := range ledgers {
			if data, _, _ := ledger.Load(context.Background()); data != nil {
				names = append(names, name)
			}
		}
		return names, nil
	}
	inBubble(t, func(s *Settings) { s.Ledger, s.Ledgers = keep(ledgers), names }, func(b *bubble) {
		stays := b.account("owner", "stays", testLogin, testPassword)
		b.mustProve(stays)
		for n := range 20 {
			login := fmt.Sprintf("comes-and-goes-%d", n)
			b.api.AddAccount(regapitest.Account{Login: login, Password: testPassword, UserID: int64(100 + n)})
			account := b.account("owner", login, login, testPassword)
			b.mustProve(account)
			b.Forget(client.ObjectKeyFromObject(account))
		}
		count := func() (lanes, kept int) {
			b.mu.Lock()
			defer b.mu.Unlock()
			found, _ := names(context.Background())
			return len(b.lanes), len(found)
		}
		if lanes, kept := count(); lanes < 21 || kept < 21 {
			b.Fatalf("%d lanes and %d ledgers: a login that comes back at once must not begin anew", lanes, kept)
		}
		for range 12 {
			time.Sleep(tidyInterval)
			if err := b.tidy(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
		if lanes, kept := count(); lanes > 2 || kept > 4 {
			b.Errorf("%d lanes and %d ledgers are left", lanes, kept)
		}
		if connection, err := b.known(b.Context(), stays); err != nil || b.spend(connection) < 1000 {
			b.Errorf("who stays: %v", err)
		}
	})
}

func TestARenamedSecretIsReadOnce(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		account := b.account("owner", "main", testLogin, testPassword)
		first := b.mustProve(account)
		b.account("owner", "renamed", testLogin, testPassword)
		account.Spec.SecretRef.Name = "renamed"
		reads := &countingReader{Reader: b.kube}
		b.settings.Secrets = reads
		for range 5 {
			if again, err := b.known(b.Context(), account); err != nil || again != first {
				b.Fatalf("%p, %v", again, err)
			}
		}
		if reads.count != 1 {
			b.Errorf("read %d times", reads.count)
		}
	})
}

// countingReader counts, and lets the first reading wait.
type countingReader struct {
	client.Reader
	count int
	first chan struct{}
}

func (r *countingReader) Get(ctx context.Context, key client.ObjectKey, object client.Object, options ...client.GetOption) error {
	r.count++
	err := r.Reader.Get(ctx, key, object, options...)
	if r.count == 1 && r.first != nil {
		<-r.first
	}
	return err
}

func TestASecretThatIsReadSlowlyDoesNotReplaceANewerOne(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		account := b.account("owner", "main", testLogin, testPassword)
		slow := &countingReader{Reader: b.kube, first: make(chan struct{})}
		b.settings.Secrets = slow
		var reading sync.WaitGroup
		reading.Go(func() { _, _ = b.Refresh(b.Context(), account) })
		time.Sleep(time.Second)
		b.api.SetPassword(testLogin, "newer")
		secret := newSecret("main", map[string]string{"username": testLogin, "password": "newer"})
		secret.Namespace = "owner"
		update(t, b.kube, secret)
		reading.Go(func() { _, _ = b.Refresh(b.Context(), account) })
		time.Sleep(time.Second)
		close(slow.first)
		reading.Wait()
		connection := b.open(account)
		if connection == nil {
			b.Fatal("no connection")
		}
		if _, err := connection.Client.Common.Nop(b.Context()); err != nil {
			b.Errorf("with the newer password: %v", err)
		}
	})
}

func TestLedgersOfOlderNamesAreCountedOnce(t *testing.T) {
	ledgers := map[string]*budget.MemoryLedger{}
	older := formerID(bubbleEndpoint, testLogin)
	inBubble(t, func(s *Settings) { s.Ledger = keep(ledgers) }, func(b *bubble) {
		spent := fmt.Sprintf(`{"format":1,"from":%d,"spent":[300]}`, time.Now().Unix()/60)
		for _, name := range []string{older, formerEgress} {
			if _, err := keep(ledgers)(name).Save(b.Context(), []byte(spent), ""); err != nil {
				b.Fatal(err)
			}
		}
		account := b.account("owner", "main", testLogin, testPassword)
		for range 3 { // Each time a process ends, and another one begins.
			account.Status.UserID, account.Status.SecretVersion, account.Status.ID = "7", "1", older
			account.Status.ObservedGeneration = account.Generation
			connection, err := b.known(b.Context(), account)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := connection.Client.Common.Nop(traffic.WithPriority(b.Context(), traffic.Interactive)); err != nil {
				b.Fatal(err)
			}
			if err := b.returnBudgets(); err != nil {
				b.Fatal(err)
			}
			b.Directory = NewDirectory(b.settings)
		}
		account.Status.ID = LoginID(bubbleEndpoint, 7)
		connection, err := b.known(b.Context(), account)
		if err != nil {
			b.Fatal(err)
		}
		sent := b.spend(connection)
		if used := connection.Budget().Used; used != 1080 || sent != 1080-300-3 {
			b.Errorf("%d requests count after %d were sent", used, sent)
		}
	})
}

func TestALedgerThatIsLostWhileNobodyKnewItLeavesAnHourToChallenges(t *testing.T) {
	inBubble(t, func(s *Settings) { s.Ledger = keep(map[string]*budget.MemoryLedger{}) }, func(b *bubble) {
		account := b.account("owner", "main", testLogin, testPassword)
		account.Status.UserID, account.Status.SecretVersion, account.Status.ID = "7", "1", LoginID(bubbleEndpoint, 7)
		connection, err := b.known(b.Context(), account)
		if err != nil {
			b.Fatal(err)
		}
		change, challenge := traffic.WithPriority(b.Context(), traffic.Change), traffic.WithPriority(b.Context(), traffic.Interactive)
		if _, err := connection.Client.Zone.Nop(change, regapi.ByName("example.ru")); !regapi.IsThrottled(err) {
			b.Errorf("a change: %v", err)
		}
		if _, err := connection.Client.Common.Nop(challenge); err != nil {
			b.Errorf("a challenge: %v", err)
		}
		time.Sleep(time.Hour + 2*time.Minute)
		if _, err := connection.Client.Common.Nop(change); err != nil {
			b.Errorf("an hour later: %v", err)
		}
	})
}

// forbidding is an API server that keeps Secrets to itself.
type forbidding struct{ client.Reader }

func (forbidding) Get(_ context.Context, key client.ObjectKey, _ client.Object, _ ...client.GetOption) error {
	return apierrors.NewForbidden(schema.GroupResource{Resource: "secrets"}, key.Name, errors.New("no Role"))
}

func TestCredentialsAreSentNowhereElseAndTakenFromNoStranger(t *testing.T) {
	for name, test := range map[string]struct {
		change func(b *bubble, account *v1alpha1.Account)
		want   string
	}{
		"an endpoint of a tenant's own": {func(_ *bubble, a *v1alpha1.Account) { a.Spec.Endpoint = "https://tenant.example.ru/" }, v1alpha1.ReasonEndpointNotAllowed},
		"a path beside the allowed one": {func(_ *bubble, a *v1alpha1.Account) { a.Spec.Endpoint = "https://api.example.ru/other/" }, v1alpha1.ReasonEndpointNotAllowed},
		"a Secret of another program":   {func(b *bubble, _ *v1alpha1.Account) { b.retype(corev1.SecretTypeBasicAuth, nil) }, v1alpha1.ReasonSecretTypeRefused},
		"a label that says no": {func(b *bubble, _ *v1alpha1.Account) {
			b.retype(corev1.SecretTypeBasicAuth, map[string]string{v1alpha1.LabelCredentials: "false"})
		}, v1alpha1.ReasonSecretTypeRefused},
		"a Secret that the operator may not read": {func(b *bubble, _ *v1alpha1.Account) { b.settings.Secrets = forbidding{b.kube} }, v1alpha1.ReasonSecretForbidden},
		"one whose label says that it is meant": {func(b *bubble, _ *v1alpha1.Account) {
			b.retype(corev1.SecretTypeBasicAuth, map[string]string{v1alpha1.LabelCredentials: "true"})
		}, ""},
		"one of our own type": {func(b *bubble, _ *v1alpha1.Account) { b.retype(v1alpha1.SecretTypeCredentials, nil) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, nil, func(b *bubble) {
				account := b.account("tenant", "main", testLogin, testPassword)
				test.change(b, account)
				_, err := b.Refresh(b.Context(), account)
				unavailable, _ := errors.AsType[*Unavailable](err)
				if test.want == "" && err != nil || test.want != "" && (unavailable == nil || unavailable.Reason != test.want) {
					b.Errorf("%v, want %q", err, test.want)
				}
				if calls := len(b.api.Journal()); test.want != "" && calls > 0 {
					b.Errorf("%d requests", calls)
				}
			})
		})
	}
}

// retype gives the Secret main of a tenant a type and labels.
func (b *bubble) retype(kind corev1.SecretType, labels map[string]string) {
	b.Helper()
	secret := newSecret("main", map[string]string{"username": testLogin, "password": testPassword})
	secret.Namespace, secret.Type, secret.Labels = "tenant", kind, labels
	if err := b.kube.Delete(b.Context(), secret.DeepCopy()); err != nil {
		b.Fatal(err)
	}
	if err := b.kube.Create(b.Context(), secret); err != nil {
		b.Fatal(err)
	}
}
