package account

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/traffic"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

// bubble is a Directory in simulated time, with a simulator and the Secrets of several namespaces.
type bubble struct {
	*testing.T
	*Directory

	api  *regapitest.Server
	kube client.Client
}

// bubbleEndpoint is where the simulator of a bubble answers.
const bubbleEndpoint = "http://127.0.0.1/api/regru2/"

// inBubble runs a test with a login whose user is number 7.
func inBubble(t *testing.T, change func(*Settings), test func(b *bubble)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{T: t, api: regapitest.New(), kube: fake.NewFakeClient()}
		defer b.api.Close()
		b.api.AddAccount(regapitest.Account{Login: testLogin, Password: testPassword, UserID: 7})
		settings := Settings{Secrets: b.kube, Endpoints: anyEndpoint, Options: []regapi.Option{regapi.WithTransport(b.api.Transport())}}
		if change != nil {
			change(&settings)
		}
		b.Directory = NewDirectory(settings)
		test(b)
	})
}

// account makes an Account with a Secret of its own, which holds these credentials.
func (b *bubble) account(namespace, name, username, password string) *v1alpha1.Account {
	b.Helper()
	secret := newSecret(name, map[string]string{"username": username, "password": password})
	secret.Namespace = namespace
	if err := b.kube.Create(b.Context(), secret); err != nil {
		b.Fatal(err)
	}
	made := newAccount(name, name, bubbleEndpoint)
	made.Namespace = namespace
	return made
}

// mustProve gives the connection of an Account that REG.API accepts.
func (b *bubble) mustProve(account *v1alpha1.Account) *Connection {
	b.Helper()
	connection, err := b.Refresh(b.Context(), account)
	if err != nil {
		b.Fatal(err)
	}
	return connection
}

// spend sends challenges until one does not go at once, and gives how many went.
func (b *bubble) spend(connection *Connection) int {
	b.Helper()
	for sent := 0; ; sent++ {
		_, err := connection.Client.Common.Nop(traffic.WithPriority(b.Context(), traffic.Interactive))
		if regapi.IsThrottled(err) {
			return sent
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

func TestKnowingALoginIsNotEnoughToThrottleIt(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		owner := b.mustProve(b.account("owner", "main", testLogin, testPassword))
		b.api.ResetJournal()
		for n := range 20 {
			attacker := b.account("attacker", fmt.Sprintf("a%d", n), testLogin, fmt.Sprintf("guess-%d", n))
			attacker.Spec.Budget = &v1alpha1.Budget{RequestsPerHour: 60}
			if _, err := b.Refresh(b.Context(), attacker); !regapi.IsDenied(err) && !regapi.IsThrottled(err) {
				b.Fatalf("attacker %d: %v", n, err)
			}
		}
		if refused := b.api.Calls("nop"); refused > loginBound.namespace {
			b.Errorf("%d refused log-ins of a single namespace", refused)
		}
		if limit := owner.Budget().Limit; limit != 1080 {
			b.Errorf("the owner's limit is %d", limit)
		}
		if sent := b.spend(owner); sent != 1080-1 { // Less the check of the credentials.
			b.Errorf("the owner could send %d requests", sent)
		}
	})
}

func TestAnAttackerTakesNoProbeFromTheOwner(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		for n := range 10 {
			_, _ = b.Refresh(b.Context(), b.account("attacker", fmt.Sprintf("a%d", n), testLogin, fmt.Sprintf("guess-%d", n)))
		}
		b.mustProve(b.account("owner", "main", testLogin, testPassword)) // At once.
	})
}

func TestChecksThatFailTakeTurnsByNamespace(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		tries := map[string]int{}
		var accounts []*v1alpha1.Account
		for _, namespace := range []string{"a", "b", "c"} {
			for n := range 6 {
				accounts = append(accounts, b.account(namespace, fmt.Sprintf("n%d", n), testLogin, fmt.Sprintf("%s-%d", namespace, n)))
			}
		}
		for end := time.Now().Add(12 * time.Hour); time.Now().Before(end); time.Sleep(time.Minute) {
			for _, account := range accounts {
				before := b.api.Calls("nop")
				_, _ = b.Refresh(b.Context(), account)
				tries[account.Namespace] += b.api.Calls("nop") - before
			}
		}
		total := tries["a"] + tries["b"] + tries["c"]
		if total > 4*12+4 || tries["a"] < total/4 || tries["b"] < total/4 || tries["c"] < total/4 {
			b.Errorf("checks by namespace in 12 hours: %v", tries)
		}
	})
}

