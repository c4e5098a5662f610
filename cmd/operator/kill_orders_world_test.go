package main

import (
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/purchase"
)

// registrant makes who domains are registered to, and the key of transfers.
func (w *world) registrant() {
	w.Helper()
	owner := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "owner"}, StringData: map[string]string{
		"person": "Ivan I Ivanov", "person_r_surname": "Иванов", "person_r_name": "Иван", "passport_number": "12 34 567890",
		"passport_place": "48 о/м г.Москвы", "passport_date": "26.12.1992", "birth_date": "07.11.1977", "p_addr_zip": "101000",
		"p_addr_city": "г. Москва", "p_addr_addr": "ул. Пупкина, 1", "p_addr_recipient": "И. Иванов", "phone": "+7 495 8102233",
		"e_mail": "ivan@example.net", "country": "RU",
	}}
	key := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "key"}, StringData: map[string]string{"authinfo": "the-right-key"}}
	w.create(owner, key)
}

func (w *world) create(objects ...client.Object) {
	w.Helper()
	for _, object := range objects {
		if err := w.Create(w.Context(), object); err != nil {
			w.Fatal(err)
		}
	}
}

// spender makes an Account of a login that may spend.
func (w *world) spender(login string) {
	w.Helper()
	w.spenderAt(w.api.URL(), login, func(*v1alpha1.Account) {})
}

// spenderAt is spender for a login at some address, after a change.
func (w *world) spenderAt(endpoint, login string, change func(*v1alpha1.Account)) {
	w.Helper()
	place := metav1.ObjectMeta{Namespace: "default", Name: login}
	annotated := place
	annotated.Annotations = map[string]string{v1alpha1.AnnotationSpentThisMonth: purchase.MonthOf(time.Now()) + "=0"}
	owner := &v1alpha1.Account{ObjectMeta: annotated, Spec: v1alpha1.AccountSpec{
		SecretRef: v1alpha1.SecretReference{Name: login}, Endpoint: endpoint,
		Spending: &v1alpha1.Spending{
			Operations: []v1alpha1.OrderOperation{
				v1alpha1.OperationRegister, v1alpha1.OperationTransfer, v1alpha1.OperationRenew, v1alpha1.OperationRestore,
			},
			PerOrder: "6000", PerMonth: "20000",
		},
	}}
	change(owner)
	w.create(&corev1.Secret{ObjectMeta: place, StringData: map[string]string{"username": login, "password": "secret"}}, owner)
}

func (w *world) accountReady(name string) bool {
	w.Helper()
	var found v1alpha1.Account
	if err := w.Get(w.Context(), client.ObjectKey{Namespace: "default", Name: name}, &found); err != nil {
		w.Fatal(err)
	}
	return meta.IsStatusConditionTrue(found.Status.Conditions, v1alpha1.ConditionReady)
}

// asker makes the Domain that asks for an order.
func (w *world) asker(r *orderRun) {
	w.Helper()
	w.create(r.asks())
}

// asks is the Domain that asks for the order.
func (r *orderRun) asks() *v1alpha1.Domain {
	spec := v1alpha1.DomainSpec{AccountRef: v1alpha1.AccountReference{Name: r.login}, DomainName: v1alpha1.DomainName(r.name)}
	switch r.operation {
	case purchase.Renew, purchase.Restore:
		spec.Renewal = &v1alpha1.Renewal{Mode: v1alpha1.RenewalOperator, MaxPrice: "600", Restore: v1alpha1.RestoreAllow, RestoreMaxPrice: "6000"}
	default:
		spec.Acquisition = &v1alpha1.Acquisition{
			Mode: v1alpha1.AcquisitionMode(r.operation), MaxPrice: "600", Approval: v1alpha1.AcquisitionWithinMaxPrice,
			ContactsRef: &v1alpha1.SecretReference{Name: "owner"},
		}
		if r.operation == purchase.Transfer {
			spec.Acquisition.ContactsRef, spec.Acquisition.AuthInfoRef = nil, &v1alpha1.SecretReference{Name: "key"}
		}
	}
	return &v1alpha1.Domain{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: r.name}, Spec: spec}
}

func (w *world) order(name string) *v1alpha1.Order {
	w.Helper()
	var found v1alpha1.Order
	key := client.ObjectKey{Namespace: "default", Name: purchase.Name(name, 1)}
	if err := w.Get(w.Context(), key, &found); client.IgnoreNotFound(err) != nil {
		w.Fatal(err)
	}
	return &found
}

func (w *world) tell(name string) string {
	s := w.order(name).Status
	if s.State == "" {
		var asks v1alpha1.Domain
		if err := w.Get(w.Context(), client.ObjectKey{Namespace: "default", Name: name}, &asks); err != nil {
			return fmt.Sprintf("%s has no order that has begun: %v", name, err)
		}
		return fmt.Sprintf("%s has no order that has begun: renewal %+v, %+v", name, asks.Status.Renewal, asks.Status.Conditions)
	}
	return fmt.Sprintf("%s is %s (%s), bill %+v, %d calls, %+v", name, s.State, s.Reason, s.Bill, s.Calls, s.Conditions)
}

// about gives the last lines of an output that name something.
func about(output interface{ String() string }, name string) string {
	var said []string
	for line := range strings.Lines(output.String()) {
		if strings.Contains(line, name) {
			said = append(said, line)
		}
	}
	return strings.Join(said[max(0, len(said)-10):], "")
}
