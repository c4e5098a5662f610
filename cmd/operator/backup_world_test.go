package main

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/purchase"
)

// price is what a year of .ru costs in the simulator, in hundredths of a rouble.
const price = 590_00

// allowSpending lets the Account register domains, and tells to whom.
func (w *world) allowSpending() {
	w.Helper()
	main := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "main"}}
	edit(w, main, func(a *v1alpha1.Account) {
		a.Annotations = map[string]string{v1alpha1.AnnotationSpentThisMonth: purchase.MonthOf(time.Now()) + "=0"}
		a.Spec.Spending = &v1alpha1.Spending{
			Operations: []v1alpha1.OrderOperation{v1alpha1.OperationRegister}, PerOrder: "600", PerMonth: "1000000",
		}
	})
	w.registrant()
}

// wish makes a Domain that is to be registered.
func (w *world) wish(name string) {
	w.Helper()
	wanted := &v1alpha1.Domain{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name},
		Spec: v1alpha1.DomainSpec{
			AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: v1alpha1.DomainName(name),
			Acquisition: &v1alpha1.Acquisition{
				Mode: v1alpha1.AcquisitionRegister, MaxPrice: "600", Approval: v1alpha1.AcquisitionWithinMaxPrice, ContactsRef: &v1alpha1.SecretReference{Name: "owner"},
			},
		},
	}
	if err := w.Create(w.Context(), wanted); err != nil {
		w.Fatal(err)
	}
}
