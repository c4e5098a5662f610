package order_test

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kstatus "sigs.k8s.io/cli-utils/pkg/kstatus/status"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// says holds what an order shows against a reason, and against what kstatus is to make of it.
func (b *bench) says(ordinal int, reason string, want kstatus.Status) {
	b.Helper()
	o := b.order(ordinal)
	b.CheckInvariants(o)
	ready := meta.FindStatusCondition(o.Status.Conditions, v1alpha1.ConditionReady)
	if ready == nil || ready.Reason != reason || ready.Message == "" || b.Kstatus(o) != want {
		b.Errorf("want %s, which is %s; kstatus says %s of %s", reason, want, b.Kstatus(o), b.show(ordinal))
	}
}

// looks lets the process look at an order once, which it may not come through.
func (b *bench) looks(ordinal int) {
	b.Helper()
	if _, err := b.turn(ordinal); err != nil {
		b.Logf("the order is left to the queue: %v", err)
	}
}

// forge makes an order as somebody with a shell may, who is not the operator.
func (b *bench) forge(ordinal int, serviceID string) *v1alpha1.Order {
	b.Helper()
	forged := &v1alpha1.Order{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: b.Namespace, Name: purchase.Name(b.name, ordinal), Labels: ordering.Labels(b.login(), b.name),
		},
		Spec: v1alpha1.OrderSpec{
			DomainName: b.name, Operation: v1alpha1.OperationRenew, Endpoint: b.API.URL(), UserID: "4711", ServiceID: serviceID, BaseExpiry: b.expiry, Years: 1,
		},
	}
	b.MustCreate(forged)
	return forged
}

// settle is a person's word for an order that is unclear.
func (b *bench) settle(ordinal int, word purchase.Word) {
	b.Helper()
	controllertest.Change(b.Harness, b.order(ordinal), func(o *v1alpha1.Order) {
		metav1.SetMetaDataAnnotation(&o.ObjectMeta, v1alpha1.AnnotationSettle, string(word))
	})
}

// takesEffect is after how long renewals show from now on.
func (b *bench) takesEffect(after time.Duration) { b.API.SetDelays(regapitest.Delays{Renewal: &after}) }

