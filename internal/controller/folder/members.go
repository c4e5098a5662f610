package folder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/folder"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// Reasons of refused members that are the operator's own words; every other is an error code of REG.API.
const (
	reasonInvalidName  = "InvalidName"
	reasonOtherAccount = "OtherAccount"
	reasonNotAllowed   = "NotAllowed"
	// reasonInOlderFolder: REG.API keeps the service in one folder, and that of an older Folder has it.
	reasonInOlderFolder = "InOlderFolder"
)

// gather gathers the members of the spec and of the selection, and sets apart what cannot be one.
func (r *Reconciler) gather(ctx context.Context, s *scope) error {
	for _, member := range s.folder.Spec.Members {
		if member.ServiceID != "" {
			s.wanted = append(s.wanted, folder.Member{ID: parseID(member.ServiceID)})
		} else {
			s.want(member.DomainName)
		}
	}
	if err := r.gatherSelected(ctx, s); err != nil {
		return err
	}
	s.print = s.fingerprint()
	return nil
}

// want wants a domain by its name, however that is spelled.
func (s *scope) want(name string) {
	canonical, err := zone.CanonicalDomain(name)
	if err != nil {
		s.refuse(name, reasonInvalidName, err.Error())
		return
	}
	s.wanted = append(s.wanted, folder.Member{Name: canonical})
}

// gatherSelected adds the domains of the Domain objects that the selector is for.
func (r *Reconciler) gatherSelected(ctx context.Context, s *scope) error {
	if s.folder.Spec.Selector == nil {
		return nil
	}
	selector, err := metav1.LabelSelectorAsSelector(s.folder.Spec.Selector)
	if err != nil {
		return outcome.Stalled(v1alpha1.ReasonInvalidSpec, "spec.selector: "+err.Error()).Err()
	}
	options := []client.ListOption{client.MatchingLabelsSelector{Selector: selector}, client.UnsafeDisableDeepCopy}
	if s.folder.Spec.SelectFrom != v1alpha1.SelectFromAllowed {
		options = append(options, client.InNamespace(s.folder.Namespace))
	}
	var domains v1alpha1.DomainList // Those of the cache: nothing here changes them.
	if err := r.List(ctx, &domains, options...); err != nil {
		return fmt.Errorf("list the Domains that are selected: %w", err)
	}
	for i := range domains.Items {
		if domain := &domains.Items[i]; domain.DeletionTimestamp.IsZero() {
			if err := r.selectDomain(ctx, s, domain); err != nil {
				return err
			}
		}
	}
	return nil
}

// selectDomain wants the domain of a Domain that the selector is for, if the login of the folder holds it as far as the Domain says.
func (r *Reconciler) selectDomain(ctx context.Context, s *scope, domain *v1alpha1.Domain) error {
	name := string(domain.Spec.DomainName)
	if canonical, err := zone.CanonicalDomain(name); err == nil {
		name = canonical
	}
	of, err := s.view.Permitted(ctx, domain.Namespace, domain.Spec.AccountRef, name)
	switch {
	case err != nil:
		return err
	case of != nil && tenancy.Login(of) == s.login:
		s.want(name)
	case domain.Namespace == s.folder.Namespace: // What stands in other namespaces is nobody's business here.
		s.refuse(name, reasonOtherAccount, fmt.Sprintf("Domain %s names Account %s, whose login is not that of this folder: name the same Account, or take it out of the selection",
			domain.Name, domain.Spec.AccountRef.KeyFrom(domain.Namespace)))
	}
	return nil
}

// fingerprint names what the folder is to be brought to, and what may keep it from that.
func (s *scope) fingerprint() string {
	lines := make([]string, 0, len(s.wanted)+len(s.refused))
	for _, member := range s.wanted {
		lines = append(lines, member.String())
	}
	for _, refusal := range s.refused {
		lines = append(lines, refusal.Reason+" "+refusal.Member)
	}
	slices.Sort(lines)
	guard, spec := s.guard(), s.folder.Spec
	digest := sha256.New()
	fmt.Fprintf(digest, "%q %q %q %q %v %v %q\n", s.login, s.name, spec.Membership, spec.ManagementPolicy, guard, s.halt != nil,
		s.folder.Annotations[v1alpha1.AnnotationApprovePlan])
	fmt.Fprint(digest, strings.Join(slices.Compact(lines), "\n"))
	return hex.EncodeToString(digest.Sum(nil)[:8])
}

// number gives the members their numbers, as far as the list of the account's domains tells them, and refuses what this namespace may not use.
func (r *Reconciler) number(ctx context.Context, s *scope) error {
	listed, err := s.connection.Inventory.Listing(ctx)
	if err != nil {
		return err
	}
	names := map[regapi.ID]string{}
	for name, service := range listed {
		names[service.ServiceID] = name
	}
	var members []folder.Member
	for _, member := range s.wanted {
		if member.ID != 0 {
			member.Name = names[member.ID]
		} else if service := listed[member.Name]; service != nil {
			member.ID = service.ServiceID
		}
		allowed, err := r.mayUse(ctx, s, member.Name)
		if err != nil {
			return err
		}
		if allowed {
			members = append(members, member)
		} else {
			s.refuse(member.String(), reasonNotAllowed,
				fmt.Sprintf("Account %s does not allow this namespace the domain: its owner can add it to spec.allowedNamespaces.domains", s.own.Account.Name))
		}
	}
	s.wanted = members
	return nil
}

// mayUse says whether the namespace may use a domain, in canonical form. What is no domain of the account may be used where all may.
func (r *Reconciler) mayUse(ctx context.Context, s *scope, name string) (bool, error) {
	of := s.own.Account
	if of.Namespace == s.folder.Namespace {
		return true, nil
	}
	if name == "" {
		return of.Spec.AllowedNamespaces != nil && len(of.Spec.AllowedNamespaces.Domains) == 0, nil
	}
	return tenancy.Allows(ctx, r.Client, of, s.folder.Namespace, name)
}
