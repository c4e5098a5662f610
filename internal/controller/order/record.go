package order

import (
	"strconv"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// recordOf reads what the status records of an order. What cannot be read is refused: an order whose record is broken takes no step.
func recordOf(s v1alpha1.OrderStatus) (r purchase.Record, err error) {
	r = purchase.Record{
		State: purchase.State(s.State), Reason: purchase.Reason(s.Reason), Digest: s.Digest, QuotedAt: timeOf(s.QuotedAt),
		LookedAt: timeOf(s.LookedAt), Calls: int(s.Calls), PlacingAt: timeOf(s.PlacingAt), PayingAt: timeOf(s.PayingAt), PaidAt: timeOf(s.PaidAt),
		OddSince: timeOf(s.OddSince), ErrorCode: regapi.ErrorCode(s.ErrorCode),
	}
	if r.Price, err = amountOf(s.Price); err != nil {
		return r, err
	}
	if r.Cost, err = amountOf(s.Cost); err != nil || s.Bill == nil {
		return r, err
	}
	id, err := strconv.ParseInt(s.Bill.ID, 10, 64)
	if err != nil {
		return r, err
	}
	r.Bill = purchase.Bill{ID: regapi.ID(id), KnownAt: timeOf(s.Bill.KnownAt), Removing: s.Bill.Removing, Removed: s.Bill.Removed}
	r.Bill.Price, err = amountOf(s.Bill.Price)
	return r, err
}

// writeRecord puts a record into the status.
func writeRecord(s *v1alpha1.OrderStatus, r purchase.Record) {
	s.State, s.Reason, s.Digest = v1alpha1.OrderState(r.State), string(r.Reason), r.Digest
	s.Price, s.Cost, s.Calls, s.ErrorCode = moneyOf(r.Price), moneyOf(r.Cost), int32(r.Calls), code(r.ErrorCode)
	s.QuotedAt, s.LookedAt, s.PlacingAt = pointer(r.QuotedAt), pointer(r.LookedAt), pointer(r.PlacingAt)
	s.PayingAt, s.PaidAt, s.OddSince = pointer(r.PayingAt), pointer(r.PaidAt), pointer(r.OddSince)
	s.Bill = nil
	if r.Bill.ID != 0 {
		s.Bill = &v1alpha1.OrderBill{
			ID: r.Bill.ID.String(), Price: moneyOf(r.Bill.Price), KnownAt: pointer(r.Bill.KnownAt), Removing: r.Bill.Removing, Removed: r.Bill.Removed,
		}
	}
}

func timeOf(t *metav1.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

func pointer(t time.Time) *metav1.Time {
	if t.IsZero() {
		return nil
	}
	return &metav1.Time{Time: t}
}

func amountOf(m v1alpha1.Money) (purchase.Amount, error) {
	if m == "" {
		return 0, nil
	}
	return purchase.ParseAmount(string(m))
}

func moneyOf(a purchase.Amount) v1alpha1.Money {
	if a == 0 {
		return ""
	}
	return v1alpha1.Money(a.String())
}

// maxCode is what the status holds of a code.
const maxCode = 128

func code(c regapi.ErrorCode) string { return string(c[:min(len(c), maxCode)]) }
