package controller

import (
	"context"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// domainScope is what the phases of a Domain find out.
type domainScope struct {
	before, domain *v1alpha1.Domain

	client      *regapi.Client
	ref         regapi.DomainRef
	info        *regapi.ServiceInfo
	nameServers []regapi.NameServer
}

func newDomainScope(domain *v1alpha1.Domain) *domainScope {
	return &domainScope{before: domain.DeepCopy(), domain: domain}
}

// connect finds the client of the account and the name to ask for.
func (r *DomainReconciler) connect(ctx context.Context, s *domainScope) error {
	name, err := zone.CanonicalDomain(string(s.domain.Spec.DomainName))
	if err != nil {
		return &phaseError{stalledUntilSpecChanges(v1alpha1.ReasonInvalidSpec, "spec.domainName: "+err.Error())}
	}
	s.ref = regapi.ByName(name)
	s.client, err = accountClient(ctx, r.Client, r.Directory, s.domain.Namespace, s.domain.Spec.AccountRef)
	return err
}

// observe reads the state and the dates (7.7).
func (r *DomainReconciler) observe(ctx context.Context, s *domainScope) error {
	infos, err := s.client.Service.GetInfo(ctx, s.ref)
	if err != nil {
		return err
	}
	if infos[0].Err != nil {
		return infos[0].Err
	}
	s.info = &infos[0]
	return nil
}

// observeDelegation reads the name servers (8.19).
func (r *DomainReconciler) observeDelegation(ctx context.Context, s *domainScope) error {
	delegations, err := s.client.Domain.GetNSS(ctx, s.ref)
	if err != nil {
		return err
	}
	if delegations[0].Err != nil {
		return delegations[0].Err
	}
	s.nameServers = delegations[0].NSS
	return nil
}
