package domain

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/controller/phase"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// Planner says what would be done for a Domain. All of its fields have to be set, but for Desk, and neither Client nor Desk may be able to write.
type Planner struct {
	Client    client.Client
	Directory *account.Directory
	Desk      *ordering.Desk

	prices ordering.Prices
	// asked counts the plans, so that each follows its domain under a name of its own.
	asked atomic.Int64
}

// preview gathers what would be done.
type preview struct {
	account *v1alpha1.Account
	prices  *ordering.Prices
	answer  door.PlanAnswer
}

// note takes note of what would be done, and what that costs in requests.
func (p *preview) note(what string, requests int) {
	p.answer.Changes = append(p.answer.Changes, what)
	p.answer.Requests += requests
}

// instead is note for who wants an outcome of what is not done.
func (p *preview) instead(what string, requests int) outcome.Outcome {
	p.note(what, requests)
	return outcome.Ready(v1alpha1.ReasonObserved, observed(what))
}

// took takes outcomes of parts, if this is a preview.
func (p *preview) took(outcomes []outcome.Outcome) bool {
	if p == nil {
		return false
	}
	for _, o := range outcomes {
		p.tell(o)
	}
	return true
}

// tell tells what no change makes true, or what comes by itself.
func (p *preview) tell(o outcome.Outcome) {
	if o.Reconciling {
		p.answer.Later = append(p.answer.Later, o.Message)
	} else {
		p.answer.Refused = append(p.answer.Refused, o.Message)
	}
}

// Plan gives the whole plan of a Domain, which need not exist, and writes nothing anywhere. It goes by what the sweeps know of the domain; what they do
// not follow is read for it, together with what else is new to them.
func (p *Planner) Plan(ctx context.Context, found *v1alpha1.Domain) (door.PlanAnswer, error) {
	r := &Reconciler{Writer: status.Writer{Client: p.Client}, Directory: p.Directory, Desk: p.Desk}
	ctx = traffic.OnlyReading(ctx)
	s := newScope(found)
	s.preview = &preview{prices: &p.prices, answer: door.PlanAnswer{Subject: string(found.Spec.DomainName), Changes: []string{}}}
	if !found.DeletionTimestamp.IsZero() {
		return r.planDeletion(ctx, s)
	}
	of, err := r.find(ctx, s)
	if err != nil {
		return s.preview.finish(err)
	}
	s.preview.account = of
	follows := fmt.Sprintf("plan %d", p.asked.Add(1))
	p.Directory.Follow(s.connection, follows, s.name, s.aspects())
	defer p.Directory.Unfollow(follows)
	err = phase.Run(ctx, s, r.showOrders, r.look, r.locate, r.takeUp, r.renew, r.manage, r.planLater)
	if len(s.preview.answer.Changes) > 0 {
		r.holdBack(ctx, s)
	}
	return s.preview.finish(err)
}

// errPlanned ends a preview that has planned all there is.
var errPlanned = errors.New("there is no more to plan")

// finish gives the answer. What a phase has decided is a part of it.
func (p *preview) finish(err error) (door.PlanAnswer, error) {
	if errors.Is(err, errPlanned) {
		return p.answer, nil
	}
	if o, decided := outcome.Decided(err); decided {
		p.tell(o)
		err = nil
	}
	return p.answer, err
}

// look is observe for who waits for what is yet to be read.
func (r *Reconciler) look(ctx context.Context, s *scope) (err error) {
	if s.facts, err = s.connection.Inventory.Facts(ctx, s.name, s.aspects()); err != nil {
		return err
	}
	return r.observe(ctx, s)
}

// ruling says who rules the name. Of a preview that nobody rules, the Domain does which is yet to be made.
func (r *Reconciler) ruling(ctx context.Context, s *scope) (*ordering.Ruling, error) {
	ruling, err := r.Desk.Ruler(ctx, s.login, s.name)
	if err != nil || ruling != nil || s.preview == nil || s.domain.UID != "" {
		return ruling, err
	}
	return &ordering.Ruling{Domain: s.domain, Account: s.preview.account}, nil
}

// holdBack says what keeps the plan from being carried out.
func (r *Reconciler) holdBack(ctx context.Context, s *scope) {
	answer := &s.preview.answer
	hold := func(reason, message string) { answer.Held, answer.Message = reason, message }
	if halt := r.Directory.Halt(s.domain); halt != nil {
		hold(halt.Reason, "the changes wait: "+halt.Remedy)
		return
	}
	if s.domain.Spec.ManagementPolicy == v1alpha1.PolicyObserve {
		hold(v1alpha1.ReasonObserved, "nothing is changed before managementPolicy is Manage")
		return
	}
	if r.Desk == nil || s.login == "" {
		hold(v1alpha1.ReasonBlocked, "nobody knows yet which Domain rules this name")
		return
	}
	ruling, err := r.ruling(ctx, s)
	switch {
	case err != nil:
		hold(v1alpha1.ReasonBlocked, "who rules this name could not be found out: "+outcome.Message(err))
	case ruling == nil:
		hold(v1alpha1.ReasonAccountNotAllowed, "the Account does not allow this Domain")
	case ruling.Domain.UID != s.domain.UID:
		hold(v1alpha1.ReasonConflict, "another Domain rules this name")
	}
}

