package plugin

import (
	"strings"
	"testing"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/purchase"
)

func TestAPlanIsApprovedByTheHashThatWasShown(t *testing.T) {
	d := newDesk(t, guarded())
	golden(t, "approve-unasked.txt", d.run(exit.Usage, "approve", "dnszone", "shop-ru"))
	golden(t, "approve-stale.txt", d.run(exit.Findings, "approve", "dnszone", "shop-ru", "old"))
	if got := d.annotation(guarded(), v1alpha1.AnnotationApprovePlan); got != "" {
		t.Fatalf("approved %q, which nobody did", got)
	}
	golden(t, "approve.txt", d.run(exit.Fine, "approve", "dnszone/shop-ru", "5d3f0a91c2be"))
	if got := d.annotation(guarded(), v1alpha1.AnnotationApprovePlan); got != "5d3f0a91c2be" {
		t.Fatalf("approved %q", got)
	}
	golden(t, "reject.txt", d.run(exit.Fine, "reject", "dnszone", "shop-ru"))
	if got := d.annotation(guarded(), v1alpha1.AnnotationApprovePlan); got != "" {
		t.Fatalf("still approved: %q", got)
	}
	d.run(exit.Findings, "reject", "dnszone", "shop-ru")
}

func TestAPersonAtATerminalIsAskedForEachThingThatWaits(t *testing.T) {
	zone := guarded()
	zone.Status.Adoption = &v1alpha1.ZoneAdoption{Hash: "abc", Count: 2, Units: []string{"@ MX 10 mx.old.ru.", "@ MX 20 mx.old.ru."}}
	d := newDesk(t, zone)
	d.interactive, d.answers = true, "n\n"
	d.run(exit.Findings, "approve", "dnszone", "shop-ru")
	if got := d.annotation(guarded(), v1alpha1.AnnotationApprovePlan); got != "" {
		t.Fatalf("approved %q in spite of a no", got)
	}
	d.answers = "y\nY\n"
	golden(t, "approve-asked.txt", d.run(exit.Fine, "approve", "dnszone", "shop-ru"))
	if plan, adoption := d.annotation(guarded(), v1alpha1.AnnotationApprovePlan), d.annotation(guarded(), v1alpha1.AnnotationApproveAdoption); plan != "5d3f0a91c2be" || adoption != "abc" {
		t.Fatalf("approved plan %q and adoption %q", plan, adoption)
	}
}

func quoted() (*v1alpha1.Order, *v1alpha1.Domain) {
	domain := &v1alpha1.Domain{ObjectMeta: named("shop-ru"), Spec: v1alpha1.DomainSpec{AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: "shop.ru"}}
	order := &v1alpha1.Order{ObjectMeta: named("shop.ru.1"), Spec: v1alpha1.OrderSpec{DomainName: "shop.ru", Operation: "Renew", Years: 1, BaseExpiry: "2026-06-01"}}
	order.Namespace = "regapi-system"
	order.Annotations = map[string]string{v1alpha1.AnnotationAskedBy: "uid-shop-ru/1"}
	order.Status = v1alpha1.OrderStatus{
		State: v1alpha1.OrderState(purchase.AwaitingApproval), Price: "199.00", Digest: "3f2a9c01b4d5e6f7",
		Conditions: stalled(string(purchase.AwaitingApproval), "199.00 roubles wait for approval"),
	}
	return order, domain
}

func TestAQuoteIsApprovedOnTheDomainThatAskedUnlessTheAccountWantsThatForItself(t *testing.T) {
	order, domain := quoted()
	payer := account()
	payer.Spec.Spending = &v1alpha1.Spending{Approval: v1alpha1.ApprovalWithinLimits}
	d := newDesk(t, order, domain, payer)
	d.run(exit.Fine, "approve", "order", "shop.ru.1", "3f2a9c01b4d5e6f7")
	if of, by := d.annotation(account(), v1alpha1.AnnotationApproveQuote), d.annotation(domain, v1alpha1.AnnotationApproveQuote); of != "" || by != "3f2a9c01b4d5e6f7" {
		t.Fatalf("approved on the Account %q, on the Domain %q", of, by)
	}
	d.run(exit.Fine, "reject", "order", "shop.ru.1", "--account", "team/main")
	if by := d.annotation(domain, v1alpha1.AnnotationApproveQuote); by != "" {
		t.Fatalf("approved after the rejection %q", by)
	}
	gone := newDesk(t, order, payer)
	gone.run(exit.Findings, "approve", "order", "shop.ru.1", "3f2a9c01b4d5e6f7")
	if told := gone.run(exit.Findings, "approve", "order", "shop.ru.1", "3f2a9c01b4d5e6f7", "--account", "team/main"); !strings.Contains(told, "spec.spending.approval") {
		t.Error(told)
	}
}

func TestAQuoteIsApprovedOnTheAccountThatPaysBesideOthers(t *testing.T) {
	order, domain := quoted()
	payer := account()
	payer.Spec.Spending = &v1alpha1.Spending{Approval: v1alpha1.ApprovalManual}
	payer.Annotations = map[string]string{v1alpha1.AnnotationApproveQuote: "aaaa"}
	d := newDesk(t, order, domain, payer)
	golden(t, "approve-quote-unasked.txt", d.run(exit.Usage, "approve", "order", "shop.ru.1"))
	d.run(exit.Fine, "approve", "order", "shop.ru.1", "3f2a9c01b4d5e6f7", "--account", "team/main")
	d.run(exit.Fine, "approve", "order", "shop.ru.1", "3f2a9c01b4d5e6f7")
	if got := d.annotation(account(), v1alpha1.AnnotationApproveQuote); got != "aaaa,3f2a9c01b4d5e6f7" {
		t.Fatalf("approved %q", got)
	}
	d.run(exit.Fine, "reject", "order", "shop.ru.1")
	if got := d.annotation(account(), v1alpha1.AnnotationApproveQuote); got != "aaaa" {
		t.Fatalf("approved after the rejection %q", got)
	}
}

func TestWhatWaitsForNothingIsNotApproved(t *testing.T) {
	d := newDesk(t, zoneOf("fine-ru", ready()), account())
	if told := d.run(exit.Findings, "approve", "dnszone", "fine-ru"); !strings.Contains(told, "waits for no approval") {
		t.Error(told)
	}
	d.run(exit.Usage, "approve", "account", "main")
}

func TestPauseAndResumeWriteTheAnnotation(t *testing.T) {
	d := newDesk(t, zoneOf("fine-ru", ready()))
	golden(t, "pause.txt", d.run(exit.Fine, "pause", "dnszone", "fine-ru"))
	zone := zoneOf("fine-ru", nil)
	if d.annotation(zone, v1alpha1.AnnotationPaused); !v1alpha1.IsPaused(zone) {
		t.Error("not paused")
	}
	d.run(exit.Fine, "resume", "dnszone", "fine-ru")
	zone = zoneOf("fine-ru", nil)
	if d.annotation(zone, v1alpha1.AnnotationPaused); v1alpha1.IsPaused(zone) {
		t.Error("still paused")
	}
}
