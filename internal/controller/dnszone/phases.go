package dnszone

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/inventory"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// finalizer holds a DNSZone until its records are dealt with.
const finalizer = "regapi.io/dnszone"

// scope is what the phases of a DNSZone find out.
type scope struct {
	before, zone *v1alpha1.DNSZone

	connection *account.Connection
	target     zone.Target
	desired    []zone.Record
	// refused are records that cannot be created, each with its reason.
	refused []v1alpha1.RefusedRecord
	// soaRefused says that the lifetimes of the zone are among them.
	soaRefused bool
	// planned is what has to change, and held what keeps it from being changed; nil if nothing does.
	planned zone.Plan
	held    *hold
	// current is the zone as it was read last; nil if it was not. made are the changes that came about.
	current *zone.Snapshot
	made    []zone.Change
	// foreignServers are what the domain is delegated to, where that is not the registrar.
	foreignServers []string
	publication    *publication
}

func newScope(found *v1alpha1.DNSZone) *scope {
	s := &scope{before: found.DeepCopy(), zone: found}
	if found.Status.ObservedGeneration != found.Generation {
		found.Status.Refused = nil // They were refused of another spec.
	}
	return s
}

// follower names the object among the followers of an inventory.
func (s *scope) follower() string {
	return "DNSZone " + client.ObjectKeyFromObject(s.zone).String()
}

func (s *scope) deleting() bool { return !s.zone.DeletionTimestamp.IsZero() }

// claim makes sure that this object rules its zone, and that it is not deleted without us.
func (r *Reconciler) claim(ctx context.Context, s *scope) error {
	domain, err := zone.CanonicalDomain(string(s.zone.Spec.DomainName))
	if err != nil {
		return outcome.Stalled(v1alpha1.ReasonInvalidSpec, "spec.domainName: "+err.Error()).Err()
	}
	s.target.Domain = domain
	var rivals v1alpha1.DNSZoneList
	if err := r.List(ctx, &rivals, client.MatchingFields{indexDomain: domain}); err != nil {
		return fmt.Errorf("list the objects for the same zone: %w", err)
	}
	for i := range rivals.Items {
		if rival := &rivals.Items[i]; rival.UID != s.zone.UID && rival.Rules(s.zone) {
			return outcome.Stalled(v1alpha1.ReasonConflict,
				fmt.Sprintf("DNSZone %s/%s is older and manages this zone: delete one of the two", rival.Namespace, rival.Name)).Err()
		}
	}
	if !controllerutil.AddFinalizer(s.zone, finalizer) {
		return nil
	}
	return r.patchFinalizers(ctx, s)
}

// patchFinalizers writes the finalizers and makes the answer the new starting point of the scope.
func (r *Reconciler) patchFinalizers(ctx context.Context, s *scope) error {
	patch := client.MergeFromWithOptions(s.before, client.MergeFromWithOptimisticLock{})
	if err := r.Patch(ctx, s.zone, patch); err != nil {
		return fmt.Errorf("write the finalizer: %w", err)
	}
	s.before = s.zone.DeepCopy()
	return nil
}

// connect finds the connection of the account, and makes its inventory follow the zone.
func (r *Reconciler) connect(ctx context.Context, s *scope) error {
	connection, err := r.Directory.Resolve(ctx, r.Client, s.zone.Namespace, s.zone.Spec.AccountRef)
	if err != nil {
		return err
	}
	s.connection, s.target.Store = connection, connection
	r.follow(s, inventory.Records)
	return nil
}

// follow makes the inventory of the account follow the zone.
func (r *Reconciler) follow(s *scope, aspects inventory.Aspect) {
	r.Directory.Follow(s.connection, s.follower(), s.target.Domain, aspects)
}

// interpret turns the spec into records and sets apart what no zone can hold.
func (r *Reconciler) interpret(_ context.Context, s *scope) error {
	records, invalid := zone.FromSpec(s.zone.Spec.Records, s.target.Domain)
	for _, entry := range invalid {
		s.refuse(entry.Record, reasonInvalidRecord, entry.Reason)
	}
	remembered := s.rememberedRefusals()
	if refusal, ok := remembered[soaRecord]; ok && s.zone.Spec.SOA != nil {
		s.soaRefused = true
		s.refused = append(s.refused, refusal)
	}
	for _, record := range records {
		if refusal, ok := remembered[record.String()]; ok {
			s.refused = append(s.refused, refusal)
			continue
		}
		s.desired = append(s.desired, record)
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

// sync brings the zone to what the spec asks.
func (r *Reconciler) sync(ctx context.Context, s *scope) error {
	ctx = traffic.WithPriority(ctx, s.priority())
	result, err := r.Editor.Edit(ctx, s.target, zone.Edit{
		Plan:    s.plan,
		Prepare: func(ctx context.Context, edits zone.Edits) error { return r.writeAhead(ctx, s, edits.Added()) },
	})
	if regapi.HasCode(err, regapi.CodeDomainIsNotUseRegruNSS) {
		return r.explainDelegation(ctx, s, err)
	}
	if err != nil {
		return err
	}
	s.current, s.made = &result.Zone, result.Made()
	for _, b := range s.planned.Blocked {
		s.refuse(b.Record.String(), reasonBlockedRecord, b.Reason())
	}
	r.reportChanges(ctx, s)
	s.confirmOwnership(result.Zone)
	if result.WebChanged {
		s.recordWeb(result)
	}
	return s.sortFailures(result.Failures)
}

// explainDelegation finds out which name servers the domain uses instead of the registrar's. The inventory wakes the object
// when that changes.
func (r *Reconciler) explainDelegation(ctx context.Context, s *scope, cause error) error {
	r.follow(s, inventory.Records|inventory.Delegation)
	facts, err := s.connection.Inventory.Facts(ctx, s.target.Domain, inventory.Delegation)
	if err != nil || facts.Delegation == nil || facts.Delegation.Err != nil {
		return cause
	}
	var servers []string
	for _, server := range facts.Delegation.NSS {
		servers = append(servers, server.Name)
	}
	s.foreignServers = servers
	return cause
}

// reportChanges records what was changed in the outside world: an event per change, up to a number that people read.
func (r *Reconciler) reportChanges(ctx context.Context, s *scope) {
	for i, change := range s.made {
		log.FromContext(ctx).Info("Changed the zone", "domain", s.target.Domain, "change", change.String())
		if i >= shownChanges {
			continue
		}
		reason := "RecordAdded"
		if change.Operation == zone.Remove {
			reason = "RecordRemoved"
		}
		r.Events.Eventf(s.zone, nil, corev1.EventTypeNormal, reason, "Sync", "%s", status.Shorten(change.Record.String(), status.MaxNote))
	}
	if more := len(s.made) - shownChanges; more > 0 {
		r.Events.Eventf(s.zone, nil, corev1.EventTypeNormal, "RecordsChanged", "Sync", "and %d more changes, which the operator's log names", more)
	}
}