// standings are what an order may come to, and what it says then.
var standings = map[string]struct {
	comes  func(b *bench)
	reason string
	want   kstatus.Status
}{
	"it cannot be read": {func(b *bench) {
		b.forge(1, "seven")
		b.looks(1)
	}, v1alpha1.ReasonInvalidSpec, kstatus.FailedStatus},
	"an older one is open": {func(b *bench) {
		b.forge(2, "777001")
		b.ask(1)
		b.looks(1)
		b.looks(2)
		b.says(2, v1alpha1.ReasonConflict, kstatus.FailedStatus)
		b.until(1, "Settled")
	}, string(purchase.Settled), kstatus.CurrentStatus},
	"the registrar does not answer": {func(b *bench) {
		b.ask(1)
		b.API.Inject(regapitest.Fault{Kind: regapitest.FaultError, Function: "service/get_info", Code: "SERVICE_UNAVAILABLE"})
		b.looks(1)
	}, v1alpha1.ReasonRetrying, kstatus.InProgressStatus},
	"nobody has watched": {func(b *bench) {
		b.ask(1)
		b.until(1, "Reserved")
		b.clock.Advance(20 * time.Minute)
		b.looks(1)
	}, v1alpha1.ReasonLedgerGap, kstatus.InProgressStatus},
	"nobody asks for it": {func(b *bench) {
		b.ask(1)
		b.until(1, "Quoted")
		controllertest.Change(b.Harness, b.object, func(d *v1alpha1.Domain) { d.Spec.Renewal = nil })
		b.until(1, "Withdrawn")
	}, string(purchase.NoLongerAsked), kstatus.CurrentStatus},
	"somebody else has given the domain another last day": {func(b *bench) {
		b.ask(1)
		b.until(1, "Reserved")
		b.API.SetExpiry(b.name, b.clock.Now().AddDate(0, 0, 80).Format(time.DateOnly))
		b.pass(25 * time.Hour)
		b.until(1, "Withdrawn")
	}, string(purchase.BaseChanged), kstatus.CurrentStatus},
	"the registrar's own renewal may be on": {func(b *bench) {
		b.Eventually("forget that it is off", func() error {
			if err := b.Get(b.Context(), client.ObjectKeyFromObject(b.object), b.object); err != nil {
				return err
			}
			b.object.Status.Renewal = nil
			return b.Status().Update(b.Context(), b.object)
		})
		b.ask(1)
		b.blocked(purchase.OtherRenewer)
	}, string(purchase.OtherRenewer), kstatus.FailedStatus},
	"the registrar refuses": {func(b *bench) {
		b.API.Inject(regapitest.Fault{Kind: regapitest.FaultError, Function: "service/renew", Code: "PROLONG_ERROR", Count: 1})
		b.ask(1)
		b.until(1, "Refused")
	}, string(purchase.RefusedByRegistrar), kstatus.FailedStatus},
	"its bill was deleted, and a person says that nobody has paid": {func(b *bench) {
		b.ask(1)
		b.until(1, "Placed")
		b.API.DeleteBill(b.unpaidBills()[0])
		b.pass(time.Hour)
		b.blocked(purchase.BillGone)
		b.settle(1, purchase.SaysNot)
		b.until(1, "Withdrawn")
	}, string(purchase.PersonSaid), kstatus.CurrentStatus},
	"it is paid, and nothing comes of it": {func(b *bench) {
		b.takesEffect(100 * time.Hour)
		b.ask(1)
		b.until(1, "Unclear")
	}, string(purchase.NoEffect), kstatus.FailedStatus},
	"its only call was lost": {func(b *bench) {
		b.payDirectly()
		b.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropRequest, Function: "service/renew", Count: 1})
		b.askDirectly(1)
		b.until(1, "Unclear")
	}, string(purchase.StatusUnclear), kstatus.FailedStatus},
	"nobody says what was spent before": {func(b *bench) {
		b.allow(func(a *v1alpha1.Account) { a.Annotations = nil })
		b.ask(1)
		b.blocked(purchase.LedgerClosed)
	}, string(purchase.LedgerClosed), kstatus.FailedStatus},
	"the parent zone has keys of the domain": {func(b *bench) {
		b.charging()
		controllertest.Change(b.Harness, b.object, func(d *v1alpha1.Domain) { d.Spec.PaidNameServerChangeMaxPrice = "4800" })
		b.Eventually("note the keys, as the controller of Domains does", func() error {
			if err := b.Get(b.Context(), client.ObjectKeyFromObject(b.object), b.object); err != nil {
				return err
			}
			if b.object.Status.ObservedGeneration != b.object.Generation {
				return errNotYet // It would be overwritten.
			}
			meta.SetStatusCondition(&b.object.Status.Conditions, metav1.Condition{
				Type: v1alpha1.ConditionDelegated, Status: metav1.ConditionFalse, Reason: v1alpha1.ReasonSigned, Message: "the keys go first",
			})
			return b.Status().Update(b.Context(), b.object)
		})
		b.askForServers(1)
		b.blocked(purchase.Signed)
	}, string(purchase.Signed), kstatus.FailedStatus},
}

func TestAnOrderSaysWhyItIsWhereItIsAndKstatusAgrees(t *testing.T) {
	for name, test := range standings {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, regapitest.Behaviour{})
			test.comes(b)
			b.says(1, test.reason, test.want)
		})
	}
}

func TestARegistrationSaysWhyItDoesNotGoOnAndKstatusAgrees(t *testing.T) {
	b := newRegistry(t, regapitest.Behaviour{})
	b.API.AddDomain(controllertest.Login, regapitest.Domain{Name: b.name, State: "D", Created: "2020-01-02", Expires: "2024-01-02"})
	b.askToRegister(1)
	b.until(1, "Withdrawn")
	b.says(1, string(purchase.AcquiredBefore), kstatus.CurrentStatus)

	owner := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: b.Namespace, Name: "owner"}}
	controllertest.Change(b.Harness, owner, func(s *corev1.Secret) { delete(s.Data, "passport_number") })
	b.fresh()
	b.askToRegister(1)
	b.blocked(purchase.ContactsInvalid)
	controllertest.Change(b.Harness, owner, func(s *corev1.Secret) { s.Data["passport_number"] = []byte("12 34 567890") })
	b.goesOn()
}