func TestRefusedCredentialsAreTriedOnceAQuarterOfAnHour(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		account := b.account("owner", "main", testLogin, "wrong")
		for range 59 {
			if _, err := b.Refresh(b.Context(), account); !regapi.IsDenied(err) && !regapi.IsThrottled(err) {
				b.Fatal(err)
			}
			time.Sleep(time.Minute)
		}
		// A quarter of an hour apart, of which three an hour are one namespace's.
		if checks := b.api.Calls("nop"); checks != 3 {
			b.Errorf("%d checks within an hour", checks)
		}
		b.api.SetPassword(testLogin, "wrong")
		time.Sleep(time.Hour)
		b.mustProve(account)
	})
}

func TestNoUnprovenAccountChangesWhatAnotherMayDo(t *testing.T) {
	const perHour = 500
	inBubble(t, func(s *Settings) { s.EgressPerHour = perHour }, func(b *bubble) {
		owner := b.mustProve(b.account("owner", "main", testLogin, testPassword))
		b.api.ResetJournal()
		for n := range 300 { // Logins that nobody has, some of them in namespaces that nobody else has.
			account := b.account(fmt.Sprintf("attacker-%d", n%5), fmt.Sprintf("a%d", n), fmt.Sprintf("nobody-%d", n), "guess")
			account.Spec.Budget = &v1alpha1.Budget{RequestsPerHour: 60}
			if _, err := b.Refresh(b.Context(), account); err == nil {
				b.Fatal("accepted")
			}
		}
		if checks := b.api.Calls("nop"); checks > unprovenPerHour {
			b.Errorf("%d checks within an hour", checks)
		}
		if sent := b.spend(owner); sent != perHour-1 {
			b.Errorf("the owner could send %d requests, want %d", sent, perHour-1)
		}
		if total := b.api.Calls("nop"); total > perHour-1+unprovenPerHour {
			b.Errorf("%d requests left from this address", total)
		}
	})
}

func TestManyNewAccountsAreAcceptedAtOnce(t *testing.T) {
	inBubble(t, nil, func(b *bubble) {
		for n := range 3 * unprovenPerHour {
			login := fmt.Sprintf("customer-%d", n)
			b.api.AddAccount(regapitest.Account{Login: login, Password: testPassword, UserID: int64(1000 + n)})
			b.mustProve(b.account("owner", login, login, testPassword))
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		if used := b.hosts["127.0.0.1"].egress.State().Used; used != 3*unprovenPerHour {
			b.Errorf("%d requests of this address count", used)
		}
	})
}

func TestARestartNeedsNoCheck(t *testing.T) {
	ledgers := map[string]*budget.MemoryLedger{}
	kept := func(s *Settings) { s.Ledger = keep(ledgers) }
	inBubble(t, kept, func(b *bubble) {
		account := b.account("owner", "main", testLogin, testPassword)
		connection := b.mustProve(account)
		account.Status.UserID, account.Status.SecretVersion, account.Status.ID = "7", connection.SecretVersion(), connection.ID
		b.api.ResetJournal()
		b.Directory = NewDirectory(b.settings)
		again, err := b.known(b.Context(), account)
		if err != nil || b.api.Calls("nop") != 0 || again.Login != connection.Login {
			b.Fatalf("%v after %d checks", err, b.api.Calls("nop"))
		}
		if sent := b.spend(again); sent < 1080-8 {
			b.Errorf("%d requests after a restart", sent)
		}
		for name, change := range map[string]func(*v1alpha1.Account){
			"another Secret":   func(a *v1alpha1.Account) { a.Status.SecretVersion = "77" },
			"another endpoint": func(a *v1alpha1.Account) { a.Spec.Endpoint = "http://127.0.0.1:8080/" },
			"another user":     func(a *v1alpha1.Account) { a.Status.UserID = "8" },
		} {
			changed := account.DeepCopy()
			changed.Name = "other"
			change(changed)
			if connection, err := b.known(b.Context(), changed); err == nil {
				b.Errorf("%s: proven by a status that speaks of something else: %v", name, connection.Login)
			}
		}
	})
}

// keep gives ledgers that outlive a Directory.
func keep(ledgers map[string]*budget.MemoryLedger) func(string) budget.Ledger {
	return func(name string) budget.Ledger {
		if ledgers[name] == nil {
			ledgers[name] = &budget.MemoryLedger{}
		}
		return ledgers[name]
	}
}
