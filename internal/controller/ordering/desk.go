package ordering

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
)

// Desk makes Orders and keeps the ledgers. All of its exported fields have to be set, but for SettleWithin.
type Desk struct {
	// Live reads and writes the API server itself.
	Live client.Client
	// Cache tells what the API server had a moment ago, with the indexes of IndexOrders.
	Cache client.Reader
	// Namespace of Orders and ledgers: all Deployments of a cluster share it. Holder is this Deployment, to which its logins' orders belong (3).
	Namespace, Holder string
	Clock             Clock
	// SettleWithin is how soon effects show where that is sooner than purchase.Settling: at a simulator. 0 is that.
	SettleWithin time.Duration

	mu sync.Mutex
	// remembered is the last heartbeat of each login's ledger that this process has seen.
	remembered map[string]time.Time
	// watched is when the open orders of each login were last watched, by this machine's clock.
	watched map[string]time.Time
	// parsed are the ledgers of the logins as they were last read.
	parsed map[string]parsed
	// cluster is the UID of kube-system, once it was read.
	cluster string
}

// Clock tells the time that money goes by.
type Clock interface {
	// Registrar is the registrar's time; known is false until it has answered.
	Registrar(connection *account.Connection) (now time.Time, known bool)
	// Agrees says whether the API server wrote something down at a time that fits to the registrar's.
	Agrees(apiServer, registrar time.Time) bool
}

// TimeOf asks the registrar's time again and again, once it is known.
func (d *Desk) TimeOf(connection *account.Connection) func() time.Time {
	return func() time.Time {
		now, _ := d.Clock.Registrar(connection)
		return now
	}
}

// RegistrarClock goes by the dates of the registrar's answers.
type RegistrarClock struct{}

// Registrar gives the connection's own time.
func (RegistrarClock) Registrar(connection *account.Connection) (time.Time, bool) {
	now, known := connection.RegistrarTime()
	return now.UTC().Truncate(time.Second), known
}

// Agrees allows for five minutes.
func (RegistrarClock) Agrees(apiServer, registrar time.Time) bool {
	return apiServer.Sub(registrar).Abs() <= purchase.MaxSkew
}

// ErrFaster says that somebody else has just made the order: begin again.
var ErrFaster = errors.New("somebody else has just made this order")

// Last gives the order of a domain with the highest ordinal, and the open one with the lowest: that acts. Both are nil where there is none.
func Last(orders []v1alpha1.Order, domain string) (last, open *v1alpha1.Order) {
	highest, lowest := 0, 0
	for i := range orders {
		of, ordinal, err := purchase.ParseName(orders[i].Name)
		if err != nil || of != domain {
			continue
		}
		if ordinal > highest {
			last, highest = &orders[i], ordinal
		}
		if !purchase.State(orders[i].Status.State).Closed() && (open == nil || ordinal < lowest) {
			open, lowest = &orders[i], ordinal
		}
	}
	return last, open
}

// Spread is by how much of a day the renewal of a domain comes later in this cluster than it is due: two clusters with one Git do not order in the
// same minute, and domains of one day do not all at once.
func (d *Desk) Spread(ctx context.Context, domain string) (time.Duration, error) {
	d.mu.Lock()
	cluster := d.cluster
	d.mu.Unlock()
	if cluster == "" {
		var system corev1.Namespace
		if err := d.Live.Get(ctx, client.ObjectKey{Name: metav1.NamespaceSystem}, &system); err != nil {
			return 0, fmt.Errorf("read by what renewals are spread over the day: %w", err)
		}
		cluster = string(system.UID)
		d.mu.Lock()
		d.cluster = cluster
		d.mu.Unlock()
	}
	sum := sha256.Sum256([]byte(cluster + " " + domain))
	return time.Duration(binary.BigEndian.Uint64(sum[:]) % uint64(24*time.Hour)), nil
}

