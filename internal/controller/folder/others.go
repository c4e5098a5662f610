package folder

import (
	"context"
	"fmt"
	"slices"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/waking"
	"github.com/regapi-io/regapi-operator/internal/folder"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// othersOf lists the other Folders that rule folders of the login. They are those of the cache: nothing here changes them.
func (r *Reconciler) othersOf(ctx context.Context, s *scope) ([]*v1alpha1.Folder, error) {
	var list v1alpha1.FolderList
	if err := r.List(ctx, &list, client.UnsafeDisableDeepCopy); err != nil {
		return nil, fmt.Errorf("list the other Folders: %w", err)
	}
	var others []*v1alpha1.Folder
	for i := range list.Items {
		other := &list.Items[i]
		claim := other.Status.Claim
		if other.UID != s.folder.UID && other.DeletionTimestamp.IsZero() && claim != nil && claim.Rules && claim.Login == s.login && other.Status.FolderID != "" {
			others = append(others, other)
		}
	}
	return others, nil
}

// destinations find, for what leaves the folder, another Folder that wants it: then it moves there, and is in one of the two at any time.
type destinations struct {
	reconciler *Reconciler
	scope      *scope
	others     []*v1alpha1.Folder
	err        error
}

func (d *destinations) find(ctx context.Context, service folder.Service) (folder.Target, bool) {
	if len(d.others) == 0 || d.err != nil {
		return folder.Target{}, false
	}
	domains, err := d.reconciler.domainsOf(ctx, d.scope, service)
	if err != nil {
		d.err = err
		return folder.Target{}, false
	}
	for _, other := range d.others {
		id := parseID(other.Status.FolderID)
		if other.Spec.ManagementPolicy == v1alpha1.PolicyObserve || d.reconciler.Directory.Halt(other) != nil || !wants(other, service, domains) {
			continue
		}
		if holds, _ := d.scope.connection.Folders.Holds(id, service.ID); holds {
			continue // It is there already.
		}
		allowed, err := tenancy.Allows(ctx, d.reconciler.Client, d.scope.own.Account, other.Namespace, service.Name)
		if err == nil && allowed {
			return folder.Target{ID: id, Name: other.Status.FolderName}, true
		}
	}
	return folder.Target{}, false
}

// domainsOf gives the Domain objects of a service, which decide by their labels whether a Folder selects it.
func (r *Reconciler) domainsOf(ctx context.Context, s *scope, service folder.Service) ([]*v1alpha1.Domain, error) {
	if !service.IsDomain() || service.Name == "" {
		return nil, nil
	}
	find := waking.Holders(r.Client, &v1alpha1.DomainList{})
	var domains []*v1alpha1.Domain
	for _, request := range find(ctx, client.ObjectKeyFromObject(s.own.Account), service.Name) {
		domain := &v1alpha1.Domain{}
		if err := r.Get(ctx, request.NamespacedName, domain); client.IgnoreNotFound(err) != nil {
			return nil, fmt.Errorf("read Domain %s: %w", request.NamespacedName, err)
		} else if err == nil && domain.DeletionTimestamp.IsZero() {
			domains = append(domains, domain)
		}
	}
	return domains, nil
}

// wants says whether a Folder names a service, or selects one of its Domains.
func wants(f *v1alpha1.Folder, service folder.Service, domains []*v1alpha1.Domain) bool {
	for _, member := range f.Spec.Members {
		if parseID(member.ServiceID) == service.ID {
			return true
		}
		if name, err := zone.CanonicalDomain(member.DomainName); err == nil && name == service.Name && service.IsDomain() {
			return true
		}
	}
	return slices.ContainsFunc(domains, func(domain *v1alpha1.Domain) bool { return selects(f, domain) })
}

// keepYielding forgets the members that no older Folder has any more, for which this one yielded them.
func (s *scope) keepYielding(others []*v1alpha1.Folder) {
	yielded, kept := folder.ParseIDs(s.folder.Status.Yielded), folder.IDs{}
	for id := range yielded {
		if older := s.olderOwner(id, others); older != nil {
			kept.Add(id)
		}
	}
	s.folder.Status.Yielded = kept.Bytes()
}

// olderOwner gives the Folder among the others that has declared a service and comes before this one; nil if there is none.
func (s *scope) olderOwner(id regapi.ID, others []*v1alpha1.Folder) *v1alpha1.Folder {
	for _, other := range others {
		if s.isAfter(other) && ownedBy(other).Has(id) {
			return other
		}
	}
	return nil
}

// isAfter says whether another Folder is the older.
func (s *scope) isAfter(other *v1alpha1.Folder) bool {
	if !other.CreationTimestamp.Equal(&s.folder.CreationTimestamp) {
		return other.CreationTimestamp.Before(&s.folder.CreationTimestamp)
	}
	return other.UID < s.folder.UID
}

// ownedBy is what a Folder has seen of its own in its folder.
func ownedBy(f *v1alpha1.Folder) folder.IDs { return folder.ParseIDs(f.Status.Owned.Confirmed) }

// yieldToOlder finds out whether REG.API keeps a service in one folder alone: whether what has just come into this folder has left that of
// another Folder which has it, too. An older one gets it back, and this one does without.
func (r *Reconciler) yieldToOlder(ctx context.Context, s *scope, added []folder.Member, others []*v1alpha1.Folder) error {
	came := folder.IDs{}
	for _, member := range added {
		came.Add(member.ID)
	}
	for _, other := range others {
		shared := intersect(ownedBy(other), came)
		id := parseID(other.Status.FolderID)
		if len(shared) == 0 {
			continue
		}
		reading, err := s.connection.Folders.Read(ctx, id)
		if err != nil {
			return fmt.Errorf("look whether folder %s still holds what it shares with this one: %w", other.Status.FolderName, err)
		}
		for _, service := range folder.ServicesOf(reading.Services) {
			delete(shared, service.ID)
		}
		if len(shared) > 0 && s.isAfter(other) {
			if err := r.giveBack(ctx, s, shared, folder.Target{ID: id, Name: other.Status.FolderName}); err != nil {
				return err
			}
		}
	}
	return nil
}

// giveBack moves to the folder of an older Folder what has left that for this one.
func (r *Reconciler) giveBack(ctx context.Context, s *scope, services folder.IDs, to folder.Target) error {
	var plan folder.Plan
	for id := range services {
		plan.Move = append(plan.Move, folder.Move{Service: folder.Service{ID: id}, To: to})
	}
	s.folder.Status.Yielded = folder.ParseIDs(s.folder.Status.Yielded).Union(services).Bytes()
	folders := s.connection.Folders
	_, err := folder.Carry(ctx, s.connection.Client.Folder, s.id, plan, s.lane.size)
	folders.NoteWrite(s.id)
	folders.NoteWrite(to.ID)
	if err != nil {
		return fmt.Errorf("give folder %s back what it had: %w", to.Name, err)
	}
	reading, err := folders.Read(ctx, s.id)
	if err != nil {
		return fmt.Errorf("read the folder back: %w", err)
	}
	s.reading = &reading
	_, err = folders.Read(ctx, to.ID)
	return err
}

func intersect(a, b folder.IDs) folder.IDs {
	common := folder.IDs{}
	for id := range b {
		if a.Has(id) {
			common.Add(id)
		}
	}
	return common
}
