package dnszone

import (
	"context"
	"errors"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/batch"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/inventory"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// scope is what the phases of a DNSZone find out.
type scope struct {
	before, zone *v1alpha1.DNSZone
	// halt is what keeps the object from being changed at the registrar; nil if nothing does.
	halt *account.Halt
	// unseen says that no status was ever written.
	unseen bool

	connection *account.Connection
	// endWork is called when the object has been worked on.
	endWork func()
	// login of the account, once it is proven.
	login  string
	target zone.Target
	// declared is what the spec asks for, and desired all of it that a zone can hold.
	declared  zone.Declaration
	desired   []zone.Record
	protected zone.Patterns
	// refused are records that cannot be created, each with its reason.
	refused []v1alpha1.RefusedRecord
	// soaRefused says that the lifetimes of the zone are among them.
	soaRefused bool
	// external is what external-dns made, and unmarked says that this is not known and nothing in the zone tells.
	external zone.Set
	unmarked bool
	// planErr is what kept a plan from being made.
	planErr error
	// asked are the values of somebody else that wait for approval.
	asked []zone.Record
	// planned is what has to change, and held what keeps it from being changed; nil if nothing does.
	planned zone.Plan
	held    *hold
	// current is the zone as it was read last; nil if it was not. made are the changes that came about.
	current *zone.Snapshot
	made    []zone.Change
	// unrestored are records that were taken away before, and that REG.API did not take back.
	unrestored []zone.Record
	// emptied are the names that lost their records and got none.
	emptied []zone.Swap
	// leftBehind is why records stay that the deletion should have removed; nil if none do.
	leftBehind error
	// foreignServers are what the domain is delegated to, where that is not the registrar.
	foreignServers []string
	// ofDomain is what a Domain of the login says about that; "" where there is none.
	ofDomain    string
	publication *publication
}

// newScope begins with an object that may be a cache's own: it is never changed.
func newScope(found *v1alpha1.DNSZone) *scope {
	s := &scope{before: found, zone: copyOf(found), endWork: func() {}}
	if now := &s.zone.Status; now.ObservedGeneration != found.Generation {
		now.Refused, now.Contested, now.SOATries = nil, nil, 0 // They are about another spec.
	}
	s.unseen = found.Status.ObservedGeneration <= 0
	return s
}

// copyOf copies all of an object but its spec, which may be large, and which nobody here changes.
func copyOf(found *v1alpha1.DNSZone) *v1alpha1.DNSZone {
	return &v1alpha1.DNSZone{TypeMeta: found.TypeMeta, ObjectMeta: *found.ObjectMeta.DeepCopy(), Spec: found.Spec, Status: *found.Status.DeepCopy()}
}

// follower names a DNSZone among the followers of an inventory.
func follower(key types.NamespacedName) string { return "DNSZone " + key.String() }

func (s *scope) deleting() bool { return !s.zone.DeletionTimestamp.IsZero() }

// identify reads the name of the domain.
func (r *Reconciler) identify(_ context.Context, s *scope) error {
	domain, err := zone.CanonicalDomain(string(s.zone.Spec.DomainName))
	if err != nil {
		return outcome.Stalled(v1alpha1.ReasonInvalidSpec, "spec.domainName: "+err.Error()).Err()
	}
	s.target.Domain = domain
	return nil
}

// connect finds the connection of the account, and makes its inventory follow the zone. An Account that is not proven to be who it says
// tells nothing about whose the domain is.
func (r *Reconciler) connect(ctx context.Context, s *scope) error {
	connection, err := r.Directory.ResolveFor(ctx, r.Client, s.zone.Namespace, s.zone.Spec.AccountRef, s.target.Domain)
	if err != nil {
		return err
	}
	var of v1alpha1.Account
	if err := r.Get(ctx, s.zone.Spec.AccountRef.KeyFrom(s.zone.Namespace), &of); err != nil {
		return fmt.Errorf("read the Account: %w", err)
	}
	if s.login = s.loginOf(connection, &of); s.login == "" {
		return &account.Unavailable{Reason: v1alpha1.ReasonAccountNotReady, Message: fmt.Sprintf("Account %s has not been checked yet", of.Name), Passing: true}
	}
	s.connection, s.target.Store = connection, connection
	s.endWork = connection.Begin()
	r.follow(s, inventory.Records)
	return nil
}

// follow makes the inventory of the account follow the zone.
func (r *Reconciler) follow(s *scope, aspects inventory.Aspect) {
	r.Directory.Follow(s.connection, follower(client.ObjectKeyFromObject(s.zone)), s.target.Domain, aspects)
}

// interpret turns the spec into records and sets apart what no zone can hold.
func (r *Reconciler) interpret(_ context.Context, s *scope) error {
	records, invalid := zone.FromSpec(s.zone.Spec.Records, s.target.Domain)
	protected, unreadable := zone.ReadPatterns(s.zone.Spec.Protected, s.target.Domain)
	s.desired, s.protected = records, protected
	s.declared = zone.Declare(records...)
	for _, entry := range append(invalid, unreadable...) {
		s.refuse(entry.Record, reasonInvalidRecord, entry.Reason)
		if entry.Wanted.Type != "" {
			s.declared.Missing = append(s.declared.Missing, entry.Wanted)
		}
	}
	remembered := s.rememberedRefusals()
	if refusal, ok := remembered[soaRecord]; ok && s.zone.Spec.SOA != nil {
		s.soaRefused = true
		s.refused = append(s.refused, refusal)
	}
	for _, record := range records {
		if _, ok := remembered[record.String()]; ok {
			s.declared.Missing = append(s.declared.Missing, record)
		}
	}
	return nil
}

// priority of the requests: carrying out a new spec goes before putting drift right.
func (s *scope) priority() traffic.Priority {
	if status.ReadyFor(s.zone.Status.Conditions, s.zone.Generation) {
		return traffic.Background
	}
	return traffic.Change
}

// isOneOfMany says whether the object may have been found together with others: in a first list, or by a wake-up. Whoever edits one that
// was Ready waits for it alone.
func (s *scope) isOneOfMany() bool {
	ready := meta.FindStatusCondition(s.before.Status.Conditions, v1alpha1.ConditionReady)
	return ready == nil || ready.Status != metav1.ConditionTrue || ready.ObservedGeneration == s.zone.Generation
}

// isToBeRead says whether a sweep is about to read the zone for the first time, which wakes the object; no worker waits for that. Where a sweep
// cannot read it, the zone is asked for by itself.
func (s *scope) isToBeRead() bool {
	coming, err := s.connection.Inventory.Expect(s.target.Domain, inventory.Records)
	return coming && err == nil
}

// sync brings the zone to what the spec asks.
func (r *Reconciler) sync(ctx context.Context, s *scope) error {
	ctx = traffic.WithAskers(traffic.WithPriority(ctx, s.priority()), traffic.ByObject)
	if s.isOneOfMany() {
		if s.isToBeRead() {
			return outcome.Coming().Err()
		}
		ctx = batch.InBulk(ctx)
		if len(s.zone.Status.Owned.Pending) == 0 {
			ctx = inventory.AsSwept(ctx)
		}
	} else {
		ctx = inventory.AtOnce(ctx)
	}
	if err := r.restore(ctx, s); err != nil {
		return r.explain(ctx, s, err)
	}
	result, err := r.Editor.Edit(ctx, s.target, zone.Edit{
		Plan:    func(current zone.Snapshot) zone.Edits { return r.planAsRuler(ctx, s, current) },
		Prepare: func(ctx context.Context, _ zone.Edits) error { return r.prepare(ctx, s) },
		Fresh:   len(s.zone.Status.Owned.Pending) > 0, // What is not certain is not concluded from memory.
	})
	if err = errors.Join(err, s.planErr); err != nil {
		return r.explain(ctx, s, err)
	}
	s.current, s.made, s.emptied = &result.Zone, result.Made(), result.Empty
	if empty := len(result.Empty); empty > 0 {
		r.Metrics.leftEmpty.Add(float64(empty))
	}
	s.refuseBlocked()
	r.reportChanges(ctx, s)
	s.takeStock(result)
	if result.WebChanged {
		s.recordWeb(result)
	}
	return s.sortFailures(result)
}

// prepare is done before REG.API is asked for a change.
func (r *Reconciler) prepare(ctx context.Context, s *scope) error {
	if err := r.awaitHold(ctx, s); err != nil {
		return err
	}
	if err := r.holdForSwaps(ctx, s); err != nil {
		return err
	}
	return r.writeAhead(ctx, s)
}

// explain says more about an error, and takes note of what it tells about whose the domain is.
func (r *Reconciler) explain(ctx context.Context, s *scope, err error) error {
	if failure := r.concludeFrom(ctx, s, err); failure != nil {
		return failure
	}
	if regapi.HasCode(err, regapi.CodeDomainIsNotUseRegruNSS) {
		return r.explainDelegation(ctx, s, err)
	}
	return err
}

// reportChanges tells what was changed in the outside world: in one event, since the API server merges events of one object
// and reason whatever their text, and in a line of the log each.
func (r *Reconciler) reportChanges(ctx context.Context, s *scope) {
	if len(s.made) == 0 {
		return
	}
	made, replaced := make([]string, len(s.made)), 0
	foreign := map[zone.Change]bool{}
	for _, record := range s.planned.Replaced {
		foreign[zone.Change{Operation: zone.Remove, Record: record}] = true
	}
	for i, change := range s.made {
		log.FromContext(ctx).Info("Changed the zone", "domain", s.target.Domain, "change", change.String(), "replaced", foreign[change])
		made[i] = change.String()
		if foreign[change] {
			replaced++
		}
	}
	note := strings.Join(made, "; ")
	if replaced > 0 {
		note = fmt.Sprintf("%d values of somebody else replaced (status.replaced keeps them): %s", replaced, note)
	}
	r.Events.Eventf(s.zone, nil, corev1.EventTypeNormal, "RecordsChanged", "Sync", "%s", note)
}