// LastOf gives the order of a domain with the highest ordinal among those of some operations; nil where there is none.
func LastOf(orders []v1alpha1.Order, domain string, operations ...purchase.Operation) *v1alpha1.Order {
	last, _ := Last(slices.DeleteFunc(slices.Clone(orders), func(o v1alpha1.Order) bool {
		return !slices.Contains(operations, purchase.Operation(o.Spec.Operation))
	}), domain)
	return last
}

// Make makes the next order of a domain. The ledger announces it first: an Order that nobody has announced was made by somebody else, and is
// refused. ErrFaster says that the ordinal is taken.
func (d *Desk) Make(ctx context.Context, clock func() time.Time, login, endpoint, askedBy string, order purchase.Order) error {
	object := &v1alpha1.Order{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: d.Namespace, Name: order.Name(), Labels: Labels(login, order.Domain),
			Annotations: map[string]string{v1alpha1.AnnotationAskedBy: askedBy}, Finalizers: []string{v1alpha1.OrderFinalizer},
		},
		Spec: v1alpha1.OrderSpec{
			DomainName: order.Domain, Operation: v1alpha1.OrderOperation(order.Operation), Endpoint: endpoint, UserID: order.UserID,
			BaseExpiry: order.Base, Years: int32(order.Years), Payment: v1alpha1.PaymentTwoStep,
		},
	}
	if order.Direct {
		object.Spec.Payment = v1alpha1.PaymentDirect
	}
	if order.Servers != "" {
		object.Spec.NameServers = strings.Split(order.Servers, serversSeparator)
	}
	if !order.Operation.Keyed() {
		object.Spec.ServiceID = order.ServiceID.String()
	}
	if _, err := d.Change(ctx, login, clock, func(l *purchase.Ledger, _ time.Time) bool { return l.Announce(order) }); err != nil {
		return err
	}
	err := d.Live.Create(ctx, object)
	if apierrors.IsAlreadyExists(err) {
		return ErrFaster
	}
	if err != nil {
		return fmt.Errorf("make Order %s: %w", order.Name(), err)
	}
	return nil
}

// OrderOf is what an Order buys. What cannot be read of it is refused.
func OrderOf(object *v1alpha1.Order) (purchase.Order, error) {
	domain, ordinal, err := purchase.ParseName(object.Name)
	if err != nil {
		return purchase.Order{}, err
	}
	order := purchase.Order{
		Domain: domain, Ordinal: ordinal, UserID: object.Spec.UserID, Operation: purchase.Operation(object.Spec.Operation),
		Base: object.Spec.BaseExpiry, Years: int(object.Spec.Years), Servers: strings.Join(object.Spec.NameServers, serversSeparator),
		Direct: object.Spec.Payment == v1alpha1.PaymentDirect,
	}
	if order.Operation.Keyed() {
		return order, nil
	}
	service, err := strconv.ParseInt(object.Spec.ServiceID, 10, 64)
	if err != nil || service <= 0 {
		return purchase.Order{}, fmt.Errorf("spec.serviceID %q is no number of a service", object.Spec.ServiceID)
	}
	order.ServiceID = regapi.ID(service)
	return order, nil
}

// serversSeparator stands between the name servers of an order.
const serversSeparator = ", "

// LoginOf is the login of an Order.
func LoginOf(object *v1alpha1.Order) string {
	return tenancy.LoginAt(object.Spec.Endpoint, "user "+object.Spec.UserID)
}

// AskedBy names a Domain in a generation of its spec.
func AskedBy(domain *v1alpha1.Domain) string {
	return fmt.Sprintf("%s/%d", domain.UID, domain.Generation)
}

// spentBefore reads a person's word for what was spent in a month before the ledger began.
func spentBefore(text, month string) (purchase.Amount, bool) {
	of, amount, found := strings.Cut(text, "=")
	if !found || strings.TrimSpace(of) != month {
		return 0, false
	}
	spent, err := purchase.ParseAmount(strings.TrimSpace(amount))
	return spent, err == nil
}
