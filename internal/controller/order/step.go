package order

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"

	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// step writes the next step down, takes it, and takes down what came of it.
func (r *Reconciler) step(ctx context.Context, s *scope) error {
	s.next = purchase.Decide(s.in)
	s.record = s.next.Record
	writeRecord(&s.object.Status, s.record)
	if s.next.Do == purchase.Nothing {
		return nil // Settle writes it.
	}
	written := s.object.DeepCopy()
	if err := r.PatchStatusInAnyCase(ctx, s.before, written); err != nil {
		return err // Somebody else has written the Order: it is theirs now.
	}
	s.before, s.object = written.DeepCopy(), written
	switch s.next.Do {
	case purchase.Book, purchase.Release, purchase.Keep:
		return r.account(ctx, s)
	}
	answer := r.call(ctx, s)
	r.tellAgain(s) // A bill's time begins when its number is known (16).
	s.failed = answer.Err != nil
	s.record = purchase.Answered(s.order, s.record, s.next.Do, answer, s.in.Now)
	writeRecord(&s.object.Status, s.record)
	err := r.keep(ctx, s)
	if err == nil && regapi.NeverSent(answer.Err) {
		return answer.Err // It says when there is a turn again.
	}
	return err
}

const (
	// keepWithin bounds the write of what came of a call, also when the process is about to end.
	keepWithin = 10 * time.Second
	keepTries  = 5
)

// keep writes down what came of a call. An answer is dear: a write that collides with somebody's annotation is made again, as long as the status
// is still the one that was written before the call.
func (r *Reconciler) keep(ctx context.Context, s *scope) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), keepWithin)
	defer stop()
	for tries := 1; ; tries++ {
		written := s.object.DeepCopy()
		err := r.PatchStatus(ctx, s.before, written)
		if err == nil {
			s.before, s.object = written.DeepCopy(), written
			return nil
		}
		if tries == keepTries || !apierrors.IsConflict(err) {
			return err
		}
		var now v1alpha1.Order
		if err := r.Desk.Live.Get(ctx, client.ObjectKeyFromObject(s.object), &now); err != nil {
			return fmt.Errorf("read the Order again: %w", err)
		}
		if !equality.Semantic.DeepEqual(now.Status, s.before.Status) {
			return err // Another replica has gone on from there.
		}
		status := s.object.Status
		s.before, s.object = now.DeepCopy(), &now
		s.object.Status = status
	}
}

// account changes the order's entry in the ledger.
func (r *Reconciler) account(ctx context.Context, s *scope) error {
	uid := string(s.object.UID)
	_, err := r.Desk.Change(ctx, s.login, r.Desk.TimeOf(s.connection), func(l *purchase.Ledger, _ time.Time) bool {
		switch s.next.Do {
		case purchase.Book:
			return !s.in.Now.Before(s.gapUntil()) && l.Book(uid, s.object.Name, s.next.Amount, s.limit) == nil
		case purchase.Release:
			l.Release(uid)
		case purchase.Keep:
			l.Keep(uid, s.object.Name, s.next.Amount)
		}
		return true
	})
	return err
}

// call makes the call of a step. It is sent once, and soon after what it stands on was read, or not at all (8).
func (r *Reconciler) call(ctx context.Context, s *scope) purchase.Answer {
	ctx = traffic.WithSendSoon(traffic.Once(traffic.WithAskers(traffic.WithPriority(ctx, traffic.Change), traffic.ByObject)), s.begun, purchase.DecisionLife)
	switch bill := s.record.Bill.ID; s.next.Do {
	case purchase.Place:
		switch {
		case s.order.Operation.Keyed():
			return s.acquire(ctx)
		case s.order.Operation == purchase.ChangeNameServers:
			return s.point(ctx)
		}
		return s.renew(ctx)
	case purchase.Pay:
		paid, err := s.connection.Client.Bill.ChangePayType(ctx, regapi.PayPrepay, purchase.Currency, bill) // 6.4
		if err == nil {
			err = paid[0].Err
		}
		return purchase.Answer{Err: err}
	default:
		removed, err := s.connection.Client.Bill.Delete(ctx, bill) // 6.5
		if err == nil {
			err = removed[0].Err
		}
		return purchase.Answer{Err: err}
	}
}
