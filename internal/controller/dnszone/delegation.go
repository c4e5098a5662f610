package dnszone

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/inventory"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
)

// explainDelegation finds out why the domain does not use the registrar's name servers. A Domain of the login knows, without a request; else the
// sweeps read which ones it uses. Either wakes the object when that changes.
func (r *Reconciler) explainDelegation(ctx context.Context, s *scope, cause error) error {
	told, err := r.domainOf(ctx, s)
	if err != nil {
		return err
	}
	if told != nil {
		s.foreignServers, s.ofDomain = told.Status.NameServers, explanation(told)
		return cause
	}
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

// domainOf gives the oldest Domain for the name of the zone whose login was seen to hold it; nil where there is none. It is that of the cache: nobody may
// change it.
func (r *Reconciler) domainOf(ctx context.Context, s *scope) (oldest *v1alpha1.Domain, err error) {
	var list v1alpha1.DomainList
	if err := r.List(ctx, &list, tenancy.OfDomain(s.target.Domain), client.UnsafeDisableDeepCopy); err != nil {
		return nil, fmt.Errorf("list the Domains for the zone: %w", err)
	}
	for i := range list.Items {
		d := &list.Items[i]
		if s.login != "" && d.Status.HeldBy == s.login && (oldest == nil || d.CreationTimestamp.Before(&oldest.CreationTimestamp)) {
			oldest = d
		}
	}
	return oldest, nil
}

// explanation says what a Domain knows of its delegation.
func explanation(d *v1alpha1.Domain) string {
	name := "Domain " + client.ObjectKeyFromObject(d).String()
	delegated := meta.FindStatusCondition(d.Status.Conditions, v1alpha1.ConditionDelegated)
	switch {
	case delegated != nil && delegated.Status != metav1.ConditionTrue:
		return name + " says: " + delegated.Message
	case delegated != nil:
		return name + " asks for these name servers in spec.nameServers: name the registrar's there"
	default:
		return name + " shows that, and asks for no others: name the registrar's in its spec.nameServers"
	}
}

// zonesFor finds the DNSZones that tell of the delegation of a Domain's name, or may have to.
func (r *Reconciler) zonesFor(ctx context.Context, domain client.Object) []ctrl.Request {
	zones, err := tenancy.Zones(ctx, r.Client, tenancy.OfDomain(tenancy.DomainOf(domain)))
	if err != nil {
		log.FromContext(ctx).Error(err, "Listing the DNSZones of a Domain failed")
		return nil
	}
	var requests []ctrl.Request
	for _, z := range zones {
		if ready := meta.FindStatusCondition(z.Status.Conditions, v1alpha1.ConditionReady); ready != nil && ready.Reason == v1alpha1.ReasonNotDelegated {
			requests = append(requests, ctrl.Request{NamespacedName: client.ObjectKeyFromObject(z)})
		}
	}
	return requests
}

// delegationChanged lets those changes of a Domain through by which a DNSZone would tell something else of its delegation.
var delegationChanged = predicate.Funcs{
	GenericFunc: func(event.GenericEvent) bool { return false },
	UpdateFunc: func(e event.UpdateEvent) bool {
		before, after := e.ObjectOld.(*v1alpha1.Domain), e.ObjectNew.(*v1alpha1.Domain)
		return before.Status.HeldBy != after.Status.HeldBy || explanation(before) != explanation(after) ||
			!slices.Equal(before.Status.NameServers, after.Status.NameServers)
	},
}

// notDelegated words why a zone cannot be edited whose domain uses other name servers.
func (s *scope) notDelegated(message string) string {
	if len(s.foreignServers) > 0 {
		message = fmt.Sprintf("the domain uses %s: %s", strings.Join(s.foreignServers, ", "), message)
	}
	if s.ofDomain != "" {
		message += " " + s.ofDomain
	}
	return message
}
