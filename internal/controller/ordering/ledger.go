package ordering

import (
	"context"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

const (
	ledgerPrefix = "regapi-spending-"
	ledgerKey    = "ledger"
	// componentLabel with component says what a ConfigMap is.
	componentLabel, component = "app.kubernetes.io/component", "spending-ledger"
	// maxSwaps bounds the attempts to write a ledger that others write too.
	maxSwaps = 5
)

// ClocksDiffer says that no money moves, since the registrar and the API server do not agree on the time (7).
type ClocksDiffer struct{ APIServer, Registrar time.Time }

func (e *ClocksDiffer) Error() string {
	return "the clocks of the registrar and of the API server differ by more than five minutes, so that no money moves: set the API server's clock"
}

// HeldElsewhere says that the open orders of a login belong to another Deployment (3).
type HeldElsewhere struct{ Holder string }

func (e *HeldElsewhere) Error() string {
	return "the open orders of this login belong to the operator in namespace " + e.Holder + ": let one Deployment alone have an Account of a login. " +
		"If that one is gone, this one takes over when nobody has watched the orders for a day"
}

// Class says that a person has to do something, or a day to pass.
func (*HeldElsewhere) Class() regapi.Class { return regapi.ClassBlocked }

// Change changes the ledger of a login by compare-and-swap, if change says that it has to be written, and gives it as it is then. The clock is asked
// once the ledger is read: what was told before may be older than what another worker has written since, which would be taken for a gap (9).
func (d *Desk) Change(ctx context.Context, login string, clock func() time.Time, change func(l *purchase.Ledger, now time.Time) bool) (*purchase.Ledger, error) {
	for range maxSwaps {
		ledger, object, err := d.read(ctx, login)
		if err != nil {
			return nil, err
		}
		now := clock()
		doubtful := d.compare(ledger, object) != nil // A clock was wrong when it was written: they are compared anew.
		if !doubtful && !change(ledger, now) {
			return ledger, nil
		}
		ledger.Touch(now)
		switch err := d.write(ctx, object, ledger); {
		case apierrors.IsConflict(err) || apierrors.IsAlreadyExists(err):
			continue
		case err != nil:
			return nil, fmt.Errorf("write the spending ledger %s: %w", object.Name, err)
		}
		if err := d.compare(ledger, object); err != nil {
			return nil, err
		}
		if !doubtful {
			return ledger, nil
		}
	}
	return nil, fmt.Errorf("the spending ledger %s%s is written by others all the time", ledgerPrefix, login)
}

// compare holds the registrar's time of the last write of a ledger against the API server's (7).
func (d *Desk) compare(ledger *purchase.Ledger, object *corev1.ConfigMap) error {
	if at := writtenAt(object); !at.IsZero() && !ledger.Touched.IsZero() && !d.Clock.Agrees(at, ledger.Touched) {
		return &ClocksDiffer{APIServer: at, Registrar: ledger.Touched}
	}
	return nil
}

// read gives a ledger and its object.
func (d *Desk) read(ctx context.Context, login string) (*purchase.Ledger, *corev1.ConfigMap, error) {
	object := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{
		Namespace: d.Namespace, Name: ledgerPrefix + login,
		Labels: map[string]string{"app.kubernetes.io/managed-by": "regapi-operator", componentLabel: component},
	}}
	err := d.Live.Get(ctx, types.NamespacedName{Namespace: object.Namespace, Name: object.Name}, object)
	if err != nil && !apierrors.IsNotFound(err) {
		return nil, nil, fmt.Errorf("read the spending ledger %s: %w", object.Name, err)
	}
	ledger, err := d.parse(login, object.Data[ledgerKey])
	if err != nil {
		return nil, nil, fmt.Errorf("ConfigMap %s: %w", object.Name, err)
	}
	return ledger, object, nil
}

// parsed is what a text of a ledger says.
type parsed struct {
	text   string
	ledger *purchase.Ledger
}