// orderRequests is about what an order takes: what the registrar shows is read before it is placed and before it is paid, and its effect after that.
const orderRequests = 10

// consents are what the spec of a Domain lets an operation cost.
func (s *scope) consents(operation purchase.Operation) v1alpha1.Money {
	spec := s.domain.Spec
	switch operation {
	case purchase.Renew:
		return spec.Renewal.MaxPrice
	case purchase.Restore:
		return spec.Renewal.RestoreMaxPrice
	case purchase.ChangeNameServers:
		return spec.PaidNameServerChangeMaxPrice
	default:
		return spec.Acquisition.MaxPrice
	}
}

// sayings are what an order does, for people.
var sayings = map[purchase.Operation]string{
	purchase.Register: "register the domain", purchase.Transfer: "transfer the domain to this account", purchase.Renew: "renew the domain", purchase.Restore: "restore the domain",
}

// previewOrder takes note of an order that would be made.
func (s *scope) previewOrder(ctx context.Context, order purchase.Order) error {
	price, known, err := s.preview.prices.Of(ctx, s.login, s.connection, order)
	if err != nil {
		return fmt.Errorf("read what it costs: %w", err)
	}
	what := fmt.Sprintf("%s for %d years", sayings[order.Operation], order.Years)
	charge := door.Charge{What: what, AtMost: string(s.consents(order.Operation))}
	if known {
		charge.Price = price.String()
	}
	s.preview.note("order "+order.Name()+": "+what, orderRequests)
	s.preview.answer.Charges = append(s.preview.answer.Charges, charge)
	return nil
}

// previewServers takes note of a change of name servers, which some zones take money for, or says what keeps it back.
func (r *Reconciler) previewServers(ctx context.Context, s *scope, names []string, wanted []regapi.NameServer, now time.Time) (*outcome.Outcome, error) {
	if open := s.openChange(); open != nil {
		o := changing(open)
		return &o, nil
	}
	if why, err := s.mayMove(ctx, s.facts.Delegation.NSS, wanted, now); why != nil || err != nil {
		return why, err
	}
	what := "delegate the domain to " + strings.Join(names, ", ")
	order := purchase.Order{Domain: s.name, Operation: purchase.ChangeNameServers, ServiceID: s.service.id, Servers: ordering.Servers(wanted), Direct: true}
	price, known, err := s.preview.prices.Of(ctx, s.login, s.connection, order)
	switch {
	case err != nil:
		return nil, fmt.Errorf("read whether the zone takes money for a change of name servers: %w", err)
	case !known || price == 0:
		o := s.preview.instead(what, 1)
		return &o, nil
	case s.domain.Spec.PaidNameServerChange != v1alpha1.PaidChangeAllow:
		o := polled(v1alpha1.ReasonRequestRefused, fmt.Sprintf("the zone takes %s roubles for a change of name servers: agree to that in spec.paidNameServerChange", price))
		return &o, nil
	}
	s.preview.answer.Charges = append(s.preview.answer.Charges, door.Charge{What: what, Price: price.String(), AtMost: string(s.consents(order.Operation))})
	o := s.preview.instead("order a change: "+what, orderRequests)
	return &o, nil
}

// planLater tells of the renewal that is not due yet, and of what cannot be told.
func (r *Reconciler) planLater(ctx context.Context, s *scope) error {
	renewal, shown, answer := s.domain.Spec.Renewal, s.domain.Status.Renewal, &s.preview.answer
	switch {
	case shown == nil:
	case shown.Message != "":
		answer.Refused = append(answer.Refused, "spec.renewal: "+shown.Message)
	case shown.Next != "" && shown.Order == "" && len(answer.Charges) == 0:
		answer.Later = append(answer.Later, fmt.Sprintf("from %s on: renew the domain for %d years, for at most %s roubles", shown.Next, renewal.Years, renewal.MaxPrice))
	}
	if err := r.delegated(ctx, s); err != nil && len(s.domain.Spec.NameServers) > 0 {
		answer.Refused = append(answer.Refused, "spec.nameServers: "+outcome.Message(err))
	}
	return nil
}

// planDeletion tells what the deletion of a Domain does. It goes the way of the deletion, up to what is not sent.
func (r *Reconciler) planDeletion(ctx context.Context, s *scope) (door.PlanAnswer, error) {
	err := r.release(ctx, s)
	if err == nil {
		err = s.leftBehind
	}
	if refused, stopped := errors.AsType[*traffic.ReadOnlyError](err); stopped && refused.OnlyLooks {
		s.preview.note(registrarRenews[false], 1)
		return s.preview.answer, nil
	}
	if err != nil {
		s.preview.tell(outcome.Of(err))
	}
	return s.preview.answer, nil
}