func TestAnOrderWhoseAccountIsGoneGoesOnWithTheNextOne(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	b.ask(1)
	b.until(1, "Placed")
	main := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: b.Namespace, Name: "main"}}
	if err := b.Get(t.Context(), client.ObjectKeyFromObject(main), main); err != nil {
		t.Fatal(err)
	}
	next := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: b.Namespace, Name: "main", Annotations: main.Annotations}, Spec: main.Spec}
	if err := b.Delete(t.Context(), main); err != nil {
		t.Fatal(err)
	}
	b.Eventually("the Account to be gone", func() error {
		if err := b.Get(t.Context(), client.ObjectKeyFromObject(main), main); !apierrors.IsNotFound(err) {
			return errNotYet
		}
		return nil
	})
	b.pass(time.Hour)
	b.looks(1)
	b.says(1, v1alpha1.ReasonAccountNotFound, kstatus.FailedStatus)
	b.MustCreate(next)
	b.WaitReady(next)
	b.until(1, "Settled")
	if b.API.Calls("bill/change_pay_type") != 1 {
		t.Errorf("it was paid %d times", b.API.Calls("bill/change_pay_type"))
	}
}

func TestAnOrderWaitsForAnOperatorThatMayWrite(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	b.ask(1)
	b.until(1, "Placed")
	b.pass(time.Hour)
	requests := len(b.API.Journal())
	b.reconciler.Directory = account.NewDirectory(account.Settings{ReadOnly: true}) // It was started again with --read-only.
	b.looks(1)
	b.says(1, v1alpha1.ReasonReadOnly, kstatus.FailedStatus)
	if sent := len(b.API.Journal()) - requests; sent != 0 {
		t.Errorf("%d requests", sent)
	}
	b.restart()
	b.until(1, "Settled")
}

// strictClock is the simulator's time, which the API server's has to agree with.
type strictClock struct{ controllertest.OrdersClock }

func (strictClock) Agrees(apiServer, registrar time.Time) bool {
	return ordering.RegistrarClock{}.Agrees(apiServer, registrar)
}

// skewedClock is the present time, and how far the registrar is ahead of it, which the API server's has to agree with.
type skewedClock struct {
	strictClock
	ahead time.Duration
}

func (c *skewedClock) Registrar(*account.Connection) (time.Time, bool) {
	return time.Now().Add(c.ahead).UTC().Truncate(time.Second), true
}

func TestAClockThatIsSetRightLetsOrdersGoOn(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	clock := &skewedClock{}
	b.desk.Clock = clock
	b.ask(1)
	clock.ahead = 48 * time.Hour
	for range 2 { // Also the first one: who writes the ledger sees it.
		b.looks(1)
		b.says(1, v1alpha1.ReasonRetrying, kstatus.InProgressStatus)
	}
	if o := b.order(1); o.Status.State != "" {
		t.Errorf("it has taken a step: %s", b.show(1))
	}
	clock.ahead = 0
	b.looks(1)
	b.says(1, v1alpha1.ReasonLedgerGap, kstatus.InProgressStatus) // A heartbeat of the day after tomorrow is one.
}

func TestNoMoneyMovesWhileTheClocksDisagree(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	b.ask(1)
	b.until(1, "Placed") // By now the registrar is a day ahead of the API server.
	b.pass(time.Hour)
	b.desk.Clock = strictClock{b.clock}
	for range 3 {
		b.looks(1)
	}
	b.says(1, v1alpha1.ReasonRetrying, kstatus.InProgressStatus)
	if b.spent() != 0 || b.order(1).Status.State != "Placed" {
		t.Errorf("%d roubles; %s", b.spent(), b.show(1))
	}
	b.desk.Clock = b.clock
	b.until(1, "Settled")
}