// parse reads a ledger, of which a year's orders make a long text; one that is the same as before is not parsed again. It says what it says in whatever
// version of its object: a cluster that was put back may give one number to two of them.
func (d *Desk) parse(login, text string) (*purchase.Ledger, error) {
	d.mu.Lock()
	known := d.parsed[login]
	d.mu.Unlock()
	if known.ledger != nil && known.text == text {
		return known.ledger.Clone(), nil
	}
	ledger, err := purchase.ParseLedger(text)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.parsed == nil {
		d.parsed = map[string]parsed{}
	}
	d.parsed[login] = parsed{text, ledger.Clone()}
	return ledger, nil
}

// writtenAt is when the API server last wrote the ledger down.
func writtenAt(object *corev1.ConfigMap) (last time.Time) {
	for _, entry := range object.ManagedFields {
		if entry.Time != nil && entry.Time.After(last) {
			last = entry.Time.Time
		}
	}
	return last
}

func (d *Desk) write(ctx context.Context, object *corev1.ConfigMap, ledger *purchase.Ledger) error {
	text, err := ledger.Encode()
	if err != nil {
		return err
	}
	object.Data = map[string]string{ledgerKey: text}
	if object.ResourceVersion == "" {
		return d.Live.Create(ctx, object)
	}
	return d.Live.Update(ctx, object)
}

// Watch is what comes before every decision about a login's money: the heartbeat, and what follows from it. Self is the order that the caller has read
// just now, if it decides about one. The account tells what was spent before the ledger began.
func (d *Desk) Watch(ctx context.Context, login string, clock func() time.Time, self *v1alpha1.Order, owner *v1alpha1.Account) (*purchase.Ledger, error) {
	open, err := d.anyOpen(ctx, login, self)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	remembered := d.remembered[login]
	d.mu.Unlock()
	elsewhere := ""
	ledger, err := d.Change(ctx, login, clock, func(l *purchase.Ledger, now time.Time) bool {
		claimed, held := l.Claim(d.Holder, now, open)
		if elsewhere = ""; !held {
			elsewhere = l.Holder
			return false
		}
		changed := l.Watch(now, remembered.After(l.Heartbeat), open)
		if owner != nil && l.Closed() {
			if spent, told := spentBefore(owner.Annotations[v1alpha1.AnnotationSpentThisMonth], l.Month); told {
				l.Open(spent)
				changed = true
			}
		}
		return l.KeepLost(func(uid string, e purchase.Entry) bool { return d.isLost(ctx, uid, e) }) || changed || claimed
	})
	switch {
	case err != nil:
		return nil, err
	case elsewhere != "":
		return nil, &HeldElsewhere{elsewhere}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.remembered == nil {
		d.remembered, d.watched = map[string]time.Time{}, map[string]time.Time{}
	}
	if ledger.Heartbeat.After(d.remembered[login]) || remembered.After(ledger.Heartbeat) { // Another worker may have seen a later one; a gap is seen once.
		d.remembered[login] = ledger.Heartbeat
	}
	d.watched[login] = time.Now()
	return ledger, nil
}

// Watched says whether the open orders of a login were watched within the last so much time.
func (d *Desk) Watched(login string, within time.Duration) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	at, ever := d.watched[login]
	return ever && time.Since(at) < within
}

// Ledgers reads the ledgers of all logins, by the names that tell nothing about them.
func (d *Desk) Ledgers(ctx context.Context) (map[string]*purchase.Ledger, error) {
	var list corev1.ConfigMapList
	if err := d.Live.List(ctx, &list, client.InNamespace(d.Namespace), client.MatchingLabels{componentLabel: component}); err != nil {
		return nil, fmt.Errorf("list the spending ledgers: %w", err)
	}
	ledgers := map[string]*purchase.Ledger{}
	for i := range list.Items {
		login, ours := strings.CutPrefix(list.Items[i].Name, ledgerPrefix)
		if !ours {
			continue
		}
		ledger, err := purchase.ParseLedger(list.Items[i].Data[ledgerKey])
		if err != nil {
			return nil, fmt.Errorf("ConfigMap %s: %w", list.Items[i].Name, err)
		}
		ledgers[login] = ledger
	}
	return ledgers, nil
}
