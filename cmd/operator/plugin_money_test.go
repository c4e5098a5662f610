package main

import (
	"strconv"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// TestPeopleApproveRejectAndSettleOrders goes through what people say about money, with an operator that heeds it.
func TestPeopleApproveRejectAndSettleOrders(t *testing.T) {
	h := newHouse(t, "--orders-settle-within", settleSoon.String(), "--resync-interval", "5s")
	h.api.AddAccount(regapitest.Account{Login: "spender", Password: "secret", UserID: 31})
	h.api.TopUp("spender", "20000")
	h.registrant()
	h.spender("spender")
	h.eventually("the spender's Account to be Ready", func() bool { return h.accountReady("spender") })
	for _, name := range []string{"wanted.ru", "unwanted.ru"} {
		h.create(&v1alpha1.Domain{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name}, Spec: v1alpha1.DomainSpec{
			AccountRef: v1alpha1.AccountReference{Name: "spender"}, DomainName: v1alpha1.DomainName(name),
			Acquisition: &v1alpha1.Acquisition{Mode: v1alpha1.AcquisitionRegister, MaxPrice: "600", ContactsRef: &v1alpha1.SecretReference{Name: "owner"}},
		}})
	}
	h.comesTo("wanted.ru", purchase.AwaitingApproval)
	h.comesTo("unwanted.ru", purchase.AwaitingApproval)

	told := h.wants("admin", exit.Usage, "give the hash", "approve", "order", "wanted.ru.1")
	digest := h.order("wanted.ru").Status.Digest
	if digest == "" || !strings.Contains(told, digest) {
		t.Fatalf("%q is not shown:\n%s", digest, told)
	}
	h.wants("admin", exit.Findings, "nothing waits by the hash", "approve", "order", "wanted.ru.1", "another")
	h.wants("admin", exit.Findings, "AwaitingApproval", "status", "order", "unwanted.ru.1")
	h.wants("admin", exit.Findings, "needs nobody's word", "orders", "settle", "wanted.ru.1", "--as", "paid")

	h.wants("admin", exit.Findings, "is approved and waits still", "reject", "order", "unwanted.ru.1")
	h.wants("admin", exit.Fine, "approved", "approve", "order", "wanted.ru.1", digest)
	h.comesTo("wanted.ru", purchase.Settled)
	if state := h.order("unwanted.ru").Status.State; state != v1alpha1.OrderState(purchase.AwaitingApproval) {
		t.Errorf("what nobody approved is %s", state)
	}
	h.wants("admin", exit.Fine, "wanted.ru.1", "orders")

	// A bill that somebody has deleted: nothing tells the operator what became of it.
	h.api.AddDomain("spender", regapitest.Domain{Name: "due.ru", ServiceID: 77, Created: "2020-01-02", Expires: soon()})
	h.api.Inject(regapitest.Fault{Kind: regapitest.FaultError, Function: "bill/change_pay_type"})
	h.create(&v1alpha1.Domain{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "due.ru"}, Spec: v1alpha1.DomainSpec{
		AccountRef: v1alpha1.AccountReference{Name: "spender"}, DomainName: "due.ru", Renewal: &v1alpha1.Renewal{Mode: v1alpha1.RenewalOperator, MaxPrice: "600"},
	}})
	h.eventually("a bill for due.ru", func() bool { return h.order("due.ru").Status.Bill != nil && h.order("due.ru").Status.Bill.ID != "" })
	h.deleteBill(h.order("due.ru").Status.Bill.ID)
	h.eventually("the order to need a word", func() bool {
		s := h.order("due.ru").Status
		return s.State == v1alpha1.OrderState(purchase.Unclear) || s.Reason == string(purchase.BillGone)
	})
	h.wants("admin", exit.Findings, "due.ru.1", "orders", "--unclear")
	h.wants("admin", exit.Usage, "say paid or not-placed", "orders", "settle", "due.ru.1", "--as", "lost")
	h.wants("admin", exit.Fine, "settled as not-placed", "orders", "settle", "due.ru.1", "--as", "not-placed")
	h.comesTo("due.ru", purchase.Withdrawn)
}

func (h *house) comesTo(domain string, state purchase.State) {
	h.Helper()
	var last string
	h.eventually(domain+" to be "+string(state), func() bool {
		last = h.tell(domain)
		return h.order(domain).Status.State == v1alpha1.OrderState(state)
	}, &last)
}

// soon is a last paid day within the time in which domains are renewed.
func soon() string { return time.Now().AddDate(0, 0, 10).Format(time.DateOnly) }

func (h *house) deleteBill(id string) {
	h.Helper()
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		h.Fatal(err)
	}
	h.api.DeleteBill(number)
}
